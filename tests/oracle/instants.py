"""Instants as whole numbers of 100 nanoseconds since 1970, all UTC; a day is [midnight, midnight).

Azure writes seven decimals of a second, so nothing that it writes is lost.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

Instant = int
SECOND: Instant = 10**7
MINUTE: Instant = 60 * SECOND
HOUR: Instant = 60 * MINUTE
DAY: Instant = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RFC_3339 = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})?)?",
    re.ASCII,
)


def read_instant(text: str) -> Instant:
    """A date (its midnight) or an RFC 3339 instant; no zone is UTC."""
    match = RFC_3339.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{text}` is no instant")
    year, month, day, hour, minute, second, decimals, zone = match.groups()
    at = midnight(date(int(year), int(month), int(day)))
    at += int(hour or 0) * HOUR + int(minute or 0) * MINUTE + int(second or 0) * SECOND
    at += int((decimals or "").ljust(9, "0")[:7])
    if zone and zone not in "Zz":
        offset = int(zone[1:3]) * HOUR + int(zone[4:6]) * MINUTE
        at += -offset if zone[0] == "+" else offset
    return at


def midnight(day: date) -> Instant:
    """The first instant of a day; that of the next day is the end of this one."""
    return (day - EPOCH.date()).days * DAY


def day_bounds(day: date) -> tuple[Instant, Instant]:
    return midnight(day), midnight(day) + DAY


def write_instant(at: Instant, zone: str = "Z", decimals: int = 0) -> str:
    """RFC 3339 with as many decimals as asked for, or as many as the instant needs."""
    shown = at
    if zone not in ("Z", ""):
        offset = int(zone[1:3]) * HOUR + int(zone[4:6]) * MINUTE
        shown += offset if zone[0] == "+" else -offset
    whole, rest = divmod(shown, SECOND)
    text = (EPOCH + timedelta(seconds=whole)).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f"{rest:07}".rstrip("0").ljust(decimals, "0")
    return text + (f".{fraction}" if fraction else "") + zone
