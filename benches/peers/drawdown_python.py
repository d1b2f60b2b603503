"""Drawdown in plain Python with Decimal, from rows that are in memory."""

import csv
from collections import defaultdict
from decimal import Decimal

import polars as pl

import common
import drawdown


def units(amount):
    return int(amount.scaleb(drawdown.DECIMALS))


def main():
    args = common.arguments()
    charges = pl.read_parquet(args.file, columns=["CustomerId", "UsageDate", "UnitPrice", "Quantity"]).rows()
    with open(drawdown.credits_beside(args.file), encoding="utf-8", newline="") as file:
        granted = {row["CustomerTenantId"]: Decimal(row["BalanceAmount"]) for row in csv.DictReader(file)}
    clock = common.Clock()
    usage = defaultdict(Decimal)
    for customer, day, price, quantity in charges:
        usage[customer, day] += price * quantity
    left, ended, ledger = dict(granted), {}, []
    for (customer, day), cost in sorted(usage.items()):
        drawn = min(cost, left[customer])
        if drawn:
            left[customer] -= drawn
            ledger.append((customer, day, drawn, left[customer]))
            if not left[customer]:
                ended[customer] = day
    credits = [(customer, amount - left[customer], left[customer], ended.get(customer)) for customer, amount in granted.items()]
    clock.stop(args.clock)
    drawdown.finish(
        args,
        lambda: ((customer, day, units(drawn), units(balance)) for customer, day, drawn, balance in ledger),
        lambda: ((customer, units(drawn), units(balance), day) for customer, drawn, balance, day in credits),
    )


main()
