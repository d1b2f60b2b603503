"""Bars on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def reading(sources: Sequence[Any]) -> Iterator[Callable[[int, int], None]]:
    """A bar while sources are read; how long it is can only be told of files that are not packed.

    Args:
        sources: What is read.

    Yields:
        What to tell the rows and bytes read so far.
    """
    files = [source for source in sources if isinstance(source, Path) and source.suffix.lower() != ".gz"]
    total = sum(file.stat().st_size for file in files) if len(files) == len(sources) else None
    with _bar("reading", total) as update:
        yield lambda rows, done: update(done, rows)


@contextmanager
def writing(rows: int) -> Iterator[Callable[[int, int], None]]:
    """A bar while findings are written.

    Args:
        rows: How many there are.

    Yields:
        What to tell the rows written so far.
    """
    with _bar("writing", rows) as update:
        yield lambda rows, _: update(rows, rows)


@contextmanager
def _bar(doing: str, total: int | None) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=total, rows="0")
        yield lambda done, rows: progress.update(task, completed=done, rows=f"{rows:,}")
