"""The peak memory of `pec reconcile` at a number of lines and at ten times as many."""

import shlex
import shutil
import sys

from inputs import Inputs
from measure import measure

BYTES_A_LINE = 1_200  # of CSV, the largest file; the others are packed
LAYOUTS = {"csv": "csv55", "csv.gz": "csv55", "jsonl.gz": "jsonl-full"}
BAR, PARQUET_BAR = 128, 192


def peak(args, file):
    return measure([*shlex.split(args.pec), "reconcile", str(file), "--json"]).peak / 1024


def rows(args, work):
    """Rows of input, lines, peak and bar; one file lies on the disk at a time."""
    for lines in (args.lines, 10 * args.lines):
        if shutil.disk_usage(work).free < lines * BYTES_A_LINE:
            sys.exit(f"{lines} lines take up to {lines * BYTES_A_LINE >> 30} GiB in {work}, which are not free")
        made = Inputs(args.generate, lines, work)
        for kind, layout in LAYOUTS.items():
            file = made.generated(f"memory.{kind}", lines, layout)
            yield kind, lines, peak(args, file), BAR
            file.unlink()
    # A Parquet file is held whole and may have 1 GiB, so there is no file of ten times as many lines.
    yield "parquet", args.lines, peak(args, Inputs(args.generate, args.lines, work)["parquet"]), PARQUET_BAR


def report(args, work):
    print("| input | lines | pec, peak MiB | bar, MiB |")
    print("| --- | ---: | ---: | ---: |")
    for kind, lines, mebibytes, bar in rows(args, work):
        print(f"| {kind} | {lines} | {mebibytes:.0f} | {bar} |", flush=True)
