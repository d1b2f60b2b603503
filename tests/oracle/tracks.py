"""A track: what is known over time of one thing that comes and goes (access.md, section 4).

The events of a key are facts; what lies between them is held, not held or unknown, and either
proven or only assumed. Everything is asked instant by instant, so no interval is ever built.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum

from instants import Instant


class Kind(IntEnum):
    """In the order that events of one instant have."""

    REVOKE = 0
    MISSING = 1
    GRANT = 2
    SEEN = 3


class State(Enum):
    HELD = "held"
    NOT_HELD = "not held"
    UNKNOWN_BETWEEN = "unknown between"
    UNKNOWN_AFTER = "unknown after"


@dataclass(frozen=True)
class Event:
    at: Instant
    kind: Kind
    created: Instant | None = None  # of Seen: the creation time that was shown with it

    def proves(self, at: Instant) -> bool:
        """What was made at one time and is seen at another was there between (model, section 2).

        Made again it would have a new creation time, so nothing that lies between can say else.
        """
        return self.kind is Kind.SEEN and self.created is not None and self.created <= at < self.at

    @property
    def before(self) -> State:
        return State.HELD if self.kind in (Kind.SEEN, Kind.REVOKE) else State.NOT_HELD

    @property
    def after(self) -> State:
        return State.HELD if self.kind in (Kind.SEEN, Kind.GRANT) else State.NOT_HELD


def grant(at: Instant) -> Event:
    return Event(at, Kind.GRANT)


def revoke(at: Instant) -> Event:
    return Event(at, Kind.REVOKE)


def missing(at: Instant) -> Event:
    return Event(at, Kind.MISSING)


def seen(at: Instant, created: Instant | None) -> Event:
    """A creation time later than the snapshot moves the snapshot there."""
    return Event(at if created is None else max(at, created), Kind.SEEN, created)


Window = tuple[Instant, Instant]  # of a log, both ends in it


def merged(windows: Iterable[Window]) -> list[Window]:
    """Windows that touch are one: a log exported in pieces proves what the whole would."""
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


@dataclass(frozen=True)
class Carry:
    """The assumptions of the partner file (section 1)."""

    unchanged: bool = True
    until: Instant | None = None

    def reaches(self, at: Instant) -> bool:
        """What the last event shows is taken to hold until then; an assumption like the other."""
        return self.unchanged and self.until is not None and at < self.until


class Track:
    """The events of one key, in order, and the log windows in which none can have been missed."""

    def __init__(
        self,
        events: Iterable[Event],
        windows: Iterable[Window] = (),
        carry: Carry | None = None,
    ) -> None:
        self.events = in_order(events)
        self.windows = merged(windows)
        self.carry = carry or Carry()

    def state(self, at: Instant) -> State:
        if any(event.proves(at) for event in self.events):
            return State.HELD
        last = next((event for event in reversed(self.events) if event.at <= at), None)
        following = next((event for event in self.events if event.at > at), None)
        if last is None and following is None:
            return State.NOT_HELD
        if last is None:
            assert following is not None
            return self.before_first(following, at)
        if following is None:
            return self.after_last(last, at)
        return self.between(last, following, at)

    def before_first(self, first: Event, at: Instant) -> State:
        if self.in_either_order(first):
            return State.UNKNOWN_BETWEEN
        if at >= self.window_start(first):
            return first.before
        # A thing that was seen or revoked existed for some time before; nobody knows how long.
        if first.before is State.HELD or not self.carry.unchanged:
            return State.UNKNOWN_BETWEEN
        return State.NOT_HELD

    def in_either_order(self, first: Event) -> bool:
        """Granted and revoked at one instant: which came first is told only by what was made then."""
        both = {event.kind for event in self.events if event.at == first.at} >= {Kind.REVOKE, Kind.GRANT}
        return both and not any(event.created == first.at for event in self.events)

    def between(self, last: Event, following: Event, at: Instant) -> State:
        left, right = self.window_end(last), self.window_start(following)
        if last.after is following.before:
            # The log proves the part of the stretch that it covers, and no more.
            proven = at < left or at >= right
            return last.after if proven or self.carry.unchanged else State.UNKNOWN_BETWEEN
        if left >= right:
            return State.UNKNOWN_BETWEEN  # a log that should show the change and does not
        if at < left:
            return last.after
        return following.before if at >= right else State.UNKNOWN_BETWEEN

    def after_last(self, last: Event, at: Instant) -> State:
        if at < self.window_end(last) or self.carry.reaches(at):
            return last.after
        return State.UNKNOWN_AFTER

    def window_end(self, event: Event) -> Instant:
        return max([event.at, *(end for start, end in self.windows if start <= event.at <= end)])

    def window_start(self, event: Event) -> Instant:
        return min([event.at, *(start for start, end in self.windows if start <= event.at <= end)])

    def instants(self) -> list[Instant]:
        return [event.at for event in self.events] + [at for pair in self.windows for at in pair]


def in_order(events: Iterable[Event]) -> list[Event]:
    """Exact duplicates count once; of two sightings the one that shows a creation time is kept."""
    kept: dict[tuple[Instant, Kind], Event] = {}
    for event in events:
        other = kept.get((event.at, event.kind))
        if other is None or (other.created is None and event.created is not None):
            kept[event.at, event.kind] = event
    return [kept[key] for key in sorted(kept)]
