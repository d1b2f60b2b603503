"""`pec rules`: the catalogue."""

from __future__ import annotations

import json

import typer

import pec
from pec.cli.options import Json
from pec.cli.output import DONE, say, write
from pec.cli.shape import Command, example

commands = typer.Typer()

SHOWN = ("id", "rank", "group", "sentence", "owner", "can_act", "remedy", "source", "source_dated")


@commands.command(
    cls=Command,
    rich_help_panel="What is known",
    epilog=example(
        "pec rules",
        then="Ends with status 0.",
    ),
)
def rules(as_json: Json = False) -> int:
    """Every rule: what it finds, what to do, and where it is written."""
    if as_json:
        found = [{name: getattr(rule, name) for name in SHOWN} for rule in pec.rules()]
        write(json.dumps({"rules": found}, default=str, separators=(",", ":")))
        return DONE
    for rule in pec.rules():
        say(f"{rule.rank:>2} {rule.id} ({rule.group}): {rule.sentence}")
        say(f"   {'to do: ' if rule.can_act else ''}{rule.remedy}")
        say(f"   source: {rule.source}")
    return DONE
