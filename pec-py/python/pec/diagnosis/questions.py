"""What each kind of file can answer, and which export would answer more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

DAILY = "Partner Center > Billing > Billing history > Daily rated usage, attribute set full"
RECONCILIATION = "Partner Center > Billing > Billing history > the invoice > Reconciliation file"
PRICING = "Partner Center > Pricing: the Azure plan consumption and Marketplace price lists of the months"
EVIDENCE = "--evidence: exports of access, as `pec access script` makes them"
BALANCE = "Partner Center > Billing > Billing history > View your Azure credit balance"
CREDITS = f"--credits: a credits.toml, or {BALANCE}"
ACCESS = f"--partner: a partner.toml, and {EVIDENCE}"

BASIC_LACKS = frozenset({"PartnerEarnedCreditPercentage", "Tier2MpnId", "ResourceGroup", "MeterName"})
"""The columns by which attribute set `basic` of daily rated usage is told from `full`."""

QUESTIONS = {
    "credit": "which lines earned, and how much",
    "gaps": "on which days lines that could earn were not paid, and since when",
    "customers": "which customers it concerns",
    "resellers": "which resellers it concerns",
    "by_design": "what earns nothing by design: Spot, reservations, savings plans, marketplace",
    "azure_credit": "what Azure credit paid",
    "balance": "what became of an Azure credit, and when it ends",
    "access": "whose access was missing, on which days, and who can act",
    "products": "which products are from third parties or not in the price list",
    "tie_out": "whether the invoice matches the days, to the cent",
    "offer": "whether a request for an Azure Credit Offer is ready, and who must do what",
}
"""What may be asked, by an id that does not change."""

# Of all three layouts: a file names the columns that it lacks in its own words.
CUSTOMER = frozenset({"CustomerId", "customerTenantId", "x_CustomerId"})
RESELLER = frozenset({"Tier2MpnId", "resellerMpnId", "x_ResellerId"})
RESOURCE = frozenset({"ResourceURI", "ResourceId"})
CREDIT_TYPE = frozenset({"CreditType"})
RATE = frozenset({"PartnerEarnedCreditPercentage"})
BY_DESIGN = frozenset(
    {"AdditionalInfo", "BenefitType", "ChargeType", "MeterName", "MeterSubCategory", "ProductName", "PublisherName"}
    | {"SkuName", "SubscriptionDescription"}
    | {"additionalInfo", "benefitType", "chargeType", "meterName", "meterSubCategory", "pricingModel"}
    | {"productOrderName", "publisherName", "publisherType"}
    | {"ChargeCategory", "CommitmentDiscountType", "PricingCategory", "SkuMeter", "x_PublisherCategory"}
    | {"x_SkuDescription", "x_SkuDetails", "x_SkuMeterSubcategory", "x_SkuOrderName"}
)


def answer(
    question: str, can: str, *, lacks: Iterable[str] = (), because: str | None = None, take: str | None = None
) -> dict[str, Any]:
    """One answer.

    Args:
        question: An id of `QUESTIONS`.
        can: `yes`; `partly`; `with`, where it takes another input beside; `no`.
        lacks: The columns that are missing for it.
        because: Why it is not `yes`.
        take: What would answer it, or answer more.
    """
    return {
        "question": question,
        "asks": QUESTIONS[question],
        "answer": can,
        "lacks": sorted(lacks),
        "because": because,
        "take": take,
    }


def of_usage(facts: dict[str, Any], missing_ids: list[str]) -> list[dict[str, Any]]:
    """What usage answers.

    Args:
        facts: What the result says of the file.
        missing_ids: Which of the ids are absent that a comparison with the invoice needs.
    """
    missing = set(facts["missing_columns"])
    daily = facts["kind"] == "daily rated usage"
    return [
        *_of_credit(facts, missing),
        _needing("customers", missing & CUSTOMER, "it tells Azure subscriptions only"),
        _needing("resellers", missing & RESELLER, "no column names the reseller"),
        _helped("by_design", missing & BY_DESIGN, "what these columns would tell may go unseen"),
        _needing("azure_credit", missing & CREDIT_TYPE, "no column tells which lines Azure credit paid"),
        _of_balance(missing & CUSTOMER),
        answer("access", "with", because="usage shows that a line was not paid, not why", take=ACCESS),
        _of_products(missing_ids),
        _of_invoice(facts, missing_ids, daily=daily),
    ]


def attribute_set(facts: dict[str, Any]) -> str | None:
    """`full` or `basic`, of daily rated usage; none where the columns are those of neither."""
    if facts["kind"] != "daily rated usage":
        return None
    missing = BASIC_LACKS & set(facts["missing_columns"])
    if not missing:
        return "full"
    return "basic" if missing == BASIC_LACKS else None


def _of_credit(facts: dict[str, Any], missing: set[str]) -> Iterator[dict[str, Any]]:
    read = facts["rows"] - facts["row_issues"]
    if read == 0:
        for question in ("credit", "gaps"):
            yield answer(question, "no", because="no row could be read", take=DAILY)
        return
    if facts["untold_lines"] == read:
        blank = "the columns of the credit are blank throughout, so that every line counts as not paid"
        for question in ("credit", "gaps"):
            yield answer(question, "no", because=blank, take=DAILY)
        return
    yield _helped("credit", missing & RATE, "that a line was paid is told, at which rate is not")
    yield _helped("gaps", missing & RESOURCE, "by Azure subscription and resource group at best")


def _of_balance(lacks: set[str]) -> dict[str, Any]:
    if lacks:
        return answer("balance", "no", lacks=lacks, because="credit is a customer's", take=DAILY)
    return answer("balance", "with", because="what was granted tells", take=CREDITS)


def _of_products(missing_ids: list[str]) -> dict[str, Any]:
    if lacks := [name for name in missing_ids if name in ("ProductId", "SkuId")]:
        return answer("products", "no", lacks=lacks, because="no column names the product", take=DAILY)
    return answer("products", "with", because="price lists tell", take=f"--prices: {PRICING}")


def _of_invoice(facts: dict[str, Any], missing_ids: list[str], *, daily: bool) -> dict[str, Any]:
    if not daily:
        because = "only daily rated usage is compared with an invoice"
        return answer("tie_out", "no", because=because, take=DAILY)
    if missing_ids:
        return answer("tie_out", "no", lacks=missing_ids, because="no key without these ids", take=DAILY)
    if facts["open_period_lines"] and facts["open_period_lines"] == facts["rows"] - facts["row_issues"]:
        because = "these days are not invoiced yet"
        return answer("tie_out", "no", because=because, take="the billed daily rated usage, once there is an invoice")
    return answer("tie_out", "with", because="the invoice tells", take=f"--invoice: {RECONCILIATION}")


def _needing(question: str, lacks: set[str], because: str) -> dict[str, Any]:
    """An answer that there is none of without these columns."""
    return answer(question, "no", lacks=lacks, because=because, take=DAILY) if lacks else answer(question, "yes")


def _helped(question: str, lacks: set[str], because: str) -> dict[str, Any]:
    """An answer that is poorer without these columns."""
    return answer(question, "partly", lacks=lacks, because=because, take=DAILY) if lacks else answer(question, "yes")
