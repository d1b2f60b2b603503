// Makes the page's tables sort, filter, turn pages and give CSV. Texts of files are only ever set as text.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const LONG = 2000; // rows
  const STRIP_HEIGHT = 20; // as in `gap_days.py`
  const NOT_ADDED = ["credit_per_month", "balance_at_end", "reported"]; // a sum of them says nothing

  // What is written once for all tables, and not at all where every row has a value of its own.
  for (const { columns } of Object.values(data.tables)) {
    for (const column of columns) {
      column.values ??= data.names[column.name];
      column.codes ??= column.values.map((_, row) => row);
    }
  }

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

  const drawn = (tag, attributes) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  // What each day of a gap cost, within the days that were read; a low bar where only its days are known.
  const strip = ([before, bars, whole, heights]) => {
    const low = STRIP_HEIGHT / 4;
    const bar = (height, at) => `M${before + at} ${STRIP_HEIGHT}v-${parseInt(height, 36)}h.8v${parseInt(height, 36)}z`;
    const path = heights ? [...heights].map(bar).join("") : `M${before} ${STRIP_HEIGHT}v-${low}h${bars}v${low}z`;
    const svg = drawn("svg", { viewBox: `0 0 ${whole} ${STRIP_HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(drawn("rect", { class: "all", width: whole, height: STRIP_HEIGHT }), drawn("path", { class: "lost", d: path }));
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
      for (const [tag, words] of [["span", name], ["small", id]]) {
        if (!words && tag === "span") continue;
        const shown = make(tag, "", words);
        shown.title = words;
        cell.append(shown);
      }
    },
    standing: (cell, value) => { cell.append(make("span", `standing ${value}`, value)); },
    strip: (cell, value) => {
      cell.append(strip(value));
      if (value[4]) cell.append(make("small", "", `at most ${value[4]}`));
    },
  };
  const showText = (cell, value) => { cell.textContent = value; };

  const inOrder = (x, y) => (x < y ? -1 : x > y ? 1 : 0);
  // What values are compared by, made once for each: comparing makes nothing anew.
  const unitsOf = (column) => column.units ??= column.values.map(units);
  const key = {
    count: (value) => value ?? -1,
    named: ([name, id]) => `${name || id}\0${id}`.toLowerCase(),
    strip: ([before]) => before,
  };
  const textKey = (value) => value.toLowerCase();

  // The place of each different value in order: rows are then sorted by whole numbers, amounts exactly.
  const ranked = (column) => {
    const keys = column.kind === "amount" ? unitsOf(column) : column.values.map(key[column.kind] || textKey);
    const ranks = [];
    keys.map((_, index) => index)
      .sort((a, b) => inOrder(keys[a], keys[b]))
      .forEach((index, place) => { ranks[index] = place; });
    return ranks;
  };

  // Cells as text: every digit, and nothing that a spreadsheet would run, as in the files of `pec reconcile --out`.
  const harmless = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const plain = {
    amount: (value) => [value ?? ""],
    count: (value) => [String(value ?? "")],
    flag: (value) => [String(value === "yes")],
    named: ([name, id]) => [harmless(id), harmless(name)],
    strip: () => [],
  };
  const csvHeads = { named: (name) => [name, `${name}_name`], strip: () => [] };

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
      place.append(this.download());
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

    button(words, label, click) {
      const button = make("button", "", words);
      button.type = "button";
      button.setAttribute("aria-label", `${label} ${this.element.querySelector("h3").textContent}`);
      button.addEventListener("click", click);
      return button;
    }

    turn(words, by) {
      return this.button(words, `${words} rows of`, () => {
        this.table.setPageIndex(this.state.pagination.pageIndex + by);
      });
    }

    download() {
      return this.button("Download CSV", "Download CSV of the rows found:", () => {
        const link = make("a");
        link.href = URL.createObjectURL(new Blob(["\ufeff", this.csv()], { type: "text/csv" })); // the mark is for Excel
        link.download = `${this.element.dataset.table}.csv`;
        link.click();
        URL.revokeObjectURL(link.href);
      });
    }

    // The rows that were found, in the order that is shown.
    csv() {
      const heads = this.columns.flatMap(({ kind, name }) => (csvHeads[kind] ? csvHeads[kind](name) : [name]));
      for (const column of this.columns) {
        const cells = plain[column.kind] || ((value) => [harmless(value)]);
        column.plain ??= column.values.map((value) => cells(value).map(quoted).join(","));
      }
      const columns = this.columns.filter(({ kind }) => kind !== "strip");
      const rows = this.table.getSortedRowModel().rows.map(({ original }) => columns.map((column) => column.plain[column.codes[original]]).join(","));
      return [heads.join(","), ...rows, ""].join("\n");
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
      this.element.querySelector(".status").textContent = this.says(found.length, shown.length);
      this.element.querySelector("tfoot").replaceChildren(...(shown.length ? this.sums(found) : []));
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

    // Which rows are seen.
    says(found, shown) {
      if (!found) return `0 found of ${grouped(String(this.all))}: no row has all of this.`;
      const first = this.state.pagination.pageIndex * this.state.pagination.pageSize;
      const of = found === this.all ? "" : ` of ${grouped(String(this.all))}`;
      return `Rows ${grouped(String(first + 1))} to ${grouped(String(first + shown))} of ${grouped(String(found))} found${of}.`;
    }

    // The sums of all that were found, a row for each currency that occurs, below their columns.
    sums(found) {
      if (!this.currency || !this.amounts.length) return [];
      const sums = new Map();
      for (const { original } of found) {
        const currency = this.currency.values[this.currency.codes[original]];
        if (!sums.has(currency)) sums.set(currency, this.amounts.map(() => 0n));
        const sum = sums.get(currency);
        this.amounts.forEach((column, index) => { sum[index] += unitsOf(column)[column.codes[original]]; });
      }
      return [...sums].sort(([a], [b]) => inOrder(a, b)).map(([currency, sum]) => this.sum(currency, sum));
    }

    sum(currency, sum) {
      const row = make("tr");
      for (const column of this.columns) {
        const index = this.amounts.indexOf(column);
        const cell = make(column === this.currency ? "th" : "td", index < 0 ? "" : "number");
        if (index >= 0) cell.textContent = cents(sum[index]);
        if (column === this.currency) {
          cell.scope = "row";
          cell.textContent = `${currency}, sum`;
        }
        row.append(cell);
      }
      return row;
    }
  }

  // One after the other; behind a long one the page is let go, so that it can be scrolled and used meanwhile.
  const waiting = [...document.querySelectorAll("[data-table]")];
  const work = () => {
    while (waiting.length) {
      const element = waiting.shift();
      const table = data.tables[element.dataset.table];
      new PageTable(element, table);
      if (table.rows > LONG) {
        setTimeout(work);
        return;
      }
    }
  };
  work();

  const said = make("p", "unseen"); // what a click did, for those who hear the page
  said.setAttribute("role", "status");
  document.querySelector("main").append(said);
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
      said.textContent = button.textContent;
    });
  }
})();
