"""Runs every golden case against the oracle.

    python tests/oracle/check_golden.py [DIR]

Prints each failure and ends with `N passed, 0 failed`; the exit code is 1 if anything failed.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from access import Decider
from access_reading import evidence_of, partner_of
from access_worlds import place_of
from amounts import Refusal, amount_text, list_cost, parse_number, parse_percent
from credit_offer import answer as credit_offer
from dates import usage_day
from drawdown import answer as drawdown
from facts import Programme, World
from meaning import Issue, Line, read_row
from names import FileError, normalised
from oracle import reconcile
from prices import Prices
from reading import Row, read_bytes, rows_of_records
from rules import judge

Case = dict
GOLDEN = Path(__file__).resolve().parent.parent / "golden"


def record_of(defaults: Case, differences: Case) -> Case:
    """The defaults overlaid with the differences; null takes a column away."""
    merged = {**defaults, **differences}
    return {name: value for name, value in merged.items() if value is not None}


def rows_of(case: Case, defaults: Case) -> list[Row]:
    if "headers" in case:
        text = io.StringIO()
        csv.writer(text).writerows([case["headers"], *case["rows"]])
        return read_bytes(text.getvalue().encode(), "case.csv")
    records = case.get("records") or [case["record"]]
    merged = {**defaults, **case.get("defaults", {})}
    return rows_of_records([record_of(merged, record) for record in records], "case.json")


def run_money(case: Case, _defaults: Case) -> Case:
    try:
        if case["kind"] == "parse":
            return {"value": amount_text(parse_number(case["text"].strip()))}
        cost = list_cost(parse_number(case["unit_price"]), parse_number(case["quantity"]))
        answer = {"list_cost": amount_text(cost)}
        if "rate" in case:
            answer["credit"] = amount_text(Fraction(case["rate"]) * cost)
        return answer
    except Refusal:
        return {"refused": True}


def run_normalise(case: Case, defaults: Case) -> Case:
    kind = case["kind"]
    if kind == "date":
        texts = (case.get(name, "") for name in ("usage_date", "charge_start", "charge_end"))
        day = usage_day(*texts)
        return {"issue": "UsageDate"} if isinstance(day, str) else {"day": day.isoformat()}
    if kind == "percent":
        boolean = normalised(case["column"]) == "haspartnerearnedcredit"
        try:
            return {"fraction": amount_text(parse_percent(case["text"].strip(), boolean))}
        except Refusal:
            return {"issue": case["column"]}
    try:
        row = read_row(rows_of(case, defaults)[0])
    except FileError as error:
        return {"error": [name for name in case["expect"].get("error", []) if name in str(error)]}
    if isinstance(row, Issue):
        return {"issue": row.column}
    fields = line_fields(row)
    return {name: fields[name] for name in case["expect"] if name in fields}


def line_fields(line: Line) -> Case:
    return {
        "day": line.day.isoformat(),
        "customer": line.customer,
        "subscription": line.subscription,
        "resource_group": line.resource_group,
        "resource": line.resource,
        "reseller": line.reseller or None,
        "currency": line.currency,
        "list_cost": amount_text(line.list_cost),
        "credit": amount_text(judge(line).credit),
    }


def run_eligibility(case: Case, defaults: Case) -> Case:
    read = read_row(rows_of(case, defaults)[0])
    if isinstance(read, Issue):
        return {"issue": read.column}
    prices = None
    if "prices" in case:
        prices = Prices()
        prices.read(case["prices"])
    judged = judge(read, prices)
    return {
        "outcome": judged.outcome,
        "primary": judged.findings[0],
        "findings": judged.findings,
        "list_cost": amount_text(read.list_cost),
        "credit": amount_text(judged.credit),
        "standing": judged.standing,
        "reason": judged.reason,
    }


def run_reconcile(case: Case, defaults: Case) -> Case:
    answer = reconcile(rows_of(case, defaults))
    answer["issues"] = [
        {name: issue[name] for name in ("row", "column")} for issue in answer["issues"]
    ]
    return answer


def run_drawdown(case: Case, defaults: Case) -> Case:
    prices = None
    if "prices" in case:
        prices = Prices()
        prices.read(case["prices"])
    return drawdown(case["credits_toml"], rows_of(case, defaults), prices)


def run_access(case: Case, defaults: Case) -> list[Case]:
    """The verdict of each record."""
    partner, evidence = case["partner"], case["evidence"]
    decider = Decider(
        World(
            partner=None if partner is None else partner_of(partner),
            files=evidence_of(evidence["manifest"], evidence["files"]),
            programme=programme_of(case.get("programme", {})),
        )
    )
    answers = []
    for row in rows_of(case, defaults):
        line = read_row(row)
        assert isinstance(line, Line), line
        judged = judge(line)
        decision = decider.decide(place_of(line), judged.findings if judged.by_design else ())
        answers.append(
            {
                "outcome": decision.outcome,
                "primary": decision.primary,
                "findings": list(decision.findings),
            }
        )
    return answers


def programme_of(switches: Case) -> Programme:
    return Programme(
        coverage=switches.get("coverage", "whole_day"),
        unlisted_roles_fail=switches.get("unlisted_roles") == "not_eligible",
        management_group_reaches=switches.get("management_group_reaches", True),
        marketplace_needs_link=switches.get("lighthouse_marketplace_needs_link", True),
    )


RUNNERS = {
    "access": run_access,
    "credit_offer": lambda case, _defaults: credit_offer(case),
    "drawdown": run_drawdown,
    "money": run_money,
    "normalise": run_normalise,
    "eligibility": run_eligibility,
    "reconcile": run_reconcile,
}


def cases_in(folder: Path) -> Iterator[tuple[Path, str, Case, Case]]:
    for path in sorted(folder.glob("*/*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["stage"] != path.parent.name:
            raise SystemExit(f"{path}: stage `{document['stage']}` in the wrong folder")
        for case in document["cases"]:
            source = case.get("source") or document.get("source")
            if not (source and case.get("why") and case.get("id")):
                raise SystemExit(f"{path}: a case without id, why or source")
            if document["stage"] == "access":
                case.setdefault("partner", document.get("partner"))
            yield path, document["stage"], case, document.get("defaults", {})


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else GOLDEN
    passed = failed = 0
    seen: set[str] = set()
    for path, stage, case, defaults in cases_in(folder):
        if stage not in RUNNERS:
            # The oracle decides days; it compares no exports.
            continue
        name = f"{stage}/{case['id']}"
        answer = RUNNERS[stage](case, defaults)
        if answer == case["expect"] and name not in seen:
            passed += 1
        else:
            failed += 1
            why = "a second case with this id" if name in seen else ""
            print(f"FAILED {path.name}: {name} {why}")
            print(f"  expected {json.dumps(case['expect'])}\n  answered {json.dumps(answer)}")
        seen.add(name)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
