"""The drawdown of Azure credit over real lines: which usage a credit pays, and what is left of it.

    python tests/oracle/drawdown.py CREDITS FILE...       prints the JSON of `expected`

Usage is paid at list price (ACO9), whatever the access (aco.md, question 8); what is paid so earns no
PEC (ACO10), and what is left is decided by the ordinary rules. A day is drawn as one amount, so that
the order of its lines cannot matter; `deck` takes a month in place of a day (ACO11). `span` below is
that day or month, as its first and last day; what happens in it is told of its last day.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from amounts import amount_text
from credit_offer import month_end
from drawdown_credits import Credit, Offer, Span, is_in_force, move, offer_of
from drawdown_lines import (
    Portion,
    at_flat_rate,
    is_covered,
    is_flagged,
    paid_by_credit,
    parts_of,
    portion,
    total_of,
    whole,
)
from meaning import Issue, read_row
from names import FileError
from oracle import STANDINGS, issue_json
from prices import Prices
from reading import Row, read_file
from rules import RANK, Judged, judge

Json = dict[str, object]
Account = tuple[str, str]  # customer and currency: what credits and lines must share


@dataclass(frozen=True)
class Cover:
    """What the credits paid of a span; `other` is the cost of lines that the file does not flag."""

    customer: str
    currency: str
    span: Span
    flagged: Fraction
    other: Fraction
    covered: Fraction
    kind: str  # whole, share, none


@dataclass(frozen=True)
class Entry:
    customer: str
    credit: str
    day: date
    drawn: Fraction
    expired: Fraction
    balance: Fraction


class Run:
    """One run over lines of any customers."""

    def __init__(self, offer: Offer, lines: list[Judged]) -> None:
        self.offer = offer
        self.portions: list[Portion] = []
        self.entries: list[Entry] = []
        self.covers: list[Cover] = []
        self.split_lines = 0
        days: defaultdict[str, list[date]] = defaultdict(list)
        of_account: defaultdict[Account, list[Judged]] = defaultdict(list)
        for judged in lines:
            days[judged.line.customer].append(judged.line.day)
            of_account[judged.line.customer, judged.line.currency].append(judged)
        for credit in offer.credits:
            used = days.get(credit.customer)
            credit.begin(min(used) if used else None)
            of_account[credit.customer, credit.currency] += []
        for account in sorted(of_account):
            used = days.get(account[0])
            if used:
                self.account(account, of_account[account], max(used))

    def span(self, day: date) -> Span:
        return (day.replace(day=1), month_end(day)) if self.offer.deck else (day, day)

    def account(self, account: Account, lines: list[Judged], last: date) -> None:
        known = [one for one in self.offer.credits if (one.customer, one.currency) == account]
        spans: defaultdict[Span, list[Judged]] = defaultdict(list)
        for judged in lines:
            day = judged.line.day
            pays = any(is_in_force(credit, (day, day)) for credit in known)
            if pays and is_covered(judged, self.offer.reservations):
                spans[self.span(day)].append(judged)
            else:
                self.portions.append(whole(judged))
        for credit in known:
            if self.span(credit.expiry) <= self.span(last):
                spans[self.span(credit.expiry)] += []
        for span in sorted(spans):
            before = {credit.id: (credit.drawn, credit.expired) for credit in known}
            if spans[span]:
                self.draw_span(span, spans[span], known)
            for credit in known:
                if self.span(credit.expiry) == span:
                    credit.expired += credit.balance
                    credit.balance = Fraction(0)
                self.enter(credit, span, *before[credit.id])

    def enter(self, credit: Credit, span: Span, drawn: Fraction, expired: Fraction) -> None:
        total = credit.drawn_before + credit.drawn + credit.expired + credit.balance
        assert total == credit.granted and credit.balance >= 0, credit
        drawn, expired = credit.drawn - drawn, credit.expired - expired
        if drawn or expired:
            entry = Entry(credit.customer, credit.id, span[1], drawn, expired, credit.balance)
            self.entries.append(entry)
            if credit.balance:
                credit.ended_on = None
            elif credit.ended_on is None:
                credit.ended_on = span[1]

    def draw_span(self, span: Span, lines: list[Judged], known: list[Credit]) -> None:
        in_force = [credit for credit in known if is_in_force(credit, span)]
        others = [judged for judged in lines if not is_flagged(judged)]
        self.portions += [whole(judged) for judged in lines if is_flagged(judged)]
        flagged = total_of(judged for judged in lines if is_flagged(judged))
        other = total_of(others)
        before = sum(credit.balance for credit in in_force)
        move(flagged, in_force, known, span)
        covered = move(other, in_force, known, span)
        after = sum(credit.balance for credit in in_force)
        if covered == other and (other != 0 or before > 0 or after > 0):
            kind = "whole"
            self.portions += [whole(paid_by_credit(judged)) for judged in others]
        elif covered == 0:
            kind = "none"
            self.portions += [whole(judged) for judged in others]
        else:
            kind = "share"
            self.share(others, covered, other)
        customer, currency = lines[0].line.customer, lines[0].line.currency
        self.covers.append(Cover(customer, currency, span, flagged, other, covered, kind))

    def share(self, lines: list[Judged], covered: Fraction, other: Fraction) -> None:
        rests = [at_flat_rate(judged) if self.offer.deck else judged for judged in lines]
        for judged, part in zip(rests, parts_of(rests, covered, other), strict=True):
            self.portions.append(portion(paid_by_credit(judged), part, 0))
            self.portions.append(portion(judged, judged.line.list_cost - part, 1))
        self.split_lines += len(rests)


# JSON


def sums_of(portions: list[Portion]) -> list[Json]:
    totals: dict[tuple[int, int, str], Portion] = {}
    for one in portions:
        key = (STANDINGS.index(one.standing), RANK[one.reason], one.currency)
        total = totals.get(key)
        if total is not None:
            one = replace(
                total,
                lines=total.lines + one.lines,
                list_cost=total.list_cost + one.list_cost,
                potential_credit=total.potential_credit + one.potential_credit,
                credit=total.credit + one.credit,
            )
        totals[key] = one
    return [
        {
            "standing": one.standing,
            "reason": one.reason,
            "currency": one.currency,
            "lines": one.lines,
            "list_cost": amount_text(one.list_cost),
            "potential_credit": amount_text(one.potential_credit),
            "credit": amount_text(one.credit),
        }
        for _, one in sorted(totals.items())
        if one.lines or one.list_cost or one.credit
    ]


def entry_json(entry: Entry) -> Json:
    return {
        "customer": entry.customer,
        "credit": entry.credit,
        "day": entry.day.isoformat(),
        "drawn": amount_text(entry.drawn),
        "expired": amount_text(entry.expired),
        "balance": amount_text(entry.balance),
    }


def credit_json(credit: Credit) -> Json:
    return {
        "id": credit.id,
        "granted": amount_text(credit.granted),
        "drawn_before": amount_text(credit.drawn_before),
        "drawn": amount_text(credit.drawn),
        "expired": amount_text(credit.expired),
        "balance": amount_text(credit.balance),
        "ended_on": credit.ended_on and credit.ended_on.isoformat(),
    }


def cover_json(cover: Cover) -> Json:
    return {
        "customer": cover.customer,
        "currency": cover.currency,
        "day": cover.span[1].isoformat(),
        "flagged": amount_text(cover.flagged),
        "other": amount_text(cover.other),
        "covered": amount_text(cover.covered),
        "cover": cover.kind,
    }


def answer(text: str, rows: Iterable[Row], prices: Prices | None = None) -> Json:
    """Ledger, sums and the end of every credit, from a credits.toml and rows of usage."""
    return run_of(text, rows, prices)[0]


def run_of(
    text: str, rows: Iterable[Row], prices: Prices | None = None
) -> tuple[Json, Run, list[Issue], int]:
    issues, lines = [], []
    for row in rows:
        read = read_row(row)
        if isinstance(read, Issue):
            issues.append(read)
        else:
            lines.append(judge(read, prices))
    run = Run(offer_of(text), lines)
    order = sorted(run.entries, key=lambda entry: (entry.customer, entry.day, entry.credit))
    told: Json = {
        "days": [entry_json(entry) for entry in order],
        "sums": sums_of(run.portions),
        "split_lines": run.split_lines,
        "credits": [credit_json(credit) for credit in run.offer.credits],
    }
    return told, run, issues, len(lines) + len(issues)


def expected(text: str, rows: Iterable[Row]) -> Json:
    """The same with what explains it: how the rows were read, and the cover of each span."""
    told, run, issues, count = run_of(text, rows)
    covers = sorted(run.covers, key=lambda cover: (cover.customer, cover.currency, cover.span))
    return {
        "lines": count,
        "row_issues": len(issues),
        **told,
        "covers": [cover_json(cover) for cover in covers],
        "issues": [issue_json(issue) for issue in issues],
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="draw Azure credit over daily rated usage")
    parser.add_argument("credits", metavar="CREDITS")
    parser.add_argument("files", nargs="+", metavar="FILE")
    options = parser.parse_args(arguments)
    rows: list[Row] = []
    for path in options.files:
        try:
            rows.extend(read_file(path))
        except FileError as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 2
    told = expected(Path(options.credits).read_text(encoding="utf-8"), rows)
    json.dump(told, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
