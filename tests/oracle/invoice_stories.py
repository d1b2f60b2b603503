"""What can be told of one key: the usage, the invoice made of it, and what is known to be wrong.

A story gives a meter its uses and its lines. Those in TIED leave a key that ties, those in UNTIED one
that does not, for a known reason; a sound price and quantity keep the seeded difference larger than
what the cuts could explain.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from invoice import ZERO, billable_cost, cut, decimals_of_currency, exchanged
from invoice_truth import (
    FREE,
    PEC,
    Known,
    Meter,
    Use,
    asked,
    fine_quantity,
    forward,
    groups_of,
    in_one_line,
    in_two_lines,
    some_days,
    sound_price,
    sound_quantity,
    uses_of,
    with_refunds,
)

Story = Callable[[random.Random, Meter], None]

PROMOTION = "You are getting a discount due to a pre-determined override."
WITHOUT_EFFECT = (
    "You are getting a price guarantee for your price.",
    "You are getting a discount for being a partner.",
    "Private offer margin applied",
)


def pattern(rng: random.Random, meter: Meter) -> str:
    if meter.is_marketplace:
        return "none"
    return rng.choice(("all", "all", "none", "part", "part"))


# Keys that tie


def plain(rng: random.Random, meter: Meter) -> None:
    prices = rng.choice((1, 1, 1, 2))
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), rng.random() < 0.3, prices)
    if rng.random() < 0.25:
        meter.uses = with_refunds(rng, meter.uses)
    meter.lines = forward(meter)
    if rng.random() < 0.5:  # a line without an amount may be left out
        meter.lines = [line for line in meter.lines if line.cost != 0]
    if rng.random() < 0.2:
        decimals = rng.choice((8, 15))
        meter.lines = [replace(line, decimals=decimals) for line in meter.lines]
    if rng.random() < 0.2:
        meter.lines = [replace(line, texts=(rng.choice(WITHOUT_EFFECT),)) for line in meter.lines]


def less_than_a_cent(rng: random.Random, meter: Meter) -> None:
    price = f"{rng.randint(1, 99)}e-0{rng.randint(6, 8)}"
    days = some_days(rng, meter.plan)[:5]
    meter.uses = [Use(day, price, f"{rng.randint(1, 9)}.5", True) for day in days]
    meter.lines = [] if rng.random() < 0.5 else forward(meter)


def partly_credited_in_one_line(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, "part", rng.random() < 0.6)
    # Whether the text stands there does not matter: days with and without it are in the line.
    meter.lines = [replace(in_one_line(meter), rate=rng.choice((PEC, PEC, ZERO)))]


def one_price_in_two_lines(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), rng.random() < 0.5)
    if rng.random() < 0.2:
        meter.uses = [replace(use, quantity=f"-{use.quantity}") for use in meter.uses]
    first, *rest = forward(meter)
    meter.lines = [*in_two_lines(rng, first, meter.plan), *rest]


def charged_and_given_back(rng: random.Random, meter: Meter) -> None:
    """A line above and a line below zero: one cut each, to either side."""
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), rng.random() < 0.5)
    first, *rest = forward(meter)
    back = Fraction(sound_quantity(rng))
    more, less = (
        asked(meter.plan, first.unit_price, quantity, first.rate)
        for quantity in (first.quantity + back, -back)
    )
    meter.lines = [more, less, *rest]


def free_tier(rng: random.Random, meter: Meter) -> None:
    """The first units are free: 100 % on a line of its own, at the price of tier 1 (10/03/2023)."""
    price, paid = sound_price(rng), rng.random() < 0.7
    days = some_days(rng, meter.plan)
    meter.uses = [Use(days[0], price, "5", paid, free=True)]
    meter.uses += [Use(day, price, sound_quantity(rng), paid) for day in days]
    rate = PEC if paid else ZERO
    rest = sum((use.amount for use in meter.uses[1:]), ZERO)
    meter.lines = [
        asked(meter.plan, Fraction(price), Fraction(5), rate, FREE),
        asked(meter.plan, Fraction(price), rest, rate),
    ]


def all_in_free_tier(rng: random.Random, meter: Meter) -> None:
    uses = uses_of(rng, meter.plan, "all", False)
    meter.uses = [replace(use, free=True) for use in uses]
    meter.lines = [replace(line, tier=FREE, cost=ZERO, subtotal=ZERO) for line in forward(meter)]


def tier_of_price_nothing(rng: random.Random, meter: Meter) -> None:
    """As planned in 2023: the units of tier 1 have UnitPrice 0 on both sides."""
    meter.uses = uses_of(rng, meter.plan, "all", True)
    meter.uses += [replace(use, unit_price="0", quantity="1.5") for use in meter.uses[:2]]
    meter.lines = forward(meter)


def price_of_each_tier(rng: random.Random, meter: Meter) -> None:
    """Trap 3: the daily file shows the price of tier 1 on all lines."""
    meter.uses = uses_of(rng, meter.plan, rng.choice(("all", "none")), True)
    first = meter.uses[0]
    used = sum((use.amount for use in meter.uses), ZERO)
    below = cut(used / 3, 2)
    cheaper = first.price * Fraction(8, 10)
    meter.lines = [
        asked(meter.plan, first.price, below, first.rate),
        asked(meter.plan, cheaper, used - below, first.rate),
    ]


def azure_credit(rng: random.Random, meter: Meter) -> None:
    """R84 to R87: no PEC on credited days; the credit is an invoice line of its own."""
    uses = uses_of(rng, meter.plan, "part", rng.random() < 0.5)
    meter.uses = [replace(use, credited=not use.paid) for use in uses]
    meter.lines = forward(meter)
    meter.credits = [-line.subtotal for line in meter.lines if line.rate == 0]


def covered_in_part(rng: random.Random, meter: Meter) -> None:
    """Covered usage: quantity, cost zero. What goes beyond it is ordinary and may earn (R61)."""
    uses = uses_of(rng, meter.plan, rng.choice(("all", "part", "none")), rng.random() < 0.5)
    extra = [replace(use, covered=True, quantity=fine_quantity(rng)) for use in uses]
    meter.uses = uses + extra
    meter.lines = forward(meter)
    if rng.random() < 0.2:
        meter.uses, meter.lines = extra, []


def quantity_printed_a_little_off(rng: random.Random, meter: Meter) -> None:
    """No group fits to the digit; the amount is right, and the interval tells it."""
    meter.uses = uses_of(rng, meter.plan, "all", True)
    line = forward(meter)[0]
    off = rng.choice((1, -1)) * Fraction(rng.randint(2, 90), 10**4)
    meter.lines = [replace(line, quantity=line.quantity + off)]


def rate_of_its_own(rng: random.Random, meter: Meter) -> None:
    """Exchanged at another rate, the whole key or a line of it: the invoice's own rate is taken."""
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), True)
    other = cut(meter.plan.rate * Fraction(101, 100), 9)
    currency = meter.plan.currency
    meter.lines = [
        replace(line, exchange_rate=other, subtotal=exchanged(line.cost, other, currency))
        if at == 0 or rng.random() < 0.5
        else line
        for at, line in enumerate(forward(meter))
    ]


