"""A world to real files: the partner file, the evidence folder with its manifest.

Ids and paths in any case, times in several spellings, and personal data wherever the real exports
have it. What each export looks like is in `access_shapes.py`.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from access_shapes import content_of
from access_spelling import CAN_BE_CUT, Spelling, cut
from facts import ALWAYS, File, Interval, Organization, Partner
from instants import DAY, Instant, write_instant


def write_world(
    rng: random.Random, folder: Path, partner: Partner | None, files: list[File]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    spelling = Spelling(rng)
    if partner is not None:
        text = partner_toml(rng, spelling, partner)
        (folder / "partner.toml").write_text(text, encoding="utf-8")
    evidence = folder / "evidence"
    evidence.mkdir(exist_ok=True)
    taken_at = max((file.taken_at for file in files), default=0)
    manifest: dict[str, Any] = {
        "version": 1,
        "taken_at": spelling.instant(taken_at),
        "files": [],
    }
    for file in files:
        content = content_of(spelling, file)
        entry = manifest_entry(rng, spelling, file, taken_at)
        can_be_cut = file.shape in CAN_BE_CUT and isinstance(content, dict)
        # What may be on the next page of these takes access away: that is no part of these worlds.
        can_be_cut = can_be_cut and file.kind not in ("deny_assignments", "pim_assignments")
        if not file.complete and can_be_cut and rng.random() < 0.5:
            # The manifest may say what it likes: a page that is not the last one is not complete.
            content = cut(rng, file.shape, content)
            entry["complete"] = True
        manifest["files"].append(entry)
        path = evidence / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        indent = rng.choice((None, 1, 2))
        text = json.dumps(content, indent=indent, ensure_ascii=rng.random() < 0.5)
        path.write_text(text + rng.choice(("", "\n")), encoding="utf-8")
    text = json.dumps(manifest, indent=1)
    (evidence / "manifest.json").write_text(text + "\n", encoding="utf-8")


def manifest_entry(
    rng: random.Random, spelling: Spelling, file: File, taken_at: Instant
) -> dict[str, Any]:
    entry: dict[str, Any] = {"path": file.path, "kind": file.kind}
    if file.subscriptions or rng.random() < 0.2:
        entry["subscriptions"] = [spelling.any_case(one) for one in sorted(file.subscriptions)]
    if file.complete or rng.random() < 0.3:
        entry["complete"] = file.complete
    if file.taken_at != taken_at or rng.random() < 0.5:
        entry["taken_at"] = spelling.instant(file.taken_at)
    if file.identities:
        entry["identities"] = [spelling.any_case(one) for one in sorted(file.identities)]
    if file.group:
        entry["group"] = spelling.any_case(file.group)
    if file.start is not None:
        entry["from"] = spelling.instant(file.start)
    return entry


# partner.toml


def partner_toml(rng: random.Random, spelling: Spelling, partner: Partner) -> str:
    lines = ["# Who we are.", "[partner]", f'kind = "{partner.kind}"']
    lines += organization_lines(rng, spelling, partner.organization)
    if partner.agreement is not None:
        spans = [inline(rng, spelling, span) for span in partner.agreement]
        lines.append(f"agreement = [{', '.join(spans)}]")
    for reseller in partner.resellers:
        lines += ["", "[[reseller]]", *organization_lines(rng, spelling, reseller)]
    for subscription, (start, until) in partner.transacting:
        lines += ["", "[[transacting]]", f'subscription = "{spelling.any_case(subscription)}"']
        lines += [
            f"{name} = {toml_time(rng, spelling, at)}"
            for name, at in (("from", start), ("until", until))
            if at is not None
        ]
    if not partner.unchanged or partner.unchanged_until is not None or rng.random() < 0.5:
        lines += ["", "[assumptions]"]
        if not partner.unchanged or rng.random() < 0.5:
            lines.append(f"unchanged = {str(partner.unchanged).lower()}")
        if partner.unchanged_until is not None:
            lines.append(f"unchanged_until = {toml_time(rng, spelling, partner.unchanged_until)}")
    return "\n".join(lines) + "\n"


def organization_lines(
    rng: random.Random, spelling: Spelling, organization: Organization
) -> list[str]:
    ids = [
        f'"{known}"'
        if span == ALWAYS
        else "{ " + f'id = "{known}", ' + inline(rng, spelling, span)[2:]
        for known, span in organization.partner_ids
    ]
    lines = [f'tenant_id = "{spelling.any_case(organization.tenant)}"']
    lines.append(f"partner_ids = [{', '.join(ids)}]")
    if organization.agent_groups or rng.random() < 0.3:
        lines.append(f"agent_groups = {texts(spelling, organization.agent_groups)}")
    if organization.identities:
        lines.append(f"identities = {texts(spelling, organization.identities)}")
    return lines


def texts(spelling: Spelling, ids: frozenset[str]) -> str:
    return json.dumps([spelling.any_case(one) for one in sorted(ids)])


def inline(rng: random.Random, spelling: Spelling, span: Interval) -> str:
    parts = [
        f"{name} = {toml_time(rng, spelling, at)}"
        for name, at in zip(("from", "until"), span, strict=True)
        if at is not None
    ]
    return "{ " + ", ".join(parts) + " }"


def toml_time(rng: random.Random, spelling: Spelling, at: Instant) -> str:
    """Text or a TOML date or time; a midnight may be a date."""
    if at % DAY == 0 and rng.random() < 0.6:
        text = write_instant(at)[:10]
        return rng.choice((text, f'"{text}"'))
    # TOML times are kept to a microsecond by many readers, so finer ones are written as text.
    return write_instant(at) if at % 10 == 0 and rng.random() < 0.5 else f'"{spelling.instant(at)}"'
