"""The files that pec writes, and how they are known when they are met among usage."""

from __future__ import annotations

from pathlib import Path

from pec import _pec

CREDIT_TABLES = ("credits", "credit_months", "credit_days")
"""Tables that are written where Azure credits were given."""

PACK = (*(f"{name}.csv" for name in ("lines", "grants", "days", "sources", "rules")), "index.html")
"""The files of an evidence pack."""

TEXTS = ("report.txt", "report.json", "result.json")
"""What a saved result is beside its tables."""

SAVED = b'{"ledger":{"format":"pec result"'
"""How a saved result begins."""

SOURCES = b"source,kind,taken_at,complete,covers,entries,not_read,cannot_show,sha256\n"
"""How `sources.csv` of an evidence pack begins."""


def tables_written(*, with_credits: bool = True) -> list[str]:
    """The names of the files that a saved result and its findings are."""
    left_out = {"access", *(() if with_credits else CREDIT_TABLES)}
    tables = [*(name for name in _pec.Result.tables if name not in left_out), "findings"]
    return [*(f"{name}.{ending}" for name in tables for ending in ("csv", "parquet")), *TEXTS]


def is_own(file: Path) -> bool:
    """Is a file of a saved result or of an evidence pack, by its name and by the result or the sources beside it?"""
    of_result = file.name in tables_written() and _begins(file.with_name("result.json"), SAVED)
    return of_result or (file.name in PACK and _begins(file.with_name("sources.csv"), SOURCES))


def _begins(file: Path, beginning: bytes) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(beginning)) == beginning
    except OSError:
        return False
