"""Azure credits: a `credits.toml`, and balance reports."""

from __future__ import annotations

import io
from pathlib import Path

from pec import _pec
from pec.diagnosis.questions import DAILY, answer
from pec.diagnosis.shape import NO_USAGE, Diagnosis, diagnosis


def of_credits(path: Path, layout: str) -> Diagnosis:
    """What a file of credits holds; what cannot be read is raised."""
    credits_read = _pec.Credits(path)
    found = _pec.aco_balance([io.BytesIO(NO_USAGE)], credits=credits_read).to_dict()["credits"]
    return diagnosis(
        path,
        "credits",
        layout,
        row_issues=len(credits_read.issues),
        first_day=min((one["effective"] for one in found), default=None),
        last_day=max((one["expiry"] for one in found), default=None),
        lacks=[
            f"{one['id']}: a statement, unless usage begins with the credit" for one in found if not one["statements"]
        ],
        answers=[answer("balance", "with", because="usage tells", take=f"usage of all its days: {DAILY}")],
        details={"credits": len(found), "customers": len({one["customer"] for one in found})},
    )
