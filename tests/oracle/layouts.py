"""The published layouts a random world is written in: which columns, under which names.

From the column table and the history of names in daily_rated_usage.md.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

COLUMNS = """
PartnerId PartnerName CustomerId CustomerName CustomerDomainName CustomerCountry MpnId Tier2MpnId
InvoiceNumber ProductId SkuId AvailabilityId SkuName ProductName PublisherName PublisherId
SubscriptionDescription SubscriptionId ChargeStartDate ChargeEndDate UsageDate MeterType
MeterCategory MeterId MeterSubCategory MeterName MeterRegion Unit ResourceLocation ConsumedService
ResourceGroup ResourceURI ChargeType UnitPrice Quantity UnitType BillingPreTaxTotal BillingCurrency
PricingPreTaxTotal PricingCurrency ServiceInfo1 ServiceInfo2 Tags AdditionalInfo EffectiveUnitPrice
PCToBCExchangeRate PCToBCExchangeRateDate EntitlementId EntitlementDescription
PartnerEarnedCreditPercentage CreditPercentage CreditType BenefitOrderId BenefitId BenefitType
""".split()

BASIC = """
PartnerId PartnerName CustomerId CustomerName InvoiceNumber ProductId SkuId SkuName PublisherName
SubscriptionId ChargeStartDate ChargeEndDate UsageDate ResourceURI ChargeType UnitPrice Quantity
UnitType BillingPreTaxTotal BillingCurrency PricingPreTaxTotal PricingCurrency AdditionalInfo
EffectiveUnitPrice PCToBCExchangeRate EntitlementId CreditPercentage CreditType BenefitOrderId
BenefitType
""".split()

GRAPH = {"BenefitOrderId": "BenefitOrderID", "BenefitId": "BenefitID"}

V1 = {
    "Tier2MpnId": "resellerMpnId",
    "Unit": "unitOfMeasure",
    "ResourceURI": "resourceUri",
    "PCToBCExchangeRate": "pcToBCExchangeRate",
    "PCToBCExchangeRateDate": "pcToBCExchangeRateDate",
    "PartnerEarnedCreditPercentage": "rateOfPartnerEarnedCredit",
    "CreditPercentage": "rateOfCredit",
}

SPACED_2019 = {
    "CustomerName": "CustomerCompanyName",
    "CustomerCountry": "Customer country",
    "MpnId": "MPNID",
    "Tier2MpnId": "Reseller MPNID",
    "SkuName": "SKU Name",
    "PublisherId": "PublisherID",
    "SubscriptionDescription": "Subscription Description",
    "UsageDate": "Usage Date",
    "MeterType": "Meter Type",
    "MeterCategory": "Meter Category",
    "MeterId": "Meter Id",
    "MeterName": "Meter Name",
    "MeterRegion": "Meter Region",
    "ResourceLocation": "Resource Location",
    "ConsumedService": "Consumed Service",
    "ResourceURI": "Resource URI",
    "Quantity": "Consumed Quantity",
    "UnitType": "Unit type",
    "BillingPreTaxTotal": "Billing pre tax",
    "BillingCurrency": "Billing currency",
    "PricingPreTaxTotal": "Pricing pretax total",
    "PricingCurrency": "Pricing currency",
    "ServiceInfo1": "Service Info 1",
    "ServiceInfo2": "Service Info 2",
    "AdditionalInfo": "Additional Info",
}

OTHER_NAMES = {
    "Tier2MpnId": ["ResellerMPNID", "ResellerMpnId", "resellerMpnId", "ResellerMpnId (Tier2)"],
    "PartnerEarnedCreditPercentage": ["HasPartnerEarnedCredit", "rateOfPartnerEarnedCredit"],
    "CreditPercentage": ["rateOfCredit"],
    "SubscriptionDescription": ["OfferName"],
    "CustomerName": ["CustomerCompanyName"],
    "Quantity": ["ConsumedQuantity"],
    "BillingPreTaxTotal": ["BillingPreTax"],
    "MpnId": ["MPNID"],
}

UNKNOWN = ["Comment", "Kostenstelle", "Margin %", "x_internal_ref"]


@dataclass(frozen=True)
class Layout:
    """`names` maps each documented column of the file, in file order, to its header."""

    kind: str  # csv, jsonl or document
    names: dict[str, str]
    v1: bool = False


def camel(name: str) -> str:
    return name[0].lower() + name[1:]


def choose(rng: random.Random) -> Layout:
    style = rng.choice(
        ("csv55", "csv55", "csv52", "csv50", "spaced", "mixed", "full", "basic", "v1")
    )
    if style == "v1":
        names = {column: V1.get(column, camel(column)) for column in COLUMNS}
        if rng.random() < 0.2:
            names["PartnerEarnedCreditPercentage"] = "hasPartnerEarnedCredit"
        return Layout("document", names, v1=True)
    if style in ("full", "basic"):
        columns = BASIC if style == "basic" else COLUMNS
        columns = [column for column in columns if column != "PCToBCExchangeRateDate"]
        return Layout("jsonl", {column: GRAPH.get(column, column) for column in columns})
    count = {"csv52": 52, "csv50": 50}.get(style, 55)
    names = {column: column for column in COLUMNS[:count]}
    if style == "spaced":
        names = {column: SPACED_2019.get(column, column) for column in COLUMNS[:50]}
    if style == "mixed":
        names = {column: odd_name(rng, column) for column in names}
    return Layout("csv", arranged(rng, names))


def odd_name(rng: random.Random, column: str) -> str:
    """Another spelling, another case, or separators between the words."""
    if column in OTHER_NAMES and rng.random() < 0.6:
        column = rng.choice(OTHER_NAMES[column])
    roll = rng.random()
    if roll < 0.15:
        return column.lower()
    if roll < 0.3:
        return column.upper()
    if roll < 0.5:
        separator = rng.choice((" ", "_", "-"))
        words = "".join(separator + c if c.isupper() else c for c in column)
        return words.lstrip(separator)
    return camel(column) if roll < 0.6 else column


def arranged(rng: random.Random, names: dict[str, str]) -> dict[str, str]:
    """Sometimes columns are missing, unknown ones stand between, or the order differs."""
    names = dict(names)
    if rng.random() < 0.15:
        # The unbilled layout of 2021 lacks one column; others are cut by hand.
        for column in rng.sample(("Tier2MpnId", "InvoiceNumber", "PricingPreTaxTotal", "Tags"), 2):
            names.pop(column, None)
    if rng.random() < 0.05:
        names.pop("PricingCurrency", None)
    if rng.random() < 0.05:  # then every subscription is one scope
        names.pop("ResourceURI", None)
        names.pop("ResourceGroup", None)
    if rng.random() < 0.05 and "CreditType" in names:
        names.pop("PartnerEarnedCreditPercentage", None)
    items = list(names.items())
    if rng.random() < 0.3:
        items += [(f"?{name}", name) for name in rng.sample(UNKNOWN, 2)]
    if rng.random() < 0.4:
        rng.shuffle(items)
    return dict(items)
