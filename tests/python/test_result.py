"""A result as an object: its tables by name, its lines again, its page."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pyarrow
import pytest

import pec
from pec import html_report
from samples import MONTH, csv_of, gz, jsonl_of, record

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"
AROUND = {"partner": EXAMPLES / "partner.toml", "evidence": EXAMPLES / "evidence"}


@pytest.fixture(scope="module")
def example():
    return pec.reconcile(EXAMPLES / "2026-10", **AROUND)


def in_memory(*rows, name="f"):
    return pec.reconcile(io.BytesIO(csv_of(rows)), name=name)


def test_every_table_is_an_attribute_of_its_name(example):
    for name in pec.Result.tables:
        assert pyarrow.table(example.table(name)) == pyarrow.table(getattr(example, name)), name
    with pytest.raises(ValueError, match=r"^`sum` is no table of a result; expected one of by_reason, .*, access$"):
        example.table("sum")


def test_what_completion_shows_is_small(example):
    public = {name for name in dir(example) if not name.startswith("_")}
    assert {*pec.Result.tables} < public
    assert len(public) < 32, sorted(public)


def test_the_most_important_in_one_line(example):
    assert repr(example) == ("<pec.Result: 10,000 rows, 4 unreadable, 918.03 USD earned, 159.48 USD lost, 5 gaps>")
    assert repr(in_memory(record())) == "<pec.Result: 1 row, 0.16 USD earned, 0 gaps>"


def test_access_is_the_timeline(example):
    table = pyarrow.table(pec.access_timeline(**AROUND))
    assert table.num_rows and pyarrow.table(example.access) == table
    without = pyarrow.table(in_memory(record()).access)
    assert (without.num_rows, without.schema) == (0, table.schema)


def test_days_of_subscriptions_add_up_to_subscriptions_and_to_days(example):
    keys, money = ["standing", "reason", "currency"], ["lines", "list_cost", "potential_credit", "credit"]
    both = pl.DataFrame(example.by_subscription_day)
    for name, more in (("by_subscription", ["customer", "subscription"]), ("by_day", ["usage_day"])):
        expected = pl.DataFrame(example.table(name)).select(*more, *keys, *money)
        sums = both.group_by(*more, *keys).agg(pl.col(one).sum() for one in money)
        assert sums.sort(*more, *keys).equals(expected.sort(*more, *keys)), name


def test_findings_are_the_lines_of_the_sums(example):
    lines = pl.DataFrame(example.findings(EXAMPLES / "2026-10"))
    assert len(lines) + example.unreadable == example.lines
    keys = ["standing", "reason", "currency"]
    sums = lines.group_by(keys).agg(pl.col("list_cost", "credit").sum(), lines=pl.len().cast(pl.UInt64)).sort(keys)
    expected = pl.DataFrame(example.by_reason).select(*sums.columns).sort(keys)
    assert sums.rows() == expected.rows()


def test_findings_of_many_batches_and_files(tmp_path):
    rows = [record(UsageDate=f"2026-10-{1 + n % 28:02}", Quantity=str(n)) for n in range(70_000)]
    (tmp_path / "a.csv").write_bytes(csv_of(rows[:40_000]))
    (tmp_path / "b.jsonl.gz").write_bytes(gz(jsonl_of(rows[40_000:])))
    result = pec.reconcile(tmp_path)
    stream = pyarrow.RecordBatchReader.from_stream(result.findings(str(tmp_path)))
    batches = list(stream)
    assert [batch.num_rows for batch in batches] == [32_768, 32_768, 70_000 - 65_536]
    files = pyarrow.Table.from_batches(batches)["file"].to_pylist()
    assert files == [str(tmp_path / "a.csv")] * 40_000 + [str(tmp_path / "b.jsonl.gz")] * 30_000
    # Who takes no more batches leaves no thread waiting, and may begin again.
    assert next(iter(pyarrow.RecordBatchReader.from_stream(result.findings(tmp_path)))).num_rows == 32_768


def test_findings_of_what_is_not_the_input(tmp_path):
    (tmp_path / "mine.csv").write_bytes(csv_of(MONTH))
    (tmp_path / "other.csv").write_bytes(csv_of(MONTH))
    result = pec.reconcile(tmp_path / "mine.csv")
    with pytest.raises(ValueError, match=r"other\.csv` is no input of this result; pass the source"):
        result.findings(tmp_path / "other.csv")
    with pytest.raises(TypeError, match="lines are read again, which takes files: pass the path"):
        result.findings(io.BytesIO(csv_of(MONTH)))
    with pytest.raises(FileNotFoundError):
        result.findings(tmp_path / "nope.csv")
    (tmp_path / "mine.csv").write_bytes(b"UsageDate\n")
    with pytest.raises(Exception, match="no column `EntitlementId`"):
        pyarrow.RecordBatchReader.from_stream(result.findings(tmp_path / "mine.csv")).read_all()


def test_the_page(example, tmp_path):
    text = example.to_html(title="October")
    assert text == html_report.html(example, title="October")
    assert example.to_html(tmp_path / "october.html", title="October") is None
    assert (tmp_path / "october.html").read_text(encoding="utf-8") == text
    with pytest.raises(TypeError):
        example.to_html(tmp_path / "october.html", "October")
