"""Column names: what a header may be called, and the name the documents give it.

From the history of names in daily_rated_usage.md and the alias table of spec.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

# meaning (the documented name) -> every spelling, normalised
ALIASES: dict[str, tuple[str, ...]] = {
    "UsageDate": ("usagedate",),
    "ChargeStartDate": ("chargestartdate",),
    "ChargeEndDate": ("chargeenddate",),
    # Trap 4: EntitlementId is the Azure subscription; SubscriptionId is the Azure plan.
    "EntitlementId": ("entitlementid",),
    "EntitlementDescription": ("entitlementdescription",),
    "SubscriptionId": ("subscriptionid",),
    # With the plan, what joins a line to the invoice.
    "ProductId": ("productid",),
    "SkuId": ("skuid",),
    "AvailabilityId": ("availabilityid",),
    "PCToBCExchangeRate": ("pctobcexchangerate",),
    "SubscriptionDescription": ("subscriptiondescription", "offername"),
    "CustomerId": ("customerid",),
    "CustomerName": ("customername", "customercompanyname"),
    "Tier2MpnId": ("resellermpnid", "resellermpnid(tier2)", "tier2mpnid"),
    "InvoiceNumber": ("invoicenumber",),
    "ChargeType": ("chargetype",),
    "UnitPrice": ("unitprice",),
    "Quantity": ("quantity", "consumedquantity"),
    "PricingPreTaxTotal": ("pricingpretaxtotal",),
    "PricingCurrency": ("pricingcurrency",),
    "BillingCurrency": ("billingcurrency",),
    "BillingPreTaxTotal": ("billingpretaxtotal", "billingpretax"),
    "ResourceURI": ("resourceuri",),
    "ResourceGroup": ("resourcegroup",),
    "PublisherName": ("publishername",),
    "MeterId": ("meterid",),
    "MeterName": ("metername",),
    "MeterCategory": ("metercategory",),
    "MeterSubCategory": ("metersubcategory",),
    "SkuName": ("skuname",),
    "ProductName": ("productname",),
    "AdditionalInfo": ("additionalinfo",),
    "PartnerEarnedCreditPercentage": (
        "partnerearnedcreditpercentage",
        "rateofpartnerearnedcredit",
        "haspartnerearnedcredit",
    ),
    "CreditPercentage": ("creditpercentage", "rateofcredit"),
    "CreditType": ("credittype",),
    "BenefitType": ("benefittype",),
    "BillingProvider": ("billingprovider",),  # v1 API only; known, but no rule reads it
}


def meanings_of(aliases: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {alias: meaning for meaning, spellings in aliases.items() for alias in spellings}


MEANING = meanings_of(ALIASES)

NEEDED = ("UsageDate", "EntitlementId", "UnitPrice", "Quantity")
NEEDED_EITHER = ("PartnerEarnedCreditPercentage", "CreditType")


class FileError(Exception):
    """The whole file cannot be read; the command ends with exit code 2."""


@lru_cache(maxsize=4096)
def normalised(header: str) -> str:
    lowered = header.lower()
    for dropped in (" ", "_", "-", "\ufeff"):
        lowered = lowered.replace(dropped, "")
    return lowered


def bind(headers: list[str], meanings: dict[str, str] = MEANING) -> dict[str, int]:
    """Meaning -> position. By name, never by position: the order is known to deviate."""
    bound: dict[str, int] = {}
    for position, header in enumerate(headers):
        meaning = meanings.get(normalised(header))
        if meaning is None:
            continue
        if meaning in bound:
            first = headers[bound[meaning]]
            raise FileError(f"columns `{first}` and `{header}` both mean {meaning}")
        bound[meaning] = position
    return bound


def check_needed(bound: dict[str, int]) -> None:
    missing = [name for name in NEEDED if name not in bound]
    if not any(name in bound for name in NEEDED_EITHER):
        missing.append(" or ".join(NEEDED_EITHER))
    if missing:
        raise FileError("missing " + ", ".join(missing))


@dataclass(frozen=True)
class Columns:
    """What the headers of one kind of file mean, and whether those that are needed are there."""

    meanings: dict[str, str]
    check: Callable[[dict[str, int]], None]

    def bind(self, headers: list[str]) -> dict[str, int]:
        return bind(headers, self.meanings)


DAILY = Columns(MEANING, check_needed)
