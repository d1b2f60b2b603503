"""What the command says: to standard output, to standard error, and with which status it ends."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pec
from pec.paths import Found

DONE, DONE_WITH_ISSUES, LOSS, UNUSABLE, INTERRUPTED = 0, 1, 1, 2, 130


def say(text: str) -> None:
    """A text to standard output; what would steer a terminal is made visible."""
    write("\n".join(line(part) for part in text.split("\n")))


def write(text: str) -> None:
    """A text to standard output as it stands, in UTF-8 whatever the locale."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode() + b"\n")
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has gone, as `head` does; what is still buffered must not raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)


def width() -> int | None:
    """The columns that a report has to fit; none where standard output is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def warn(message: str) -> None:
    """One line to standard error."""
    print(f"pec: {line(message)}", file=sys.stderr)  # noqa: T201


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
        what = f"{what[:1].lower()}{what[1:]}; check the path and its permissions"
    return f"{error.filename}: {what}" if error.filename is not None else what
