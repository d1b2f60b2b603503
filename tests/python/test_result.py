"""A result as an object: its tables by name, its lines again, its page."""

from __future__ import annotations

import copy
import io
import json
import pickle
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
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


def test_access_of_a_part_is_that_of_its_subscriptions_and_days(example):
    whole = pyarrow.table(example.access).to_pylist()
    subscription = "1c86f718-6354-4fc2-ac60-78f489e1b9a0"
    part = example.filter(subscription=subscription)
    expected = [row for row in whole if row["subscription"] in (subscription, None)]
    assert 0 < len(expected) < len(whole) and pyarrow.table(part.access).to_pylist() == expected
    customer = pyarrow.table(part.by_customer)["customer"][0].as_py()
    of_customer = {*pyarrow.table(example.filter(customer=customer).by_subscription)["subscription"].to_pylist()}
    shown = pyarrow.table(example.filter(customer=customer).access)["subscription"].to_pylist()
    assert {*shown} - {None} <= of_customer and len(shown) < len(whole)
    first, last = date(2026, 10, 5), date(2026, 10, 6)
    days = pyarrow.table(example.filter(first_day=first, last_day=last).access).to_pylist()
    assert days == [
        row
        for row in whole
        if (row["from"] is None or row["from"].date() <= last)
        and (row["until"] is None or row["until"].date() >= first)
    ]
    assert 0 < len(days) < len(whole)
    assert pyarrow.table(example.filter(subscription="elsewhere").access).num_rows == 0
    assert pyarrow.table(example.filter().access).to_pylist() == whole


def exports(folder, *, groups_of=None):
    """A role in each of two subscriptions, at a management group and at the root; what the group holds, if told."""
    group = "/providers/Microsoft.Management/managementGroups/mg"
    at = ["/subscriptions/one", "/subscriptions/two", group, "/"]
    role = {"roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "principalType": "ForeignGroup"}
    held = [role | {"scope": scope, "principalId": "agents", "createdOn": "2026-01-10T09:00:00Z"} for scope in at]
    files = {"role_assignments.json": held}
    kinds = {"role_assignments": {"subscriptions": ["one", "two"]}}
    if groups_of is not None:
        below = {"id": f"/subscriptions/{groups_of}", "name": groups_of, "type": "/subscriptions"}
        node = {"id": group, "name": "mg", "type": "Microsoft.Management/managementGroups", "children": [below]}
        files["management_groups.json"], kinds["management_groups"] = node, {}
    listed = [{"path": f"{kind}.json", "kind": kind, "complete": True} | more for kind, more in kinds.items()]
    files["manifest.json"] = {"version": 1, "taken_at": "2026-11-05T00:00:00Z", "files": listed}
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return folder


@pytest.mark.parametrize(("groups_of", "one", "two"), [(None, 3, 3), ("one", 3, 2), ("two", 2, 3)])
def test_access_of_a_part_has_what_reaches_it_from_above(tmp_path, groups_of, one, two):
    partner = '[partner]\nkind = "direct_bill"\ntenant_id = "t"\npartner_ids = ["1"]\nagent_groups = ["agents"]\n'
    evidence = exports(tmp_path / "evidence", groups_of=groups_of)
    lines = io.BytesIO(csv_of([record(EntitlementId=each, ResourceURI="") for each in ("one", "two")]))
    whole = pec.reconcile(lines, partner=pec.Partner.from_toml(partner), evidence=evidence)

    def scopes(result):
        return {row["scope"] for row in pyarrow.table(result.access).to_pylist()}

    assert len(scopes(whole)) == 4
    assert [len(scopes(whole.filter(subscription=each))) for each in ("one", "two")] == [one, two]
    assert scopes(whole.filter(subscription="one")) >= {"/subscriptions/one", "/"}


def test_gaps_and_losses_have_names(example):
    names = {row["subscription"]: row for row in pyarrow.table(example.by_subscription).to_pylist()}
    for table in (example.gaps, example.losses):
        rows = pyarrow.table(table).to_pylist()
        assert rows
        for row in rows:
            known = names[row["subscription"]]
            assert row["subscription_name"] == known["subscription_name"] is not None
            assert row["customer_name"] == known["customer_name"] is not None


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


def of(table, **values):
    """The rows of a table with these values."""
    return [row for row in pyarrow.table(table).to_pylist() if all(row[key] == value for key, value in values.items())]


def figures(result):
    """Sums, gaps and losses, whatever the files."""
    found = result.to_dict()
    return {key: found[key] for key in ("sums", "gaps", "losses", "customer_names", "subscription_names")}


def test_a_filter_by_place_and_day_is_a_run_over_these_lines(example, tmp_path):
    usage = pl.read_csv(EXAMPLES / "2026-10" / "daily_rated_usage.csv.gz", infer_schema=False)
    customer = usage["CustomerId"].mode()[0]
    days = {"first_day": date(2026, 10, 3), "last_day": date(2026, 10, 20)}
    (tmp_path / "part.csv").write_text(
        usage.filter(pl.col("CustomerId") == customer)
        .filter(pl.col("UsageDate").is_in([f"{day.month}/{day.day}/{day.year}" for day in every(**days)]))
        .write_csv()
    )
    run = pec.reconcile(tmp_path / "part.csv", **AROUND)
    assert run.lines > 100
    part = example.filter(customer=customer.upper(), **days)
    assert figures(part) == figures(run)
    assert figures(example.filter(**days).filter(customer=[customer])) == figures(run)
    for name in ("by_day", "by_resource_group", "by_subscription_day"):
        assert pl.DataFrame(part.table(name)).rows() == pl.DataFrame(run.table(name)).rows(), name


def every(first_day, last_day):
    return [first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1)]


