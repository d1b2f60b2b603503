"""`reconcile`: what a source stands for, then `pec._pec`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from pec import _pec
from pec.paths import expand

Source: TypeAlias = Any
"""A path, a glob, a folder, an open file, or a table with the Arrow PyCapsule interface."""

Progress: TypeAlias = Callable[[int, int], object]
"""Told the rows and the bytes, unpacked, that were read so far."""


def reconcile(
    source: Source | list[Source] | tuple[Source, ...],
    *,
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
    if progress is True:
        from pec.progress import reading

        with reading(found) as told:
            return _pec.reconcile(found, threads=threads, progress=told, name=name)
    return _pec.reconcile(found, threads=threads, progress=progress or None, name=name)


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
