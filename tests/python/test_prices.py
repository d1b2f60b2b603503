"""Price lists, from Python and on the command line."""

from __future__ import annotations

import datetime
import gzip
import json
import subprocess
import sys
import zipfile
from decimal import Decimal

import pytest

import pec

SAMPLE = """\
ProductId,SkuId,UnitPrice,PricingTierRangeMin,PricingTierRangeMax
DDD123456ABC,01AB,0.50,100001,9223372036854780000
DDD123456ABC,01AB,0.80,101,100000
DDD123456ABC,01AB,1,1,100
"""
PRICES = """\
ProductId,SkuId,UnitPrice,Publisher,Tags,Market,Currency,EffectiveStartDate,EffectiveEndDate
DZH318Z0C16V,001J,15,Microsoft,"Azure, ThirdParty",US,USD,10/5/2026 12:00:00 AM,11/30/9999 11:59:59 PM
DZH318Z0BQD2,003J,2.99,Microsoft,"Azure, Consumption",US,USD,3/1/2018 12:00:00 AM,11/30/9999 11:59:59 PM
"""
USAGE = """\
UsageDate,EntitlementId,UnitPrice,Quantity,CreditType,ProductId,SkuId
2026-10-04,3f47bcf1-965d-40a1-a2bc-3d5db3653250,15,1,Credit Not Applied,DZH318Z0C16V,001J
2026-10-05,3f47bcf1-965d-40a1-a2bc-3d5db3653250,15,1,Credit Not Applied,DZH318Z0C16V,001J
2026-10-05,3f47bcf1-965d-40a1-a2bc-3d5db3653250,2.99,1,Credit Not Applied,DZH318Z0BQD2,003J
"""
DAY = datetime.date(2026, 10, 4)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "usage.csv").write_text(USAGE)
    (tmp_path / "prices.csv").write_text(PRICES)
    return tmp_path


def reasons(result):
    return [(row["standing"], row["reason"], row["lines"]) for row in result.to_dict()["sums"]]


EXPECTED = [
    ("unknown", "no_access_evidence", 1),
    ("excluded", "third_party_product", 1),
    ("excluded", "not_in_price_list", 1),
]


def test_a_price_list_decides_day_by_day(files):
    usage, prices = files / "usage.csv", files / "prices.csv"
    assert reasons(pec.reconcile(usage)) == [("unknown", "no_access_evidence", 3)]
    with zipfile.ZipFile(files / "prices.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(prices, "prices.csv")
    (files / "prices.csv.gz").write_bytes(gzip.compress(prices.read_bytes()))
    for given in (prices, str(prices), [prices], pec.PriceList(prices), files / "prices.zip", files / "prices.csv.gz"):
        result = pec.reconcile(usage, prices=given)
        assert reasons(result) == EXPECTED
    read = result.to_dict()["prices"]["files"][0]
    assert (read["format"], read["consumption"], read["third_party"], read["markets"]) == ("CSV, gzip", 1, 1, ["US"])
    assert "What was read of price lists" in result.report()
    assert reasons(result.merge(result))[0] == ("unknown", "no_access_evidence", 2)


def test_tiers_cost_what_microsoft_publishes(tmp_path):
    (tmp_path / "sample.csv").write_text(SAMPLE)
    prices = pec.PriceList(tmp_path / "sample.csv")
    assert prices.cost("DDD123456ABC", "01AB", DAY, 101) == Decimal("100.80")
    assert prices.cost("DDD123456ABC", "01AB", DAY, "100001") == Decimal("80020.50")
    assert prices.cost("DDD123456ABC", "01AC", DAY, 1) is None
    with pytest.raises(ValueError, match="below zero"):
        prices.cost("DDD123456ABC", "01AB", DAY, -1)
    with pytest.raises(TypeError):
        prices.cost("DDD123456ABC", "01AB", DAY, 0.5)
    assert repr(prices) == "<pec.PriceList: 1 files, 3 prices>"
    assert prices.files[0]["row_issues"] == 0


def test_what_cannot_be_used_is_refused(files):
    (files / "other.csv").write_text("Name,UnitPrice\nx,1\n")
    with pytest.raises(pec.ReadError, match="no column `ProductId`, `SkuId`; export the price list"):
        pec.PriceList(files / "other.csv")
    with pytest.raises(FileNotFoundError):
        pec.reconcile(files / "usage.csv", prices=files / "none.csv")


def run(*arguments):
    command = [sys.executable, "-c", "from pec.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_takes_price_lists(files):
    usage, prices = files / "usage.csv", files / "prices.csv"
    done = run("reconcile", usage, "--prices", prices, prices, "--json", "--out", files / "out")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [row["reason"] for row in found["sums"]] == [reason for _, reason, _ in EXPECTED]
    assert [file["rows"] for file in found["prices"]["files"]] == [2, 2]
    assert "third_party_product" in (files / "out" / "findings.csv").read_text()
    explained = run(
        *("explain", usage, "--prices", prices, "--day", "2026-10-05"),
        *("--subscription", "3f47bcf1-965d-40a1-a2bc-3d5db3653250"),
    )
    assert "third_party_product" in explained.stdout
    assert run("reconcile", usage, "--prices", files / "none.csv").returncode == 2


@pytest.mark.parametrize(
    ("unit_price", "options", "status"), [("1,5", (), 0), ("1,5", ("--strict",), 1), ("15", ("--strict",), 0)]
)
def test_unreadable_rows_of_a_price_list_count_when_strict(files, unit_price, options, status):
    (files / "prices.csv").write_text(PRICES.replace(",15,", f',"{unit_price}",'))
    done = run("reconcile", files / "usage.csv", "--prices", files / "prices.csv", "--json", *options)
    assert done.returncode == status, done.stderr
    found = json.loads(done.stdout)
    assert (found["row_issues"], found["prices"]["files"][0]["row_issues"]) == (0, int(unit_price == "1,5"))
