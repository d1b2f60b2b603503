"""The `pec` command."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

import pec
from pec import _pec
from pec.paths import expand

if TYPE_CHECKING:
    from pec.run import Progress

app = typer.Typer(
    help="Microsoft Partner Earned Credit: what earned, what did not, since when, and what it cost.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

DONE, DONE_WITH_ISSUES, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)] = False,
) -> None:
    """Microsoft Partner Earned Credit: what earned, what did not, since when, and what it cost."""
    if version:
        _say(pec.__version__)
        raise typer.Exit(DONE)


@app.command()
def reconcile(
    sources: Annotated[
        list[str], typer.Argument(metavar="FILE_OR_DIR...", help="Daily rated usage: files, globs, export folders.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, exact amounts as strings.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write findings, sums and gaps as CSV and Parquet.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with status 1 where rows could not be read.")] = False,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, metavar="N", help="Threads; by default all there are.")
    ] = None,
) -> None:
    """Reads daily rated usage and says what earned, what did not, since when, and what it cost.

    Ends with status 0 when done, 1 when done with unreadable rows under --strict, 2 when the input cannot be used.
    """
    try:
        found = expand(sources)
        result = _run(found.files, threads, out)
    except pec.PecError as error:
        _fail(str(error))
    except OSError as error:
        _fail(_of_os(error))
    except KeyboardInterrupt:
        _fail("stopped", INTERRUPTED)
    for file in found.passed_over:
        print(f"pec: {_line(str(file))}: not a usage file by its name, passed over", file=sys.stderr)  # noqa: T201
    if as_json:
        _write(result.to_json())
    else:
        _say(result.report().rstrip("\n"))
        if out is not None:
            _say(f"\nWritten to {out}: report, sums, gaps, row issues and a finding for every line, as CSV and Parquet")
    if strict and result.row_issues:
        raise typer.Exit(DONE_WITH_ISSUES)


@app.command()
def rules() -> None:
    """Lists every rule: rank, id, what it finds, what to do, and where it is written."""
    for rule in pec.rules():
        _say(f"{rule.rank:>2} {rule.id} ({rule.group}): {rule.sentence}")
        _say(f"   {'to do' if rule.can_act else 'no action'}: {rule.remedy}")
        _say(f"   source: {rule.source}")


def main() -> None:
    """The entry point."""
    try:
        app()
    except BrokenPipeError:
        # The reader has gone, as `head` does; what is still buffered must not raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)


def _run(files: list[Path], threads: int | None, out: Path | None) -> _pec.Result:
    interactive = sys.stderr.isatty()
    with _reading(files) if interactive else nullcontext() as told:
        result = _pec.reconcile(files, threads=threads, progress=told)
    if out is not None:
        result.save(out)
        with _writing(result.lines) if interactive else nullcontext() as told:
            _pec.write_findings(files, result, out, progress=told)
    return result


def _reading(files: list[Path]) -> AbstractContextManager[Progress]:
    from pec.progress import reading

    return reading(files)


def _writing(rows: int) -> AbstractContextManager[Progress]:
    from pec.progress import writing

    return writing(rows)


def _of_os(error: OSError) -> str:
    """An error of the operating system as `<file>: <what>; <what to do>`."""
    what = error.strerror or str(error)
    if ";" not in what:
        what = f"{what[:1].lower()}{what[1:]}; check the path and its permissions"
    return f"{error.filename}: {what}" if error.filename is not None else what


def _fail(message: str, status: int = UNUSABLE) -> NoReturn:
    print(f"pec: {_line(message)}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(status)


def _line(text: str) -> str:
    """A text on one line, without control characters and surrogates."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _say(text: str) -> None:
    """A text to standard output; what would steer a terminal is made visible."""
    _write("\n".join(_line(line) for line in text.split("\n")))


def _write(text: str) -> None:
    """A text to standard output as it stands, in UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()
