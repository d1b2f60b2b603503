"""Writes tests/golden/access/roles.json: all 122 roles, each in a resource group of its own.

    python tests/oracle/golden_roles.py

The table itself is `roles.csv`, copied from the collected facts; the case says what it must mean.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "access" / "roles.json"
SUBSCRIPTION = "3f47bcf1-965d-40a1-a2bc-3d5db3653250"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
AGENTS = "a9e20000-0000-4000-8000-000000000001"
TAKEN_AT = "2026-08-05T00:00:00Z"


def main() -> None:
    with (Path(__file__).parent / "roles.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assignments, records, answers = [], [], []
    for number, row in enumerate(rows, start=1):
        role, earns = row["role_definition_id"], row["pec_eligible"] == "yes"
        group = f"role-{number:03}"
        assignments.append(
            {
                "scope": f"{SCOPE}/resourceGroups/{group}",
                "roleDefinitionId": role,
                "roleDefinitionName": row["role_name"],
                "principalId": AGENTS,
                "principalType": "ForeignGroup",
                "createdOn": "2026-01-10T09:00:00Z",
            }
        )
        records.append({"ResourceGroup": group})
        findings = [] if earns else ["role_not_eligible"]
        answers.append(
            {
                "outcome": "eligible" if earns else "ineligible",
                "primary": None if earns else findings[0],
                "findings": findings,
            }
        )
    common = {"subscriptions": [SUBSCRIPTION], "complete": True}
    manifest = {
        "version": 1,
        "taken_at": TAKEN_AT,
        "files": [
            {"path": "roles.json", "kind": "role_assignments", **common},
            {"path": "lighthouse.json", "kind": "lighthouse_assignments", **common},
        ],
    }
    head = {
        "$schema": "../schema.json",
        "stage": "access",
        "source": "github.com/kvamseek/partner-center@85eb3c40 (2023-10-23) "
        "azure-roles-perms-pec.md (11/08/2022): 122 roles, 98 of them eligible (R32)",
        "defaults": {
            "CustomerId": "c0ffee00-0000-4000-8000-000000000001",
            "EntitlementId": SUBSCRIPTION,
            "UsageDate": "2026-07-15",
            "ChargeType": "new",
            "UnitPrice": "0.868",
            "Quantity": "10",
            "PricingCurrency": "USD",
            "PartnerEarnedCreditPercentage": "0",
        },
        "partner": {
            "partner": {
                "kind": "direct_bill",
                "tenant_id": "aaaaaaaa-0000-4000-8000-000000000001",
                "partner_ids": ["1111111"],
                "agent_groups": [AGENTS],
            }
        },
    }
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    text = "\n".join(
        [
            "{",
            *lines,
            ' "cases": [{',
            '  "id": "all-roles",',
            '  "why": "group role-001 to role-122 in the order of the page, AOBO with that role in each; '
            'the id decides, never the name",',
            f'  "evidence": {{"manifest": {json.dumps(manifest)},',
            '   "files": {"lighthouse.json": [], "roles.json": [',
            ",\n".join("    " + json.dumps(one) for one in assignments),
            "   ]}},",
            '  "records": [',
            ",\n".join("   " + json.dumps(one) for one in records),
            "  ],",
            '  "expect": [',
            ",\n".join("   " + json.dumps(one) for one in answers),
            "  ]",
            " }]",
            "}",
            "",
        ]
    )
    GOLDEN.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
