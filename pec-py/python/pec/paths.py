"""Which files a path, a glob or a folder stands for."""

from __future__ import annotations

import errno
import filecmp
import glob
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from pec.errors import ReadError

ENDINGS = (".csv", ".json", ".jsonl", ".gz", ".parquet", ".xlsx")
"""The endings of files that a folder without a manifest is read for."""

HIDDEN = (".", "~$")
"""How names of files begin that are no part of a folder: a file manager's, and Excel's while a workbook is open."""

MANIFEST_HEAD = 64 << 10
"""Within so many bytes a manifest has its list of blobs; other `.json` files are not parsed here."""


@dataclass
class Found:
    """Files to read, in order, none twice."""

    files: list[Path] = field(default_factory=list)
    passed_over: dict[Path, str] = field(default_factory=dict)
    """Files of folders that were not read, each with why."""
    copies: dict[Path, Path] = field(default_factory=dict)
    """Files that are not read since they are copies, each with the file that is."""


def expand(paths: Iterable[str | os.PathLike[str]]) -> Found:
    """The files that paths, globs and folders stand for.

    A manifest, and a folder with one, stands for the blobs that the manifest lists. A folder without one stands for its
    files with one of the `ENDINGS`, in the order of their names; its other files are passed over. A file that is named
    twice is read once, and so is one of which there is a copy, as a browser makes when it downloads twice.

    Args:
        paths: Paths, globs and folders.

    Returns:
        The files, those of folders that were passed over, and copies.

    Raises:
        FileNotFoundError: Nothing is at a path, or nothing matches a glob.
        ReadError: A folder holds nothing to read, or lacks a blob that its manifest lists.
    """
    found = Found()
    for path in paths:
        for match in matches(path):
            if match.is_dir():
                files, passed_over = _folder(match)
                found.files += files
                found.passed_over |= passed_over
            elif match.is_file() and (blobs := blobs_of(match)) is not None:
                found.files += _listed(match.parent, match, blobs)
            else:
                found.files.append(match)
    found.files = list(_once(found.files))
    found.copies = copies_among(found.files)
    found.files = [file for file in found.files if file not in found.copies]
    return found


def copies_among(files: Iterable[Path]) -> dict[Path, Path]:
    """The files with the bytes of an earlier one, each with that one."""
    alike: dict[int, list[Path]] = {}
    copies = {}
    for file in files:
        # What is no file, such as a pipe, can be read only once.
        size = file.stat().st_size if file.is_file() else 0
        if not size:
            continue
        of_that_size = alike.setdefault(size, [])
        first = next((one for one in of_that_size if filecmp.cmp(one, file, shallow=False)), None)
        if first is None:
            of_that_size.append(file)
        else:
            copies[file] = first
    return copies


def matches(path: str | os.PathLike[str]) -> list[Path]:
    """What is at a path, or what a glob matches."""
    text = os.fspath(path)
    if isinstance(text, str) and not _could_be_a_path(text):
        first = f"{text[:40]}..."
        raise FileNotFoundError(
            errno.ENOENT, "this is the content of a file and no path; wrap it in io.StringIO", first
        )
    if Path(text).exists():
        return [Path(text)]
    # Only a text is a pattern; a `Path` is meant as it stands.
    if isinstance(path, str) and glob.has_magic(text):
        found = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - takes absolute patterns too
        if found:
            return [Path(match) for match in found]
        raise FileNotFoundError(errno.ENOENT, "no file matches; check the pattern", text)
    address = isinstance(path, str) and "://" in text
    what = "addresses are not read: download it, or pass it opened" if address else "check the path"
    raise FileNotFoundError(errno.ENOENT, f"no such file; {what}", text)


def _could_be_a_path(text: str) -> bool:
    """Not the content of a file: a header or JSON, and a line break behind it."""
    first, line_break, _ = text.partition("\n")
    return not line_break or not any(sign in first for sign in ",;\t[{")


def _once(files: Iterable[Path]) -> Iterator[Path]:
    seen = set()
    for file in files:
        real = file.resolve()
        if real not in seen:
            seen.add(real)
            yield file


def _folder(folder: Path) -> tuple[list[Path], dict[Path, str]]:
    """The files of a folder to read, and those to pass over with why."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith(HIDDEN))
    manifests = {file: blobs for file in files if (blobs := blobs_of(file)) is not None}
    if manifests:
        listed = [blob for manifest, blobs in manifests.items() for blob in _listed(folder, manifest, blobs)]
        read = [*listed, *manifests]
        return listed, dict.fromkeys((file for file in files if file not in read), "not in the manifest")
    usable = [file for file in files if file.name.lower().endswith(ENDINGS)]
    if not usable:
        raise ReadError(
            f"{folder}: no usage files in this folder; expected .csv, .json, .jsonl, plain or .gz, .parquet or .xlsx",
            str(folder),
        )
    return usable, dict.fromkeys((file for file in files if file not in usable), "no usage file by its name")


def blobs_of(file: Path) -> list[Any] | None:
    """The blobs that a manifest lists; none where the file is no manifest.

    Both the General Availability and the beta form have `blobs`, a list of objects with `name`; in exports of Cost
    Management they have `blobName`. The answer of an export's operation holds the manifest under `resourceLocation`.
    """
    if file.suffix.lower() != ".json":
        return None
    with file.open("rb") as head:
        if b'"blobs"' not in head.read(MANIFEST_HEAD):
            return None
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if isinstance(content, dict) and isinstance(content.get("resourceLocation"), dict):
        content = content["resourceLocation"]
    blobs = content.get("blobs") if isinstance(content, dict) else None
    return blobs if isinstance(blobs, list) else None


def _listed(folder: Path, manifest: Path, blobs: list[Any]) -> list[Path]:
    if not blobs:
        raise ReadError(f"{manifest}: the manifest lists no blobs; export again", str(manifest))
    return [_blob(folder, manifest, blob) for blob in blobs]


def _blob(folder: Path, manifest: Path, blob: object) -> Path:
    name = blob.get("name", blob.get("blobName")) if isinstance(blob, dict) else blob
    if not isinstance(name, str) or not name:
        raise ReadError(f"{manifest}: a blob has no name; export again", str(manifest))
    # A name may be the blob's address; what was downloaded has its last part, and never lies outside the folder.
    parts = [part for part in PurePosixPath(unquote(urlsplit(name).path)).parts if part not in ("/", "..", ".")]
    for start in range(len(parts)):
        if (file := folder.joinpath(*parts[start:])).is_file():
            return file
    raise ReadError(f"{manifest}: blob `{name}` is not in the folder; download it", str(manifest))
