"""Exports of access."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pec import _pec
from pec.diagnosis.questions import answer
from pec.diagnosis.shape import Diagnosis, diagnosis, failed, shown
from pec.errors import PecError

SETTLING = {
    "role_assignments": "az role assignment list --all",
    "lighthouse_assignments": "az managedservices assignment list --include-definition true",
}
"""The two kinds of evidence that settle most days."""


def of_exports(path: Path, read: Callable[[_pec.Evidence], None]) -> list[Diagnosis]:
    """A file or a folder of evidence; a diagnosis for each file."""
    evidence = _pec.Evidence()
    try:
        read(evidence)
    except (PecError, OSError, ValueError) as error:
        return [failed(path, error, "evidence" if path.is_dir() else None)]
    kinds = {facts["kind"] for facts in evidence.files}
    return [_of_evidence(path, facts, kinds) for facts in evidence.files]


def _of_evidence(path: Path, facts: dict[str, Any], kinds: set[str]) -> Diagnosis:
    absent = [f"{kind} (`{command}`)" for kind, command in SETTLING.items() if kind not in kinds]
    take = f"usage and --partner{'; also ' + ' and '.join(absent) if absent else ''}"
    because = (
        "with usage and a partner.toml"
        if facts["complete"]
        else "it proves what it lists, never that something is absent"
    )
    details = ("taken_at", "taken_at_is_file_time", "complete", "subscriptions", "passed_over")
    return diagnosis(
        path,
        "evidence",
        facts["kind"],
        file=shown(path / facts["file"]) if path.is_dir() else shown(path),
        rows=facts["entries"],
        row_issues=facts["issue_count"],
        lacks=facts["cannot_show"],
        answers=[answer("access", "with" if facts["complete"] else "partly", because=because, take=take)],
        details={name: facts[name] for name in details},
    )
