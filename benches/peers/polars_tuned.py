"""The same exact work in Polars, tuned by hand, or with floats. Says why beside each step; `polars_lazy.py` is the plain form."""

import os

import common

args = common.arguments()
os.environ["POLARS_MAX_THREADS"] = str(args.threads)  # read once, when Polars is imported

import polars as pl  # noqa: E402

import polars_rules as rules  # noqa: E402

# Numbers read as numbers while scanning cost less than text cast afterwards. Parquet has them as text.
EXACT = {"UnitPrice": pl.Decimal(38, rules.PRICE_DECIMALS), "Quantity": pl.Decimal(38, rules.QUANTITY_DECIMALS)}
types = dict.fromkeys(common.NUMBERS, pl.Float64) | ({} if args.floats else EXACT)
scan, clock = rules.scan(args, types)

# A regular expression passes over null cells: only where the group is blank is the URI looked at.
named = pl.col("ResourceGroup").str.to_lowercase()
uri_if_blank = pl.when(pl.col("ResourceGroup") == "").then(pl.col("ResourceURI"))
from_uri = uri_if_blank.str.extract(r"(?i)/resourcegroups/([^/]+)").str.to_lowercase().fill_null("")
info = pl.when(pl.col("AdditionalInfo") != "").then(pl.col("AdditionalInfo"))
lines = rules.decide(
    scan,
    group=pl.when(named == "").then(from_uri).otherwise(named),
    resource=pl.col("ResourceURI").str.to_lowercase().str.strip_suffix("/"),
    info=info,
    floats=args.floats,
)
# One pass over the file into one grouping, so that no line is kept; the three tables are sums of it.
base = rules.sums_by([*rules.CELL, "resource"], lines).collect(engine="streaming")
sums, cells, observed = pl.collect_all(rules.tables_of(base.lazy()), engine="streaming")
rules.finish(args, sums, cells, observed, clock)
