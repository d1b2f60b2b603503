"""The blocks of the pages in `docs`, run; run as a program it writes what they print anew.

A `python` block runs in the namespace of its page; a `text` block right behind it is what it prints. A `console` block
is commands after `$` (further lines of one after `>`), each with what it prints behind it, standard error too. All
blocks of a page run in one folder, where `examples` is at hand and `az` answers from `AZ`.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))

EVIDENCE = ROOT / "examples" / "data" / "evidence"
AGENTS = [{"id": "6f8a9b1c-2d3e-4f50-8a61-0000000000aa", "displayName": "AdminAgents", "mail": None}]
AZ = [
    (["role assignment list-changelogs"], "change_log.json"),
    (["role assignment list"], "role_assignments.json"),
    (["managedservices assignment list"], "lighthouse_assignments.json"),
    (["managementpartner show"], "partner_links.json"),
    (["denyAssignments"], "deny_assignments.json"),
    (["ad group list"], AGENTS),
    ([], []),
]
"""What `az` answers, by words of the command: a file of the example, or a value."""

PYTHON = re.compile(r"^```python\n(?P<code>.*?)^```$(?:\n\n^```text\n(?P<shown>.*?)^```$)?", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
EITHER = re.compile(rf"{PYTHON.pattern}|{CONSOLE.pattern}", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.*\n(?:> .*\n)*)", re.MULTILINE)


def ran(page: Path) -> str:
    """The text of a page with what its blocks print, run in an empty folder by a process of its own."""
    command = [sys.executable, __file__, str(page)]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def _ran(page: Path, folder: Path) -> str:
    environment = _environment(folder)
    namespace: dict[str, object] = {"__name__": page.stem}

    def anew(block: re.Match[str]) -> str:
        if block["code"] is None:
            return f"```console\n{_console(block['lines'], folder, environment)}```"
        printed = _python(block["code"], namespace, f"{page.name} at {block.start()}")
        if block["shown"] is None:
            assert not printed, f"{page.name}: prints what the page does not show:\n{block['code']}"
            return block[0]
        return f"```python\n{block['code']}```\n\n```text\n{printed}```"

    return EITHER.sub(anew, page.read_text(encoding="utf-8"))


def _python(code: str, namespace: dict[str, object], name: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, name, "exec"), namespace)
    return printed.getvalue()


def _console(lines: str, folder: Path, environment: dict[str, str]) -> str:
    told = ""
    for typed in COMMAND.findall(lines):
        command = typed.replace("\n> ", "\n")
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"{command}ended with status {done.returncode}:\n{done.stdout}"
        told += f"$ {typed}{done.stdout}"
    return told


def _environment(folder: Path) -> dict[str, str]:
    """That of a terminal 100 columns wide, with the `pec` of this interpreter and an `az` that answers from a table."""
    home = Path(tempfile.mkdtemp(dir=folder, prefix=".az-"))
    answers = [(words, json.loads((EVIDENCE / one).read_text()) if isinstance(one, str) else one) for words, one in AZ]
    (home / "answers.json").write_text(json.dumps(answers))
    az = home / "az"
    az.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{Path(__file__).with_name('fake_az.py')}' \"$@\"\n")
    az.chmod(0o755)
    path = os.pathsep.join([str(home), str(Path(sys.executable).parent), os.environ["PATH"]])
    return os.environ | {"PATH": path, "FAKE_AZ": str(home), "COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.stdout.write(_ran(Path(sys.argv[1]), Path.cwd()))
    else:
        for one in PAGES:
            one.write_text(ran(one), encoding="utf-8")
