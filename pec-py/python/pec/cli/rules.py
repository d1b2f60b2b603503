"""`pec rules`: the catalogue."""

from __future__ import annotations

import typer

import pec
from pec.cli.output import DONE, say
from pec.cli.shape import Command, example

commands = typer.Typer()


@commands.command(
    cls=Command,
    rich_help_panel="What is known",
    epilog=example(
        "pec rules",
        then="Ends with status 0.",
    ),
)
def rules() -> int:
    """Every rule: what it finds, what to do, and where it is written."""
    for rule in pec.rules():
        say(f"{rule.rank:>2} {rule.id} ({rule.group}): {rule.sentence}")
        say(f"   {'to do: ' if rule.can_act else ''}{rule.remedy}")
        say(f"   source: {rule.source}")
    return DONE
