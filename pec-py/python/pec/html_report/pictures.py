"""Pictures of the page, as SVG without a library: bars of money. Each stands beside the same figures in words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pec.html_report.amounts import ZERO, amount, cents, share, total
from pec.html_report.markup import Markup, element, joined

STANDINGS = ("earned", "missed", "lost", "unknown", "excluded", "unexpected")
_PER_DAY = ("earned", "missed", "lost", "unknown")
_HEIGHT = 120
_FEW = 14
"""A picture has the width of so many days at least, so that one day is a bar and no wall."""
_MANY = 120
"""Above so many days a line between bars would hide them."""


def cost_bar(cost_of: Mapping[str, Decimal], currency: str) -> Markup:
    """List cost by standing, one bar and its legend; refunds have no length and stand in the legend."""
    parts, at = [], 0
    whole = total(cost for cost in cost_of.values() if cost > 0)
    shares = [(one, cost_of[one], share(cost_of[one], whole, 1000)) for one in STANDINGS if one in cost_of]
    for standing, cost, width in shares:
        title = element("title", f"{standing}: {cents(cost)} {currency}")
        parts.append(_rect(title, class_=standing, x=at, width=width, height=10))
        at += width
    label = "; ".join(f"{standing} {cents(cost)}" for standing, cost, _ in shares)
    bar = element(
        "svg",
        *parts,
        class_="bar",
        viewBox=f"0 0 {max(at, 1)} 10",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"List cost by standing in {currency}: {label}",
    )
    legend = [element("li", element("span", one, class_=f"standing {one}"), f" {cents(c)}") for one, c, _ in shares]
    return joined([bar, element("ul", element("li", "List cost:"), *legend, class_="legend")])


def day_bars(rows: Iterable[Mapping[str, Any]], currency: str) -> Markup:
    """Credit possible of each day, by standing: a bar for each day from the first to the last, if any has a height."""
    days: dict[datetime.date, dict[str, Decimal]] = {}
    for row in rows:
        if row["currency"] == currency and row["standing"] in _PER_DAY:
            of_day = days.setdefault(row["usage_day"], {})
            of_day[row["standing"]] = total((of_day.get(row["standing"], ZERO), amount(row["potential_credit"])))
    highest = max((total(value for value in of_day.values() if value > 0) for of_day in days.values()), default=ZERO)
    if highest <= 0:
        return Markup("")
    first, last = min(days), max(days)
    number = (last - first).days + 1
    bars = [_day_bar(day, days[day], (day - first).days, highest, currency) for day in sorted(days)]
    label = (
        f"Credit possible by day in {currency}, {first} to {last}, at most {cents(highest)} a day; the table by day "
        "has the figures"
    )
    picture = element(
        "svg",
        *bars,
        class_="days few" if number < _FEW else "days many" if number > _MANY else "days",
        viewBox=f"0 0 {max(number, _FEW) * 10} {_HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )
    present = [one for one in _PER_DAY if any(one in of_day for of_day in days.values())]
    legend = element(
        "ul", *(element("li", element("span", one, class_=f"standing {one}")) for one in present), class_="legend"
    )
    return element("figure", picture, _caption(first, last, f"{cents(highest)} {currency}"), legend)


def _caption(first: datetime.date, last: datetime.date, highest: str) -> Markup:
    """The days at their bars, where these fill the width; else in words."""
    if first == last:
        return element("figcaption", f"{first}: credit possible {highest}")
    words = f"credit possible a day, at most {highest}"
    if (last - first).days + 1 < _FEW:
        return element("figcaption", f"{first} to {last}: {words}")
    return element("figcaption", *(element("span", one) for one in (str(first), words, str(last))))


def _day_bar(day: datetime.date, of_day: Mapping[str, Decimal], at: int, highest: Decimal, currency: str) -> Markup:
    parts, top = [], _HEIGHT
    for standing in _PER_DAY:
        height = share(of_day.get(standing, ZERO), highest, _HEIGHT)
        if height:
            top -= height
            parts.append(element("rect", class_=standing, x=at * 10, y=top, width=9, height=height))
    words = ", ".join(f"{one} {cents(of_day[one])}" for one in _PER_DAY if one in of_day)
    return element("g", element("title", f"{day}: {words} {currency}"), *parts)


def _rect(title: Markup, **attributes: str | int) -> Markup:
    return element("g", title, element("rect", **attributes))
