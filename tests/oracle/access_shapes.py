"""What each export looks like: az CLI, REST, PowerShell, Resource Graph, Graph (inputs.md, B1 to B8).

One function per kind of evidence, one branch per shape. Records that no reader may take for access
stand among the others: failed delegations, other operations in a log, unfinished deletes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from access_truth import CONTRIBUTOR, OWNER, some_id
from facts import (
    Authorization,
    Delegation,
    Deny,
    File,
    Link,
    ManagementGroup,
    Members,
    RoleAssignment,
    RoleChange,
    Schedule,
)
from instants import Instant, write_instant
from scopes import subscription_of

Object = dict[str, Any]
PERSON = "mona.secret@contoso.example"
EVERYONE = "00000000-0000-0000-0000-000000000000"
AUTHORIZATION = "Microsoft.Authorization"
CAN_BE_CUT = {"rest", "graph", "graph_without"}

PROPER = {
    "/resourcegroups/": "/resourceGroups/",
    "/providers/microsoft.": "/providers/Microsoft.",
    "/virtualmachines/": "/virtualMachines/",
    ".management/managementgroups/": ".Management/managementGroups/",
    "/denyassignments/": "/denyAssignments/",
}
TYPES = {
    "user": "User",
    "group": "Group",
    "serviceprincipal": "ServicePrincipal",
    "foreigngroup": "ForeignGroup",
    "unknown": "Unknown",
}


class Spelling:
    """One of the ways in which a thing is really written."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def any_case(self, text: str) -> str:
        return self.rng.choice((text, text, text.lower(), text.upper()))

    def scope(self, scope: str) -> str:
        proper = scope
        for lower, name in PROPER.items():
            proper = proper.replace(lower, name)
        return self.rng.choice((proper, proper, proper, scope, scope.upper()))

    def instant(self, at: Instant) -> str:
        zone = self.rng.choice(("Z", "Z", "+00:00", "+00:00", "+05:30", "-08:00"))
        return write_instant(at, zone, self.rng.choice((0, 0, 6, 7)))

    def azure(self, at: Instant) -> str:
        """Azure itself writes UTC."""
        zone = self.rng.choice(("Z", "+00:00"))
        return write_instant(at, zone, self.rng.choice((0, 6, 7)))

    def role_path(self, scope: str, role: str) -> str:
        owner = subscription_of(scope)
        prefix = f"/subscriptions/{owner}" if owner else ""
        return f"{prefix}/providers/{AUTHORIZATION}/roleDefinitions/{self.any_case(role)}"

    def type_of(self, principal_type: str) -> str:
        return TYPES.get(principal_type, principal_type)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share


def content_of(spelling: Spelling, file: File) -> Any:
    return WRITERS[file.kind](spelling, file)


def cut(rng: random.Random, shape: str, content: Any) -> Any:
    """There is a next page, and this is not it."""
    if shape == "rest":
        return {**content, "nextLink": "https://management.azure.com/next?$skiptoken=abc"}
    return {**content, rng.choice(("skip_token", "skipToken")): "ew0KICAiJGlkIjogIjEi"}


def answer(spelling: Spelling, shape: str, rows: list[Object]) -> Any:
    """Rows in the envelope of their shape."""
    if shape == "rest":
        return {"value": rows, "nextLink": None} if spelling.chance(0.5) else {"value": rows}
    if shape.startswith("graph"):
        token: Object = {"skip_token": None} if spelling.chance(0.5) else {}
        return {"count": len(rows), "data": rows, "total_records": len(rows), **token}
    return rows


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
        return {"id": identifier, "name": name, "type": kind.lower(), **more, "properties": properties}
    return {"properties": properties, "id": identifier, "type": kind, "name": name}


def lighthouse(spelling: Spelling, file: File) -> Any:
    """One assignment for each scope and managing tenant, with its lines gathered."""
    gathered: dict[tuple[object, ...], list[Authorization]] = {}
    for entry in file.entries:
        assert isinstance(entry, Authorization)
        key = (entry.scope, entry.tenant, entry.marketplace, entry.created)
        gathered.setdefault(key, []).append(entry)
    rows: list[Object] = []
    for lines in gathered.values():
        rows += delegation_rows(spelling, file.shape, lines, "Succeeded")
    if spelling.chance(0.1) and file.subscriptions and not file.shape.endswith("_without"):
        scope = f"/subscriptions/{min(file.subscriptions)}"
        failed = Authorization(scope, some_id(spelling.rng), some_id(spelling.rng), OWNER)
        state = spelling.rng.choice(("Failed", "Deleting"))
        rows += delegation_rows(spelling, file.shape, [failed], state)
    return answer(spelling, file.shape, rows)


