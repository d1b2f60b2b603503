"""Merely reads the columns that the work needs, in Polars: a floor."""

import os

import common

args = common.arguments()
os.environ["POLARS_MAX_THREADS"] = str(args.threads)  # read once, when Polars is imported

import polars as pl  # noqa: E402

pl.read_parquet(args.file, columns=common.TEXT + common.NUMBERS)
