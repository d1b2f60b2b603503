"""Tables of the page: their first rows as HTML, and all of them as data that the page's script sorts and filters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pec.html_report.amounts import amount, cents, exact
from pec.html_report.gap_days import HEIGHT, Strip
from pec.html_report.markup import Content, Markup, element, joined, visible

if TYPE_CHECKING:
    from arro3.core import Table

ROWS_ON_PAGE = 50_000
"""Rows of one table that a page takes; more would make it too large to send."""
ROWS_SHOWN = 15
"""Rows that stand on the page at a time."""

Kind: TypeAlias = Literal["text", "code", "id", "named", "count", "amount", "day", "standing", "flag", "strip"]
"""How a column is shown, sorted and searched.

`code` is a word of ours, `id` may be long, `named` is a name above an id, `strip` a `gap_days.Strip`.
"""

_NUMBERS = frozenset({"count", "amount"})
_SHARED = ("customer", "subscription")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of the page."""

    name: str
    title: str
    kind: Kind
    cells: Sequence[Any]


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table of the page."""

    id: str
    title: str
    columns: Sequence[Column]
    all_rows: int

    @property
    def rows(self) -> int:
        """How many rows are on the page."""
        return min(self.all_rows, ROWS_ON_PAGE)


Shown: TypeAlias = Sequence[tuple[str, str, Kind]]
"""Columns to show: name, title, kind."""


class Names:
    """What customers, Azure subscriptions and scopes in them are called, by their ids."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        """The names that the input told."""
        self._of: dict[str, Mapping[str, str]] = {
            "customer": found["customer_names"],
            "subscription": found["subscription_names"],
        }

    def __call__(self, what: str, id_: str) -> tuple[str, str]:
        """Name and id; the id alone, where there is no name or it says the same."""
        name = _scope(id_) if what == "scope" else self._of[what].get(id_) or ""
        return ("", id_) if name == id_ else (name, id_)


def _scope(path: str) -> str:
    """The last word of an ARM path: a resource group, a resource; a subscription has no name in its path."""
    parts = path.split("/")
    return parts[-1] if len(parts) > len(("", "subscriptions", "id")) else "all of it"


def of_arrow(id_: str, title: str, table: Table, shown: Shown, names: Names) -> PageTable:
    """A table of a result."""
    cells = {name: list(table.column(name).to_pylist()) for name, _, _ in shown}
    return of_cells(id_, title, cells, shown, names)


def of_rows(id_: str, title: str, rows: Sequence[Mapping[str, Any]], shown: Shown, names: Names) -> PageTable:
    """A table of rows."""
    return of_cells(id_, title, {name: [row[name] for row in rows] for name, _, _ in shown}, shown, names)


def of_cells(id_: str, title: str, cells: Mapping[str, Sequence[Any]], shown: Shown, names: Names) -> PageTable:
    """A table of columns, without those that say nothing; of one that is too long the costliest rows, or the first."""
    length = len(next(iter(cells.values())))
    kept = _kept(cells, length)
    columns = []
    for name, heading, kind in shown:
        column = [cells[name][row] for row in kept]
        if kind == "named":
            column = [names(name, cell) for cell in column]
        if kind != "text" or any(column):
            columns.append(Column(name, heading, kind, column))
    return PageTable(id_, title, columns, length)


def _kept(cells: Mapping[str, Sequence[Any]], length: int) -> Sequence[int]:
    if length <= ROWS_ON_PAGE or "list_cost" not in cells:
        return range(min(length, ROWS_ON_PAGE))
    costs = [abs(amount(cell)) for cell in cells["list_cost"]]
    return sorted(sorted(range(length), key=costs.__getitem__, reverse=True)[:ROWS_ON_PAGE])


def data_of(tables: Sequence[PageTable]) -> Markup:
    """All rows as JSON that no text can break out of.

    Each value of a column is written once, and what customers and Azure subscriptions are called once for all tables.
    """
    names: dict[str, dict[Any, int]] = {name: {} for name in _SHARED}
    found = {table.id: {"rows": table.rows, "columns": [_encoded(c, names) for c in table.columns]} for table in tables}
    shared = {name: list(values) for name, values in names.items()}
    source = json.dumps({"rowsShown": ROWS_SHOWN, "names": shared, "tables": found}, separators=(",", ":"))
    safe = source.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return element("script", Markup(safe), type="application/json", id="data")


def _encoded(column: Column, names: Mapping[str, dict[Any, int]]) -> dict[str, Any]:
    """A column: for each row the number of its value, unless every row has one of its own."""
    plain: Callable[[Any], Any] = _PLAIN.get(column.kind) or _as_text
    head = {"name": column.name, "title": column.title, "kind": column.kind}
    codes: dict[Any, int] = names.get(column.name, {})
    numbers = [codes.setdefault(plain(cell), len(codes)) for cell in column.cells]
    if column.name in names:
        return {**head, "codes": numbers}
    return {**head, "values": list(codes)} | ({"codes": numbers} if len(codes) < len(numbers) else {})


def _as_text(cell: Any) -> str:  # noqa: ANN401 -- a cell of any column
    return "" if cell is None else visible(str(cell))


_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "amount": lambda cell: None if cell is None else exact(amount(cell)),
    "count": lambda cell: cell,
    "flag": lambda cell: "yes" if cell else "no",
    "strip": lambda cell: cell,
    "named": lambda cell: tuple(visible(part) for part in cell),
}


def html_of(table: PageTable) -> Markup:
    """The table with its first rows, which the page's script replaces by those that are asked for."""
    heads = [
        element(
            "th",
            element("button", column.title, type="button", data_sort=column.name),
            scope="col",
            class_=_class(column.kind),
        )
        for column in table.columns
    ]
    rows = [
        element("tr", *(cell_of(column.kind, column.cells[row]) for column in table.columns))
        for row in range(min(table.rows, ROWS_SHOWN))
    ]
    content = element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", joined(rows, "\n")),
        element("tfoot"),
        aria_labelledby=f"{table.id}-title",
    )
    return element(
        "div",
        element("h3", table.title, id=f"{table.id}-title"),
        element("div", class_="controls", hidden=True),
        element("div", content, class_="wide", tabindex=0, role="group", aria_label=table.title),
        element("p", _how_many(table), class_="status", role="status"),
        class_="table",
        data_table=table.id,
    )


