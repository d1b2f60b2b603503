"""What is passed by mistake, and what is said then: what it is, and what to pass."""

from __future__ import annotations

import datetime
import io
import re
from pathlib import Path

import pandas
import polars
import pyarrow
import pyarrow.dataset
import pytest

import pec
from samples import MONTH, SUBSCRIPTION, csv_of, record
from test_cli import run

DATA = Path(__file__).parents[2] / "examples" / "data"
CUSTOMER = record()["CustomerId"]
NAMED = [record(CustomerName="Contoso", EntitlementDescription="Production")]


@pytest.mark.parametrize(
    "content", [csv_of(MONTH).decode(), "UsageDate;UnitPrice\n2026-10-04;1", '[{"UsageDate":\n1}]']
)
def test_the_content_of_a_file_is_no_path(content):
    with pytest.raises(
        FileNotFoundError, match=r"this is the content of a file and no path; wrap it in io\.StringIO"
    ) as raised:
        pec.reconcile(content)
    assert len(str(raised.value)) < 200
    assert pec.reconcile(io.StringIO(csv_of(MONTH).decode())).lines == len(MONTH)


@pytest.mark.parametrize(
    "address", ["https://account.blob.core.windows.net/usage/a.csv.gz", "abfss://usage@account/a.csv"]
)
def test_an_address_is_not_read(address):
    with pytest.raises(FileNotFoundError, match="no such file; addresses are not read: download it, or pass it opened"):
        pec.reconcile(address)


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        (b"bytes", "wrap bytes in io.BytesIO"),
        (MONTH, "make a table of records, as polars.DataFrame(records) does"),
        (polars.DataFrame(MONTH).lazy(), "call .collect() first"),
        (pyarrow.dataset.dataset(pyarrow.Table.from_pylist(MONTH)), "call .to_table() first"),
    ],
    ids=["bytes", "records", "lazy", "dataset"],
)
def test_what_could_be_a_source_is_told_how(source, advice):
    with pytest.raises(TypeError, match=rf"^cannot read a `.*`; .*; {re.escape(advice)}(\n|$)"):
        pec.reconcile(source)


@pytest.mark.parametrize("column", [pandas.Series(["1"]), polars.Series(["1"])], ids=["pandas", "polars"])
def test_a_column_is_no_table(column):
    with pytest.raises(
        TypeError, match=r"cannot read a `.*Series`, which is no table; pass the table with all columns"
    ):
        pec.reconcile(column)


def test_what_a_library_says_of_its_own_table_stays():
    twice = pandas.concat([pandas.DataFrame(MONTH)] * 2, axis=1)
    with pytest.raises(ValueError, match="Duplicate column names"):
        pec.reconcile(twice)


def test_a_name_is_no_id():
    result = pec.reconcile(io.BytesIO(csv_of(NAMED)))
    with pytest.raises(ValueError, match=f"^`Contoso` is the name of a customer; pass its id, `{CUSTOMER}`$"):
        result.filter(customer="contoso")
    with pytest.raises(
        ValueError, match=f"^`Production` is the name of an Azure subscription; pass its id, `{SUBSCRIPTION}`$"
    ):
        result.filter(subscription=["x", "Production"])
    assert result.filter(customer="nobody").to_dict()["sums"] == []
    assert len(result.filter(customer=CUSTOMER.upper()).to_dict()["sums"]) == 1


def test_a_name_that_is_an_id_too_is_the_id():
    rows = [record(CustomerId="a", CustomerName="b"), record(CustomerId="b", CustomerName="c")]
    result = pec.reconcile(io.BytesIO(csv_of(rows)))
    assert [row["customer"] for row in result.filter(customer="b").by_customer.to_struct_array().to_pylist()] == ["b"]


def test_no_explanation_says_which_day_has_some():
    asked = {"subscription": SUBSCRIPTION, "day": datetime.date(2026, 11, 5)}
    report = pec.explain(io.BytesIO(csv_of(MONTH)), **asked).report()
    assert (
        report
        == f"No lines of subscription {SUBSCRIPTION} on 2026-11-05; the nearest day that has some is 2026-10-07\n"
    )
    asked = {"subscription": "\x1bnobody", "day": datetime.date(2026, 10, 5)}
    report = pec.reconcile(io.BytesIO(csv_of(MONTH))).explain(io.BytesIO(csv_of(MONTH)), **asked).report()
    assert report == (
        "No lines of subscription \\u{1b}nobody on 2026-10-05, or any other day; a line names its subscription in "
        "EntitlementId\n"
    )


def test_a_path_is_told_as_it_was_given(tmp_path):
    for call in (pec.Result.load, lambda path: pec.Evidence().read_folder(path)):
        with pytest.raises(FileNotFoundError) as raised:
            call(tmp_path / "none")
        assert isinstance(raised.value.filename, str)
        assert "PosixPath" not in str(raised.value)


def test_a_folder_without_a_manifest_is_no_evidence(tmp_path):
    told = "no manifest.json in it, nor in a folder in it; give single files, as KIND=FILE"
    with pytest.raises(FileNotFoundError, match=re.escape(told)) as raised:
        pec.access_timeline(partner=DATA / "partner.toml", evidence=tmp_path)
    assert raised.value.filename == str(tmp_path)
    (tmp_path / "a.csv").write_bytes(csv_of(MONTH))
    asked = ["a.csv", "--partner", str(DATA / "partner.toml"), "--evidence", "."]
    done = run("reconcile", *asked, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"pec: .: {told}\n")


def test_a_file_that_is_passed_over_is_told_why(tmp_path):
    (tmp_path / "a.csv").write_bytes(csv_of(MONTH))
    (tmp_path / "b.txt").write_bytes(csv_of(MONTH))
    with pytest.warns(pec.PecWarning, match=r"b\.txt: no usage file by its name; passed over$"):
        pec.reconcile(tmp_path)
    (tmp_path / "manifest.json").write_text('{"blobs": [{"name": "a.csv"}]}')
    with pytest.warns(pec.PecWarning, match=r"b\.txt: not in the manifest; passed over$"):
        pec.reconcile(tmp_path)


def test_doctor_says_why_rows_cannot_be_read(tmp_path):
    rows = [record(UsageDate="10/04/2026"), record(UsageDate="10/05/2026"), record(UnitPrice="x"), record()]
    (tmp_path / "a.csv").write_bytes(csv_of(rows))
    done = run("doctor", "a.csv", cwd=tmp_path)
    assert "3 unreadable" in done.stdout
    text = " ".join(done.stdout.split())
    assert "but 2 rows cannot be read: `UsageDate`, expected an unambiguous date such as `2026-10-04`" in text
    assert "but 1 row cannot be read: `UnitPrice`, expected a plain decimal number" in text
    [found] = pec.doctor(tmp_path / "a.csv")
    assert [(one["rows"], one["column"]) for one in found["details"]["issue_counts"]] == [
        (2, "UsageDate"),
        (1, "UnitPrice"),
    ]
