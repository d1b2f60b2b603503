"""`reconcile` and `explain`: what a source stands for, then `pec._pec`."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from pec import _pec
from pec.evidence import EvidenceLike, PartnerLike, evidence_of, partner_of
from pec.paths import expand
from pec.prices import PricesLike, prices_of

Source: TypeAlias = Any
"""A path, a glob, a folder, an open file, or a table with the Arrow PyCapsule interface."""

Progress: TypeAlias = Callable[[int, int], object]
"""Told the rows and the bytes, unpacked, that were read so far."""


def reconcile(
    source: Source | list[Source] | tuple[Source, ...],
    *,
    partner: PartnerLike | None = None,
    evidence: EvidenceLike | None = None,
    prices: PricesLike | None = None,
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
            Amount columns of tables must be decimals, integers or texts: a float has already lost digits.
        partner: Who earns: a `Partner`, or the path of its `partner.toml`.
        evidence: What exports show of access: an `Evidence`, or folders with a `manifest.json` and files written as
            `[KIND=]FILE[@TIME]`. Needs a partner.
        prices: Price lists of the months of the usage: a `PriceList`, or the paths of the files that Partner Center
            gives for Azure plan consumption and the marketplace, as they come (CSV, gzip or zip).
        threads: Threads to decide on; by default as many as the machine offers.
        progress: `True` for a bar on standard error, or a function that is told the rows and bytes read so far.
        name: The name to report open files and tables by.

    Returns:
        Everything that was found.

    Raises:
        FileNotFoundError: There is nothing at a path.
        TypeError: A source is of a type that cannot be read.
        ReadError: A source cannot be used; the message says what to do.
    """
    found = _sources(source)
    who, shown, listed = partner_of(partner), evidence_of(evidence), prices_of(prices)

    def run(told: Progress | None) -> _pec.Result:
        return _pec.reconcile(
            found, partner=who, evidence=shown, prices=listed, threads=threads, progress=told, name=name
        )

    if progress is True:
        from pec.progress import reading

        with reading(found) as told:
            return run(told)
    return run(progress or None)


def explain(
    source: Source | list[Source] | tuple[Source, ...],
    *,
    subscription: str,
    day: datetime.date,
    partner: PartnerLike | None = None,
    evidence: EvidenceLike | None = None,
    prices: PricesLike | None = None,
) -> _pec.Explanations:
    """Why the lines of an Azure subscription earned or did not on a day, each distinct decision once.

    Args:
        source: Daily rated usage: paths, globs, folders, open files, or a list of these.
        subscription: The Azure subscription (`EntitlementId`).
        day: The day of consumption.
        partner: Who earns, as in `reconcile`.
        evidence: What exports show of access, as in `reconcile`.
        prices: Price lists, as in `reconcile`.

    Returns:
        The decisions, with every grant that was considered and where it was read.
    """
    found, who, shown = _sources(source), partner_of(partner), evidence_of(evidence)
    listed = prices_of(prices)
    return _pec.explain(found, subscription=subscription, day=day, partner=who, evidence=shown, prices=listed)


def _sources(source: Source | list[Source] | tuple[Source, ...]) -> list[Any]:
    """What is to be read, no file twice."""
    sources = source if isinstance(source, (list, tuple)) else [source]
    found: list[Any] = []
    for one in sources:
        if isinstance(one, (str, os.PathLike)):
            found.extend(expand([one]).files)
        else:
            found.append(one)
    found = _once(found)
    if not found:
        raise ValueError("there is nothing to read; pass at least one source")
    return found


def _once(sources: list[Any]) -> list[Any]:
    """Without files that were named before."""
    seen = set()
    once = []
    for source in sources:
        if isinstance(source, Path):
            real = source.resolve()
            if real in seen:
                continue
            seen.add(real)
        once.append(source)
    return once
