"""Cost details of Cost Management and FOCUS exports, as daily rated usage.

From the schemas `cost-usage-details-mca-partner` and `cost-usage-details-focus` of azure-docs and the FinOps toolkit's
`mapping.md`: each meaning of daily usage with its names in the other kinds, the best one first.
"""

from __future__ import annotations

import re

from names import NEEDED, FileError, normalised

COST_DETAILS = "cost details"
FOCUS = "FOCUS"

NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    COST_DETAILS: {
        "UsageDate": ("date", "UsageDate", "usageDateTime", "usageStart"),
        "ChargeStartDate": ("billingPeriodStartDate",),
        "ChargeEndDate": ("billingPeriodEndDate",),
        "EntitlementId": ("SubscriptionId", "subscriptionGuid"),
        "CustomerId": ("customerTenantId",),
        "Tier2MpnId": ("resellerMpnId",),
        "UnitPrice": ("PayGPrice", "payAsYouGoPrice", "marketPrice"),
        "Quantity": ("quantity", "usageQuantity"),
        "PricingCurrency": ("pricingCurrency", "pricingCurrencyCode"),
        "PricingPreTaxTotal": ("costInPricingCurrency",),
        "ChargeType": ("chargeType",),
        "ResourceGroup": ("resourceGroupName", "resourceGroup"),
        "ResourceURI": ("ResourceId", "instanceName", "instanceId"),
        "PartnerEarnedCreditPercentage": ("partnerEarnedCreditRate",),
        "Applied": ("partnerEarnedCreditApplied",),
    },
    FOCUS: {
        "UsageDate": ("ChargePeriodStart",),
        "ChargeStartDate": ("BillingPeriodStart",),
        "ChargeEndDate": ("BillingPeriodEnd",),
        "EntitlementId": ("SubAccountId",),
        "CustomerId": ("x_CustomerId",),
        "Tier2MpnId": ("x_ResellerId",),
        "UnitPrice": ("ListUnitPrice",),
        "Quantity": ("PricingQuantity", "ConsumedQuantity", "UsageQuantity"),
        "PricingCurrency": ("BillingCurrency",),
        "PricingPreTaxTotal": ("BilledCost",),
        "ChargeType": ("ChargeCategory",),
        "ResourceGroup": ("x_ResourceGroupName",),
        "ResourceURI": ("ResourceId",),
        "PartnerEarnedCreditPercentage": ("x_PartnerCreditRate",),
        "Applied": ("x_PartnerCreditApplied",),
    },
}

COST_ONLY = {
    "costinbillingcurrency",
    "costinpricingcurrency",
    "costinusd",
    "effectiveprice",
    "partnerearnedcreditapplied",
    "partnerearnedcreditrate",
    "paygprice",
    "pretaxcost",
}
FOCUS_COSTS = {"billedcost", "effectivecost", "listcost", "listunitprice"}
TO_THE_MINUTE = re.compile(r"[\d-]+T\d\d:\d\dZ", re.ASCII)
MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


def kind_of(headers: list[str]) -> str | None:
    """The kind of a file that is no daily usage; kinds that cannot show the credit are an error."""
    names = {normalised(header) for header in headers}
    if "chargeperiodstart" in names and names & FOCUS_COSTS:
        kind, flags = FOCUS, {"xpartnercreditapplied", "xpartnercreditrate"}
    elif "entitlementid" not in names and names & COST_ONLY:
        kind, flags = COST_DETAILS, {"partnerearnedcreditapplied", "partnerearnedcreditrate"}
    else:
        return None
    if not names & flags:
        raise FileError(f"{kind} without {' or '.join(sorted(flags))}: retail prices cannot show the credit")
    return kind


def bind(kind: str, headers: list[str]) -> dict[str, int]:
    """Meaning -> position, by the best name that is there."""
    places = {normalised(header): at for at, header in enumerate(headers)}
    bound = {}
    for meaning, names in NAMES[kind].items():
        found = [places[normalised(name)] for name in names if normalised(name) in places]
        if found:
            bound[meaning] = found[0]
    missing = [NAMES[kind][name][0] for name in NEEDED if name not in bound]
    if missing:
        raise FileError("missing " + ", ".join(missing))
    if "PartnerEarnedCreditPercentage" not in bound:
        bound["PartnerEarnedCreditPercentage"] = bound["Applied"]
    return bound


def daily(kind: str, cells: dict[str, str]) -> dict[str, str]:
    """The cells as daily rated usage would have them."""
    cells = dict(cells)
    for meaning in ("UsageDate", "ChargeStartDate", "ChargeEndDate"):
        if TO_THE_MINUTE.fullmatch(cells.get(meaning, "")):
            cells[meaning] = cells[meaning].replace("Z", ":00Z")
    slashed = MONTH_FIRST.fullmatch(cells["UsageDate"])
    if kind == COST_DETAILS and slashed and not cells.get("ChargeStartDate"):
        month, day, year = slashed.groups()
        cells["UsageDate"] = f"{year}-{month:0>2}-{day:0>2}"
    if cells["EntitlementId"].startswith("/subscriptions/"):
        cells["EntitlementId"] = cells["EntitlementId"].split("/")[2]
    if cells.get("ResourceGroup", "").lower() in ("others", "not applicable", "null"):
        cells["ResourceGroup"] = ""
    applied = cells.pop("Applied", "").lower()
    if applied in ("0", "false", "no"):
        cells["PartnerEarnedCreditPercentage"] = "0"
    elif applied in ("1", "true", "yes") and cells["PartnerEarnedCreditPercentage"].rstrip("%") in ("", "0", applied):
        cells["PartnerEarnedCreditPercentage"] = "true"
    return cells
