"""Two exports of access compared, and the alert: golden cases, the calls, and the command's contract."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal, localcontext

import polars as pl
import pytest

import pec
from samples import csv_of
from test_access import GOLDEN, MONTH, toml
from test_cli import run

TAKEN_AWAY = "1c86f718-6354-4fc2-ac60-78f489e1b9a0"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
AGENTS = "6f8a9b1c-2d3e-4f50-8a61-0000000000aa"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
TO_READER = "50506492-970f-42a8-89c5-532056351163"


def cases():
    document = json.loads((GOLDEN.parent / "diff" / "changes.json").read_text(encoding="utf-8"))
    for case in document["cases"]:
        yield pytest.param(case, case.get("partner", document["partner"]), document["defaults"], id=case["id"])


@pytest.mark.parametrize(("case", "partner", "defaults"), list(cases()))
def test_golden(case, partner, defaults, tmp_path):
    for side in ("old", "new"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "manifest.json").write_text(json.dumps(case[side]["manifest"]))
        for name, content in case[side]["files"].items():
            (tmp_path / side / name).write_text(json.dumps(content))
    text = "".join(f"{key} = {toml(value)}\n" for key, value in partner.items())
    usage = None
    if "usage" in case:
        names = sorted({name for record in case["usage"] for name in record} | set(defaults))
        records = [{**dict.fromkeys(names, ""), **defaults, **record} for record in case["usage"]]
        usage = tmp_path / "usage.csv"
        usage.write_bytes(csv_of(records))
    found = pec.access_diff(tmp_path / "old", tmp_path / "new", partner=pec.Partner.from_toml(text), usage=usage)
    told = json.loads(found.to_json())
    expect = case["expect"]
    for name in ("lost", "ending", "gained"):
        assert [short(change, usage) for change in told[name]] == expect[name]
    assert [(one["place"], one["missing"]) for one in told["not_compared"]] == [
        (one["place"], one["missing"]) for one in expect["not_compared"]
    ]
    assert told["unchanged"] == expect["unchanged"]
    if usage is not None:
        assert {name: told["usage"][name] for name in expect["usage"]} == expect["usage"]
    assert found.has_loss == any(change["covered"] != "yes" for change in expect["lost"])


def short(change, usage):
    grant = change.pop("grant")
    change["covered_by"] = [by["principal"] for by in change["covered_by"]]
    if usage is None:
        assert change.pop("credit") == change.pop("credit_not_told") == []
    return change | {name: grant[name] for name in ("role", "principal")}


@pytest.fixture
def month(tmp_path):
    """The example month with a second folder of exports, a month later, in which access was lost."""
    for name in ("2026-10", "evidence"):
        shutil.copytree(MONTH / name, tmp_path / name)
    shutil.copy(MONTH / "partner.toml", tmp_path)
    new = tmp_path / "new"
    shutil.copytree(tmp_path / "evidence", new)
    manifest = json.loads((new / "manifest.json").read_text())
    manifest["taken_at"] = "2026-12-05T06:00:00Z"
    log = next(file for file in manifest["files"] if file["kind"] == "change_log")
    log["from"] = "2026-11-01T00:00:00Z"
    roles = json.loads((new / "role_assignments.json").read_text())
    kept = []
    for role in roles:
        of_agents = role["principalId"] == AGENTS
        if of_agents and role["scope"] == f"/subscriptions/{TAKEN_AWAY}":
            continue
        if of_agents and role["scope"] == f"/subscriptions/{TO_READER}":
            role["roleDefinitionId"] = role["roleDefinitionId"].replace(OWNER, READER)
            role["roleDefinitionName"] = "Reader"
        kept.append(role)
    revoked = {
        "action": "Revoked",
        "principalId": AGENTS,
        "roleDefinitionId": OWNER,
        "roleName": "Owner",
        "scope": f"/subscriptions/{TAKEN_AWAY}",
        "scopeType": "Subscription",
        "timestamp": "2026-11-20T08:15:00Z",
    }
    (new / "manifest.json").write_text(json.dumps(manifest))
    (new / "role_assignments.json").write_text(json.dumps(kept))
    (new / "change_log.json").write_text(json.dumps([revoked]))
    return tmp_path


WATCH = ["access", "diff", "evidence", "--against", "new", "--partner", "partner.toml"]


def test_the_report(month):
    done = run(*WATCH, "--usage", "2026-10", cwd=month)
    assert (done.returncode, done.stderr) == (0, "")
    # Lines are broken between words.
    text = " ".join(done.stdout.split())
    parts = (
        "What was compared",
        "Lost: it carried PEC, and nothing else covers its place",
        "What to do",
    )
    assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
    for part in (
        f"AOBO, Owner of {AGENTS} on /subscriptions/{TAKEN_AWAY} is gone since 2026-11-20 08:15:00 UTC (no_access)",
        f"on /subscriptions/{TO_READER} is now only Reader (role_not_eligible)",
        "of credit a month of 30 days in all, covered before and not any more; each line counts once",
    ):
        assert part in text
    assert "Will be lost" not in text
    assert "could not be compared" not in text


def test_json_has_decimals_in_python_and_texts_on_the_command_line(month):
    done = run(*WATCH, "--usage", "2026-10", "--json", cwd=month)
    found = json.loads(done.stdout)
    called = pec.access_diff(
        month / "evidence", month / "new", partner=month / "partner.toml", usage=month / "2026-10"
    ).to_dict()
    lost = {change["change"]: change for change in found["lost"]}
    assert set(lost) == {"gone", "downgraded"}
    assert lost["gone"]["at"] == "2026-11-20T08:15:00Z"
    for exact, text in zip(called["usage"]["lost"], found["usage"]["lost"], strict=True):
        assert type(exact["credit"]) is type(exact["credit_per_month"]) is Decimal
        assert (str(exact["credit"]), str(exact["credit_per_month"])) == (text["credit"], text["credit_per_month"])
    # Each change of this month has lines of its own, so the total is their sum.
    with localcontext() as context:
        context.prec = 60
        parts = sum(change["credit"][0]["credit"] for change in called["lost"])
    assert parts == called["usage"]["lost"][0]["credit"]


def test_without_usage_there_is_no_amount_and_the_text_says_what_gives_it(month):
    done = run(*WATCH, cwd=month)
    assert done.returncode == 0
    assert "give daily rated usage with --usage" in done.stdout
    assert "a month" not in done.stdout
    assert json.loads(run(*WATCH, "--json", cwd=month).stdout)["usage"] is None


def test_statuses(month):
    same = ["access", "diff", "evidence", "--against", "evidence", "--partner", "partner.toml", "--fail-on-loss"]
    done = run(*same, cwd=month)
    assert done.returncode == 0
    assert "No grant that carries PEC changed" in done.stdout
    assert run(*WATCH, "--fail-on-loss", cwd=month).returncode == 1
    # An export of nothing shows no loss, and hides it.
    (month / "nothing").mkdir()
    (month / "nothing/manifest.json").write_text('{"version": 1, "taken_at": "2026-11-06T00:00:00Z", "files": []}')
    blind = run("access", "diff", "evidence", "--against", "nothing", *same[5:], cwd=month)
    assert (blind.returncode, "could not be compared" in blind.stdout) == (1, True)
    absent = run("access", "diff", "evidence", "--against", "none", "--partner", "partner.toml", cwd=month)
    assert (absent.returncode, absent.stdout, absent.stderr) == (2, "", "pec: none: no such file; check the path\n")
    broken = run(*WATCH, "--usage", "partner.toml", cwd=month)
    assert (broken.returncode, broken.stdout, broken.stderr.count("\n")) == (2, "", 1)
    assert run("access", "diff", "evidence", "--partner", "partner.toml", cwd=month).returncode == 2


def test_usage_in_tables_is_as_good_as_in_files(month):
    old, new = pec.Evidence(), pec.Evidence()
    old.read_folder(month / "evidence")
    new.read_folder(month / "new")
    usage = pl.read_csv(*(month / "2026-10").glob("*.gz"), infer_schema=False)

    def found(of):
        told = pec.access_diff(old, new, partner=month / "partner.toml", usage=of).to_dict()
        # Where a row stands depends on what it is read from.
        told["usage"]["issues"] = [
            {name: issue[name] for name in ("column", "found", "expected")} for issue in told["usage"]["issues"]
        ]
        return told

    of_file = found(month / "2026-10")
    assert of_file["usage"]["lost"] and of_file["usage"]["issues"]
    assert found(usage) == of_file == found([usage[:4_000], usage[4_000:].to_arrow()])
    assert found(usage.to_pandas()) == of_file
    with pytest.raises(pec.ReadError, match="no column"):
        found(pl.DataFrame({"a": ["b"]}))


ALERT = ["access", "alert", "--partner", "partner.toml", "--evidence", "evidence"]


def test_alert(month):
    done = run(*ALERT, cwd=month)
    assert (done.returncode, done.stderr) == (0, "")
    text = done.stdout
    assert text == pec.access_alert(month / "evidence", partner=month / "partner.toml").rstrip("\n") + "\n"
    roles = json.loads((month / "evidence" / "role_assignments.json").read_text())
    carrying = [role for role in roles if role["principalId"] == AGENTS or role["principalId"].endswith("bb")]
    watched = {path.lower() for path in re.findall(r"equals: '(/subscriptions/[^']*)'", text)}
    assert watched == {role["id"].lower() for role in carrying if not role["roleDefinitionId"].endswith(READER)}
    # Neither the customer's administrators nor Reader carry PEC.
    assert len(watched) < len(roles)
    assert text.count("resource roleAssignments_") == len({path.split("/")[2] for path in watched})
    assert "az deployment group create" in text


def test_alert_of_one_subscription_and_action_group(month):
    group = "/subscriptions/x/resourceGroups/it's/providers/Microsoft.Insights/actionGroups/${a}"
    done = run(*ALERT, "--subscription", TAKEN_AWAY.upper(), "--action-group", group, cwd=month)
    assert done.returncode == 0
    assert done.stdout.count("\nresource ") == 1
    assert "actionGroupId string = '/subscriptions/x/resourceGroups/it\\'s/providers" in done.stdout
    assert "actionGroups/\\${a}'" in done.stdout
    none = run(*ALERT, "--subscription", "nobody", cwd=month)
    assert (none.returncode, none.stdout, none.stderr.count("\n")) == (2, "", 1)
    assert "carries PEC" in none.stderr
