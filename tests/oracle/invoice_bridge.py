"""From list cost to what the invoice asks for, step by step, for lines of one pair of currencies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from amounts import amount_text
from invoice import CENTS, ZERO, cut
from invoice_lines import InvoiceLine

STEPS = (
    "list_cost",
    "tiers",
    "other_adjustments",
    "partner_earned_credit",
    "truncation",
    "other",
    "usage_net_charges",
    "marketplace",
    "licences",
    "reservations_and_savings_plans",
    "credits",
    "adjusted_net_charges",
    "tax",
    "total",
)
KINDS = {
    "marketplace": ("marketplace",),
    "licences": ("licence",),
    "reservations_and_savings_plans": ("reservation", "savings_plan"),
    "credits": ("credit",),
}


def listed(line: InvoiceLine) -> Fraction:
    return line.unit_price * line.quantity


def taken_by_tier(line: InvoiceLine) -> Fraction:
    return -line.tier * listed(line)


def taken_by_credit(line: InvoiceLine) -> Fraction:
    """R74: of what the tier left."""
    return -line.rate * (listed(line) + taken_by_tier(line))


def unexplained(line: InvoiceLine) -> Fraction:
    """In billing currency alone: no text says how much it is."""
    return line.subtotal - line.billed


def bridge(
    lines: list[InvoiceLine], credit_by_days: dict[int, Fraction]
) -> list[dict[str, str | None]]:
    """The steps. A line for days with and days without credit (R77) that ties is given with the credit of its days, by
    `id`: its text names the credit as if all days had it, and the rest of it was cut.
    """
    usage = [line for line in lines if line.kind == "usage"]
    by_text = [line for line in usage if id(line) not in credit_by_days]
    by_days = [line for line in usage if id(line) in credit_by_days]
    pricing: dict[str, Fraction | None] = dict.fromkeys(STEPS)
    billing: dict[str, Fraction] = {}
    exact_steps: dict[str, Callable[[InvoiceLine], Fraction]] = {
        "list_cost": listed,
        "tiers": taken_by_tier,
        "partner_earned_credit": taken_by_credit,
    }
    for name, amount in exact_steps.items():
        pricing[name] = total(amount(line) for line in usage)
        billing[name] = total(amount(line) * line.exchange_rate for line in usage)
    pricing["truncation"] = total(line.cost - line.exact for line in by_text)
    billing["truncation"] = total(line.billed - line.exact * line.exchange_rate for line in by_text)
    net_of_days = {}
    for line in by_days:
        less = credit_by_days[id(line)] + taken_by_credit(line)
        net = listed(line) + taken_by_tier(line) - credit_by_days[id(line)]
        for amounts, rate in ((pricing, Fraction(1)), (billing, line.exchange_rate)):
            amounts["partner_earned_credit"] = (amounts["partner_earned_credit"] or ZERO) - less * rate
        net_of_days[id(line)] = cut(net, CENTS)
        pricing["truncation"] = (pricing["truncation"] or ZERO) + net_of_days[id(line)] - net
        billing["truncation"] += line.subtotal - net * line.exchange_rate
    for name, has_text in (("other_adjustments", True), ("other", False)):
        rest = total(unexplained(line) for line in by_text if line.other_text == has_text)
        billing[name] = rest
        pricing[name] = ZERO if rest == 0 else None
    if billing["other_adjustments"] == 0 and billing["other"] == 0:
        pricing["usage_net_charges"] = total(line.cost for line in by_text) + total(net_of_days.values())
    billing["usage_net_charges"] = total(line.subtotal for line in usage)
    for name, kinds in KINDS.items():
        billing[name] = total(line.subtotal for line in lines if line.kind in kinds)
    billing["adjusted_net_charges"] = total(line.subtotal for line in lines)
    billing["tax"] = total(line.tax for line in lines)
    billing["total"] = billing["adjusted_net_charges"] + billing["tax"]
    check(pricing, billing)
    return [
        {"step": name, "pricing": text(pricing[name]), "billing": text(billing[name])}
        for name in STEPS
    ]


def check(pricing: dict[str, Fraction | None], billing: dict[str, Fraction]) -> None:
    """The steps add up to what they lead to, exactly, whatever the lines are."""
    to_usage, to_net = STEPS.index("usage_net_charges"), STEPS.index("adjusted_net_charges")
    assert total(billing[name] for name in STEPS[:to_usage]) == billing["usage_net_charges"]
    assert total(billing[name] for name in STEPS[to_usage:to_net]) == billing[STEPS[to_net]]
    if pricing["usage_net_charges"] is not None:
        steps = [pricing[name] or ZERO for name in STEPS[:to_usage]]
        assert total(steps) == pricing["usage_net_charges"]


def total(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, ZERO)


def text(amount: Fraction | None) -> str | None:
    return None if amount is None else amount_text(amount)
