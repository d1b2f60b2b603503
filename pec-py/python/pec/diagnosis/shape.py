"""How a diagnosis is put, whatever the file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeAlias

from pec.errors import PecError, ReadError

Diagnosis: TypeAlias = dict[str, Any]

UNKNOWN = (
    "not known to pec, which reads daily rated usage, cost details and FOCUS of Cost Management, price lists, "
    "invoice reconciliation files, balance reports of Azure credits, exports of access, partner.toml, offer.toml and "
    "credits.toml"
)

IDS = ("SubscriptionId", "ProductId", "SkuId", "AvailabilityId")
"""The ids by which daily lines and the invoice are compared."""

NO_USAGE = f"UsageDate,EntitlementId,UnitPrice,Quantity,CreditType,{','.join(IDS)}\n".encode()
"""The least that usage may be: its header, and no row."""

MOST_TEXT = 16 << 20
"""Manifests and TOML files are not read beyond."""


def diagnosis(path: Path, kind: str | None, layout: str | None, **facts: object) -> Diagnosis:
    """A diagnosis with every key."""
    return {
        "path": shown(path),
        "file": shown(path),
        "kind": kind,
        "layout": layout,
        "attribute_set": None,
        "format": None,
        "rows": None,
        "row_issues": None,
        "first_day": None,
        "last_day": None,
        "final": None,
        "lacks": [],
        "answers": [],
        "details": {},
        "error": None,
        **facts,
    }


def shown(path: Path) -> str:
    """A path as text; a name need not be one."""
    return os.fsencode(path).decode(errors="replace")


def failed(path: Path, error: PecError | OSError | ValueError, kind: str | None = None, **facts: object) -> Diagnosis:
    """A diagnosis of what cannot be used."""
    message = str(error)
    if isinstance(error, OSError):
        message = f"{error.filename or path}: {error.strerror or error}; check the path and its permissions"
    return diagnosis(path, kind, None, error=message.removeprefix(f"{shown(path)}: "), **facts)


def text_of(file: Path) -> str:
    """The text of a small file."""
    with file.open("rb") as opened:
        content = opened.read(MOST_TEXT + 1)
    if len(content) > MOST_TEXT:
        raise ReadError(f"{file}: more than {MOST_TEXT >> 20} MiB, too much for a file of its kind", str(file))
    return content.decode("utf-8-sig")
