"""Bars on standard error: how much is done, how fast, and how long it will take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

PACKED = (".gz", ".zip", ".parquet", ".xlsx")
"""Of these files the size says nothing of what is read from them."""


@contextmanager
def reading(sources: Sequence[Any]) -> Iterator[Callable[[int, int], None]]:
    """A bar while sources are read; its length, and so the time left, can only be told of files that are not packed.

    Args:
        sources: What is read.

    Yields:
        What to tell the rows and bytes read so far.
    """
    files = [source for source in sources if isinstance(source, Path) and source.suffix.lower() not in PACKED]
    total = sum(file.stat().st_size for file in files) if files and len(files) == len(sources) else None
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


class _Rate(ProgressColumn):
    """Rows in a second, over all the time."""

    def render(self, task: Task) -> Text:
        """The rate; nothing before the first rows."""
        rows: int = task.fields["rows"]
        return Text(f"{rows / task.elapsed:,.0f} rows/s" if rows and task.elapsed else "", style="progress.data.speed")


@contextmanager
def _bar(doing: str, total: int | None) -> Iterator[Callable[[int, int], None]]:
    columns = [TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]:,} rows"), _Rate()]
    # Without a length there is no share and no time left to tell.
    times = (
        [TimeElapsedColumn()] if total is None else [TaskProgressColumn(), TimeRemainingColumn(), TimeElapsedColumn()]
    )
    with Progress(*columns, *times, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=total, rows=0)
        yield lambda done, rows: progress.update(task, completed=done, rows=rows)
