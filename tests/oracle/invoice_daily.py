"""The daily side of the comparison: what each row of daily rated usage adds to its key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from amounts import Refusal, parse_number
from invoice import ZERO
from invoice_lines import KEY_COLUMNS, Key, key_of
from meaning import Issue, Line, read_row
from names import FileError
from reading import Row
from rules import azure_credit_applied, rate_of, reservation, savings_plan


@dataclass(frozen=True)
class DailyLine:
    """One meter of one resource on one day."""

    key: Key
    day: date
    unit_price: Fraction
    quantity: Fraction
    rate: Fraction
    exchange_rate: Fraction | None  # where the file gives one
    currency: str
    pricing_currency: str
    azure_credit: bool
    charged: bool


def daily_lines(rows: list[Row]) -> tuple[list[DailyLine], list[Issue]]:
    lines, issues = [], []
    for row in rows:
        read = read_row(row)
        if isinstance(read, Issue):
            issues.append(read)
        else:
            lines.append(daily_line(read))
    return lines, issues


def check_daily(rows: list[Row]) -> None:
    """The basic attribute set has no AvailabilityId: such a file cannot be compared."""
    if rows:
        missing = [name for name in KEY_COLUMNS if all(name not in row.spelling for row in rows)]
        if missing:
            raise FileError(f"{rows[0].file}: missing " + ", ".join(missing))


def daily_line(line: Line) -> DailyLine:
    row = line.row
    credited = azure_credit_applied(line)
    return DailyLine(
        key=key_of(row),
        day=line.day,
        unit_price=parse_number(row.get("UnitPrice")),
        quantity=parse_number(row.get("Quantity")),
        # R85: Azure credit and PEC never meet; that credit is an invoice line of its own.
        rate=ZERO if credited else rate_of(line),
        exchange_rate=given(row.get("PCToBCExchangeRate")),
        currency=row.get("BillingCurrency").upper() or line.currency,
        pricing_currency=line.currency,
        azure_credit=credited,
        charged=not is_covered(line),
    )


def is_covered(line: Line) -> bool:
    """Quantity, cost zero: the reservation or the savings plan has been paid for (trap 5)."""
    return (reservation(line) or savings_plan(line)) and not line.pricing_total


def given(text: str) -> Fraction | None:
    try:
        return parse_number(text)
    except Refusal:
        return None
