"""One meter's usage and invoice lines, as cells under their documented column names."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

from invoice import ONE, ZERO, cut, decimals_of_currency, effective_unit_price
from invoice_truth import Asked, Meter, Use
from invoice_writing import (
    InvoiceLayout,
    add_period,
    adjustment_cell,
    money,
    pec_text,
    plain_text,
    tier_text,
)
from layouts import Layout
from truth import Record, any_case
from writing import SLASHED, YEAR_FIRST, write_day

CREDIT_REASONS = (
    "Azure Credit Offer",
    "Azure Credit",
    "Azure Consumption Credit",
    "Azure Credit Applied",
)
PARTNER = "2b8940db-5089-539c-e757-520ed1d1bc88"
INVOICE_NUMBER = "G002297372"


# Daily rated usage


def daily_record(
    rng: random.Random, layout: Layout, meter: Meter, use: Use, rate_given: bool
) -> Record:
    plan = meter.plan
    azure = rng.choice(plan.azure_subscriptions)
    group = f"/subscriptions/{azure}/resourceGroups/rg-{rng.randint(1, 2)}"
    record: Record = {
        "PartnerId": PARTNER,
        "CustomerId": any_case(rng, plan.customer),
        "CustomerName": rng.choice(("Contoso", "Fabrikam, Inc.", 'Wing "Tip" Toys')),
        "CustomerCountry": "DE",
        "MpnId": "1234567",
        "Tier2MpnId": rng.choice(("", "0", "4649221")),
        "InvoiceNumber": rng.choice(("", INVOICE_NUMBER)),
        "ProductId": any_case(rng, meter.product),
        "SkuId": meter.sku,
        "AvailabilityId": any_case(rng, meter.availability),
        "SkuName": "Tables - LRS",
        "ProductName": "Tables",
        "PublisherName": meter.publisher,
        "SubscriptionDescription": rng.choice(("Azure plan", "Azure plan", "AZURE PLAN", "")),
        "SubscriptionId": any_case(rng, plan.id),
        "MeterId": "0013e20a-f1b8-4acb-b4c8-95e4cbd2d7c4",
        "MeterName": "LRS Data Stored",
        "ResourceGroup": rng.choice(("", group.split("/")[4])),
        "ResourceURI": f"{group}/providers/Microsoft.Storage/storageAccounts/s{rng.randint(1, 3)}",
        "ChargeType": rng.choice(("new", "New", "")),
        "UnitPrice": use.unit_price,
        "Quantity": use.quantity,
        "BillingCurrency": plan.currency,
        "PricingCurrency": rng.choice(("USD", "USD", "usd", "")),
        "PCToBCExchangeRate": plan.exchange_rate if rate_given else "",
        "EntitlementId": azure,
        "BenefitType": rng.choice(("", "Charge")),
    }
    add_dates(rng, record, use.day)
    add_credit(rng, record, use)
    add_amount(rng, record, use)
    if use.covered:
        cover(rng, layout, record)
    return record


def add_dates(rng: random.Random, record: Record, day: date) -> None:
    form = rng.choice((*YEAR_FIRST[:5], SLASHED["M/d"][0], SLASHED["M/d"][0]))
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    record["UsageDate"] = write_day(day, form)
    record["ChargeStartDate"] = write_day(first, form)
    record["ChargeEndDate"] = write_day(last, form)


def add_credit(rng: random.Random, record: Record, use: Use) -> None:
    """The three rows of the table of credit columns; percent in each of its spellings."""
    if use.credited:
        cells = ("0", rng.choice(("100", "100%")), "Azure Credit Applied")
    elif use.paid:
        rate = rng.choice(("15", "15", "15.0", "15%", "0.15"))
        cells = (rate, rng.choice(("15", "0.15", "15%")), "Partner Earned Credit Applied")
    else:
        cells = (rng.choice(("0", "0.0", "0%", "")), "0", "Credit Not Applied")
    columns = ("PartnerEarnedCreditPercentage", "CreditPercentage", "CreditType")
    record.update(zip(columns, cells, strict=True))


def add_amount(rng: random.Random, record: Record, use: Use) -> None:
    """UnitPrice x Quantity at 15 significant digits, not cut to cents (Finding 4)."""
    with localcontext() as context:
        context.prec = 15
        amount = format(Decimal(use.unit_price) * Decimal(use.quantity), "f")
    record["PricingPreTaxTotal"] = rng.choice((amount, amount, ""))
    record["BillingPreTaxTotal"] = record["PricingPreTaxTotal"]
    if use.free:
        record["PricingPreTaxTotal"] = record["BillingPreTaxTotal"] = "0"


def cover(rng: random.Random, layout: Layout, record: Record) -> None:
    """Trap 5: BenefitType for a savings plan, an order id in AdditionalInfo for a reservation."""
    record["PricingPreTaxTotal"] = record["BillingPreTaxTotal"] = rng.choice(("0", "0.00", ""))
    if "BenefitType" in layout.names and rng.random() < 0.7:
        record["BenefitType"] = rng.choice(("SavingsPlan", "Reservation"))
    else:
        record["AdditionalInfo"] = '{"ReservationOrderId": "a1b2-c3d4", "VMName": null}'


# The invoice


def invoice_records(
    rng: random.Random, layout: InvoiceLayout, meter: Meter, first: date
) -> list[Record]:
    records = [usage_record(rng, meter, line) for line in meter.lines]
    records += [credit_record(rng, layout, meter, amount) for amount in meter.credits if amount]
    for record in records:
        add_period(rng, record, first, layout.iso_dates)
    return records


def common(rng: random.Random, meter: Meter) -> Record:
    plan = meter.plan
    description = "Azure plan"
    if rng.random() < 0.15:  # customers can rename it; the meter tells then
        description = rng.choice(("Contoso production", "AZURE PLAN", ""))
    return {
        "PartnerId": PARTNER,
        "CustomerId": rng.choice(("", "org:")) + plan.customer,
        "CustomerName": "Johnny Modern Cust DE2",
        "CustomerDomainName": "testcustomerdomain.onmicrosoft.com",
        "CustomerCountry": "DE",
        "InvoiceNumber": INVOICE_NUMBER,
        "MPNID": "6034453",
        "ResellerMPNID": rng.choice(("0", "", "6048879")),
        "OrderId": "0ET2qaZvJGfF9wgSKnWzR5JLmhp10lOc1",
        "ProductId": any_case(rng, meter.product),
        "SkuId": meter.sku,
        "AvailabilityId": any_case(rng, meter.availability),
        "SkuName": "Tables - LRS",
        "ProductName": "Tables",
        "ChargeType": rng.choice(("new", "New")),
        "Quantity": rng.choice(("1", "1", "1.0")),
        "Currency": plan.currency,
        "PublisherName": meter.publisher,
        "PublisherId": rng.choice(("NA", "")),
        "SubscriptionDescription": description,
        "SubscriptionId": any_case(rng, plan.id),
        "TermAndBillingCycle": "Data Stored (GB/Month)",
        "UnitType": "1 GB/Month",
        "AlternateId": "6dc5c039750a",
        "BillingFrequency": rng.choice(("NA", "", "Monthly")),
        "PricingCurrency": rng.choice(("USD", "USD", "usd")),
        "PCToBCExchangeRate": plan.exchange_rate,
        "MeterDescription": "Tables - LRS Data Stored (GB/Month)",
        "ProductQualifiers": "[]",
    }


def usage_record(rng: random.Random, meter: Meter, line: Asked) -> Record:
    record = common(rng, meter)
    texts = list(line.texts)
    if line.rate:
        texts.append(pec_text(rng, line.rate))
    if line.tier is not None:
        texts.append(tier_text(rng, line.tier))
    record["UnitPrice"] = price_text(rng, line.unit_price)
    record["BillableQuantity"] = plain_text(line.printed_quantity)
    record["PriceAdjustmentDescription"] = adjustment_cell(rng, texts)
    record["EffectiveUnitPrice"] = effective_text(rng, line)
    record["PCToBCExchangeRate"] = plain_text(line.exchange_rate)
    add_amounts(rng, record, meter.plan.currency, line.subtotal)
    return record


def price_text(rng: random.Random, price: Fraction) -> str:
    """Now and then with an exponent: no invoice shows one, other usage records do (8.5e-05)."""
    text = plain_text(price)
    if 0 < price < Fraction(1, 1000) and rng.random() < 0.3:
        digits = text.split(".")[1]
        return f"{digits.lstrip('0')}e-{len(digits):02}"
    return text


def effective_text(rng: random.Random, line: Asked) -> str:
    """BC / BCU; below one cent both 0 and the discounted list price are seen (Finding 5)."""
    if line.cost and line.quantity:
        return effective_unit_price(line.cost, line.quantity)
    discounted = line.unit_price * (ONE - line.rate) * (ONE - (line.tier or ZERO))
    return rng.choice(("0", plain_text(discounted)))


def add_amounts(rng: random.Random, record: Record, currency: str, subtotal: Fraction) -> None:
    """Tax is per line (Finding 8). The sample's Total is no sum, and nobody may need it."""
    tax = cut(subtotal * rng.choice((0, 19, 25)) / 100, decimals_of_currency(currency))
    record["Subtotal"] = money(rng, subtotal)
    record["TaxTotal"] = money(rng, tax) if tax or rng.random() < 0.8 else ""
    record["Total"] = money(rng, subtotal + tax) if rng.random() < 0.9 else "0"


def credit_record(
    rng: random.Random, layout: InvoiceLayout, meter: Meter, amount: Fraction
) -> Record:
    """R87: customerCredit, negative, with a reason in one of four spellings."""
    record = common(rng, meter)
    record["ChargeType"] = rng.choice(("customerCredit", "customerCredit", "CustomerCredit"))
    if layout.has("CreditReasonCode"):
        record["CreditReasonCode"] = rng.choice(CREDIT_REASONS)
        if rng.random() < 0.2:
            record["ChargeType"] = "new"
        if rng.random() < 0.2:
            record["CreditReasonCode"] = record["CreditReasonCode"].upper()
    record["BillableQuantity"] = rng.choice(("1", "12.5"))
    record["UnitPrice"] = rng.choice(("0", "0.868"))
    record["EffectiveUnitPrice"] = record["UnitPrice"]
    add_amounts(rng, record, meter.plan.currency, amount)
    return record