def test_a_filter_by_reason_keeps_its_sums_and_losses(example):
    part = example.filter(reason={"no_access", "access_denied"})
    for name in ("by_reason", "losses"):
        expected = of(example.table(name), reason="no_access") + of(example.table(name), reason="access_denied")
        found = pyarrow.table(part.table(name)).to_pylist()
        assert sorted(map(exact, found)) == sorted(map(exact, expected)), name
    left = {row["subscription"] for row in pyarrow.table(part.by_subscription).to_pylist()}
    gaps = [row for row in pyarrow.table(example.gaps).to_pylist() if row["subscription"] in left]
    assert pyarrow.table(part.gaps).to_pylist() == gaps and len(gaps) < example.gaps.num_rows


def exact(row):
    return str({key: value.normalize() if isinstance(value, Decimal) else value for key, value in row.items()})


def test_what_a_filter_leaves_out_is_counted(example):
    part = example.filter(standing="lost")
    found = part.to_dict()
    decided = sum(row["lines"] for row in found["sums"])
    assert decided + found["left_out"] + part.unreadable == part.lines == example.lines
    assert found["filter"] == {"standings": ["lost"]}
    # A row that cannot be read may be of another customer, so it is counted and not shown.
    assert (part.unreadable, part.row_issues.num_rows, found["issues"]) == (4, 0, [])
    assert "1,205 decided + 8,791 left out + 4 unreadable = 10,000 rows of the input" in part.report()
    assert "What is looked at\n    standings: lost\n" in part.report()
    assert "1,205 decided + 8,791 left out + 4 unreadable" in part.to_html()
    assert repr(part) == "<pec.Result: 10,000 rows, 4 unreadable, 8,791 left out, 159.48 USD lost, 5 gaps>"


def test_a_filtered_result_tells_nothing_of_others(example, tmp_path):
    customers = pl.DataFrame(example.by_customer)["customer", "customer_name"].unique().rows()
    mine, name = customers[0]
    part = example.filter(customer=mine)
    for other, other_name in customers[1:]:
        assert other not in part.to_html() and (other_name is None or other_name not in part.to_json())
    assert name in part.report()


def test_an_empty_part_is_a_result(example):
    part = example.filter(customer="nobody")
    assert part.by_reason.num_rows == part.gaps.num_rows == 0
    assert "customers: nobody" in part.report()
    assert example.filter(customer=[]).to_dict()["left_out"] == 9_996


def test_what_cannot_be_done_with_a_part(example):
    part = example.filter(standing="lost")
    with pytest.raises(
        ValueError, match="a result that was filtered does not merge; merge the whole ones, then filter"
    ):
        example.merge(part)
    with pytest.raises(ValueError, match="has no lines of its own; take the findings of the whole one"):
        part.findings(EXAMPLES / "2026-10")
    with pytest.raises(ValueError, match="`lots` is no standing; expected one of earned, missed, lost"):
        example.filter(standing="lots")
    with pytest.raises(ValueError, match="`none` is no reason; expected one of not_usage_charge"):
        example.filter(reason="none")
    with pytest.raises(ValueError, match="`1999-01-01`: expected a day such as"):
        example.filter(first_day=date(1999, 1, 1))


def test_a_pickled_result_is_the_same(example):
    again = pickle.loads(pickle.dumps(example))
    assert again == example and pickle.dumps(again) == pickle.dumps(example)
    assert (again.report(), again.to_json()) == (example.report(), example.to_json())
    for name in sorted({*pec.Result.tables} - {"access"}):
        assert pyarrow.table(again.table(name)) == pyarrow.table(example.table(name)), name
    part = example.filter(standing="lost")
    assert pickle.loads(pickle.dumps(part)) == part == again.filter(standing="lost") != example


