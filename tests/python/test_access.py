"""A partner and its evidence of access: the golden cases through Python, the calls, and the command's contract."""

from __future__ import annotations

import datetime
import json
import shutil
from decimal import Decimal, localcontext
from pathlib import Path

import pyarrow as pa
import pytest

import pec
from samples import RECORD, csv_of
from test_cli import run

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "access"
MONTH = ROOT / "examples" / "data"
ADATUM = "1c86f718-6354-4fc2-ac60-78f489e1b9a0"


def cases():
    for path in sorted(GOLDEN.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for case in document["cases"]:
            # The switches of the programme are Rust's.
            partner = case.get("partner", document.get("partner"))
            if "programme" not in case and partner is not None:
                defaults = {**document.get("defaults", {}), **case.get("defaults", {})}
                yield pytest.param(case, partner, defaults, id=f"{path.stem}/{case['id']}")


def toml(value):
    """A TOML value; JSON's texts, numbers and truth are TOML's."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return json.dumps(value)


@pytest.mark.parametrize(("case", "partner", "defaults"), list(cases()))
def test_golden(case, partner, defaults, tmp_path):
    evidence = pec.Evidence()
    (tmp_path / "manifest.json").write_text(json.dumps(case["evidence"]["manifest"]))
    for name, content in case["evidence"]["files"].items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content))
    evidence.read_folder(tmp_path)
    text = "".join(f"{key} = {toml(value)}\n" for key, value in partner.items())
    given = {"partner": pec.Partner.from_toml(text), "evidence": evidence}
    for record, expect in zip(case["records"], case["expect"], strict=True):
        line = {name: value for name, value in {**defaults, **record}.items() if value is not None}
        usage = tmp_path / "usage.csv"
        usage.write_bytes(csv_of([line]))
        day = datetime.date.fromisoformat(line["UsageDate"])
        (found,) = pec.explain(usage, subscription=line["EntitlementId"], day=day, **given).to_dict()["decisions"]
        assert {name: found[name] for name in ("outcome", "primary", "findings")} == expect


def month(**options):
    return pec.reconcile(MONTH / "2026-10", **options)


def test_the_losses_of_the_example_month_are_explained():
    found = month(partner=MONTH / "partner.toml", evidence=MONTH / "evidence").to_dict()["sums"]
    lost = {row["reason"]: row["lines"] for row in found if row["standing"] == "lost"}
    assert lost == {"no_access": 1016, "role_not_eligible": 23, "access_denied": 98, "access_part_of_day": 68}
    assert {row["standing"] for row in found} == {"earned", "lost", "excluded"}
    without = month().to_dict()["sums"]
    unknown = [row for row in without if row["standing"] == "unknown"]
    assert sum(row["potential_credit"] for row in found if row["standing"] == "lost") == sum(
        row["potential_credit"] for row in unknown
    )


def test_losses_add_up_and_say_what_a_month_costs():
    result = pec.reconcile(MONTH / "2026-10", partner=MONTH / "partner.toml", evidence=MONTH / "evidence")
    losses = result.to_dict()["losses"]
    lost = [row for row in result.to_dict()["sums"] if row["standing"] in ("missed", "lost")]
    assert sum(loss["credit_lost"] for loss in losses) == sum(row["potential_credit"] for row in lost)
    assert sum(loss["lines"] for loss in losses) == sum(row["lines"] for row in lost)
    worst = losses[0]
    assert (worst["reason"], worst["ongoing"], worst["credit_per_month"]) == ("no_access", True, Decimal("65.93"))
    assert worst["first_day"] == datetime.date(2026, 9, 30)
    assert result.losses.num_rows == len(losses)
    months = pa.table(result.losses)["credit_per_month"].to_pylist()
    assert months == [loss["credit_per_month"] for loss in losses]


def test_evidence_in_any_form_is_the_same():
    partner = pec.Partner(MONTH / "partner.toml")
    evidence = pec.Evidence()
    evidence.read_folder(MONTH / "evidence")
    expected = month(partner=partner, evidence=evidence).to_json()
    assert (
        expected
        == month(partner=str(MONTH / "partner.toml"), evidence=[MONTH / "evidence" / "manifest.json"]).to_json()
    )
    assert [file["kind"] for file in evidence.files][:2] == ["role_assignments", "lighthouse_assignments"]
    assert all(file["complete"] and not file["taken_at_is_file_time"] for file in evidence.files)


def test_a_file_by_itself_proves_what_it_lists_and_never_absence():
    file = MONTH / "evidence" / "role_assignments.json"
    evidence = pec.Evidence()
    evidence.read(file, taken_at=datetime.datetime(2026, 11, 5, 6, tzinfo=datetime.UTC))
    found = month(partner=MONTH / "partner.toml", evidence=evidence).to_dict()["sums"]
    assert {row["reason"] for row in found if row["standing"] == "lost"} == set()
    named = f"role_assignments={file}@2026-11-05T06:00:00Z"
    again = month(partner=MONTH / "partner.toml", evidence=named)
    assert again.to_dict()["sums"] == found
    elsewhere = f"{file}@2026-11-05T07:00:00+01:00"
    assert month(partner=MONTH / "partner.toml", evidence=elsewhere).to_dict()["sums"] == found
    own_time = month(partner=MONTH / "partner.toml", evidence=str(file))
    assert own_time.to_dict()["evidence"][0]["taken_at_is_file_time"]
    assert "the file's own time" in own_time.report()


def test_explain():
    found = pec.explain(
        MONTH / "2026-10",
        subscription=ADATUM.upper(),
        day=datetime.date(2026, 10, 4),
        partner=MONTH / "partner.toml",
        evidence=MONTH / "evidence",
    )
    decisions = {decision["primary"]: decision for decision in found.to_dict()["decisions"]}
    decision = decisions["access_part_of_day"]
    assert (decision["outcome"], decision["lines"]) == ("ineligible", 24)
    assert decision["covered_minutes"] == 9 * 60 + 12
    agents = next(grant for grant in decision["grants"] if grant["path"] == "aobo")
    assert (agents["counts"], agents["role_name"]) == ("part_of_day", "Owner")
    assert {place["file"] for place in agents["evidence"]} == {"role_assignments.json", "change_log.json"}
    assert "9 h 12 min of 24 h" in found.report()
    assert decision["not_known_as_yours"] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[partner]\nkind = 1\n", "partner.toml: line 2: "),
        (
            '[partner]\nkind = "direct_bill"\ntenant_id = "t"\npartner_ids = ["1"]\nnames = []\n',
            "line 5: unknown field",
        ),
    ],
)
def test_a_partner_that_cannot_be_read(text, expected):
    with pytest.raises(pec.ReadError, match=expected.replace(".", r"\.")):
        pec.Partner.from_toml(text)


def test_evidence_that_cannot_be_used(tmp_path):
    with pytest.raises(ValueError, match="say who you are"):
        pec.reconcile(MONTH / "2026-10", evidence=MONTH / "evidence")
    with pytest.raises(FileNotFoundError, match="no such file"):
        pec.reconcile(MONTH / "2026-10", partner=tmp_path / "none.toml")
    (tmp_path / "x.json").write_text("<html>")
    with pytest.raises(pec.ReadError, match=r"x\.json"):
        pec.Evidence().read(tmp_path / "x.json")
    with pytest.raises(ValueError, match="no kind of evidence; expected one of role_assignments"):
        pec.Evidence().read(tmp_path / "x.json", kind="roles")


ACCESS = ["--partner", "partner.toml", "--evidence", "evidence"]


def test_command_reconcile():
    done = run("reconcile", "2026-10", *ACCESS, "--json", cwd=MONTH)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    lost = [row for row in found["sums"] if row["standing"] == "lost"]
    assert [row["reason"] for row in lost] == ["no_access", "role_not_eligible", "access_denied", "access_part_of_day"]
    assert sum(Decimal(row["potential_credit"]) for row in lost).quantize(Decimal("0.01")) == Decimal("159.48")
    assert len(found["evidence"]) == 5
    refused = run("reconcile", "2026-10", "--evidence", "evidence", cwd=MONTH)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "--partner" in refused.stderr
    absent = run("reconcile", "2026-10", "--partner", "nobody.toml", cwd=MONTH)
    assert (absent.returncode, absent.stderr) == (2, "pec: nobody.toml: no such file; check the path\n")


def test_command_explain():
    asked = ["--subscription", ADATUM, "--day", "2026-10-05"]
    done = run("explain", "2026-10", *ACCESS, *asked, cwd=MONTH)
    assert (done.returncode, done.stderr) == (0, "")
    assert "could not earn" in done.stdout
    assert "no_access" in done.stdout
    found = json.loads(run("explain", "2026-10", *ACCESS, *asked, "--json", cwd=MONTH).stdout)
    primaries = [decision["primary"] for decision in found["decisions"]]
    assert primaries.count("no_access") == 1
    assert all("no_access" in decision["findings"] for decision in found["decisions"])
    none = run("explain", "2026-10", "--subscription", "nobody", "--day", "2026-10-05", cwd=MONTH)
    assert (none.returncode, none.stdout) == (
        0,
        "No lines of subscription nobody on 2026-10-05, or any other day; "
        "a line names its subscription in EntitlementId\n",
    )
    other = run("explain", "2026-10", "--subscription", ADATUM, "--day", "2026-11-05", cwd=MONTH)
    assert (other.returncode, other.stdout) == (
        0,
        f"No lines of subscription {ADATUM} on 2026-11-05; the nearest day that has some is 2026-10-31\n",
    )
    asked = {"subscription": ADATUM, "day": datetime.date(2026, 11, 5)}
    explained = pec.explain(MONTH / "2026-10", **asked)
    assert (explained.nearest_day, explained.to_dict()) == (
        datetime.date(2026, 10, 31),
        {"decisions": [], "nearest_day": "2026-10-31"},
    )
    assert pec.explain(MONTH / "2026-10", **{**asked, "subscription": "nobody"}).nearest_day is None
    wrong = run("explain", "2026-10", "--subscription", "s", "--day", "tomorrow", cwd=MONTH)
    assert wrong.returncode == 2
    assert "expected one such as 2026-10-04" in wrong.stderr


SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
AOBO = {"scope": f"/subscriptions/{SUBSCRIPTION}", "roleDefinitionId": OWNER, "principalId": "agents"}


def explained_by(tmp_path, exports, day):
    """What is said of a day by exports that are complete and were taken on 5 November."""
    partner = '[partner]\nkind = "direct_bill"\ntenant_id = "ours"\npartner_ids = ["1"]\nagent_groups = ["agents"]\n'
    files = [
        {"path": kind, "kind": kind, "subscriptions": [SUBSCRIPTION], "complete": True, "from": "2026-10-01"}
        for kind in exports
    ]
    manifest = {"version": 1, "taken_at": "2026-11-05T06:00:00Z", "files": files}
    for name, content in {**exports, "manifest.json": manifest}.items():
        (tmp_path / name).write_text(json.dumps(content))
    usage = tmp_path / "usage.csv"
    usage.write_bytes(csv_of([{**RECORD, "UsageDate": str(day), "EntitlementId": SUBSCRIPTION, "ResourceURI": ""}]))
    evidence = pec.Evidence()
    evidence.read_folder(tmp_path)
    found = pec.explain(
        usage, subscription=SUBSCRIPTION, day=day, partner=pec.Partner.from_toml(partner), evidence=evidence
    )
    return found, " ".join(found.report().split())


def test_what_contradicts_a_grant_is_named(tmp_path):
    listed = {**AOBO, "principalType": "ForeignGroup", "createdOn": "2026-01-01T00:00:00Z"}
    exports = {
        "role_assignments": [listed],
        "lighthouse_assignments": [],
        "change_log": [{**AOBO, "action": "Revoked", "timestamp": "2026-10-10T12:00:00Z"}],
    }
    found, text = explained_by(tmp_path, exports, datetime.date(2026, 10, 10))
    (decision,) = found.to_dict()["decisions"]
    (grant,) = decision["grants"]
    assert (decision["outcome"], grant["counts"]) == ("eligible", "yes")
    (said,) = grant["contradicted"]
    assert (said["at"], said["says"], said["entry"]) == ("2026-10-10T12:00:00Z", "revoked", 1)
    assert said["file"].endswith("change_log")
    assert "; contradicted: " in text and "entry 1 says it was revoked at 2026-10-10 12:00:00" in text


@pytest.mark.parametrize(("principal", "marked"), [("team", True), ("user", False)])
def test_that_members_of_a_group_hold_at_all_times_is_marked(tmp_path, principal, marked):
    listed = {**AOBO, "principalId": principal, "principalType": "Group" if marked else "User"}
    exports = {
        "role_assignments": [{**listed, "createdOn": "2026-01-01T00:00:00Z"}],
        "lighthouse_assignments": [],
        "partner_links": [{"objectId": "user", "partnerId": "1", "createdTime": "2026-01-01T00:00:00Z"}],
        "group_members": [{"id": "team", "members": [{"@odata.type": "#microsoft.graph.user", "id": "user"}]}],
    }
    found, text = explained_by(tmp_path, exports, datetime.date(2026, 10, 20))
    (decision,) = found.to_dict()["decisions"]
    assert decision["outcome"] == "eligible"
    assert ("group_members_as_listed" in decision["assumptions"]) is marked
    assert ("groups had the members of their newest lists" in text) is marked


USER = {"objectId": "user", "partnerId": "1", "createdTime": "2026-01-01T00:00:00Z"}
USER_ROLE = {**AOBO, "principalId": "user", "principalType": "User", "createdOn": "2026-01-01T00:00:00Z"}


def deny_of(group):
    return {
        "id": f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/denyAssignments/d",
        "properties": {
            "scope": f"/subscriptions/{SUBSCRIPTION}",
            "principals": [{"id": group, "type": "Group"}],
            "createdOn": "2026-01-01T00:00:00Z",
        },
    }


@pytest.mark.parametrize(("members", "outcome"), [(["user"], "ineligible"), (["other"], "eligible")])
def test_a_deny_assignment_of_a_group_rests_on_who_is_in_it(tmp_path, members, outcome):
    exports = {
        "role_assignments": [USER_ROLE],
        "lighthouse_assignments": [],
        "partner_links": [USER],
        "deny_assignments": [deny_of("team")],
        "group_members": [{"id": "team", "members": [{"id": member} for member in members]}],
    }
    found, text = explained_by(tmp_path, exports, datetime.date(2026, 10, 20))
    (decision,) = found.to_dict()["decisions"]
    (grant,) = decision["grants"]
    assert decision["outcome"] == outcome
    assert "group_members_as_listed" in decision["assumptions"]
    denied_by = [(place["file"].rsplit("/", 1)[-1], place["entry"]) for place in grant["denied_by"]]
    assert denied_by == ([("deny_assignments", 1)] if outcome == "ineligible" else [])
    assert ("; denied by " in text) is (outcome == "ineligible")


def test_the_group_to_export_is_the_one_that_the_deny_assignment_names(tmp_path):
    exports = {
        "role_assignments": [USER_ROLE],
        "lighthouse_assignments": [],
        "partner_links": [USER],
        "deny_assignments": [deny_of("team")],
    }
    found, _ = explained_by(tmp_path, exports, datetime.date(2026, 10, 20))
    (decision,) = found.to_dict()["decisions"]
    assert decision["primary"] == "group_members_unknown"
    assert decision["grants"][0]["groups_unknown"] == ["team"]
    assert [command["line"] for command in decision["commands"]] == ["az ad group member list --group team -o json"]


def test_a_reseller_that_the_partner_file_does_not_describe_is_named(tmp_path):
    partner = 'kind = "indirect_provider"\ntenant_id = "ours"\npartner_ids = ["1"]\nagent_groups = ["agents"]\n'
    roles = tmp_path / "roles.json"
    listed = {**AOBO, "principalId": "theirs", "principalType": "ForeignGroup", "createdOn": "2026-01-01T00:00:00Z"}
    roles.write_text(json.dumps([listed]), encoding="utf-8")
    evidence = pec.Evidence()
    evidence.read(roles, taken_at=datetime.datetime(2026, 11, 5, tzinfo=datetime.UTC))
    usage = tmp_path / "usage.csv"
    line = {"UsageDate": "2026-10-20", "EntitlementId": SUBSCRIPTION, "Tier2MpnId": "7654321", "ResourceURI": ""}
    usage.write_bytes(csv_of([{**RECORD, **line}]))
    found = pec.explain(
        usage,
        subscription=SUBSCRIPTION,
        day=datetime.date(2026, 10, 20),
        partner=pec.Partner.from_toml(f"[partner]\n{partner}"),
        evidence=evidence,
    )
    (decision,) = found.to_dict()["decisions"]
    assert decision["reseller_unknown"] is True
    assert "The reseller of record, 7654321, is not in the partner file" in " ".join(found.report().split())
    # Its groups are not to be found in the provider's own tenant.
    assert "agent_groups_unknown" not in {command["answers"] for command in decision["commands"]}


@pytest.mark.parametrize(
    ("logs", "would_prove"),
    [
        ((), ["activity_log", "delegation_log"]),
        (("activity_log",), ["delegation_log"]),
        (("change_log",), ["delegation_log"]),
        (("delegation_log",), ["activity_log"]),
        (("activity_log", "delegation_log"), []),
    ],
)
def test_the_log_that_would_prove_it_is_the_one_that_is_missing(tmp_path, logs, would_prove):
    exports = {"role_assignments": [], "lighthouse_assignments": [], **{log: [] for log in logs}}
    found, text = explained_by(tmp_path, exports, datetime.date(2026, 10, 20))
    (decision,) = found.to_dict()["decisions"]
    assert decision["would_prove"] == would_prove
    assert ("assumed_unchanged" in decision["assumptions"]) is bool(would_prove)
    assert ("the subscription's activity log" in text) is ("activity_log" in would_prove)
    assert ("the managing tenant's delegation log" in text) is ("delegation_log" in would_prove)


def test_a_folder_of_folders_is_all_of_them(tmp_path):
    for tenant in ("contoso", "fabrikam"):
        shutil.copytree(MONTH / "evidence", tmp_path / tenant)
    (tmp_path / "notes.txt").write_text("of nobody's concern", encoding="utf-8")
    both = [tmp_path / "contoso", tmp_path / "fabrikam"]
    assert (
        month(partner=MONTH / "partner.toml", evidence=tmp_path).to_json()
        == month(partner=MONTH / "partner.toml", evidence=both).to_json()
    )
    shutil.rmtree(tmp_path / "contoso")
    (tmp_path / "fabrikam" / "manifest.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"no manifest\.json in it"):
        month(partner=MONTH / "partner.toml", evidence=tmp_path)


def test_findings_are_written_with_access(tmp_path):
    done = run("reconcile", "2026-10", *ACCESS, "--out", str(tmp_path), cwd=MONTH)
    assert done.returncode == 0, done.stderr
    findings = (tmp_path / "findings.csv").read_text(encoding="utf-8")
    assert findings.count(",lost,") == 1205


def test_a_record_without_evidence_is_undetermined():
    assert pec.judge({**RECORD, "PartnerEarnedCreditPercentage": "0"}).primary.rule == "no_access_evidence"


def test_what_rests_on_an_assumption_is_marked_everywhere():
    access = {"partner": MONTH / "partner.toml", "evidence": MONTH / "evidence"}
    result = pec.reconcile(MONTH / "2026-10", **access)
    found = result.to_dict()
    summed = {}
    with localcontext(prec=60):
        for row in pa.RecordBatchReader.from_stream(result.findings(MONTH / "2026-10")).read_all().to_pylist():
            for assumption in row["assumptions"].split(", ") if row["assumptions"] else ():
                key = (row["standing"], row["reason"], assumption)
                lines, credit = summed.get(key, (0, Decimal(0)))
                summed[key] = (lines + 1, credit + row["potential_credit"])
    told = {
        (row["standing"], row["reason"], row["assumption"]): (row["lines"], row["potential_credit"])
        for row in found["assumed"]
    }
    assert told == summed
    assert {(standing, assumption) for standing, _, assumption in told} == {("lost", "assumed_unchanged")}
    assert all(loss["assumptions"] == ["assumed_unchanged"] for loss in found["losses"])
    text, page = result.report(), result.to_html()
    assert "What rests on an assumption" in text
    for assumption in {assumption for _, _, assumption in told}:
        assert pec.assumptions()[assumption].split(";")[0] in " ".join(text.split())
    assert pec.assumptions()["assumed_unchanged"] in page

    proven = pec.Partner.from_toml((MONTH / "partner.toml").read_text() + "[assumptions]\nunchanged = false\n")
    strict = pec.reconcile(MONTH / "2026-10", partner=proven, evidence=MONTH / "evidence").to_dict()
    assert "assumed_unchanged" not in {row["assumption"] for row in strict.get("assumed", ())}
    alone = pec.reconcile(MONTH / "2026-10")
    assert "assumed" not in alone.to_dict()
    assert "assumption" not in alone.report()


def test_what_is_over_is_asked_of_nobody():
    access = {"partner": MONTH / "partner.toml", "evidence": MONTH / "evidence"}
    result = pec.reconcile(MONTH / "2026-10", **access)
    to_do = result.report().split("What to do")[1].split("\nWhat ")[0]
    assert "8.70 USD lost, access_part_of_day: over, nothing to ask for" in to_do
    over = [loss for loss in result.to_dict()["losses"] if not loss["ongoing"]]
    assert to_do.count(", over\n") == len(over) == 3
    cause = result.to_html().split('id="cause-3"')[1].split("</article>")[0]
    assert "nothing to ask for: it is over" in cause
    assert "Who can act: <strong>nobody</strong>" in cause