def delegation_rows(
    spelling: Spelling, shape: str, lines: list[Authorization], state: str
) -> list[Object]:
    first, name = lines[0], some_id(spelling.rng)
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
            "authorizations": [authorization(spelling, one) for one in lines if not one.eligible_only],
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
    rows = [schedule_row(spelling, file.kind, one) for one in file.entries if isinstance(one, Schedule)]
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


def activity_log(spelling: Spelling, file: File) -> Any:
    rows: list[Object] = []
    for entry in file.entries:
        assert isinstance(entry, RoleChange)
        rows += change_records(spelling, entry)
    if spelling.chance(0.5):
        at = file.taken_at
        rows.append(log_record(spelling, at, "policyAssignments/write", "Succeeded", "/", {}))
    spelling.rng.shuffle(rows)
    return answer(spelling, spelling.rng.choice(("az", "az", "rest")), rows)


def change_records(spelling: Spelling, change: RoleChange) -> list[Object]:
    """Start and end of an operation: a write tells its body first, a delete last (B4)."""
    operation_id, name = some_id(spelling.rng), some_id(spelling.rng)
    inner: Object = {
        "PrincipalId": spelling.any_case(change.principal),
        "RoleDefinitionId": spelling.role_path(change.scope, change.role),
        "Scope": spelling.scope(change.scope),
    }
    if spelling.chance(0.5):
        inner = {key[0].lower() + key[1:]: value for key, value in inner.items()}
    outer = spelling.rng.choice(("Properties", "properties"))
    body = json.dumps({"Id": name, outer: inner})
    scope = f"{change.scope}/providers/{AUTHORIZATION}/roleAssignments/{name}"
    operation = "roleAssignments/write" if change.granted else "roleAssignments/delete"
    start, end = {}, {}
    if change.granted:
        start = {"requestbody": body, "eventCategory": "Administrative"}
        end = {"statusCode": "Created", "serviceRequestId": some_id(spelling.rng)}
    else:
        end = {"statusCode": "OK", "responseBody": body}
    records = [
        log_record(spelling, change.at, operation, "Started", scope, start),
        log_record(spelling, change.at, operation, "Succeeded", scope, end),
    ]
    for record in records:
        record["operationId"] = operation_id
    return records


def log_record(
    spelling: Spelling, at: Instant, operation: str, status: str, scope: str, told: Object
) -> Object:
    action = f"{AUTHORIZATION}/{operation}"
    return {
        "eventTimestamp": spelling.azure(at),
        "submissionTimestamp": spelling.azure(at + 10**9),
        "operationName": {"value": spelling.rng.choice((action, action, action.lower()))},
        "status": {"value": status, "localizedValue": status},
        "subStatus": {"value": ""},
        "eventName": {"value": "BeginRequest" if status == "Started" else "EndRequest"},
        "caller": PERSON,
        "authorization": {"action": action, "role": None, "scope": scope},
        "httpRequest": {"clientIpAddress": "203.0.113.7", "method": "PUT"},
        "correlationId": some_id(spelling.rng),
        "operationId": some_id(spelling.rng),
        "resourceId": scope,
        "subscriptionId": subscription_of(scope),
        "properties": told,
        "claims": {"name": "Mona Secret", "ipaddr": "203.0.113.7"},
    }


def change_log(spelling: Spelling, file: File) -> Any:
    return [
        {
            "timestamp": spelling.azure(one.at),
            "caller": PERSON,
            "action": "Granted" if one.granted else "Revoked",
            "principalId": spelling.any_case(one.principal),
            "principalName": PERSON,
            "principalType": "",
            "scope": spelling.scope(one.scope),
            "scopeName": "",
            "scopeType": "Subscription",
            "roleDefinitionId": spelling.any_case(one.role),
            "roleName": "Owner",
        }
        for one in file.entries
        if isinstance(one, RoleChange)
    ]


def delegation_log(spelling: Spelling, file: File) -> Any:
    rows = [delegation_record(spelling, one) for one in file.entries if isinstance(one, Delegation)]
    if rows and spelling.chance(0.4):
        started = {**rows[0], "eventName": {"value": "BeginRequest"}, "description": ""}
        rows.append(started)
    return answer(spelling, "rest", rows)


