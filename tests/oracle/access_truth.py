"""What truly happened in a random world: who could do what, where and when.

No file and no rule here. Instants are awkward on purpose: midnight and a second or a tick beside
it, the last second of a day, noon, ends of months.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import date

from facts import ALWAYS, Interval, Organization, Partner
from instants import DAY, HOUR, SECOND, Instant, midnight
from roles import role_table

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


def an_interval(rng: random.Random, truth: Truth) -> Interval:
    """Both ends at midnight or inside a day; one may be missing."""
    one, two = sorted((awkward(rng, truth), awkward(rng, truth)))
    return rng.choice(((None, two), (one, None), (one, two + DAY), (None, truth.end)))


def partner_of(rng: random.Random, kind: str, first: date) -> Partner:
    groups = [frozenset({some_id(rng), some_id(rng)}) for _ in range(4)]
    resellers = rng.choice((0, 1, 1, 2)) if kind == "indirect_provider" else 0
    numbers = rng.sample(range(1_000_000, 7_000_000), 8)

    def organization(number: int, known: float) -> Organization:
        ids: list[tuple[str, Interval]] = [(str(numbers[number]), ALWAYS)]
        if rng.random() < 0.25:
            begin = midnight(first) + rng.randint(2, 12) * DAY
            ids.append((str(numbers[number + 4]), (begin, begin + rng.randint(3, 40) * DAY)))
        return Organization(
            tenant=some_id(rng),
            partner_ids=tuple(ids),
            agent_groups=groups[number] if rng.random() < known else frozenset(),
        )

    return Partner(
        kind=kind,
        organization=organization(0, 0.93),
        resellers=tuple(organization(1 + number, 0.85) for number in range(resellers)),
    )


def truth_of(rng: random.Random) -> Truth:
    first = rng.choice(
        (
            date(rng.randint(2024, 2027), rng.randint(1, 12), 1),
            date(2028, 2, rng.randint(20, 28)),
            date(2027, 3, 20),
            date(2026, 12, 20),
        )
    )
    kind = rng.choices(("direct_bill", "indirect_provider", "indirect_reseller"), (20, 22, 1))[0]
    truth = Truth(
        first=first,
        days=rng.randint(6, 24),
        partner=partner_of(rng, kind, first),
        third=Organization(
            some_id(rng), (("9999999", ALWAYS),), frozenset({some_id(rng), some_id(rng)})
        ),
        customers=[],
        home_users=[some_id(rng) for _ in range(3)],
        home_group=some_id(rng),
    )
    for _ in range(rng.choice((1, 1, 2))):
        truth.customers.append(customer_of(rng, truth))
    truth.members[truth.home_group] = frozenset(rng.sample(truth.home_users, rng.randint(0, 2)))
    for customer in truth.customers:
        add_people(rng, truth, customer)
        for subscription in customer.subscriptions:
            add_access(rng, truth, customer, subscription)
    for user in truth.home_users:
        add_link(rng, truth, user, truth.partner.organization.tenant)
    truth.partner = with_times(rng, truth)
    return truth


def with_times(rng: random.Random, truth: Truth) -> Partner:
    """What else a partner file may say: who is ours, when it was in force, what is assumed."""
    users = [user for customer in truth.customers for user in customer.users]
    named = rng.sample(users, 1) if rng.random() < 0.3 else []
    agreement = tuple(an_interval(rng, truth) for _ in range(rng.choice((1, 1, 2))))
    transacting = [
        (subscription, an_interval(rng, truth))
        for subscription in truth.subscriptions
        for _ in range(2)
        if rng.random() < 0.06
    ]
    until = truth.end + rng.randrange(-6, 10) * DAY + rng.choice((0, 0, 5 * HOUR))
    organization = truth.partner.organization
    return replace(
        truth.partner,
        organization=replace(organization, identities=frozenset(named)),
        agreement=agreement if rng.random() < 0.08 else None,
        transacting=tuple(transacting),
        unchanged=rng.random() < 0.9,
        unchanged_until=until if rng.random() < 0.25 else None,
    )


def customer_of(rng: random.Random, truth: Truth) -> Customer:
    subscriptions = [some_id(rng) for _ in range(rng.choice((1, 2, 2)))]
    for subscription in subscriptions:
        base = f"/subscriptions/{subscription}/resourceGroups"
        truth.paths[subscription] = [
            f"{base}/{group}/providers/Microsoft.Compute/virtualMachines/{name}"
            for group in rng.sample(("rg-prod", "RG-Test", "rg-prod-2"), rng.randint(1, 2))
            for name in rng.sample(("vm1", "VM-2", "vm1-copy"), rng.randint(1, 2))
        ]
        resellers = [one.partner_ids[0][0] for one in truth.partner.resellers]
        choices = ["", *resellers, *resellers, *resellers]
        truth.reseller_of[subscription] = (
            "5550001" if rng.random() < 0.08 else rng.choice(choices)
        )
    below = frozenset(rng.sample(subscriptions, rng.randint(1, len(subscriptions))))
    return Customer(
        id=some_id(rng),
        subscriptions=subscriptions,
        users=[some_id(rng) for _ in range(3)],
        admins=[some_id(rng) for _ in range(2)],
        group=some_id(rng),
        nested=some_id(rng),
        management_group=rng.choice(("mg-", "Platform.", "")) + some_id(rng),
        below=below,
    )


def add_people(rng: random.Random, truth: Truth, customer: Customer) -> None:
    everybody = customer.users + customer.admins
    members = frozenset(rng.sample(everybody, rng.randint(0, 3)))
    if rng.random() < 0.3:
        members |= {customer.nested}
        truth.members[customer.nested] = frozenset(rng.sample(everybody, rng.randint(0, 2)))
    truth.members[customer.group] = members
    for user in customer.users:
        add_link(rng, truth, user, customer.id)


def add_link(rng: random.Random, truth: Truth, user: str, tenant: str) -> None:
    organization = rng.choice(truth.organizations())
    ours = rng.choice([known for known, _ in organization.partner_ids])
    other = rng.choice(("7770001", truth.third.partner_ids[0][0]))
    created = truth.start - rng.randrange(2 * DAY, LONG, SECOND)
    changed = awkward(rng, truth)
    roll = rng.random()
    if roll < 0.60:
        truth.links.append(Linked(user, tenant, ours, created, created))
    elif roll < 0.67:
        truth.links.append(Linked(user, tenant, other, created, created))
    elif roll < 0.72:
        truth.links.append(Linked(user, some_id(rng), ours, created, created))
    elif roll < 0.76:
        truth.links.append(Linked(user, tenant, ours, created, created, active=False))
    elif roll < 0.82:
        truth.links.append(Linked(user, tenant, ours, changed, changed))
    elif roll < 0.87:
        truth.links.append(Linked(user, tenant, ours, created, created, until=changed))
    elif roll < 0.92:
        before, after = rng.choice(((ours, other), (other, ours)))
        truth.links.append(Linked(user, tenant, before, created, created, until=changed))
        truth.links.append(Linked(user, tenant, after, created, changed))
    # Else nobody ever linked it.


def a_scope(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> str:
    roll = rng.random()
    if roll < 0.05:
        return f"/providers/Microsoft.Management/managementGroups/{customer.management_group}"
    if roll < 0.07:
        return "/"
    if roll < 0.80:
        return f"/subscriptions/{subscription}"
    path = rng.choice(truth.paths[subscription])
    return path.split("/providers/")[0] if roll < 0.93 else path


def a_role(rng: random.Random, eligible: float = 0.88) -> str:
    roll = rng.random()
    if roll < eligible:
        return rng.choice((OWNER, CONTRIBUTOR, *rng.sample(roles(True), 1)))
    if roll < eligible + (1 - eligible) * 0.65:
        return rng.choice(roles(False))
    return rng.choice((*UNLISTED, some_id(rng)))


def roles(eligible: bool) -> list[str]:
    return [role for role, (_, earns) in role_table().items() if earns is eligible]


def add_access(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    """One or two ways of ours, and what else lies about in every subscription."""
    stories = (aobo, direct, group, lighthouse, scheduled, eligible, nothing)
    weights = (40, 22, 10, 20, 7, 3, 5)
    for story in rng.choices(stories, weights, k=rng.choice((1, 1, 2, 2, 3))):
        story(rng, truth, customer, subscription)
    if rng.random() < 0.25:
        third_partner(rng, truth, customer, subscription)
    for admin in customer.admins:
        if rng.random() < 0.6:
            scope = f"/subscriptions/{subscription}"
            assign(rng, truth, customer, scope, admin, "User", a_role(rng))
    if rng.random() < 0.12:
        deny(rng, truth, customer, subscription)


def assign(
    rng: random.Random,
    truth: Truth,
    customer: Customer,
    scope: str,
    principal: str,
    principal_type: str,
    role: str,
) -> None:
    add_assignment(
        truth,
        Assignment(
            scope=scope,
            role=role,
            principal=principal,
            principal_type=principal_type,
            spans=spans(rng, truth),
            conditional=rng.random() < 0.04,
            customer=customer.id,
        ),
    )


def add_assignment(truth: Truth, assignment: Assignment) -> None:
    """Azure refuses a second assignment of one role to one principal at one scope."""
    key = (assignment.scope.lower(), assignment.role, assignment.principal)
    if all((one.scope.lower(), one.role, one.principal) != key for one in truth.assignments):
        truth.assignments.append(assignment)


def aobo(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    organization = rng.choice([truth.partner.organization, *truth.organizations()])
    principal = rng.choice(sorted(organization.agent_groups) or [some_id(rng)])
    kind = "ForeignGroup" if rng.random() < 0.95 else rng.choice(("Group", "Unknown"))
    scope = a_scope(rng, truth, customer, subscription)
    role = OWNER if rng.random() < 0.9 else a_role(rng)
    assign(rng, truth, customer, scope, principal, kind, role)


def direct(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    user = rng.choice(customer.users)
    kind = rng.choice(("User", "User", "ServicePrincipal"))
    scope = a_scope(rng, truth, customer, subscription)
    assign(rng, truth, customer, scope, user, kind, a_role(rng))


def group(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    scope = a_scope(rng, truth, customer, subscription)
    assign(rng, truth, customer, scope, customer.group, "Group", a_role(rng))


def nothing(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    """Nobody of ours was ever let in."""


def lighthouse(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    organization = rng.choice([truth.partner.organization, *truth.organizations()])
    principals = rng.sample([truth.home_group, *truth.home_users], rng.randint(1, 2))
    scope = a_scope(rng, truth, customer, subscription)
    if not scope.startswith("/subscriptions") or "/providers/" in scope:  # R23
        scope = f"/subscriptions/{subscription}"
    if any(one.scope == scope for one in truth.delegations):
        return
    only_eligible = 0.8 if rng.random() < 0.2 else 0.05
    lines = [(one, a_role(rng), rng.random() < only_eligible) for one in principals]
    truth.delegations.append(
        Delegated(
            scope=scope,
            tenant=organization.tenant,
            lines=tuple(lines),
            spans=spans(rng, truth),
            marketplace=rng.random() < 0.15,
        )
    )


def scheduled(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    """PIM: assigned for a time, or activated; activations of days are rare but make the point."""
    scope = a_scope(rng, truth, customer, subscription)
    activated = rng.random() < 0.6
    start = awkward(rng, truth)
    length = rng.choice((8 * HOUR, DAY, 3 * DAY, 40 * DAY))
    end = None if not activated and rng.random() < 0.3 else start + length
    principal = rng.choice((*customer.users, customer.group))
    add_assignment(
        truth,
        Assignment(
            scope=scope,
            role=a_role(rng, 0.95),
            principal=principal,
            principal_type="Group" if principal == customer.group else "User",
            spans=((start, end),),
            schedule="activated" if activated else "assigned",
            customer=customer.id,
        ),
    )


def eligible(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    scope = a_scope(rng, truth, customer, subscription)
    principal = rng.choice((*customer.users, customer.group))
    truth.eligibilities.append(
        Assignment(
            scope=scope,
            role=a_role(rng, 0.95),
            principal=principal,
            principal_type="Group" if principal == customer.group else "User",
            spans=spans(rng, truth),
            customer=customer.id,
        )
    )


def third_partner(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    scope = a_scope(rng, truth, customer, subscription)
    if rng.random() < 0.6:
        principal = rng.choice(sorted(truth.third.agent_groups))
        assign(rng, truth, customer, scope, principal, "ForeignGroup", OWNER)
    else:
        base = f"/subscriptions/{subscription}"
        lines = ((some_id(rng), CONTRIBUTOR, False),)
        if all(one.scope != base for one in truth.delegations):
            truth.delegations.append(
                Delegated(base, truth.third.tenant, lines, spans(rng, truth))
            )


def deny(rng: random.Random, truth: Truth, customer: Customer, subscription: str) -> None:
    path = rng.choice(truth.paths[subscription])
    base = f"/subscriptions/{subscription}"
    scope = rng.choice((base, base, path.split("/providers/")[0], path))
    grants = [one.principal for one in truth.assignments if one.customer == customer.id]
    everyone = rng.random() < 0.5
    named = frozenset() if everyone else frozenset(rng.sample(grants, min(len(grants), 2)))
    excluded = frozenset(rng.sample(grants, 1)) if grants and rng.random() < 0.3 else frozenset()
    identifier = f"{scope}/providers/Microsoft.Authorization/denyAssignments/{some_id(rng)}"
    truth.denies.append(
        Denied(
            id=identifier,
            scope=scope,
            principals=named,
            everyone=everyone,
            excluded=excluded - named,
            not_for_children=rng.random() < 0.25,
            spans=spans(rng, truth),
        )
    )
