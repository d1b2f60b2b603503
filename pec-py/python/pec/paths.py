"""Which files a path, a glob or a folder stands for."""

from __future__ import annotations

import errno
import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from pec.errors import ReadError
from pec.own import is_own

T = TypeVar("T")

ENDINGS = (".csv", ".json", ".jsonl", ".gz", ".parquet", ".xlsx")
"""The endings of files that a folder without a manifest is read for."""

HIDDEN = (".", "~$")
"""How names of files begin that are no part of a folder: a file manager's, and Excel's while a workbook is open."""

OWN = "own tables of pec, from an earlier run; passed over"
"""Why the tables of a folder are not read."""

CHUNK = 1 << 20
"""How much of two files is compared at once."""

ADDRESS = "://"
"""What tells an address from a path."""

MANIFEST_HEAD = 64 << 10
"""Within so many bytes a manifest has its list of blobs; other `.json` files are not parsed here."""


@dataclass
class Found:
    """Files to read, in order, none twice."""

    files: list[Path] = field(default_factory=list)
    passed_over: dict[Path, str] = field(default_factory=dict)
    """Files of folders, and folders inside them, that were not read, each with why."""
    copies: dict[Path, Path] = field(default_factory=dict)
    """Packed files that are not read since they lie unpacked beside it, each with the file that is."""
    unlisted: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """Manifests that count more blobs than they list, each with both numbers."""

    def __iadd__(self, other: Found) -> Found:
        """With what another path stands for."""
        self.files += other.files
        self.passed_over |= other.passed_over
        self.copies |= other.copies
        self.unlisted |= other.unlisted
        return self

    def told(self) -> Iterator[str]:
        """A sentence for all that is not read."""
        for one, why in self.passed_over.items():
            yield f"{one}: {why}"
        for copy, first in self.copies.items():
            yield f"{copy}: the same bytes as {first}; read once"
        for manifest, (counted, listed) in self.unlisted.items():
            yield f"{manifest}: counts {counted} blobs and lists {listed}, so some are not read; export again"


def expand(paths: Iterable[str | os.PathLike[str]]) -> Found:
    """The files that paths, globs and folders stand for.

    A manifest, and a folder with one, stands for the blobs that the manifest lists. A folder without one stands for its
    files with one of the `ENDINGS`, in the order of their names; its other files, tables that pec wrote there, and the
    folders inside it are passed over. A folder that has no such file stands for the folders inside it. A file that is
    named twice is read once, and so is a packed file beside what was unpacked from it. All others count, whatever bytes
    they share: parts of an export may be equal.

    Args:
        paths: Paths, globs and folders.

    Returns:
        The files, those of folders that were passed over, and packed copies.

    Raises:
        FileNotFoundError: Nothing is at a path, or nothing matches a glob.
        ReadError: A folder holds nothing to read, or lacks a blob that its manifest lists.
    """
    found = Found()
    for path in paths:
        found += _of(matches(path))
    found.files = once(found.files)
    found.copies = copies_among(found.files)
    found.files = [file for file in found.files if file not in found.copies]
    return found


def _of(matched: list[Path]) -> Found:
    """What is to be read of what a path or a glob matched."""
    found = Found()
    own = []
    for match in matched:
        if match.is_dir():
            found += _folder(match)
        elif is_own(match):
            own.append(match)
        elif match.is_file() and (manifest := _manifest(match)) is not None:
            found += _listed(match.parent, match, manifest)
        else:
            found.files.append(match)
    if own and not found.files:
        raise _only_own(own[0] if len(own) == 1 else own[0].parent)
    found.passed_over |= dict.fromkeys((file.parent for file in own), OWN)
    return found


def _only_own(path: Path) -> ReadError:
    return ReadError(f"{path}: own tables of pec, no usage; name the usage that they were made of", str(path))


def copies_among(files: Iterable[Path]) -> dict[Path, Path]:
    """Packed files beside what was unpacked from them, each with that one."""
    read = set(files)
    pairs = ((file, file.with_suffix("")) for file in sorted(read) if file.suffix.lower() == ".gz")
    return {packed: plain for packed, plain in pairs if plain in read and _unpacks_to(packed, plain)}


def _unpacks_to(packed: Path, plain: Path) -> bool:
    """Does a file hold the bytes of another, packed?"""
    if not (packed.is_file() and plain.is_file()):
        return False
    import gzip
    import zlib

    try:
        with gzip.open(packed) as one, plain.open("rb") as other:
            while (chunk := one.read(CHUNK)) == other.read(CHUNK):
                if not chunk:
                    return True
    except (OSError, EOFError, zlib.error):
        # What is wrong with it, reading it will say.
        return False
    return False


def matches(path: str | os.PathLike[str]) -> list[Path]:
    """What is at a path, or what a glob matches."""
    if not os.fspath(path):
        raise ValueError("a source is an empty text; name a file or a folder, `.` for the current one")
    text = at_home(path)
    if isinstance(text, str) and not _could_be_a_path(text):
        first = f"{text[:40]}..."
        raise FileNotFoundError(
            errno.ENOENT, "this is the content of a file and no path; wrap it in io.StringIO", first
        )
    if Path(text).exists():
        return [Path(text)]
    # Only a text is a pattern or an address; a `Path` is meant as it stands.
    if isinstance(path, str) and ADDRESS in text:
        raise not_there(text)
    if isinstance(path, str) and glob.has_magic(text):
        found = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - takes absolute patterns too
        if found:
            return [Path(match) for match in found]
        raise FileNotFoundError(errno.ENOENT, "no file matches; check the pattern", text)
    raise not_there(text)


