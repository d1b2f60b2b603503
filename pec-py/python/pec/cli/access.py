"""`pec access`: exports of access, before they are needed."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

import pec
from pec.cli.options import EXPORTS, RESULT, Json, NeededEvidenceFiles, NeededPartnerFile
from pec.cli.output import DONE, LOSS, failing, say, tell_passed_over, width, write
from pec.cli.shape import Command, Group, ends, example
from pec.paths import expand

commands = typer.Typer()
group = typer.Typer(
    name="access",
    help="Exports of access: a script that makes them, what changed between two, an alert on what they show.",
)
commands.add_typer(group, cls=Group, rich_help_panel="Access: who holds it, and what changed")


@group.command(
    cls=Command,
    epilog=example(
        "pec access script --shell bash > collect.sh",
        "bash collect.sh evidence",
        then="Ends with status 0. The script ends with 2 when it cannot run.",
    ),
)
def script(
    shell: Annotated[Literal["bash", "pwsh"], typer.Option("--shell", help="The shell that is to run it.")],
) -> int:
    """Prints a script of az commands that only read: it exports who has access to your Azure subscriptions.

    Read it, then run it where `az` is signed in. The folder it makes is what --evidence takes.
    """
    from pec.collect import script

    write(script(shell).rstrip("\n"))
    return DONE


@group.command(
    cls=Command,
    epilog=example(
        "pec access diff examples/data/evidence --against examples/data/evidence \\",
        "  --partner examples/data/partner.toml --usage examples/data/2026-10",
        then=ends("a place lost its access, or may have, under --fail-on-loss"),
    ),
)
def diff(
    old: Annotated[list[str], typer.Argument(metavar="OLD", help=f"The old {EXPORTS}.")],
    against: Annotated[list[str], typer.Option("--against", metavar="NEW...", help=f"The new {EXPORTS}.")],
    partner: NeededPartnerFile,
    usage: Annotated[
        list[str] | None,
        typer.Option(
            "--usage",
            metavar="FILE_OR_DIR...",
            help="Daily rated usage, to say what the changes cost: files, globs, export folders.",
        ),
    ] = None,
    as_json: Json = False,
    fail_on_loss: Annotated[
        bool,
        typer.Option(
            "--fail-on-loss",
            help="End with status 1 where a place lost the access that covered it, or the new exports cannot show it.",
            rich_help_panel=RESULT,
        ),
    ] = False,
) -> int:
    """Which grants that carry PEC are gone, changed or will end between two exports, and what that costs.

    Export now and then with `pec access script`, and compare before the invoice does.
    """
    with failing():
        lines = expand(usage) if usage else None
        found = pec.access_diff(old, against, partner=partner, usage=None if lines is None else lines.files)
    if lines is not None:
        tell_passed_over(lines)
    if as_json:
        write(found.to_json())
    else:
        say(found.report(width=width()).rstrip("\n"))
    return LOSS if fail_on_loss and (found.has_loss or found.may_hide_loss) else DONE


@group.command(
    cls=Command,
    epilog=example(
        "pec access alert --partner examples/data/partner.toml \\",
        "  --evidence examples/data/evidence > alert.bicep",
        then=ends(),
    ),
)
def alert(
    partner: NeededPartnerFile,
    evidence: NeededEvidenceFiles,
    subscription: Annotated[
        str | None,
        typer.Option("--subscription", metavar="ID", help="Only the rules of this Azure subscription."),
    ] = None,
    action_group: Annotated[
        str | None,
        typer.Option("--action-group", metavar="ID", help="The resource id of the action group that is told."),
    ] = None,
) -> int:
    """Prints an Azure Monitor activity-log alert on the deletion of access that carries PEC, as Bicep.

    The file says how to deploy it.
    """
    with failing():
        text = pec.access_alert(evidence, partner=partner, subscription=subscription, action_group=action_group)
    write(text.rstrip("\n"))
    return DONE
