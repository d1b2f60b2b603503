"""Writes `invoice/` beside the example month: its reconciliation file, by the published rules, with one wrong cent.

    python examples/data/make_invoice.py

Everybody in it is made up. The standard library is enough.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from decimal import ROUND_DOWN, Decimal, getcontext
from pathlib import Path

HERE = Path(__file__).parent
USAGE = HERE / "2026-10" / "daily_rated_usage.csv.gz"
INVOICE = HERE / "invoice" / "invoice_reconciliation.csv"

CENT = Decimal("0.01")
MICRO = Decimal("0.000001")
SHARE_LEFT = {"15": Decimal("0.85"), "0": Decimal(1)}
PEC = '["15.0% Partner earned credit for services managed"]'
KEY = ("SubscriptionId", "ProductId", "SkuId", "AvailabilityId")
FROM_USAGE = (
    "PartnerId", "CustomerId", "CustomerName", "CustomerDomainName", "CustomerCountry", "InvoiceNumber",
    "ProductId", "SkuId", "AvailabilityId", "SkuName", "ProductName", "UnitPrice", "PublisherName", "PublisherId",
    "SubscriptionDescription", "SubscriptionId", "UnitType", "PricingCurrency", "PCToBCExchangeRate",
)  # fmt: skip
COLUMNS = (
    "PartnerId", "CustomerId", "CustomerName", "CustomerDomainName", "CustomerCountry", "InvoiceNumber", "MPNID",
    "ResellerMPNID", "OrderId", "OrderDate", "ProductId", "SkuId", "AvailabilityId", "SkuName", "ProductName",
    "ChargeType", "UnitPrice", "Quantity", "Subtotal", "TaxTotal", "Total", "Currency", "PriceAdjustmentDescription",
    "PublisherName", "PublisherId", "SubscriptionDescription", "SubscriptionId", "ChargeStartDate", "ChargeEndDate",
    "TermAndBillingCycle", "EffectiveUnitPrice", "UnitType", "AlternateId", "BillableQuantity", "BillingFrequency",
    "PricingCurrency", "PCToBCExchangeRate", "PCToBCExchangeRateDate", "MeterDescription", "ReservationOrderId",
    "CreditReasonCode", "SubscriptionStartDate", "SubscriptionEndDate", "ReferenceID", "ProductQualifiers",
    "PromotionID",
)  # fmt: skip


def cut(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_DOWN)


def main() -> None:
    getcontext().prec = 80
    with gzip.open(USAGE, "rt", encoding="utf-8-sig", newline="") as file:
        usage = [row for row in csv.DictReader(file) if is_readable(row) and not is_covered(row)]
    groups: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    for row in usage:
        groups[(*(row[name] for name in KEY), row["UnitPrice"], row["PartnerEarnedCreditPercentage"])].append(row)
    lines = [line for group in sorted(groups) for line in lines_of(groups[group])]
    lines.append(seats(lines[0]))
    wrong = next(line for line in lines if Decimal(line["Subtotal"]) > 1)
    wrong["Subtotal"] = wrong["Total"] = str(Decimal(wrong["Subtotal"]) + CENT)
    INVOICE.parent.mkdir(exist_ok=True)
    with INVOICE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def is_readable(row: dict[str, str]) -> bool:
    """Four rows of the month are broken on purpose."""
    numbers = (row["UnitPrice"], row["Quantity"])
    plain = all(number.replace(".", "", 1).replace("-", "", 1).isdigit() for number in numbers)
    return plain and row["PricingCurrency"] == "USD" and row["UsageDate"] != "31/31/2025"


def is_covered(row: dict[str, str]) -> bool:
    """A reservation or a savings plan has paid for it: the invoice has its purchase, not its usage."""
    covered = row["BenefitType"] == "SavingsPlan" or "reservationorderid" in row["AdditionalInfo"].lower()
    return covered and Decimal(row["PricingPreTaxTotal"] or 0) == 0


def lines_of(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The line of a group, and the credit of what Azure credit paid for."""
    first, units = rows[0], sum(Decimal(row["Quantity"]) for row in rows)
    line = charge(first, units, "New", "")
    credited = sum(Decimal(row["Quantity"]) for row in rows if row["CreditType"].startswith("Azure C"))
    if not credited:
        return [line]
    return [line, charge(first, -credited, "customerCredit", "Azure Credit Offer")]


def charge(row: dict[str, str], units: Decimal, kind: str, reason: str) -> dict[str, str]:
    rate = row["PartnerEarnedCreditPercentage"]
    cost = cut(units * Decimal(row["UnitPrice"]) * SHARE_LEFT[rate])
    subtotal = cut(cost * Decimal(row["PCToBCExchangeRate"]))
    printed = units.quantize(MICRO, ROUND_DOWN)
    price = (cost / printed).quantize(Decimal(1).scaleb((cost / printed).adjusted() - 14)) if printed and cost else 0
    return {
        **{name: row[name] for name in FROM_USAGE},
        "MPNID": row["MpnId"],
        "ResellerMPNID": row["Tier2MpnId"],
        "OrderDate": "10/1/2026",
        "ChargeType": kind,
        "Quantity": "1",
        "Subtotal": str(subtotal),
        "TaxTotal": "0",
        "Total": str(subtotal),
        "Currency": row["BillingCurrency"],
        "PriceAdjustmentDescription": PEC if rate == "15" else "",
        "ChargeStartDate": "10/1/2026",
        "ChargeEndDate": "10/31/2026",
        "EffectiveUnitPrice": f"{price:f}" if price else "0",
        "BillableQuantity": f"{printed:f}",
        "MeterDescription": row["MeterName"],
        "CreditReasonCode": reason,
        "PCToBCExchangeRateDate": "10/30/2026",
    }


def seats(line: dict[str, str]) -> dict[str, str]:
    """Ten seats of a month, for a customer of the invoice."""
    ours = ("PartnerId", "CustomerId", "CustomerName", "CustomerDomainName", "CustomerCountry", "InvoiceNumber")
    price = cut(Decimal("10.08") * Decimal(line["PCToBCExchangeRate"]))
    return {
        **{
            name: line[name]
            for name in (*ours, "Currency", "PricingCurrency", "PCToBCExchangeRate", "PCToBCExchangeRateDate")
        },
        "OrderDate": "10/1/2026",
        "ProductId": "CFQ7TTC0LH18",
        "SkuId": "0001",
        "AvailabilityId": "CFQ7TTC0K971",
        "SkuName": "Microsoft 365 Business Basic",
        "ProductName": "Microsoft 365 Business Basic",
        "ChargeType": "cycleCharge",
        "UnitPrice": "10.08",
        "Quantity": "10",
        "Subtotal": str(price * 10),
        "TaxTotal": "0",
        "Total": str(price * 10),
        "PublisherName": "Microsoft Corporation",
        "SubscriptionId": "86646af9-e80a-4aa0-da80-3fd2b792c2cc",
        "TermAndBillingCycle": "One-Month commitment for monthly billing",
        "EffectiveUnitPrice": "10.08",
        "BillableQuantity": "10",
        "BillingFrequency": "Monthly",
    }


if __name__ == "__main__":
    main()
