"""A random world to bytes: cells as a layout spells them, rows gone bad, and the containers."""

from __future__ import annotations

import gzip
import json
import random
import re
from datetime import date, timedelta

from layouts import Layout
from truth import Record, Truth

JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
NUMERIC = {
    "UnitPrice",
    "Quantity",
    "PricingPreTaxTotal",
    "BillingPreTaxTotal",
    "PartnerEarnedCreditPercentage",
    "CreditPercentage",
    "Tier2MpnId",
}
NEEDED = {"UsageDate", "EntitlementId", "UnitPrice", "Quantity"}

SLASHED = {
    "M/d": ("{m}/{d}/{y}", "{m:02}/{d:02}/{y}", "{m}/{d}/{y} 12:00:00 AM", "{m}-{d}-{y}"),
    "d/M": ("{d}/{m}/{y}", "{d:02}/{m:02}/{y}", "{d}/{m}/{y} 0:00", "{d}-{m}-{y}"),
}
SHORT = ("{m}-{d}-{s:02}", "{m:02}-{d:02}-{s:02}")
YEAR_FIRST = (
    "{y}-{m:02}-{d:02}",
    "{y}/{m:02}/{d:02}",
    "{y}-{m:02}-{d:02}T00:00:00Z",
    "{y}-{m:02}-{d:02}T00:00:00",
    "{y}-{m:02}-{d:02} 00:00:00",
    "{y}-{m:02}-{d:02}T09:22:40.1767993-08:00",
    "{y}-{m:02}-{d:02}T22:22:40.5-08:00",
    "{y}-{m:02}-{d:02}T03:00:00+05:30",
    "{y}-{m:02}-{d:02}T23:59:59+00:00",
)


def write_day(day: date, form: str) -> str:
    return form.format(y=day.year, m=day.month, d=day.day, s=day.year % 100)


