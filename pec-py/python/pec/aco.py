"""The Azure Credit Offer (ACO): its size, its table month by month, the end of a balance, and what a request needs.

    from pec import aco

    print(aco.table(credit=500, acr=[75, 85, 90, 112, 85, 100], on=datetime.date(2024, 1, 15)).report())

Amounts are US dollars, given as `Decimal`, `int` or `str`, never as `float`. Days are given: nothing
here looks at a clock.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pec import _pec
from pec._pec import CreditOffer, CreditStatus
from pec.credits import CreditsLike, credits_of
from pec.prices import PricesLike, prices_of

if TYPE_CHECKING:
    from decimal import Decimal

    from pec.run import Progress
    from pec.sources import Source

__all__ = ["CreditOffer", "CreditStatus", "balance", "forecast", "plan", "size", "table"]


def table(
    *,
    credit: Decimal | int | str,
    acr: Sequence[Decimal | int | str],
    on: datetime.date,
    mode: Literal["deck", "daily"] = "deck",
    eligible_share: Decimal | int | str | None = None,
    expires_after: int | None = None,
) -> CreditOffer:
    """The table of Microsoft's deck, for any credit and any ACR (Azure consumed revenue).

    Args:
        credit: The credit that was granted.
        acr: Usage at list price that the credit covers, for each month in order.
        on: The day whose rate holds.
        mode: How the month earns in which the balance ends: at a flat rate (`deck`), or by its
            eligible share (`daily`).
        eligible_share: The share of usage that earns by the ordinary rules, from 0 to 1; by default all of it.
        expires_after: The last month in which the credit pays, counted from 1; by default it does not expire.

    Returns:
        `months`, their `totals`, and the same usage `with` and `without` the offer. `pec` and `invoice` of a month
        are cut to cents; where that took something, `pec_exact` and `invoice_exact` stand beside them.

    Raises:
        TypeError: An amount is a float.
        ValueError: An amount is no number, negative or too large.
        ProgrammeError: Nothing is known of that day.
    """
    return _pec.aco_table(
        credit=credit, acr=acr, on=on, mode=mode, eligible_share=eligible_share, expires_after=expires_after
    )


def size(
    *,
    acr: Decimal | int | str,
    on: datetime.date,
    eligible_share: Decimal | int | str | None = None,
) -> CreditOffer:
    """The credit that a deal gets, and what it is worth.

    Args:
        acr: The estimated incremental ACR of 12 months.
        on: The day whose ratio and threshold hold; the offer is known from 2023-07-01 on.
        eligible_share: The share of usage that earns by the ordinary rules, from 0 to 1; by default all of it.

    Returns:
        `credit`, `eligible`, `threshold`, `shortfall`, `ratio`, the 12 months `with` and `without` the offer, and
        whether the values were `verified` for the day.

    Raises:
        TypeError: An amount is a float.
        ValueError: An amount is no number, negative or too large.
        ProgrammeError: Nothing is known of the offer on that day.
    """
    return _pec.aco_size(acr=acr, on=on, eligible_share=eligible_share)


def forecast(
    *,
    balance: Decimal | int | str,
    acr: Sequence[Decimal | int | str],
    first_month: datetime.date | None = None,
) -> CreditOffer:
    """When a balance ends, if the months to come are like the given ones.

    Args:
        balance: What is left of the credit.
        acr: The ACR of some months, such as the last ones.
        first_month: The first day of the first month to come; without it the end has a month's number and no day.

    Returns:
        The `likely` end, at the mean of the months; the `earliest`, at the highest; the `latest`, at the lowest.

    Raises:
        TypeError: An amount is a float.
        ValueError: An amount is no number, negative or too large, or `first_month` is no first day.
    """
    return _pec.aco_forecast(balance=balance, acr=acr, first_month=first_month)


def plan(path: str | os.PathLike[str], /, *, today: datetime.date) -> CreditOffer:
    """What a request needs: its size, its prerequisites, the days of its agreement.

    Args:
        path: An `offer.toml`.
        today: The day to look from.

    Returns:
        `readiness`, `sizing`, `prerequisites` each with status, owner and remedy, the `agreement` so far, and the
        `timeline` of what is to come.

    Raises:
        FileNotFoundError: There is nothing at the path.
        ReadError: A line cannot be read, or a step of the agreement is not possible; the message says what is.
        ProgrammeError: Nothing is known of the offer on that day.
    """
    return _pec.aco_plan(path, today=today)


def balance(
    daily: Source | list[Source] | tuple[Source, ...],
    *,
    credits: CreditsLike,
    prices: PricesLike | None = None,
    invoice: Source | list[Source] | tuple[Source, ...] | None = None,
    threads: int | None = None,
    progress: bool | Progress = False,
) -> CreditStatus:
    """What became of Azure credits by day, when they end, and what the files say differently.

    Credit is drawn at list price on Microsoft's own usage of the Azure plan, whoever had access, the credit that
    expires first before others; on the day on which a balance ends, that day's lines share what was left.

    Args:
        daily: Daily rated usage, as `pec.reconcile` takes it: all lines of the customers with a credit.
        credits: `pec.Credits`, or the paths of a `credits.toml` and of balance reports.
        prices: Price lists, which tell third parties' products.
        invoice: Invoice reconciliation files of the same months, whose Azure credits are compared with the drawdown.
        threads: Threads to read on; by default as many as the machine offers.
        progress: `True` for a bar on standard error, or a function that is told the rows and bytes read so far.

    Returns:
        Tables `credits`, `months` and `days`, rows of balance reports that could not be used (`issues`), and the same
        as JSON and as text.

    Raises:
        FileNotFoundError: There is nothing at a path.
        ReadError: A file cannot be used; the message says what to do.
    """
    from pec.run import with_progress
    from pec.sources import sources_of

    lines = sources_of(daily)
    of_invoice = None if invoice is None else sources_of(invoice)
    granted, listed = credits_of(credits), prices_of(prices)

    def run(told: Progress | None) -> CreditStatus:
        return _pec.aco_balance(
            lines, credits=granted, prices=listed, invoice=of_invoice, threads=threads, progress=told
        )

    return with_progress(lines, progress, run)
