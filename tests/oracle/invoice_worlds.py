"""Seeded random worlds of an invoice: the daily files of a month, and the invoice made of them.

World k of a seed depends on the seed and on k alone. Each world knows which of its keys tie and why
the others do not (`known`), or nothing (None) where rows were spoiled on purpose.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from invoice_extras import extra_records
from invoice_lines import Key
from invoice_records import daily_record, invoice_records
from invoice_stories import (
    OF_ANY_PUBLISHER,
    TIED,
    UNTIED,
    UNTIED_OF_ANY_PUBLISHER,
    Story,
    rate_printed_wrong,
)
from invoice_truth import Known, Meter, Plan, Use, forward, guid, month, sound_price, uses_of
from invoice_writing import choose_invoice_layout, daily_bytes, invoice_bytes
from layouts import Layout, choose
from truth import Record
from writing import file_of

# Currency and a rate from USD; nine decimals are published (0.846202666).
RATES = {
    "USD": (1, 1),
    "EUR": (800_000_000, 999_999_999),
    "GBP": (700_000_000, 899_999_999),
    "CHF": (850_000_000, 999_999_999),
    "SEK": (8_500_000_000, 10_999_999_999),
    "JPY": (104_000_000_000, 155_999_999_999),
    "KRW": (1_100_000_000_000, 1_399_999_999_999),
}
SPOILED: list[Record] = [
    {"UnitPrice": ""},
    {"UnitPrice": "1,5"},
    {"UnitPrice": "0." + "0" * 40 + "1", "BillableQuantity": "0.000000000001"},
    {"Subtotal": ""},
    {"Subtotal": "12.3.4"},
    {"Subtotal": "(5.00)"},
    {"BillableQuantity": "many"},
    {"BillableQuantity": ""},
    {"TaxTotal": "n/a"},
    {"Quantity": "one"},
    {"Currency": "EURO"},
    {"Currency": ""},
    {"PCToBCExchangeRate": "0,9"},
    {
        "PriceAdjustmentDescription": '["15.0% Partner earned credit for services managed",'
        '"10.0% Partner earned credit for services managed"]'
    },
]


@dataclass(frozen=True)
class InvoiceWorld:
    invoice: tuple[str, bytes]
    daily: list[tuple[str, bytes]]
    known: dict[Key, Known] | None
    stories: dict[Key, str]


def world_of(seed: int, number: int) -> InvoiceWorld:
    rng = random.Random(f"invoice/{seed}/{number}")
    daily_layout, layout = choose_daily_layout(rng), choose_invoice_layout(rng)
    rate_given = rng.random() < 0.95
    days = month(rng)
    meters: list[Meter] = []
    for plan in plans_of(rng, days):
        meters += meters_of(rng, plan)
    known = {meter.key: known_of(meter, meters, rate_given) for meter in meters}
    stories = {meter.key: meter.story for meter in meters}
    records = [
        daily_record(rng, daily_layout, meter, use, rate_given)
        for meter in meters
        for use in meter.uses
    ]
    rows = [record for meter in meters for record in invoice_records(rng, layout, meter, days[0])]
    rows += extra_records(rng, layout, [meter.plan for meter in meters], days[0])
    rng.shuffle(records)
    rng.shuffle(rows)
    damaged = rng.random() < 0.06
    spoiled = rng.random() < 0.08
    if spoiled:
        for record in rng.sample(rows, min(len(rows), 2)):
            record.update(rng.choice(SPOILED))
    return InvoiceWorld(
        invoice=named("invoice", invoice_bytes(rng, layout, rows)),
        daily=daily_files(rng, daily_layout, records, damaged),
        known=None if damaged or spoiled else known,
        stories=stories,
    )


def choose_daily_layout(rng: random.Random) -> Layout:
    """Any layout that can be compared; the basic attribute set has no AvailabilityId."""
    needed = ("AvailabilityId", "PricingPreTaxTotal")
    while True:
        layout = choose(rng)
        if all(name in layout.names for name in needed):
            return layout


def plans_of(rng: random.Random, days: tuple[date, ...]) -> list[Plan]:
    several = rng.random() < 0.15
    one = rng.choice(list(RATES))
    rates = {currency: rate_text(rng, currency) for currency in RATES}
    plans = []
    for _ in range(rng.randint(1, 3)):
        currency = rng.choice(list(RATES)) if several else one
        azure = tuple(guid(rng) for _ in range(rng.randint(1, 2)))
        plans.append(Plan(guid(rng), guid(rng), azure, currency, rates[currency], days))
    return plans


def rate_text(rng: random.Random, currency: str) -> str:
    least, most = RATES[currency]
    if least == most:
        return str(least)
    digits = f"{rng.randint(least, most):010}"
    return f"{digits[:-9]}.{digits[-9:]}"


def meters_of(rng: random.Random, plan: Plan) -> list[Meter]:
    if rng.random() < 0.12:
        return meters_with_missing_day(rng, plan)
    meters = [meter_of(rng, plan, number) for number in range(rng.randint(2, 7))]
    sound = rng.random() < 0.5  # in half of the plans everything ties
    for meter in meters:
        story = story_of(rng, meter, meter is not meters[0] and not sound and rng.random() < 0.4)
        story(rng, meter)
        meter.story = story.__name__
    return meters


def story_of(rng: random.Random, meter: Meter, wrong: bool) -> Story:
    if meter.is_marketplace:
        return rng.choice(UNTIED_OF_ANY_PUBLISHER if wrong else OF_ANY_PUBLISHER)
    return rng.choice(UNTIED if wrong else TIED)


def meter_of(rng: random.Random, plan: Plan, number: int) -> Meter:
    publisher = rng.choice(("Microsoft", "Microsoft", "Microsoft Corporation", "microsoft", ""))
    if rng.random() < 0.15:
        publisher = "Test Alto Networks, Inc."
    return Meter(
        plan,
        product=f"DZH318Z0BN{rng.randint(0, 9)}{'WXYZabc'[number]}",
        sku=f"{rng.randint(0, 9999):04X}",
        availability=f"DZH318Z08B{rng.randint(10, 99)}",
        publisher=publisher,
    )


def meters_with_missing_day(rng: random.Random, plan: Plan) -> list[Meter]:
    """One day of the plan never came; a meter that was not used on it ties all the same."""
    meters = [meter_of(rng, plan, number) for number in range(rng.randint(2, 5))]
    for meter in meters:
        meter.uses = uses_of(rng, plan, "none" if meter.is_marketplace else "all", True)
        meter.story = "missing_day"
    # One meter runs on every day, so that the missing day is the only hole.
    price, paid = sound_price(rng), not meters[0].is_marketplace
    meters[0].uses = [Use(day, price, f"{rng.randint(10, 99)}.25", paid) for day in plan.days]
    missing = rng.choice(plan.days[1:-1])
    for meter in meters:
        meter.lines = forward(meter)
        kept = [use for use in meter.uses if use.day != missing]
        if len(kept) != len(meter.uses):
            meter.known = Known(False, ("missing_day",) if kept else ("no_daily_lines",))
        meter.uses = kept
    return meters


def known_of(meter: Meter, meters: list[Meter], rate_given: bool) -> Known:
    """A hole in the days of the plan, and a daily file without rates, change what can be told."""
    known = meter.known
    days = {use.day for other in meters if other.plan is meter.plan for use in other.uses}
    hole = bool(days) and max(days) - min(days) >= timedelta(len(days))
    if hole and known.because == ("late_usage",):
        return replace(known, because=("missing_day",))
    if not rate_given and meter.story == rate_printed_wrong.__name__:
        return replace(known, because=("amount",))
    return known


def daily_files(
    rng: random.Random, layout: Layout, records: list[Record], damaged: bool
) -> list[tuple[str, bytes]]:
    if damaged:
        return [named("usage", file_of(rng, layout, records))]
    parts = [records]
    if layout.kind == "csv" and len(records) > 1 and rng.random() < 0.2:
        at = rng.randint(1, len(records) - 1)
        parts = [records[:at], records[at:]]
    return [
        named(f"usage-{number}", daily_bytes(rng, layout, part))
        for number, part in enumerate(parts, start=1)
    ]


def named(name: str, file: tuple[str, bytes]) -> tuple[str, bytes]:
    ending, data = file
    return name + ending, data
