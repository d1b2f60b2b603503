"""What a result comes to: the money of each currency, and the causes of what did not earn."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pec import _pec
from pec.html_report.amounts import amount, total

Row = Mapping[str, Any]

OPEN = ("missed", "lost", "unknown")
"""Standings of lines that could earn, as far as is known, and did not."""

_MISSED = "evidence says it should have earned"
_CLAIM = "claim it from Microsoft with that evidence: `pec evidence` writes what the request needs"


@dataclass(frozen=True, slots=True)
class Money:
    """One currency's money. List costs add up to all that was read; currencies are never added."""

    currency: str
    lines: int
    list_cost: Decimal
    earned: Decimal
    """Credit that was paid where it should be."""
    could_earn: Decimal
    """Credit possible of all lines that are not excluded and not unexpected."""
    lost: Decimal
    """Credit possible that was missed or lost, by evidence."""
    unknown: Decimal
    """Credit possible of lines of which what was given cannot tell why they did not earn."""
    excluded: Decimal
    """List cost that earns nothing by design."""
    unexpected: Decimal
    """Credit that was paid although the rules say it could not be."""
    cost_of: Mapping[str, Decimal]
    """List cost by standing."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Credit that one reason kept from being earned, in one currency."""

    standing: str
    reason: str | None
    currency: str
    lines: int
    list_cost: Decimal
    credit: Decimal
    """Credit possible."""
    a_month: Decimal | None
    """What a month of 30 days costs while nothing is done; none where it is over, or not known."""
    losses: Sequence[Row]
    """The costliest first."""
    assumed: Sequence[Row]
    """Sums of the lines that rest on an assumption, one for each."""

    @property
    def rule(self) -> _pec.Rule | None:
        """The rule that found it."""
        return rule_of(self.reason)

    @property
    def sentence(self) -> str:
        """What was found."""
        return _MISSED if self.rule is None else self.rule.sentence

    @property
    def over(self) -> bool:
        """Was it lost, and has every place had lines since that could earn and were not lost for this?"""
        return self.standing == "lost" and not any(loss["ongoing"] for loss in self.losses)

    @property
    def remedy(self) -> str:
        """What to do."""
        if self.over:
            return "nothing to ask for: it is over, and days that are past are gone"
        return _CLAIM if self.rule is None else self.rule.remedy

    @property
    def owner(self) -> str:
        """Who can act."""
        if self.over:
            return "nobody"
        return "partner" if self.rule is None else self.rule.owner


def rule_of(reason: str | None) -> _pec.Rule | None:
    """The rule of this id."""
    return next((rule for rule in _pec.rules() if rule.id == reason), None)


def money_of(sums: Iterable[Row]) -> list[Money]:
    """The money of each currency, in the order of their codes."""
    rows = list(sums)
    return [_money(currency, [row for row in rows if row["currency"] == currency]) for currency in _currencies(rows)]


def _currencies(rows: Iterable[Row]) -> list[str]:
    return sorted({row["currency"] for row in rows})


def _money(currency: str, rows: Sequence[Row]) -> Money:
    def sum_of(column: str, standings: Iterable[str] | None = None) -> Decimal:
        return total(amount(row[column]) for row in rows if standings is None or row["standing"] in standings)

    return Money(
        currency=currency,
        lines=sum(row["lines"] for row in rows),
        list_cost=sum_of("list_cost"),
        earned=sum_of("credit", ("earned",)),
        could_earn=sum_of("potential_credit", ("earned", *OPEN)),
        lost=sum_of("potential_credit", ("missed", "lost")),
        unknown=sum_of("potential_credit", ("unknown",)),
        excluded=sum_of("list_cost", ("excluded",)),
        unexpected=sum_of("credit", ("unexpected",)),
        cost_of={standing: sum_of("list_cost", (standing,)) for standing in sorted({r["standing"] for r in rows})},
    )


def causes_of(found: Mapping[str, Any]) -> list[Cause]:
    """The causes of what was missed, lost or is unknown: by currency, the costliest first."""

    def cause_of(row: Row) -> tuple[str, str | None, str]:
        return row["standing"], row["reason"], row["currency"]

    losses, assumed = (_grouped(rows, cause_of) for rows in (found["losses"], found.get("assumed", [])))
    causes = []
    for row in found["sums"]:
        if row["standing"] not in OPEN:
            continue
        of_it = losses.get(cause_of(row), [])
        months = [loss["credit_per_month"] for loss in of_it if loss["credit_per_month"] is not None]
        causes.append(
            Cause(
                standing=row["standing"],
                reason=row["reason"],
                currency=row["currency"],
                lines=row["lines"],
                list_cost=row["list_cost"],
                credit=row["potential_credit"],
                a_month=total(months) if months else None,
                losses=of_it,
                assumed=assumed.get(cause_of(row), []),
            )
        )
    return sorted(causes, key=lambda one: (one.currency, one.credit.copy_negate(), one.standing, one.reason or ""))


def _grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def by_customer(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """One row for each customer and currency, the largest loss first; each standing's money in a column of its own."""
    groups = _grouped(rows, lambda row: (row["customer"], row["currency"]))
    found = []
    for (customer, currency), of_it in groups.items():
        money = _money(currency, of_it)
        found.append(
            {
                "customer": customer,
                "lines": money.lines,
                "list_cost": money.list_cost,
                "earned": money.earned,
                "lost": money.lost,
                "unknown": money.unknown,
                "excluded": money.excluded,
                "currency": currency,
            }
        )
    return sorted(
        found,
        key=lambda row: (row["currency"], row["lost"].copy_negate(), row["unknown"].copy_negate(), row["customer"]),
    )


def period(found: Mapping[str, Any]) -> tuple[datetime.date, datetime.date] | None:
    """The first and the last day of usage that was read."""
    first = [file["first_day"] for file in found["files"] if file["first_day"] is not None]
    last = [file["last_day"] for file in found["files"] if file["last_day"] is not None]
    return (min(first), max(last)) if first and last else None
