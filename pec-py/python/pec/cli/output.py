"""What the command says: to standard output, to standard error, and with which status it ends."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn, TextIO

import pec
from pec.paths import Found

DONE, DONE_WITH_ISSUES, LOSS, UNUSABLE, INTERRUPTED = 0, 1, 1, 2, 130

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of a disk that takes no more."""


def say(text: str) -> None:
    """A text to standard output; what would steer a terminal is made visible."""
    write("\n".join(line(part) for part in text.split("\n")))


def write(text: str) -> None:
    """A text to standard output as it stands, in UTF-8 whatever the locale."""
    with standard_output():
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode() + b"\n")
        sys.stdout.buffer.flush()


@contextmanager
def standard_output() -> Iterator[None]:
    """Ends with one line where standard output takes nothing; goes on where its reader has gone, as `head` does."""
    if sys.stdout is None:
        fail("standard output is closed; send it to a file or to a pipe")
    try:
        yield
    except OSError as error:
        # What is still buffered must not raise again.
        drop(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            fail(_of_os(OSError(error.errno, error.strerror, error.filename or "standard output")))


def drop(stream: TextIO) -> None:
    """From here on what is written to a stream goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def width() -> int | None:
    """The columns that a report has to fit; none where standard output is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def warn(message: str) -> None:
    """One line to standard error."""
    complain(f"pec: {line(message)}")


def complain(text: str) -> None:
    """A text to standard error; where it is full, the status says what is to be said."""
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201
    except OSError:
        drop(sys.stderr)


def fail(message: str, status: int = UNUSABLE) -> NoReturn:
    """Ends with one line."""
    warn(message)
    sys.exit(status)


@contextmanager
def failing() -> Iterator[None]:
    """Ends with one line where the input cannot be used."""
    try:
        yield
    except pec.PecError as error:
        fail(str(error))
    except OSError as error:
        fail(_of_os(error))
    except ValueError as error:
        fail(str(error))


def tell_passed_over(found: Found) -> None:
    """Names what was not read, and copies."""
    for message in found.told():
        warn(message)


def line(text: str) -> str:
    """A text on one line, without control characters and surrogates."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _of_os(error: OSError) -> str:
    """An error of the operating system as `<file>: <what>; <what to do>`."""
    what = error.strerror or str(error)
    if ";" not in what:
        to_do = "make room, or write elsewhere" if error.errno in FULL else "check the path and its permissions"
        what = f"{what[:1].lower()}{what[1:]}; {to_do}"
    return f"{error.filename}: {what}" if error.filename is not None else what
