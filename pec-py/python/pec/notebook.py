"""Results as HTML for notebooks: the answer first, then small tables, without colours, for light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from pec.html_report.amounts import cents
from pec.html_report.first_screen import answer, headline
from pec.html_report.markup import Content, Markup, element, joined
from pec.html_report.summary import causes_of, money_of
from pec.html_report.tables import Names

if TYPE_CHECKING:
    from pec._pec import Result

GAPS_SHOWN = 10
ISSUES_SHOWN = 10

Heads: TypeAlias = Mapping[str, str]
"""What stands above columns, and their style, since notebooks differ in theirs."""

_WORDS = "text-align: left"
_WORD = f"{_WORDS}; white-space: nowrap"
_NUMBER = "text-align: right; white-space: nowrap"

_SUMS: Heads = {
    "standing": _WORD,
    "reason": _WORD,
    "lines": _NUMBER,
    "list cost": _NUMBER,
    "credit paid": _NUMBER,
    "credit possible": _NUMBER,
    "currency": _WORD,
}
_GAPS: Heads = {
    "credit not earned": _NUMBER,
    "currency": _WORD,
    "first day": _WORD,
    "last day": _WORD,
    "days": _NUMBER,
    "not over": _WORD,
    "customer": _WORDS,
    "Azure subscription": _WORDS,
    "scope": _WORDS,
}
_ISSUES: Heads = {"file": _WORDS, "row": _NUMBER, "column": _WORD, "found": _WORDS, "expected": _WORDS}


def html(result: Result) -> str:
    """What was found; every text is escaped."""
    found = result.to_dict()
    causes = causes_of(found)
    parts: list[Markup] = []
    for money in money_of(found["sums"]):
        said = answer(money, [cause for cause in causes if cause.currency == money.currency])
        parts.append(element("p", headline(money), " ", *said))
    parts.append(
        element("p", f"{result.lines:,} lines, {result.unreadable:,} of them unreadable; amounts to the cent.")
    )
    parts.append(_table(_SUMS, map(_sum, found["sums"])))
    if found["gaps"]:
        gaps = found["gaps"][:GAPS_SHOWN]
        words = "days on which lines that could earn were not paid"
        parts.append(element("p", f"Gaps, {words}: {_of(len(gaps), len(found['gaps']))}"))
        names = Names(found)
        parts.append(_table(_GAPS, (_gap(gap, names) for gap in gaps)))
    if found["issues"]:
        issues = found["issues"][:ISSUES_SHOWN]
        parts.append(element("p", f"Rows that could not be read: {_of(len(issues), result.unreadable)}"))
        parts.append(_table(_ISSUES, ([issue[name] for name in _ISSUES] for issue in issues)))
    return element("div", *parts)


def _sum(row: Mapping[str, Any]) -> list[Content]:
    amounts = (row["list_cost"], row["credit"], row["potential_credit"])
    return [row["standing"], row["reason"] or "", f"{row['lines']:,}", *map(cents, amounts), row["currency"]]


def _gap(gap: Mapping[str, Any], names: Names) -> list[Content]:
    places = [names(what, gap[what]) for what in ("customer", "subscription", "scope")]
    return [
        cents(gap["credit_lost"]),
        gap["currency"],
        str(gap["first_day"]),
        str(gap["last_day"]),
        f"{gap['days']:,}",
        "yes" if gap["ongoing"] else "no",
        *(element("span", name or id_, title=id_) for name, id_ in places),
    ]


def _of(shown: int, all_of_them: int) -> str:
    return f"{shown} of {all_of_them:,}" if all_of_them > shown else f"{all_of_them:,}"


def _table(heads: Heads, rows: Iterable[Sequence[Content]]) -> Markup:
    def row(tag: str, cells: Iterable[Content]) -> Markup:
        of_it = zip(cells, heads.values(), strict=True)
        return element("tr", *(element(tag, cell, style=style) for cell, style in of_it))

    body = joined([row("td", cells) for cells in rows])
    return element("table", element("thead", row("th", heads)), element("tbody", body), style="margin-left: 0")
