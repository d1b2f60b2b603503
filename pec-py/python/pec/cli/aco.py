"""`pec aco`: an Azure Credit Offer, planned."""

from __future__ import annotations

import datetime
import json
from typing import Annotated, Literal, TypeAlias

import typer

import pec
from pec.cli.given import reading
from pec.cli.options import (
    RESULT,
    InvoiceFiles,
    Json,
    NeededCreditFiles,
    PriceFiles,
    Sources,
    Threads,
    day,
    month,
    month_number,
)
from pec.cli.output import DONE, fail, failing, say, tell_passed_over, width, write
from pec.cli.shape import Command, Group, ends, example
from pec.evidence import existing
from pec.paths import expand

commands = typer.Typer()
group = typer.Typer(
    name="aco",
    help="Azure Credit Offer: its size, its table, what a request needs, and what became of its balance.",
)
commands.add_typer(group, cls=Group, rich_help_panel="Azure Credit Offer")

Share: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--eligible-share",
        metavar="SHARE",
        help="The share of usage that earns by the ordinary rules, from 0 to 1; by default 1.",
    ),
]
On: TypeAlias = Annotated[
    datetime.date | None,
    typer.Option("--on", metavar="YYYY-MM-DD", parser=day, help="The day whose rate and terms hold; by default today."),
]


@group.command(
    cls=Command,
    epilog=example(
        "pec aco table --credit 500 --acr 75 85 90 112 85 100",
        about="the table of Microsoft's deck",
        then=ends(),
    ),
)
def table(
    credit: Annotated[str, typer.Option("--credit", metavar="USD", help="The credit that was granted.")],
    acr: Annotated[
        list[str], typer.Option("--acr", metavar="USD...", help="Usage at list price of each month, in order.")
    ],
    mode: Annotated[
        Literal["deck", "daily"],
        typer.Option(
            "--mode",
            help="How the month earns in which the balance ends: at a flat rate (deck), or by its eligible share "
            "(daily).",
        ),
    ] = "deck",
    eligible_share: Share = None,
    expires_after: Annotated[
        int | None,
        typer.Option(
            "--expires-after",
            metavar="MONTH",
            parser=month_number,
            help="The last month in which the credit pays, counted from 1.",
        ),
    ] = None,
    on: On = None,
    as_json: Json = False,
    whole_dollars: Annotated[
        bool,
        typer.Option("--whole-dollars", help="Show whole dollars, as the deck; not in JSON.", rich_help_panel=RESULT),
    ] = False,
) -> int:
    """Credit, PEC and invoice month by month, and the same usage with the offer and without it."""
    with failing():
        answer = pec.aco.table(
            credit=credit,
            acr=acr,
            on=on or _today(),
            mode=mode,
            eligible_share=eligible_share,
            expires_after=expires_after,
        )
    if not as_json:
        say(answer.report(whole_dollars=whole_dollars, width=width()).strip("\n"))
    elif whole_dollars:
        fail("--whole-dollars is for the text; JSON is exact")
    else:
        write(json.dumps(json.loads(answer.to_json())["months"], separators=(",", ":")))
    return DONE


@group.command(
    cls=Command,
    epilog=example(
        "pec aco size --acr 15000",
        then=ends(),
    ),
)
def size(
    acr: Annotated[str, typer.Option("--acr", metavar="USD", help="Estimated incremental ACR of 12 months.")],
    eligible_share: Share = None,
    on: On = None,
    as_json: Json = False,
) -> int:
    """The credit that a deal gets, and what it is worth."""
    with failing():
        answer = pec.aco.size(acr=acr, on=on or _today(), eligible_share=eligible_share)
    return _tell(answer, as_json)


@group.command(
    cls=Command,
    epilog=example(
        "pec aco forecast --balance 250 --acr 75 85 90 --first-month 2026-12",
        then=ends(),
    ),
)
def forecast(
    balance: Annotated[str, typer.Option("--balance", metavar="USD", help="What is left of the credit.")],
    acr: Annotated[list[str], typer.Option("--acr", metavar="USD...", help="Usage of some months at list price.")],
    first_month: Annotated[
        datetime.date | None,
        typer.Option(
            "--first-month",
            metavar="YYYY-MM",
            parser=month,
            help="The first month to come; without it the end has no day.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """When a balance ends, if the months to come are like the given ones."""
    with failing():
        answer = pec.aco.forecast(balance=balance, acr=acr, first_month=first_month)
    return _tell(answer, as_json)


@group.command(
    cls=Command,
    epilog=example(
        "pec aco plan examples/data/offer.toml --today 2023-07-20",
        then=ends(),
    ),
)
def plan(
    offer: Annotated[str, typer.Argument(metavar="TOML", help="What is known of the request: an offer.toml.")],
    today: Annotated[
        datetime.date | None,
        typer.Option("--today", metavar="YYYY-MM-DD", parser=day, help="The day to look from; by default today."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Prerequisites with who must act, and the days of the agreement."""
    with failing():
        answer = pec.aco.plan(offer, today=today or _today())
    return _tell(answer, as_json)


@group.command(
    cls=Command,
    epilog=example(
        "pec aco balance examples/data/2026-10 --credits examples/data/credits.toml",
        then=ends(),
    ),
)
def balance(
    sources: Sources,
    credits_given: NeededCreditFiles,
    prices: PriceFiles = None,
    invoice: InvoiceFiles = None,
    mode: Annotated[
        Literal["daily", "deck"] | None,
        typer.Option(
            "--mode",
            help="How the month is reckoned in which a balance ends: day by day (daily), or as one, whose rest earns "
            "at a flat rate (deck); by default what the files say, else daily.",
        ),
    ] = None,
    as_json: Json = False,
    threads: Threads = None,
) -> int:
    """What became of Azure credits day by day, when they end, and what the files say differently.

    The balance report is Partner Center > Billing > Azure Credit Offer balance; `credits.toml` says the same by hand.
    """
    with failing():
        found = expand(sources)
        granted = pec.Credits(*(existing(path) for path in credits_given), mode=mode)
        with reading(found.files) as told:
            answer = pec.aco.balance(
                found.files, credits=granted, prices=prices, invoice=invoice, threads=threads, progress=told or False
            )
    tell_passed_over(found)
    if as_json:
        write(answer.to_json())
    else:
        say(answer.report(width=width()).strip("\n"))
    return DONE


def _tell(answer: pec.CreditOffer, as_json: bool) -> int:
    if as_json:
        write(answer.to_json())
    else:
        say(answer.report(width=width()).strip("\n"))
    return DONE


def _today() -> datetime.date:
    """The only look at a clock: a day that was not given."""
    return datetime.datetime.now(datetime.UTC).date()
