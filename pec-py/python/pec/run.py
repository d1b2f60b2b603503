"""What is called: what a source, a partner and its evidence stand for, then `pec._pec`."""

from __future__ import annotations

import datetime
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from pec import _pec
from pec.credits import CreditsLike, credits_of
from pec.evidence import EvidenceLike, PartnerLike, evidence_of, partner_of
from pec.own import PACK
from pec.paths import at_home
from pec.prices import PricesLike, prices_of
from pec.sources import Source, sources_of
from pec.writing import keep_inputs, whole_folder

if TYPE_CHECKING:
    from decimal import Decimal

    from arro3.core import Table

Progress: TypeAlias = Callable[[int, int], object]
"""Told the rows and the bytes, unpacked, that were read so far."""

LOG = logging.getLogger("pec")

T = TypeVar("T")


def reconcile(
    source: Source | list[Source] | tuple[Source, ...],
    *,
    partner: PartnerLike | None = None,
    evidence: EvidenceLike | None = None,
    prices: PricesLike | None = None,
    credits: CreditsLike | None = None,
    drawdown: _pec.Drawdown | None = None,
    threads: int | None = None,
    progress: bool | Progress = False,
    name: str | None = None,
) -> _pec.Result:
    """Reads daily rated usage, decides every line, and sums.

    The same rows give the same result, whatever their order, their files and the number of threads.

    Args:
        source: A path, a glob, a folder (with or without an export's manifest), an open file (binary or text), a
            Polars, pandas, PyArrow or DuckDB table or any other object with the Arrow PyCapsule interface, or a list
            of these.
            Amount columns of tables must be decimals, integers or texts: a float has already lost digits. Load a CSV
            as text: `dtype=str` in pandas, `infer_schema=False` in Polars, `all_varchar = true` in DuckDB.
        partner: Who earns: a `Partner`, or the path of its `partner.toml`.
        evidence: What exports show of access: an `Evidence`, or folders with a `manifest.json` and files written as
            `[KIND=]FILE[@TIME]`. Needs a partner.
        prices: Price lists of the months of the usage: a `PriceList`, or the paths of the files that Partner Center
            gives for Azure plan consumption and the marketplace, as they come (CSV, gzip or zip).
        credits: Azure credits to draw down: `Credits`, or the paths of a `credits.toml` and of balance reports. The
            source is then read twice, so an open file must be able to go back.
        drawdown: What Azure credits pay, in place of `credits`, where the source is a part of all usage: a `Drawdown`
            of the `credit_usage` of all parts.
        threads: Threads to decide on; by default as many as the machine offers.
        progress: `True` for a bar on standard error, or a function that is told the rows and bytes read so far.
        name: The name to report open files and tables by.

    Returns:
        Everything that was found.

    Raises:
        FileNotFoundError: There is nothing at a path.
        TypeError: A source is of a type that cannot be read.
        ValueError: Both `credits` and `drawdown`.
        ReadError: A source cannot be used; the message says what to do.

    Warns:
        PecWarning: A file of a folder was passed over: it is not in the manifest, or no usage file by its name. Or a
            folder inside it was, or a packed file lies beside what was unpacked from it, which is read. Or a manifest
            lists less than it counts.
    """
    found = sources_of(source)
    who, shown, listed = partner_of(partner), evidence_of(evidence), prices_of(prices)
    granted = credits_of(credits)

    def run(told: Progress | None) -> _pec.Result:
        result = _pec.reconcile(
            found,
            partner=who,
            evidence=shown,
            prices=listed,
            credits=granted,
            drawdown=drawdown,
            threads=threads,
            progress=told,
            name=name,
        )
        LOG.info("reconcile: sources %d, rows %d, unreadable %d", len(found), result.lines, result.unreadable)
        return result

    return with_progress(found, progress, run)


def credit_usage(
    source: Source | list[Source] | tuple[Source, ...],
    *,
    prices: PricesLike | None = None,
    threads: int | None = None,
    progress: bool | Progress = False,
    name: str | None = None,
) -> _pec.CreditUsage:
    """Sums what draws on Azure credits: the first of two passes, where each part of the usage has its own worker.

    A balance is drawn by all usage of a customer, so workers cannot draw it down apart. Each sums its part; the sums
    `merge`; a `Drawdown` of them is what each worker then decides its lines with. `reconcile` with `credits` does all
    of that at once.

    Args:
        source: Daily rated usage, as in `reconcile`.
        prices: Price lists, as in `reconcile`: what a third party sells draws on no credit.
        threads: Threads to read on; by default as many as the machine offers.
        progress: `True` for a bar on standard error, or a function that is told the rows and bytes read so far.
        name: The name to report open files and tables by.

    Returns:
        List cost of what draws, by customer, currency and day.
    """
    found, listed = sources_of(source), prices_of(prices)

    def run(told: Progress | None) -> _pec.CreditUsage:
        usage = _pec.credit_usage(found, prices=listed, threads=threads, progress=told, name=name)
        LOG.info("credit_usage: sources %d", len(found))
        return usage

    return with_progress(found, progress, run)


