"""What else stands on an invoice: licences, reservations, savings plans, SaaS, other credits.

None of it has a daily cost; none of it may become a key of the comparison.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from invoice import (
    ONE,
    licence_subtotal_documented,
    licence_subtotal_published,
    prorated,
)
from invoice_records import add_amounts
from invoice_truth import Plan, guid
from invoice_writing import InvoiceLayout, add_period, adjustment_cell, plain_text
from truth import Record

LICENCE_TEXTS = (
    "Price for given billing period",
    "You are getting a discount due to a pre-determined override.",
    "You are getting a discount for being a partner.",
    "You are getting a price guarantee for your price.",
    "Price for given term",
    "1 month billing",
    "Yearly Duration",
)
BOUGHT = "Azure Reservation"


def extra_records(
    rng: random.Random, layout: InvoiceLayout, plans: list[Plan], first: date
) -> list[Record]:
    records = []
    for _ in range(rng.choice((0, 1, 3, 6))):
        plan = rng.choice(plans)
        make = rng.choice(KINDS)
        record = make(rng, plan)
        if record["SubscriptionDescription"] == BOUGHT and layout.has("ReservationOrderId"):
            # Where that column is missing, nothing would tell such a purchase from usage.
            record["SubscriptionDescription"] = rng.choice(("Azure plan", "", BOUGHT))
        if rng.random() < 0.5:
            record["SubscriptionStartDate"] = "yes"
        add_period(rng, record, first, layout.iso_dates)
        records.append(record)
    return records


def seat(rng: random.Random, plan: Plan) -> Record:
    """A row of a subscription of its own, in the billing currency of the customer."""
    return {
        "CustomerId": plan.customer,
        "CustomerName": "Johnny Modern Cust DE2",
        "InvoiceNumber": "G002297372",
        "ProductId": "CFQ7TTC0HL8W",
        "SkuId": "0001",
        "AvailabilityId": "CFQ7TTC0K59S",
        "SkuName": "Power BI Premium Per User",
        "ProductName": "Power BI Premium Per User",
        "ChargeType": "new",
        "Currency": plan.currency,
        "PublisherName": rng.choice(("Microsoft Corporation", "Microsoft")),
        "SubscriptionDescription": rng.choice(("", "Power BI")),
        "SubscriptionId": guid(rng),
        "TermAndBillingCycle": "One-Year commitment for monthly/yearly billing",
        "UnitType": "",
        "BillingFrequency": "Monthly",
        "PricingCurrency": "USD",
        "PCToBCExchangeRate": plan.exchange_rate,
        "MeterDescription": "",
        "ReservationOrderId": rng.choice(("", "8fdebb4a-7110-496e-9570-623e4c992797")),
        "ReferenceID": guid(rng),
        "ProductQualifiers": rng.choice(("[]", '["AddOn"]', '["AddOn","Trial"]')),
        "PromotionID": rng.choice(("", "39NFJQT1X27N:0002:39NFJQT1Q5KL")),
    }


def licence(rng: random.Random, plan: Plan) -> Record:
    """Seats, also given back: both published orders of cutting, negative toward zero (Finding 6)."""
    record = seat(rng, plan)
    price = Fraction(rng.choice(("10.08", "12", "16", "52.61")))
    quantity = Fraction(rng.choice((1, 8, 10, 25, 300)))
    days = rng.randint(1, 30)
    effective = price if rng.random() < 0.5 else prorated(price, 30, days)
    if rng.random() < 0.3:
        effective = -effective
        record["ChargeType"] = rng.choice(("removeQuantity", "cancelImmediate", "convert"))
    order = rng.choice((licence_subtotal_documented, licence_subtotal_published))
    subtotal = order(effective, quantity, plan.rate, plan.currency)
    texts = rng.sample(LICENCE_TEXTS, rng.randint(0, 3))
    record["PriceAdjustmentDescription"] = adjustment_cell(rng, texts)
    if rng.random() < 0.2:  # priced where it is billed
        record["PricingCurrency"], record["PCToBCExchangeRate"] = plan.currency, "1"
        subtotal = order(effective, quantity, ONE, plan.currency)
    return with_amounts(rng, record, price, quantity, subtotal)


def with_amounts(
    rng: random.Random, record: Record, price: Fraction, quantity: Fraction, subtotal: Fraction
) -> Record:
    record["UnitPrice"] = record["EffectiveUnitPrice"] = plain_text(price)
    record["Quantity"] = record["BillableQuantity"] = plain_text(quantity)
    add_amounts(rng, record, record["Currency"], subtotal)
    return record


def reservation(rng: random.Random, plan: Plan) -> Record:
    record = seat(rng, plan)
    record["ProductName"] = rng.choice(("Reserved VM Instance", "Azure Reservation"))
    record["SkuName"] = "Reserved VM Instance, Standard_B1s, EU West, 1 Year"
    record["TermAndBillingCycle"] = rng.choice(("1 Year Reservation", "3 Years Reservation"))
    record["SubscriptionDescription"] = BOUGHT
    record["ReservationOrderId"] = guid(rng)
    back = rng.random() < 0.2  # exchanged or returned
    record["ChargeType"] = "cancelImmediate" if back else "new"
    amount = Fraction(rng.randint(100, 99999))
    return with_amounts(rng, record, amount, ONE, -amount if back else amount)


def savings_plan(rng: random.Random, plan: Plan) -> Record:
    record = reservation(rng, plan)
    record["ProductName"] = rng.choice(("Azure Savings Plan for Compute", "Savings plan"))
    record["SkuName"] = "Compute Savings Plan 1 Year"
    record["TermAndBillingCycle"] = rng.choice(("1 Year Savings Plan", "One-Year commitment"))
    return record


def software_as_a_service(rng: random.Random, plan: Plan) -> Record:
    """Third-party SaaS: not in the daily file (KV)."""
    record = seat(rng, plan)
    record["PublisherName"] = "Test Networks, Inc."
    record["PublisherId"] = "21223810"
    record["ProductName"] = record["SkuName"] = "Test WAF-as-a-Service"
    record["TermAndBillingCycle"] = "1 Year Subscription"
    amount = Fraction(rng.choice((820, 2598)))
    return with_amounts(rng, record, amount, ONE, amount)


def service_credit(rng: random.Random, plan: Plan) -> Record:
    """customerCredit is for SLA credits as well, and has no reason then."""
    record = seat(rng, plan)
    record["ChargeType"] = "customerCredit"
    amount = Fraction(rng.randint(1, 500))
    return with_amounts(rng, record, amount, ONE, -amount)


KINDS: tuple[Callable[[random.Random, Plan], Record], ...] = (
    licence,
    licence,
    reservation,
    savings_plan,
    software_as_a_service,
    service_credit,
)
