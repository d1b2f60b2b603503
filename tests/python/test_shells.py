"""The command in interactive shells, and how it is stopped: what only shows on a terminal with somebody at it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import time

import pytest

from samples import MONTH, csv_of, record
from test_cli import PEC, run

SETTINGS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'source <("$PEC" --show-completion)\n'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -Uz compinit; compinit -u -D; "$PEC" --show-completion > c; source ./c\n'),
}
SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed"))
    for shell in SETTINGS
]
PATIENCE = 30


class Terminal:
    """A shell at work on a terminal, which is typed into and read from."""

    def __init__(self, shell, folder):
        command, self.set_up = SETTINGS[shell]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("ZDOT", "BASH", "COMP"))},
            "HOME": str(folder),
            "INPUTRC": os.devnull,
            "PATH": f"{PEC.parent}{os.pathsep}{os.environ['PATH']}",
            "PEC": str(PEC),
            "PS1": "> ",
            "TERM": "dumb",
        }
        self.at, far = pty.openpty()
        self.process = subprocess.Popen(
            command, stdin=far, stdout=far, stderr=far, cwd=folder, env=environment, start_new_session=True
        )
        os.close(far)

    def type(self, text):
        os.write(self.at, text.encode())

    def until(self, pattern):
        """Reads until the pattern stands on the terminal."""
        seen, end = "", time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if select.select([self.at], [], [], 0.1)[0]:
                seen += os.read(self.at, 4096).decode(errors="replace")
            if re.search(pattern, seen):
                return seen
        raise AssertionError(f"no {pattern!r} in {seen!r}")

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.at)


@pytest.fixture
def terminal(request, tmp_path):
    (tmp_path / "usage-of-october.csv").write_bytes(csv_of(MONTH))
    opened = Terminal(request.param, tmp_path)
    opened.type(opened.set_up + "echo rea''dy\n")
    opened.until("ready")
    yield opened
    opened.close()


@pytest.mark.parametrize("terminal", SHELLS, indirect=True)
def test_a_tab_completes(terminal):
    for typed, rest in [
        ("pec reco", "ncile "),
        ("pec access scr", "ipt "),
        ("pec reconcile x --thr", "eads "),
        ("pec access script --shell pw", "sh "),
        ("pec reconcile usage-of", "-october.csv "),
    ]:
        terminal.type(f"{typed}\t")
        terminal.until(f"{typed}.*{rest}")
        terminal.type("\x15")


@pytest.mark.parametrize("command", ["reconcile", "doctor"])
def test_ctrl_c_ends_with_one_line(tmp_path, command):
    """In the midst of a file without an end."""
    endless = tmp_path / "endless.csv"
    os.mkfifo(endless)
    header, row = csv_of([record()]).splitlines(keepends=True)
    with subprocess.Popen(
        [PEC, command, "endless.csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        with endless.open("wb", buffering=0) as rows, contextlib.suppress(BrokenPipeError):
            rows.write(header)
            for _ in range(200):
                rows.write(row * 1000)
            process.send_signal(signal.SIGINT)
            while True:
                rows.write(row * 1000)
        out, told = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, told) == (130, "", "pec: stopped\n")


@pytest.mark.parametrize(
    "command", ["reconcile month.csv", "doctor month.csv", "rules", "--help", "access script --shell bash"]
)
def test_a_reader_that_has_gone_is_no_error(tmp_path, command):
    """`head` of nothing has gone before the first line comes."""
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    line = f"set -o pipefail; {shlex.quote(str(PEC))} {command} | true"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=tmp_path)
    assert done.stderr == ""
    assert done.returncode == 0


NAMES = ["a b.csv", "-x.csv", "line\nend.csv", "q'\"q.csv", "gl*b[1].csv", "größe.csv", "$(touch made).csv", "`id`.csv"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_read_and_what_doctor_says_runs(tmp_path, name):
    (tmp_path / name).write_bytes(csv_of(MONTH))
    told = run("doctor", f"./{name}", cwd=tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    (command,) = re.findall(r"^  (pec reconcile .*)$", told.stdout, re.MULTILINE)
    done = subprocess.run(
        ["bash", "-c", f"{command} --json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{PEC.parent}{os.pathsep}{os.environ['PATH']}"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["lines"] == len(MONTH)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "locale",
    [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}],
    ids=str,
)
def test_a_locale_that_knows_ascii_alone(tmp_path, locale):
    (tmp_path / "größe.csv").write_bytes(csv_of(MONTH))
    for command in (["reconcile", "größe.csv"], ["doctor", "größe.csv"], ["rules"], ["reconcile", "--help"]):
        done = run(*command, cwd=tmp_path, env=locale)
        assert (done.returncode, done.stderr) == (0, ""), command
        assert ("größe.csv" in done.stdout) == ("größe.csv" in command), command
    done = run("reconcile", "größé.csv", cwd=tmp_path, env=locale)
    assert done.returncode == 2
    assert re.fullmatch(r"pec: gr\S+\.csv: no such file; check the path\n", done.stderr)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize(
    "command", [("doctor", "month.csv", "broken.csv"), ("--help",), ("access", "diff", "--help")], ids=" ".join
)
def test_tables_fit_the_terminal(tmp_path, command, width):
    (tmp_path / "month.csv").write_bytes(csv_of(MONTH))
    (tmp_path / "broken.csv").write_bytes(b"a,b\n1,2\n")
    done = run(*command, cwd=tmp_path, env={"COLUMNS": str(width)})
    assert done.returncode == 0
    widest = max(map(len, done.stdout.splitlines()))
    assert widest <= width
    assert widest > 0.8 * min(width, 100), "the width is used"