def explain(
    source: Source | list[Source] | tuple[Source, ...],
    *,
    subscription: str,
    day: datetime.date,
    partner: PartnerLike | None = None,
    evidence: EvidenceLike | None = None,
    prices: PricesLike | None = None,
    credits: CreditsLike | None = None,
    drawdown: _pec.Drawdown | None = None,
) -> _pec.Explanations:
    """Why the lines of an Azure subscription earned or did not on a day, each distinct decision once.

    Args:
        source: Daily rated usage, as in `reconcile`.
        subscription: The Azure subscription (`EntitlementId`).
        day: The day of consumption.
        partner: Who earns, as in `reconcile`.
        evidence: What exports show of access, as in `reconcile`.
        prices: Price lists, as in `reconcile`.
        credits: Azure credits, as in `reconcile`.
        drawdown: What they pay, as in `reconcile`.

    Returns:
        The decisions, with every grant that was considered and where it was read.
    """
    found, who, shown = sources_of(source), partner_of(partner), evidence_of(evidence)
    listed, granted = prices_of(prices), credits_of(credits)
    decisions = _pec.explain(
        found,
        subscription=subscription,
        day=day,
        partner=who,
        evidence=shown,
        prices=listed,
        credits=granted,
        drawdown=drawdown,
    )
    LOG.info(
        "explain: sources %d, subscription %s, day %s, decisions %d", len(found), subscription, day, len(decisions)
    )
    return decisions


def judge(
    record: Mapping[str, str | int | Decimal | bool | datetime.date | None],
    /,
    *,
    partner: PartnerLike | None = None,
    evidence: EvidenceLike | None = None,
    prices: PricesLike | None = None,
) -> _pec.Judgement:
    """Judges one record of daily rated usage.

    Names are taken in every spelling that exports have had; columns of no meaning are passed over. For many records
    make `Partner` and `Evidence` once: they are compiled with the first record and kept.

    Args:
        record: Column names and values. Amounts are `Decimal`, `int`, or `str` as exported; `None` is a blank cell.
        partner: Who earns, as in `reconcile`.
        evidence: What exports show of access, as in `reconcile`.
        prices: Price lists, as in `reconcile`; make a `PriceList` once, too.

    Returns:
        What the record earns, and why.

    Raises:
        TypeError: An amount is a float, which has already lost digits.
        ReadError: A needed column is absent.
        RowIssueError: A value cannot be read; the message names column, what was found and what was expected.
    """
    if partner is None and evidence is None and prices is None:
        return _pec.judge(record)
    who, shown, listed = partner_of(partner), evidence_of(evidence), prices_of(prices)
    return _pec.judge(record, partner=who, evidence=shown, prices=listed)


def access_timeline(*, partner: PartnerLike, evidence: EvidenceLike) -> Table:
    """Every grant over time: a row for each stretch in which it is held, or may be, and stands one way.

    Between its rows a grant was not held. `counts` is `yes`, `no`, `unknown` or `other_partner`, and `because` names
    the findings. A grant is looked at where it was given, as if each organization of the partner file earned there;
    `explain` decides by the customer and the reseller of a line. The customer's own users are left out.

    Args:
        partner: Who earns, as in `reconcile`.
        evidence: What exports show of access, as in `reconcile`.

    Returns:
        A table as those of `Result`: `subscription` (null above subscriptions), `scope`, `path`, `role`, `role_name`,
        `principal`, `managing_tenant`, `from`, `until` (null where the end is open), `state` (`held` or `unknown`),
        `assumed`, `counts`, `because`, `evidence`.
    """
    return _pec.access_timeline(partner=partner_of(partner), evidence=evidence_of(evidence))


