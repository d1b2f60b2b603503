"""Measure `pec reconcile` beside the peers: whole processes, in pairs A B A B, after their results were found equal.

    .venv/bin/python run.py --pec ../../target/release/pec --generate "COMMAND {lines} {out}" [--lines N] [--runs N] [--small]

Prints a Markdown table of ratios, peer / pec: above 1, `pec` needs less. Without `--pec` the plain Python peer stands in for it,
which tests this script and the peers. Kept free of big imports and of results: see compare.py.
"""

import argparse
import gzip
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
PYTHON_LINES = 200_000  # plain Python is measured on a file of at most this many lines
SMOKE_LINES = 20_000


class Command(NamedTuple):
    name: str
    argv: list[str]  # {file}, {out} and {threads} are filled in
    kind: str  # exact: must equal pec; float: its error is reported; floor: does less than the job
    inputs: tuple[str, ...] = ("csv",)
    bar: str = ""  # the ratio of wall times to reach, first input first
    ours: tuple[str, ...] = ()  # options of pec in these pairs


def peer(script):
    return [sys.executable, str(HERE / script), "{file}", "--out", "{out}", "--threads", "{threads}"]


COMMANDS = [
    Command(f"Polars {version('polars')}, exact, one lazy query", peer("polars_lazy.py"), "exact", ("csv", "csv.gz"), "4"),
    Command(f"Polars {version('polars')}, exact, hand-tuned", peer("polars_tuned.py"), "exact", ("csv", "csv.gz"), "3"),
    Command(f"DuckDB {version('duckdb')}, exact DECIMAL", peer("duckdb_sql.py"), "exact", ("csv", "csv.gz"), "10"),
    Command(f"pandas {version('pandas')}, floats", peer("pandas_float.py"), "float", bar="12"),
    Command(f"Python {platform.python_version()}, csv + decimal", peer("python_csv.py"), "exact", ("small csv",), "20"),
    Command("`wc -l` (a floor)", ["wc", "-l", "{file}"], "floor", bar="0.4"),
]


class Usage(NamedTuple):
    wall: float
    cpu: float
    peak: int  # KiB


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pec", help="command of pec; `reconcile FILE --json` is added")
    parser.add_argument("--generate", help="command that writes a benchmark file, with {lines}, {layout} and {out}")
    parser.add_argument("--unpack", help="command that only unpacks {file} with pec's zlib: the floor of .gz")
    parser.add_argument("--scan", help="command that only scans {file} on one thread with {library}, `csv` or `simd-csv`")
    parser.add_argument("--floor", action="append", default=[], metavar="NAME=COMMAND", help="another floor on the CSV {file}")
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="threads of the peers")
    parser.add_argument("--only", default="", help="only commands whose name contains this, without regard to case")
    parser.add_argument("--small", action="store_true", help=f"smoke mode: {SMOKE_LINES} lines, one pair")
    parser.add_argument("--work", help="folder for the generated files and results (default: a temporary one)")
    args = parser.parse_args()
    if args.small:
        args.lines, args.runs = SMOKE_LINES, 1
    if not args.generate:
        parser.error("--generate is needed")
    if not args.pec:
        args.lines = min(args.lines, PYTHON_LINES)
    return args


def filled(argv, **values):
    # Not str.format: a command may hold braces of its own.
    for name, value in values.items():
        argv = [part.replace("{" + name + "}", str(value)) for part in argv]
    return argv


def measure(argv, stdout):
    """Run one process to its end; processor time and peak memory are its own and its children's, from the operating system."""
    with open(stdout, "wb") as out:
        start = time.perf_counter()
        pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)])
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - start
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"exit status {code}: {shlex.join(argv)}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def make_inputs(args, work):
    def generate(lines, name, layout="csv55"):
        argv = filled(shlex.split(args.generate), lines=lines, out=work / name, layout=layout)
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        return work / name

    def pack(file):
        packed = file.with_name(f"{file.name}.gz")
        with open(file, "rb") as plain, gzip.open(packed, "wb", compresslevel=6) as out:
            shutil.copyfileobj(plain, out, 1 << 20)
        return packed

    csv = generate(args.lines, "lines.csv")
    small = generate(PYTHON_LINES, "small.csv") if args.lines > PYTHON_LINES else csv
    json = generate(args.lines, "lines.jsonl", "jsonl-full")
    files = {"csv": csv, "small csv": small, "csv.gz": pack(csv), "jsonl.gz": pack(json)}
    json.unlink()
    return files


