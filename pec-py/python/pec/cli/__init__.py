"""The `pec` command: one module for each group of commands, put together here.

A command is a function in the module of its group (`days`, `invoice`, `access`, `aco`, ...), with a line that says what
it does, where its input comes from, and an example that runs on `examples/data`. An option that several commands share
stands in `options`; what is read beside the usage, in `given`; what all commands have in common, in `shape`.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import pec
from pec.cli import access, aco, days, doctor, invoice, rules
from pec.cli.output import UNUSABLE
from pec.cli.shape import Group, example, misuse

app = typer.Typer(
    name="pec",
    cls=Group,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (doctor, days, invoice, access, aco, rules):
    app.add_typer(group.commands)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(pec.__version__)
        raise typer.Exit


@app.callback(
    epilog=example(
        "pec reconcile examples/data/2026-10",
        about="from the folder of the repository",
        then="`pec COMMAND --help` has an example of each command.",
    )
)
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
    try:
        status = app(prog_name="pec", standalone_mode=False)
    except typer.TyperException as error:
        print(misuse(error), file=sys.stderr)  # noqa: T201
        sys.exit(UNUSABLE)
    sys.exit(status)