# Keys that do not


def a_cent(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), True)
    lines = forward(meter)
    at = rng.randrange(len(lines))
    unit = Fraction(1, 10 ** decimals_of_currency(meter.plan.currency))
    lines[at] = replace(lines[at], subtotal=lines[at].subtotal + rng.choice((1, -1)) * unit)
    meter.lines, meter.known = lines, Known(False, ("amount",))


def one_line_missing(rng: random.Random, meter: Meter) -> None:
    """Of a partly credited month only the days with PEC, or only those without, were invoiced."""
    meter.uses = uses_of(rng, meter.plan, "part", True)
    meter.lines = [rng.choice(forward(meter))]
    meter.known = Known(False, ("partial_credit", "quantity"))


def one_line_twice(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), True)
    lines = forward(meter)
    meter.lines, meter.known = [*lines, rng.choice(lines)], Known(False, ("late_usage",))


def other_price(rng: random.Random, meter: Meter) -> None:
    """Same quantity, another list price."""
    meter.uses = uses_of(rng, meter.plan, "all", True)
    line = forward(meter)[0]
    meter.lines = [asked(meter.plan, line.unit_price * 2, line.quantity, line.rate)]
    meter.known = Known(False, ("unit_price",))


def not_invoiced(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), True)
    meter.known = Known(False, ("no_invoice_line",))


def not_in_daily_file(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), True)
    meter.lines = forward(meter)
    meter.uses, meter.known = [], Known(False, ("no_daily_lines",))


def late_usage(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), True)
    on_time = list(meter.uses)
    meter.uses = [*on_time, replace(on_time[-1], quantity=sound_quantity(rng))]
    meter.lines = forward(meter)
    meter.uses, meter.known = on_time, Known(False, ("late_usage",))


