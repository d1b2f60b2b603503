"""What must hold of the drawdown in every world, and how often each thing is reached.

    python tests/oracle/drawdown_selftest.py --seed N --count K
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

from amounts import decimals_of
from credit_offer import month_end
from drawdown import Run, sums_of
from drawdown_credits import Offer, Statement, offer_of
from drawdown_lines import is_covered, is_flagged, parts_of, total_of, whole
from drawdown_worlds import DrawdownWorld, world_of
from meaning import Line, read_row
from reading import read_bytes
from rules import Judged, judge

REACHED = """
daily deck whole share none negative_share negative_whole nothing_to_give_back cancelled_out_whole
flagged_draws flagged_beyond_balance flagged_gives_back given_back lost_at_once expired
expired_before_usage ends_on_last_cent ends_on_expiry two_credits_on_one_day three_credits
statement_counts statement_lost_some spot_covered purchase_covered purchase_bypassed
unexpected_portion missed crowd_share negative_units equal_lines_share ended_and_given_back
no_credits no_usage_of_customer two_currencies issue
""".split()


def lines_of(world: DrawdownWorld) -> list[Judged]:
    read = [read_row(row) for row in read_bytes(world.usage, "usage.csv")]
    return [judge(line) for line in read if isinstance(line, Line)]


def result(run: Run) -> tuple[object, ...]:
    """All that a run says, without the order in which it came."""
    state = sorted(
        (
            one.customer,
            one.id,
            one.drawn_before,
            one.drawn,
            one.expired,
            one.balance,
            str(one.ended_on),
        )
        for one in run.offer.credits
    )
    entries = sorted(run.entries, key=lambda one: (one.customer, one.day, one.credit))
    covers = sorted(run.covers, key=lambda one: (one.customer, one.currency, one.span))
    return sums_of(run.portions), run.split_lines, entries, covers, state


# Properties


def order_changes_nothing(rng: random.Random, world: DrawdownWorld, run: Run) -> Iterator[str]:
    offer, lines = offer_of(world.credits), lines_of(world)
    rng.shuffle(lines)
    rng.shuffle(offer.credits)
    if result(Run(offer, lines)) != result(run):
        yield "the order of lines or credits matters"


def sums_are_those_of_the_file(rng: random.Random, world: DrawdownWorld, run: Run) -> Iterator[str]:
    def per_currency(of: Iterable) -> dict[str, list[Fraction]]:
        totals: defaultdict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
        for one in of:
            add = (one.lines, one.list_cost, one.credit)
            totals[one.currency] = [a + b for a, b in zip(totals[one.currency], add, strict=True)]
        return totals

    lines = lines_of(world)
    if per_currency(run.portions) != per_currency(whole(judged) for judged in lines):
        yield "lines, list cost or credit of the file are not kept"
    if sums_of(Run(Offer(), lines).portions) != sums_of([whole(judged) for judged in lines]):
        yield "without credits the sums are not the ordinary ones"


def what_is_drawn_is_what_is_covered(
    rng: random.Random, world: DrawdownWorld, run: Run
) -> Iterator[str]:
    entries = sum(entry.drawn for entry in run.entries)
    credits_say = sum(credit.drawn for credit in run.offer.credits)
    covered = sum(cover.covered for cover in run.covers)
    flagged = sum(cover.flagged for cover in run.covers)
    if entries != credits_say:
        yield "the ledger is not what the credits say"
    if all(cover.flagged == 0 for cover in run.covers) and covered != credits_say:
        yield f"covered {covered}, drawn {credits_say}"
    if flagged >= 0 and credits_say > covered + sum(max(one.flagged, 0) for one in run.covers):
        yield "more is drawn than there is to cover"
    for cover in run.covers:
        bound = sorted((Fraction(0), cover.other))
        if not bound[0] <= cover.covered <= bound[1]:
            yield f"covered beyond what is there: {cover}"


def parts_are_pro_rata(rng: random.Random, world: DrawdownWorld, run: Run) -> Iterator[str]:
    lines = [judged for judged in lines_of(world) if is_covered(judged, False)]
    other = total_of(lines)
    if not other:
        return
    covered = Fraction(int(other * rng.randint(1, 999)), 1000)
    if not covered:
        return
    parts = parts_of(lines, covered, other)
    amounts = [judged.line.list_cost for judged in lines]
    unit = Fraction(1, 10 ** max(decimals_of(one) for one in (*amounts, covered, other)))
    if sum(parts) != covered:
        yield "the parts do not add up to what is covered"
    for cost, part in zip(amounts, parts, strict=True):
        if abs(part - cost * covered / other) >= unit:
            yield f"{part} of {cost} is a unit off"
        if not min(cost, 0) <= part <= max(cost, 0):
            yield f"{part} is beyond {cost}"


def months_carried_forward_are_one_run(
    rng: random.Random, world: DrawdownWorld, run: Run
) -> Iterator[str]:
    """A run over the first months, and one over the others that begins with its statement."""
    lines = lines_of(world)
    months = sorted({judged.line.day.replace(day=1) for judged in lines})
    if len(months) < 2:
        return
    last = rng.choice(months[:-1])
    early = [judged for judged in lines if judged.line.day <= month_end(last)]
    late = [judged for judged in lines if judged.line.day > month_end(last)]
    first, second = Run(offer_of(world.credits), early), Run(carried(world, early, last), late)
    if first.split_lines + second.split_lines != run.split_lines:
        yield "other lines are split"
    if sums_of(first.portions + second.portions) != sums_of(run.portions):
        yield "the sums are not those of one run"
    if drawn_by_day(first) + drawn_by_day(second) != drawn_by_day(run):
        yield "other amounts are drawn"
    used = {judged.line.customer for judged in late}
    ends = [
        b if b.customer in used else a
        for a, b in zip(first.offer.credits, second.offer.credits, strict=True)
    ]
    if [state(one) for one in ends] != [state(one) for one in run.offer.credits]:
        yield "credits end otherwise"


def state(credit) -> tuple[Fraction, ...]:
    return credit.drawn_before + credit.drawn, credit.expired, credit.balance


def carried(world: DrawdownWorld, early: list[Judged], month: date) -> Offer:
    """The offer with what a run over the lines until then says at the end of a month."""
    offer = offer_of(world.credits)
    before = Run(offer_of(world.credits), early)
    used = {judged.line.customer for judged in early}
    for credit, ended in zip(offer.credits, before.offer.credits, strict=True):
        if credit.customer in used:
            over = ended.expiry <= month_end(month)
            left = Fraction(0) if over else ended.balance
            credit.statements = [Statement(month, ended.drawn_before + ended.drawn, left)]
    return offer


def drawn_by_day(run: Run) -> Counter:
    drawn: Counter = Counter()
    for entry in run.entries:
        if entry.drawn:
            drawn[entry.customer, entry.credit, entry.day, entry.drawn] += 1
    return drawn


def more_credit_never_leaves_more(
    rng: random.Random, world: DrawdownWorld, run: Run
) -> Iterator[str]:
    """Where nothing is given back, a larger credit leaves no more to be charged."""
    if any(cover.flagged < 0 or cover.other < 0 for cover in run.covers):
        return
    offer = offer_of(world.credits)
    for credit in offer.credits:
        credit.granted += 1
        credit.statements = [replace(one, balance=one.balance + 1) for one in credit.statements]
    more = Run(offer, lines_of(world))
    if sum(one.covered for one in more.covers) < sum(one.covered for one in run.covers):
        yield "a larger credit covers less"


PROPERTIES = (
    order_changes_nothing,
    sums_are_those_of_the_file,
    what_is_drawn_is_what_is_covered,
    parts_are_pro_rata,
    months_carried_forward_are_one_run,
    more_credit_never_leaves_more,
)


# What the worlds reach


def reached(world: DrawdownWorld, run: Run) -> Iterator[str]:
    lines, offer = lines_of(world), run.offer
    yield "deck" if offer.deck else "daily"
    yield from reached_by_covers(run)
    yield from reached_by_credits(world, run)
    for one in run.portions:
        if one.standing == "missed":
            yield "missed"
        if one.lines == 0 and one.standing == "unexpected":
            yield "unexpected_portion"
    accounts = {(one.customer, one.currency) for one in offer.credits}
    for judged in lines:
        here = (judged.line.customer, judged.line.currency) in accounts
        if here and is_covered(judged, offer.reservations) != is_covered(judged, False):
            yield "purchase_covered"
        if (
            here
            and not offer.reservations
            and is_covered(judged, True) != is_covered(judged, False)
        ):
            yield "purchase_bypassed"
        if here and "spot_virtual_machine" in judged.findings and is_covered(judged, False):
            yield "spot_covered"
    if not offer.credits:
        yield "no_credits"
    if len(lines) < len(read_bytes(world.usage, "usage.csv")):
        yield "issue"
    if len({judged.line.currency for judged in lines}) > 1:
        yield "two_currencies"


def reached_by_covers(run: Run) -> Iterator[str]:
    for cover in run.covers:
        yield cover.kind
        if cover.other < 0:
            yield {"share": "negative_share", "whole": "negative_whole"}.get(
                cover.kind, "nothing_to_give_back"
            )
        if cover.flagged:
            yield "flagged_draws" if cover.flagged > 0 else "flagged_gives_back"
        if cover.other == 0 and cover.kind == "whole" and cover.flagged == 0:
            yield "cancelled_out_whole"
        if cover.flagged > 0 and cover.covered == 0 and cover.other > 0:
            yield "flagged_beyond_balance"


def reached_by_credits(world: DrawdownWorld, run: Run) -> Iterator[str]:
    lines = lines_of(world)
    days = Counter((entry.customer, entry.day) for entry in run.entries if entry.drawn > 0)
    if 2 in days.values():
        yield "two_credits_on_one_day"
    if any(count > 2 for count in days.values()):
        yield "three_credits"
    ends = {(one.customer, one.id): one for one in run.offer.credits}
    for entry in run.entries:
        credit = ends[entry.customer, entry.credit]
        if entry.drawn < 0:
            yield "given_back"
            if entry.balance == -entry.drawn and not entry.expired:
                yield "ended_and_given_back"
            if credit.expiry < entry.day and entry.expired == -entry.drawn:
                yield "lost_at_once"
        if entry.drawn > 0 and entry.balance == 0 and not entry.expired:
            if credit.expiry == entry.day:
                yield "ends_on_expiry"
            spans = [
                one
                for one in run.covers
                if one.span[1] == entry.day and one.customer == entry.customer
            ]
            if all(one.kind == "whole" for one in spans):
                yield "ends_on_last_cent"
        if entry.expired > 0:
            used = [judged.line.day for judged in lines if judged.line.customer == entry.customer]
            yield "expired" if entry.day >= min(used) else "expired_before_usage"
    for credit in run.offer.credits:
        if credit.drawn_before:
            yield "statement_counts"
        if offer_lost(credit, run):
            yield "statement_lost_some"
        if credit.customer not in {judged.line.customer for judged in lines}:
            yield "no_usage_of_customer"


def offer_lost(credit, run: Run) -> bool:
    here = (credit.customer, credit.id)
    return credit.expired > sum(e.expired for e in run.entries if (e.customer, e.credit) == here)


def reached_by_shares(run: Run, world: DrawdownWorld) -> Iterator[str]:
    """Looked at from the lines: how large shares are, and whether units had to be taken away."""
    lines = lines_of(world)
    for cover in run.covers:
        if cover.kind != "share":
            continue
        here = [
            judged
            for judged in lines
            if (judged.line.customer, judged.line.currency) == (cover.customer, cover.currency)
            and cover.span[0] <= judged.line.day <= cover.span[1]
            and is_covered(judged, run.offer.reservations)
            and not is_flagged(judged)
        ]
        if total_of(here) != cover.other:
            continue  # days of the month on which no credit is in force
        costs = [judged.line.list_cost for judged in here]
        unit = Fraction(
            1, 10 ** max(decimals_of(one) for one in (*costs, cover.covered, cover.other))
        )
        units = [int(cost * cover.covered / cover.other / unit) for cost in costs]
        if cover.covered / unit < sum(units):
            yield "negative_units"
        if len(here) >= 100:
            yield "crowd_share"
        if len(here) >= 10 and len(set(costs)) == 1:
            yield "equal_lines_share"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="check the drawdown's oracle and its worlds")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args(arguments)
    wrong: list[str] = []
    counts: Counter[str] = Counter()
    rows = split = 0
    for number in range(options.count):
        rng = random.Random(f"drawdown selftest/{options.seed}/{number}")
        world = world_of(options.seed, number)
        lines = lines_of(world)
        run = Run(offer_of(world.credits), lines)
        rows += len(lines)
        split += run.split_lines
        counts.update(set(reached(world, run)) | set(reached_by_shares(run, world)))
        for check in PROPERTIES:
            wrong += [f"world {number}: {text}" for text in check(rng, world, run)]
    print(f"{options.count} worlds, {rows} lines, {split} split; worlds that reach")
    for name in REACHED:
        print(f"  {counts[name]:6} {name}")
    wrong += [f"no world reaches {name}" for name in REACHED if not counts[name]]
    wrong += [f"reached and not listed: {name}" for name in counts if name not in REACHED]
    for text in wrong[:20]:
        print(f"WRONG {text}")
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
