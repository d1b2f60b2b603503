"""The ways in that come and go in a random world: ours, a third partner's, the customer's own.

Each story adds to the truth of one subscription; `add_access` picks one to three of them.
"""

from __future__ import annotations

import random
from datetime import date

from access_people import add_link, add_people, customer_of, partner_of, with_times
from access_truth import (
    CONTRIBUTOR,
    OWNER,
    UNLISTED,
    Assignment,
    Customer,
    Delegated,
    Denied,
    Truth,
    awkward,
    some_id,
    spans,
)
from facts import ALWAYS, Organization
from instants import DAY, HOUR
from roles import role_table


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
            truth.delegations.append(Delegated(base, truth.third.tenant, lines, spans(rng, truth)))


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
