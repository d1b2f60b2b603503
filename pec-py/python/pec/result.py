"""What `pec.Result` leaves to Python: which files a source stands for, and its page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pec import _pec
from pec.paths import at_home, expand
from pec.writing import keep_inputs, whole_folder


def files_of(source: Any) -> list[Any]:  # noqa: ANN401 -- any source
    """The files that a source stands for; what is no file as it is."""
    sources = source if isinstance(source, (list, tuple)) else [source]
    files: list[Path] = expand(one for one in sources if isinstance(one, (str, os.PathLike))).files
    return [*files, *(one for one in sources if not isinstance(one, (str, os.PathLike)))]


def save(result: _pec.Result, directory: str | os.PathLike[str]) -> list[Path]:
    """Writes a result to a folder: its files are whole or not there, and never an input's."""
    folder = Path(at_home(directory))
    with whole_folder(directory) as unfinished:
        places = [folder / file.name for file in _pec.write_result(result, unfinished)]
        keep_inputs(result.files.column("file").to_pylist(), places)
    return places


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