def delegation_record(spelling: Spelling, entry: Delegation) -> Object:
    action = "register" if entry.registered else "unregister"
    operation = f"Microsoft.Resources/tenants/{action}/action"
    told = {
        "delegationResourceId": spelling.scope(entry.scope),
        "subscriptionTenantId": some_id(spelling.rng),
        "subscriptionId": subscription_of(entry.scope),
    }
    return {
        "caller": PERSON,
        "description": json.dumps(told),
        "eventName": {"value": "EndRequest", "localizedValue": "End request"},
        "operationName": {"value": operation, "localizedValue": operation},
        "status": {"value": "Succeeded"},
        "eventTimestamp": spelling.azure(entry.at),
        "id": "/providers/microsoft.insights/eventtypes/management/values/x",
    }


def deny_assignments(spelling: Spelling, file: File) -> Any:
    rows = [deny_row(spelling, file.shape, one) for one in file.entries if isinstance(one, Deny)]
    return answer(spelling, file.shape, rows)


def deny_row(spelling: Spelling, shape: str, deny: Deny) -> Object:
    everyone = [{"id": EVERYONE, "type": "SystemDefined", "displayName": "All Principals"}]
    named = [{"id": spelling.any_case(one), "type": "User"} for one in sorted(deny.principals)]
    properties: Object = {
        "denyAssignmentName": "Managed application lock",
        "permissions": [{"actions": ["*"], "notActions": ["*/read"]}],
        "scope": spelling.scope(deny.scope),
        "doNotApplyToChildScopes": deny.not_for_children,
        "principals": everyone if deny.everyone else named,
        "excludePrincipals": [
            {"id": spelling.any_case(one), "type": "User"} for one in sorted(deny.excluded)
        ],
        "isSystemProtected": True,
        "createdBy": some_id(spelling.rng),
    }
    if deny.created is not None or spelling.chance(0.5):
        properties["createdOn"] = None if deny.created is None else spelling.azure(deny.created)
    identifier = spelling.scope(deny.id)
    outer = {"id": identifier, "name": deny.id.rsplit("/", 1)[-1], "type": "denyAssignments"}
    return {**outer, **properties} if shape == "az" else {**outer, "properties": properties}


def group_members(spelling: Spelling, file: File) -> Any:
    entries = [one for one in file.entries if isinstance(one, Members)]
    expanded = [
        {
            "id": spelling.any_case(one.group),
            "displayName": "Cloud operators",
            "members": member_rows(spelling, one),
        }
        for one in entries
    ]
    context = "https://graph.microsoft.com/v1.0/$metadata#directoryObjects"
    if file.shape == "expand":
        return {"@odata.context": context, "value": expanded}
    if file.shape == "one":
        return {"@odata.context": context, **expanded[0]}
    rows = member_rows(spelling, entries[0])
    return {"@odata.context": context, "value": rows} if file.shape == "value" else rows


def member_rows(spelling: Spelling, group: Members) -> list[Object]:
    return [
        {
            "@odata.type": "#microsoft.graph.group"
            if one in group.groups
            else "#microsoft.graph.user",
            "id": spelling.any_case(one),
            "displayName": "Mona Secret",
            "mail": PERSON,
            "userPrincipalName": PERSON,
        }
        for one in sorted(group.members)
    ]


def management_groups(spelling: Spelling, file: File) -> Any:
    (entry,) = (one for one in file.entries if isinstance(one, ManagementGroup))
    name = spelling.any_case(entry.name)
    identifier = f"/providers/Microsoft.Management/managementGroups/{name}"
    if file.shape == "graph":
        chain = [{"displayName": "Ours", "name": name}, {"displayName": "Root", "name": "root"}]
        rows = [
            {
                "id": f"/subscriptions/{one}",
                "name": "Production",
                "type": "microsoft.resources/subscriptions",
                "subscriptionId": spelling.any_case(one),
                "tenantId": some_id(spelling.rng),
                "properties": {"managementGroupAncestorsChain": chain, "state": "Enabled"},
            }
            for one in sorted(entry.subscriptions)
        ]
        return answer(spelling, "graph", rows)
    leaves: list[Object] = [
        {
            "children": None,
            "displayName": "Production",
            "id": f"/subscriptions/{spelling.any_case(one)}",
            "name": spelling.any_case(one),
            "type": "/subscriptions",
        }
        for one in sorted(entry.subscriptions)
    ]
    children, below = leaves[:1], leaves[1:]
    inner = {
        "children": below or None,
        "displayName": "Inner",
        "id": "/providers/Microsoft.Management/managementGroups/inner-" + entry.name,
        "name": "inner-" + entry.name,
        "type": "Microsoft.Management/managementGroups",
    }
    return {
        "children": [*children, inner],
        "details": {"version": 4, "updatedBy": PERSON},
        "displayName": "Ours",
        "id": identifier,
        "name": name,
        "tenantId": some_id(spelling.rng),
        "type": "Microsoft.Management/managementGroups",
    }


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
