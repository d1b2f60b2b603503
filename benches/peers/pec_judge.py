"""Judges records one by one with `pec.judge`; `dict_reader.py` makes them. Runs in the environment of `pec`."""

import csv
from collections import defaultdict
from decimal import Decimal

import common
import pec


def sums_of(judgements):
    """What `pec reconcile` sums of the same lines."""
    sums = defaultdict(lambda: [0, Decimal(0), Decimal(0), Decimal(0)])
    for one in judgements:
        entry = sums[one.standing, one.reason, one.currency]
        entry[0] += 1
        for place, amount in enumerate((one.list_cost, one.potential_credit, one.credit), 1):
            entry[place] += amount
    ranks = {rule.id: rule.rank for rule in pec.rules()}
    for standing, reason, currency in sorted(sums, key=lambda key: (common.STANDINGS.index(key[0]), ranks.get(key[1], 0), key[2])):
        lines, *amounts = sums[standing, reason, currency]
        costs = dict(zip(("list_cost", "potential_credit", "credit"), map(common.plain, amounts)))
        yield {"standing": standing, "reason": reason, "currency": currency, "lines": lines, **costs}


def main():
    args = common.arguments()
    with open(args.file, encoding="utf-8-sig", newline="") as file:
        records = list(csv.DictReader(file))
    clock = common.Clock()
    for record in records:
        pec.judge(record)
    clock.stop(args.clock)
    common.write(args, {"sums": list(sums_of(map(pec.judge, records)))})


main()
