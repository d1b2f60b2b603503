"""A bar on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def bar(sources: Sequence[Any], doing: str = "reading") -> Iterator[Callable[[int, int], None]]:
    """A bar while sources are read.

    Args:
        sources: What is read. How long it is can only be told of files that are not packed.
        doing: The word before the bar.

    Yields:
        What to tell the rows and bytes read so far.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TextColumn("{task.fields[rows]} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=_bytes(sources), rows="0")

        def told(rows: int, done: int) -> None:
            progress.update(task, completed=done, rows=f"{rows:,}")

        yield told


def _bytes(sources: Sequence[Any]) -> int | None:
    """How many bytes will be read, where that can be told."""
    files = [source for source in sources if isinstance(source, Path) and source.suffix.lower() != ".gz"]
    return sum(file.stat().st_size for file in files) if len(files) == len(sources) else None
