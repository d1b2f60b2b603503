"""Which files of evidence a text of the command or of a call stands for, and the partner beside them."""

from __future__ import annotations

import datetime
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias, overload

from pec import _pec
from pec.paths import at_home, not_there

PartnerLike: TypeAlias = _pec.Partner | str | os.PathLike[str]
"""A partner, or the path of its `partner.toml`."""

EvidenceLike: TypeAlias = _pec.Evidence | str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""Evidence, or folders and files to read it from."""

MANIFEST = "manifest.json"


@overload
def partner_of(partner: PartnerLike) -> _pec.Partner: ...
@overload
def partner_of(partner: None) -> None: ...
@overload
def partner_of(partner: PartnerLike | None) -> _pec.Partner | None: ...
def partner_of(partner: PartnerLike | None) -> _pec.Partner | None:
    """The partner that is meant."""
    return partner if partner is None or isinstance(partner, _pec.Partner) else _pec.Partner(existing(partner))


@overload
def evidence_of(evidence: EvidenceLike) -> _pec.Evidence: ...
@overload
def evidence_of(evidence: None) -> None: ...
@overload
def evidence_of(evidence: EvidenceLike | None) -> _pec.Evidence | None: ...
def evidence_of(evidence: EvidenceLike | None) -> _pec.Evidence | None:
    """The evidence that is meant: folders with a manifest, and files as `[KIND=]FILE[@TIME]`."""
    if evidence is None or isinstance(evidence, _pec.Evidence):
        return evidence
    read = _pec.Evidence()
    for one in [evidence] if isinstance(evidence, (str, os.PathLike)) else evidence:
        _read(read, one)
    return read


def _read(evidence: _pec.Evidence, one: str | os.PathLike[str]) -> None:
    text = os.fspath(one)
    if not text:
        raise ValueError("evidence is an empty text; name a file or a folder")
    path = Path(at_home(one))
    if path.is_dir():
        for folder in _folders(path):
            evidence.read_folder(folder)
    elif path.name == MANIFEST and path.is_file():
        evidence.read_folder(path.parent)
    elif path.exists():
        evidence.read(path)
    else:
        kind, file, taken_at = _parts(text)
        evidence.read(existing(file), kind=kind, taken_at=taken_at)


def files_named(evidence: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """The files that texts of evidence name, and those in the folders that they name."""
    for one in evidence:
        path = Path(at_home(one))
        if path.is_dir():
            yield from (file for file in path.glob("**/*") if file.is_file())
        else:
            yield path if path.exists() else Path(at_home(_parts(os.fspath(one))[1]))


def _folders(path: Path) -> list[Path]:
    """The folder; where it has no manifest, the folders in it that have one: a run of the script for each tenant."""
    if (path / MANIFEST).exists():
        return [path]
    found = sorted(manifest.parent for manifest in path.glob(f"*/{MANIFEST}"))
    if not found:
        problem = f"no {MANIFEST} in it, nor in a folder in it; give single files, as KIND=FILE"
        raise FileNotFoundError(errno.ENOENT, problem, os.fspath(path))
    return found


def _parts(text: str) -> tuple[str | None, str, datetime.datetime | None]:
    """Kind, file and time of `[KIND=]FILE[@TIME]`; a file may have both signs in its own name."""
    kind, equals, rest = text.partition("=")
    if not equals or not kind.replace("_", "").isalpha():
        kind, rest = "", text
    file, at, time = rest.rpartition("@")
    if not at or Path(rest).exists():
        return kind or None, rest, None
    try:
        taken_at = datetime.datetime.fromisoformat(time)
    except ValueError:
        return kind or None, rest, None
    if taken_at.tzinfo is None:
        taken_at = taken_at.replace(tzinfo=datetime.UTC)
    return kind or None, file, taken_at.astimezone(datetime.UTC)


def existing(path: str | os.PathLike[str]) -> Path:
    """The path of a file that is there."""
    found = Path(at_home(path))
    if not found.is_file():
        raise not_there(os.fspath(path))
    return found
