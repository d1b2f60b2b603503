"""What evidence files show of the truth: snapshots that list or miss, logs, and what is left out.

A file that claims to be complete tells the whole truth about what it covers; the others may miss
anything. What a shape cannot show (PowerShell has no creation time) is None in the facts as well.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from access_truth import Assignment, Customer, Span, Truth, awkward, some_id
from facts import (
    Authorization,
    Delegation,
    Deny,
    Entry,
    File,
    Link,
    ManagementGroup,
    Members,
    RoleAssignment,
    RoleChange,
    Schedule,
)
from instants import DAY, HOUR, SECOND, Instant
from scopes import subscription_of, tidy

# An identity answers for itself and a group lists all its members, whatever the folder lacks.
MAY_MISS = (
    "role_assignments",
    "lighthouse_assignments",
    "pim_assignments",
    "activity_log",
    "change_log",
    "delegation_log",
    "deny_assignments",
)


@dataclass
class Shown:
    """The evidence folder as it fills."""

    rng: random.Random
    truth: Truth
    good: bool  # nearly everything was exported, and completely
    files: list[File]

    def chance(self, good: float, patchy: float) -> bool:
        return self.rng.random() < (good if self.good else patchy)

    def add(
        self,
        kind: str,
        entries: Sequence[Entry],
        taken_at: Instant,
        complete: bool = False,
        subscriptions: Sequence[str] = (),
        shapes: Sequence[str] = ("az",),
        **more: object,
    ) -> None:
        kept = list(entries)
        if not complete and kind in MAY_MISS and self.rng.random() < 0.5:
            kept = [entry for entry in kept if self.rng.random() < 0.7]
        self.rng.shuffle(kept)
        shape = self.rng.choice(shapes)
        path = f"{kind}-{len(self.files):02}.json"
        if self.rng.random() < 0.2:
            path = f"{self.rng.choice(('october', 'exports/2'))}/{path}"
        self.files.append(
            File(
                path=path,
                kind=kind,
                taken_at=taken_at,
                entries=tuple(kept),
                complete=complete,
                subscriptions=frozenset(subscriptions),
                shape=shape,
                **more,  # type: ignore[arg-type]
            )
        )


def evidence_of(rng: random.Random, truth: Truth) -> list[File]:
    if rng.random() < 0.02:
        return []
    shown = Shown(rng, truth, rng.random() < 0.85, [])
    for customer in truth.customers:
        times = snapshot_times(shown)
        for at in times:
            show_roles(shown, customer, at)
        for at in times if rng.random() < 0.7 else snapshot_times(shown):
            show_lighthouse(shown, customer, at)
        show_schedules(shown, customer, times)
        show_denies(shown, customer, times)
        show_role_logs(shown, customer, times[-1])
        show_groups(shown, customer, times[-1])
    show_delegation_log(shown)
    for at in snapshot_times(shown):
        show_links(shown, at)
    if rng.random() < 0.15:
        shown.add("role_definitions", (), truth.end)
    return shown.files


def snapshot_times(shown: Shown) -> list[Instant]:
    """Mostly one after the days in question; sometimes several, sometimes too early."""
    rng, truth = shown.rng, shown.truth
    after = truth.end + rng.choice((0, 1, DAY, 3 * DAY + 9 * HOUR + 7 * SECOND, 20 * DAY))
    between = awkward(rng, truth)
    before = truth.start - rng.randrange(1, 10) * DAY
    roll = rng.random()
    if roll < (0.65 if shown.good else 0.4):
        return [after]
    if roll < 0.80:
        return [between, after]
    if roll < 0.92:
        return [before, between, after]
    return [between]


def pieces(shown: Shown, customer: Customer) -> list[list[str]]:
    """One file for all subscriptions of a customer, or one for each."""
    if shown.rng.random() < 0.5:
        return [customer.subscriptions]
    return [[subscription] for subscription in customer.subscriptions]


def span_at(spans: Sequence[Span], at: Instant) -> Span | None:
    return next((s for s in spans if s[0] <= at and (s[1] is None or at < s[1])), None)


def is_below(scope: str, customer: Customer, subscriptions: Sequence[str]) -> bool:
    """Does an export of these subscriptions list what is assigned at this scope?"""
    own = subscription_of(tidy(scope))
    if own is not None:
        return own in subscriptions
    return scope == "/" or bool(customer.below & set(subscriptions))


def owned(shown: Shown, customer: Customer, subscriptions: Sequence[str]) -> list[Assignment]:
    return [
        one
        for one in shown.truth.assignments
        if one.customer == customer.id and is_below(one.scope, customer, subscriptions)
    ]


def show_roles(shown: Shown, customer: Customer, at: Instant) -> None:
    for subscriptions in pieces(shown, customer):
        if not shown.chance(1.0, 0.8):
            continue
        present = [
            (one, span)
            for one in owned(shown, customer, subscriptions)
            if (span := span_at(one.spans, at)) is not None
        ]
        shapes = ["az", "az", "rest", "graph"]
        if not any(one.conditional for one, _ in present) and shown.chance(0.12, 0.6):
            shapes = ["powershell"]
        with_times = shapes != ["powershell"]
        entries = [
            RoleAssignment(
                scope=tidy(one.scope),
                role=one.role,
                principal=one.principal,
                principal_type=one.principal_type.lower(),
                created=span[0] if with_times else None,
                conditional=one.conditional,
            )
            for one, span in present
        ]
        complete = shown.chance(0.97, 0.6)
        listed = subscriptions if complete or shown.rng.random() < 0.7 else ()
        shown.add("role_assignments", entries, at, complete, listed, shapes)


def show_lighthouse(shown: Shown, customer: Customer, at: Instant) -> None:
    for subscriptions in pieces(shown, customer):
        if not shown.chance(0.98, 0.7):
            continue
        with_times = shown.rng.random() < 0.75
        readable = shown.chance(0.97, 0.85)
        entries: list[Entry] = []
        for one in shown.truth.delegations:
            span = span_at(one.spans, at)
            if span is None or subscription_of(tidy(one.scope)) not in subscriptions:
                continue
            created = span[0] if with_times else None
            name = some_id(random.Random(f"{one.scope}/{one.tenant}/{span[0]}"))
            if not readable:
                entries.append(Authorization(tidy(one.scope), None, created=created, name=name))
                continue
            entries += [
                Authorization(
                    scope=tidy(one.scope),
                    tenant=one.tenant,
                    principal=principal,
                    role=role,
                    eligible_only=only_eligible,
                    marketplace=one.marketplace,
                    created=created,
                    name=name,
                )
                for principal, role, only_eligible in one.lines
            ]
        complete = shown.chance(0.97, 0.6) and (readable or not entries)
        shapes = ("az", "graph") if readable else ("az_without", "graph_without")
        shown.add("lighthouse_assignments", entries, at, complete, subscriptions, shapes)


def show_schedules(shown: Shown, customer: Customer, times: list[Instant]) -> None:
    """PIM lists what is active; one that has ended is listed by some exports."""
    rng = shown.rng
    scheduled = [
        one for one in shown.truth.assignments if one.schedule and one.customer == customer.id
    ]
    if scheduled or rng.random() < 0.2:
        for at in times:
            entries = [
                entry
                for one in scheduled
                for entry in schedule_entries(one, at)
                if entry.end is None or entry.end > at or rng.random() < 0.7
            ]
            if shown.chance(0.95, 0.7):
                shown.add(
                    "pim_assignments",
                    entries,
                    at,
                    rng.random() < 0.5,
                    customer.subscriptions,
                    ("rest", "rest_list"),
                )
    eligible = [one for one in shown.truth.eligibilities if one.customer == customer.id]
    if eligible and shown.chance(0.95, 0.7):
        entries = [entry for one in eligible for entry in schedule_entries(one, times[-1])]
        shown.add(
            "pim_eligibilities",
            entries,
            times[-1],
            rng.random() < 0.5,
            customer.subscriptions,
            ("rest", "rest_list"),
        )


def schedule_entries(one: Assignment, at: Instant) -> list[Schedule]:
    return [
        Schedule(
            scope=tidy(one.scope),
            role=one.role,
            principal=one.principal,
            principal_type=one.principal_type.lower(),
            start=start,
            end=end,
            activated=one.schedule == "activated",
        )
        for start, end in one.spans
        if start <= at
    ]


def show_denies(shown: Shown, customer: Customer, times: list[Instant]) -> None:
    owned_here = [
        one
        for one in shown.truth.denies
        if subscription_of(tidy(one.scope)) in customer.subscriptions
    ]
    if not owned_here and shown.rng.random() < 0.8:
        return
    for at in times:
        if not shown.chance(0.95, 0.7):
            continue
        with_times = shown.rng.random() < 0.6
        entries = [
            Deny(
                id=one.id.lower(),
                scope=tidy(one.scope),
                principals=one.principals,
                everyone=one.everyone,
                excluded=one.excluded,
                not_for_children=one.not_for_children,
                created=span[0] if with_times else None,
                # Cut off where objects were nested too deep.
                holds_others=not one.everyone and shown.rng.random() < 0.1,
                spares_others=shown.rng.random() < 0.1,
            )
            for one in owned_here
            if (span := span_at(one.spans, at)) is not None
        ]
        complete = shown.chance(0.95, 0.5) and all(entry.is_whole for entry in entries)
        shown.add("deny_assignments", entries, at, complete, customer.subscriptions, ("rest", "az"))


def show_role_logs(shown: Shown, customer: Customer, last: Instant) -> None:
    rng, truth = shown.rng, shown.truth
    for subscriptions in pieces(shown, customer):
        if rng.random() < 0.5:
            continue
        kind = rng.choice(("activity_log", "activity_log", "change_log"))
        start = rng.choice((truth.start - 5 * DAY, truth.start - 60 * DAY, awkward(rng, truth)))
        taken_at = rng.choice((last, last + DAY, awkward(rng, truth)))
        start = min(start, taken_at)
        if kind == "activity_log" and rng.random() < 0.4:
            start = taken_at - 90 * DAY
            given = None  # whoever reads must know that it keeps 90 days
        else:
            given = None if kind == "change_log" and rng.random() < 0.1 else start
        # The log writes a change when it is through, now and then a second later.
        lag = SECOND if rng.random() < 0.1 else 0
        changes = [
            RoleChange(at + lag, granted, tidy(one.scope), one.role, one.principal)
            for one in owned(shown, customer, subscriptions)
            if subscription_of(tidy(one.scope)) is not None
            for at, granted in changes_of(one.spans)
            if start <= at + lag <= taken_at
        ]
        complete = shown.chance(0.9, 0.5)
        shown.add(kind, changes, taken_at, complete, subscriptions, start=given)


def changes_of(spans: Sequence[Span]) -> list[tuple[Instant, bool]]:
    found = [(start, True) for start, _ in spans]
    return found + [(end, False) for _, end in spans if end is not None]


def show_delegation_log(shown: Shown) -> None:
    rng, truth = shown.rng, shown.truth
    if rng.random() < 0.65:
        return
    taken_at = truth.end + rng.choice((0, DAY, 15 * DAY))
    start = taken_at - 90 * DAY
    given = rng.choice((None, start))
    entries = [
        Delegation(at, registered, tidy(one.scope))
        for one in truth.delegations
        for at, registered in changes_of(one.spans)
        if one.tenant != truth.third.tenant and start <= at <= taken_at
    ]
    subscriptions = rng.choice(([], truth.subscriptions))
    complete = shown.chance(0.9, 0.5)
    shown.add("delegation_log", entries, taken_at, complete, subscriptions, start=given)


def show_links(shown: Shown, at: Instant) -> None:
    """Each identity answers for itself; most were asked."""
    rng, truth = shown.rng, shown.truth
    users = [user for customer in truth.customers for user in customer.users] + truth.home_users
    asked = [user for user in users if shown.chance(0.97, 0.75)]
    entries = [
        Link(
            identity=one.identity,
            tenant=one.tenant if rng.random() < 0.97 else "",
            partner_id=one.partner_id,
            active=one.active,
            created=one.created,
            updated=one.since,
            version=2 if one.since > one.created else rng.choice((1, 1, 2)),
        )
        for one in truth.links
        if one.identity in asked and one.since <= at and (one.until is None or at < one.until)
    ]
    complete = shown.chance(0.85, 0.3)
    if rng.random() < 0.25:
        for entry in entries:
            shown.add("partner_links", [entry], at, shapes=("az_one", "rest_one"))
        answered = {entry.identity for entry in entries}
        asked = [user for user in asked if user not in answered]
        entries = []
    for_all = frozenset(asked)
    shapes = ("az", "rest", "az")
    shown.add("partner_links", entries, at, complete, shapes=shapes, identities=for_all)


def show_groups(shown: Shown, customer: Customer, at: Instant) -> None:
    rng, truth = shown.rng, shown.truth
    groups = [name for name in (customer.group, customer.nested) if name in truth.members]
    if customer is truth.customers[0]:
        groups.append(truth.home_group)
    entries = [
        Members(name, truth.members[name], truth.members[name] & set(truth.members))
        for name in groups
        if shown.chance(0.85, 0.5)
    ]
    if rng.random() < 0.5:
        for entry in entries:
            shapes: tuple[str, ...] = ("value", "list", "one")
            shown.add("group_members", [entry], at, True, shapes=shapes, group=entry.group)
    elif entries:
        shown.add("group_members", entries, at, True, shapes=("expand",))
    if shown.chance(0.75, 0.4):
        tree = ManagementGroup(customer.management_group.lower(), customer.below)
        shown.add("management_groups", [tree], at, True, shapes=("az", "graph"))
