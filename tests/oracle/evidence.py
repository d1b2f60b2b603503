"""The evidence of a world, arranged: one track for each thing that comes and goes.

From files to keys and events (access.md, sections 2 to 4). Nothing here knows a usage line.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from facts import (
    Authorization,
    Delegation,
    Deny,
    File,
    RoleAssignment,
    RoleChange,
    Schedule,
    UnreadSchedule,
    World,
)
from instants import DAY, Instant
from scopes import subscription_of
from sightings import (
    Scheduled,
    active_links,
    asked_in,
    below_root,
    covers,
    denies_of,
    ended_links,
    ends_with,
    groups_in,
    is_window,
    known_since,
    log_window,
    newest_members,
    over_since,
    schedule_events,
    sighting,
    trees,
    unknown_links,
    whole_trees,
)
from tracks import Carry, Event, Kind, Track, Window, grant, missing, revoke

NEVER_BEFORE, NEVER_AFTER = -(1 << 80), 1 << 80


@dataclass(frozen=True)
class Grant:
    """One way in, at a scope, over time."""

    path: str  # role, eligible, lighthouse, or unreadable: a delegation without its definition
    scope: str
    principal: str
    role: str
    track: Track
    principal_type: str = ""
    tenant: str = ""  # the managing one
    marketplace: bool = False
    conditional: bool = False
    eligible_only: bool = False
    activated: tuple[tuple[Instant, Instant], ...] = ()  # PIM, while it lasts
    over_since: Instant | None = None  # an activation that ends after everything else that is told
    doubted: tuple[tuple[Instant, Instant], ...] = ()  # while it may be active only for a while
    listed_for: frozenset[str] = frozenset()  # whose files list it, for what lies above them

    def is_just_in_time(self, at: Instant) -> bool:
        return self.eligible_only or any(start <= at < end for start, end in self.activated)

    def may_be_just_in_time(self, at: Instant) -> bool:
        return any(start <= at < end for start, end in self.doubted)


class Evidence:
    def __init__(self, world: World) -> None:
        partner = world.partner
        self.files = world.files
        organizations = () if partner is None else (partner.organization, *partner.resellers)
        self.tenants = {organization.tenant for organization in organizations}
        self.carry = (
            Carry(partner.unchanged, partner.unchanged_until) if partner is not None else Carry()
        )
        self.asked = {identity for file in self.of("partner_links") for identity in asked_in(file)}
        self.links_complete = any(file.complete for file in self.of("partner_links"))
        self.members = newest_members(self.of("group_members"))
        self.groups = groups_in(self.files)
        self.management_groups = trees(self.of("management_groups"))
        self.whole_trees = whole_trees(self.of("management_groups"))
        self.links = self.link_tracks()
        self.never_linked = {identity: self.no_link_track(identity) for identity in self.asked}
        self.unknown_links = unknown_links(self.of("partner_links"))
        self.ended_links = ended_links(self.of("partner_links"))
        self.grants = [
            *self.role_grants(),
            *self.eligibilities(),
            *self.lighthouse_grants(),
        ]
        self.denies = self.deny_tracks()

    def of(self, *kinds: str) -> list[File]:
        return [file for file in self.files if file.kind in kinds]

    # Log windows

    def role_windows(self, subscription: str | None) -> list[Window]:
        """Those of a subscription. None reach a management group, which has a log of its own."""
        return [
            log_window(file)
            for file in self.of("activity_log", "change_log")
            if is_window(file) and subscription in file.subscriptions
        ]

    def delegation_windows(self, subscription: str | None) -> list[Window]:
        return [
            log_window(file)
            for file in self.of("delegation_log")
            if is_window(file) and (not file.subscriptions or subscription in file.subscriptions)
        ]

    # Grants

    def role_grants(self) -> list[Grant]:
        events: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
        holders: dict[tuple[str, str, str], list[File]] = defaultdict(list)
        types: dict[str, str] = {}
        conditional = set()
        activated = defaultdict(list)
        ends: dict[tuple[str, str, str], list[Instant]] = defaultdict(list)
        for file in self.files:
            for entry in file.entries:
                if isinstance(entry, RoleAssignment | Schedule | RoleChange):
                    key = (entry.scope, entry.role, entry.principal)
                    if file.kind != "pim_eligibilities":
                        holders[key].append(file)
                if isinstance(entry, RoleAssignment | Schedule) and entry.principal_type:
                    types.setdefault(entry.principal, entry.principal_type)
                if isinstance(entry, RoleAssignment):
                    events[key] += sighting(file.taken_at, entry.created)
                    if entry.conditional:
                        conditional.add(key)
                elif isinstance(entry, RoleChange):
                    events[key].append(grant(entry.at) if entry.granted else revoke(entry.at))
                elif isinstance(entry, Schedule) and file.kind == "pim_assignments":
                    events[key] += schedule_events(entry, file.taken_at)
                    if entry.end is not None:
                        ends[key].append(entry.end)
                    if entry.activated:
                        activated[key].append((entry.start, entry.end or file.taken_at))
        found = []
        for key, known in events.items():
            scope, role, principal = key
            known += self.misses(key, holders[key])
            windows = self.role_windows(subscription_of(scope))
            track = Track(known, windows, ends_with(self.carry, known, ends[key]))
            found.append(
                Grant(
                    path="role",
                    scope=scope,
                    principal=principal,
                    role=role,
                    track=track,
                    principal_type=types.get(principal, ""),
                    conditional=key in conditional,
                    activated=(*activated[key], *self.logged_activations(key, known)),
                    over_since=over_since(known, ends[key], activated[key]),
                    doubted=self.doubts(key, types.get(principal, ""), holders[key]),
                    listed_for=below_root(holders[key]),
                )
            )
        return found

    def logged_activations(
        self, key: tuple[str, str, str], events: list[Event]
    ) -> list[tuple[Instant, Instant]]:
        """A log writes an activation as it writes any assignment. Of who may activate it, one that
        was revoked within a day is taken for one: no role stays activated for longer (R37, choice)."""
        scope, role, principal = key
        eligible = [
            (entry.start, entry.end)
            for file in self.of("pim_eligibilities")
            for entry in file.entries
            if isinstance(entry, Schedule)
            and entry.role == role
            and (entry.principal == principal or self.is_in(principal, entry.principal))
            and (entry.scope == scope or scope.startswith(f"{entry.scope}/"))
        ]
        found = []
        begun = None
        for event in sorted(events, key=lambda event: (event.at, event.kind)):
            if event.kind is Kind.REVOKE and begun is not None:
                may = any(
                    (start is None or start <= begun) and (end is None or begun < end)
                    for start, end in eligible
                )
                if may and event.at - begun <= DAY:
                    found.append((begun, event.at))
                begun = None
            elif event.kind is Kind.REVOKE:
                begun = None
            elif event.kind is Kind.GRANT:
                begun = event.at
        return found

    def is_in(self, identity: str, group: str, above: frozenset[str] = frozenset()) -> bool:
        """Is it listed in a group, or in a group of it?"""
        known = self.members.get(group)
        if known is None or group in above:
            return False
        inner = known.members & self.members.keys()
        return identity in known.members - inner or any(
            self.is_in(identity, one, above | {group}) for one in inner
        )

    def doubts(
        self, key: tuple[str, str, str], principal_type: str, holders: list[File]
    ) -> tuple[tuple[Instant, Instant], ...]:
        """Instances that could not be read and may be its activation. An agent group cannot activate."""
        scope, role, principal = key
        own = subscription_of(scope)
        about = below_root(holders) if own is None else {own}

        def may_be_of(entry: UnreadSchedule, file: File) -> bool:
            if entry.principal != principal and (entry.principal or principal_type == "foreigngroup"):
                return False
            in_file = not file.subscriptions or not about or bool(file.subscriptions & about)
            here = entry.scope == scope if entry.scope else in_file
            return here and entry.role in ("", role)

        return tuple(
            (NEVER_BEFORE if entry.start is None else entry.start, NEVER_AFTER if entry.end is None else entry.end)
            for file in self.of("pim_assignments")
            for entry in file.entries
            if isinstance(entry, UnreadSchedule) and may_be_of(entry, file)
        )

    def misses(self, key: tuple[str, str, str], holders: list[File]) -> list[Event]:
        """Complete snapshots of role assignments that cover the key and do not list it."""
        listed_in = [file for file in holders if file.kind == "role_assignments"]
        return [
            missing(file.taken_at)
            for file in self.of("role_assignments")
            if file.complete and file not in listed_in and covers(file, key[0], listed_in)
        ]

    def eligibilities(self) -> list[Grant]:
        return [
            Grant(
                path="eligible",
                scope=entry.scope,
                principal=entry.principal,
                role=entry.role,
                track=Scheduled(entry, file.taken_at, self.carry),
                principal_type=entry.principal_type,
                eligible_only=True,
                listed_for=below_root([file]),
            )
            for file in self.of("pim_eligibilities")
            for entry in file.entries
            if isinstance(entry, Schedule)
        ]

    def lighthouse_grants(self) -> list[Grant]:
        events: dict[Authorization, list[Event]] = defaultdict(list)
        holders: dict[Authorization, list[File]] = defaultdict(list)
        marketplace = set()
        delegations = [
            (file, entry)
            for file in self.of("lighthouse_assignments")
            for entry in file.entries
            if isinstance(entry, Authorization)
        ]
        # An export without definitions says nothing of a delegation that another tells with its roles.
        told = {(entry.scope, entry.name) for _, entry in delegations if entry.tenant and entry.name}
        for file, entry in delegations:
            if entry.tenant is not None or (entry.scope, entry.name) not in told:
                key = replace(entry, created=None, marketplace=False, name="")
                events[key] += sighting(file.taken_at, entry.created)
                holders[key].append(file)
                if entry.marketplace:
                    marketplace.add(key)
        changes = [
            entry
            for file in self.of("delegation_log")
            for entry in file.entries
            if isinstance(entry, Delegation)
        ]
        # The log is that of a managing tenant: a third partner's delegations are not in it. Of one that only the
        # log tells of, the roles are not known.
        def is_ours(key: Authorization) -> bool:
            return key.tenant is None or key.tenant in self.tenants

        for scope in {change.scope for change in changes} - {key.scope for key in events if is_ours(key)}:
            events[Authorization(scope, None)] = []
        found = []
        for key, known in events.items():
            for change in changes:
                if change.scope == key.scope and is_ours(key):
                    known.append(grant(change.at) if change.registered else revoke(change.at))
            known += [
                missing(file.taken_at)
                for file in self.of("lighthouse_assignments")
                if file.complete and file not in holders[key] and covers(file, key.scope, [])
            ]
            windows = self.delegation_windows(subscription_of(key.scope))
            found.append(
                Grant(
                    path="unreadable" if key.tenant is None else "lighthouse",
                    scope=key.scope,
                    principal=key.principal or "",
                    role=key.role or "",
                    track=Track(known, windows, self.carry),
                    tenant=key.tenant or "",
                    marketplace=key in marketplace,
                    eligible_only=key.eligible_only,
                )
            )
        return found

    # Denies and links

    def deny_tracks(self) -> list[tuple[Deny, Track]]:
        """One whose words changed is another from then on; it was made once, so in its first words."""
        files = [
            replace(file, entries=tuple(e for e in denies_of(file) if not self.is_told_elsewhere(e, file)))
            for file in self.of("deny_assignments")
        ]
        seen: dict[Deny, list[tuple[File, Deny]]] = defaultdict(list)
        for file in files:
            for entry in denies_of(file):
                seen[replace(entry, created=None)].append((file, entry))
        found = []
        for words, sightings in seen.items():
            listed_in = [f for f in files if any(e.id == words.id for e in denies_of(f))]
            first = min(file.taken_at for file in listed_in)
            is_first = any(file.taken_at == first for file, _ in sightings)
            events: list[Event] = []
            for file, entry in sightings:
                events += sighting(file.taken_at, entry.created if is_first else None)
            known = [file for file, _ in sightings]
            events += [
                missing(file.taken_at)
                for file in files
                if file not in known
                and (file in listed_in or (file.complete and covers(file, words.scope, listed_in)))
            ]
            found.append((words, Track(events, (), self.carry)))
        return found

    def is_told_elsewhere(self, deny: Deny, file: File) -> bool:
        """What cannot be read here, an export of that time or later says, of one that was made before."""
        return not deny.is_whole and any(
            other.id == deny.id != "" and other.is_whole
            and (other.created is None or other.created <= file.taken_at)
            for later in self.of("deny_assignments")
            if later.taken_at >= file.taken_at
            for other in denies_of(later)
        )

    def link_tracks(self) -> dict[tuple[str, str, str], Track]:
        events: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
        listed: dict[tuple[str, str, str], list[File]] = defaultdict(list)
        for file in self.of("partner_links"):
            for link in active_links(file):
                key = (link.identity, link.tenant, link.partner_id)
                events[key] += sighting(file.taken_at, known_since(link))
                listed[key].append(file)
        for key, known in events.items():
            known += [
                missing(file.taken_at)
                for file in self.of("partner_links")
                if key[0] in asked_in(file) and file not in listed[key]
            ]
        return {key: Track(known, (), self.carry) for key, known in events.items()}

    def no_link_track(self, identity: str) -> Track:
        """Of one that was asked, for a tenant in which no link of it was ever seen."""
        files = [file for file in self.of("partner_links") if identity in asked_in(file)]
        return Track([missing(file.taken_at) for file in files], (), self.carry)

    # Coverage (section 6)

    def roles_covered(self, subscription: str, at: Instant) -> bool:
        return self.covered("role_assignments", self.role_windows(subscription), subscription, at)

    def delegations_covered(self, subscription: str, at: Instant) -> bool:
        windows = self.delegation_windows(subscription)
        return self.covered("lighthouse_assignments", windows, subscription, at)

    def changed_unread(self, kind: str, subscription: str) -> bool:
        kinds = ("activity_log", "change_log") if kind == "role_assignments" else ("delegation_log",)
        logs = (file for file in self.of(*kinds) if file.unread)
        return any(not log.subscriptions or subscription in log.subscriptions for log in logs)

    def covered(self, kind: str, windows: list[Window], subscription: str, at: Instant) -> bool:
        """Would a grant of that kind that was held at this instant be known?"""
        snapshots = [
            missing(file.taken_at)
            for file in self.of(kind)
            if file.complete and subscription in file.subscriptions
        ]
        if not snapshots:
            return False
        carry = self.carry
        if self.changed_unread(kind, subscription):
            carry = replace(carry, unchanged=False)
        track = Track(snapshots, windows, carry)
        if carry.unchanged and at < track.events[-1].at:
            return True
        if carry.reaches(at):
            return True
        # A log alone shows no grant older than itself: it must reach a complete snapshot.
        reached = [
            (start, end)
            for start, end in track.windows
            if any(start <= event.at <= end for event in track.events)
        ]
        return any(start <= at < end for start, end in reached)

    def instants(self) -> set[Instant]:
        """All instants at which anything may change."""
        tracks = [given.track for given in self.grants]
        tracks += [*self.links.values(), *self.never_linked.values()]
        tracks += [track for _, track in self.denies]
        found = {at for track in tracks for at in track.instants()}
        found.update(at for given in self.grants for pair in given.activated for at in pair)
        found.update(at for given in self.grants for pair in given.doubted for at in pair)
        found.update(at for _, _, start, end in self.unknown_links for at in (start, end))
        found.update(at for _, start, end in self.ended_links for at in (start, end))
        for file in self.files:
            found.add(file.taken_at)
            if is_window(file):
                found.update(log_window(file))
            found.update(
                entry.end
                for entry in file.entries
                if isinstance(entry, Schedule) and entry.end is not None
            )
        if self.carry.until is not None:
            found.add(self.carry.until)
        return found
