"""Azure credits drawn down by real lines, through Python and the command."""

from __future__ import annotations

import datetime
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars
import pyarrow
import pyarrow.csv
import pytest

import pec

PEC = Path(sys.executable).with_name("pec")
MONTH = "examples/data/2026-10"
CREDITS = "examples/data/credits.toml"
CONTOSO = "72e79c0d-3c44-408c-b64a-00c8a2087e80"

HEADER = (
    "UsageDate,CustomerId,EntitlementId,UnitPrice,Quantity,PartnerEarnedCreditPercentage,CreditType,CreditPercentage\n"
)
USAGE = HEADER + "".join(
    f"2026-10-{day:02},c,s,{price},1,{pec_rate},,\n"
    for day, price, pec_rate in [(1, 60, 15), (2, 60, 15), (2, 60, 0), (3, 60, 15)]
)
TOML = '[[credit]]\nid = "aco"\ncustomer = "C"\ngranted = "100.00"\neffective = 2026-10-01\nexpiry = 2027-09-30\n'
REPORT_HEADER = (
    "PartnerTenantId,CustomerTenantId,InvoiceMonth,CreditName,CreditAmount,Status,BalanceAmount,CurrencyCode,"
    "AgreementId,EffectiveDate,ExpiryDate\n"
)


@pytest.fixture
def usage(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text(USAGE)
    return path


@pytest.fixture
def credits_file(tmp_path):
    path = tmp_path / "credits.toml"
    path.write_text(TOML)
    return path


def sums(result):
    return {
        (row["standing"], row["reason"]): (row["lines"], row["list_cost"], row["credit"])
        for row in result.to_dict()["sums"]
    }


EXPECTED = {
    # The first day whole, and a third of the second: 40 of 120, the two lines alike.
    ("unexpected", "azure_credit_applied"): (1, Decimal(80), Decimal(12)),
    ("excluded", "azure_credit_applied"): (0, Decimal(20), Decimal(0)),
    ("earned", None): (2, Decimal(100), Decimal(15)),
    ("unknown", "no_access_evidence"): (1, Decimal(40), Decimal(0)),
}


def test_every_form_of_source_is_drawn_down(usage, credits_file):
    table = pyarrow.csv.read_csv(
        usage,
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(HEADER.strip().split(","), pyarrow.string())
        ),
    )
    forms = [usage, [usage], table, polars.DataFrame(table), io.BytesIO(USAGE.encode()), io.StringIO(USAGE)]
    for source in forms:
        assert sums(pec.reconcile(source, credits=credits_file)) == EXPECTED
    with usage.open("rb") as file:
        assert sums(pec.reconcile(file, credits=pec.Credits(credits_file), threads=2)) == EXPECTED
    assert sums(pec.reconcile(usage)) != EXPECTED


def test_an_open_file_begins_where_it_stood(credits_file):
    file = io.BytesIO(b"not of it\n" + USAGE.encode())
    file.readline()
    assert sums(pec.reconcile(file, credits=credits_file)) == EXPECTED


def test_what_cannot_go_back_is_refused(credits_file):
    class Stream:
        name = "stream"

        def read(self, size):
            return b""

    with pytest.raises(TypeError, match="cannot be read twice; pass a path or a table"):
        pec.reconcile(Stream(), credits=credits_file)


def test_the_example_adds_up_and_the_ledger_holds():
    result = pec.reconcile(MONTH, credits=CREDITS)
    found = result.to_dict()
    without = pec.reconcile(MONTH).to_dict()
    assert sum(row["list_cost"] for row in found["sums"]) == sum(row["list_cost"] for row in without["sums"])
    assert sum(row["lines"] for row in found["sums"]) + found["row_issues"] == found["lines"]
    assert found["split_lines"] == 19
    credits_table = polars.DataFrame(result.credits).to_dicts()
    for credit in credits_table:
        parts = ("drawn_before", "expired_before", "drawn", "expired", "balance")
        assert sum(credit[part] for part in parts) == credit["granted"]
    days = polars.DataFrame(result.credit_days)
    for credit in credits_table:
        own = days.filter(polars.col("credit_id") == credit["credit_id"])
        assert own["drawn"].sum() == credit["drawn"]
        assert own["balance"].to_list()[-1] == credit["balance"]
    months = polars.DataFrame(result.credit_months)
    assert months["agrees"].to_list() == [False, False]


def test_findings_have_a_row_for_each_portion(usage, credits_file, tmp_path):
    result = pec.reconcile(usage, credits=credits_file)
    pec._pec.write_findings([usage], result, tmp_path / "out")
    found = polars.read_parquet(tmp_path / "out" / "findings.parquet")
    assert found.height == 6, "two of four lines have two portions"
    assert found["list_cost"].sum() == 240
    by = found.group_by("standing", "reason").agg(polars.col("list_cost").sum(), polars.col("credit").sum())
    assert {(row[0], row[1]): (row[2], row[3]) for row in by.rows()} == {
        key: (cost, paid) for key, (_, cost, paid) in EXPECTED.items()
    }


