"""CSV to Parquet: `to_parquet.py LINES.csv OUT.parquet`. Every column as text, Snappy, written by Arrow, as neither side would."""

import csv
import sys

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

BLOCK_BYTES = 64 << 20  # a block becomes a row group, of some 60,000 lines


def main():
    source, out = sys.argv[1:]
    with open(source, encoding="utf-8", newline="") as lines:
        names = next(csv.reader(lines))
    batches = arrow_csv.open_csv(
        source,
        arrow_csv.ReadOptions(block_size=BLOCK_BYTES),
        arrow_csv.ParseOptions(newlines_in_values=True),
        arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    with parquet.ParquetWriter(out, batches.schema, compression="snappy") as writer:
        for batch in batches:
            writer.write_batch(batch)


main()
