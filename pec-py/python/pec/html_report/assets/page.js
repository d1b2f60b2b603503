// Makes the page's tables sort, filter and turn pages. Texts of files are only ever set as text.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const NOT_ADDED = ["credit_per_month", "balance_at_end", "reported"]; // a sum of them says nothing

  // Decimals that sums are kept with: the most that any amount has.
  let PLACES = 3;
  for (const { columns } of Object.values(data.tables)) {
    for (const { values } of columns.filter((column) => column.kind === "amount")) {
      for (const value of values) PLACES = Math.max(PLACES, value === null ? 0 : value.length - value.indexOf(".") - 1);
    }
  }
  const STEP = 10n ** BigInt(PLACES - 2); // a cent

  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // An exact amount as a whole number of the smallest place.
  const units = (text) => {
    if (text === null) return 0n;
    const [, sign, whole, decimals] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    const value = BigInt(whole + (decimals || "").padEnd(PLACES, "0"));
    return sign ? -value : value;
  };

  const grouped = (text) => text.replace(/\B(?=(\d{3})+$)/g, ",");

  // To the cent, ties to even, as the rest of the page shows amounts.
  const cents = (value) => {
    const size = value < 0n ? -value : value;
    const [whole, rest] = [size / STEP, size % STEP];
    const up = rest * 2n > STEP || (rest * 2n === STEP && whole % 2n === 1n) ? 1n : 0n;
    const digits = (whole + up).toString().padStart(3, "0");
    return (value < 0n ? "-" : "") + grouped(digits.slice(0, -2)) + "." + digits.slice(-2);
  };

  const strip = ([before, days, all]) => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${all} 10`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    for (const [name, x, width] of [["all", 0, all], ["lost", before, days]]) {
      const bar = document.createElementNS(SVG, "rect");
      for (const [key, value] of Object.entries({ class: name, x, width, height: 10 })) bar.setAttribute(key, value);
      svg.append(bar);
    }
    return svg;
  };

  // How a value of each kind is shown in its cell.
  const show = {
    amount: (cell, value) => {
      if (value === null) return;
      const amount = make("data", "", cents(units(value)));
      amount.value = value;
      cell.append(amount);
    },
    count: (cell, value) => { cell.textContent = value === null ? "" : grouped(String(value)); },
    named: (cell, [name, id]) => {
      if (name) cell.append(make("span", "", name));
      cell.append(make("small", "", id));
    },
    standing: (cell, value) => { cell.append(make("span", `standing ${value}`, value)); },
    strip: (cell, value) => { if (value !== null) cell.append(strip(value)); },
  };
  const showText = (cell, value) => { cell.textContent = value; };

  const byText = (a, b) => { const [x, y] = [a.toLowerCase(), b.toLowerCase()]; return x < y ? -1 : x > y ? 1 : 0; };
  const order = {
    amount: (a, b) => { const [x, y] = [units(a), units(b)]; return x < y ? -1 : x > y ? 1 : 0; },
    count: (a, b) => (a ?? -1) - (b ?? -1),
    named: (a, b) => byText(a[0] || a[1], b[0] || b[1]) || byText(a[1], b[1]),
    strip: (a, b) => (a === null ? -1 : a[0]) - (b === null ? -1 : b[0]),
  };

  // The place of each different value in order: rows are then sorted by whole numbers, amounts exactly.
  const ranked = (column) => {
    const places = column.values.map((_, index) => index);
    const compare = order[column.kind] || byText;
    places.sort((a, b) => compare(column.values[a], column.values[b]));
    const ranks = [];
    places.forEach((index, place) => { ranks[index] = place; });
    return ranks;
  };

  const searched = (column) => column.values.map((value) => (Array.isArray(value) ? value.join("\n") : String(value)).toLowerCase());

  class PageTable {
    constructor(element, { rows, columns }) {
      this.element = element;
      this.columns = columns;
      this.words = [];
      this.standing = "";
      this.texts = columns.filter((column) => !["amount", "count", "flag", "strip"].includes(column.kind));
      this.currency = columns.find((column) => column.name === "currency");
      this.amounts = columns.filter((column) => column.kind === "amount" && !NOT_ADDED.includes(column.name));
      this.all = rows;
      this.table = TableCore.createTable({
        data: Array.from({ length: rows }, (_, row) => row),
        columns: columns.map((column) => this.definition(column)),
        state: {},
        onStateChange: () => {},
        renderFallbackValue: null,
        autoResetPageIndex: false,
        enableMultiSort: false,
        getColumnCanGlobalFilter: (column) => column.id === columns[0].name,
        globalFilterFn: (row) => this.matches(row.original),
        getCoreRowModel: TableCore.getCoreRowModel(),
        getFilteredRowModel: TableCore.getFilteredRowModel(),
        getSortedRowModel: TableCore.getSortedRowModel(),
        getPaginationRowModel: TableCore.getPaginationRowModel(),
      });
      const pagination = { pageIndex: 0, pageSize: data.rowsShown };
      this.state = { ...this.table.initialState, pagination };
      this.table.setOptions((options) => ({
        ...options,
        state: this.state,
        onStateChange: (change) => this.change(change instanceof Function ? change(this.state) : change),
      }));
      this.controls();
      this.heads();
      this.draw();
    }

    definition(column) {
      const number = column.kind === "amount" || column.kind === "count";
      return {
        id: column.name,
        accessorFn: (row) => column.codes[row],
        sortDescFirst: number,
        sortingFn: (a, b) => {
          column.ranks ??= ranked(column);
          return column.ranks[column.codes[a.original]] - column.ranks[column.codes[b.original]];
        },
      };
    }

    // Every word is in a text of the row, and the standing is the chosen one.
    matches(row) {
      if (this.standing) {
        const column = this.columns.find((one) => one.name === "standing");
        if (column.values[column.codes[row]] !== this.standing) return false;
      }
      return this.words.every((word) => this.texts.some((column) => {
        column.searched ??= searched(column);
        return column.searched[column.codes[row]].includes(word);
      }));
    }

    change(state) {
      this.state = state;
      this.table.setOptions((options) => ({ ...options, state }));
      this.draw();
    }

    filter() {
      const asked = [this.standing, ...this.words].join("\n"); // what has not changed is not filtered again
      this.change({ ...this.state, globalFilter: asked || undefined, pagination: { ...this.state.pagination, pageIndex: 0 } });
    }

    controls() {
      const place = this.element.querySelector(".controls");
      const search = make("input");
      search.type = "search";
      search.addEventListener("input", () => {
        this.words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
        this.filter();
      });
      const label = make("label", "", "Filter: rows with all of these words");
      label.append(search);
      place.append(label);
      const standings = this.columns.find((column) => column.name === "standing");
      if (standings) place.append(this.choice(standings.values));
      this.back = this.turn("Previous", -1);
      this.next = this.turn("Next", 1);
      place.append(this.back, this.next);
      place.hidden = this.all <= 1;
    }

    choice(standings) {
      const choice = make("select");
      for (const standing of ["", ...standings]) {
        const option = make("option", "", standing || "all");
        option.value = standing;
        choice.append(option);
      }
      choice.addEventListener("change", () => {
        this.standing = choice.value;
        this.filter();
      });
      const label = make("label", "", "Standing");
      label.append(choice);
      return label;
    }

    turn(words, by) {
      const button = make("button", "", words);
      button.type = "button";
      button.setAttribute("aria-label", `${words} rows of ${this.element.querySelector("caption").textContent}`);
      button.addEventListener("click", () => {
        this.table.setPageIndex(this.state.pagination.pageIndex + by);
      });
      return button;
    }

    heads() {
      this.buttons = [...this.element.querySelectorAll("[data-sort]")];
      for (const button of this.buttons) {
        button.addEventListener("click", () => {
          const column = this.table.getColumn(button.dataset.sort);
          this.state = { ...this.state, pagination: { ...this.state.pagination, pageIndex: 0 } };
          column.toggleSorting();
        });
      }
    }

    draw() {
      for (const button of this.buttons) {
        const sorted = this.table.getColumn(button.dataset.sort).getIsSorted();
        const words = { asc: "ascending", desc: "descending" };
        button.closest("th").setAttribute("aria-sort", words[sorted] || "none");
      }
      const found = this.table.getFilteredRowModel().rows;
      const shown = this.table.getRowModel().rows;
      this.element.querySelector("tbody").replaceChildren(...shown.map((row) => this.row(row.original)));
      this.back.disabled = !this.table.getCanPreviousPage();
      this.next.disabled = !this.table.getCanNextPage();
      this.back.hidden = this.next.hidden = this.all <= data.rowsShown;
      this.element.querySelector(".status").textContent = this.says(found, shown.length);
    }

    row(number) {
      const row = make("tr");
      for (const column of this.columns) {
        const value = column.values[column.codes[number]];
        const cell = make("td", ["amount", "count"].includes(column.kind) ? "number" : column.kind);
        (show[column.kind] || showText)(cell, value);
        row.append(cell);
      }
      return row;
    }

    // Which rows are seen, and the sums of all that were found, by currency.
    says(found, shown) {
      const first = this.state.pagination.pageIndex * this.state.pagination.pageSize;
      const of = found.length === this.all ? "" : ` of ${grouped(String(this.all))}`;
      const rows = shown ? `Rows ${grouped(String(first + 1))} to ${grouped(String(first + shown))} of ` : "";
      const parts = [`${rows}${grouped(String(found.length))} found${of}.`];
      if (!this.currency || !shown) return parts[0];
      const sums = new Map(this.currency.values.map((currency) => [currency, this.amounts.map(() => 0n)]));
      for (const column of this.amounts) column.units ??= column.values.map(units);
      for (const { original } of found) {
        const sum = sums.get(this.currency.values[this.currency.codes[original]]);
        this.amounts.forEach((column, index) => { sum[index] += column.units[column.codes[original]]; });
      }
      for (const [currency, sum] of sums) {
        parts.push(`${currency}: ${this.amounts.map((column, index) => `${column.title} ${cents(sum[index])}`).join(", ")}.`);
      }
      return parts.join(" ");
    }
  }

  for (const element of document.querySelectorAll("[data-table]")) {
    new PageTable(element, data.tables[element.dataset.table]);
  }

  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected: copy it";
      }
    });
  }
})();
