"""Which files and folders are looked at."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pec.diagnosis.shape import text_of
from pec.errors import ReadError
from pec.evidence import MANIFEST
from pec.paths import blobs_of, expand, matches

MOST_FILES = 10_000
"""More files than that in folders are an error."""


@dataclass(frozen=True)
class Part:
    """A file, or a folder that is one thing."""

    path: Path
    is_evidence: bool = False


def parts(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Part]:
    """What paths, globs and folders stand for, none twice."""
    seen = set()
    for path in paths:
        for match in matches(path):
            for part in _folder(match) if match.is_dir() else _file(match):
                if (real := part.path.resolve()) not in seen:
                    seen.add(real)
                    yield part


def _file(file: Path) -> Iterator[Part]:
    """A file; a manifest stands for what it lists, too."""
    if file.name == MANIFEST and _lists_evidence(file):
        yield Part(file.parent, is_evidence=True)
        return
    yield Part(file)
    if blobs_of(file) is not None:
        # What is wrong with the manifest, its own diagnosis says.
        with suppress(ReadError):
            yield from map(Part, expand([file]).files)


def _folder(folder: Path) -> Iterator[Part]:
    """The files of a folder and those below; a folder of evidence is one thing, with what its manifest passes over."""
    count = 0
    listed: set[Path] = set()
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(place)
        if _lists_evidence(here / MANIFEST):
            yield Part(here, is_evidence=True)
            listed |= {here / MANIFEST, *_listed(here / MANIFEST)}
        for name in sorted(names):
            count += 1
            if count > MOST_FILES:
                raise ReadError(f"{folder}: more than {MOST_FILES:,} files; name those that are meant", str(folder))
            file = here / name
            # What is no file, such as a pipe, would be waited for.
            if not name.startswith(".") and file not in listed and file.is_file():
                yield Part(file)


def _manifest(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(text_of(file))
    except (OSError, ValueError, RecursionError, ReadError):
        return {}
    return content if isinstance(content, dict) else {}


def _lists_evidence(file: Path) -> bool:
    content = _manifest(file)
    return "version" in content and isinstance(content.get("files"), list)


def _listed(file: Path) -> Iterator[Path]:
    for one in _manifest(file)["files"]:
        if isinstance(one, dict) and isinstance(one.get("path"), str):
            yield file.parent / one["path"]
