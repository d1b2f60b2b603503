"""What the partner file and the evidence files say, as plain values: nothing is decided here.

Ids, paths and names are lower-case in every one of them (access.md: no regard to ASCII case), and
a role is the GUID that ends a role definition id. `None` is always "the file does not show it".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from instants import Instant

Interval = tuple[Instant | None, Instant | None]  # half-open; None: open on that side
ALWAYS: Interval = (None, None)


# The partner file


@dataclass(frozen=True)
class Organization:
    tenant: str
    partner_ids: tuple[tuple[str, Interval], ...]  # with the time in which each counts
    agent_groups: frozenset[str] = frozenset()  # empty: unknown
    identities: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Partner:
    kind: str  # direct_bill, indirect_provider, indirect_reseller
    organization: Organization
    resellers: tuple[Organization, ...] = ()
    agreement: tuple[Interval, ...] | None = None  # None: always in force
    transacting: tuple[tuple[str, Interval], ...] = ()  # an Azure subscription, when it is ours
    unchanged: bool = True
    unchanged_until: Instant | None = None


@dataclass(frozen=True)
class Programme:
    """The dated parameters that a user can switch (model, sections 1 and 2)."""

    coverage: str = "whole_day"  # R45; "single_grant", "any_part_of_day"
    unlisted_roles_fail: bool = False  # R34
    management_group_reaches: bool = True  # R40
    marketplace_needs_link: bool = True  # R21


# What one file shows


@dataclass(frozen=True)
class RoleAssignment:
    scope: str
    role: str
    principal: str
    principal_type: str
    created: Instant | None = None
    conditional: bool = False


@dataclass(frozen=True)
class Authorization:
    """One line of a Lighthouse delegation; all but the scope is None where its definition is missing."""

    scope: str
    tenant: str | None
    principal: str | None = None
    role: str | None = None
    eligible_only: bool = False
    marketplace: bool = False
    created: Instant | None = None
    name: str = ""  # of the delegation, "" where it is not told; one that is made again has another


@dataclass(frozen=True)
class Link:
    identity: str
    tenant: str  # "": matches every tenant
    partner_id: str
    active: bool = True
    created: Instant | None = None
    updated: Instant | None = None
    version: int = 1

    @property
    def is_told(self) -> bool:
        return bool(self.tenant or self.partner_id or self.created)


@dataclass(frozen=True)
class Schedule:
    """A PIM instance: an assignment (activated or assigned) or an eligibility, by the file's kind."""

    scope: str
    role: str
    principal: str
    principal_type: str
    start: Instant | None
    end: Instant | None
    activated: bool = False


@dataclass(frozen=True)
class UnreadSchedule:
    """A PIM assignment instance that may be an activation, as far as it can be read; "" is any, None is always."""

    scope: str = ""
    role: str = ""
    principal: str = ""
    start: Instant | None = None
    end: Instant | None = None


@dataclass(frozen=True)
class RoleChange:
    at: Instant
    granted: bool
    scope: str
    role: str
    principal: str


@dataclass(frozen=True)
class Delegation:
    at: Instant
    registered: bool
    scope: str


@dataclass(frozen=True)
class Deny:
    id: str
    scope: str
    principals: frozenset[str]
    everyone: bool = False
    excluded: frozenset[str] = frozenset()
    not_for_children: bool = False
    created: Instant | None = None
    groups: frozenset[str] = frozenset()  # those of its principals that are told to be groups
    holds_others: bool = False  # there are principals that cannot be read
    spares_others: bool = False  # there are exclusions, or limits of its scope, that cannot be read

    @property
    def is_whole(self) -> bool:
        return not self.holds_others and not self.spares_others


@dataclass(frozen=True)
class Members:
    group: str
    members: frozenset[str]
    groups: frozenset[str] = frozenset()  # those of the members that are groups themselves
    complete: bool = True


@dataclass(frozen=True)
class ManagementGroup:
    name: str
    subscriptions: frozenset[str]  # at all levels below
    complete: bool = True


Entry = (
    RoleAssignment
    | Authorization
    | Link
    | Schedule
    | UnreadSchedule
    | RoleChange
    | Delegation
    | Deny
    | Members
    | ManagementGroup
)


@dataclass(frozen=True)
class File:
    """One evidence file: its entry in the manifest and what it shows."""

    path: str
    kind: str
    taken_at: Instant
    entries: tuple[Entry, ...] = ()
    complete: bool = False  # after a skip token or a missing definition took it back
    unread: bool = False  # an entry cannot be read: of a log, something changed
    subscriptions: frozenset[str] = frozenset()
    identities: frozenset[str] = frozenset()
    group: str = ""
    start: Instant | None = None  # of a log's window
    shape: str = ""  # how it is written; means nothing for any decision


@dataclass(frozen=True)
class World:
    """Everything that access is decided from."""

    partner: Partner | None
    files: tuple[File, ...]
    programme: Programme = field(default_factory=Programme)


@dataclass(frozen=True)
class Place:
    """Of a usage line, all that access depends on."""

    customer: str
    subscription: str
    resource_group: str
    resource: str
    reseller: str
    day: date
