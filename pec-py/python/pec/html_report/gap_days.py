"""What each day of a gap cost, as far as the sums of its Azure subscription by day can tell."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from pec.html_report.amounts import ZERO, amount, cents, share, total
from pec.html_report.summary import OPEN, Row

if TYPE_CHECKING:
    from arro3.core import Table

Days: TypeAlias = tuple[datetime.date, datetime.date]
Costs: TypeAlias = Mapping[datetime.date, Decimal]
Strip: TypeAlias = tuple[int, int, int, str, str]
"""Bars before the gap, bars of it, bars of all days; the height of each bar of it, and the highest in words.

The last two are blank where only the days are known.
"""

HEIGHT = 20
"""The highest bar."""
BARS = 62
"""So many bars fit into a cell: longer periods have several days in a bar."""

_DIGITS = "0123456789abcdefghijk"
_COLUMNS = ("customer", "subscription", "currency", "usage_day", "standing", "potential_credit")


def days_a_bar(read: Days) -> int:
    """How many days a bar stands for."""
    return -(-_number(read) // BARS)


def strips(gaps: Sequence[Row], by_subscription_day: Table, read: Days) -> list[Strip]:
    """Of each gap, what its days cost, where the days of its Azure subscription add up to its cost exactly.

    They do not where the gap is in a part of the Azure subscription and another part did not earn either.
    """
    costs = _not_earned({_key(gap) for gap in gaps}, by_subscription_day)
    return [_strip(gap, costs.get(_key(gap), {}), read) for gap in gaps]


def _key(row: Row) -> tuple[str, ...]:
    return (row["customer"], row["subscription"], row["currency"])


def _not_earned(wanted: set[tuple[str, ...]], table: Table) -> dict[tuple[str, ...], dict[datetime.date, Decimal]]:
    """Credit that could have been earned and was not, by Azure subscription and day."""
    found: dict[tuple[str, ...], dict[datetime.date, Decimal]] = {}
    cells: Iterable[tuple[Any, ...]] = zip(*(table.column(name).to_pylist() for name in _COLUMNS), strict=True)
    for *place, day, standing, credit in cells:
        key = tuple(place)
        if standing in OPEN and key in wanted:
            days = found.setdefault(key, {})
            days[day] = total((days.get(day, ZERO), amount(credit)))
    return found


def _strip(gap: Row, costs: Costs, read: Days) -> Strip:
    first, last = gap["first_day"], gap["last_day"]
    per = days_a_bar(read)
    before, until = ((day - read[0]).days // per for day in (first, last))
    bars, whole = [ZERO] * (until - before + 1), -(-_number(read) // per)
    for day, cost in costs.items():
        if first <= day <= last:
            bar = (day - read[0]).days // per - before
            bars[bar] = total((bars[bar], cost))
    highest = max(bars)
    if highest <= 0 or total(bars) != amount(gap["credit_lost"]):
        return (before, len(bars), whole, "", "")
    heights = "".join(_DIGITS[max(share(cost, highest, HEIGHT), int(cost > 0))] for cost in bars)
    return (before, len(bars), whole, heights, cents(highest))


def _number(days: Days) -> int:
    return (days[1] - days[0]).days + 1
