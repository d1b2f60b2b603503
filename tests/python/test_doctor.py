"""`pec doctor`: what files are, what they lack, what they can answer."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

import pec
from samples import MONTH, csv_of, gz, jsonl_of, record
from test_cli import run
from test_prices import PRICES, SAMPLE
from test_sources import ROW
from test_tie_out import HEADER

ROOT = Path(__file__).parent.parent.parent
DATA = ROOT / "examples" / "data"
IDS = {"SubscriptionId": "p", "ProductId": "DZH318Z0BQD2", "SkuId": "003J", "AvailabilityId": "a"}
FULL = {
    **IDS,
    "AdditionalInfo": "",
    "BenefitType": "",
    "CreditType": "PEC Applied",
    "CreditPercentage": "15",
    "MeterSubCategory": "",
    "PricingPreTaxTotal": "1.08",
    "ProductName": "VM",
    "SkuName": "D2s v3",
    "SubscriptionDescription": "Azure plan",
}
DETAILS = """\
date,SubscriptionId,PayGPrice,quantity,partnerEarnedCreditApplied,partnerEarnedCreditRate,pricingCurrency
10/04/2026,3f47bcf1-965d-40a1-a2bc-3d5db3653250,1,24,true,0.15,USD
"""
BASIC_HEADER = "UsageDate,EntitlementId,UnitPrice,Quantity,CreditType,CustomerId,ResourceURI\n"
BASIC = f"{BASIC_HEADER}2026-10-04,3f47bcf1-965d-40a1-a2bc-3d5db3653250,1,24,PEC Applied,c,\n"


def told(path):
    (found,) = pec.doctor(path)
    return found


def answers(found):
    return {one["question"]: one["answer"] for one in found["answers"]}


def lacks(found, question):
    return next(one["lacks"] for one in found["answers"] if one["question"] == question)


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


ALL = {
    "credit": "yes",
    "gaps": "yes",
    "customers": "yes",
    "resellers": "yes",
    "by_design": "yes",
    "azure_credit": "yes",
}
BESIDE = {"balance": "with", "access": "with", "products": "with", "tie_out": "with"}


@pytest.mark.parametrize("form", ["csv", "csv.gz", "jsonl", "jsonl.gz", "json"])
def test_full_usage_in_every_container(tmp_path, form):
    rows = [record(**FULL), record(**FULL, UsageDate="2026-10-09")]
    table = jsonl_of(rows) if form.startswith("jsonl") else csv_of(rows)
    if form == "json":
        table = json.dumps({"items": rows}).encode()
    file = write(tmp_path / f"usage.{form}", gz(table) if form.endswith("gz") else table)
    found = told(file)
    assert (found["kind"], found["layout"], found["attribute_set"]) == (
        "daily_rated_usage",
        "daily rated usage",
        "full",
    )
    assert (found["rows"], found["row_issues"], found["lacks"], found["error"]) == (2, 0, [], None)
    assert (found["first_day"], found["last_day"]) == (datetime.date(2026, 10, 1), datetime.date(2026, 10, 9))
    assert found["format"].endswith("gzip") == form.endswith("gz")
    assert answers(found) == ALL | BESIDE


def test_the_basic_set_is_told_less(tmp_path):
    found = told(write(tmp_path / "basic.csv", BASIC))
    assert found["attribute_set"] == "basic"
    assert answers(found) == {
        "credit": "partly",
        "gaps": "yes",
        "customers": "yes",
        "resellers": "no",
        "by_design": "partly",
        "azure_credit": "yes",
        "balance": "with",
        "access": "with",
        "products": "no",
        "tie_out": "no",
    }
    assert lacks(found, "credit") == ["PartnerEarnedCreditPercentage"]
    assert lacks(found, "resellers") == ["Tier2MpnId"]
    assert lacks(found, "tie_out") == sorted(IDS)
    takes = {one["take"] for one in found["answers"] if one["answer"] in ("no", "partly")}
    assert takes == {"Partner Center > Billing > Billing history > Daily rated usage, attribute set full"}


@pytest.mark.parametrize("name", IDS)
def test_one_id_less_and_the_invoice_cannot_be_compared(tmp_path, name):
    row = {column: value for column, value in record(**FULL).items() if column != name}
    found = told(write(tmp_path / "usage.csv", csv_of([row])))
    assert answers(found)["tie_out"] == "no"
    assert lacks(found, "tie_out") == [name]
    assert answers(found)["products"] == ("no" if name in ("ProductId", "SkuId") else "with")


def test_what_is_not_invoiced_yet_is_not_final(tmp_path):
    unbilled = [record(**FULL, InvoiceNumber="")] * 2
    found = told(write(tmp_path / "unbilled.csv", csv_of(unbilled)))
    assert (found["final"], found["details"]["open_period_lines"]) == (False, 2)
    assert answers(found)["tie_out"] == "no"
    mixed = told(write(tmp_path / "mixed.csv", csv_of([*unbilled, record(**FULL, InvoiceNumber="G1")])))
    assert (mixed["final"], mixed["details"]["open_period_lines"]) == (False, 2)
    assert answers(mixed)["tie_out"] == "with"
    assert told(write(tmp_path / "billed.csv", csv_of([record(**FULL, InvoiceNumber="G1")])))["final"] is None


def test_a_header_alone_answers_nothing(tmp_path):
    found = told(write(tmp_path / "usage.csv", csv_of([record(**FULL)]).splitlines()[0]))
    assert (found["kind"], found["rows"]) == ("daily_rated_usage", 0)
    assert (answers(found)["credit"], answers(found)["gaps"]) == ("no", "no")


def test_cost_details_and_focus(tmp_path):
    details = told(write(tmp_path / "details.csv", DETAILS))
    assert (details["kind"], details["layout"]) == ("cost_details", "Cost Management cost details")
    assert lacks(details, "customers") == lacks(details, "balance") == ["customerTenantId"]
    assert answers(details)["balance"] == "no"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([ROW]), tmp_path / "focus.parquet")
    focus = told(tmp_path / "focus.parquet")
    assert (focus["kind"], focus["layout"], focus["format"]) == ("focus", "FOCUS 1.0", "Parquet")
    assert focus["details"]["amounts_were_doubles"] is True
    for found in (details, focus):
        told_of = answers(found)
        assert found["attribute_set"] is None
        assert (told_of["credit"], told_of["azure_credit"], told_of["tie_out"]) == ("yes", "no", "no")


def test_credit_columns_that_are_blank_throughout_tell_nothing(tmp_path):
    blank = DETAILS.replace("true,0.15", ",")
    found = told(write(tmp_path / "details.csv", blank))
    assert (answers(found)["credit"], answers(found)["gaps"]) == ("no", "no")
    assert "blank throughout" in found["answers"][0]["because"]


def test_price_lists(tmp_path):
    found = told(write(tmp_path / "prices.csv", PRICES))
    assert (found["kind"], found["rows"], answers(found)) == ("price_list", 2, {"products": "with"})
    assert (found["first_day"], found["last_day"]) == (datetime.date(2018, 3, 1), None)
    with zipfile.ZipFile(tmp_path / "prices.zip", "w") as archive:
        archive.writestr("prices.csv", SAMPLE)
    packed = told(tmp_path / "prices.zip")
    assert (packed["kind"], packed["rows"], packed["first_day"]) == ("price_list", 3, None)


def test_invoices(tmp_path):
    found = told(DATA / "invoice" / "invoice_reconciliation.csv")
    assert (found["kind"], found["row_issues"], answers(found)) == ("invoice", 0, {"tie_out": "with"})
    tied = pec.tie_out(DATA / "2026-10", invoice=DATA / "invoice").to_dict()
    totals = {one["currency"]: one["total_invoice"] for one in tied["currencies"]}
    assert {one["currency"]: one["total_invoice"] for one in found["details"]["currencies"]} == totals
    assert all(type(one["total_invoice"]) is Decimal for one in found["details"]["currencies"])
    assert told(write(tmp_path / "nothing.csv", HEADER))["details"]["keys"] == 0


def test_credits_as_a_list_and_as_balance_reports(tmp_path):
    listed = told(DATA / "credits.toml")
    assert (listed["kind"], listed["layout"]) == ("credits", "credits.toml, Azure credits that were granted")
    assert (listed["first_day"], listed["last_day"]) == (datetime.date(2026, 7, 1), datetime.date(2027, 10, 4))
    assert (listed["details"], answers(listed)) == ({"credits": 2, "customers": 2}, {"balance": "with"})
    assert listed["lacks"] == ["aco-woodgrove: a statement, unless usage begins with the credit"]
    rows = [
        ("c", "2026-09", "50.00", "100.00", "a1"),
        ("c", "2026-10", "150.00", "0.00", "a1"),
        ("c", "2026-10", "1.00", "2.00", "a2"),
        ("d", "soon", "1.00", "2.00", "a3"),
    ]
    header = "CustomerTenantId,InvoiceMonth,CreditAmount,BalanceAmount,AgreementId,EffectiveDate,ExpiryDate"
    lines = [f"{','.join(row)},2026-09-01,2027-08-31" for row in rows]
    table = "\n".join([header, *lines, ""])
    reports = [write(tmp_path / "balance.csv", table), write(tmp_path / "packed.csv.gz", gz(table.encode()))]
    with zipfile.ZipFile(tmp_path / "balance.zip", "w") as archive:
        archive.writestr("balance.csv", table)
    for report in (*reports, tmp_path / "balance.zip"):
        found = told(report)
        assert (found["kind"], found["layout"]) == ("credits", "balance report of Azure credits")
        assert (found["row_issues"], found["lacks"]) == (1, [])
        assert found["details"] == {"credits": 2, "customers": 1}
    wrong = told(write(tmp_path / "w.toml", '[[credit]]\ncustomer = "c"\ngranted = 1.5\n'))
    assert wrong["kind"] == "credits"
    assert wrong["error"].startswith("line 3: found `float`, expected an amount as text")
    assert told(write(tmp_path / "none.toml", '[drawdown]\nmode = "deck"\n'))["details"]["credits"] == 0
    done = run("doctor", "balance.csv", cwd=tmp_path, env={"COLUMNS": "200"})
    assert (
        "balance report of Azure credits; 1 unreadable; 2026-09-01 to 2027-08-31; 2 credits of 1 customer"
        in done.stdout
    )


def test_evidence_alone_and_in_its_folder(tmp_path):
    roles = DATA / "evidence" / "role_assignments.json"
    alone = told(roles)
    assert (alone["kind"], alone["layout"], alone["rows"]) == ("evidence", "role_assignments", 41)
    assert (alone["details"]["complete"], answers(alone)) == (False, {"access": "partly"})
    assert "az managedservices assignment list" in alone["answers"][0]["take"]
    folder = pec.doctor(DATA / "evidence")
    assert {one["kind"] for one in folder} == {"evidence"}
    assert {one["path"] for one in folder} == {str(DATA / "evidence")}
    assert {Path(one["file"]).name for one in folder} == {
        path.name for path in (DATA / "evidence").iterdir() if path.name != "manifest.json"
    }
    assert all(answers(one) == {"access": "with"} for one in folder)
    by_kind = {one["layout"]: one for one in folder}
    assert any("Lighthouse" in lack for lack in by_kind["role_assignments"]["lacks"])
    assert pec.doctor(DATA / "evidence" / "manifest.json") == folder
    shutil.copytree(DATA / "evidence", tmp_path / "evidence")
    write(tmp_path / "evidence" / "more.csv", csv_of(MONTH))
    (tmp_path / "evidence" / "change_log.json").unlink()
    failed, beside = pec.doctor(tmp_path)
    assert (failed["kind"], failed["path"]) == ("evidence", str(tmp_path / "evidence"))
    assert "change_log.json" in failed["error"]
    assert (beside["kind"], Path(beside["file"]).name) == ("daily_rated_usage", "more.csv")


def test_manifests_of_exports(tmp_path):
    write(tmp_path / "part.csv", csv_of(MONTH))
    manifest = write(tmp_path / "manifest.json", json.dumps({"blobs": [{"name": "part.csv"}]}))
    for given in (tmp_path, manifest):
        kinds = {Path(one["file"]).name: one["kind"] for one in pec.doctor(given)}
        assert kinds == {"manifest.json": "manifest", "part.csv": "daily_rated_usage"}
    (tmp_path / "part.csv").unlink()
    found = told(manifest)
    assert (found["kind"], found["error"]) == ("manifest", "blob `part.csv` is not in the folder; download it")


def test_toml(tmp_path):
    partner = told(DATA / "partner.toml")
    assert (partner["kind"], partner["lacks"], answers(partner)) == ("partner", [], {"access": "with"})
    offer = told(DATA / "offer.toml")
    assert (offer["kind"], offer["lacks"]) == ("offer", ["customer_agreement_accepted"])
    assert answers(offer) == {"offer": "partly"}
    bare = told(write(tmp_path / "p.toml", '[partner]\nkind = "direct_bill"\ntenant_id = "t"\npartner_ids = ["1"]\n'))
    assert (bare["kind"], bare["lacks"]) == (
        "partner",
        ["agent_groups: without them a foreign group cannot be told for yours"],
    )
    misspelt = told(write(tmp_path / "q.toml", '[partner]\ntenant_id = "t"\npartner_idz = ["1"]\n'))
    assert misspelt["kind"] == "partner"
    assert "partner_idz" in misspelt["error"]
    assert told(write(tmp_path / "r.toml", "[deal]\nacr = 1\n"))["error"].startswith("line 2: unknown field `acr`")
    for content in ("[tool.ruff]\nline-length = 120\n", "partner = 1\n"):
        other = told(write(tmp_path / "s.toml", content))
        assert (other["kind"], other["error"].partition(",")[0]) == (None, "not known to pec")
    assert told(write(tmp_path / "t.toml", "[[["))["error"]
    assert "16 MiB" in told(write(tmp_path / "u.toml", b"#" * ((16 << 20) + 1)))["error"]


@pytest.mark.parametrize(
    ("name", "content", "kind", "error"),
    [
        ("notes.txt", b"Dear all,\nthe credit is gone.\n", None, "not known to pec"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0\0", None, "this is neither CSV nor JSON text"),
        ("empty.csv", b"", None, "the file is empty"),
        ("list.json", b"[]", None, "an empty list: nothing in it tells its kind"),
        ("page.html", b"<!DOCTYPE html><html>Sign in</html>", None, "this is a web page"),
        ("cut.csv.gz", gz(csv_of(MONTH * 50))[:400], None, "cannot be read"),
        ("other.json", b'{"name": "x"}', None, "cannot tell what this file holds"),
        (
            "usage.csv",
            b"UsageDate,EntitlementId,UnitPrice,CreditType\n2026-10-04,s,1,\n",
            "daily_rated_usage",
            "no column",
        ),
        ("details.csv", DETAILS.replace(",quantity", ",q").encode(), "cost_details", "no column `quantity`"),
        ("focus.csv", f"{','.join(ROW).replace('ListUnitPrice', 'x')}\n".encode(), "focus", "no column"),
        ("recon.csv", HEADER.replace(",Subtotal", "").encode(), "invoice", "no column `Subtotal`"),
        (
            "balance.csv",
            b"CustomerTenantId,InvoiceMonth,CreditAmount,EffectiveDate,ExpiryDate\n",
            "credits",
            "no column `BalanceAmount`",
        ),
        ("values.json", b'{"value": []}', None, "an empty list: nothing in it tells its kind"),
        (
            "retail.csv",
            b"date,SubscriptionId,PayGPrice,quantity,costInBillingCurrency\n",
            None,
            "this is a Cost Management",
        ),
    ],
)
def test_what_cannot_be_used_is_told_plainly(tmp_path, name, content, kind, error):
    found = told(write(tmp_path / name, content))
    assert found["kind"] == kind
    assert found["error"].startswith(error)
    assert found["answers"] == []


def test_every_file_of_a_folder_is_told_and_none_twice():
    found = pec.doctor([DATA, DATA / "partner.toml", f"{DATA}/*.toml"])
    files = [one["file"] for one in found]
    assert len(files) == len(set(files))
    there = {str(path) for path in DATA.rglob("*") if path.is_file() and path.name != "manifest.json"}
    assert {file for file in files if "__pycache__" not in file} == {
        file for file in there if "__pycache__" not in file
    }


def test_nothing_there_and_nothing_readable(tmp_path):
    with pytest.raises(FileNotFoundError):
        pec.doctor(tmp_path / "none.csv")
    os.mkfifo(tmp_path / "pipe")
    assert pec.doctor(tmp_path) == []
    done = run("doctor", "none.csv", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "pec: none.csv: no such file; check the path\n")


def test_json_is_what_python_says():
    done = run("doctor", "data", "--json", cwd=DATA.parent)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    called = json.loads(json.dumps(pec.doctor(DATA), default=str).replace(f'"{DATA}', '"data'))
    assert found["files"] == called
    assert found["commands"] == [
        "pec reconcile data/2026-10/daily_rated_usage.csv.gz --partner data/partner.toml --evidence data/evidence "
        "--credits data/credits.toml",
        "pec tie-out data/2026-10/daily_rated_usage.csv.gz --invoice data/invoice/invoice_reconciliation.csv",
        "pec aco balance data/2026-10/daily_rated_usage.csv.gz --credits data/credits.toml "
        "--invoice data/invoice/invoice_reconciliation.csv",
        "pec aco plan data/offer.toml",
    ]


def test_the_commands_run():
    for command in json.loads(run("doctor", "data", "--json", cwd=DATA.parent).stdout)["commands"]:
        assert run(*command.split()[1:], cwd=DATA.parent).returncode == 0, command


def test_the_text_fits_and_cannot_steer_the_terminal(tmp_path):
    write(tmp_path / "a\x1b]0;x\x07.csv", csv_of(MONTH))
    write(tmp_path / "b [red]c.csv", csv_of(MONTH))
    write(tmp_path / "w,1.csv", b"\x1b[31m,UsageDate\n")
    done = run("doctor", ".", cwd=tmp_path, env={"COLUMNS": "60"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout
    assert "a\\x1b]0;x\\x07.csv" in done.stdout
    assert "b [red]c.csv" in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if "pec reconcile" not in line) <= 60
    text = " ".join(done.stdout.split())
    for part in ("8 rows", "2026-10-01 to 2026-10-07", "With these files"):
        assert part in text


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_names_that_are_not_text(tmp_path):
    name = os.fsdecode(b"a\xff.csv")
    write(tmp_path / name, csv_of(MONTH))
    assert told(tmp_path / name)["file"] == str(tmp_path / "a\ufffd.csv")
    assert run("doctor", name, cwd=tmp_path).returncode == 0
    assert json.loads(run("doctor", name, "--json", cwd=tmp_path).stdout)["files"][0]["rows"] == 8


def test_progress_goes_on_over_files(tmp_path):
    big = csv_of([record(Tags="x" * 400)] * 30_000)
    for name in ("a.csv", "b.csv"):
        write(tmp_path / name, big)
    seen = []
    pec.doctor(tmp_path, progress=lambda rows, _: seen.append(rows))
    assert seen == sorted(seen)


def test_the_same_files_give_the_same_bytes():
    assert run("doctor", str(DATA)).stdout == run("doctor", str(DATA)).stdout


def test_a_page_of_several_is_told(tmp_path):
    page = {"items": [record()], "links": {"self": {"uri": "/x"}, "next": {"uri": "/x?seekOperation=Next"}}}
    found = told(write(tmp_path / "page.json", json.dumps(page)))
    assert (found["kind"], found["details"]["part_of_answer"]) == ("daily_rated_usage", True)
    shown = run("doctor", "page.json", cwd=tmp_path).stdout
    assert "but  it is a part of an answer" in shown
    report = run("reconcile", "page.json", cwd=tmp_path).stdout
    assert "this is a part of an answer" in report and "give its other pages too" in " ".join(report.split())
    assert run("reconcile", "page.json", "--strict", cwd=tmp_path).returncode == 0
    assert (
        "1 row, 0 unreadable, usage of 2026-10-01 to 2026-10-01, a part of an answer"
        in pec.reconcile(tmp_path / "page.json").to_html()
    )
    last = json.dumps(page | {"links": {}})
    both = told(write(tmp_path / "both.json", f"{json.dumps(page)}\n{last}\n"))
    assert (both["rows"], both["details"]["part_of_answer"]) == (2, False)


def test_names_that_are_not_utf_8_are_counted_and_shown(tmp_path):
    rows = [record(CustomerName="Müller"), record(CustomerName="Muller"), record(CustomerId="c", CustomerName="Jäger")]
    found = told(write(tmp_path / "usage.csv", csv_of(rows).decode().encode("cp1252")))
    assert (found["row_issues"], found["details"]["not_utf8_lines"]) == (0, 2)
    assert "but  2 lines with names that are not UTF-8" in run("doctor", "usage.csv", cwd=tmp_path).stdout
    result = pec.reconcile(tmp_path / "usage.csv")
    assert result.to_dict()["customer_names"]["c"] == "J\ufffdger"
    assert "2 lines with names that are not UTF-8" in result.report()
