"""Drawdown in Polars: sums by day, sorted, and a running sum over each account; exact, as integers of 128 bits."""

import os

import common

args = common.arguments()
os.environ["POLARS_MAX_THREADS"] = str(args.threads)  # read once, when Polars is imported

import polars as pl  # noqa: E402

import drawdown  # noqa: E402

charges = pl.read_parquet(args.file)
grants = pl.read_csv(drawdown.credits_beside(args.file), infer_schema=False)
clock = common.Clock()
granted = grants.lazy().select(
    customer="CustomerTenantId", granted=pl.col("BalanceAmount").cast(pl.Decimal(38, drawdown.DECIMALS)).to_physical()
)
# The decimals of the factors add up to those of the product; a product of Decimals would round.
cost = pl.col("UnitPrice").to_physical() * pl.col("Quantity").to_physical()
ledger = (
    charges.lazy()
    .group_by(customer="CustomerId", day="UsageDate")
    .agg(cost=cost.sum())
    .join(granted, on="customer")
    .sort("customer", "day")
    .with_columns(used=pl.col("cost").cum_sum().over("customer"))
    .with_columns(before=pl.min_horizontal(pl.col("used") - pl.col("cost"), "granted"), after=pl.min_horizontal("used", "granted"))
    .select("customer", "day", drawn=pl.col("after") - pl.col("before"), balance=pl.col("granted") - pl.col("after"))
    .filter(pl.col("drawn") > 0)
)
drawn = ledger.group_by("customer").agg(
    pl.sum("drawn"), ended_on=pl.when(pl.min("balance") == 0).then(pl.max("day"))
)
accounts = (
    granted.join(drawn, on="customer", how="left")
    .with_columns(pl.col("drawn").fill_null(0))
    .select("customer", "drawn", pl.col("granted") - pl.col("drawn"), "ended_on")
)
ledger, accounts = pl.collect_all([ledger, accounts])
clock.stop(args.clock)
drawdown.finish(args, ledger.iter_rows, accounts.iter_rows)
