"""What `pec.Result` leaves to Python: which files a source stands for, and its page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pec import _pec
from pec.paths import expand


def files_of(source: Any) -> list[Any]:  # noqa: ANN401 -- any source
    """The files that a source stands for; what is no file as it is."""
    sources = source if isinstance(source, (list, tuple)) else [source]
    files: list[Path] = expand(one for one in sources if isinstance(one, (str, os.PathLike))).files
    return [*files, *(one for one in sources if not isinstance(one, (str, os.PathLike)))]


def to_html(
    result: _pec.Result,
    path: str | os.PathLike[str] | None,
    title: str | None,
    source: Any,  # noqa: ANN401 -- any source
) -> str | None:
    """The page of a result: its text, or nothing where it is written to a path."""
    from pec import html_report

    if path is None:
        return html_report.html(result, title=title, source=source)
    html_report.write(result, path, title=title, source=source)
    return None
