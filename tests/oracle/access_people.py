"""Who is who in a random world: the partner and its resellers, customers, users, groups, links."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from access_truth import LONG, Customer, Linked, Truth, awkward, some_id
from facts import ALWAYS, Interval, Organization, Partner
from instants import DAY, HOUR, SECOND, midnight


def an_interval(rng: random.Random, truth: Truth) -> Interval:
    """Both ends at midnight or inside a day; one may be missing."""
    one, two = sorted((awkward(rng, truth), awkward(rng, truth)))
    return rng.choice(((None, two), (one, None), (one, two + DAY), (None, truth.end)))


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
        truth.reseller_of[subscription] = "5550001" if rng.random() < 0.08 else rng.choice(choices)
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
