"""A small month that all tests of the Python layer share."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence

SUBSCRIPTION = "3f47bcf1-965d-40a1-a2bc-3d5db3653250"
VM = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-a/providers/Microsoft.Compute/virtualMachines/vm1"

RECORD = {
    "CustomerId": "c0ffee00-0000-4000-8000-000000000001",
    "EntitlementId": SUBSCRIPTION,
    "ResourceGroup": "rg-a",
    "ResourceURI": VM,
    "UsageDate": "2026-10-01",
    "ChargeType": "new",
    "UnitPrice": "0.045",
    "Quantity": "24",
    "PricingCurrency": "USD",
    "PublisherName": "Microsoft",
    "MeterName": "D2s v3",
    "PartnerEarnedCreditPercentage": "15",
    "Tier2MpnId": "1234567",
}


def record(**differences: str) -> dict[str, str]:
    return {**RECORD, **differences}


MONTH = [
    record(UsageDate="2026-10-01"),
    record(UsageDate="2026-10-02"),
    record(UsageDate="2026-10-03"),
    record(UsageDate="2026-10-04", PartnerEarnedCreditPercentage="0"),
    record(UsageDate="2026-10-05", PartnerEarnedCreditPercentage="0"),
    record(UsageDate="2026-10-06", UnitPrice="0.1835431430074643112595", Quantity="0.0001"),
    record(UsageDate="2026-10-06", MeterName="D2s v3 Spot", PartnerEarnedCreditPercentage="0"),
    record(UsageDate="2026-10-07", PricingCurrency="EUR"),
]

SUMS = [
    ("earned", None, "EUR", 1, "1.08", "0.162", "0.162"),
    (
        "earned",
        None,
        "USD",
        4,
        "3.24001835431430074643112595",
        "0.4860027531471451119646688925",
        "0.4860027531471451119646688925",
    ),
    ("unknown", "no_access_evidence", "USD", 2, "2.16", "0.324", "0.00"),
    ("excluded", "spot_virtual_machine", "USD", 1, "1.08", "0.00", "0.00"),
]


def named(texts: Sequence[str]) -> list[dict[str, str]]:
    """Unpaid lines, each with one of these texts wherever a name can stand."""
    names = ("CustomerName", "EntitlementId", "EntitlementDescription", "ResourceGroup")
    return [
        record(CustomerId=f"c{number}", PartnerEarnedCreditPercentage="0", **dict.fromkeys(names, text))
        for number, text in enumerate(texts)
    ]


def sums_of(found: Mapping) -> list[tuple]:
    names = ("standing", "reason", "currency", "lines", "list_cost", "potential_credit", "credit")
    return [tuple(row[name] for name in names) for row in found["sums"]]


def csv_of(records: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def jsonl_of(records: Sequence[Mapping[str, str]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in records).encode()


def gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
