"""What each export looks like: az CLI, REST, PowerShell, Resource Graph, Graph (inputs.md, B1 to B8).

One function per kind of evidence, one branch per shape. Records that no reader may take for access
stand among the others: failed delegations, other operations in a log, unfinished deletes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from access_records import (
    activity_log,
    change_log,
    delegation_log,
    deny_assignments,
    group_members,
    management_groups,
)
from access_spelling import AUTHORIZATION, PERSON, Object, Spelling, answer
from access_truth import CONTRIBUTOR, OWNER, some_id
from facts import Authorization, File, Link, RoleAssignment, Schedule
from scopes import subscription_of


def content_of(spelling: Spelling, file: File) -> Any:
    return WRITERS[file.kind](spelling, file)


def role_assignments(spelling: Spelling, file: File) -> Any:
    entries = [entry for entry in file.entries if isinstance(entry, RoleAssignment)]
    rows = [assignment_row(spelling, file.shape, entry) for entry in entries]
    if file.shape == "powershell" and len(rows) == 1 and spelling.chance(0.5):
        return rows[0]  # what ConvertTo-Json makes of a list of one
    return answer(spelling, file.shape, rows)


def assignment_row(spelling: Spelling, shape: str, entry: RoleAssignment) -> Object:
    scope, name = spelling.scope(entry.scope), some_id(spelling.rng)
    root = "" if scope == "/" else scope
    identifier = f"{root}/providers/{AUTHORIZATION}/roleAssignments/{name}"
    principal = spelling.any_case(entry.principal)
    foreign = entry.principal_type == "foreigngroup"
    if shape == "powershell":
        return {
            "RoleAssignmentId": identifier,
            "Scope": scope,
            "DisplayName": "Foreign Principal for 'Fabrikam'" if foreign else "Mona Secret",
            "SignInName": None if foreign else PERSON,
            "RoleDefinitionName": "Owner",
            "RoleDefinitionId": spelling.any_case(entry.role),
            "ObjectId": principal,
            "ObjectType": spelling.type_of(entry.principal_type),
            "CanDelegate": False,
        }
    kind = f"{AUTHORIZATION}/roleAssignments"
    created = None if entry.created is None else spelling.azure(entry.created)
    condition = "@Resource[Microsoft.Storage/x] StringEquals 'y'" if entry.conditional else None
    properties: Object = {
        "roleDefinitionId": spelling.role_path(entry.scope, entry.role),
        "principalId": principal,
        "principalType": spelling.type_of(entry.principal_type),
        "scope": scope,
        "condition": condition if condition or spelling.chance(0.7) else " ",
        "conditionVersion": "2.0" if condition else None,
        "createdOn": created,
        "updatedOn": created,
        "createdBy": some_id(spelling.rng),
        "updatedBy": some_id(spelling.rng),
    }
    if shape == "az":
        return {
            **properties,
            "id": identifier,
            "name": name,
            "type": kind,
            "principalName": "" if foreign else PERSON,
            "roleDefinitionName": spelling.rng.choice(("Owner", None, "Reader")),
            "description": None,
            "delegatedManagedIdentityResourceId": None,
        }
    if shape == "graph":
        more = {"tenantId": some_id(spelling.rng), "subscriptionId": subscription_of(entry.scope)}
        return {
            "id": identifier,
            "name": name,
            "type": kind.lower(),
            **more,
            "properties": properties,
        }
    return {"properties": properties, "id": identifier, "type": kind, "name": name}


def lighthouse(spelling: Spelling, file: File) -> Any:
    """One assignment for each scope and managing tenant, with its lines gathered."""
    gathered: dict[tuple[object, ...], list[Authorization]] = {}
    for entry in file.entries:
        assert isinstance(entry, Authorization)
        key = (entry.scope, entry.tenant, entry.marketplace, entry.created, entry.name)
        gathered.setdefault(key, []).append(entry)
    rows: list[Object] = []
    for lines in gathered.values():
        rows += delegation_rows(spelling, file.shape, lines, "Succeeded")
    if spelling.chance(0.1) and file.subscriptions and not file.shape.endswith("_without"):
        scope = f"/subscriptions/{min(file.subscriptions)}"
        failed = Authorization(scope, some_id(spelling.rng), some_id(spelling.rng), OWNER)
        state = spelling.rng.choice(("Failed", "Canceled", "Deleted"))
        rows += delegation_rows(spelling, file.shape, [failed], state)
    return answer(spelling, file.shape, rows)


def delegation_rows(
    spelling: Spelling, shape: str, lines: list[Authorization], state: str
) -> list[Object]:
    first, name = lines[0], some_id(spelling.rng)
    name = first.name or name
    scope = spelling.scope(first.scope)
    base = f"/subscriptions/{subscription_of(first.scope)}/providers/Microsoft.ManagedServices"
    definition_id = f"{base}/registrationDefinitions/{name}"
    identifier = f"{scope}/providers/Microsoft.ManagedServices/registrationAssignments/{name}"
    assignment: Object = {
        "id": identifier,
        "name": name,
        "type": "Microsoft.ManagedServices/registrationAssignments",
        "properties": {
            "registrationDefinitionId": spelling.any_case(definition_id),
            "provisioningState": spelling.any_case(state) if state == "Succeeded" else state,
        },
    }
    if first.created is not None:
        assignment["systemData"] = {
            "createdAt": spelling.azure(first.created),
            "createdBy": PERSON,
        }
    if shape.endswith("_without"):
        return [assignment]
    definition: Object = {
        "id": definition_id,
        "name": name,
        "type": "Microsoft.ManagedServices/registrationDefinitions",
        "properties": {
            "registrationDefinitionName": "Managed by Fabrikam",
            "description": "",
            "provisioningState": "Succeeded",
            "manageeTenantId": some_id(spelling.rng),
            "managedByTenantId": spelling.any_case(first.tenant or ""),
            "managedByTenantName": "Fabrikam",
            "authorizations": [
                authorization(spelling, one) for one in lines if not one.eligible_only
            ],
        },
    }
    eligible = [authorization(spelling, one) for one in lines if one.eligible_only]
    for line in eligible:
        line["justInTimeAccessPolicy"] = {"maximumActivationDuration": "PT8H"}
    if eligible or spelling.chance(0.5):
        definition["properties"]["eligibleAuthorizations"] = eligible
    if first.marketplace:
        definition["plan"] = {"name": "basic", "product": "msp", "publisher": "f", "version": "1"}
    elif spelling.chance(0.5):
        definition["plan"] = None
    if shape == "graph":
        rows = [assignment, definition]
        for row in rows:
            row["type"] = row["type"].lower()
        spelling.rng.shuffle(rows)
        return rows
    assignment["properties"]["registrationDefinition"] = definition
    return [assignment]


def authorization(spelling: Spelling, line: Authorization) -> Object:
    return {
        "principalId": spelling.any_case(line.principal or ""),
        "principalIdDisplayName": "Mona Secret",
        "roleDefinitionId": spelling.any_case(line.role or ""),
    }


def partner_links(spelling: Spelling, file: File) -> Any:
    rows = [link_row(spelling, file.shape, one) for one in file.entries if isinstance(one, Link)]
    return rows[0] if file.shape.endswith("_one") else rows


def link_row(spelling: Spelling, shape: str, link: Link) -> Object:
    number = link.version
    properties: Object = {
        "partnerId": link.partner_id,
        "tenantId": spelling.any_case(link.tenant) or spelling.rng.choice((None, "")),
        "objectId": spelling.any_case(link.identity),
        "state": spelling.rng.choice(("Active", "active", None)) if link.active else "Deleted",
        "version": spelling.rng.choice((number, str(number))),
        "createdTime": None if link.created is None else spelling.azure(link.created),
        "updatedTime": None if link.updated is None else spelling.azure(link.updated),
    }
    outer = {
        "id": f"/providers/microsoft.managementpartner/partners/{link.partner_id}",
        "name": link.partner_id,
        "type": "Microsoft.ManagementPartner/partners",
        "etag": 3,
    }
    if shape.startswith("rest"):
        return {**outer, "properties": properties}
    return {**outer, **properties, "partnerName": "Fabrikam"}


def schedules(spelling: Spelling, file: File) -> Any:
    rows = [
        schedule_row(spelling, file.kind, one) for one in file.entries if isinstance(one, Schedule)
    ]
    return answer(spelling, "rest" if file.shape == "rest" else "list", rows)


def schedule_row(spelling: Spelling, file_kind: str, entry: Schedule) -> Object:
    assigned = file_kind == "pim_assignments"
    kind = "roleAssignmentScheduleInstances" if assigned else "roleEligibilityScheduleInstances"
    scope, name = spelling.scope(entry.scope), some_id(spelling.rng)
    properties: Object = {
        "scope": scope,
        "roleDefinitionId": spelling.role_path(entry.scope, entry.role),
        "principalId": spelling.any_case(entry.principal),
        "principalType": spelling.type_of(entry.principal_type),
        "startDateTime": spelling.azure(entry.start),
        "endDateTime": None if entry.end is None else spelling.azure(entry.end),
        "memberType": "Direct",
        "status": "Accepted",
        "expandedProperties": {"principal": {"displayName": "Mona Secret", "email": PERSON}},
    }
    if assigned:
        properties["assignmentType"] = "Activated" if entry.activated else "Assigned"
    root = "" if scope == "/" else scope
    identifier = f"{root}/providers/{AUTHORIZATION}/{kind}/{name}"
    return {"properties": properties, "id": identifier, "name": name, "type": kind}


def role_definitions(spelling: Spelling, _file: File) -> Any:
    name = some_id(spelling.rng)
    return [
        {
            "id": f"/providers/{AUTHORIZATION}/roleDefinitions/{name}",
            "name": name,
            "roleName": "Our own operator",
            "roleType": "CustomRole",
            "assignableScopes": ["/"],
            "permissions": [{"actions": ["*"], "notActions": []}],
            "basedOn": CONTRIBUTOR,
        }
    ]


WRITERS: dict[str, Callable[[Spelling, File], Any]] = {
    "role_assignments": role_assignments,
    "role_definitions": role_definitions,
    "lighthouse_assignments": lighthouse,
    "partner_links": partner_links,
    "pim_assignments": schedules,
    "pim_eligibilities": schedules,
    "activity_log": activity_log,
    "change_log": change_log,
    "delegation_log": delegation_log,
    "deny_assignments": deny_assignments,
    "group_members": group_members,
    "management_groups": management_groups,
}
