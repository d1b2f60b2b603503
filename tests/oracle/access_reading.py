"""Partner file and evidence folder to facts: every published shape of inputs.md, B1 to B8.

Names of properties are looked up without regard to case (a log writes `PrincipalId` on one day and
`principalId` on the next). What is not needed is not read, personal data least of all.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from access_entries import Object, flat, get, records, text, valued
from facts import (
    Authorization,
    Delegation,
    Deny,
    Entry,
    File,
    Interval,
    Link,
    ManagementGroup,
    Members,
    Organization,
    Partner,
    RoleAssignment,
    RoleChange,
    Schedule,
    UnreadSchedule,
)
from instants import Instant, read_instant
from roles import role_id
from scopes import management_group_of, tidy, without_extension
from sightings import is_of_others

REGISTRATION = "microsoft.managedservices/registrationassignments"
ROLE_ASSIGNMENT = "microsoft.authorization/roleassignments"
DENY_ASSIGNMENT = "microsoft.authorization/denyassignments"
EVERYONE = "00000000-0000-0000-0000-000000000000"
GROUP_TYPE = "#microsoft.graph.group"


# The partner file


def read_partner(path: Path) -> Partner:
    with path.open("rb") as file:
        return partner_of(tomllib.load(file))


def partner_of(document: Object) -> Partner:
    """The parsed TOML, or the same as a JSON object."""
    partner, assumptions = document["partner"], document.get("assumptions", {})
    agreement = partner.get("agreement")
    return Partner(
        kind=partner["kind"],
        organization=organization_of(partner),
        resellers=tuple(organization_of(entry) for entry in document.get("reseller", ())),
        agreement=None if agreement is None else tuple(interval_of(entry) for entry in agreement),
        transacting=tuple(
            (entry["subscription"].lower(), interval_of(entry))
            for entry in document.get("transacting", ())
        ),
        unchanged=assumptions.get("unchanged", True),
        unchanged_until=moment(assumptions.get("unchanged_until")),
    )


def organization_of(entry: Object) -> Organization:
    ids = [one if isinstance(one, dict) else {"id": one} for one in entry.get("partner_ids", ())]
    return Organization(
        tenant=entry["tenant_id"].lower(),
        partner_ids=tuple((one["id"].lower(), interval_of(one)) for one in ids),
        agent_groups=lowered(entry.get("agent_groups", ())),
        identities=lowered(entry.get("identities", ())),
    )


def interval_of(entry: Object) -> Interval:
    return moment(entry.get("from")), moment(entry.get("until"))


def moment(value: object) -> Instant | None:
    """TOML has dates and times of its own; JSON has text."""
    if value is None or value == "":
        return None
    return read_instant(value.isoformat() if isinstance(value, date | datetime) else str(value))


def lowered(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text.strip().lower() for text in texts)


# The evidence folder


def read_evidence(folder: Path) -> tuple[File, ...]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8-sig"))
    contents = {
        entry["path"]: json.loads((folder / entry["path"]).read_text(encoding="utf-8-sig"))
        for entry in manifest["files"]
    }
    return evidence_of(manifest, contents)


def evidence_of(manifest: Object, contents: dict[str, Any]) -> tuple[File, ...]:
    return tuple(file_of(manifest, entry, contents[entry["path"]]) for entry in manifest["files"])


def file_of(manifest: Object, entry: Object, content: Any) -> File:
    kind = entry["kind"]
    file = File(
        path=entry["path"],
        kind=kind,
        taken_at=read_instant(entry.get("taken_at") or manifest["taken_at"]),
        complete=entry.get("complete", False) and not is_cut(content),
        subscriptions=lowered(entry.get("subscriptions", ())),
        identities=lowered(entry.get("identities", ())),
        group=entry.get("group", "").lower(),
        start=moment(entry.get("from")),
    )
    if kind == "delegation_log":
        file = replace(file, unread=is_cut(content))
    reader = READERS.get(kind)
    if reader in (activity_log, change_log):
        readable = [record for record in records(content) if is_readable(reader, record, file)]
        if len(readable) < len(records(content)) or is_cut(content):
            file = replace(file, complete=False, unread=True)
        content = readable
    entries = tuple(reader(content, file)) if reader else ()
    if kind in ("deny_assignments", "pim_assignments") and any(map(is_in_doubt, entries)):
        file = replace(file, complete=False, unread=True)
    # Roles are unknown (B2), or what was in force until then is not told.
    without = any(isinstance(one, Authorization) and one.tenant is None for one in entries)
    if kind == "partner_links" and any(isinstance(one, Link) and not one.is_told for one in entries):
        file = replace(file, complete=False, unread=True)
    if without or (kind == "lighthouse_assignments" and any(map(is_unclear, records(content)))):
        file = replace(file, complete=False)
    if is_of_others(file, entries):
        file = replace(file, complete=False, subscriptions=frozenset())
    return replace(file, entries=entries)


def is_readable(
    reader: Callable[[Any, File], Iterable[Entry]], record: Any, file: File
) -> bool:
    try:
        tuple(reader([record], file))
    except (TypeError, ValueError):
        return False
    return True


def is_in_doubt(entry: Entry) -> bool:
    return isinstance(entry, UnreadSchedule) or (isinstance(entry, Deny) and not entry.is_whole)


def is_unclear(row: Any) -> bool:
    """A delegation that is being made, changed or taken away, or of which nobody tells to whom it is."""
    inner = get(row, "properties") or row
    definition = row if "registrationdefinitions/" in text(row, "id") else get(inner, "registrationDefinition")
    terms = get(definition, "properties")
    if isinstance(terms, dict) and "authorizations" in terms and get(terms, "authorizations") is None:
        return True
    settled = ("", "succeeded", "failed", "canceled", "deleted")
    return definition is not row and text(inner, "provisioningState") not in settled


def is_cut(content: Any) -> bool:
    """A page that is not the last one (B6)."""
    tokens = ("nextLink", "@odata.nextLink", "skip_token", "skipToken", "$skipToken")
    return isinstance(content, dict) and any(get(content, name) is not None for name in tokens)


def role_assignments(content: Any, _file: File) -> Iterable[Entry]:
    for record in map(flat, records(content)):
        identifier = text(record, "id", "RoleAssignmentId")
        scope = text(record, "scope") or without_extension(identifier, ROLE_ASSIGNMENT)
        yield RoleAssignment(
            scope=tidy(scope),
            role=role_id(text(record, "roleDefinitionId")),
            principal=text(record, "principalId", "ObjectId"),
            principal_type=text(record, "principalType", "ObjectType"),
            created=moment(get(record, "createdOn")),
            conditional=bool(text(record, "condition")),
        )


def lighthouse(content: Any, _file: File) -> Iterable[Entry]:
    rows = records(content)
    definitions = {text(row, "id"): row for row in rows if "registrationdefinitions/" in text(row, "id")}
    for row in rows:
        if text(row, "id") in definitions:
            continue
        inner = get(row, "properties") or row
        if text(inner, "provisioningState") not in ("", "succeeded"):
            continue
        scope = without_extension(text(row, "id"), REGISTRATION)
        own_name = text(row, "id").rpartition("/")[2]
        created = moment(get(get(row, "systemData"), "createdAt"))
        definition = get(inner, "registrationDefinition")
        definition = definition or definitions.get(text(inner, "registrationDefinitionId"))
        terms = get(definition, "properties")
        if not isinstance(terms, dict):
            yield Authorization(scope=scope, tenant=None, created=created, name=own_name)
            continue
        for name in ("authorizations", "eligibleAuthorizations"):
            for line in get(terms, name) or ():
                yield Authorization(
                    scope=scope,
                    tenant=text(terms, "managedByTenantId"),
                    principal=text(line, "principalId"),
                    role=role_id(text(line, "roleDefinitionId")),
                    eligible_only=name == "eligibleAuthorizations",
                    marketplace=get(definition, "plan") is not None,
                    created=created,
                    name=own_name,
                )


def partner_links(content: Any, file: File) -> Iterable[Entry]:
    """What cannot be read, or is on another page, may be the link of any that was asked and is not listed."""
    found, asked, whole = [], set(file.identities), not is_cut(content)
    for record in map(flat, records(content)):
        identity = object_id(record, "objectId")
        active = text(record, "state") in ("", "active")
        asked |= {identity} - {""}
        if not identity or (active and not object_id(record, "partnerId")):
            whole = False
            continue
        found.append(
            Link(
                identity=identity,
                tenant=text(record, "tenantId"),
                partner_id=text(record, "partnerId"),
                active=active,
                created=moment(get(record, "createdTime")),
                updated=moment(get(record, "updatedTime")),
                version=int(text(record, "version") or 1),
            )
        )
    yield from found
    if not whole:
        others = asked - {one.identity for one in found}
        yield from (Link(one, "", "", active=False) for one in sorted(others))


def listed(content: Any) -> list[Object]:
    """What stands in a list, {} for what is no entry or is on a page that is not there; an error is no list."""
    rows = [flat(row) if isinstance(row, dict) else {} for row in records(content)]
    return [row for row in rows if not isinstance(get(row, "error"), dict)] + [{}] * is_cut(content)


def kept(read: Callable[[], Any]) -> tuple[Any, bool]:
    """What is read, None where it cannot be; and whether it could."""
    try:
        return read(), True
    except (TypeError, ValueError):
        return None, False


def object_id(entry: Any, *names: str) -> str:
    found = get(entry, *names)
    if isinstance(found, dict | list) or "@" in text(entry, *names):
        return ""
    return text(entry, *names)


def path_in(entry: Any, name: str) -> str:
    return tidy(text(entry, name)) if text(entry, name).startswith("/") else ""


def assigned(content: Any, file: File) -> Iterable[Entry]:
    """An instance that is listed was held; of an activation that is not known to be one it looks permanent."""
    for record in listed(content):
        scope, principal = path_in(record, "scope"), object_id(record, "principalId")
        role = role_id(text(record, "roleDefinitionId"))
        kind = text(record, "assignmentType")
        start, _ = kept(lambda record=record: moment(get(record, "startDateTime")))
        end, end_told = kept(lambda record=record: moment(get(record, "endDateTime")))
        placed = bool(scope and role and principal)
        sure = kind == "assigned" or (
            kind == "activated" and placed and start is not None and end_told
        )
        if not sure:
            yield UnreadSchedule(scope, role, principal, start, end)
        elif not end_told:
            yield UnreadSchedule(scope, role, principal, file.taken_at)
        if placed:
            yield Schedule(
                scope=scope,
                role=role,
                principal=principal,
                principal_type=text(record, "principalType"),
                start=start,
                end=end if sure else None,
                activated=sure and kind == "activated",
            )


def schedules(content: Any, _file: File) -> Iterable[Entry]:
    for record in map(flat, records(content)):
        yield Schedule(
            scope=tidy(text(record, "scope")),
            role=role_id(text(record, "roleDefinitionId")),
            principal=text(record, "principalId"),
            principal_type=text(record, "principalType"),
            start=read_instant(get(record, "startDateTime")),
            end=moment(get(record, "endDateTime")),
            activated=text(record, "assignmentType") == "activated",
        )


def activity_log(content: Any, _file: File) -> Iterable[Entry]:
    """A write shows what it asked for when it starts, a delete what it took when it is done (B4)."""
    for record in records(content):
        operation = valued(record, "operationNameValue", "operationName")
        if "/" not in operation:
            raise ValueError(operation)  # a name for people
        status = valued(record, "ActivityStatusValue", "resultType", "status")
        if not status:
            raise ValueError(status)  # how it ended is not told
        told = get(record, "properties")
        told = json.loads(told) if isinstance(told, str) else told
        told = get(told, "Content") or told  # Get-AzLog
        if operation == f"{ROLE_ASSIGNMENT}/write" and status in ("started", "start"):
            body, granted = get(told, "requestbody"), True
        elif operation == f"{ROLE_ASSIGNMENT}/delete" and status in ("succeeded", "success"):
            body, granted = get(told, "responseBody"), False
        else:
            continue
        change = flat(json.loads(body))
        yield RoleChange(
            at=read_instant(get(record, "eventTimestamp", "time", "TimeGenerated")),
            granted=granted,
            scope=tidy(text(change, "scope")),
            role=role_id(text(change, "roleDefinitionId")),
            principal=text(change, "principalId"),
        )


def change_log(content: Any, _file: File) -> Iterable[Entry]:
    for record in records(content):
        yield RoleChange(
            at=read_instant(get(record, "timestamp")),
            granted=text(record, "action") == "granted",
            scope=tidy(text(record, "scope")),
            role=role_id(text(record, "roleDefinitionId")),
            principal=text(record, "principalId"),
        )


def delegation_log(content: Any, _file: File) -> Iterable[Entry]:
    actions = {
        "microsoft.resources/tenants/register/action": True,
        "microsoft.resources/tenants/unregister/action": False,
    }
    for record in records(content):
        registered = actions.get(text(get(record, "operationName"), "value"))
        if registered is None or text(get(record, "eventName"), "value") != "endrequest":
            continue
        told = json.loads(get(record, "description"))
        scope = text(told, "delegationResourceId") or f"/subscriptions/{text(told, 'subscriptionId')}"
        yield Delegation(
            at=read_instant(get(record, "eventTimestamp")),
            registered=registered,
            scope=without_extension(scope, REGISTRATION),
        )


def deny_assignments(content: Any, file: File) -> Iterable[Entry]:
    """One that is listed is there: what cannot be read of it may hold or spare anybody, anywhere in its file."""
    everywhere = [f"/subscriptions/{one}" for one in sorted(file.subscriptions)] or ["/"]
    for record in listed(content):
        principals, principals_told = people(record, "principals")
        excluded, excluded_told = people(record, "excludePrincipals")
        system = any(text(one, "type") == "systemdefined" for one in principals)
        named = lowered(object_id(one, "id") for one in principals) - {""}
        everyone = system or EVERYONE in named
        nobody = not named and not everyone
        below = get(record, "doNotApplyToChildScopes")
        below_told = below is None or text(record, "doNotApplyToChildScopes") in ("true", "false", "")
        created, _ = kept(lambda record=record: moment(get(record, "createdOn")))
        identifier, scope = path_in(record, "id"), path_in(record, "scope")
        if get(record, "scope") is None and identifier:
            scope = without_extension(identifier, DENY_ASSIGNMENT)
        for place in [scope] if scope else everywhere:
            yield Deny(
                id=identifier,
                scope=place,
                principals=named - {EVERYONE},
                everyone=everyone,
                excluded=lowered(object_id(one, "id") for one in excluded) - {""},
                not_for_children=below_told and text(record, "doNotApplyToChildScopes") == "true",
                created=created,
                groups=lowered(
                    text(one, "id")
                    for one in (*principals, *excluded)
                    if text(one, "type") == "group"
                ),
                holds_others=nobody or not principals_told,
                spares_others=not (excluded_told and below_told and scope),
            )


def people(record: Object, name: str) -> tuple[list[Any], bool]:
    """Those of a list that can be read, and whether that is all."""
    found = get(record, name)
    if not isinstance(found, list):
        return [], found is None
    objects = [one for one in found if isinstance(one, dict)]
    read = [one for one in objects if object_id(one, "id") or text(one, "type") == "systemdefined"]
    return read, len(read) == len(found)


def group_members(content: Any, file: File) -> Iterable[Entry]:
    """Groups with their members (`$expand=members`), or the members of the manifest's group."""
    rows = records(content)
    expanded = [row for row in rows if isinstance(get(row, "members"), list)]
    if not expanded:
        expanded = [{"id": file.group, "members": rows}] if file.group else []
    for row in expanded:
        members = get(row, "members")
        yield Members(
            group=text(row, "id"),
            members=lowered(text(one, "id") for one in members),
            groups=lowered(
                text(one, "id")
                for one in members
                if text(one, "@odata.type", "OdataType") == GROUP_TYPE
            ),
            complete=file.complete,
        )


