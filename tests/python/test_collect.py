"""The scripts that export evidence of access, run with an `az` that answers from a table."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest

import pec
from pec.collect import SCRIPTS, script
from samples import RECORD, csv_of
from test_cli import run

pytest.importorskip("jmespath", reason="the fake az applies --query; install the group `test`")

OURS, LOST, REFUSED = (f"{n}0000000-0000-4000-8000-000000000001" for n in "123")
AGENTS, TEAM, NESTED = (f"a{n}000000-0000-4000-8000-000000000002" for n in "123")
ANNA, CUSTOMER, TENANT = (f"b{n}000000-0000-4000-8000-000000000003" for n in "123")
OWNER, CUSTOM = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "c1000000-0000-4000-8000-000000000004"
EVERYONE = "00000000-0000-0000-0000-000000000000"
PERSONAL = "anna@contoso.com"
ARM = "https://management.azure.com"
NOW = datetime.now(UTC)


def assignment(subscription, principal, kind, role=OWNER):
    scope = f"/subscriptions/{subscription}"
    return {
        "condition": None, "createdBy": PERSONAL, "createdOn": "2024-03-01T09:12:44.512031+00:00",
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{principal}", "name": principal,
        "principalId": principal, "principalName": PERSONAL, "principalType": kind, "description": PERSONAL,
        "roleDefinitionId": f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        "roleDefinitionName": "Owner", "scope": scope, "type": "Microsoft.Authorization/roleAssignments",
        "updatedBy": PERSONAL, "updatedOn": "2024-03-01T09:12:44.512031+00:00",
    }  # fmt: skip


def schedule(kind, principal):
    scope = f"/subscriptions/{OURS}"
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/{kind}/{principal}", "name": principal,
        "type": f"Microsoft.Authorization/{kind}",
        "properties": {
            "scope": scope, "roleDefinitionId": f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}",
            "principalId": principal, "principalType": "User", "assignmentType": "Activated", "memberType": "Direct",
            "startDateTime": "2026-01-04T08:00:00.123Z", "endDateTime": "2026-01-04T16:00:00.123Z",
            "expandedProperties": {"principal": {"displayName": "Anna", "email": PERSONAL}},
        },
    }  # fmt: skip


DELEGATION = {
    "id": f"/subscriptions/{OURS}/providers/Microsoft.ManagedServices/registrationAssignments/d1",
    "name": "d1", "type": "Microsoft.ManagedServices/registrationAssignments",
    "systemData": {"createdAt": "2025-05-01T10:00:00.1234567Z", "createdBy": PERSONAL},
    "properties": {
        "provisioningState": "Succeeded", "registrationDefinitionId": "/x/registrationDefinitions/d9",
        "registrationDefinition": {
            "id": "/x/registrationDefinitions/d9", "name": "d9", "plan": None,
            "type": "Microsoft.ManagedServices/registrationDefinitions",
            "properties": {
                "managedByTenantId": CUSTOMER, "managedByTenantName": PERSONAL,
                "authorizations": [
                    {"principalId": TEAM, "principalIdDisplayName": PERSONAL, "roleDefinitionId": OWNER}
                ],
            },
        },
    },
}  # fmt: skip
DENY = {
    "id": f"/subscriptions/{OURS}/resourceGroups/other/providers/Microsoft.Authorization/denyAssignments/x",
    "type": "Microsoft.Authorization/denyAssignments",
    "properties": {
        "denyAssignmentName": PERSONAL, "scope": f"/subscriptions/{OURS}/resourceGroups/other", "createdBy": PERSONAL,
        "principals": [{"id": EVERYONE, "type": "SystemDefined", "displayName": PERSONAL}],
        "excludePrincipals": [{"id": ANNA, "type": "User", "displayName": PERSONAL}],
    },
}  # fmt: skip
REVOKED = {
    "caller": PERSONAL, "claims": {"name": PERSONAL}, "httpRequest": {"clientIpAddress": "203.0.113.7"},
    "eventTimestamp": f"{NOW - timedelta(days=9):%Y-%m-%dT%H:%M:%S.1234567Z}", "operationId": "o2",
    "operationName": {"value": "Microsoft.Authorization/roleAssignments/delete", "localizedValue": "Delete"},
    "status": {"value": "Succeeded"}, "authorization": {"scope": f"/subscriptions/{OURS}", "role": PERSONAL},
    "properties": {"statusCode": "OK", "responseBody": json.dumps({"properties": {
        "roleDefinitionId": f"/x/{OWNER}", "principalId": CUSTOMER, "scope": f"/subscriptions/{OURS}"}})},
}  # fmt: skip
LINK = {
    "createdTime": "2024-02-01T00:00:00.1+00:00", "objectId": ANNA, "partnerId": "1234567", "partnerName": PERSONAL,
    "state": "Active", "tenantId": TENANT, "type": "Microsoft.ManagementPartner/partners", "version": 1,
}  # fmt: skip
TREE = {
    "id": "/providers/Microsoft.Management/managementGroups/web", "type": "Microsoft.Management/managementGroups",
    "properties": {"displayName": PERSONAL, "details": {"updatedBy": PERSONAL},
                   "children": [{"id": f"/subscriptions/{OURS}", "type": "/subscriptions", "name": OURS}]},
}  # fmt: skip
DENIED = f"(AuthorizationFailed) The client '{PERSONAL}' does not have authorization to perform the action."

# The first row whose parts all stand in the command answers; a text is an error.
ANSWERS = [
    (["account list"], [{"id": one, "name": PERSONAL} for one in (OURS, LOST, REFUSED)]),
    (["account show"], {"tenantId": TENANT, "user": {"name": PERSONAL, "type": "user"}}),
    (["ad signed-in-user show"], {"id": ANNA, "mail": PERSONAL}),
    (["extension show"], {"name": "managementpartner"}),
    (["managementpartner show"], LINK),
    (["role assignment list", REFUSED], DENIED),
    (["role assignment list", LOST], [assignment(LOST, CUSTOMER, "User", CUSTOM)]),
    (
        ["role assignment list", OURS],
        [assignment(OURS, AGENTS, "ForeignGroup"), assignment(OURS, TEAM, "Group"), assignment(OURS, ANNA, "User")],
    ),
    (["role definition list"], [{"id": f"/x/{CUSTOM}", "name": CUSTOM, "roleName": "Operator", "createdBy": PERSONAL}]),
    (["managedservices assignment list", OURS], [DELEGATION]),
    (["managedservices assignment list"], []),
    (["denyAssignments", OURS], {"value": [DENY]}),
    (["denyAssignments"], {"value": []}),
    (["skip=1"], {"value": [schedule("roleAssignmentScheduleInstances", CUSTOMER)], "nextLink": None}),
    (
        ["roleAssignmentScheduleInstances", OURS],
        {
            "value": [schedule("roleAssignmentScheduleInstances", ANNA)],
            "nextLink": f"{ARM}/subscriptions/{OURS}/providers/x?api-version=2020-10-01&$skip=1",
        },
    ),
    (["ScheduleInstances", LOST], "(AadPremiumLicenseRequired) The tenant needs a licence."),
    (["ScheduleInstances"], {"value": []}),
    (["activity-log list", OURS], [REVOKED]),
    (["activity-log list"], []),
    ([f"managementGroups/{TENANT}"], DENIED),
    (["managementGroups/web"], TREE),
    (["managementGroups?"], {"value": [{"name": "web", "properties": {"displayName": PERSONAL}}]}),
    (
        ["ad group member list", TEAM],
        [
            {"@odata.type": "#microsoft.graph.user", "id": ANNA, "userPrincipalName": PERSONAL},
            {"@odata.type": "#microsoft.graph.group", "id": NESTED, "displayName": PERSONAL},
        ],
    ),
    (["ad group member list", NESTED], [{"@odata.type": "#microsoft.graph.user", "id": CUSTOMER, "mail": PERSONAL}]),
]

COMMAND = {"bash": ["bash"], "pwsh": ["pwsh", "-NoProfile", "-File"]}
SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed"))
    for shell in SCRIPTS
]


class Collector:
    """A folder with the script, the fake `az`, and what they leave."""

    def __init__(self, folder: Path, shell: str):
        self.folder, self.shell, self.out = folder, shell, folder / "evidence"
        (folder / "bin").mkdir()
        az = folder / "bin" / "az"
        az.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).with_name("fake_az.py")}" "$@"\n')
        az.chmod(az.stat().st_mode | stat.S_IXUSR)
        self.script = folder / SCRIPTS[shell]
        self.script.write_text(script(shell), encoding="utf-8")

    def run(self, *arguments, answers=(), status=0):
        (self.folder / "answers.json").write_text(json.dumps([*answers, *ANSWERS]))
        environment = {**os.environ, "FAKE_AZ": str(self.folder), "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"}
        command = [*COMMAND[self.shell], self.script, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=self.folder)
        assert done.returncode == status, done.stderr
        return done

    @property
    def calls(self):
        return [json.loads(line) for line in (self.folder / "calls.jsonl").read_text().splitlines()]

    @property
    def manifest(self):
        return json.loads((self.out / "manifest.json").read_text(encoding="utf-8"))

    @property
    def listed(self):
        return {file["path"]: file for file in self.manifest["files"]}

    def written(self):
        return {str(path.relative_to(self.out)): path for path in self.out.rglob("*.json")}

    def read(self):
        evidence = pec.Evidence()
        evidence.read_folder(self.out)
        return evidence


@pytest.fixture(params=SHELLS)
def collector(request, tmp_path):
    return Collector(tmp_path, request.param)


def test_the_command_prints_the_script(tmp_path):
    for shell, name in SCRIPTS.items():
        done = run("access", "script", "--shell", shell)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == (Path(pec.__file__).parent / name).read_text(encoding="utf-8")
    assert run("access", "script", "--shell", "fish").returncode == 2
    assert run("access").returncode == 2


def test_what_was_exported_is_read(collector):
    before = datetime.now(UTC).replace(microsecond=0)
    done = collector.run("evidence", "--group-members", "--links-complete")
    files = {file["file"]: file for file in collector.read().files}
    each = ("role_assignments", "lighthouse_assignments", "role_definitions", "deny_assignments", "activity_log")
    pim = ("pim_assignments", "pim_eligibilities")
    expected = {f"{one}/{kind}.json": kind for one in (OURS, LOST, REFUSED) for kind in each}
    expected |= {f"{one}/{kind}.json": kind for one in (OURS, REFUSED) for kind in pim}
    del expected[f"{REFUSED}/role_assignments.json"]
    expected |= {"partner_links.json": "partner_links", "management_groups_2.json": "management_groups"}
    expected |= {f"group_members_{group}.json": "group_members" for group in (TEAM, NESTED)}
    assert {name: file["kind"] for name, file in files.items()} == expected
    assert all(file["complete"] and not file["issues"] for file in files.values()), files
    assert files[f"{OURS}/pim_assignments.json"]["entries"] == 2  # both pages
    assert set(collector.written()) == {*expected, "manifest.json"}
    # What was refused is told, and in no file.
    for path in (f"{REFUSED}/role_assignments.json", f"{LOST}/pim_assignments.json", "management_groups_1.json"):
        assert f"{path} is left out: ERROR: " in done.stderr
    for file in collector.listed.values():
        taken_at = datetime.fromisoformat(file["taken_at"])
        lag = timedelta(minutes=30) if file["kind"] == "activity_log" else timedelta()
        assert before <= taken_at + lag <= datetime.now(UTC)
    log = collector.listed[f"{OURS}/activity_log.json"]
    window = datetime.fromisoformat(log["taken_at"]) - datetime.fromisoformat(log["from"])
    assert window == timedelta(days=88, hours=23.5)


def test_taken_at_is_before_the_first_command_of_the_subscription(collector):
    collector.run("evidence", LOST)
    assert {one.parent.name for one in collector.written().values()} == {"evidence", LOST}
    times = {file["taken_at"] for name, file in collector.listed.items() if LOST in name and "from" not in file}
    text = script(collector.shell)
    assert len(times) == 1
    assert text.index("taken_at") < text.index("role assignment list")


def test_what_it_decides(collector):
    collector.run("evidence", "--links-complete")
    partner = f"""
        [partner]
        kind = "direct_bill"
        tenant_id = "{TENANT}"
        partner_ids = ["1234567"]
        agent_groups = ["{AGENTS}"]
        [assumptions]
        unchanged = true
    """
    usage = collector.folder / "usage.csv"
    line = {**RECORD, "ResourceURI": "", "PartnerEarnedCreditPercentage": "0", "UsageDate": "2025-06-02"}
    usage.write_bytes(csv_of([{**line, "EntitlementId": one} for one in (OURS, LOST, REFUSED)]))
    found = pec.reconcile(usage, partner=pec.Partner.from_toml(partner), evidence=collector.read()).to_dict()
    assert {(row["standing"], row["reason"]) for row in found["sums"]} == {
        ("missed", None),
        ("lost", "no_access"),
        ("unknown", "no_access_evidence"),
    }


def test_it_only_reads_and_asks_for_no_names(collector):
    collector.run("evidence", "--group-members")
    assert len(collector.calls) > 30
    for call in collector.calls:
        assert_reads(call)
        assert "--query" in call
    for path in collector.written().values():
        text = path.read_text(encoding="utf-8")
        # Names of management groups and custom roles are no names of people.
        assert not re.search(r"anna|203\.0\.113|claims|caller|principalName|createdBy", text, re.IGNORECASE), path


def assert_reads(call):
    words = list(takewhile(lambda word: not word.startswith("--"), call))
    if words == ["rest"]:
        assert call[1:3] == ["--method", "get"]
        assert "--body" not in call
    else:
        assert words[-1] in ("list", "show")


def test_links(collector):
    none = "(NotFound) The partner of this object id was not found."
    done = collector.run("evidence", LOST, answers=[(["managementpartner show"], none)])
    link = collector.listed["partner_links.json"]
    assert (link["identities"], link["complete"]) == ([ANNA], False)
    assert json.loads((collector.out / "partner_links.json").read_text()) == []
    assert "--links-complete" in done.stderr
    collector.read()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([(["extension show"], "The extension managementpartner is not installed.")], "az extension add"),
        ([(["managementpartner show"], DENIED)], "AuthorizationFailed"),
        (
            [(["managementpartner show"], f"AADSTS50020: User account '{PERSONAL}' does not exist in tenant")],
            "AADSTS50020",
        ),
        ([(["managementpartner show"], "Host not found: management.azure.com")], "Host not found"),
        ([(["managementpartner show"], "Operation returned an invalid status 'Not Found' (404)")], "invalid status"),
        ([(["managementpartner show"], "(SubscriptionNotFound) It does not exist.")], "SubscriptionNotFound"),
        ([(["managementpartner show"], {"status": 0})], "az gave no whole answer"),
        ([(["managementpartner show"], "(NotFound) none"), (["ad signed-in-user"], DENIED)], "NotFound"),
    ],
)
def test_links_that_cannot_be_read(collector, answers, said):
    done = collector.run("evidence", LOST, answers=answers)
    assert "partner_links.json" not in collector.listed
    assert re.search(f"partner_links.json is left out: .*{said}", done.stderr)
    collector.read()


WARNING = "/opt/az/lib/cryptography/x.py:17: UserWarning: You are using cryptography on a 32-bit Python\n  import x\n\n"


def test_a_warning_hides_no_reason(collector):
    none = {"status": 3, "stderr": f"{WARNING}ERROR: (NotFound) The partner was not found.\nCode: NotFound\n"}
    refused = {"status": 1, "stdout": "[\n", "stderr": f"\n{WARNING}ERROR: {DENIED}\nCode: AuthorizationFailed\n"}
    killed = {"status": 137, "stdout": "[\n  {\n"}
    lost = {"status": 1, "stderr": "Traceback (most recent call last):\n  File x\nMemoryError\n\n"}
    answers = [
        (["managementpartner show"], none),
        (["role assignment list"], refused),
        (["role definition list"], killed),
        (["activity-log list"], lost),
    ]
    done = collector.run("evidence", LOST, answers=answers)
    assert json.loads((collector.out / "partner_links.json").read_text()) == []
    assert f"{LOST}/role_assignments.json is left out: ERROR: {DENIED}\n" in done.stderr
    assert f"{LOST}/role_definitions.json is left out: az ended with 137\n" in done.stderr
    assert f"{LOST}/activity_log.json is left out: MemoryError\n" in done.stderr


@pytest.mark.parametrize("answer", ["", "null\n", "\n", "[\n", '[\n  {\n    "id": "1"\n  },\n', '{\n  "value": ['])
def test_an_answer_that_is_none_is_left_out(collector, answer):
    broken = {"status": 0, "stdout": answer}
    done = collector.run(
        "evidence", OURS, "--group-members", answers=[([one], broken) for one in (OURS, "managementGroups/")]
    )
    assert set(collector.listed) == {"partner_links.json"} == set(collector.written()) - {"manifest.json"}
    assert done.stderr.count("is left out: az gave no whole answer\n") == 9
    assert not [line for line in done.stderr.splitlines() if not line.startswith("collect: ")]
    collector.read()


def test_a_page_without_a_list_is_left_out(collector):
    done = collector.run("evidence", OURS, answers=[(["denyAssignments"], {"value": None})])
    assert f"{OURS}/deny_assignments.json is left out: az gave a page without a list\n" in done.stderr
    assert f"{OURS}/deny_assignments.json" not in {*collector.listed, *collector.written()}


def test_a_subscription_is_exported_once(collector):
    letters = "abcdef00-0000-4000-8000-00000000000a"
    once = collector.run("evidence", letters, letters.upper(), letters).stderr
    assert once.count(f"subscription {letters}\n") == 1
    paths = [file["path"] for file in collector.manifest["files"]]
    assert len(set(paths)) == len(paths)
    assert {one.parent.name for one in collector.written().values()} == {"evidence", letters}
    assert {file["entries"] for file in collector.read().files if "deny" in file["file"]} == {0}


@pytest.mark.parametrize("folder", ["answers.json/evidence", "/proc/nope/evidence", "closed"])
def test_a_folder_that_cannot_be_written_to(collector, folder):
    closed = collector.folder / "closed"
    closed.mkdir(mode=0o555)
    if folder == "closed" and os.access(closed, os.W_OK):
        pytest.skip("this user may write anywhere")
    done = collector.run(folder, OURS, status=2)
    assert f"collect: {folder} cannot be written to" in done.stderr
    assert not (collector.folder / "calls.jsonl").exists()


def test_a_manifest_that_cannot_be_written(collector):
    """The folder is gone while the commands run."""
    az = collector.folder / "bin" / "az"
    az.write_text(az.read_text().replace("exec ", f'rm -rf "{collector.out}" && touch "{collector.out}"\nexec '))
    done = collector.run("evidence", OURS, status=2)
    assert "cannot be written" in done.stderr
    assert "written to" not in done.stderr


def test_a_page_that_fails_fails_all(collector):
    collector.run("evidence", OURS, answers=[(["skip=1"], "(TooManyRequests) Later.")])
    assert f"{OURS}/pim_assignments.json" not in {*collector.listed, *collector.written()}


def test_a_log_that_is_cut_off_is_not_complete(collector):
    text = collector.script.read_text(encoding="utf-8")
    collector.script.write_text(re.sub(r"(?m)^(\$?max_?events ?= ?)100000", r"\g<1>1", text, flags=re.IGNORECASE))
    done = collector.run("evidence", OURS)
    assert not collector.listed[f"{OURS}/activity_log.json"]["complete"]
    assert "the newest 1 events only" in done.stderr


def test_what_it_refuses(collector):
    collector.run(status=2)
    collector.run("evidence", "no-subscription", status=2)
    collector.run("bin", OURS, status=2)  # a folder that is not empty
    assert not (collector.folder / "calls.jsonl").exists()
    done = collector.run("evidence", answers=[(["account list"], "Please run 'az login' to setup account.")], status=2)
    assert "az login" in done.stderr
    assert not (collector.out / "manifest.json").exists()


def test_the_tools_of_the_shell_accept_it(tmp_path):
    path = tmp_path / "collect.sh"
    path.write_text(script("bash"))
    subprocess.run(["bash", "-n", path], check=True)
    shellcheck = Path(sys.executable).with_name("shellcheck")
    if not shellcheck.exists():
        pytest.skip("shellcheck is not installed; install the group `test`")
    subprocess.run([shellcheck, path], check=True)


def asked(text):
    """The commands of az, the versions of its services and the fields that a script names."""
    groups = "account|ad|extension|managedservices|managementpartner|monitor|role"
    commands = re.findall(rf"(?<![\w`-])(?:(?:{groups})(?: [a-z-]+)* (?:list|show)|rest --method \w+)(?= -)", text)
    queries = " ".join(re.findall(r"[\[{]\S*\w:[\w$]\S*", text))
    return set(commands), set(re.findall(r"api-version=[\d-]+", text)), set(re.findall(r"\w+:[\w$.|]+", queries))


def test_both_shells_ask_for_the_same():
    bash, pwsh = (asked(script(shell)) for shell in SCRIPTS)
    assert bash[0] == pwsh[0]
    assert all(command == "rest --method get" or command.endswith((" list", " show")) for command in bash[0])
    assert bash[1] == pwsh[1]
    assert bash[2] == pwsh[2]
