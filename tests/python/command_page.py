"""The commands on the page `docs/command.md`, from the command itself; run as a program it writes them anew."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperOption

from pec.cli import app
from pec.cli.shape import Command

PAGE = Path(__file__).parents[2] / "docs" / "command.md"
BEGIN, END = "<!-- commands -->\n", "<!-- /commands -->\n"


def commands() -> Iterator[tuple[str, str, Command]]:
    """The panel of the help, the name and the command of each."""
    root = typer.main.get_command(app())
    context = typer.Context(root)
    for name in root.list_commands(context):
        one = root.get_command(context, name)
        if isinstance(one, Command):
            yield one.rich_help_panel, name, one
        else:
            below = typer.Context(one)
            yield from (
                (one.rich_help_panel, f"{name} {child}", one.get_command(below, child))
                for child in one.list_commands(below)
            )


def listed() -> str:
    """All commands, panel by panel."""
    parts = []
    for panel, group in groupby(commands(), key=lambda one: one[0]):
        parts += [f"## {panel}", *(part for _, name, command in group for part in _of(name, command))]
    return "\n\n".join(parts) + "\n"


def _of(name: str, command: Command) -> Iterator[str]:
    context = typer.Context(command)
    yield f"### pec {name}"
    yield f"```text\npec {name} {' '.join(command.collect_usage_pieces(context))}\n```"
    yield from (" ".join(paragraph.split()) for paragraph in command.help.split("\n\n"))
    if command.params:
        rows = sorted(command.params, key=lambda param: not param.required)
        yield "\n".join(
            ["| give | what it is |", "| --- | --- |", *(f"| {_name(one)} | {_what(one)} |" for one in rows)]
        )
    head, lines, *then = command.epilog.split("\n\n")
    yield f"{head}:"
    yield f"```text\n{lines}\n```"
    yield from then


def _name(param: Any) -> str:
    if not isinstance(param, TyperOption):
        return f"`{param.metavar}{'...' if param.nargs == -1 else ''}`"
    value = "" if param.is_flag or _choices(param) else f" {param.metavar}"
    return f"`{param.opts[-1]}{value}`"


def _what(param: Any) -> str:
    choices = f"{' or '.join(f'`{choice}`' for choice in _choices(param))}. " if _choices(param) else ""
    default = f" By default `{param.default}`." if isinstance(param.default, str) else ""
    needed = " **Needed.**" if param.required else ""
    return f"{choices}{param.help}{default}{needed}"


def _choices(param: Any) -> tuple[str, ...]:
    return tuple(getattr(param.type, "choices", ()))


def page() -> str:
    """The page with the commands as they are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{listed()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
