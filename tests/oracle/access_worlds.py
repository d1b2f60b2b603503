"""Seeded random worlds of access: a partner file, an evidence folder, usage, and the verdicts.

World k of a seed depends on the seed and on k alone.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from access import ORDER, Decider, Decision
from access_showing import evidence_of
from access_stories import truth_of
from access_truth import Truth as AccessTruth
from amounts import RATE, amount_text
from facts import Place, World
from layouts import COLUMNS
from meaning import Issue, Line, read_row
from oracle import STANDINGS
from reading import read_bytes
from rules import BY_DESIGN, judge
from truth import Record, Truth
from writing import SLASHED, YEAR_FIRST, write_day

EVERY_REASON = (*(rule.__name__ for _, rule in BY_DESIGN), *ORDER)


@dataclass(frozen=True)
class AccessWorld:
    world: World
    usage: bytes


def world_of(seed: int, number: int) -> AccessWorld:
    rng = random.Random(f"access/{seed}/{number}")
    truth = truth_of(rng)
    files = tuple(evidence_of(rng, truth))
    partner = None if rng.random() < 0.01 else truth.partner
    return AccessWorld(World(partner, files), usage_of(rng, truth))


# usage.csv


def usage_of(rng: random.Random, truth: AccessTruth) -> bytes:
    """Lines spread over the days of the world, one resource and day after the other."""
    cells = Truth(rng)
    records = []
    days = [truth.first + timedelta(days=number) for number in range(truth.days)]
    for customer in truth.customers:
        for subscription in customer.subscriptions:
            for path in truth.paths[subscription]:
                for day in days:
                    if rng.random() < 0.5:
                        continue
                    where = path if rng.random() < 0.96 else ""
                    group = path.split("/")[4] if rng.random() < 0.98 else ""
                    record = cells.record(
                        customer.id, subscription, group, where, rng.random() < 0.4
                    )
                    if not where:  # else nothing tells whose line it is
                        record["EntitlementId"], record["ResourceGroup"] = subscription, group
                    record["PricingCurrency"] = rng.choice(("USD", "USD", "EUR"))
                    record["Tier2MpnId"] = truth.reseller_of[subscription] or rng.choice(("", "0"))
                    add_dates(rng, record, day)
                    records.append(record)
    if len(records) > 120:
        records = [records[at] for at in sorted(rng.sample(range(len(records)), 120))]
    if rng.random() < 0.5:
        rng.shuffle(records)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=rng.choice(("\n", "\r\n")))
    writer.writerow(COLUMNS)
    writer.writerows([record.get(column, "") for column in COLUMNS] for record in records)
    return text.getvalue().encode()


def add_dates(rng: random.Random, record: Record, day: date) -> None:
    """The usage day as files write it; what happens to unclear dates is shown elsewhere."""
    form = rng.choice((*YEAR_FIRST[:5], SLASHED["M/d"][0]))
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    record["UsageDate"] = write_day(day, form)
    record["ChargeStartDate"] = write_day(first, form)
    record["ChargeEndDate"] = write_day(last, form)


# What the oracle makes of it


def place_of(line: Line) -> Place:
    return Place(
        customer=line.customer,
        subscription=line.subscription,
        resource_group=line.resource_group,
        resource=line.resource,
        reseller=line.reseller,
        day=line.day,
    )


def standing_of(decision: Decision, by_design: bool, paid: bool) -> str:
    """Model, section 5."""
    if decision.outcome == "eligible":
        return "earned" if paid else "missed"
    if decision.outcome == "undetermined":
        return "earned" if paid else "unknown"
    if paid:
        return "unexpected"
    return "excluded" if by_design else "lost"


def expected(world: World, usage: bytes) -> dict[str, object]:
    """One entry per readable row, and the sums."""
    decider = Decider(world)
    rows, sums = [], Sums()
    issues = 0
    for row in read_bytes(usage, "usage.csv"):
        line = read_row(row)
        if isinstance(line, Issue):
            issues += 1
            continue
        judged = judge(line)
        by_design = judged.findings if judged.by_design else []
        decision = decider.decide(place_of(line), by_design)
        standing = standing_of(decision, judged.by_design, judged.paid)
        rows.append(
            {
                "row": row.number,
                "outcome": decision.outcome,
                "primary": decision.primary,
                "findings": list(decision.findings),
                "standing": standing,
            }
        )
        potential = Fraction(0) if judged.by_design else RATE * line.list_cost
        reason = None if standing in ("earned", "missed") else decision.primary
        sums.add(standing, reason, line, potential, judged.credit)
    return {
        "lines": len(rows) + issues,
        "row_issues": issues,
        "rows": rows,
        "sums": sums.in_order(),
    }


class Sums:
    """Per standing, reason and currency, sorted like those of the reconciliation."""

    def __init__(self) -> None:
        self.totals: dict[tuple[int, int, str], list[Any]] = {}

    def add(
        self, standing: str, reason: str | None, line: Line, potential: Fraction, credit: Fraction
    ) -> None:
        key = (STANDINGS.index(standing), rank(reason), line.currency)
        start = [standing, reason, 0, Fraction(0), Fraction(0), Fraction(0)]
        total = self.totals.setdefault(key, start)
        total[2] += 1
        total[3] += line.list_cost
        total[4] += potential
        total[5] += credit

    def in_order(self) -> list[dict[str, object]]:
        return [
            {
                "standing": total[0],
                "reason": total[1],
                "currency": key[2],
                "lines": total[2],
                "list_cost": amount_text(total[3]),
                "potential_credit": amount_text(total[4]),
                "credit": amount_text(total[5]),
            }
            for key, total in sorted(self.totals.items())
        ]


def rank(reason: str | None) -> int:
    return -1 if reason is None else EVERY_REASON.index(reason)
