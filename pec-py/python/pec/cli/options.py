"""The options that several commands share: one name, one meaning, one help."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from pec._pec import MOST_THREADS
from pec.paths import at_home

ACCESS = "Who earns, and who had access"
PRICED = "Prices and Azure credits"
RESULT = "What comes out"

EXPORTS = "exports of access: folders with a manifest.json, and files as FILE, KIND=FILE or KIND=FILE@TIME"


def day(text: str) -> datetime.date:
    """A day of the command line."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no day; expected one such as 2026-10-04"
        raise typer.BadParameter(message) from None


def month(text: str) -> datetime.date:
    """A month of the command line, as its first day."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        message = f"{text!r} is no month; expected one such as 2026-10"
        raise typer.BadParameter(message) from None


def month_number(text: str) -> int:
    """A month counted from 1."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
        raise typer.BadParameter(f"{text!r} is no number of a month; expected 1 or more")
    return int(text)


def threads(text: str) -> int:
    """A number of threads."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= MOST_THREADS):
        raise typer.BadParameter(f"{text!r} is no number of threads; expected 1 to {MOST_THREADS:,}")
    return int(text)


def place(text: str) -> Path:
    """Where to write."""
    if not text:
        raise typer.BadParameter("is an empty text; expected a path, `.` for the current folder")
    return Path(at_home(text))


STANDARD_INPUT = "/dev/stdin"
"""What `-` stands for."""

Sources: TypeAlias = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE_OR_DIR",
        help="Daily rated usage: files, globs, export folders, or `-` for standard input.",
        parser=lambda text: STANDARD_INPUT if text == "-" else text,
    ),
]

PARTNER_HELP = "Who earns: a partner.toml."
EVIDENCE_HELP = f"{EXPORTS[0].upper()}{EXPORTS[1:]}. `pec access script` makes one."

PartnerFile: TypeAlias = Annotated[
    str | None, typer.Option("--partner", metavar="TOML", help=PARTNER_HELP, rich_help_panel=ACCESS)
]
NeededPartnerFile: TypeAlias = Annotated[
    str, typer.Option("--partner", metavar="TOML", help=PARTNER_HELP, rich_help_panel=ACCESS)
]
EvidenceFiles: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--evidence", metavar="FILE_OR_DIR...", help=EVIDENCE_HELP, rich_help_panel=ACCESS),
]
NeededEvidenceFiles: TypeAlias = Annotated[
    list[str],
    typer.Option("--evidence", metavar="FILE_OR_DIR...", help=EVIDENCE_HELP, rich_help_panel=ACCESS),
]
PriceFiles: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--prices",
        metavar="FILE...",
        help="Price lists of the months of the usage, Azure plan consumption and marketplace, as they come.",
        rich_help_panel=PRICED,
    ),
]
CREDITS_HELP = "Azure credits: a credits.toml, and balance reports of Partner Center as they come."
CreditFiles: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--credits", metavar="FILE...", help=CREDITS_HELP, rich_help_panel=PRICED),
]
NeededCreditFiles: TypeAlias = Annotated[
    list[str], typer.Option("--credits", metavar="FILE...", help=CREDITS_HELP, rich_help_panel=PRICED)
]
INVOICE_HELP = "Invoice reconciliation files of the same months: files, globs, folders."
InvoiceFiles: TypeAlias = Annotated[
    list[str] | None, typer.Option("--invoice", metavar="FILE_OR_DIR...", help=INVOICE_HELP)
]
NeededInvoiceFiles: TypeAlias = Annotated[
    list[str], typer.Option("--invoice", metavar="FILE_OR_DIR...", help=INVOICE_HELP)
]

Json: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON object, exact amounts as strings.", rich_help_panel=RESULT)
]
Threads: TypeAlias = Annotated[
    int | None,
    typer.Option("--threads", metavar="N", parser=threads, help="How many threads read; by default one for each core."),
]
NeededOut: TypeAlias = Annotated[
    Path, typer.Option("--out", metavar="DIR", parser=place, help="Where to write it.", rich_help_panel=RESULT)
]
