"""The command in interactive shells, and how it is stopped: what only shows on a terminal with somebody at it."""

from __future__ import annotations

import json
import os
import pty
import re
import select
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
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("pec reco", "pec reconcile "),
        ("pec access scr", "pec access script "),
        ("pec reconcile x --thr", "pec reconcile x --threads "),
        ("pec access script --shell pw", "pec access script --shell pwsh "),
        ("pec reconcile usage-of", "pec reconcile usage-of-october.csv "),
    ],
)
def test_a_tab_completes(terminal, typed, completed):
    terminal.type(f"{typed}\t")
    rest = re.escape(completed[len(typed) :])
    terminal.until(f"{re.escape(typed)}.*{rest}")
