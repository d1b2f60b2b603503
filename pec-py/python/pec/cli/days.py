"""`pec reconcile`, `explain`, `report`, `evidence`: what the days of usage earned, and why not."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from pec import _pec
from pec.cli.given import all_inputs, given, read_twice, reading, writing
from pec.cli.options import (
    RESULT,
    CreditFiles,
    EvidenceFiles,
    Json,
    NeededEvidenceFiles,
    NeededOut,
    NeededPartnerFile,
    PartnerFile,
    PriceFiles,
    Sources,
    Threads,
    day,
    place,
)
from pec.cli.output import DONE, DONE_WITH_ISSUES, failing, say, tell_passed_over, width, write
from pec.cli.shape import Command, ends, example
from pec.own import PACK, tables_written
from pec.paths import expand
from pec.writing import keep_inputs, whole_folder

PANEL = "The days: what earned, and why not"

commands = typer.Typer()


@commands.command(
    cls=Command,
    rich_help_panel=PANEL,
    epilog=example(
        "pec reconcile examples/data/2026-10 --partner examples/data/partner.toml \\",
        "  --evidence examples/data/evidence --out out/demo",
        then=ends("rows could not be read under --strict"),
    ),
)
def reconcile(
    sources: Sources,
    partner: PartnerFile = None,
    evidence: EvidenceFiles = None,
    prices: PriceFiles = None,
    credits_given: CreditFiles = None,
    as_json: Json = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            parser=place,
            help="Write every table, and a finding for every line, as CSV and Parquet.",
            rich_help_panel=RESULT,
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="End with status 1 where rows could not be read.", rich_help_panel=RESULT),
    ] = False,
    threads: Threads = None,
) -> int:
    """What earned, what did not, since when, and what it cost.

    The daily rated usage is Partner Center > Billing > Billing history > Daily rated usage, as it comes. Cost
    Management's exports of cost details and FOCUS at a partner's scopes are read, too. With --partner and --evidence
    it says who lacked which access, with --prices which products never earn.
    """
    with failing():
        found = expand(sources)
        if out is not None or credits_given:
            read_twice(found.files)
        if out is not None:
            names = tables_written(with_credits=bool(credits_given))
            keep_inputs(
                all_inputs(found.files, partner, evidence, prices, credits_given), (out / name for name in names)
            )
        access = given(partner, evidence, prices, credits_given)
        with reading(found.files) as told:
            result = _pec.reconcile(found.files, **access, threads=threads, progress=told)
        if out is not None:
            with whole_folder(out) as unfinished:
                written = _pec.write_result(result, unfinished)
                with writing(result.lines) as told:
                    written += _pec.write_findings(found.files, result, unfinished, progress=told)
    tell_passed_over(found)
    if as_json:
        write(result.to_json())
    else:
        say(result.report(width=width()).rstrip("\n"))
        if out is not None:
            names = list(dict.fromkeys(path.stem for path in written))
            *tables, findings = (name for name in names if name not in ("report", "result"))
            every = f"{', '.join(tables)} and {findings} (one for every line)"
            say(f"\nWritten to {out}: report as text and JSON; result, to be loaded again; {every} as CSV and Parquet")
    lists = access["prices"].files if "prices" in access else []
    balances = access["credits"].issues if "credits" in access else []
    unread = result.unreadable or balances or any(file["row_issues"] for file in lists)
    return DONE_WITH_ISSUES if strict and unread else DONE


@commands.command(
    cls=Command,
    rich_help_panel=PANEL,
    epilog=example(
        "pec explain examples/data/2026-10 --partner examples/data/partner.toml \\",
        "  --evidence examples/data/evidence --day 2026-10-04 \\",
        "  --subscription 1c86f718-6354-4fc2-ac60-78f489e1b9a0",
        then=ends(),
    ),
)
def explain(
    sources: Sources,
    subscription: Annotated[
        str, typer.Option("--subscription", metavar="ID", help="The Azure subscription (EntitlementId).")
    ],
    on: Annotated[
        datetime.date, typer.Option("--day", metavar="YYYY-MM-DD", parser=day, help="The day of consumption.")
    ],
    partner: PartnerFile = None,
    evidence: EvidenceFiles = None,
    prices: PriceFiles = None,
    credits_given: CreditFiles = None,
    as_json: Json = False,
) -> int:
    """Why an Azure subscription earned or did not on a day: every grant considered, and where it was read.

    Subscription and day of a gap are in the report of `pec reconcile`, which prints this command for the costliest.
    """
    with failing():
        found = expand(sources)
        if credits_given:
            read_twice(found.files)
        access = given(partner, evidence, prices, credits_given)
        explanations = _pec.explain(found.files, subscription=subscription, day=on, **access)
    tell_passed_over(found)
    if as_json:
        write(explanations.to_json())
    else:
        say(explanations.report(width=width()).strip("\n"))
    return DONE


@commands.command(
    cls=Command,
    rich_help_panel=PANEL,
    epilog=example(
        "pec report examples/data/2026-10 --partner examples/data/partner.toml \\",
        "  --evidence examples/data/evidence --html out/october.html",
        then=ends(),
    ),
)
def report(
    sources: Sources,
    html: Annotated[
        Path,
        typer.Option("--html", metavar="FILE", parser=place, help="The page to write.", rich_help_panel=RESULT),
    ],
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="What stands above the page.", rich_help_panel=RESULT),
    ] = None,
    partner: PartnerFile = None,
    evidence: EvidenceFiles = None,
    prices: PriceFiles = None,
    credits_given: CreditFiles = None,
    threads: Threads = None,
) -> int:
    """What `pec reconcile` finds, as one page that needs no network: to read, to filter and to send on.

    With --partner and --evidence it shows the commands that win access back, ready to copy, with --credits what became
    of Azure credits.
    """
    with failing():
        found = expand(sources)
        if credits_given:
            read_twice(found.files)
        keep_inputs(all_inputs(found.files, partner, evidence, prices, credits_given), [html])
        access = given(partner, evidence, prices, credits_given)
        with reading(found.files) as told:
            result = _pec.reconcile(found.files, **access, threads=threads, progress=told)
        from pec import html_report as page

        html.parent.mkdir(parents=True, exist_ok=True)
        page.write(result, html, title=title, source=found.files)
    tell_passed_over(found)
    say(f"Written to {html}")
    return DONE


@commands.command(
    cls=Command,
    rich_help_panel=PANEL,
    epilog=example(
        "pec evidence examples/data/2026-10 --partner examples/data/partner.toml \\",
        "  --evidence examples/data/evidence --from 2026-10-01 --until 2026-11-01 \\",
        "  --customer dee7a2e5-bccf-480b-9cb6-69c132e5c856 --out out/pack",
        then=ends(),
    ),
)
def evidence(
    sources: Sources,
    partner: NeededPartnerFile,
    evidence: NeededEvidenceFiles,
    customer: Annotated[str, typer.Option("--customer", metavar="ID", help="The customer's tenant id (CustomerId).")],
    out: NeededOut,
    prices: PriceFiles = None,
    subscription: Annotated[
        list[str] | None,
        typer.Option(
            "--subscription",
            metavar="ID...",
            help="Azure subscriptions (EntitlementId); by default all of the customer.",
        ),
    ] = None,
    first: Annotated[
        datetime.date | None, typer.Option("--from", metavar="YYYY-MM-DD", parser=day, help="The first day.")
    ] = None,
    until: Annotated[
        datetime.date | None, typer.Option("--until", metavar="YYYY-MM-DD", parser=day, help="The day after the last.")
    ] = None,
) -> int:
    """What a support request on one customer needs, as CSV and a page: lines, grants, days, sources, rules.

    Nothing personal is in it: ids and paths of Azure, no names and no addresses.
    """
    with failing():
        found = expand(sources)
        keep_inputs(all_inputs(found.files, partner, evidence, prices), (out / name for name in PACK))
        access = given(partner, evidence, prices)
        with whole_folder(out) as unfinished, reading(found.files) as told:
            _pec.write_evidence_pack(
                found.files,
                unfinished,
                customer=customer,
                **access,
                subscriptions=subscription or [],
                from_=first,
                until=until,
                progress=told,
            )
    tell_passed_over(found)
    say(f"Written to {out}: index.html to read; lines, grants, days, sources and rules as CSV")
    return DONE
