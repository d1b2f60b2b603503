"""The usage day: every published date form, and the order of day and month.

M/d/yyyy cannot be told from d/M/yyyy on days 1 to 12; ChargeStartDate, always the 1st for Azure
plan, settles it (daily_rated_usage.md, "Dates"; spec.md, "Dates").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

YEAR_FIRST = re.compile(
    r"(\d{4})([-/])(\d{2})\2(\d{2})"
    r"(?:[T ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(Z| UTC| ?[+-]\d{2}:\d{2})?)?",
    re.ASCII,
)
YEAR_LAST = re.compile(
    r"(?:(\d{1,2})/(\d{1,2})/(\d{4})|(\d{1,2})-(\d{1,2})-(\d{4}|\d{2}))"
    r"(?: +\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: *[AaPp][Mm])?)?",
    re.ASCII,
)

DOTTED = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}", re.ASCII)

MONTH_FIRST = "M/d"
DAY_FIRST = "d/M"

AMBIGUOUS = "an unambiguous date (yyyy-MM-dd), or a ChargeStartDate that settles day and month"
READABLE = "a date such as 10/25/2019 or 2019-10-25, from 2000 to 2099"


@dataclass(frozen=True)
class Slashed:
    """A date whose form does not say which of its first two parts is the month."""

    first: int
    second: int
    year: int

    def read(self, order: str) -> date | None:
        month, day = (
            (self.first, self.second) if order == MONTH_FIRST else (self.second, self.first)
        )
        return calendar_day(self.year, month, day)

    def is_ambiguous(self) -> bool:
        return self.first <= 12 and self.second <= 12 and self.first != self.second


def calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_form(text: str) -> date | Slashed | None:
    """A day, a day in an order not yet known, or None where the text is no date."""
    if DOTTED.match(text):
        text = text.replace(".", "/", 2)
    match = YEAR_FIRST.fullmatch(text)
    if match is not None:
        return read_year_first(match)
    match = YEAR_LAST.fullmatch(text)
    if match is None:
        return None
    first, second, year = (part for part in match.groups() if part is not None)
    return Slashed(int(first), int(second), int(year) + (2000 if len(year) == 2 else 0))


def read_year_first(match: re.Match[str]) -> date | None:
    year, _, month, day, hour, minute, second, zone = match.groups()
    if hour is None:
        return calendar_day(int(year), int(month), int(day))
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second))
        zone = (zone or "Z").strip()
        if zone not in ("Z", "UTC"):
            # R48: the usage day is a UTC day, so an offset is taken off first.
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
            moment = moment - offset if zone[0] == "+" else moment + offset
        return moment.date()
    except (ValueError, OverflowError):
        return None


def in_range(day: date | Slashed) -> bool:
    return 2000 <= day.year <= 2099


def with_order(form: date | Slashed | None, order: str) -> date | None:
    return form.read(order) if isinstance(form, Slashed) else form


def usage_day(usage: str, start: str = "", end: str = "") -> date | str:
    """The usage day, or what was expected instead. All three texts come trimmed."""
    form = read_form(usage)
    if form is None or not in_range(form):
        return READABLE
    if isinstance(form, date):
        return form
    if not form.is_ambiguous():
        # Equal parts read the same in both orders; a part above 12 fits one order only.
        return form.read(MONTH_FIRST) or form.read(DAY_FIRST) or READABLE
    return settle(form, start, end)


def settle(form: Slashed, start: str, end: str) -> date | str:
    start_form = read_form(start)
    # 0001-01-01 is how the v1 API writes "no date".
    if start == "" or (start_form is not None and not in_range(start_form)):
        return AMBIGUOUS
    possible = []
    for order in (MONTH_FIRST, DAY_FIRST):
        first = with_order(start_form, order)
        if first is not None and first.day == 1:
            possible.append(order)
    if len(possible) == 2:
        possible = [order for order in possible if inside(form, start_form, end, order)]
    if len(possible) != 1:
        return AMBIGUOUS
    return form.read(possible[0]) or READABLE


def inside(form: Slashed, start_form: date | Slashed | None, end: str, order: str) -> bool:
    """Does the usage day, read in this order, lie in the charge period read in this order?"""
    day, first = form.read(order), with_order(start_form, order)
    end_form = read_form(end)
    last = with_order(end_form, order) if end_form is not None and in_range(end_form) else None
    assert day is not None and first is not None
    if last is not None:
        return first <= day <= last
    return (first.year, first.month) == (day.year, day.month)