def _how_many(table: PageTable) -> str:
    shown = min(table.rows, ROWS_SHOWN)
    return f"{table.all_rows:,} rows" if shown == table.all_rows else f"{shown:,} of {table.all_rows:,} rows"


def too_long(table: PageTable) -> list[Content]:
    """Which rows the page does not take, and where they are."""
    if table.all_rows <= table.rows:
        return []
    has_cost = any(column.name == "list_cost" for column in table.columns)
    which = "those of the highest list cost" if has_cost else "the first ones"
    return [
        element(
            "p",
            f"{table.rows:,} of {table.all_rows:,} rows are on this page, {which}; "
            "`pec reconcile --out` and `Result.save` write all of them.",
            class_="note",
        )
    ]


def _class(kind: str) -> str:
    return "number" if kind in _NUMBERS else kind


def cell_of(kind: Kind, cell: Any) -> Markup:  # noqa: ANN401 -- a cell of any column
    """A cell as the page's script would make it."""
    return element("td", _shown(kind, cell), class_=_class(kind))


def _shown(kind: Kind, cell: Any) -> Content:  # noqa: ANN401 -- a cell of any column
    match kind, cell:
        case _, None:
            return ""
        case "amount", _:
            return amount_of(amount(cell))
        case "count", _:
            return f"{cell:,}"
        case "flag", _:
            return "yes" if cell else "no"
        case "named", (name, id_):
            id_shown = element("small", id_, title=id_)
            return joined([element("span", name, title=name), id_shown]) if name else id_shown
        case "standing", _:
            return standing_of(cell)
        case "strip", _:
            return strip_of(cell)
        case _:
            return _as_text(cell)


def amount_of(value: Decimal) -> Markup:
    """An amount to the cent, with every digit for machines."""
    return element("data", cents(value), value=exact(value))


def standing_of(standing: str) -> Markup:
    """A standing with its colour; the word says it, too."""
    return element("span", standing, class_=f"standing {standing}")


def strip_of(strip: Strip) -> Markup:
    """What each day of a gap cost, within the days that were read; a low bar where only its days are known."""
    before, bars, whole, heights, highest = strip
    low = HEIGHT // 4
    if heights:
        path = "".join(
            f"M{before + at} {HEIGHT}v-{int(height, 36)}h.8v{int(height, 36)}z" for at, height in enumerate(heights)
        )
    else:
        path = f"M{before} {HEIGHT}v-{low}h{bars}v{low}z"
    picture = element(
        "svg",
        element("rect", class_="all", width=whole, height=HEIGHT),
        element("path", class_="lost", d=path),
        viewBox=f"0 0 {whole} {HEIGHT}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    return joined([picture, element("small", f"at most {highest}")]) if highest else picture
