"""From the entries of evidence files to events, windows and the time in which something was held.

Small steps of access.md, sections 2 to 4, each for one kind of file.
"""

from __future__ import annotations

from collections.abc import Iterable

from facts import (
    Deny,
    Entry,
    File,
    Link,
    ManagementGroup,
    Members,
    RoleAssignment,
    RoleChange,
    Schedule,
    UnreadSchedule,
)
from instants import DAY, Instant
from scopes import subscription_of
from tracks import Carry, Event, State, Track, Window, grant, revoke, seen

LOG_REACHES_BACK = 90 * DAY  # what the activity log keeps (inputs.md, B4)


class Scheduled(Track):
    """A PIM eligibility: held from start to end, or on, unknown after its snapshot."""

    def __init__(self, schedule: Schedule, taken_at: Instant, carry: Carry) -> None:
        super().__init__([], (), carry)
        self.start, self.end, self.taken_at = schedule.start, schedule.end, taken_at

    def state(self, at: Instant) -> State:
        if at < self.start or (self.end is not None and at >= self.end):
            return State.NOT_HELD
        listed = self.end is not None or at < max(self.taken_at, self.start)
        if not listed and not self.carry.reaches(at):
            return State.UNKNOWN_AFTER
        return State.HELD

    def instants(self) -> list[Instant]:
        end = max(self.taken_at, self.start) if self.end is None else self.end
        return [self.start, end]


def sighting(taken_at: Instant, created: Instant | None) -> list[Event]:
    found = [seen(taken_at, created)]
    return found if created is None else [grant(created), *found]


def schedule_events(entry: Schedule, taken_at: Instant) -> list[Event]:
    if entry.end is not None and entry.end <= taken_at:
        start = [] if entry.start is None else [grant(entry.start)]
        return [*start, revoke(entry.end)]
    return sighting(taken_at, entry.start)


def ends_with(carry: Carry, events: list[Event], ends: Iterable[Instant]) -> Carry:
    """A time-bound assignment is never taken to hold beyond its own end (R38)."""
    last = max(event.at for event in events)
    later = [end for end in ends if end > last]
    if not later or carry.until is None:
        return carry
    return Carry(carry.unchanged, min(carry.until, max(later)))


def over_since(
    events: list[Event], ends: Iterable[Instant], activated: Iterable[tuple[Instant, Instant]]
) -> Instant | None:
    """The end that is later than all that is told, where an activation has it."""
    last = max(event.at for event in events)
    end = max((end for end in ends if end > last), default=None)
    return end if any(until == end for _, until in activated) else None


def covers(file: File, scope: str, listed_in: list[File]) -> bool:
    subscription = subscription_of(scope)
    if subscription is not None:
        return subscription in file.subscriptions
    return any(file.subscriptions & other.subscriptions for other in listed_in)


def is_of_others(file: File, entries: Iterable[Entry]) -> bool:
    """Is it of other subscriptions than the manifest says? It lists what is in others, and nothing in those.

    What is above subscriptions stands in every listing; a managing tenant's log is of all its customers.
    """
    scopes = (getattr(one, "scope", "") for one in entries if not isinstance(one, UnreadSchedule))
    listed = {subscription_of(scope) for scope in scopes if scope} - {None}
    claimed = file.subscriptions if file.kind != "delegation_log" else frozenset()
    return bool(claimed and listed) and not listed & claimed


def below_root(holders: list[File]) -> frozenset[str]:
    found: set[str] = set()
    for file in holders:
        found |= file.subscriptions
        for entry in file.entries:
            if isinstance(entry, RoleAssignment | Schedule | RoleChange):
                found |= {subscription_of(entry.scope) or ""} - {""}
    return frozenset(found)


def is_window(file: File) -> bool:
    """A log is a window when it is complete; a change log must say where it starts."""
    if file.kind not in ("activity_log", "change_log", "delegation_log") or not file.complete:
        return False
    return file.kind != "change_log" or file.start is not None


def log_window(file: File) -> Window:
    start = file.taken_at - LOG_REACHES_BACK if file.start is None else file.start
    return (start, file.taken_at)


def asked_in(file: File) -> set[str]:
    listed = {entry.identity for entry in file.entries if isinstance(entry, Link)}
    return listed | file.identities


def active_links(file: File) -> list[Link]:
    return [entry for entry in file.entries if isinstance(entry, Link) and entry.active]


def denies_of(file: File) -> list[Deny]:
    return [entry for entry in file.entries if isinstance(entry, Deny)]


def was_changed(link: Link) -> bool:
    return (
        link.version > 1
        and link.created is not None
        and link.updated is not None
        and link.updated > link.created
    )


def known_since(link: Link) -> Instant | None:
    return link.updated if was_changed(link) else link.created


def unknown_links(files: list[File]) -> list[tuple[str, str, Instant, Instant]]:
    """Identity, tenant, and when it was linked to an id that nobody can tell any more."""
    return [
        (link.identity, link.tenant, link.created or 0, link.updated or 0)
        for file in files
        for link in active_links(file)
        if was_changed(link)
    ]


def ended_links(files: list[File]) -> list[tuple[tuple[str, str, str], Instant, Instant]]:
    """Links that were no longer active when they were asked for: since when, and until when each may have been."""
    return [
        ((link.identity, link.tenant, link.partner_id), link.created or 0, file.taken_at)
        for file in files
        for link in file.entries
        if isinstance(link, Link) and not link.active
    ]


def newest_members(files: list[File]) -> dict[str, Members]:
    found: dict[str, Members] = {}
    for file in sorted(files, key=lambda file: file.taken_at):
        for entry in file.entries:
            if isinstance(entry, Members):
                found[entry.group] = entry
    return found


def groups_in(files: tuple[File, ...]) -> set[str]:
    """Principals that are told to be groups."""
    told = (entry.groups for file in files for entry in file.entries if isinstance(entry, Members | Deny))
    return set().union(*told)


def whole_trees(files: list[File]) -> set[str]:
    """Management groups of which all subscriptions are listed."""
    entries = [entry for file in files for entry in file.entries]
    return {entry.name for entry in entries if isinstance(entry, ManagementGroup) and entry.complete}


def trees(files: list[File]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for file in files:
        for entry in file.entries:
            if isinstance(entry, ManagementGroup):
                found[entry.name] = found.get(entry.name, frozenset()) | entry.subscriptions
    return found
