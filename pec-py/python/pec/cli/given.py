"""What was given beside the usage, and the bars while it is read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pec.cli.output import fail
from pec.paths import at_home

if TYPE_CHECKING:
    from pec.run import Progress


def given(
    partner: str | None,
    evidence: list[str] | None,
    prices: list[str] | None,
    granted: list[str] | None = None,
) -> dict[str, Any]:
    """The partner, the evidence, the price lists and the credits, read, by the names that `pec._pec` takes them by."""
    if evidence and not partner:
        fail("--evidence needs --partner: a partner.toml that says who you are")
    found: dict[str, Any] = {}
    if partner:
        from pec.evidence import evidence_of, partner_of

        found |= {"partner": partner_of(partner), "evidence": evidence_of(evidence or None)}
    if prices:
        from pec.prices import prices_of

        found["prices"] = prices_of(prices)
    if granted:
        from pec.credits import credits_of

        found["credits"] = credits_of(granted)
    return found


def all_inputs(
    files: list[Path],
    partner: str | None,
    evidence: list[str] | None,
    prices: list[str] | None = None,
    granted: list[str] | None = None,
) -> Iterator[str | Path]:
    """Every file that is read, where nothing may be written."""
    yield from files
    yield from (at_home(one) for one in (*([partner] if partner else ()), *(prices or ()), *(granted or ())))
    if evidence:
        from pec.evidence import files_named

        yield from files_named(evidence)


def read_twice(files: list[Path]) -> None:
    """Ends where a file can be read only once, as a pipe can."""
    for file in files:
        if not file.is_file():
            fail(f"{file}: --out and --credits read the usage twice, a pipe gives it once; save it to a file first")


def reading(files: list[Path]) -> AbstractContextManager[Progress | None]:
    """A bar while files are read, on a terminal; without a length where they are not told."""
    if not sys.stderr.isatty():
        return nullcontext()
    from pec.progress import reading

    return reading(files)


def writing(rows: int) -> AbstractContextManager[Progress | None]:
    """A bar while findings are written, on a terminal."""
    if not sys.stderr.isatty():
        return nullcontext()
    from pec.progress import writing

    return writing(rows)
