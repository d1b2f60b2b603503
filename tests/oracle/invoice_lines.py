"""Rows of an invoice reconciliation file to invoice lines: what they are, what lowered their price."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fractions import Fraction

from amounts import Refusal, decimals_of, list_cost, parse_number
from invoice import ZERO, billable_cost, exchanged, net
from meaning import CURRENCY, Failed, Issue, valid_text
from reading import Row

Key = tuple[str, str, str, str]  # plan, product, sku, availability

PEC_TEXT = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)% partner earned credit for services managed", re.IGNORECASE
)
TIER_TEXT = re.compile(r"([0-9]+(?:\.[0-9]+)?)% tier [0-9]+ discount", re.IGNORECASE)
FIRST_PARTY = ("", "microsoft", "microsoft corporation")
KEY_COLUMNS = ("SubscriptionId", "ProductId", "SkuId", "AvailabilityId")


@dataclass(frozen=True)
class InvoiceLine:
    """One row: an Azure plan meter, or whatever else a partner is billed for."""

    kind: str
    key: Key
    unit_price: Fraction
    quantity: Fraction  # BillableQuantity; Quantity is 1 for usage
    subtotal: Fraction
    tax: Fraction
    currency: str
    pricing_currency: str
    exchange_rate: Fraction
    rate: Fraction  # of Partner Earned Credit
    tier: Fraction  # the share that the tier takes off; 0 without such a text
    has_tier: bool
    other_text: bool  # an adjustment that is neither
    metered: bool

    @property
    def is_compared(self) -> bool:
        """Third-party SaaS and one-time purchases have no daily cost (daily_rated_usage.md)."""
        return self.kind == "usage" or (self.kind == "marketplace" and self.metered)

    @property
    def exact(self) -> Fraction:
        return net(self.quantity, self.unit_price, self.rate, self.tier)

    @property
    def cost(self) -> Fraction:
        return billable_cost(self.quantity, self.unit_price, self.rate, self.tier)

    @property
    def billed(self) -> Fraction:
        """What the published rules make of this line's own figures."""
        return exchanged(self.cost, self.exchange_rate, self.currency)


def key_of(row: Row) -> Key:
    plan, product, sku, availability = (row.get(name).lower() for name in KEY_COLUMNS)
    return plan, product, sku, availability


def read_invoice_row(row: Row) -> InvoiceLine | Issue:
    if row.problem:
        return Issue(row.file, row.number, "", "", row.problem)
    try:
        return read_cells(row)
    except Failed as failed:
        found = row.get(failed.meaning)
        return Issue(row.file, row.number, row.column(failed.meaning), found, failed.expected)


def read_cells(row: Row) -> InvoiceLine:
    for name in row.cells:
        valid_text(row, name)
    unit_price = needed(row, "UnitPrice")
    quantity = needed(row, "BillableQuantity")
    try:
        list_cost(unit_price, quantity)
    except Refusal as refusal:
        raise Failed("UnitPrice", str(refusal)) from refusal
    purchased = needed(row, "Quantity") if row.get("Quantity") else None
    rate, tier, other_text = adjustments_of(row)
    metered = bool(row.get("UnitType") or row.get("MeterDescription"))
    return InvoiceLine(
        kind=kind_of(row, metered, purchased),
        key=key_of(row),
        unit_price=unit_price,
        quantity=quantity,
        subtotal=needed(row, "Subtotal"),
        tax=needed(row, "TaxTotal") if row.get("TaxTotal") else ZERO,
        currency=currency(row, "Currency"),
        pricing_currency=currency(row, "PricingCurrency", "USD"),  # R80
        exchange_rate=exchange_rate(row),
        rate=rate,
        tier=tier or ZERO,
        has_tier=tier is not None,
        other_text=other_text,
        metered=metered,
    )


def needed(row: Row, name: str) -> Fraction:
    try:
        return parse_number(row.get(name))
    except Refusal as refusal:
        raise Failed(name, str(refusal)) from refusal


def exchange_rate(row: Row) -> Fraction:
    name = "PCToBCExchangeRate"
    return needed(row, name) if row.get(name) else Fraction(1)


def currency(row: Row, name: str, default: str = "") -> str:
    text = row.get(name) or default
    if not CURRENCY.fullmatch(text):
        raise Failed(name, "three letters")
    return text.upper()


def kind_of(row: Row, metered: bool, purchased: Fraction | None) -> str:
    """From the file's own columns, in this order (spec, "Classes of invoice lines")."""
    reason = row.get("CreditReasonCode").lower()
    if row.get("ChargeType").lower() == "customercredit" or reason.startswith("azure c"):
        return "credit"
    if row.get("ReservationOrderId"):
        names = ("TermAndBillingCycle", "ProductName", "SkuName")
        texts = [row.get(name).lower() for name in names]
        if any("savings plan" in text for text in texts):
            return "savings_plan"
        if any("reservation" in text or "reserved" in text for text in texts):
            return "reservation"
    if row.get("PublisherName").lower() not in FIRST_PARTY:
        return "marketplace"
    if row.get("SubscriptionDescription").lower() == "azure plan" or (metered and purchased == 1):
        return "usage"
    return "licence"


def adjustments_of(row: Row) -> tuple[Fraction, Fraction | None, bool]:
    """The rate of PEC, the share of a tier discount if there is one, and whether there is more."""
    name = "PriceAdjustmentDescription"
    rates: set[Fraction] = set()
    left, has_tier, other_text = Fraction(1), False, False
    for text in texts_of(row.get(name)):
        pec, tier = PEC_TEXT.fullmatch(text), TIER_TEXT.fullmatch(text)
        share = percentage(pec or tier) if pec or tier else ZERO
        if share > 1:
            raise Failed(name, "at most 100 percent")
        if pec:
            rates.add(share)
        elif tier:
            left, has_tier = left * (1 - share), True
        else:
            other_text = True
    if len(rates) > 1:
        raise Failed(name, "one rate of Partner Earned Credit")
    return max(rates, default=ZERO), 1 - left if has_tier else None, other_text


def percentage(match: re.Match[str] | None) -> Fraction:
    assert match is not None
    share = Fraction(match[1]) / 100
    assert decimals_of(share) < 40
    return share


def texts_of(cell: str) -> list[str]:
    """A JSON list in one cell; what is no list is one text (the documents promise no form)."""
    if not cell:
        return []
    try:
        parsed = json.loads(cell)
    except ValueError:
        return [cell]
    if not isinstance(parsed, list):
        return [cell]
    return [text.strip() for text in parsed if isinstance(text, str) and text.strip()]
