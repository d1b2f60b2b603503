"""The `pec` command: one module for each group of commands, put together here.

A command is a function in the module of its group (`days`, `invoice`, `access`, `aco`, ...), with a line that says what
it does, where its input comes from, and an example that runs on `examples/data`. An option that several commands share
stands in `options`; what is read beside the usage, in `given`; what all commands have in common, in `shape`.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command_name

import pec
from pec.cli.output import DONE, INTERRUPTED, UNUSABLE, complain, drop, standard_output, warn
from pec.cli.shape import Group, example, misuse

MODULES = {
    "doctor": "doctor",
    "reconcile": "days",
    "explain": "days",
    "report": "days",
    "evidence": "days",
    "tie-out": "invoice",
    "access": "access",
    "aco": "aco",
    "rules": "rules",
}
"""The module of each command, in the order of the help."""


def app(name: str | None = None) -> typer.Typer:
    """The whole command, or where `name` is one of its commands, that one alone.

    What a command needs is imported with its module, and its options are made of its signature: all of it would take
    longer than most runs do.
    """
    made = typer.Typer(
        name="pec",
        cls=Group,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback(
        epilog=example(
            "pec reconcile examples/data/2026-10",
            about="from the folder of the repository",
            then="`pec COMMAND --help` has an example of each command.",
        )
    )(_pec)
    if name in MODULES:
        commands = import_module(f"pec.cli.{MODULES[name]}").commands
        made.registered_groups = commands.registered_groups
        made.registered_commands = [
            one for one in commands.registered_commands if get_command_name(one.callback.__name__) == name
        ]
    else:
        for module in dict.fromkeys(MODULES.values()):
            made.add_typer(import_module(f"pec.cli.{module}").commands)
    return made


def _version(asked: bool) -> None:
    if asked:
        typer.echo(pec.__version__)
        raise typer.Exit


def _pec(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Microsoft Partner Earned Credit: what earned, what did not, since when, and what it cost.

    Begin with the daily rated usage of a month (Partner Center > Billing > Billing history > Daily rated usage). It is
    enough for `pec reconcile`. `pec doctor` says what any file is, and what it can answer.
    """


def main() -> None:
    """The entry point."""
    if sys.stderr is None:
        # It is closed; what would be said there is dropped.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
    status = DONE
    try:
        with standard_output():
            status = app(next(iter(sys.argv[1:]), None))(prog_name="pec", standalone_mode=False)
            sys.stdout.flush()
    except typer.TyperException as error:
        complain(misuse(error))
        sys.exit(UNUSABLE)
    except KeyboardInterrupt:
        status = INTERRUPTED
    except SystemExit as end:
        # Help and version end with 1 where their reader has gone, as `head` does.
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        drop(sys.stdout)
    if status == INTERRUPTED:
        warn("stopped")
    # What modules hold stays until the end: to look through all of it once more takes as long as many a file.
    gc.freeze()
    sys.exit(status)
