"""What happened in a month: meters, their usage by day, and what the invoice asks for each of them.

The invoice is computed forward by the published rules, then, for some keys, falsified in one known
way. What is known of a key (`Known`) is never shown to the comparison.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from invoice import CENTS, ONE, ZERO, billable_cost, cut, exchanged

PEC = Fraction(15, 100)
FREE = ONE


@dataclass(frozen=True)
class Use:
    """One daily line of one meter."""

    day: date
    unit_price: str
    quantity: str
    paid: bool = False
    credited: bool = False  # by Azure credit
    covered: bool = False  # by a reservation or a savings plan
    free: bool = False  # inside a free tier

    @property
    def price(self) -> Fraction:
        return Fraction(self.unit_price)

    @property
    def amount(self) -> Fraction:
        return Fraction(self.quantity)

    @property
    def rate(self) -> Fraction:
        return PEC if self.paid else ZERO


@dataclass(frozen=True)
class Asked:
    """One line of the invoice before it is spelled out."""

    unit_price: Fraction
    quantity: Fraction
    rate: Fraction
    exchange_rate: Fraction
    cost: Fraction  # in pricing currency, cut
    subtotal: Fraction
    tier: Fraction | None = None
    texts: tuple[str, ...] = ()
    decimals: int = 6  # of the quantity as it is printed; six are usual

    @property
    def printed_quantity(self) -> Fraction:
        return cut(self.quantity, self.decimals)


@dataclass(frozen=True)
class Known:
    """What the world knows of a key: does it tie, and if not, what is said to be the cause."""

    tied: bool = True
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """An Azure plan of a customer, billed in one currency."""

    customer: str
    id: str
    azure_subscriptions: tuple[str, ...]
    currency: str
    exchange_rate: str
    days: tuple[date, ...]

    @property
    def rate(self) -> Fraction:
        return Fraction(self.exchange_rate)


@dataclass
class Meter:
    """One key of the comparison."""

    plan: Plan
    product: str
    sku: str
    availability: str
    publisher: str = "Microsoft"
    uses: list[Use] = field(default_factory=list)
    lines: list[Asked] = field(default_factory=list)
    credits: list[Fraction] = field(default_factory=list)
    known: Known = Known()
    story: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        plan, product, sku, availability = (
            text.lower() for text in (self.plan.id, self.product, self.sku, self.availability)
        )
        return plan, product, sku, availability

    @property
    def is_marketplace(self) -> bool:
        return not self.publisher.lower().startswith("microsoft")


def asked(
    plan: Plan,
    unit_price: Fraction,
    quantity: Fraction,
    rate: Fraction,
    tier: Fraction | None = None,
    texts: tuple[str, ...] = (),
) -> Asked:
    cost = billable_cost(quantity, unit_price, rate, tier or ZERO)
    subtotal = exchanged(cost, plan.rate, plan.currency)
    return Asked(unit_price, quantity, rate, plan.rate, cost, subtotal, tier, texts)


def groups_of(uses: list[Use]) -> dict[tuple[Fraction, Fraction], Fraction]:
    groups: dict[tuple[Fraction, Fraction], Fraction] = {}
    for use in uses:
        if not use.covered:
            group = (use.price, use.rate)
            groups[group] = groups.get(group, ZERO) + use.amount
    return groups


def forward(meter: Meter) -> list[Asked]:
    """One line per price and rate (BIL21: up to two lines per meter, days with PEC and days without)."""
    return [
        asked(meter.plan, price, quantity, rate)
        for (price, rate), quantity in groups_of(meter.uses).items()
    ]


def in_one_line(meter: Meter) -> Asked:
    """KV 7/18/2022: one line if the meter received a credit in the month; cut once."""
    whole = ZERO
    for (price, rate), quantity in groups_of(meter.uses).items():
        whole += price * quantity * (ONE - rate)
    cost = cut(whole, CENTS)
    quantity = sum((use.amount for use in meter.uses), ZERO)
    subtotal = exchanged(cost, meter.plan.rate, meter.plan.currency)
    return Asked(meter.uses[0].price, quantity, PEC, meter.plan.rate, cost, subtotal)


def in_two_lines(rng: random.Random, line: Asked, plan: Plan) -> list[Asked]:
    part = cut(line.quantity * rng.randint(1, 9) / 10, 6)
    return [
        asked(plan, line.unit_price, quantity, line.rate)
        for quantity in (part, line.quantity - part)
    ]


# Usage


def guid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128)))


def fine_price(rng: random.Random) -> str:
    """Prices as they are published: few digits, 15 significant digits, 22 decimals."""
    return rng.choice(
        (
            "0.868",
            "0.045",
            "2.99",
            "0.0209496384791679",
            "1.2799888920023",
            f"{rng.randint(10**14, 10**15 - 1)}e-{rng.randint(13, 18)}",
            "0." + f"{rng.randint(10**20, 10**21 - 1):022}",
            f"{rng.randint(1, 99999)}e-0{rng.randint(2, 5)}",
        )
    )


def fine_quantity(rng: random.Random) -> str:
    """Quantities with six decimals, and with all that a double has."""
    return rng.choice(
        (
            str(rng.randint(1, 744)),
            f"{rng.randint(1, 10**9)}e-06",
            f"{rng.randint(1, 99)}.{rng.randint(0, 10**6 - 1):06}",
            f"{rng.randint(1, 99)}.{rng.randint(0, 10**13 - 1):013}",
            "23.200004",
            "24.0",
        )
    )


def sound_price(rng: random.Random) -> str:
    return rng.choice(
        ("0.868", "1.2799888920023", "2.99", f"{rng.randint(10**14, 10**15 - 1)}e-14")
    )


def sound_quantity(rng: random.Random) -> str:
    """At least ten: a day of it costs more than any cut can hide."""
    return f"{rng.randint(10, 99)}.{rng.randint(0, 10**6 - 1):06}"


def some_days(rng: random.Random, plan: Plan) -> list[date]:
    count = rng.randint(2, len(plan.days))
    return sorted(rng.sample(plan.days, count))


def paid_days(rng: random.Random, days: list[date], pattern: str) -> set[date]:
    """PEC is decided day by day; a whole month, no day, or access that came or went."""
    if pattern == "all":
        return set(days)
    if pattern == "none":
        return set()
    at = rng.randint(1, len(days) - 1)
    return set(days[:at] if rng.random() < 0.5 else days[at:])


def uses_of(
    rng: random.Random, plan: Plan, pattern: str, sound: bool, prices: int = 1
) -> list[Use]:
    days = some_days(rng, plan)
    paid = paid_days(rng, days, pattern)
    price_of = sound_price if sound else fine_price
    shown = [price_of(rng) for _ in range(prices)]
    uses = []
    for day in days:
        for _ in range(rng.choice((1, 1, 1, 2))):
            quantity = sound_quantity(rng) if sound else fine_quantity(rng)
            uses.append(Use(day, rng.choice(shown), quantity, day in paid))
    return uses


def with_refunds(rng: random.Random, uses: list[Use]) -> list[Use]:
    given = rng.sample(uses, rng.randint(1, max(1, len(uses) // 3)))
    back = [replace(use, quantity=f"-{use.quantity}") for use in given]
    if rng.random() < 0.3:  # more is given back than was used
        back += [replace(use, quantity=f"-{sound_quantity(rng)}") for use in uses[:2]]
    return uses + back


def month(rng: random.Random) -> tuple[date, ...]:
    first = date(rng.randint(2020, 2027), rng.randint(1, 12), 1)
    following = (first + timedelta(days=32)).replace(day=1)
    days = [first + timedelta(days=number) for number in range((following - first).days)]
    start = rng.randint(0, len(days) - 8)
    return tuple(days[start : start + rng.randint(6, 31)])