def run_ours(args, file, out, *options):
    """The side A of a pair; leaves its JSON in `out`."""
    if args.pec:
        return measure([*shlex.split(args.pec), "reconcile", str(file), "--json", *options], out)
    return measure(filled([*peer("python_csv.py"), "--no-digest"], file=file, out=out, threads=args.threads), os.devnull)


def run_theirs(args, command, file, out, *extra):
    argv = filled(command.argv, file=file, out=out, threads=args.threads)
    return measure(argv + ([] if command.kind == "floor" else list(extra)), os.devnull)


def compare(reference, other, kind):
    """What compare.py says; ends everything where an exact result differs."""
    done = subprocess.run([sys.executable, str(HERE / "compare.py"), str(reference), str(other), kind], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout.strip()


def check(args, commands, files, work):
    """Every peer once, digests of the large tables included, before anything is timed. Returns notes for the report."""
    notes, first = [], {}
    for kind, file in files.items():
        ours, theirs = work / f"pec {kind}.json", work / "check.json"
        if kind == "jsonl.gz" and not args.pec:
            continue
        run_ours(args, file, ours)
        if kind == "jsonl.gz":
            compare(work / "pec csv.json", ours, "exact")
        for command in commands:
            # All exact peers meet plain Python on the small file, also where it is not the file that is timed.
            if command.kind == "floor" or not (kind in command.inputs or (kind == "small csv" and command.kind == "exact")):
                continue
            run_theirs(args, command, file, theirs)
            said = compare(ours, theirs, command.kind)
            if command.kind == "float":
                notes.append(f"{command.name}: {said}.")
                continue
            data = file.name.split(".")[0]  # packed or not, the same lines must give the same digests
            if data in first:
                compare(first[data], theirs, "exact")
            else:
                first[data] = theirs.rename(work / f"first {data}.json")
    return notes


def pairs(args, command, kind, files, work):
    """Pairs of usages (ours, theirs), A B A B; the results of every timed run are compared too."""
    ours, theirs = work / "ours.json", work / "theirs.json"
    for _ in range(args.runs):
        pair = run_ours(args, files[kind], ours, *command.ours), run_theirs(args, command, files[kind], theirs, "--no-digest")
        if command.kind != "floor":
            compare(ours, theirs, command.kind)
        yield pair


def row(command, kind, measured):
    walls = [theirs.wall / ours.wall for ours, theirs in measured]
    cpu = statistics.median(theirs.cpu / max(ours.cpu, 1e-3) for ours, theirs in measured)
    ours, theirs = (max(pair[side].peak for pair in measured) / 1024 for side in (0, 1))
    return [
        kind,
        command.name,
        f"{statistics.median(walls):.2f}",
        f"{min(walls):.2f} to {max(walls):.2f}",
        f"{cpu:.2f}",
        f"{ours:.0f}",
        f"{theirs:.0f}",
        f"{theirs / ours:.1f}",
        command.bar if kind == command.inputs[0] or command.kind == "floor" else "",
    ]


def main():
    args = arguments()
    commands = list(COMMANDS)
    if args.unpack:
        floor = Command("unpacking alone, same library (a floor)", shlex.split(args.unpack), "floor", ("csv.gz", "jsonl.gz"), "0.85")
        commands.append(floor)
    for library, bar in (("csv", "1.7"), ("simd-csv", "0.75")) if args.scan else ():
        scan = filled(shlex.split(args.scan), library=library)
        commands.append(Command(f"scan alone, `{library}`; one thread each", scan, "floor", bar=bar, ours=("--threads", "1")))
    for floor in args.floor:
        name, _, argv = floor.partition("=")
        commands.append(Command(f"{name} (a floor)", shlex.split(argv), "floor"))
    commands = [command for command in commands if args.only.lower() in command.name.lower()]

    name = "pec" if args.pec else "Python (in place of pec)"
    with tempfile.TemporaryDirectory() as folder:
        work = Path(args.work or folder)
        work.mkdir(parents=True, exist_ok=True)
        files = make_inputs(args, work)
        notes = check(args, commands, files, work)
        smallest = measure(["true"], os.devnull).peak / 1024
        print(f"{args.lines} lines, {args.runs} pairs, {args.threads} threads; exact results are equal. Ratios are peer / {name}.\n")
        print(f"| input | against | wall, median | wall, range | CPU | {name}, peak MiB | peer, peak MiB | memory | bar, wall |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for command in commands:
            for kind in command.inputs:
                print("| " + " | ".join(row(command, kind, list(pairs(args, command, kind, files, work)))) + " |", flush=True)
        notes.append(f"A peak of {smallest:.0f} MiB or less cannot be told from this script's own.")
        print("\n" + "\n".join(f"* {note}" for note in notes))


main()
