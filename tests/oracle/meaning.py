"""Rows of text to usage lines, or to the one issue that keeps a row out of the sums."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from amounts import Refusal, list_cost, parse_number, parse_percent
from dates import usage_day
from names import NEEDED_EITHER, normalised
from reading import Row

ID_LIMIT = 128
SURROGATE = re.compile("[\ud800-\udfff]")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
LOST_DIGITS = re.compile(r"\d(?:[.,]\d*)?[eE]\+?\d+", re.ASCII)
CURRENCY = re.compile("[A-Za-z]{3}")
# The usage day of the earliest published record that carries the credit is 2018-11-13 (v1 API); whole months.
PROGRAMME_START = date(2018, 11, 1)


@dataclass(frozen=True)
class Issue:
    """Why a row could not be read: the FIRST failing column and what was expected there."""

    file: str
    row: int
    column: str
    found: str
    expected: str


@dataclass(frozen=True)
class Line:
    """One charge of one resource and meter on one day."""

    row: Row
    day: date
    customer: str
    subscription: str
    resource_group: str
    resource: str
    reseller: str
    currency: str
    list_cost: Fraction
    pec: Fraction | None  # None: no column, or blank
    credit: Fraction | None
    pricing_total: Fraction | None

    def text(self, meaning: str) -> str:
        return self.row.get(meaning)


class Failed(Exception):
    def __init__(self, meaning: str, expected: str) -> None:
        super().__init__(expected)
        self.meaning = meaning
        self.expected = expected


def read_row(row: Row) -> Line | Issue:
    if row.problem:
        return Issue(row.file, row.number, "", "", row.problem)
    try:
        return read_cells(row)
    except Failed as failed:
        found = row.get(failed.meaning)
        return Issue(row.file, row.number, row.column(failed.meaning), found, failed.expected)


def read_cells(row: Row) -> Line:
    """Column by column in the order in which spec.md looks for the first that fails."""
    day = read_day(row)
    subscription = read_subscription(row)
    customer = read_customer(row)
    price = number(row, "UnitPrice")
    quantity = number(row, "Quantity")
    try:
        cost = list_cost(price, quantity)
    except Refusal as refusal:
        raise Failed("UnitPrice", str(refusal)) from refusal
    currency = read_currency(row)
    if not any(name in row.cells for name in NEEDED_EITHER):
        raise Failed("PartnerEarnedCreditPercentage", "a PEC column or CreditType")
    pec = percent(row, "PartnerEarnedCreditPercentage")
    credit = percent(row, "CreditPercentage")
    total = number(row, "PricingPreTaxTotal") if row.get("PricingPreTaxTotal") else None
    uri = row.get("ResourceURI")
    for meaning in row.cells:
        valid_text(row, meaning)
    group = row.get("ResourceGroup") or segment_after(uri, "resourcegroups")
    reseller = row.get("Tier2MpnId")
    read_id("Tier2MpnId", reseller)
    # Last, since every cell of the row could be read: no rate is known for earlier days.
    if day < PROGRAMME_START:
        raise Failed("UsageDate", f"a day from {PROGRAMME_START} on")
    return Line(
        row=row,
        day=day,
        customer=customer,
        subscription=subscription,
        resource_group=group.lower(),
        resource=uri.lower().rstrip("/"),
        reseller=reseller_of(reseller),
        currency=currency,
        list_cost=cost,
        pec=pec,
        credit=credit,
        pricing_total=total,
    )


def valid_text(row: Row, meaning: str) -> str:
    text = row.get(meaning)
    if SURROGATE.search(text):
        raise Failed(meaning, "UTF-8 text")
    return text


def read_day(row: Row) -> date:
    for meaning in ("UsageDate", "ChargeStartDate", "ChargeEndDate"):
        valid_text(row, meaning)
    day = usage_day(row.get("UsageDate"), row.get("ChargeStartDate"), row.get("ChargeEndDate"))
    if isinstance(day, str):
        raise Failed("UsageDate", day)
    return day


def read_id(meaning: str, text: str) -> str:
    if len(text) > ID_LIMIT or CONTROL.search(text):
        raise Failed(meaning, f"an id of at most {ID_LIMIT} characters, no control characters")
    if LOST_DIGITS.fullmatch(text):
        raise Failed(meaning, "the whole id; a spreadsheet made a number of it")
    return text.lower()


def read_subscription(row: Row) -> str:
    """Trap 4: the Azure subscription is EntitlementId, never SubscriptionId."""
    text = valid_text(row, "EntitlementId")
    if not text and "EntitlementId" in row.cells:
        uri = row.get("ResourceURI")
        if uri.lower().startswith("/subscriptions/"):
            text = uri.split("/")[2].strip()
    if not text:
        raise Failed("EntitlementId", "an Azure subscription id")
    return read_id("EntitlementId", text)


def read_customer(row: Row) -> str:
    text = valid_text(row, "CustomerId").removeprefix("org:")  # trap 7
    return read_id("CustomerId", text)


def reseller_of(text: str) -> str:
    """0 means none (trap 7); data frames write ids of a column with blank cells as 67890.0."""
    digits = re.sub(r"^([0-9]+)\.0$", r"\1", text)
    return "" if digits == "0" else digits


def read_currency(row: Row) -> str:
    text = valid_text(row, "PricingCurrency")
    if not text:
        return "USD"  # R80: the Azure plan is priced in USD
    if not CURRENCY.fullmatch(text):
        raise Failed("PricingCurrency", "three letters")
    return text.upper()


def number(row: Row, meaning: str) -> Fraction:
    try:
        return parse_number(valid_text(row, meaning))
    except Refusal as refusal:
        raise Failed(meaning, str(refusal)) from refusal


def percent(row: Row, meaning: str) -> Fraction | None:
    text = valid_text(row, meaning)
    if not text:
        return None
    boolean = normalised(row.column(meaning)) == "haspartnerearnedcredit"
    try:
        return parse_percent(text, boolean)
    except Refusal as refusal:
        raise Failed(meaning, str(refusal)) from refusal


def segment_after(uri: str, name: str) -> str:
    """The path segment that follows `name`, by segment and without regard to case."""
    segments = uri.split("/")
    for at, segment in enumerate(segments[:-1]):
        if segment.lower() == name:
            return segments[at + 1]
    return ""