def management_groups(content: Any, file: File) -> Iterable[Entry]:
    for record in records(content):
        chain = get(get(record, "properties"), "managementGroupAncestorsChain")
        if chain is not None:
            subscription = text(record, "subscriptionId", "name")
            for group in chain:
                below = frozenset({subscription})
                yield ManagementGroup(text(group, "name"), below, complete=file.complete)
        else:
            for group in tree(record):
                yield replace(group, complete=file.complete)


def tree(node: Object) -> list[ManagementGroup]:
    """A group and all groups below it, each with its subscriptions at all levels."""
    node = flat(node)
    below: set[str] = set()
    found: list[ManagementGroup] = []
    for child in get(node, "children") or ():
        if "/subscriptions" in (text(child, "type"), "/" + text(child, "id").split("/")[1]):
            below.add(text(child, "name"))
        else:
            inner = tree(child)
            found += inner
            below |= inner[0].subscriptions
    name = management_group_of(text(node, "id")) or text(node, "name")
    return [ManagementGroup(name, frozenset(below)), *found]


READERS: dict[str, Callable[[Any, File], Iterable[Entry]]] = {
    "role_assignments": role_assignments,
    "lighthouse_assignments": lighthouse,
    "partner_links": partner_links,
    "pim_assignments": assigned,
    "pim_eligibilities": schedules,
    "activity_log": activity_log,
    "change_log": change_log,
    "delegation_log": delegation_log,
    "deny_assignments": deny_assignments,
    "group_members": group_members,
    "management_groups": management_groups,
}
