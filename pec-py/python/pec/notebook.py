"""Results as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pec._pec import Result

GAPS_SHOWN = 10
ISSUES_SHOWN = 10


def html(result: Result) -> str:
    """Small tables of what was found; every text is escaped."""
    found = result.to_dict()
    sums = _table(
        ("standing", "reason", "lines", "list cost", "credit", "potential credit", "currency"),
        (
            (
                row["standing"],
                row["reason"] or "",
                f"{row['lines']:,}",
                f"{row['list_cost']:,.2f}",
                f"{row['credit']:,.2f}",
                f"{row['potential_credit']:,.2f}",
                row["currency"],
            )
            for row in found["sums"]
        ),
    )
    gaps = _table(
        ("scope", "customer", "from", "to", "days", "credit not earned", "currency"),
        (
            (
                gap["scope"],
                gap["customer"],
                str(gap["first_day"]),
                str(gap["last_day"]),
                str(gap["days"]),
                f"{gap['credit_lost']:,.2f}",
                gap["currency"],
            )
            for gap in found["gaps"][:GAPS_SHOWN]
        ),
    )
    issues = _table(
        ("file", "row", "column", "found", "expected"),
        (
            (issue["file"], str(issue["row"]), issue["column"], issue["found"], issue["expected"])
            for issue in found["issues"][:ISSUES_SHOWN]
        ),
    )
    parts = [
        f"<p>{result.lines:,} lines, {result.unreadable:,} of them unreadable. Amounts rounded for showing.</p>",
        sums,
    ]
    if found["gaps"]:
        parts.append(
            f"<p>{_of(GAPS_SHOWN, len(found['gaps']))} gaps: days on which lines that could earn were not paid</p>"
        )
        parts.append(gaps)
    if found["issues"]:
        parts.append(f"<p>{_of(ISSUES_SHOWN, result.unreadable)} rows that could not be read</p>")
        parts.append(issues)
    return f"<div>{''.join(parts)}</div>"


def _of(shown: int, all_of_them: int) -> str:
    return f"{shown} of {all_of_them:,}" if all_of_them > shown else f"{all_of_them:,}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
