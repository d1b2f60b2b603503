"""Measure `pec` beside the peers, in pairs A B A B, after their results were found equal.

    .venv/bin/python run.py --pec ../../target/release/pec --generate "COMMAND {lines} {out}" [--lines N] [--runs N] [--small]

Prints a Markdown table of ratios, peer / pec: above 1, `pec` needs less. Without `--pec` the plain Python peer stands in for it,
which tests this script and the peers. Kept free of big imports and of results: see compare.py.
"""

import argparse
import os
import platform
import shlex
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import memory
from inputs import CHARGES, HERE, PYTHON_LINES, RECORDS, Inputs, filled
from measure import measure

SMOKE_LINES = 20_000
# What is installed has its bytecode. That of `pec`, which runs from its folder here, is made by the checking run.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Data that is in memory before the clock starts, and the script that gives it to `pec`.
LOADED = {"frame": "pec_frame.py", "record": "pec_judge.py", "drawdown": "drawdown_pec.py", "small drawdown": "drawdown_pec.py"}
# All exact peers meet plain Python on the small file, also where it is not the file that is timed.
SMALL = {"small csv": "csv", "small drawdown": "drawdown"}
KINDS = ["csv", "small csv", "csv.gz", "jsonl.gz", "parquet", *LOADED]


class Command(NamedTuple):
    name: str
    argv: list[str]  # {file}, {out} and {threads} are filled in
    kind: str  # exact: must equal pec; float: its error is reported; floor: does less than the job
    bars: dict[str, str]  # the inputs, with the ratio of wall times to reach on each, if there is one
    ours: tuple[str, ...] = ()  # options of pec in these pairs


def peer(script, *options):
    return [sys.executable, str(HERE / script), "{file}", "--out", "{out}", "--threads", "{threads}", *options]


