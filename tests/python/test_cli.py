"""The command's contract, as a user of a shell sees it."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet
import pytest

import pec
from samples import MONTH, SUMS, csv_of, gz, record, sums_of
from terminals import written_to

PEC = Path(sys.executable).with_name("pec")


def run(*arguments, cwd=None, env=None):
    return subprocess.run(
        [PEC, *arguments], capture_output=True, text=True, cwd=cwd, env={**os.environ, **(env or {})}, encoding="utf-8"
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    (tmp_path / "broken.csv").write_bytes(csv_of([record(), record(UnitPrice="1,5")]))
    return tmp_path


def test_text_report(folder):
    done = run("reconcile", "month.csv", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == pec.reconcile(folder / "month.csv").report().replace(str(folder / "month.csv"), "month.csv")


def test_json_is_one_object_and_nothing_else(folder):
    done = run("reconcile", "--json", "month.csv", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert list(found)[:5] == ["lines", "row_issues", "sums", "gaps", "issues"]
    assert sums_of(found) == SUMS
    assert [file["file"] for file in found["files"]] == ["month.csv"]
    assert all(type(row[name]) is str for row in found["sums"] for name in ("list_cost", "potential_credit", "credit"))


def test_several_sources_in_any_order_and_on_any_threads(folder):
    (folder / "a.csv").write_bytes(csv_of(MONTH[:3]))
    (folder / "b.csv.gz").write_bytes(gz(csv_of(MONTH[3:])))
    runs = [
        run("reconcile", *sources, "--json", "--threads", threads, cwd=folder)
        for sources, threads in (
            (["a.csv", "b.csv.gz"], "1"),
            (["b.csv.gz", "a.csv"], "3"),
            (["[ab].csv*", "a.csv"], "2"),
        )
    ]
    assert {done.stdout for done in runs} == {runs[0].stdout}
    assert sums_of(json.loads(runs[0].stdout)) == SUMS


@pytest.mark.parametrize(
    ("arguments", "status"), [(("broken.csv",), 0), (("broken.csv", "--strict"), 1), (("month.csv", "--strict"), 0)]
)
def test_strict(folder, arguments, status):
    done = run("reconcile", *arguments, "--json", cwd=folder)
    assert done.returncode == status
    assert json.loads(done.stdout)["row_issues"] == (arguments[0] == "broken.csv")


UNUSABLE = {
    "absent": (None, "pec: x.csv: no such file; check the path"),
    "empty": (b"", "pec: x.csv: the file is empty; export it again"),
    "zip": (
        b"PK\x03\x04rest",
        "pec: x.csv: this zip archive is broken",
    ),
    "utf-16": ("UsageDate,Quantity".encode("utf-16-le"), "pec: x.csv: this is UTF-16 text without a byte order mark"),
    "other columns": (b"a,b\n1,2\n", "pec: x.csv: no column `UsageDate`, `EntitlementId`, `UnitPrice`, `Quantity`, "),
    "cut gzip": (gz(csv_of(MONTH * 50))[:400], "pec: x.csv: cannot be read: "),
}


@pytest.mark.parametrize(("data", "message"), UNUSABLE.values(), ids=UNUSABLE.keys())
@pytest.mark.parametrize("options", [(), ("--json",), ("--out", "out")])
def test_unusable_input_is_one_line(tmp_path, data, message, options):
    if data is not None:
        (tmp_path / "x.csv").write_bytes(data)
    done = run("reconcile", "x.csv", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
    assert ";" in done.stderr


def test_one_bad_file_among_good_ones_is_named(folder):
    (folder / "z.csv").write_bytes(b"<html>")
    done = run("reconcile", "month.csv", "z.csv", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pec: z.csv: this is a web page")


def test_an_empty_file_among_good_ones_is_told(folder):
    (folder / "z.csv").write_bytes(b"")
    done = run("reconcile", "month.csv", "z.csv", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\n  z.csv: empty, 0 rows\n" in done.stdout
    done = run("reconcile", "z.csv", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "pec: z.csv: the file is empty; export it again\n")


def test_a_file_name_cannot_steer_the_terminal(tmp_path):
    done = run("reconcile", "a\x1b]31m\nb.csv", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "pec: a\\x1b]31m\\nb.csv: no such file; check the path\n")


def test_file_content_cannot_steer_the_terminal(tmp_path):
    evil = "/subscriptions/s/resourceGroups/\x1b]0;owned\x07/providers/x/y/z"
    rows = [record(ResourceURI=evil, ResourceGroup="", PartnerEarnedCreditPercentage="0")]
    (tmp_path / "x.csv").write_bytes(csv_of(rows))
    done = run("reconcile", "x.csv", cwd=tmp_path)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


def test_a_folder_names_what_it_passes_over(tmp_path):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    (tmp_path / "notes.txt").write_text("x")
    done = run("reconcile", ".", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (
        0,
        "pec: notes.txt: no usage file by its name; passed over\n",
    )
    assert sums_of(json.loads(done.stdout)) == SUMS


def test_tables_of_an_earlier_run_are_no_usage(tmp_path):
    """They are left out where they are met, and told once."""
    usage = tmp_path / "in" / "month.csv"
    usage.parent.mkdir()
    usage.write_bytes(csv_of(MONTH))
    told = "own tables of pec, from an earlier run; passed over\n"
    for out, source, warned in (
        ("in", "in", f"pec: in: {told}"),
        ("in", "in/*.csv", f"pec: in: {told}"),
        ("in/out", "in", ""),
        ("out", ".", ""),
    ):
        first = run("reconcile", source, "--out", out, "--json", cwd=tmp_path)
        again = run("reconcile", source, "--out", out, "--json", cwd=tmp_path)
        assert (first.returncode, first.stderr) == (0, ""), first.stderr
        assert (again.returncode, again.stderr, again.stdout) == (0, warned, first.stdout)
        for path in (tmp_path / out).iterdir():
            if path.is_file() and path != usage:
                path.unlink()
    run("reconcile", "in", "--out", "out", cwd=tmp_path)
    told = {found["error"] for found in pec.doctor(tmp_path / "out")}
    assert told == {"own table of pec, from an earlier run"}
    for source, named in (("out", "out"), ("out/by_day.csv", "out/by_day.csv"), ("out/*.csv", "out")):
        done = run("reconcile", source, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"pec: {named}: own tables of pec, no usage; name the usage that they were made of\n"
    (tmp_path / "out" / "result.json").unlink()
    assert run("reconcile", "out", cwd=tmp_path).stderr.startswith("pec: out/by_customer.csv: no column")


def test_what_excel_and_file_managers_leave_in_a_folder_is_no_part_of_it(tmp_path):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    for name in (".DS_Store", "._month.csv", "~$month.xlsx"):
        (tmp_path / name).write_bytes(b"\x05user")
    done = run("reconcile", ".", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sums_of(json.loads(done.stdout)) == SUMS


@pytest.mark.parametrize("sources", [(".",), ("month.csv", "month (1).csv"), ("month.csv", ".", "month.csv")])
def test_a_copy_counts_and_is_told(folder, sources):
    (folder / "broken.csv").unlink()
    (folder / "month (1).csv").write_bytes((folder / "month.csv").read_bytes())
    done = run("reconcile", *sources, "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["lines"] == 2 * len(MONTH)
    (hint,) = found["same_usage"]
    assert (hint["because"], hint["files"]) == ("same_sums", ["month (1).csv", "month.csv"])
    assert "month (1).csv, month.csv" in " ".join(run("reconcile", *sources, cwd=folder).stdout.split())


def test_files_of_one_size_are_no_copies(folder):
    (folder / "other.csv").write_bytes((folder / "month.csv").read_bytes().replace(b"2026-10", b"2026-11"))
    done = run("reconcile", "month.csv", "other.csv", "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["lines"] == 2 * len(MONTH)


def test_a_folder_with_nothing_usable(tmp_path):
    done = run("reconcile", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert (
        done.stderr
        == "pec: .: no usage files in this folder; expected .csv, .json, .jsonl, plain or .gz, .parquet or .xlsx\n"
    )


def test_names_that_are_not_ascii(tmp_path):
    (tmp_path / "größe.csv").write_bytes(csv_of(MONTH))
    done = run("reconcile", "größe.csv", "--json", cwd=tmp_path, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0
    assert json.loads(done.stdout)["files"][0]["file"] == "größe.csv"


@pytest.mark.skipif(sys.platform == "darwin", reason="file names are UTF-8 there")
def test_names_that_are_not_text(tmp_path):
    (tmp_path / os.fsdecode(b"a\xff.csv")).write_bytes(csv_of(MONTH))
    done = run("reconcile", os.fsdecode(b"a\xff.csv"), "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["files"][0]["file"] == "a\ufffd.csv"


def test_out(folder):
    done = run("reconcile", "month.csv", "broken.csv", "--out", "made/out", "--json", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    out = folder / "made" / "out"
    tables = {*pec.Result.tables, "findings"} - {"access", "credits", "credit_months", "credit_days"}
    names = {f"{table}.{ending}" for table in tables for ending in ("csv", "parquet")}
    names |= {"report.txt", "report.json", "result.json"}
    assert {path.name for path in out.iterdir()} == names
    assert (out / "report.json").read_text() == done.stdout
    for table in tables:
        saved = pyarrow.parquet.read_table(out / f"{table}.parquet")
        with (out / f"{table}.csv").open(newline="") as file:
            header, *rows = csv.reader(file)
        assert header == saved.column_names
        assert len(rows) == saved.num_rows


def test_findings_are_the_lines(folder):
    run("reconcile", "month.csv", "broken.csv", "--out", "out", cwd=folder)
    findings = pyarrow.parquet.read_table(folder / "out" / "findings.parquet").to_pylist()
    assert [(row["file"], row["row"]) for row in findings] == [
        *(("month.csv", row) for row in range(2, 10)),
        ("broken.csv", 2),
    ]
    by_hand = [pec.judge(row) for row in [*MONTH, record()]]
    for row, judged in zip(findings, by_hand, strict=True):
        for name in (
            "usage_day",
            "customer",
            "subscription",
            "resource_group",
            "resource",
            "currency",
            "standing",
            "reason",
        ):
            assert row[name] == getattr(judged, name), name
        for name in ("list_cost", "potential_credit", "credit"):
            assert row[name] == getattr(judged, name), name


def test_an_out_that_cannot_be_made(folder):
    done = run("reconcile", "month.csv", "--out", "broken.csv", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pec: broken.csv: ")
    assert done.stderr.count("\n") == 1


def test_rules_and_version(tmp_path):
    done = run("rules")
    assert (done.returncode, done.stderr) == (0, "")
    for rule in pec.rules():
        assert f"{rule.rank:>2} {rule.id} ({rule.group}): {rule.sentence}\n" in done.stdout
    listed = json.loads(run("rules", "--json").stdout)["rules"]
    assert [rule["id"] for rule in listed] == [rule.id for rule in pec.rules()]
    for told, rule in zip(listed, pec.rules(), strict=True):
        assert told == {name: getattr(rule, name) for name in told} | {"source_dated": str(rule.source_dated)}
    assert set(listed[0]) == {name for name in dir(pec.Rule) if not name.startswith("_")} - {"to_bytes", "from_bytes"}
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{pec.__version__}\n", "")


@pytest.mark.parametrize("arguments", [(), ("reconcile",), ("reconcile", "x.csv", "--threads", "0"), ("nonsense",)])
def test_wrong_use(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert (done.stdout, done.stderr.split(" ", 2)[:2]) == ("", ["usage:", "pec"])


def test_help_says_what_the_statuses_mean():
    done = run("reconcile", "--help", env={"COLUMNS": "200"})
    assert done.returncode == 0
    for text in ("FILE_OR_DIR", "--json", "--out", "--strict", "--threads", "Ends with status 0"):
        assert text in done.stdout


def test_a_reader_that_goes_away(folder):
    done = subprocess.run(
        f"{PEC} reconcile month.csv | head -n 1", shell=True, capture_output=True, text=True, cwd=folder
    )
    assert (done.returncode, done.stderr) == (0, "")


def on_a_terminal(*arguments, cwd, columns):
    """What a command prints on a terminal of so many columns."""
    terminal, far = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in ("LINES", "NO_COLOR")}
    env |= {"COLUMNS": str(columns), "TERM": "xterm"}
    with subprocess.Popen([PEC, *arguments], stdout=far, stderr=subprocess.DEVNULL, cwd=cwd, env=env):
        os.close(far)
        return written_to(terminal).decode().replace("\r\n", "\n")


AROUND = ["--partner", "partner.toml", "--evidence", "evidence"]
REPORTS = {
    "reconcile": ["reconcile", "2026-10", *AROUND, "--credits", "credits.toml"],
    "explain": [
        "explain",
        "2026-10",
        *AROUND,
        "--subscription",
        "1c86f718-6354-4fc2-ac60-78f489e1b9a0",
        "--day",
        "2026-10-04",
    ],
    "tie-out": ["tie-out", "2026-10", "--invoice", "invoice"],
    "diff": ["access", "diff", "evidence", "--against", "evidence", *AROUND[:2], "--usage", "2026-10"],
    "balance": ["aco", "balance", "2026-10", "--credits", "credits.toml"],
    "table": ["aco", "table", "--credit", "500000", "--acr", "75000", "85000", "90000", "--on", "2024-01-15"],
    "size": ["aco", "size", "--acr", "15000", "--on", "2024-01-15"],
    "forecast": ["aco", "forecast", "--balance", "500", "--acr", "75", "85"],
    "plan": ["aco", "plan", "offer.toml", "--today", "2023-07-20"],
}


def figures_of(text):
    """The figures, days and ids of a report, each as often as it stands there."""
    return Counter(word.strip(",:") for word in text.split() if any(sign.isdigit() for sign in word))


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_fits_the_terminal_and_is_the_same_everywhere_else(report):
    examples = Path(__file__).parents[2] / "examples" / "data"
    told = run(*REPORTS[report], cwd=examples, env={"COLUMNS": "60"}).stdout
    assert told == run(*REPORTS[report], cwd=examples, env={"COLUMNS": "200"}).stdout and told
    for columns in (40, 60, 72, 100, 300):
        shown = on_a_terminal(*REPORTS[report], cwd=examples, columns=columns)
        fits = min(max(columns, 60), 120)
        # A word that is longer than a line stands alone; a command is there to be copied.
        wide = [line for line in shown.splitlines() if len(line) > fits and len(line.split()) > 1]
        assert not [line for line in wide if not line.startswith("      az ")], "\n".join(wide)
        # Nothing is lost but how it is set. Where a table is too wide its rows are sentences that repeat its heads.
        assert figures_of(shown) == figures_of(told)
        assert sorted("".join(shown.split())) == sorted("".join(told.split())) or columns < 80


def test_the_bar_is_for_terminals_only(folder):
    """On a terminal the bar is written to standard error and taken away again; standard output stays clean."""
    rows = [record(UsageDate=f"2026-10-{1 + n % 28:02}", Tags="x" * 400) for n in range(60_000)]
    (folder / "long.csv").write_bytes(csv_of(rows))
    terminal, far = pty.openpty()
    with subprocess.Popen(
        [PEC, "reconcile", "long.csv", "--json"],
        stdout=subprocess.PIPE,
        stderr=far,
        cwd=folder,
        env={**os.environ, "TERM": "xterm"},
    ) as process:
        os.close(far)
        seen = written_to(terminal)
        out = process.stdout.read()
    assert process.returncode == 0
    assert json.loads(out)["lines"] == 60_000
    assert b"reading" in seen
