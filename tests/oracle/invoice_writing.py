"""Invoice lines to cells, in every published layout, and cells to the bytes of a file."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from amounts import decimals_of
from invoice_names import COLUMNS
from layouts import Layout, camel
from truth import Record
from writing import JSON_NUMBER, document_bytes, fit, jsonl_bytes, write_day

OLD = [  # 2019 to 2020: 38 columns
    name for name in COLUMNS[:39] if name != "ResellerMPNID"
]
IN_2020 = COLUMNS[:40]
IN_2021 = COLUMNS[:41]

LOWER_MPN = {"MPNID": "MpnId", "ResellerMPNID": "ResellerMpnId"}
OLD_NAMES = {**LOWER_MPN, "Subtotal": "SubTotal", "TermAndBillingCycle": "TermAndBillingcycle"}
REAL_NAMES = {"ReferenceID": "ReferenceId", "PromotionID": "PromotionId"}
ANNOUNCED = {
    "ProductId": "ProductID",
    "SkuId": "SKUID",
    "AvailabilityId": "AvailabilityID",
    "SubscriptionId": "SubscriptionID",
    "PriceAdjustmentDescription": "PriceAdjusmentDescription",
}
API_NAMES = {
    "MPNID": "mpnId",
    "ResellerMPNID": "resellerMpnId",
    "Total": "totalForCustomer",
    "PCToBCExchangeRate": "pcToBCExchangeRate",
    "PCToBCExchangeRateDate": "pcToBCExchangeRateDate",
    "ReferenceID": "referenceId",
    "PromotionID": "promotionId",
}
NUMBERS = set(
    "UnitPrice Quantity Subtotal TaxTotal Total EffectiveUnitPrice BillableQuantity PCToBCExchangeRate".split()
)
DISCOUNT_DETAILS = "?DiscountDetails"  # in the API records; nobody documents what it holds


@dataclass(frozen=True)
class InvoiceLayout:
    """Documented column -> header, in file order."""

    kind: str  # csv, jsonl or document
    names: dict[str, str]
    v1: bool = False
    iso_dates: bool = False

    def has(self, column: str) -> bool:
        return column in self.names


def named(columns: list[str], names: dict[str, str]) -> dict[str, str]:
    return {column: names.get(column, column) for column in columns}


def choose_invoice_layout(rng: random.Random) -> InvoiceLayout:
    style = rng.choice(
        ("38", "40", "41", "2021", "46", "46", "real", "47", "announced", "camel", "jsonl", "v1")
    )
    api_names = {column: API_NAMES.get(column, camel(column)) for column in COLUMNS}
    if style == "v1":
        return InvoiceLayout("document", api_names, v1=True, iso_dates=True)
    if style == "jsonl":
        return InvoiceLayout("jsonl", named(COLUMNS, REAL_NAMES), iso_dates=True)
    names = {
        "38": named(OLD, OLD_NAMES),
        "40": named(IN_2020, LOWER_MPN),
        "41": named(IN_2021, LOWER_MPN),
        "2021": named(COLUMNS, LOWER_MPN),
        "46": named(COLUMNS, {}),
        "real": named(COLUMNS, {**LOWER_MPN, **REAL_NAMES}),
        "47": {**named(COLUMNS, REAL_NAMES), DISCOUNT_DETAILS: "DiscountDetails"},
        "announced": named(COLUMNS, ANNOUNCED),
        "camel": api_names,
    }[style]
    if rng.random() < 0.2:
        names = {column: spaced(rng, name) for column, name in names.items()}
    if rng.random() < 0.2:
        items = list(names.items())
        rng.shuffle(items)
        names = dict(items)
    return InvoiceLayout("csv", names)


def spaced(rng: random.Random, name: str) -> str:
    separator = rng.choice(("", " ", "_"))
    return re.sub(r"(?<=[a-z])(?=[A-Z])", separator, name)


# Cells


def plain_text(value: Fraction, least: int = 0) -> str:
    """A decimal without exponent, with at least so many decimals."""
    places = max(least, decimals_of(value))
    scaled = abs(value) * 10**places
    digits = str(scaled.numerator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    return sign + whole + ("." + decimals if decimals else "")


def money(rng: random.Random, value: Fraction) -> str:
    return plain_text(value, rng.choice((0, 0, 2)))


def adjustment_cell(rng: random.Random, texts: list[str]) -> str:
    if not texts:
        return rng.choice(("", "", "[]"))
    if rng.random() < 0.5:
        rng.shuffle(texts)
    if len(texts) == 1 and rng.random() < 0.03:
        return texts[0]  # no list: the documents promise no form
    return json.dumps(texts, separators=(",", rng.choice((":", ": "))))


def pec_text(rng: random.Random, rate: Fraction) -> str:
    percent = rng.choice(
        (plain_text(rate * 100, 1), plain_text(rate * 100, 1), plain_text(rate * 100))
    )
    return f"{percent}% Partner earned credit for services managed"


def tier_text(rng: random.Random, share: Fraction) -> str:
    return f"{plain_text(share * 100, rng.choice((0, 1, 1)))}% Tier 1 Discount"


def add_period(rng: random.Random, record: Record, day: date, iso: bool) -> None:
    """The dates of a line. In CSV M/d/yyyy; the API writes moments, and year 1 for none."""
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    form = "{y}-{m:02}-{d:02}T00:00:00Z" if iso else "{m}/{d}/{y}"
    record["ChargeStartDate"] = write_day(first, form)
    record["ChargeEndDate"] = write_day(last, form)
    record["PCToBCExchangeRateDate"] = write_day(last, form)
    record["OrderDate"] = write_day(first, form)
    if iso:
        record["OrderDate"] = record["OrderDate"].replace("00:00:00Z", "18:30:06.6045692Z")
        if rng.random() < 0.1:
            record["PCToBCExchangeRateDate"] = "0001-01-01T00:00:00"
    if record.get("SubscriptionStartDate") == "yes":
        record["SubscriptionStartDate"] = write_day(first, form)
        record["SubscriptionEndDate"] = write_day(last.replace(year=last.year + 1, day=28), form)


# Containers


def csv_of(rng: random.Random, names: dict[str, str], records: list[Record]) -> bytes:
    text = io.StringIO(newline="")
    newline = rng.choice(("\n", "\r\n"))
    if rng.random() < 0.1:
        writer = csv.writer(text, lineterminator=newline, quoting=csv.QUOTE_ALL)
    else:
        writer = csv.writer(text, lineterminator=newline)
    writer.writerow(names.values())
    writer.writerows([record.get(column, "") for column in names] for record in records)
    data = text.getvalue().encode()
    return b"\xef\xbb\xbf" + data if rng.random() < 0.2 else data


def zipped(rng: random.Random, ending: str, data: bytes) -> tuple[str, bytes]:
    if rng.random() < 0.15:
        ending = ".c000.json" if ending == ".jsonl" else ending
        return ending + ".gz", gzip.compress(data, 1, mtime=0)
    return ending, data


def daily_bytes(rng: random.Random, layout: Layout, records: list[Record]) -> tuple[str, bytes]:
    """A daily file without any damage; `writing.file_of` writes the damaged ones."""
    fit(records, layout)
    if layout.kind == "csv":
        return zipped(rng, ".csv", csv_of(rng, layout.names, records))
    if layout.kind == "jsonl":
        return zipped(rng, ".jsonl", jsonl_bytes(rng, layout, records))
    return zipped(rng, ".json", document_bytes(rng, layout, records))


def invoice_bytes(
    rng: random.Random, layout: InvoiceLayout, records: list[Record]
) -> tuple[str, bytes]:
    if layout.kind == "csv":
        return zipped(rng, ".csv", csv_of(rng, layout.names, records))
    objects = [invoice_object(rng, layout, record) for record in records]
    if layout.kind == "jsonl":
        return zipped(rng, ".jsonl", ("\n".join(objects) + "\n").encode())
    array = "[" + ", ".join(objects) + "]"
    if rng.random() < 0.8:
        array = f'{{"totalCount": {len(objects)}, "items": {array}}}'
    return zipped(rng, ".json", array.encode())


def invoice_object(rng: random.Random, layout: InvoiceLayout, record: Record) -> str:
    """The API mixes texts and numbers for the same property ("14.4" and 820), and so do we."""
    members = []
    for column, name in layout.names.items():
        cell = record.get(column, "")
        value = json.dumps(cell)
        if cell and column in NUMBERS and JSON_NUMBER.fullmatch(cell) and rng.random() < 0.6:
            value = cell
        elif column == "ProductQualifiers" or (cell[:2] == '["' and rng.random() < 0.2):
            value = cell or "[]"
        elif cell == "" and rng.random() < 0.2:
            value = "null"
        members.append(f"{json.dumps(name)}: {value}")
    if layout.v1:
        members.append('"discountDetails": ""')
        members.append('"attributes": {"objectType": "OneTimeInvoiceLineItem"}')
    return "{" + ", ".join(members) + "}"