def test_results_of_different_drawdowns_are_not_added(usage, credits_file, tmp_path):
    one = pec.reconcile(usage, credits=credits_file)
    assert one.merge(one).lines == 8
    with pytest.raises(ValueError, match="different drawdowns of Azure credit"):
        one.merge(pec.reconcile(usage))


def test_the_explanation_names_the_credit(usage, credits_file):
    on = {"subscription": "s", "credits": credits_file}
    whole = pec.explain(usage, day=datetime.date(2026, 10, 1), **on)
    assert "azure_credit_applied" in whole.report()
    assert "Azure credit aco paid 60.00 of the 60.00" in " ".join(whole.report().split())
    part = pec.explain(usage, day=datetime.date(2026, 10, 2), **on).to_dict()["decisions"]
    assert [(one["azure_credit"]["part"], one["azure_credit"]["whole"]) for one in part] == [("40.00", "120.00")]
    assert "azure_credit" not in pec.explain(usage, day=datetime.date(2026, 10, 3), **on).to_dict()["decisions"][0]


def report_file(tmp_path, *rows):
    path = tmp_path / "balance.csv"
    path.write_text(REPORT_HEADER + "".join(row + "\n" for row in rows))
    return path


def test_a_balance_report_is_read_and_compared(usage, tmp_path):
    report = report_file(
        tmp_path,
        "p,C,2026-09,ACO,50.00,active,100.00,USD,a1,2026-09-01,2027-08-31",
        "p,C,2026-10,ACO,149.00,active,1.00,USD,a1,2026-09-01,2027-08-31",
    )
    found = pec.aco.balance(usage, credits=report).to_dict()
    [credit] = found["credits"]
    assert (credit["granted"], credit["drawn_before"], credit["drawn"], credit["balance"]) == (150, 50, 100, 0)
    [month] = found["months"]
    assert (month["drawn"], month["reported"], month["flagged"]) == (100, 99, 0)
    told = {tuple(one["between"]): (one["amount"], set(one["because"])) for one in month["differences"]}
    assert told["drawn", "reported"] == (1, {"balance_ended", "days_without_usage"})
    assert told["drawn", "flagged"][1] == {"balance_ended", "credit_only_at_month_end", "days_without_usage"}
    assert "1.00 drawn more than in the balance report" in " ".join(
        pec.aco.balance(usage, credits=report).report().split()
    )


def test_invoice_credits_are_compared(usage, credits_file, tmp_path):
    header = (
        "CustomerId,SubscriptionId,ProductId,SkuId,AvailabilityId,ChargeType,CreditReasonCode,UnitPrice,"
        "BillableQuantity,Subtotal,Currency,PricingCurrency\n"
    )
    invoice = tmp_path / "invoice.csv"
    invoice.write_text(
        header
        + "C,p,P,S,A,customerCredit,Azure Credit Offer,-60,1,-60.00,USD,USD\n"
        + "c,p,P,S,A,customerCredit,Azure Consumption Credit,39.5,1,-39.50,USD,USD\n"
        + "c,p,P,S,A,customerCredit,SLA,-7,1,-7.00,USD,USD\n"
    )
    [beside] = pec.aco.balance(usage, credits=credits_file, invoice=invoice).to_dict()["invoices"]
    assert (beside["customer"], beside["lines"], beside["list_cost"], beside["drawn"]) == (
        "c",
        2,
        Decimal("99.50"),
        100,
    )
    assert [one["amount"] for one in beside["differences"]] == [Decimal("0.50")]


def test_a_month_as_in_the_deck(tmp_path):
    usage = tmp_path / "usage.csv"
    acr = [75, 85, 90, 112, 85, 100]
    lines = "".join(
        f"2026-{month:02}-{day:02},c,s,{cost},0.5,15,,\n" for month, cost in enumerate(acr, 1) for day in (3, 20)
    )
    usage.write_text(HEADER + lines)
    toml = tmp_path / "credits.toml"
    toml.write_text(TOML.replace("100.00", "500.00").replace("2026-10-01", "2026-01-01"))
    deck = pec.Credits(toml, mode="deck")
    months = pec.aco.balance(usage, credits=deck).to_dict()["months"]
    table = pec.aco.table(credit=500, acr=acr, on=datetime.date(2024, 1, 15)).to_dict()["months"]
    assert [(month["drawn"], month["balance"]) for month in months] == [
        (row["used"], row["balance_end"]) for row in table
    ]
    earned = sums(pec.reconcile(usage, credits=deck))["earned", None]
    assert earned == (2, Decimal(47), Decimal("7.05")), "and 47.00 less 7.05 is the invoice of 39.95"


