"""The licences of the crates that the wheel links, in `THIRD-PARTY.txt`; run as a program it writes them anew.

The crates are those that `cargo tree` tells of `pec-py`, on any system; the texts are those that lie in the sources of
each, as cargo has fetched them. Texts that differ in white space alone are one.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from license_expression import get_spdx_licensing

ROOT = Path(__file__).parents[2]
FILE = ROOT / "THIRD-PARTY.txt"
SPDX = get_spdx_licensing()
TEXT = re.compile(r"(un)?licen[sc]e|copying|copyright|notice", re.IGNORECASE)
MIT = re.compile(r"licen[sc]e[-_]mit(\.\w+)?", re.IGNORECASE)
STANDARD = ROOT / "LICENSE-APACHE"
"""What stands for crates without a text, all of which may be taken under Apache-2.0."""

HEAD = """\
What the wheel of pec links, and under which licences

pec itself is under MIT or Apache-2.0, as you choose. Its extension module is made of the crates
below as well. Of a crate that may be had under MIT that text is given; of the others all texts in
their sources; of those that have none, the text of Apache-2.0, under which they may be had. The
standard library of Rust, copyright The Rust Project Contributors, is linked too, under MIT or
Apache-2.0; the text of the latter is below. `make docs` writes this file.
"""


def metadata() -> list[dict[str, Any]]:
    """Every crate that cargo knows here."""
    return json.loads(_cargo("metadata", "--format-version", "1", "--all-features"))["packages"]


def linked() -> list[dict[str, Any]]:
    """The crates of others in the wheel, without those that only run while it is built."""
    told = _cargo("tree", "-p", "pec-py", "-e", "normal,no-proc-macro", "--target", "all", "--prefix", "none")
    names = {tuple(line.split()[:2]) for line in told.splitlines()}
    found = [one for one in metadata() if one["source"] and (one["name"], f"v{one['version']}") in names]
    return sorted(found, key=lambda one: (one["name"], one["version"]))


def parsed(expression: str) -> Any:
    """A licence as SPDX writes it; cargo's older way to write OR counts."""
    return SPDX.parse(expression.replace("/", " OR "), validate=True, strict=True)


def allowed(expression: str, licences: set[str]) -> bool:
    """Whether a licence, or one of those to choose from, is one of these."""

    def holds(part: Any) -> bool:
        if isinstance(part, SPDX.OR):
            return any(map(holds, part.args))
        if isinstance(part, SPDX.AND):
            return all(map(holds, part.args))
        return str(part) in licences

    return holds(parsed(expression))


def texts(crate: dict[str, Any]) -> list[str]:
    """The licences of a crate, as they lie in its sources."""
    folder = Path(crate["manifest_path"]).parent
    files = sorted(path for path in folder.iterdir() if TEXT.match(path.name) and path.is_file())
    if allowed(crate["license"], {"MIT"}):
        files = [path for path in files if MIT.fullmatch(path.name)] or files
    if not files:
        assert allowed(crate["license"], {"Apache-2.0"}), f"{crate['name']} has no text, and no standard one will do"
        files = [STANDARD]
    return [path.read_text(encoding="utf-8") for path in files]


def written() -> str:
    """The whole file."""
    crates = linked()
    parts = [HEAD, *(f"{one['name']} {one['version']}: {one['license']}; {one['repository']}" for one in crates)]
    of: dict[str, tuple[str, list[str]]] = {}
    for one in crates:
        for text in texts(one):
            key = " ".join(text.split())
            of.setdefault(key, (text, []))[1].append(f"{one['name']} {one['version']}")
    for text, names in of.values():
        lines = (line.rstrip() for line in text.strip("\n").splitlines())
        parts += ["", "=" * 80, ", ".join(dict.fromkeys(names)), "-" * 80, *lines]
    return "\n".join(parts) + "\n"


def _cargo(*arguments: str) -> str:
    command = ["cargo", *arguments, "--locked", "--offline"]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stdout


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
