"""What logs, deny assignments, groups and management groups look like (inputs.md, B4, B5, B7).

Records that no reader may take for a change stand among the others.
"""

from __future__ import annotations

import json
from typing import Any

from access_spelling import AUTHORIZATION, EVERYONE, PERSON, Object, Spelling, answer
from access_truth import some_id
from facts import Delegation, Deny, File, ManagementGroup, Members, RoleChange
from instants import Instant
from scopes import subscription_of


def activity_log(spelling: Spelling, file: File) -> Any:
    rows: list[Object] = []
    for entry in file.entries:
        assert isinstance(entry, RoleChange)
        rows += change_records(spelling, entry)
    if spelling.chance(0.5):
        at = file.taken_at
        rows.append(log_record(spelling, at, "policyAssignments/write", "Succeeded", "/", {}))
    spelling.rng.shuffle(rows)
    match spelling.rng.choice(("az", "az", "rest", "diagnostics", "log_analytics")):
        case "diagnostics":
            return {"records": [diagnostics(row) for row in rows]}
        case "log_analytics":
            return [log_analytics(row) for row in rows]
        case shape:
            return answer(spelling, shape, rows)


OUTCOMES = {"Started": "Start", "Succeeded": "Success"}


def diagnostics(record: Object) -> Object:
    """What diagnostic settings send to Event Hubs and to a storage account."""
    return {
        "time": record["eventTimestamp"],
        "operationName": record["operationName"]["value"].upper(),
        "resourceId": record["resourceId"].upper(),
        "category": "Administrative",
        "resultType": OUTCOMES[record["status"]["value"]],
        "callerIpAddress": "203.0.113.7",
        "correlationId": record["operationId"],
        "identity": {"authorization": record["authorization"], "claims": record["claims"]},
        "properties": record["properties"],
    }


def log_analytics(record: Object) -> Object:
    """A row of `AzureActivity`: the operation has a name for people, too, and the properties are a text."""
    return {
        "TableName": "PrimaryResult",
        "TimeGenerated": record["eventTimestamp"],
        "OperationName": "Create role assignment",
        "OperationNameValue": record["operationName"]["value"].upper(),
        "ActivityStatus": "",
        "ActivityStatusValue": OUTCOMES[record["status"]["value"]],
        "Caller": PERSON,
        "CorrelationId": record["operationId"],
        "OperationId": "",
        "Properties": json.dumps(record["properties"]),
        "_ResourceId": record["resourceId"].lower(),
    }


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
    named: list[Any] = [
        {"id": spelling.any_case(one), "type": "User"} for one in sorted(deny.principals)
    ]
    cut: list[Any] = ["PSPrincipal"]
    properties: Object = {
        "denyAssignmentName": "Managed application lock",
        "permissions": [{"actions": ["*"], "notActions": ["*/read"]}],
        "scope": spelling.scope(deny.scope),
        "doNotApplyToChildScopes": deny.not_for_children,
        "principals": everyone if deny.everyone else named + cut * deny.holds_others,
        "excludePrincipals": [
            {"id": spelling.any_case(one), "type": "User"} for one in sorted(deny.excluded)
        ]
        + cut * deny.spares_others,
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
        "children": below,
        "displayName": "Inner",
        "id": "/providers/Microsoft.Management/managementGroups/inner-" + entry.name,
        "name": "inner-" + entry.name,
        "type": "Microsoft.Management/managementGroups",
    }
    # A group below without children may also be one that was not gone into: only a full one shows the whole.
    return {
        "children": [*children, inner] if below else children,
        "details": {"version": 4, "updatedBy": PERSON},
        "displayName": "Ours",
        "id": identifier,
        "name": name,
        "tenantId": some_id(spelling.rng),
        "type": "Microsoft.Management/managementGroups",
    }
