"""`pec tie-out`: the days beside the invoice."""

from __future__ import annotations

from typing import Annotated

import typer

from pec import _pec
from pec.cli.given import reading
from pec.cli.options import RESULT, Json, NeededInvoiceFiles, Sources, Threads
from pec.cli.output import DONE, DONE_WITH_ISSUES, failing, say, tell_passed_over, width, write
from pec.cli.shape import Command, ends, example
from pec.paths import expand

commands = typer.Typer()


@commands.command(
    cls=Command,
    rich_help_panel="The invoice",
    epilog=example(
        "pec tie-out examples/data/2026-10 --invoice examples/data/invoice",
        then=ends("a key does not tie or rows could not be read under --strict"),
    ),
)
def tie_out(
    sources: Sources,
    invoice: NeededInvoiceFiles,
    as_json: Json = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="End with status 1 where a key does not tie or rows could not be read.",
            rich_help_panel=RESULT,
        ),
    ] = False,
    threads: Threads = None,
) -> int:
    """Compares daily lines with the invoice, meter by meter: what ties, what does not, and why.

    The invoice is Partner Center > Billing > Billing history > the invoice > Reconciliation file, of a new commerce (G)
    invoice. The daily lines are the billed ones of attribute set full.
    """
    with failing():
        daily, lines = expand(sources), expand(invoice)
        with reading(daily.files) as told:
            found = _pec.tie_out(daily.files, invoice=lines.files, threads=threads, progress=told)
    tell_passed_over(daily)
    tell_passed_over(lines)
    if as_json:
        write(found.to_json())
    else:
        say(found.report(width=width()).rstrip("\n"))
    wrong = found.tied < found.keys or found.unreadable
    return DONE_WITH_ISSUES if strict and wrong else DONE
