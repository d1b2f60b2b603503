"""The Azure Credit Offer through Python and the command."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import pec

PEC = Path(sys.executable).with_name("pec")
DECK = [75, 85, 90, 112, 85, 100]
DAY = datetime.date(2024, 1, 15)

OFFER = """
[deal]
incremental_acr = "15000"
scenario = "dual_cost"

[request]
submitted_by = "indirect_provider"

[[agreement]]
step = "submit"
on = 2023-07-19
"""


def run(*arguments):
    return subprocess.run([PEC, "aco", *arguments], capture_output=True, text=True, encoding="utf-8")


def test_the_table_of_the_deck():
    found = pec.aco.table(credit=500, acr=DECK, on=DAY).to_dict()
    assert [month["balance_end"] for month in found["months"]] == [Decimal(n) for n in (425, 340, 250, 138, 53, 0)]
    last = found["months"][-1]
    assert (last["used"], last["above"], last["pec"], last["invoice"]) == (53, 47, Decimal("7.05"), Decimal("39.95"))
    assert found["totals"]["granted"] == 500
    assert found["value_to_partner"] == 425
    assert found["without"]["pec"] - found["with"]["pec"] == found["pec_forgone"] == 75


def test_the_command_prints_the_list_of_months():
    done = run("table", "--credit", "500", "--acr", *map(str, DECK), "--mode", "deck", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    months = json.loads(done.stdout)
    assert months[0] == {
        "month": 1,
        "acr": "75",
        "balance_start": "500",
        "used": "75",
        "above": "0",
        "pec": "0.00",
        "invoice": "0.00",
        "balance_end": "425",
    }
    assert (months[5]["pec"], months[5]["invoice"]) == ("7.05", "39.95")


def test_whole_dollars_only_where_they_are_asked_for():
    command = ["table", "--credit", "500", "--acr", *map(str, DECK)]
    row = [line.split() for line in run(*command).stdout.splitlines() if line.startswith("  6 ")]
    assert row == [["6", "100.00", "53.00", "53.00", "47.00", "7.05", "39.95", "0.00"]]
    row = [line.split() for line in run(*command, "--whole-dollars").stdout.splitlines() if line.startswith("  6 ")]
    assert row == [["6", "100", "53", "53", "47", "7", "40", "0"]]
    refused = run(*command, "--whole-dollars", "--json")
    assert (refused.returncode, refused.stdout) == (2, "")
    with pytest.raises(ValueError, match="only a table"):
        pec.aco.size(acr=15000, on=DAY).report(whole_dollars=True)


def test_size():
    done = run("size", "--acr", "15000", "--json", "--on", "2024-01-15")
    found = json.loads(done.stdout)
    assert (found["credit"], found["eligible"], found["verified"]) == ("1500", True, True)
    exact = pec.aco.size(acr=Decimal("5000.01"), on=DAY, eligible_share="0.5").to_dict()
    assert (exact["credit"], exact["pec_forgone"]) == (Decimal("500.001"), Decimal("37.500075"))
    assert exact["verified_through"] == datetime.date(2024, 6, 30)
    assert run("size", "--acr", "15000").returncode == 0, "today"


def test_forecast():
    done = run("forecast", "--balance", "250", "--acr", "75", "85", "90", "--first-month", "2024-04", "--json")
    assert json.loads(done.stdout)["likely"] == {"monthly_acr": "83.33", "month": 3, "day": "2024-06-30"}
    assert "Method" in run("forecast", "--balance", "250", "--acr", "75").stdout


def test_plan(tmp_path):
    file = tmp_path / "offer.toml"
    file.write_text(OFFER, encoding="utf-8")
    found = pec.aco.plan(file, today=datetime.date(2023, 7, 20)).to_dict()
    assert found["readiness"] == "not_ready"
    assert [one["id"] for one in found["prerequisites"] if one["status"] == "not_met"] == [
        "request_by_transacting_partner"
    ]
    assert all(one["owner"] and one["remedy"] and one["source"] for one in found["prerequisites"])
    assert found["timeline"]["windows"][1]["latest"] == datetime.date(2023, 8, 4)
    text = run("plan", str(file), "--today", "2023-07-20").stdout
    assert "the request would be rejected" in text
    assert "that day alone" in text


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: pec.aco.size(acr=15000.0, on=DAY), TypeError),
        (lambda: pec.aco.table(credit=500, acr=[75, 0.5], on=DAY), TypeError),
        (lambda: pec.aco.table(credit=500, acr=[True], on=DAY), TypeError),
        (lambda: pec.aco.table(credit=500, acr=[75], on=DAY, mode="weekly"), ValueError),
        (lambda: pec.aco.table(credit=500, acr=[75], on=DAY, eligible_share="1.1"), ValueError),
        (lambda: pec.aco.table(credit=500, acr=[75], on=DAY, expires_after=0), ValueError),
        (lambda: pec.aco.size(acr=-1, on=DAY), ValueError),
        (lambda: pec.aco.size(acr=15000, on=datetime.date(2023, 6, 30)), pec.ProgrammeError),
        (lambda: pec.aco.plan("nowhere.toml", today=DAY), FileNotFoundError),
    ],
)
def test_what_is_refused(call, error):
    with pytest.raises(error):
        call()


def test_errors_of_the_command_are_one_line(tmp_path):
    file = tmp_path / "offer.toml"
    file.write_text("[deal]\nacr = 1\n", encoding="utf-8")
    for arguments, what in (
        (("plan", str(file)), "line 2: unknown field `acr`"),
        (("plan", str(tmp_path / "nowhere.toml")), "no such file"),
        (("size", "--acr", "1,5"), "acr: found `1,5`"),
        (("table", "--credit", "500", "--acr", "-5"), ""),
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert what in done.stderr
    assert run("plan", str(file)).stderr.count("\n") == 1
