"""What a partner writes: who earns, a request for an Azure Credit Offer, and credits that were granted."""

from __future__ import annotations

import datetime
import tomllib
from pathlib import Path
from typing import Any

from pec import _pec
from pec.diagnosis.credits import of_credits
from pec.diagnosis.questions import EVIDENCE, answer
from pec.diagnosis.shape import UNKNOWN, Diagnosis, diagnosis, failed, text_of
from pec.errors import PecError

# An offer is read from this day on; what is read of it does not depend on the day.
OFFER_DAY = datetime.date(2024, 6, 30)


def of_toml(path: Path) -> Diagnosis:
    """A partner, a request for an offer, or credits."""
    try:
        content = tomllib.loads(text_of(path))
    except (PecError, OSError, ValueError) as error:
        return failed(path, error)
    if content.keys() & {"deal", "customer", "request", "calendar", "agreement"}:
        return _offer(path)
    if content.keys() & {"credit", "drawdown"}:
        return _credits(path)
    partner = content.get("partner")
    if content.keys() & {"reseller", "transacting", "assumptions"} or _says_who(partner):
        return _partner(path, partner if isinstance(partner, dict) else {})
    return diagnosis(path, None, None, error=UNKNOWN)


def _says_who(partner: object) -> bool:
    return isinstance(partner, dict) and bool(partner.keys() & {"tenant_id", "partner_ids", "agent_groups"})


def _partner(path: Path, partner: dict[str, Any]) -> Diagnosis:
    try:
        _pec.Partner(path)
    except (PecError, OSError, ValueError) as error:
        return failed(path, error, "partner")
    groups = "agent_groups: without them a foreign group cannot be told for yours"
    return diagnosis(
        path,
        "partner",
        "partner.toml, who earns",
        lacks=[] if partner.get("agent_groups") else [groups],
        answers=[answer("access", "with", because="with usage and exports of access", take=f"usage and {EVIDENCE}")],
        details={"kind": partner.get("kind"), "partner_ids": len(partner.get("partner_ids", []))},
    )


def _offer(path: Path) -> Diagnosis:
    try:
        plan = _pec.aco_plan(path, today=OFFER_DAY).to_dict()
    except (PecError, OSError, ValueError) as error:
        return failed(path, error, "offer")
    unknown = [one["id"] for one in plan["prerequisites"] if one["status"] == "unknown"]
    because = "of some prerequisites nothing is told" if unknown else None
    return diagnosis(
        path,
        "offer",
        "offer.toml, a request for an Azure Credit Offer",
        lacks=unknown,
        answers=[answer("offer", "partly" if unknown else "yes", because=because)],
        details={"scenario": plan["scenario"]},
    )


def _credits(path: Path) -> Diagnosis:
    try:
        return of_credits(path, "credits.toml, Azure credits that were granted")
    except (PecError, OSError, ValueError) as error:
        return failed(path, error, "credits")
