"""Writes `evidence/` beside the example month: exports of access, as the Azure CLI has them, that explain its losses.

    python examples/data/make_evidence.py

Everybody in it is made up. The standard library is enough.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

HERE = Path(__file__).parent
USAGE = HERE / "2026-10" / "daily_rated_usage.csv.gz"
TAKEN_AT = "2026-11-05T06:00:00Z"

OWNER, CONTRIBUTOR, READER = (
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
)
NAMES = {OWNER: "Owner", CONTRIBUTOR: "Contributor", READER: "Reader"}
AGENTS = "6f8a9b1c-2d3e-4f50-8a61-0000000000aa"
AUTOMATION = "6f8a9b1c-2d3e-4f50-8a61-0000000000bb"
CUSTOMER_ADMIN = "6f8a9b1c-2d3e-4f50-8a61-0000000000cc"

# The subscriptions of the example month in which something was lost.
NEVER_GIVEN = "a9fbd13b-87c7-4891-a03e-7a091e8f3dfa"
TAKEN_AWAY = "0cbc0077-8a90-4816-90c5-0a941eb88f44"
AWAY_FOR_DAYS = "1c86f718-6354-4fc2-ac60-78f489e1b9a0"
DENIED = ("50506492-970f-42a8-89c5-532056351163", "rg-data-dev-04")
READ_ONLY = ("605688ad-7f3c-4114-8737-55352571e79b", "rg-data-test-02", "log-00230")


def main() -> None:
    places = places_of_the_month()
    assignments: list[dict[str, Any]] = []
    for subscription in sorted(places):
        scope = f"/subscriptions/{subscription}"
        assignments.append(assignment(scope, OWNER, CUSTOMER_ADMIN, "User", "2024-02-01T09:00:00Z"))
        if subscription in (NEVER_GIVEN, TAKEN_AWAY):
            continue
        if subscription == READ_ONLY[0]:
            assignments += one_by_one(places[subscription])
            continue
        created = "2026-10-07T16:40:12Z" if subscription == AWAY_FOR_DAYS else "2024-02-01T09:05:00Z"
        assignments.append(assignment(scope, OWNER, AGENTS, "ForeignGroup", created))
    subscriptions = sorted(places)
    logged = [
        change("Revoked", TAKEN_AWAY, "2026-10-03T14:21:07Z"),
        change("Revoked", AWAY_FOR_DAYS, "2026-10-04T09:12:45Z"),
        change("Granted", AWAY_FOR_DAYS, "2026-10-07T16:40:12Z"),
    ]
    write(
        entry("role_assignments", assignments, subscriptions),
        entry("lighthouse_assignments", [], subscriptions),
        entry("change_log", logged, [TAKEN_AWAY, AWAY_FOR_DAYS], **{"from": "2026-09-01T00:00:00Z"}),
        entry("deny_assignments", [deny()], subscriptions),
        entry("partner_links", [link()], [], identities=[AUTOMATION]),
    )


def places_of_the_month() -> dict[str, dict[str, set[str]]]:
    """Resources by resource group by Azure subscription."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    with gzip.open(USAGE, "rt", encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            subscription = (row["EntitlementId"] or "").strip().lower()
            if subscription:
                found[subscription][row["ResourceGroup"].lower()].add(row["ResourceURI"].lower())
    return found


def one_by_one(groups: dict[str, set[str]]) -> list[dict[str, Any]]:
    """An automation account with a role on each group, and in one group on each resource."""
    found = []
    for group, resources in sorted(groups.items()):
        if group == READ_ONLY[1]:
            for resource in sorted(resources):
                role = READER if resource.lower().endswith(READ_ONLY[2]) else CONTRIBUTOR
                found.append(assignment(resource, role, AUTOMATION, "ServicePrincipal", "2025-06-12T07:30:00Z"))
        elif group:
            scope = f"/subscriptions/{READ_ONLY[0]}/resourceGroups/{group}"
            found.append(assignment(scope, CONTRIBUTOR, AUTOMATION, "ServicePrincipal", "2025-06-12T07:30:00Z"))
    return found


def assignment(scope: str, role: str, principal: str, kind: str, created: str) -> dict[str, Any]:
    name = str(uuid5(NAMESPACE_URL, f"{scope}/{role}/{principal}"))
    return {
        "condition": None,
        "createdOn": created,
        "id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}",
        "name": name,
        "principalId": principal,
        "principalType": kind,
        "roleDefinitionId": role_path(scope, role),
        "roleDefinitionName": NAMES[role],
        "scope": scope,
        "type": "Microsoft.Authorization/roleAssignments",
    }


def role_path(scope: str, role: str) -> str:
    subscription = "/".join(scope.split("/")[:3])
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"


def change(action: str, subscription: str, at: str) -> dict[str, Any]:
    return {
        "action": action,
        "principalId": AGENTS,
        "roleDefinitionId": OWNER,
        "roleName": "Owner",
        "scope": f"/subscriptions/{subscription}",
        "scopeType": "Subscription",
        "timestamp": at,
    }


def deny() -> dict[str, Any]:
    scope = f"/subscriptions/{DENIED[0]}/resourceGroups/{DENIED[1]}"
    name = str(uuid5(NAMESPACE_URL, scope))
    return {
        "id": f"{scope}/providers/Microsoft.Authorization/denyAssignments/{name}",
        "name": name,
        "properties": {
            "createdOn": "2025-11-20T10:00:00Z",
            "denyAssignmentName": "Keep partners out",
            "doNotApplyToChildScopes": False,
            "excludePrincipals": [],
            "permissions": [{"actions": ["*"], "notActions": []}],
            "principals": [{"id": AGENTS, "type": "ForeignGroup"}],
            "scope": scope,
        },
        "type": "Microsoft.Authorization/denyAssignments",
    }


def link() -> dict[str, Any]:
    return {
        "createdTime": "2025-06-12T07:45:00Z",
        "objectId": AUTOMATION,
        "partnerId": "1234567",
        "state": "Active",
        "tenantId": "dee7a2e5-bccf-480b-9cb6-69c132e5c856",
        "updatedTime": "2025-06-12T07:45:00Z",
        "version": 1,
    }


def entry(
    kind: str, content: list[dict[str, Any]], subscriptions: list[str], **more: Any
) -> tuple[dict[str, Any], Any]:
    file = {"path": f"{kind}.json", "kind": kind, "subscriptions": subscriptions, "complete": True}
    return file | more, content


def write(*entries: tuple[dict[str, Any], Any]) -> None:
    folder = HERE / "evidence"
    folder.mkdir(exist_ok=True)
    manifest = {"version": 1, "taken_at": TAKEN_AT, "files": [file for file, _ in entries]}
    for name, content in [("manifest.json", manifest), *((file["path"], content) for file, content in entries)]:
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
