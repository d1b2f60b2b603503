"""Random files against the independent oracle, compared in full."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet
import pytest

import pec
from samples import csv_of, record

ORACLE = Path(__file__).parent.parent / "oracle"
SEED = 20_261_122
FILES = 200


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("worlds")
    arguments = ["--seed", str(SEED), "--count", str(FILES), "--out", str(folder)]
    subprocess.run([sys.executable, str(ORACLE / "worlds.py"), *arguments], check=True, capture_output=True)
    files = sorted(path for path in folder.iterdir() if not path.name.endswith(".expected.json"))
    assert len(files) == FILES
    return [
        (path, json.loads(path.with_name(path.name + ".expected.json").read_text(encoding="utf-8"))) for path in files
    ]


def compared(found):
    issues = [(issue["file"], issue["row"], issue["column"]) for issue in found["issues"]]
    return {**{key: found[key] for key in ("lines", "row_issues", "sums", "gaps")}, "issues": issues}


def test_every_world_in_full(worlds):
    rows = 0
    for path, expected in worlds:
        with path.open("rb") as file:
            found = json.loads(pec.reconcile(file, name=path.name).to_json())
        assert compared(found) == compared(expected), path.name
        rows += found["lines"]
    assert rows >= 10_000


def test_every_line_of_every_world(worlds, tmp_path):
    paths = [path for path, _ in worlds]
    result = pec.reconcile(paths)
    pec._pec.write_findings(paths, result, tmp_path)
    found = pyarrow.parquet.read_table(tmp_path / "findings.parquet").to_pylist()
    expected = [finding for _, world in worlds for finding in world["findings"]]
    assert len(found) == len(expected) > 9_000
    for row, finding in zip(found, expected, strict=True):
        row = {
            **row,
            "file": Path(row["file"]).name,
            "usage_day": row["usage_day"].isoformat(),
            "reseller": row["reseller"] or None,
        }
        amounts = {name: Decimal(row.pop(name)) for name in ("list_cost", "credit")}
        del row["potential_credit"]
        assert row.pop("assumptions") is None
        assert amounts == {name: Decimal(finding[name]) for name in amounts}, finding
        assert row == {name: finding[name] for name in row}, finding


def test_worlds_at_once_are_the_sum_of_each(worlds):
    paths = [path for path, _ in worlds[:50]]
    together = pec.reconcile(paths)
    merged = pec.reconcile(paths[0])
    for path in paths[1:]:
        merged = merged.merge(pec.reconcile(path))
    assert merged.to_json() == together.to_json()


def test_the_comparison_notices_a_difference(worlds):
    """A cent more on one line of a world that matched."""
    one = json.loads(pec.reconcile(io.BytesIO(csv_of([record()]))).to_json())
    other = json.loads(pec.reconcile(io.BytesIO(csv_of([record(UnitPrice="0.045000000000001")]))).to_json())
    assert compared(one) != compared(other)
