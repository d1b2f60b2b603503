"""Drawdown by `pec.aco.balance` on a Polars frame that is in memory. Runs in the environment of `pec`."""

import common
import drawdown
import pec
import polars as pl


def units(name):
    return pl.col(name).cast(pl.Decimal(38, drawdown.DECIMALS)).to_physical()


def main():
    args = common.arguments()
    charges, credits = pl.read_parquet(args.file), pec.Credits(drawdown.credits_beside(args.file))
    clock = common.Clock()
    status = pec.aco.balance(charges, credits=credits, threads=args.threads)
    days, accounts = pl.DataFrame(status.days), pl.DataFrame(status.credits)
    clock.stop(args.clock)
    days = days.select("customer", "usage_day", units("drawn"), units("balance"))
    accounts = accounts.select("customer", units("drawn"), units("balance"), "ended_on")
    del status, charges  # a ledger of millions of rows becomes text next
    drawdown.finish(args, days.iter_rows, accounts.iter_rows)


main()
