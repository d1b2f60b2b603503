"""What Azure credit does to a line: which lines it pays, and what its two portions are.

A covered line has one finding more (ACO10); a line that is covered in part is parted pro rata, so
that the parts of all lines add up to what the credits paid, whatever the order of the lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from amounts import RATE, decimals_of
from oracle import STANDINGS
from rules import RANK, Judged, azure_credit_applied

# By-design findings that leave a line to the credit: Spot is first-party usage (ACO7), and a line
# that the file flags has been paid by the credit.
COVERED = {"spot_virtual_machine", "azure_credit_applied"}
PURCHASE = {"not_usage_charge", "reservation", "savings_plan"}


@dataclass(frozen=True)
class Portion:
    """What a line adds to the sums; a line that is shared has two, of which the rest counts it."""

    standing: str
    reason: str | None
    currency: str
    lines: int
    list_cost: Fraction
    potential_credit: Fraction
    credit: Fraction


def is_covered(judged: Judged, reservations: bool) -> bool:
    """First-party usage of the Azure plan that is charged, by the rules that need no access."""
    findings = set(judged.findings) if judged.by_design else set()
    bypass = findings - COVERED
    if reservations and "not_usage_charge" in bypass and len(bypass) > 1:
        return bypass <= PURCHASE
    return not bypass


def is_flagged(judged: Judged) -> bool:
    return azure_credit_applied.__name__ in judged.findings


def whole(judged: Judged, lines: int = 1) -> Portion:
    """The line by its ordinary verdict."""
    return Portion(
        judged.standing,
        judged.reason,
        judged.line.currency,
        lines,
        judged.line.list_cost,
        judged.potential_credit,
        judged.credit,
    )


def portion(judged: Judged, cost: Fraction, lines: int) -> Portion:
    """The same verdict over a part of the list cost."""
    rate = judged.credit / judged.line.list_cost
    potential = Fraction(0) if judged.by_design else RATE * cost
    made = whole(judged, lines)
    return replace(made, list_cost=cost, potential_credit=potential, credit=rate * cost)


def paid_by_credit(judged: Judged) -> Judged:
    """The verdict where the credit pays: one finding more, the first in rank order is primary."""
    others = judged.findings if judged.by_design else []
    findings = sorted({*others, azure_credit_applied.__name__}, key=lambda name: RANK[name])
    return replace(
        judged,
        findings=findings,
        by_design=True,
        standing="unexpected" if judged.paid else "excluded",
        reason=findings[0],
        potential_credit=Fraction(0),
    )


def at_flat_rate(judged: Judged) -> Judged:
    """What is left in the deck's last month earns whatever the access (ACO11): it is eligible."""
    if judged.by_design:
        return judged
    standing = "earned" if judged.paid else "missed"
    return replace(judged, findings=[], standing=standing, reason=None)


# Shares


def total_of(lines: Iterable[Judged]) -> Fraction:
    return sum((judged.line.list_cost for judged in lines), Fraction(0))


def parts_of(lines: list[Judged], covered: Fraction, other: Fraction) -> list[Fraction]:
    """Pro rata in units of the last decimal that is used, by largest remainder.

    Where refunds are cut by more than charges, too many units were given: then the most negative
    remainders are the largest.
    """
    costs = [judged.line.list_cost for judged in lines]
    unit = Fraction(1, 10 ** max(2, *(decimals_of(amount) for amount in (*costs, covered, other))))
    exact = [cost * covered / other / unit for cost in costs]
    units = [int(amount) for amount in exact]  # toward zero
    missing = covered / unit - sum(units)
    assert missing.denominator == 1
    sign = -1 if missing < 0 else 1
    order = sorted(
        range(len(lines)),
        key=lambda at: (-sign * (exact[at] - units[at]), tie_of(lines[at])),
    )
    for at in order[: abs(int(missing))]:
        units[at] += sign
    return [count * unit for count in units]


def tie_of(rest: Judged) -> tuple[object, ...]:
    """Lines that are alike in all of this may be exchanged without a trace in any sum or gap.

    The contract ends with the list cost. What follows is needed, too: where the rates that the file
    paid differ, the unit moves the sum of credit; a month has several days; and gaps name resources.
    """
    line = rest.line
    return (
        line.customer,
        line.subscription,
        line.resource_group,
        line.reseller,
        STANDINGS.index(rest.standing),
        RANK[rest.reason],
        line.list_cost,
        line.day,
        rest.credit / line.list_cost,
        line.resource,
    )
