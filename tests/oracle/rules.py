"""One function per rule; every rule answers for every line; the lowest rank is the primary reason.

A rule here sees the line alone and never whether it was paid; `judge` puts the two together. What price lists tell
(rank 6, third_party_product, R57; rank 8, not_in_price_list, R55; rank 5 too) is found in `prices`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from amounts import RATE
from meaning import Line
from prices import Prices

USAGE_CHARGES = ("", "new", "usage", "charge", "consumption")
PEC_TEXTS = ("partnerearnedcreditapplied", "pecapplied")
SPOT_COLUMNS = ("MeterName", "SkuName", "MeterSubCategory", "ProductName")


def squeezed(text: str) -> str:
    """Lower-case, spaces dropped: `Azure Credit Applied` -> `azurecreditapplied`."""
    return text.lower().replace(" ", "")


def not_usage_charge(line: Line) -> bool:
    """R87 and the charge types of the recon file: credits, refunds, purchases, rounding, tax."""
    return squeezed(line.text("ChargeType")) not in USAGE_CHARGES


def not_azure_plan(line: Line) -> bool:
    """R6: PEC exists for Azure plan only, and D invoices never show it. R62, R63."""
    offer = line.text("SubscriptionDescription").lower()
    legacy = offer != "" and not offer.startswith(("azure plan", "microsoft azure plan"))
    return legacy or line.text("InvoiceNumber").startswith("D")


def reservation(line: Line) -> bool:
    """R56; trap 5: ReservationOrderId sits inside the AdditionalInfo JSON."""
    if squeezed(line.text("BenefitType")) == "reservation":
        return True
    keys = ("reservationorderid", "reservationid")
    return any(key.lower() in keys and is_text(value) for key, value in additional_info(line))


def savings_plan(line: Line) -> bool:
    """R60; overage carries BenefitType Charge and can earn (R61)."""
    return squeezed(line.text("BenefitType")) == "savingsplan"


def marketplace_product(line: Line) -> bool:
    """R58, by the publisher. BillingProvider and the form of MeterId are no signals beside it.

    BillingProvider says marketplace on daily rated usage of every kind.
    """
    publisher = line.text("PublisherName").lower()
    return publisher not in ("", "microsoft") and not publisher.startswith("microsoft ")


def spot_virtual_machine(line: Line) -> bool:
    """R59: the word Spot in a name, or the priority or pricing model in AdditionalInfo."""
    if any(has_word(line.text(column), "spot") for column in SPOT_COLUMNS):
        return True
    return any(
        ("priority" in key.lower() or key.lower() == "pricingmodel")
        and isinstance(value, str)
        and value.lower() == "spot"
        for key, value in additional_info(line)
    )


def azure_credit_applied(line: Line) -> bool:
    """R84, R85: Azure credit and PEC never meet on the same usage."""
    kind = squeezed(line.text("CreditType"))
    return kind.startswith("azurec") or (line.credit == 1 and kind not in PEC_TEXTS)


def nothing_charged(line: Line) -> bool:
    """R65, R66, R73; trap 1: a PEC flag on a charge of nothing is worth nothing."""
    return line.list_cost == 0 or line.pricing_total == 0


BY_DESIGN: list[tuple[int, Callable[[Line], bool]]] = [
    (1, not_usage_charge),
    (2, not_azure_plan),
    (3, reservation),
    (4, savings_plan),
    (5, marketplace_product),
    (7, spot_virtual_machine),
    (9, azure_credit_applied),
    (10, nothing_charged),
]
BY_PRICE_LIST = {"marketplace_product": 5, "third_party_product": 6, "not_in_price_list": 8}
NO_ACCESS_EVIDENCE = "no_access_evidence"
RANK: dict[str | None, int] = {None: 0, NO_ACCESS_EVIDENCE: 22}
RANK.update({rule.__name__: rank for rank, rule in BY_DESIGN} | BY_PRICE_LIST)


def additional_info(line: Line) -> list[tuple[str, object]]:
    """The top-level pairs of AdditionalInfo where it is a JSON object, else none."""
    text = line.text("AdditionalInfo")
    if not text.startswith("{"):
        return []
    try:
        pairs = json.loads(text, object_pairs_hook=lambda pairs: tuple(pairs))
    except ValueError:
        return []
    return list(pairs)


def is_text(value: object) -> bool:
    """Something is written there: not null, not blank."""
    return value is not None and str(value).strip() != ""


def has_word(text: str, word: str) -> bool:
    """The whole word; letters and digits are word characters, everything else parts words."""
    lowered = text.lower()
    at = lowered.find(word)
    while at >= 0:
        before = lowered[at - 1 : at]
        after = lowered[at + len(word) : at + len(word) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        at = lowered.find(word, at + 1)
    return False


def rate_of(line: Line) -> Fraction:
    """The PEC rate the file states: its own column, else CreditType with CreditPercentage.

    The basic attribute set has no PEC column, so the credit type must speak there.
    """
    if line.pec is not None:
        return line.pec
    if squeezed(line.text("CreditType")) in PEC_TEXTS:
        return RATE if line.credit in (None, 0, 1) else line.credit  # 0 or 100: a share of it
    return Fraction(0)


@dataclass(frozen=True)
class Judged:
    line: Line
    findings: list[str]  # in rank order; the first is primary
    by_design: bool
    paid: bool
    standing: str
    reason: str | None
    potential_credit: Fraction
    credit: Fraction

    @property
    def outcome(self) -> str:
        return "ineligible" if self.by_design else "undetermined"


def judge(line: Line, prices: Prices | None = None) -> Judged:
    holding = {rule.__name__ for _, rule in BY_DESIGN if rule(line)}
    if prices is not None:
        holding |= prices.findings(line.text("ProductId"), line.text("SkuId"), line.day)
    findings = sorted(holding, key=lambda name: RANK[name])
    by_design = bool(findings)
    if not by_design:
        findings = [NO_ACCESS_EVIDENCE]
    rate = rate_of(line)
    paid = rate > 0 and nothing_charged.__name__ not in findings
    if by_design:
        standing = "unexpected" if paid else "excluded"
        reason: str | None = findings[0]
    else:
        # Undetermined and paid is earned: the file itself shows access (model, section 5).
        standing, reason = ("earned", None) if paid else ("unknown", NO_ACCESS_EVIDENCE)
    return Judged(
        line=line,
        findings=findings,
        by_design=by_design,
        paid=paid,
        standing=standing,
        reason=reason,
        potential_credit=Fraction(0) if by_design else RATE * line.list_cost,
        credit=rate * line.list_cost if paid else Fraction(0),
    )
