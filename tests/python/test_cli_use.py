"""How the command is used: help that runs, usage errors, options of several values, completion, colours, bars."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from pec.cli import MODULES, app
from pec.cli.shape import _one_by_one
from samples import MONTH, csv_of, record
from terminals import written_to
from test_cli import PEC, run

ROOT = Path(__file__).parent.parent.parent


def commands(command=None, path=()):
    """Every command with its path, the groups left out."""
    command = command or typer.main.get_command(app())
    for name, child in getattr(command, "commands", {}).items():
        if hasattr(child, "commands"):
            yield from commands(child, (*path, name))
        else:
            yield (*path, name), child


COMMANDS = dict(commands())


def test_each_command_is_loaded_by_its_name():
    assert list(dict.fromkeys(path[0] for path in COMMANDS)) == list(MODULES)
    for name in MODULES:
        assert name in typer.main.get_command(app(name)).commands


def examples():
    for path, command in COMMANDS.items():
        example = command.epilog.split("\n\n")[1].replace("\\\n", " ")
        yield pytest.param(example, id=" ".join(path))


@pytest.fixture
def at_examples(tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


@pytest.mark.parametrize("example", list(examples()))
def test_the_example_of_each_command_runs(at_examples, example):
    if example.startswith("pec report"):
        pytest.importorskip("pec.html_report", reason="the page is not there yet")
    # The second line of `pec access script` runs what the first has written, where `az` is signed in.
    parts = shlex.split(example.splitlines()[0])
    assert parts[0] == "pec"
    arguments = parts[1 : parts.index(">")] if ">" in parts else parts[1:]
    done = run(*arguments, cwd=at_examples)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("path", list(COMMANDS), ids=" ".join)
def test_help_teaches(path):
    done = run(*path, "--help", env={"COLUMNS": "200"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    assert "Example" in done.stdout
    assert f"pec {' '.join(path)}" in done.stdout
    command = COMMANDS[path]
    for param in command.params:
        assert param.help, param.name
        assert param.help.endswith("."), param.name
    assert "Ends with status 0" in done.stdout
    assert "<str>" not in done.stdout, "the name of an argument says more than Python's type of it"
    first = command.help.split("\n\n")[0]
    assert "\n" not in first, "one line says what it does"
    assert first.endswith(".")
    assert run(*path, "-h", env={"COLUMNS": "200"}).stdout == done.stdout


OF_SEVERAL = {"--credits", "--evidence", "--invoice", "--json", "--partner", "--prices", "--threads"}
"""Options that mean the same in every command that has them."""


def test_one_option_has_one_help_and_one_kind_of_value():
    seen, kinds = {}, {}
    for path, command in COMMANDS.items():
        for param in command.params:
            for name in param.opts:
                if name in OF_SEVERAL:
                    assert seen.setdefault(name, param.help) == param.help, (path, name)
                kind = str(param.metavar).removesuffix("...")
                assert kinds.setdefault(name, kind) == kind, (path, name)
    assert set(seen) == OF_SEVERAL


@pytest.mark.parametrize(
    ("arguments", "usage", "message"),
    [
        ((), "pec [OPTIONS] COMMAND [ARGS]...", "missing command; see `pec --help`"),
        (("reconcil",), "pec [OPTIONS] COMMAND [ARGS]...", "no such command `reconcil`; did you mean `reconcile`?"),
        (("zzz",), "pec [OPTIONS] COMMAND [ARGS]...", "no such command `zzz`; see `pec --help`"),
        (("access",), "pec access [OPTIONS] COMMAND [ARGS]...", "missing command; see `pec access --help`"),
        (
            ("reconcile", "x", "--thred", "2"),
            "pec reconcile [OPTIONS] FILE_OR_DIR...",
            "no such option `--thred`; did you mean `--threads`?",
        ),
        (
            ("reconcile",),
            "pec reconcile [OPTIONS] FILE_OR_DIR...",
            "`FILE_OR_DIR` is missing (daily rated usage: files, globs, export folders, or `-` for standard input); "
            "see `pec reconcile --help`",
        ),
        (
            ("reconcile", "x", "--out", "--json"),
            "pec reconcile [OPTIONS] FILE_OR_DIR...",
            "`--out`: needs a value; see `pec reconcile --help`",
        ),
        (
            ("reconcile", "x", "--threads", "0"),
            "pec reconcile [OPTIONS] FILE_OR_DIR...",
            "`--threads`: '0' is no number of threads; expected 1 to 1,024; see `pec reconcile --help`",
        ),
        (
            ("access", "script", "--shell", "fish"),
            "pec access script [OPTIONS]",
            "`--shell`: 'fish' is not one of 'bash', 'pwsh'; see `pec access script --help`",
        ),
        (
            ("reconcile", "x", "--\x1b[31m"),
            "pec reconcile [OPTIONS] FILE_OR_DIR...",
            "no such option `--\\x1b[31m`; see `pec reconcile --help`",
        ),
    ],
)
def test_usage_errors_are_one_line_and_a_hint(arguments, usage, message):
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"usage: {usage}\npec: {message}\n")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["--acr", "75", "85"], ["--acr", "75", "--acr", "85"]),
        (["--acr", "75", "--acr", "85"], ["--acr", "75", "--acr", "85"]),
        (["--acr", "75", "-5", "-.5"], ["--acr", "75", "--acr", "-5", "--acr", "-.5"]),
        (["--acr=75", "file"], ["--acr=75", "file"]),
        (["a", "--acr", "75", "--json", "b"], ["a", "--acr", "75", "--json", "b"]),
        (["--acr", "75", "85", "--", "86"], ["--acr", "75", "--acr", "85", "--", "86"]),
        (["--acr"], ["--acr"]),
        (["--acr", "-", "b"], ["--acr", "-", "--acr", "b"]),
    ],
)
def test_options_of_several_values(given, read):
    assert list(_one_by_one(given, {"--acr"})) == read


def test_both_spellings_of_several_values_are_one():
    spellings = (["--acr", "75", "85"], ["--acr", "75", "--acr", "85"], ["--acr=75", "--acr=85"])
    outputs = {run("aco", "table", "--credit", "500", *acr, "--json", "--on", "2024-01-15").stdout for acr in spellings}
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())) == 2


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pec rec", ["reconcile"]),
        ("pec access ", ["script", "diff", "alert"]),
        ("pec reconcile --th", ["--threads"]),
        ("pec access script --shell ", ["bash", "pwsh"]),
    ],
)
def test_completion(words, expected):
    count = str(len(words.split(" ")) - 1)
    done = run(env={"_PEC_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": count})
    assert done.stdout.split() == expected


def on_terminal(*arguments, cwd, **env):
    """What is written to a terminal, both streams."""
    terminal, far = pty.openpty()
    with subprocess.Popen(
        [PEC, *arguments], stdout=far, stderr=far, cwd=cwd, env={**os.environ, "TERM": "xterm-256color", **env}
    ):
        os.close(far)
        return written_to(terminal).decode()


COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9]m")


@pytest.mark.parametrize("arguments", [("doctor", "month.csv"), ("reconcile", "--help")])
def test_colours_are_for_terminals_and_can_be_had_without(tmp_path, arguments):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    assert COLOUR.search(on_terminal(*arguments, cwd=tmp_path))
    assert not COLOUR.search(on_terminal(*arguments, cwd=tmp_path, NO_COLOR="1"))
    assert "\x1b" not in run(*arguments, cwd=tmp_path).stdout


def test_the_bar_tells_rate_and_time_left(tmp_path):
    rows = [record(UsageDate=f"2026-10-{1 + n % 28:02}", Tags="x" * 400) for n in range(60_000)]
    (tmp_path / "long.csv").write_bytes(csv_of(rows))
    seen = on_terminal("reconcile", "long.csv", "--json", cwd=tmp_path, COLUMNS="120")
    assert re.search(r"[1-9][0-9,]* rows/s", seen)
    assert re.search(r"[0-9]+%", seen)
    assert re.search(r"0:00:0[0-9]", seen)


def test_what_is_written_is_named(tmp_path):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    done = run("reconcile", "month.csv", "--out", "out", cwd=tmp_path)
    last = done.stdout.splitlines()[-1]
    assert last.startswith("Written to out: report as text and JSON; ")
    written = {path.stem for path in (tmp_path / "out").iterdir()}
    assert written <= set(re.findall(r"\w+", last))
    assert "findings (one for every line)" in last


def test_the_page(tmp_path):
    pytest.importorskip("pec.html_report", reason="the page is not there yet")
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    done = run("report", "month.csv", "--html", "page.html", "--title", "October", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Written to page.html\n", "")
    assert "October" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_page_has_the_credits_that_are_given(tmp_path):
    for name, credits_given in (("without", []), ("with", ["--credits", str(ROOT / "examples/data/credits.toml")])):
        page = tmp_path / f"{name}.html"
        done = run("report", str(ROOT / "examples/data/2026-10"), *credits_given, "--html", str(page))
        assert (done.returncode, done.stderr) == (0, "")
        assert ("aco-woodgrove" in page.read_text(encoding="utf-8")) == (name == "with")


def test_standard_input(tmp_path):
    usage = csv_of(MONTH)
    done = subprocess.run([PEC, "reconcile", "-", "--json"], input=usage, capture_output=True, check=True)
    (tmp_path / "usage.csv").write_bytes(usage)
    of_file = run("reconcile", "usage.csv", "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["sums"] == json.loads(of_file.stdout)["sums"]


def test_what_comes_once_is_not_read_twice(tmp_path):
    command = [PEC, "reconcile", "-", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, input=csv_of(MONTH), capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "pec: /dev/stdin: --out and --credits read the usage twice, a pipe gives it once; save it to a file first\n"
    )
    assert not (tmp_path / "out").exists()