def test_what_is_wrong_is_told(usage, tmp_path):
    toml = tmp_path / "credits.toml"
    toml.write_text(TOML.replace('"100.00"', "100.5"))
    with pytest.raises(pec.ReadError, match=r"credits\.toml: line 4: found `float`, expected an amount as text"):
        pec.Credits(toml)
    with pytest.raises(ValueError, match="`weekly` is no mode; expected `daily` or `deck`"):
        pec.Credits(mode="weekly")
    with pytest.raises(FileNotFoundError):
        pec.reconcile(usage, credits=tmp_path / "none.toml")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(pec.ReadError, match="Azure Credit Offer balance"):
        pec.Credits(other)
    report = report_file(tmp_path, "p,c,2026-09,ACO,=1+1,active,1,USD,a,2026-09-01,2027-08-31")
    [issue] = pec.Credits(report).issues
    assert (issue["row"], issue["column"], issue["found"]) == (2, "CreditAmount", "=1+1")


def run(*arguments):
    return subprocess.run([PEC, *arguments], capture_output=True, text=True, encoding="utf-8")


def test_the_command():
    done = run("aco", "balance", MONTH, "--credits", CREDITS, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert set(found) == {"credits", "months", "invoices", "days", "issues"}
    assert found["issues"] == []
    assert found["credits"][0]["customer"] == CONTOSO
    assert all(isinstance(day["drawn"], str) for day in found["days"])
    shown = run("aco", "balance", MONTH, "--credits", CREDITS)
    assert "nothing is left since 2026-10-14" in shown.stdout
    # The ledger, day by day: each credit's days, in cents.
    days = shown.stdout.split("Azure credits, day by day")[1].split("aco-woodgrove")[0].strip().splitlines()[2:]
    told = [day for day in found["days"] if day["credit_id"] == "aco-contoso"]
    assert [line.split()[0] for line in days] == [day["usage_day"] for day in told]
    cents = [[f"{Decimal(day[part]):.2f}" for part in ("drawn", "expired", "balance")] for day in told]
    assert [line.split()[1:] for line in days] == cents
    found = json.loads(run("reconcile", MONTH, "--credits", CREDITS, "--json").stdout)
    assert found["split_lines"] == 19
    assert found["azure_credits"]["credits"][0]["id"] == "aco-contoso"
    assert run("aco", "balance", MONTH, "--credits", "none.toml").returncode == 2


def test_rows_of_reports_that_cannot_be_used_are_told(tmp_path):
    report = report_file(tmp_path, "p,c,soon,ACO,1,active,1,USD,a,2026-09-01,2027-08-31")
    done = run("aco", "balance", MONTH, "--credits", str(report))
    assert (done.returncode, done.stderr) == (0, "")
    said = "row 2, column `InvoiceMonth`: found `soon`, expected a month such as `2026-10`"
    whole = "no credit could be read 1 of 1 rows of balance reports could not be used:"
    assert whole in " ".join(done.stdout.split()) and said in " ".join(done.stdout.split())
    [issue] = json.loads(run("aco", "balance", MONTH, "--credits", str(report), "--json").stdout)["issues"]
    assert {name: issue[name] for name in ("row", "column", "found", "expected")} == {
        "row": 2,
        "column": "InvoiceMonth",
        "found": "soon",
        "expected": "a month such as `2026-10`",
    }
    assert issue["file"].endswith(".csv")
    found = pec.aco.balance(MONTH, credits=report)
    assert found.issues == [issue] and found.to_dict()["issues"] == [issue]
    # The same of a run over all lines.
    done = run("reconcile", MONTH, "--credits", str(report), "--strict")
    assert said in " ".join(done.stdout.split())
    assert "no credit was given" not in done.stdout
    found = json.loads(run("reconcile", MONTH, "--credits", str(report), "--json").stdout)
    assert found["credit_balances"]["issues"] == [issue]


def test_unreadable_balances_count_as_strict(usage, tmp_path):
    good = report_file(tmp_path, "p,c,2026-09,ACO,1,active,1,USD,a,2026-09-01,2027-08-31")
    assert run("reconcile", str(usage), "--credits", str(good), "--strict").returncode == 0
    bad = report_file(tmp_path, "p,c,soon,ACO,1,active,1,USD,a,2026-09-01,2027-08-31")
    assert run("reconcile", str(usage), "--credits", str(bad), "--strict").returncode == 1
    assert run("reconcile", str(usage), "--credits", str(bad)).returncode == 0
    merged = pec.reconcile(usage, credits=bad).merge(pec.reconcile(usage, credits=bad, name="again"))
    for result in (merged, merged.filter(customer="c")):
        assert len(result.to_dict()["credit_balances"]["issues"]) == 1
    page = merged.to_html()
    assert "Rows of balance reports that could not be used" in page and "InvoiceMonth" in page
