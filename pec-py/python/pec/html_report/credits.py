"""Azure credits on the page: what became of each, and its months beside what files say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pec.html_report.amounts import ZERO, amount, cents, total
from pec.html_report.markup import Markup
from pec.html_report.sections import table_section
from pec.html_report.tables import Names, PageTable, Shown, of_rows

_CREDITS: Shown = (
    ("customer", "customer", "named"),
    ("id", "credit", "text"),
    ("granted", "granted", "amount"),
    ("drawn_before", "drawn before", "amount"),
    ("drawn", "drawn", "amount"),
    ("expired", "expired", "amount"),
    ("balance", "left", "amount"),
    ("currency", "currency", "text"),
    ("ended_on", "nothing left since", "day"),
    ("likely_end", "likely end", "day"),
    ("earliest_end", "earliest", "day"),
    ("latest_end", "latest", "day"),
    ("effective", "from", "day"),
    ("expiry", "expires", "day"),
)
# The page's script adds neither what is left at the ends of months nor what is reported, which not every month is.
_MONTHS: Shown = (
    ("customer", "customer", "named"),
    ("month", "month", "day"),
    ("usage", "usage", "amount"),
    ("drawn", "drawn", "amount"),
    ("flagged", "flagged", "amount"),
    ("reported", "reported", "amount"),
    ("expired", "expired", "amount"),
    ("balance_at_end", "left at its end", "amount"),
    ("currency", "currency", "text"),
    ("differences", "what does not agree", "text"),
)
_NOTE = (
    "Granted = drawn before + drawn + expired + left; drawn before is before this usage. The ends are what follows if "
    "usage goes on as on its last days: at their mean, and at their busiest and quietest seven; none is shown where a "
    "credit expires first. Months stand beside what daily lines flag and, where there is one, the balance report says."
)
_FIGURES = {
    "drawn": "drawn",
    "flagged": "flagged in daily lines",
    "reported": "in the balance report",
    "invoiced": "on the invoice",
}
_BECAUSE = {
    "credit_only_at_month_end": "some credit is only set at the month's end, and never shows in daily lines",
    "expired": "a credit expired in the month",
    "refund": "refunds gave something back",
    "days_without_usage": "the files have no usage on some days on which the credit was in force",
    "balance_ended": "the balance ended in the month, and which lines it paid last is Microsoft's choice",
}


_UNREAD: Shown = (
    ("file", "file", "text"),
    ("row", "row", "count"),
    ("column", "column", "code"),
    ("found", "found", "id"),
    ("expected", "expected", "text"),
)


def credit_tables(found: Mapping[str, Any], names: Names) -> list[PageTable]:
    """The tables of the section, where credits were given."""
    if "azure_credits" not in found:
        return []
    credits_of = [_credit(credit) for credit in found["azure_credits"]["credits"]]
    months = [_month(month) for month in found["azure_credits"]["months"]]
    is_reported = any(month["reported"] is not None for month in months)
    shown = [column for column in _MONTHS if column[0] != "reported" or is_reported]
    unread = found.get("credit_balances", {"issues": []})["issues"]
    title = "Rows of balance reports that could not be used"
    return [
        of_rows("credits", "What became of each", credits_of, _CREDITS, names),
        of_rows("credit_months", "Month by month", months, shown, names),
        *([of_rows("credit_issues", title, unread, _UNREAD, names)] if unread else []),
    ]


def credits_section(*tables: PageTable) -> Markup:
    """What became of the credits."""
    return table_section("azure-credits", "Azure credits", _NOTE, *tables)


def _credit(credit: Mapping[str, Any]) -> dict[str, Any]:
    outlook = credit["outlook"] or {}
    return {
        **credit,
        "expired": total((amount(credit["expired_before"]), amount(credit["expired"]))),
        **{f"{name}_end": outlook.get(name) for name in ("likely", "earliest", "latest")},
    }


def _month(month: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **month,
        "month": f"{month['month']:%Y-%m}",
        "balance_at_end": month["balance"],
        "differences": ". ".join(map(_difference, month["differences"])),
    }


def _difference(difference: Mapping[str, Any]) -> str:
    """As the report says it."""
    value = amount(difference["amount"])
    first, second = (_FIGURES[figure] for figure in difference["between"])
    causes = "; ".join(_BECAUSE[one] for one in difference["because"]) or "nothing that is known explains it"
    return f"{cents(value.copy_abs())} {first} {'less' if value < ZERO else 'more'} than {second}: {causes}"
