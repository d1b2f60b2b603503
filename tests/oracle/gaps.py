"""Observed gaps: runs of days without PEC, seen in the usage file itself (model, section 2).

Each unpaid line belongs to exactly one level, found top-down:
  subscription   no paid line in the whole subscription that day
  resource group some paid line in the subscription, none in the group
  resource       some paid line in the group, none on the resource
A resource-day that has both is `mixed`: access was there, so it is no gap.

A refund that was not paid is an unpaid line like others and lessens what its gap cost. Where refunds make up for a
gap in a currency, nothing was lost there, and it has no entry in it.

Each run then takes the smallest scope of its lines, runs of one scope and window are joined, and
what lies inside the scope and the window of a larger gap is absorbed by it: a sparse day, on which
only one resource was used, is no gap of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from amounts import RATE, amount_text
from rules import Judged

# () is the whole subscription, (group,) a resource group, (group, resource) a resource
Scope = tuple[str, ...]
# The paid days of the scope that bound a gap, themselves outside; the ends of time where none does
Window = tuple[date, date]


@dataclass
class Gap:
    customer: str
    subscription: str
    scope: Scope
    window: Window
    lines: list[Judged] = field(default_factory=list)

    @property
    def days(self) -> list[date]:
        return sorted({judged.line.day for judged in self.lines})


def observed_gaps(lines: list[Judged]) -> list[dict[str, object]]:
    by_subscription: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for judged in lines:
        if not judged.by_design:
            by_subscription[judged.line.customer, judged.line.subscription].append(judged)
    entries = []
    for members in by_subscription.values():
        entries.extend(gaps_of_subscription(members))
    entries.sort(key=sort_key)
    return [{**entry, **as_json(entry)} for entry in entries]


def gaps_of_subscription(members: list[Judged]) -> list[dict[str, object]]:
    paid_days = days_paid(members)
    runs: list[Gap] = []
    for scope, unpaid in by_level(members, paid_days).items():
        for lines in split_into_runs(unpaid, paid_days[scope]):
            runs.append(gap_of(lines, paid_days))
    entries = []
    for gap in absorb(join(runs)):
        entries.extend(entries_of(gap, paid_days[gap.scope]))
    return entries


def scopes_of(judged: Judged) -> tuple[Scope, Scope, Scope]:
    line = judged.line
    return (), (line.resource_group,), (line.resource_group, line.resource)


def days_paid(members: list[Judged]) -> dict[Scope, list[date]]:
    """Per scope the sorted days on which anything in it was paid."""
    days: dict[Scope, set[date]] = defaultdict(set)
    for judged in members:
        for scope in scopes_of(judged):
            days[scope]  # every scope has an entry, paid or not
            if judged.paid:
                days[scope].add(judged.line.day)
    return {scope: sorted(found) for scope, found in days.items()}


def by_level(
    members: list[Judged], paid_days: dict[Scope, list[date]]
) -> dict[Scope, list[Judged]]:
    """Unpaid lines under the largest scope in which nothing was paid that day."""
    paid = {scope: set(days) for scope, days in paid_days.items()}
    found: dict[Scope, list[Judged]] = defaultdict(list)
    for judged in members:
        if judged.paid:
            continue
        for scope in scopes_of(judged):
            if judged.line.day not in paid[scope]:
                found[scope].append(judged)
                break
        # else: mixed, the resource itself was paid that day
    return found


def split_into_runs(unpaid: list[Judged], paid: list[date]) -> list[list[Judged]]:
    """Runs of days, ended by a day with a paid line; days without usage do not end a run."""
    groups: dict[int, list[Judged]] = defaultdict(list)
    for judged in unpaid:
        # Lines with the same number of paid days before them have no paid day between them.
        groups[bisect_right(paid, judged.line.day)].append(judged)
    return list(groups.values())


def gap_of(lines: list[Judged], paid_days: dict[Scope, list[date]]) -> Gap:
    line = lines[0].line
    scope = smallest_scope(lines)
    days = [judged.line.day for judged in lines]
    window = window_of(min(days), max(days), paid_days[scope])
    return Gap(line.customer, line.subscription, scope, window, list(lines))


def window_of(first: date, last: date, paid: list[date]) -> Window:
    """The last paid day before the span and the first one after it; open where there is none."""
    paid_before = max((day for day in paid if day < first), default=date.min)
    paid_after = min((day for day in paid if day > last), default=date.max)
    return paid_before, paid_after


def smallest_scope(lines: list[Judged]) -> Scope:
    """The smallest scope that contains all unpaid lines of the run; blank names cannot be one."""
    resources = {(judged.line.resource_group, judged.line.resource) for judged in lines}
    groups = {group for group, _ in resources}
    if len(resources) == 1:
        group, resource = next(iter(resources))
        if resource:
            return group, resource
    if len(groups) == 1 and "" not in groups:
        return (next(iter(groups)),)
    return ()


def join(runs: list[Gap]) -> list[Gap]:
    """Gaps with the same scope and the same window are one."""
    joined: dict[tuple[Scope, Window], Gap] = {}
    for run in runs:
        key = (run.scope, run.window)
        if key in joined:
            joined[key].lines.extend(run.lines)
        else:
            joined[key] = run
    return list(joined.values())


def absorb(gaps: list[Gap]) -> list[Gap]:
    """From the largest scope to the smallest; who absorbs keeps its own scope and window.

    The subscription's gaps come before the group's; of one scope, the earlier window comes first.
    """
    kept: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: (len(gap.scope), gap.window)):
        larger = next((other for other in kept if absorbs(other, gap)), None)
        if larger is None:
            kept.append(gap)
        else:
            larger.lines.extend(gap.lines)
    return kept


def absorbs(larger: Gap, gap: Gap) -> bool:
    size = len(larger.scope)
    holds = size < len(gap.scope) and gap.scope[:size] == larger.scope
    paid_before, paid_after = larger.window
    return holds and paid_before < gap.days[0] and gap.days[-1] < paid_after


def scope_text(gap: Gap) -> str:
    if len(gap.scope) == 2:
        return gap.scope[1]
    base = f"/subscriptions/{gap.subscription}"
    return f"{base}/resourcegroups/{gap.scope[0]}" if gap.scope else base


def entries_of(gap: Gap, paid: list[date]) -> list[dict[str, object]]:
    """One entry per currency; first and last day belong to the gap, days and amounts to the currency."""
    days = gap.days
    costs: dict[str, list[Fraction]] = defaultdict(list)
    own_days: dict[str, set[date]] = defaultdict(set)
    for judged in gap.lines:
        costs[judged.line.currency].append(judged.line.list_cost)
        own_days[judged.line.currency].add(judged.line.day)
    return [
        {
            "customer": gap.customer,
            "subscription": gap.subscription,
            "scope": scope_text(gap),
            "currency": currency,
            "first_day": days[0],
            "last_day": days[-1],
            "days": len(own_days[currency]),
            "lines": len(found),
            "list_cost": sum(found, Fraction(0)),
            "credit_lost": RATE * sum(found, Fraction(0)),
            "ongoing": not any(day > days[-1] for day in paid),
            "never_earned": not paid,
        }
        for currency, found in costs.items()
        if sum(found, Fraction(0)) > 0
    ]


def sort_key(entry: dict) -> tuple:
    names = ("customer", "subscription", "scope", "first_day", "currency")
    return (-entry["credit_lost"], *(entry[name] for name in names))


def as_json(entry: dict) -> dict[str, str]:
    return {
        "first_day": entry["first_day"].isoformat(),
        "last_day": entry["last_day"].isoformat(),
        "list_cost": amount_text(entry["list_cost"]),
        "credit_lost": amount_text(entry["credit_lost"]),
    }