def at_home(path: str | os.PathLike[str]) -> str:
    """The text of a path; a text that begins with `~` is one in the home folder, where no file has that name."""
    text = os.fspath(path)
    if isinstance(path, str) and text.startswith("~") and not Path(text).exists():
        return os.path.expanduser(text)  # noqa: PTH111 - leaves a name alone that is no user's
    return text


def not_there(text: str) -> FileNotFoundError:
    """The error that nothing is at a path; of an address without its query, which may hold a signature."""
    if ADDRESS not in text:
        return FileNotFoundError(errno.ENOENT, "no such file; check the path", text)
    what = "no such file; addresses are not read: download it, or pass it opened"
    return FileNotFoundError(errno.ENOENT, what, text.partition("?")[0])


def _could_be_a_path(text: str) -> bool:
    """Not the content of a file: a header or JSON, and a line break behind it."""
    first, line_break, _ = text.partition("\n")
    return not line_break or not any(sign in first for sign in ",;\t[{")


def once(files: Iterable[T]) -> list[T]:
    """Without files that were named before, by the same path or by a link; what is no path stays."""
    seen = set()
    kept = []
    for file in files:
        if isinstance(file, Path):
            status = file.stat()
            # A file system without such numbers has zeros.
            one = (status.st_dev, status.st_ino) if status.st_ino else file.resolve()
            if one in seen:
                continue
            seen.add(one)
        kept.append(file)
    return kept


def _folder(folder: Path) -> Found:
    """The files of a folder to read, and what is to be passed over."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith(HIDDEN))
    own = [file for file in files if is_own(file)]
    files = [file for file in files if file not in own]
    manifests = {file: manifest for file in files if (manifest := _manifest(file)) is not None}
    found = Found(passed_over={folder: OWN} if own else {})
    if manifests:
        for file, manifest in manifests.items():
            found += _listed(folder, file, manifest)
        others = (file for file in files if file not in (*found.files, *manifests))
        found.passed_over |= dict.fromkeys(others, "not in the manifest; passed over")
        return found
    found.files = [file for file in files if file.name.lower().endswith(ENDINGS)]
    inside = [one for one in _folders(folder) if _has_usable(one)]
    if own and not found.files and not inside:
        raise _only_own(folder)
    if not found.files and not inside:
        raise ReadError(
            f"{folder}: no usage files in this folder; expected .csv, .json, .jsonl, plain or .gz, .parquet or .xlsx",
            str(folder),
        )
    others = (file for file in files if file not in found.files)
    found.passed_over |= dict.fromkeys(others, "no usage file by its name; passed over")
    if found.files:
        why = "a folder beside usage files; passed over, name it too if its files are usage"
        found.passed_over |= dict.fromkeys(inside, why)
    else:
        for one in inside:
            found += _folder(one)
    return found


def _folders(folder: Path) -> list[Path]:
    """The folders inside a folder; a link may lead back up."""
    return sorted(
        one for one in folder.iterdir() if one.is_dir() and not one.is_symlink() and not one.name.startswith(HIDDEN)
    )


def _has_usable(folder: Path) -> bool:
    """Is a file that would be read in a folder, or in one inside it?"""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        usable = (name for name in names if name.lower().endswith(ENDINGS) and not name.startswith(HIDDEN))
        if any(not is_own(Path(place, name)) for name in usable):
            return True
    return False


def blobs_of(file: Path) -> list[Any] | None:
    """The blobs that a manifest lists; none where the file is no manifest."""
    manifest = _manifest(file)
    return None if manifest is None else manifest["blobs"]


def _manifest(file: Path) -> dict[str, Any] | None:
    """What a manifest says; nothing where the file is none.

    Both the General Availability and the beta form have `blobs`, a list of objects with `name`; in exports of Cost
    Management they have `blobName`. The answer of an export's operation holds the manifest under `resourceLocation`.
    """
    if file.suffix.lower() != ".json":
        return None
    with file.open("rb") as head:
        if b'"blobs"' not in head.read(MANIFEST_HEAD):
            return None
    import json

    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if isinstance(content, dict) and isinstance(content.get("resourceLocation"), dict):
        content = content["resourceLocation"]
    return content if isinstance(content, dict) and isinstance(content.get("blobs"), list) else None


def _listed(folder: Path, manifest: Path, content: dict[str, Any]) -> Found:
    blobs = content["blobs"]
    if not blobs:
        raise ReadError(f"{manifest}: the manifest lists no blobs; export again", str(manifest))
    found = Found([_blob(folder, manifest, blob) for blob in blobs])
    counted = content.get("blobCount")
    if isinstance(counted, int) and counted > len(blobs):
        found.unlisted[manifest] = (counted, len(blobs))
    return found


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