def write_evidence_pack(
    source: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    directory: str | os.PathLike[str],
    *,
    customer: str,
    partner: PartnerLike,
    evidence: EvidenceLike,
    subscriptions: Iterable[str] = (),
    from_: datetime.date | None = None,
    until: datetime.date | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Writes what a support request on one customer needs, as CSV and as a page, with nothing personal in it.

    `lines.csv` has the lines that neither earned nor are excluded by design, in the order of the files; `grants.csv`
    who held access to them; `days.csv` why, for each subscription and day; `sources.csv` every file with its SHA-256;
    `rules.csv` the rules and values with their documents; `index.html` all of it to read. The sums are those of
    `reconcile` for these lines.

    Args:
        source: Daily rated usage: paths, globs and folders. They are read twice.
        directory: Made where it does not exist; files of the same names are replaced.
        customer: The customer's tenant id.
        partner: Who earns, as in `reconcile`.
        evidence: What exports show of access, as in `reconcile`.
        subscriptions: Ids of Azure subscriptions; by default all of the customer.
        from_: The first day.
        until: The day after the last.
        progress: Told the rows and bytes read so far.

    Returns:
        The paths that were written.

    Raises:
        ValueError: The customer has no such lines; the message says what there is. Or an input would be overwritten.
    """
    found = sources_of([source] if isinstance(source, (str, os.PathLike)) else list(source))
    keep_inputs(found, (Path(at_home(directory), name) for name in PACK))
    who, shown = partner_of(partner), evidence_of(evidence)
    with whole_folder(directory) as unfinished:
        written = _pec.write_evidence_pack(
            found,
            unfinished,
            customer=customer,
            partner=who,
            evidence=shown,
            subscriptions=list(subscriptions),
            from_=from_,
            until=until,
            progress=progress,
        )
    return [Path(at_home(directory), file.name) for file in written]


def access_diff(
    old: EvidenceLike,
    new: EvidenceLike,
    *,
    partner: PartnerLike,
    usage: Source | list[Source] | tuple[Source, ...] | None = None,
) -> _pec.AccessDiff:
    """What became of grants that carry PEC between two exports of access.

    Args:
        old: The old exports, as the evidence of `reconcile`.
        new: The new exports.
        partner: Who earns, as in `reconcile`.
        usage: Daily rated usage that says what the changes cost, as in `reconcile`.

    Returns:
        What is lost, what will end, what came, and what could not be compared.
    """
    before, now = evidence_of(old), evidence_of(new)
    found = None if usage is None else sources_of(usage)
    return _pec.access_diff(before, now, partner=partner_of(partner), usage=found)


def access_alert(
    evidence: EvidenceLike,
    *,
    partner: PartnerLike,
    subscription: str | None = None,
    action_group: str | None = None,
) -> str:
    """An Azure Monitor activity-log alert on the deletion of access that carries PEC, as Bicep.

    Args:
        evidence: Exports of access, as in `reconcile`.
        partner: Who earns, as in `reconcile`.
        subscription: Only the rules of this Azure subscription.
        action_group: The resource id of the action group that is told; else the deployment asks for it.

    Returns:
        The text of a Bicep file.

    Raises:
        ValueError: No grant in an Azure subscription carries PEC.
    """
    return _pec.access_alert(
        evidence_of(evidence), partner=partner_of(partner), subscription=subscription, action_group=action_group
    )


def tie_out(
    daily: Source | list[Source] | tuple[Source, ...],
    *,
    invoice: Source | list[Source] | tuple[Source, ...],
    threads: int | None = None,
    progress: bool | Progress = False,
) -> _pec.TieOut:
    """Compares daily rated usage with the invoice, meter by meter, to the cent.

    The invoice is computed again from the exact sums of the daily lines; what does not tie is told with its causes.

    Args:
        daily: Billed daily rated usage of the invoice, as `reconcile` takes it. Needs the ids of plan, product, SKU and
            availability, which attribute set `basic` lacks.
        invoice: Invoice reconciliation files of the same month: paths, globs, folders, open files, or a list of these.
        threads: Threads to read on; by default as many as the machine offers.
        progress: `True` for a bar on standard error, or a function that is told the rows and bytes read so far.

    Returns:
        Which keys tie and which do not, and the way from list cost to the invoice's total.

    Raises:
        FileNotFoundError: There is nothing at a path.
        TypeError: A source is of a type that cannot be read.
        ReadError: A source cannot be used; the message says what to do.
    """
    lines, of_invoice = sources_of(daily), sources_of(invoice)

    def run(told: Progress | None) -> _pec.TieOut:
        found = _pec.tie_out(lines, invoice=of_invoice, threads=threads, progress=told)
        read = len(lines) + len(of_invoice)
        LOG.info("tie_out: sources %d, keys %d, tied %d, unreadable %d", read, found.keys, found.tied, found.unreadable)
        return found

    return with_progress(lines, progress, run)


def with_progress(sources: list[Any], progress: bool | Progress, run: Callable[[Progress | None], T]) -> T:
    """Runs with a bar, a function that is told, or neither."""
    if progress is True:
        from pec.progress import reading

        with reading(sources) as told:
            return run(told)
    return run(progress or None)
