"""The work by `pec.reconcile` on a Polars frame that is in memory. Runs in the environment of `pec`."""

import json

import common
import pec
import polars as pl


def main():
    args = common.arguments()
    frame = pl.read_parquet(args.file)
    clock = common.Clock()
    text = pec.reconcile(frame, threads=args.threads).to_json()
    clock.stop(args.clock)
    common.write(args, json.loads(text))


main()
