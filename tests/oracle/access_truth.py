"""What truly happened in a random world: who could do what, where and when.

No file and no rule here. Instants are awkward on purpose: midnight and a second or a tick beside
it, the last second of a day, noon, ends of months.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import date

from facts import Organization, Partner
from instants import DAY, HOUR, SECOND, Instant, midnight

Span = tuple[Instant, Instant | None]
LONG = 400 * DAY

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
UNLISTED = ("00482a5a-887f-4fb3-b363-3b7fe8e74483", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7")


def some_id(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128)))


@dataclass(frozen=True)
class Assignment:
    scope: str
    role: str
    principal: str
    principal_type: str
    spans: tuple[Span, ...]
    conditional: bool = False
    schedule: str = ""  # assigned or activated, where PIM made it
    customer: str = ""


@dataclass(frozen=True)
class Delegated:
    scope: str
    tenant: str
    lines: tuple[tuple[str, str, bool], ...]  # principal, role, only eligible
    spans: tuple[Span, ...]
    marketplace: bool = False


@dataclass(frozen=True)
class Linked:
    identity: str
    tenant: str
    partner_id: str
    created: Instant
    since: Instant  # later than created where the link was changed
    until: Instant | None = None
    active: bool = True


@dataclass(frozen=True)
class Denied:
    id: str
    scope: str
    principals: frozenset[str]
    everyone: bool
    excluded: frozenset[str]
    not_for_children: bool
    spans: tuple[Span, ...]


@dataclass
class Customer:
    id: str
    subscriptions: list[str]
    users: list[str]  # ours, guests or service principals in this tenant
    admins: list[str]  # the customer's own
    group: str
    nested: str
    management_group: str
    below: frozenset[str]  # subscriptions below it


@dataclass
class Truth:
    first: date
    days: int
    partner: Partner
    third: Organization
    customers: list[Customer]
    home_users: list[str]  # of the partner's own tenant
    home_group: str
    reseller_of: dict[str, str] = field(default_factory=dict)  # subscription -> reseller id
    paths: dict[str, list[str]] = field(default_factory=dict)  # subscription -> resources
    members: dict[str, frozenset[str]] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)
    eligibilities: list[Assignment] = field(default_factory=list)
    delegations: list[Delegated] = field(default_factory=list)
    links: list[Linked] = field(default_factory=list)
    denies: list[Denied] = field(default_factory=list)

    @property
    def start(self) -> Instant:
        return midnight(self.first)

    @property
    def end(self) -> Instant:
        return self.start + self.days * DAY

    @property
    def subscriptions(self) -> list[str]:
        return [name for customer in self.customers for name in customer.subscriptions]

    def organizations(self) -> list[Organization]:
        return [self.partner.organization, *self.partner.resellers]


def awkward(rng: random.Random, truth: Truth) -> Instant:
    day = truth.start + rng.randrange(truth.days) * DAY
    within = rng.randrange(86400) * SECOND
    offsets = (0, 0, SECOND, 1, DAY - SECOND, DAY - 1, 12 * HOUR, within, within)
    return day + rng.choice(offsets)


def spans(rng: random.Random, truth: Truth) -> tuple[Span, ...]:
    """Most access is there all the time; some is gained, lost, or away for a while."""
    long_ago = truth.start - rng.randrange(3 * DAY, LONG, SECOND)
    one, two = sorted((awkward(rng, truth), awkward(rng, truth)))
    roll = rng.random()
    if roll < 0.68:
        return ((long_ago, None),)
    if roll < 0.77:
        return ((one, None),)
    if roll < 0.86:
        return ((long_ago, two),)
    if roll < 0.93 and one < two:
        return ((long_ago, one), (two, None))
    return ((one, two),) if one < two else ((long_ago, None),)
