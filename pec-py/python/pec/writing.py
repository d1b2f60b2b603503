"""Files that are whole or not there, and that are never an input's."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pec.paths import at_home

UNFINISHED = ".pec-"
"""How the name of a folder of what is unfinished begins; a folder of usage is read without it."""

OF_THE_SYSTEM = re.compile(r"\(os error (\d+)\)")
"""How an error of the disk ends that comes as a text."""


def keep_inputs(inputs: Iterable[str | os.PathLike[str]], targets: Iterable[Path]) -> None:
    """Refuses to write where an input is, by its path or by a link.

    Raises:
        ValueError: A file to write is an input; the message names both.
    """
    read = {one: Path(path) for path in inputs for one in [_file(Path(path))] if one is not None}
    for target in targets:
        at_place = _file(target)
        if at_place is not None and (found := read.get(at_place)) is not None:
            by = "" if found == target else f" by {target}"
            message = f"{found}: this input would be overwritten{by}; name another folder or file to write to"
            raise ValueError(message)


def _file(path: Path) -> tuple[int, int] | None:
    """What makes a file one and the same, whatever leads to it."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


@contextmanager
def whole_folder(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """A folder inside `folder` to write to: its files take their places when all are whole, and are gone otherwise.

    Yields:
        The folder to write to.

    Raises:
        OSError: A file cannot be written; the error names it by its place.
    """
    if not os.fspath(folder):
        raise ValueError("the folder to write to is an empty text; name one, `.` for the current one")
    folder = Path(at_home(folder))
    made = not folder.exists()
    with _named(folder):
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = _unfinished(folder)
    try:
        with _named(folder, unfinished):
            yield unfinished
            files = sorted(unfinished.iterdir())
            for file in files:
                _check(folder / file.name)
            for file in files:
                file.replace(folder / file.name)
            made = False
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        if made:
            with suppress(OSError):
                folder.rmdir()


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Writes a text in UTF-8 that is whole or not there; through what is no plain file, as a link or a pipe."""
    path = Path(at_home(path))
    with _named(path):
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        unfinished = _unfinished(path.parent)
        try:
            file = unfinished / path.name
            file.write_text(text, encoding="utf-8", newline="\n")
            _check(path)
            file.replace(path)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def _unfinished(folder: Path) -> Path:
    """A new folder inside `folder`."""
    # Loads what makes names by chance, which few commands need.
    import tempfile

    return Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))


def _check(target: Path) -> None:
    """Is it a place for a file? One that must not be written to stays, though the folder would let it be replaced."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))


@contextmanager
def _named(place: Path, unfinished: Path | None = None) -> Iterator[None]:
    """Errors of the disk name the place that was asked for, and never the folder of what is unfinished."""
    try:
        yield
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None)
        if number is None and (told := OF_THE_SYSTEM.search(str(error))):
            number = int(told[1])
        if number is None:
            raise
        named = getattr(error, "filename", None)
        if named is not None and Path(named).parent == unfinished:
            named = place / Path(named).name
        elif named is None or UNFINISHED in os.fspath(named):
            named = place
        else:
            raise
        raise OSError(number, os.strerror(number), str(named)) from None
