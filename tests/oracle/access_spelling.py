"""How ids, paths, times and lists are written: in any case, in several forms, in an envelope."""

from __future__ import annotations

import random
from typing import Any

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


def cut(rng: random.Random, shape: str, content: Any) -> Any:
    """There is a next page, and this is not it."""
    if shape == "rest":
        return {**content, "nextLink": "https://management.azure.com/next?$skiptoken=abc"}
    return {**content, rng.choice(("skip_token", "skipToken")): "ew0KICAiJGlkIjogIjEi"}


def table(rows: list[Object]) -> Object:
    """Names in `columns`, values in `rows`."""
    names = sorted({name for row in rows for name in row})
    columns = [{"name": name, "type": "object"} for name in names]
    return {"columns": columns, "rows": [[row.get(name) for name in names] for row in rows]}


def answer(spelling: Spelling, shape: str, rows: list[Object]) -> Any:
    """Rows in the envelope of their shape."""
    if shape == "rest":
        return {"value": rows, "nextLink": None} if spelling.chance(0.5) else {"value": rows}
    if shape.startswith("graph"):
        token: Object = {"skip_token": None} if spelling.chance(0.5) else {}
        data = table(rows) if spelling.chance(0.3) else rows
        return {"count": len(rows), "data": data, "total_records": len(rows), **token}
    return rows