def add_dates(rng: random.Random, record: Record, day: date, order: str) -> None:
    """One spelling for the three dates of a row, or each its own; the period settles the order."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    last = following if rng.random() < 0.5 else following - timedelta(days=1)
    form = rng.choice(SLASHED[order] + (SHORT if order == "M/d" else ()))
    if rng.random() < 0.4:
        form = rng.choice(YEAR_FIRST)
    period_form = form if rng.random() < 0.7 else rng.choice(YEAR_FIRST[:5])
    if form in YEAR_FIRST[5:]:  # moments inside a day are for the usage day alone
        period_form = YEAR_FIRST[2]
    record["UsageDate"] = write_day(day, form)
    record["ChargeStartDate"] = write_day(first, period_form)
    record["ChargeEndDate"] = write_day(last, period_form.replace("T00:00:00", "T23:59:00"))
    if rng.random() < 0.05:
        record["ChargeEndDate"] = ""
    if rng.random() < 0.03:
        record["ChargeStartDate"] = rng.choice(("", "0001-01-01T00:00:00", "2/2/2020"))


# Each makes one cell wrong in one way; the expected file says which column is to blame.
BAD_CELLS: list[Record] = [
    {"UsageDate": ""},
    {"UsageDate": "31/31/2020"},
    {"UsageDate": "2/30/2021"},
    {"UsageDate": "0001-01-01T00:00:00"},
    {"UsageDate": "12/25/1999"},
    {"UsageDate": "2100-01-01"},
    {"UsageDate": "yesterday"},
    {"UsageDate": "3/4/2021", "ChargeStartDate": ""},
    {"UsageDate": "3/4/2021", "ChargeStartDate": "0001-01-01T00:00:00"},
    {"UsageDate": "1/2/2020", "ChargeStartDate": "2020-01-01", "ChargeEndDate": "2020-02-01"},
    {"UsageDate": "3/4/2021", "ChargeStartDate": "2021-03-15"},
    {"EntitlementId": "", "ResourceURI": ""},
    {"EntitlementId": "", "ResourceURI": "/providers/Microsoft.Capacity/x"},
    {"EntitlementId": "s" * 129},
    {"EntitlementId": "ab\x01cd"},
    {"CustomerId": "c" * 200},
    {"CustomerId": "one\ttwo"},
    {"UnitPrice": ""},
    {"UnitPrice": "1,5"},
    {"UnitPrice": "(1.5)"},
    {"UnitPrice": "$3.00"},
    {"UnitPrice": "1_000"},
    {"UnitPrice": "NaN"},
    {"UnitPrice": "."},
    {"UnitPrice": "e5"},
    {"UnitPrice": "1" * 39},
    {"UnitPrice": "0." + "0" * 48 + "1"},
    {"UnitPrice": "0." + "0" * 29 + "1", "Quantity": "0." + "0" * 21 + "3"},
    {"UnitPrice": "1e7", "Quantity": "-1e6"},
    {"Quantity": ""},
    {"Quantity": "1.234,5"},
    {"Quantity": "inf"},
    {"Quantity": "1 000"},
    {"Quantity": "--1"},
    {"PricingCurrency": "US"},
    {"PricingCurrency": "EURO"},
    {"PricingCurrency": "U$D"},
    {"PartnerEarnedCreditPercentage": "150"},
    {"PartnerEarnedCreditPercentage": "-0.15"},
    {"PartnerEarnedCreditPercentage": "15.00001%"},
    {"PartnerEarnedCreditPercentage": "fifteen"},
    {"CreditPercentage": "100.5"},
    {"CreditPercentage": "n/a"},
    {"PricingPreTaxTotal": "n/a"},
    {"PricingPreTaxTotal": "1,00"},
    {"UnitPrice": "abc", "Quantity": "abc", "PricingCurrency": "?"},
]
# Right on the border of being wrong.
ALMOST_BAD: list[Record] = [
    {"UsageDate": "1/1/2000"},
    {"UsageDate": "2099-12-31"},
    {"UsageDate": "2/29/2020"},
    {"UsageDate": "1/20/2020", "ChargeStartDate": ""},
    {"UsageDate": "5/10/2019", "ChargeStartDate": "1/10/2019"},
    {"UsageDate": "5/10/2019", "ChargeStartDate": "2019-10-01", "ChargeEndDate": "2019-10-31"},
    {"UsageDate": "1/5/2020", "ChargeStartDate": "1/1/2020", "ChargeEndDate": ""},
    {"UnitPrice": "9" * 38, "Quantity": "1e-30"},
    {"UnitPrice": "0." + "0" * 47 + "1", "Quantity": "20"},
    {"UnitPrice": "0." + "0" * 29 + "1", "Quantity": "0." + "0" * 19 + "3"},
    {"UnitPrice": "9999999999999.99", "Quantity": "1"},
    {"CustomerId": "c" * 128},
    {"CustomerId": ""},
    {"PricingCurrency": ""},
    {"PricingCurrency": " uSd "},
    {"PartnerEarnedCreditPercentage": "100"},
    {"PartnerEarnedCreditPercentage": "0.000001"},
    {"PricingPreTaxTotal": "  "},
]


def records_of(rng: random.Random, truth: Truth) -> list[Record]:
    order = rng.choice(("M/d", "M/d", "d/M"))
    bad = rng.choice((0.0, 0.02, 0.1))
    records = []
    for record, day in truth.records():
        # Now and then one row of a file has the other order (a part pasted in by hand).
        row_order = order if rng.random() < 0.97 else rng.choice(("M/d", "d/M"))
        add_dates(rng, record, day, row_order)
        if rng.random() < bad:
            record.update(rng.choice(BAD_CELLS))
        elif rng.random() < 0.03:
            almost = rng.choice(ALMOST_BAD)
            # A blank currency is USD; one Azure subscription keeps to one currency.
            if "PricingCurrency" not in almost or record["PricingCurrency"].upper() == "USD":
                record.update(almost)
        records.append(record)
    if rng.random() < 0.5:
        rng.shuffle(records)
    return records


def fit(records: list[Record], layout: Layout) -> None:
    """A boolean column holds booleans."""
    name = layout.names.get("PartnerEarnedCreditPercentage", "")
    boolean = "has" in name.lower()
    for record in records:
        cell = record.get("PartnerEarnedCreditPercentage", "")
        if boolean and re.fullmatch(r"[0-9.]*1", cell):
            record["PartnerEarnedCreditPercentage"] = "true"


# Containers


def csv_bytes(rng: random.Random, layout: Layout, records: list[Record]) -> bytes:
    newline = rng.choice(("\n", "\r\n"))
    quoting = rng.choice((0.0, 0.05, 1.0))
    names = layout.names
    lines = [",".join(csv_cell(rng, name, quoting) for name in names.values())]
    for record in records:
        cells = [padded(rng, record.get(column, "")) for column in names]
        texts = [csv_cell(rng, cell, quoting) for cell in cells]
        damage_record(rng, list(names), texts)
        lines.append(",".join(texts))
        if rng.random() < 0.01:
            lines.append("")
    text = newline.join(lines)
    if rng.random() < 0.9:
        text += newline
    data = text.encode("utf-8", "surrogateescape")
    return b"\xef\xbb\xbf" + data if rng.random() < 0.3 else data


def padded(rng: random.Random, cell: str) -> str:
    return f" {cell}  " if rng.random() < 0.003 else cell


def csv_cell(rng: random.Random, cell: str, quoting: float) -> str:
    must = cell.startswith('"') or any(c in cell for c in ",\n\r")
    if must or (quoting and rng.random() < quoting):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def damage_record(rng: random.Random, columns: list[str], texts: list[str]) -> None:
    """Wrong number of fields, an empty record, bytes that are not UTF-8, a quote left open."""
    roll = rng.random()
    if roll < 0.003:
        texts.pop()
    elif roll < 0.006:
        texts.append("extra")
    elif roll < 0.008:
        texts[:] = [""] * len(texts)
    elif roll < 0.010:
        texts[:] = ["   "]
    elif roll < 0.013:
        column = rng.choice(("CustomerId", "EntitlementId", "CustomerCountry", "UnitPrice"))
        texts[columns.index(column)] = "caf\udce9"
    elif roll < 0.018:
        texts[columns.index("CustomerName")] = '"Contoso'
    elif roll < 0.021:
        texts[columns.index("CustomerName")] = '"Con"toso "x"'


def json_cell(rng: random.Random, column: str, cell: str) -> str:
    if cell == "":
        return rng.choice(('""', "null"))
    if cell in ("true", "false") and rng.random() < 0.5:
        return cell
    if column in NUMERIC and JSON_NUMBER.fullmatch(cell) and rng.random() < 0.6:
        return cell
    return json.dumps(cell, ensure_ascii=rng.random() < 0.5)


def json_object(
    rng: random.Random, layout: Layout, record: Record, first: bool, pretty: bool
) -> str:
    members = []
    for column, name in layout.names.items():
        cell = record.get(column, "")
        if (
            cell == ""
            and not first
            and rng.random() < 0.3
            and may_be_left_out(column, record, layout)
        ):
            continue
        members.append(f"{json.dumps(name)}: {json_cell(rng, column, cell)}")
    if layout.v1:
        members.append('"attributes": {"objectType": "DailyRatedUsageLineItem"}')
    if pretty:
        return "{\n      " + ",\n      ".join(members) + "\n    }"
    return "{" + ", ".join(members) + "}"


def may_be_left_out(column: str, record: Record, layout: Layout) -> bool:
    """A needed property may be missing only where that is an issue in every reading."""
    if column in ("PartnerEarnedCreditPercentage", "CreditType"):
        return False
    if column not in NEEDED:
        return True
    return not layout.v1 and (column != "EntitlementId" or not record.get("ResourceURI"))


def jsonl_bytes(rng: random.Random, layout: Layout, records: list[Record]) -> bytes:
    newline = rng.choice(("\n", "\n", "\r\n"))
    lines = []
    for at, record in enumerate(records):
        lines.append(json_object(rng, layout, record, at == 0, False))
        if rng.random() < 0.01:
            lines.append(rng.choice(("", "  ")))
    text = newline.join(lines) + (newline if rng.random() < 0.8 else "")
    return text.encode()


def document_bytes(rng: random.Random, layout: Layout, records: list[Record]) -> bytes:
    pretty = rng.random() < 0.5
    objects = [
        json_object(rng, layout, record, at == 0, pretty) for at, record in enumerate(records)
    ]
    array = "[" + (",\n    " if pretty else ", ").join(objects) + "]"
    shape = rng.choice(("items", "items", "value", "bare"))
    if shape == "items":
        array = f'{{"totalCount": {len(objects)},\n  "items": {array}}}'
    elif shape == "value":
        array = f'{{"value": {array}}}'
    return (array + rng.choice(("", "\n"))).encode()


def file_of(rng: random.Random, layout: Layout, records: list[Record]) -> tuple[str, bytes]:
    """The ending of the file name and the bytes."""
    fit(records, layout)
    if layout.kind == "csv":
        ending, data = ".csv", csv_bytes(rng, layout, records)
    elif layout.kind == "jsonl":
        ending, data = ".jsonl", jsonl_bytes(rng, layout, records)
    else:
        ending, data = ".json", document_bytes(rng, layout, records)
    if rng.random() < 0.15:
        # v2 exports are JSON Lines under the name part-00049-<guid>.c000.json.gz
        ending = ".c000.json" if layout.kind == "jsonl" else ending
        return ending + ".gz", gzip.compress(data, 1, mtime=0)
    return ending, data
