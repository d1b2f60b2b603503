"""The work as one lazy Polars query, exact: what a careful analyst would write."""

import os

import common

args = common.arguments()
os.environ["POLARS_MAX_THREADS"] = str(args.threads)  # read once, when Polars is imported

import polars as pl  # noqa: E402

import polars_rules as rules  # noqa: E402

scan, clock = rules.scan(args)
resource = pl.col("ResourceURI").str.to_lowercase().str.strip_chars_end("/")
named = pl.col("ResourceGroup").str.to_lowercase()
from_uri = resource.str.extract("/resourcegroups/([^/]+)").fill_null("")
lines = rules.decide(
    scan,
    group=pl.when(named == "").then(from_uri).otherwise(named),
    resource=resource,
    info=pl.col("AdditionalInfo"),
)
# Without the cache the three tables would each read the file, since they need different columns.
sums, cells, observed = pl.collect_all(rules.tables_of(lines.cache()), engine="streaming")
rules.finish(args, sums, cells, observed, clock)