def test_results_of_other_machines_merge(tmp_path):
    rows = [record(UsageDate=f"2026-10-{1 + n % 28:02}", Quantity=f"{n}.5") for n in range(3_000)] + [
        record(UnitPrice="x")
    ]
    paths = [tmp_path / f"{part}.csv" for part in "abc"]
    for part, path in enumerate(paths):
        path.write_bytes(csv_of(rows[part::3]))
    script = "import pec, pickle, sys; sys.stdout.buffer.write(pickle.dumps(pec.reconcile(sys.argv[1])))"
    parts = [
        pickle.loads(subprocess.run([sys.executable, "-c", script, path], stdout=subprocess.PIPE, check=True).stdout)
        for path in paths
    ]
    whole = pec.reconcile(paths)
    assert parts[0].merge(parts[1]).merge(parts[2]) == whole == parts[2].merge(parts[0].merge(parts[1]))
    merged = parts[2].merge(parts[1]).merge(parts[0])
    assert merged.to_bytes() == whole.to_bytes()


def test_a_saved_result_is_loaded(example, tmp_path):
    written = example.save(tmp_path)
    assert str(tmp_path / "result.json") in map(str, written)
    assert pec.Result.load(tmp_path) == pec.Result.load(tmp_path / "result.json") == example
    assert pec.Result.from_bytes((tmp_path / "result.json").read_bytes()) == example
    with pytest.raises(FileNotFoundError):
        pec.Result.load(tmp_path / "nope")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"[" * 100_000, b"{}", b"\xff\xfe", b'{"ledger": 1}'])
def test_other_bytes_are_refused(data):
    with pytest.raises(ValueError, match=r"^these bytes are no saved result \(.*\); save it again$"):
        pec.Result.from_bytes(data)


def test_another_version_is_refused(example):
    data = example.to_bytes().replace(b'"version":4', b'"version":9', 1)
    with pytest.raises(ValueError, match="was saved in version 9 of the form, expected version 4; save it again"):
        pec.Result.from_bytes(data)


def test_what_a_loaded_result_does_not_know(example):
    again = pickle.loads(pickle.dumps(example))
    for result in (again, again.filter(standing="lost"), example.merge(again)):
        for ask in (lambda: result.access, lambda: result.findings(EXAMPLES / "2026-10")):  # noqa: B023 -- asked at once
            with pytest.raises(ValueError, match="has sums, and not what lines were decided with; reconcile its files"):
                ask()


def test_equality_copies_and_hash(example):
    assert pec.reconcile(EXAMPLES / "2026-10", **AROUND, threads=1) == example
    assert example != pec.reconcile(EXAMPLES / "2026-10") and example != "a result"
    assert copy.copy(example) is example and copy.deepcopy(example) is example
    with pytest.raises(TypeError, match="unhashable"):
        hash(example)


def test_a_partner_is_pickled_and_compared():
    partner = pec.Partner(AROUND["partner"])
    again = pickle.loads(pickle.dumps(partner))
    assert again == partner and copy.deepcopy(partner) is partner
    text = AROUND["partner"].read_text(encoding="utf-8")
    assert pec.Partner.from_toml(text, "another name") == partner
    assert pec.Partner.from_toml(text.replace("indirect_provider", "direct_bill")) != partner
    assert hash(again) == hash(partner) and {partner: 1}[again] == 1


def test_credits_of_a_part_and_that_they_are_saved(tmp_path):
    result = pec.reconcile(EXAMPLES / "2026-10", credits=EXAMPLES / "credits.toml")
    customer = pyarrow.table(result.credits)["customer"].to_pylist()[0]
    part = result.filter(customer=customer)
    for name in ("credits", "credit_days", "credit_months"):
        assert (
            pl.DataFrame(part.table(name)).rows() == pl.DataFrame(result.table(name)).filter(customer=customer).rows()
        )
    assert result.filter(customer="nobody").credits.num_rows == 0
    split = result.to_dict()["split_lines"]
    of_customers = [result.filter(customer=one).to_dict().get("split_lines", 0) for one in customers_of(result)]
    assert max(of_customers) > 0 and sum(of_customers) == split
    covered = result.filter(reason="azure_credit_applied")
    assert covered.to_dict()["split_lines"] == split
    result.save(tmp_path)
    for one, again in [
        (result, pickle.loads(pickle.dumps(result))),
        (result, pec.Result.load(tmp_path)),
        (part, pickle.loads(pickle.dumps(part))),
        (covered, pickle.loads(pickle.dumps(covered))),
    ]:
        assert again == one and again.to_bytes() == one.to_bytes() and again.report() == one.report()
        for name in ("credits", "credit_days", "credit_months", "by_reason"):
            assert pyarrow.table(again.table(name)) == pyarrow.table(one.table(name)), name
        assert again.filter(customer=customer).to_bytes() == part.filter(customer=customer).to_bytes() or one is covered
    assert result != pec.reconcile(EXAMPLES / "2026-10") and result.merge() == result
    # What others were granted is not in a part.
    others = {str(row["customer"]) for row in pl.DataFrame(result.credits).iter_rows(named=True)} - {customer}
    assert others and not any(other.encode() in part.to_bytes() for other in others)


def customers_of(result):
    return pl.DataFrame(result.by_customer)["customer"].unique().to_list()