POLARS, PYTHON = f"Polars {version('polars')}", f"Python {platform.python_version()}"
LAZY_BARS = {"csv": "4", "csv.gz": "", "parquet": "3.5", "frame": "5"}
TUNED_BARS = {"csv": "3", "csv.gz": "", "parquet": "2", "frame": "2.8"}
COMMANDS = [
    Command(f"{POLARS}, exact, one lazy query", peer("polars_lazy.py"), "exact", LAZY_BARS),
    Command(f"{POLARS}, exact, hand-tuned", peer("polars_tuned.py"), "exact", TUNED_BARS),
    Command(f"{POLARS}, floats, hand-tuned", peer("polars_tuned.py", "--floats"), "float", {"csv": "2.5"}),
    Command(f"DuckDB {version('duckdb')}, exact DECIMAL", peer("duckdb_sql.py"), "exact", {"csv": "10", "csv.gz": ""}),
    Command(f"pandas {version('pandas')}, floats", peer("pandas_float.py"), "float", {"csv": "12"}),
    Command(f"{PYTHON}, csv + decimal", peer("python_csv.py"), "exact", {"small csv": "20"}),
    Command("`gzip -dc` (unpacking alone)", ["gzip", "-dc", "{file}"], "floor", {"csv.gz": "", "jsonl.gz": ""}),
    Command("`wc -l` (a floor)", ["wc", "-l", "{file}"], "floor", {"csv": "0.4"}),
    Command(f"{POLARS}, merely reading the columns (a floor)", peer("polars_columns.py"), "floor", {"parquet": "0.7"}),
    Command(f"{PYTHON}, `csv.DictReader` making the record (a floor)", peer("dict_reader.py"), "floor", {"record": "3"}),
    Command(f"{POLARS}, exact, sort and window", peer("drawdown_polars.py"), "exact", {"drawdown": "4"}),
    Command(f"{PYTHON}, decimal", peer("drawdown_python.py"), "exact", {"small drawdown": "30"}),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pec", help="command of pec; `reconcile FILE --json` is added")
    parser.add_argument("--pec-python", help="Python that has pec and Polars, for data in memory; without it these rows are left out")
    parser.add_argument("--generate", help="command that writes a benchmark file, with {lines}, {layout} and {out}")
    parser.add_argument("--unpack", help="command that only unpacks {file} with pec's zlib: the floor of .gz")
    parser.add_argument("--scan", help="command that only scans {file} on one thread with {library}, `csv` or `simd-csv`")
    parser.add_argument("--floor", action="append", default=[], metavar="NAME=COMMAND", help="another floor on the CSV {file}")
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of the peers")
    parser.add_argument("--only", default="", help="only commands whose name contains this, without regard to case")
    parser.add_argument("--input", action="append", choices=KINDS, help="only this input; may be given again")
    parser.add_argument("--small", action="store_true", help=f"smoke mode: {SMOKE_LINES} lines, one pair")
    parser.add_argument("--memory", action="store_true", help="instead: pec's peak memory at LINES and ten times as many; takes long")
    parser.add_argument("--work", help="folder for the generated files and results (default: a temporary one)")
    args = parser.parse_args()
    if args.small:
        args.lines, args.runs = SMOKE_LINES, 1
    if not args.generate:
        parser.error("--generate is needed")
    if args.memory and not args.pec:
        parser.error("--memory needs --pec")
    if not args.pec:
        args.lines = min(args.lines, PYTHON_LINES)
    return args


def commands_of(args):
    commands = list(COMMANDS)
    if args.unpack:
        bars = {"csv.gz": "0.85", "jsonl.gz": "0.85"}
        commands.append(Command("unpacking alone, same library (a floor)", shlex.split(args.unpack), "floor", bars))
    for library, bar in (("csv", "1.7"), ("simd-csv", "0.75")) if args.scan else ():
        scan = filled(shlex.split(args.scan), library=library)
        name = f"scan alone, `{library}`; one thread each (a floor)"
        commands.append(Command(name, scan, "floor", {"csv": bar}, ("--threads", "1")))
    for floor in args.floor:
        name, _, argv = floor.partition("=")
        commands.append(Command(f"{name} (a floor)", shlex.split(argv), "floor", {"csv": ""}))
    return [command for command in commands if args.only.lower() in command.name.lower()]


def kinds_of(args, commands):
    """The inputs that commands are measured on and `pec`, or what stands in for it, can read."""
    possible = [kind for kind in KINDS if args.pec or kind not in ("jsonl.gz", "parquet")]
    possible = [kind for kind in possible if args.pec_python or kind not in LOADED]
    asked = [kind for kind in possible if kind in (args.input or KINDS)]
    return [kind for kind in asked if any(kind in command.bars for command in commands)]


def reconcile(args, file, out, *options):
    """What `pec reconcile` says of a file, or the plain Python peer in its place."""
    if args.pec:
        return measure([*shlex.split(args.pec), "reconcile", str(file), "--json", *options], out)
    return measure(filled([*peer("python_csv.py"), "--no-digest"], file=file, out=out, threads=args.threads))


def run(args, argv, kind, file, out, work):
    clock = work / "clock"
    if kind in LOADED:
        argv = [*argv, "--clock", str(clock)]
    argv = filled(argv, file=file, out=out, threads=args.threads)
    return measure(argv, clock=clock if kind in LOADED else None)


def run_ours(args, kind, file, out, work, *options):
    """The side A of a pair; leaves its JSON in `out`."""
    if kind not in LOADED:
        return reconcile(args, file, out, *options)
    return run(args, [args.pec_python, *peer(LOADED[kind], *options)[1:]], kind, file, out, work)


def run_theirs(args, command, kind, file, out, work, *options):
    options = () if command.kind == "floor" else options
    return run(args, [*command.argv, *options], kind, file, out, work)


def compare(reference, other, kind):
    """What compare.py says; ends everything where an exact result differs."""
    done = subprocess.run([sys.executable, str(HERE / "compare.py"), str(reference), str(other), kind], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.strip()


def check(args, commands, kinds, files, work):
    """Every peer once, digests of the large tables included, before anything is timed. Returns notes for the report."""
    notes, first = [], {}

    def same(side, data, result):
        # The same lines must give the same result, packed or not, in a file or in memory.
        if (side, data) in first:
            compare(first[side, data], result, "exact")
        else:
            first[side, data] = result.rename(work / f"{side} {data}.json")
        return first[side, data]

    for kind in kinds:
        file, found = files[kind], work / "check.json"
        data = file.name.split(".")[0]
        run_ours(args, kind, file, found, work)
        if kind == "record":
            reconcile(args, file, work / "whole.json")
            compare(work / "whole.json", found, "exact")
            continue
        ours = same("pec", data, found)
        for command in commands:
            small = command.kind == "exact" and SMALL.get(kind) in command.bars
            if command.kind == "floor" or not (kind in command.bars or small):
                continue
            run_theirs(args, command, kind, file, found, work)
            said = compare(ours, found, command.kind)
            if command.kind == "float":
                notes.append(f"{command.name}: {said}.")
            else:
                same("peer", data, found)
    return notes


def pairs(args, command, kind, file, work):
    """Pairs of usages (ours, theirs), A B A B; the results of every timed run are compared too."""
    ours, theirs = work / "ours.json", work / "theirs.json"
    quick = ("--no-digest",) if kind in LOADED else ()
    for _ in range(args.runs):
        a = run_ours(args, kind, file, ours, work, *command.ours, *quick)
        b = run_theirs(args, command, kind, file, theirs, work, "--no-digest")
        if command.kind != "floor":
            compare(ours, theirs, command.kind)
        yield a, b


def row(command, kind, measured):
    walls = [theirs.wall / ours.wall for ours, theirs in measured]
    cpu = statistics.median(theirs.cpu / max(ours.cpu, 1e-3) for ours, theirs in measured)
    ours, theirs = (max(pair[side].peak for pair in measured) / 1024 for side in (0, 1))
    # Where data is loaded first, a peak is that of loading it.
    peaks = ["", "", ""] if kind in LOADED else [f"{ours:.0f}", f"{theirs:.0f}", f"{theirs / ours:.1f}"]
    wall = [f"{statistics.median(walls):.2f}", f"{min(walls):.2f} to {max(walls):.2f}"]
    return [kind, command.name, *wall, f"{cpu:.2f}", *peaks, command.bars[kind]]


def report(args, work):
    commands = commands_of(args)
    kinds = kinds_of(args, commands)
    files = Inputs(args.generate, args.lines, work)
    notes = check(args, commands, kinds, files, work)
    smallest = measure(["true"]).peak / 1024
    name = "pec" if args.pec else "Python (in place of pec)"
    print(f"{args.lines} lines, {args.runs} pairs, {args.threads} threads; exact results are equal. Ratios are peer / {name}.\n")
    print(f"| input | against | wall, median | wall, range | CPU | {name}, peak MiB | peer, peak MiB | memory | bar, wall |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in kinds:
        for command in commands:
            if kind in command.bars:
                measured = list(pairs(args, command, kind, files[kind], work))
                print("| " + " | ".join(row(command, kind, measured)) + " |", flush=True)
    notes += [
        f"small csv: {min(PYTHON_LINES, args.lines)} lines. record: {min(RECORDS, args.lines)} records. drawdown: "
        f"{args.lines // 2} accounts x {CHARGES} charges; small: {min(PYTHON_LINES // CHARGES, args.lines // 2)} accounts.",
        f"A peak of {smallest:.0f} MiB or less cannot be told from this script's own.",
    ]
    print("\n" + "\n".join(f"* {note}" for note in notes))


def main():
    args = arguments()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(args.work or folder)
        work.mkdir(parents=True, exist_ok=True)
        (memory.report if args.memory else report)(args, work)


main()
