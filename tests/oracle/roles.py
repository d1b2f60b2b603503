"""Which roles earn (R32): 122 built-in roles by their id, 98 of them eligible.

The table is Microsoft's page of 11/08/2022 ("Roles and permissions required to earn partner
earned credit"), copied here from the collected facts; ids decide, never names.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def role_table() -> dict[str, tuple[str, bool]]:
    """Role id -> name, eligible."""
    with (Path(__file__).parent / "roles.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["role_definition_id"].lower(): (row["role_name"], row["pec_eligible"] == "yes")
            for row in csv.DictReader(file)
        }


def is_eligible(role: str) -> bool | None:
    """None: the table does not list it (a newer or a custom role)."""
    listed = role_table().get(role)
    return None if listed is None else listed[1]


def role_id(text: str) -> str:
    """The GUID that ends a role definition id, which may also be given bare."""
    return text.strip().lower().rstrip("/").rsplit("/", 1)[-1]
