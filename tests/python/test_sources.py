"""Other sources of usage from Python, and gross and net."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import pec

ROW = {
    "ChargePeriodStart": "2026-10-04T00:00:00Z",
    "SubAccountId": "/subscriptions/3f47bcf1-965d-40a1-a2bc-3d5db3653250",
    "ListUnitPrice": 1.5,
    "PricingQuantity": 10.0,
    "BillingCurrency": "USD",
    "BilledCost": 12.75,
    "x_PartnerCreditApplied": True,
    "x_PartnerCreditRate": 0.15,
}


def parquet(path: Path, rows: int) -> None:
    pq.write_table(pa.Table.from_pylist([ROW] * rows), path)


def test_the_partitions_of_an_export_are_one_month(tmp_path: Path) -> None:
    parquet(tmp_path / "part_0_0001.snappy.parquet", 2)
    parquet(tmp_path / "part_1_0001.snappy.parquet", 3)
    parquet(tmp_path / "part_9_0001.snappy.parquet", 7)
    blobs = [{"blobName": f"focus/20261001-20261031/x/part_{part}_0001.snappy.parquet"} for part in (0, 1)]
    (tmp_path / "manifest.json").write_text(json.dumps({"manifestVersion": "2024-04-01", "blobs": blobs}))
    with pytest.warns(pec.PecWarning, match="part_9_0001"):
        result = pec.reconcile(tmp_path)
    assert result.lines == 5
    (row,) = result.to_dict()["sums"]
    assert (row["standing"], row["list_cost"], row["credit"]) == ("earned", Decimal(75), Decimal("11.25"))
    facts = result.to_dict()["files"][0]
    assert (facts["kind"], facts["format"], facts["amounts_were_doubles"]) == ("FOCUS 1.0", "Parquet", True)


def test_partitions_of_equal_bytes_all_count(tmp_path: Path) -> None:
    names = [f"part_{part}.parquet" for part in range(3)]
    for name in names:
        parquet(tmp_path / name, 2)
    (tmp_path / "manifest.json").write_text(json.dumps({"blobs": [{"blobName": name} for name in names]}))
    result = pec.reconcile(tmp_path)
    assert result.lines == 6
    assert pec.reconcile([tmp_path / name for name in names]) == result
    (hint,) = result.to_dict()["same_usage"]
    assert (hint["because"], hint["files"]) == ("same_sums", [str(tmp_path / name) for name in names])


def test_a_frame_of_floats_is_refused_still() -> None:
    with pytest.raises(pec.ReadError, match="ListUnitPrice"):
        pec.reconcile(pa.Table.from_pylist([ROW]))


def test_gross_and_net() -> None:
    assert pec.gross_up(Decimal("85.00"), "0.15") == Decimal(100)
    assert pec.credit_of_net("85.00", Decimal("0.15")) == Decimal(15)
    assert pec.net_of(100, "0.15") == Decimal(85)
    assert pec.gross_up(1, "0.15", places=4, rounding="toward_zero") == Decimal("1.1764")
    with pytest.raises(ValueError, match="100 %"):
        pec.gross_up(0, 1)
    with pytest.raises(TypeError, match="float"):
        pec.gross_up(85.0, "0.15")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="rate from 0 to 1"):
        pec.net_of(100, 15)
    with pytest.raises(ValueError, match="rounding"):
        pec.gross_up(1, "0.15", rounding="up")  # type: ignore[arg-type]