def less_invoiced(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), True)
    line, *rest = forward(meter)
    less = asked(meter.plan, line.unit_price, line.quantity - 7, line.rate)
    meter.lines, meter.known = [less, *rest], Known(False, ("quantity",))


def credit_not_given(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, "all", True)
    line = forward(meter)[0]
    meter.lines = [asked(meter.plan, line.unit_price, line.quantity, ZERO)]
    meter.known = Known(False, ("credit_rate",))


def credited_at_month_end(rng: random.Random, meter: Meter) -> None:
    """Some credits appear only at month end and never in daily usage (KV)."""
    credit_not_given(rng, meter)
    meter.credits = [-line.subtotal for line in meter.lines]
    meter.known = Known(False, ("credit_at_month_end", "credit_rate"))


def fewer_days_credited(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, "part", True)
    price = meter.uses[0].price
    groups = groups_of(meter.uses)
    with_credit, without = groups[price, PEC], groups[price, ZERO]
    meter.lines = [
        asked(meter.plan, price, with_credit - 8, PEC),
        asked(meter.plan, price, without + 8, ZERO),
    ]
    meter.known = Known(False, ("credit_rate",))


def rate_printed_wrong(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, pattern(rng, meter), True)
    other = cut(meter.plan.rate * Fraction(12, 10), 9)
    meter.lines = [replace(line, exchange_rate=other) for line in forward(meter)]
    meter.known = Known(False, ("exchange_rate",))


def promotion(rng: random.Random, meter: Meter) -> None:
    """R75: other adjustments lower the price too, and no text says by how much."""
    meter.uses = uses_of(rng, meter.plan, rng.choice(("all", "none")), True)
    line = forward(meter)[0]
    cost = billable_cost(line.quantity, line.unit_price * Fraction(9, 10), line.rate)
    subtotal = exchanged(cost, meter.plan.rate, meter.plan.currency)
    meter.lines = [replace(line, cost=cost, subtotal=subtotal, texts=(PROMOTION,))]
    meter.known = Known(False, ("promotion",))


def tier_not_shown(rng: random.Random, meter: Meter) -> None:
    """The quantities carry more digits than the invoice prints: its lines do not add up to them."""
    price = sound_price(rng)
    meter.uses = [
        Use(day, price, f"{rng.randint(10, 99)}.{rng.randint(0, 10**12 - 1):012}7", True)
        for day in some_days(rng, meter.plan)
    ]
    used = sum((use.amount for use in meter.uses), ZERO)
    meter.lines = [
        asked(meter.plan, Fraction(price), Fraction(5), PEC, FREE),
        asked(meter.plan, Fraction(price), used - 5, PEC),
    ]
    meter.known = Known(False, ("tier_price",))


def one_line_too_high(rng: random.Random, meter: Meter) -> None:
    meter.uses = uses_of(rng, meter.plan, "part", True)
    line = in_one_line(meter)
    meter.lines = [replace(line, subtotal=line.subtotal + 60)]
    meter.known = Known(False, ("partial_credit",))


TIED: tuple[Story, ...] = (
    plain,
    plain,
    plain,
    plain,
    plain,
    less_than_a_cent,
    partly_credited_in_one_line,
    one_price_in_two_lines,
    charged_and_given_back,
    free_tier,
    all_in_free_tier,
    tier_of_price_nothing,
    price_of_each_tier,
    azure_credit,
    covered_in_part,
    quantity_printed_a_little_off,
    rate_of_its_own,
)
UNTIED: tuple[Story, ...] = (
    a_cent,
    a_cent,
    other_price,
    one_line_missing,
    one_line_twice,
    not_invoiced,
    not_in_daily_file,
    late_usage,
    less_invoiced,
    credit_not_given,
    credited_at_month_end,
    fewer_days_credited,
    rate_printed_wrong,
    promotion,
    tier_not_shown,
    one_line_too_high,
)
# Without PEC, tiers or Azure credit, which third-party meters never have.
OF_ANY_PUBLISHER: tuple[Story, ...] = (plain, one_price_in_two_lines, rate_of_its_own)
UNTIED_OF_ANY_PUBLISHER: tuple[Story, ...] = (
    a_cent,
    one_line_twice,
    not_invoiced,
    not_in_daily_file,
    late_usage,
    less_invoiced,
    rate_printed_wrong,
)
