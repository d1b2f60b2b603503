"""The scripts that export evidence of access. The partner runs them: pec signs in nowhere."""

from __future__ import annotations

from importlib.resources import files

SCRIPTS = {"bash": "collect.sh", "pwsh": "collect.ps1"}
"""The script for each shell, beside this module."""


def script(shell: str) -> str:
    """The text of the script for a shell: `bash` or `pwsh`."""
    return files("pec").joinpath(SCRIPTS[shell]).read_text(encoding="utf-8")
