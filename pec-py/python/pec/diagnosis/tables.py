"""Usage, invoices, price lists, balances of Azure credits, and what is none of them."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from pathlib import Path

from pec import _pec
from pec.diagnosis.credits import of_credits
from pec.diagnosis.evidence import of_exports
from pec.diagnosis.questions import DAILY, answer, attribute_set, of_usage
from pec.diagnosis.shape import IDS, NO_USAGE, UNKNOWN, Diagnosis, diagnosis, failed
from pec.errors import PecError, ReadError
from pec.paths import blobs_of, expand

# The least that an invoice may be: its header, and no row.
NO_INVOICE = f"{','.join(IDS)},UnitPrice,BillableQuantity,Subtotal,Currency\n".encode()

MAY_LACK = {"daily_rated_usage": 2, "invoice": 2, "price_list": 1, "credits": 2}
"""A file that lacks no more of the needed columns than that is taken to be meant as one of its kind."""


OPEN = (("first_day", "2000-01-01"), ("last_day", "2099-12-31"))
"""What a price list says where it has no bound."""


class Told:
    """Progress over several files."""

    def __init__(self, progress: Callable[[int, int], object] | None) -> None:
        """Tells it on, if anybody wants it."""
        self.progress = progress
        self.before = (0, 0)
        self.now = (0, 0)

    def __call__(self, rows: int, size: int) -> None:
        """Takes the rows and bytes of the file that is being read."""
        self.now = (self.before[0] + rows, self.before[1] + size)
        if self.progress is not None:
            self.progress(*self.now)

    def next(self) -> None:
        """Another file is being read."""
        self.before = self.now


def of_file(path: Path, told: Told) -> Diagnosis:
    """Tables, exports of access, manifests of exports."""
    try:
        blobs = blobs_of(path)
    except OSError as error:
        return failed(path, error)
    if blobs is not None:
        return _export(path, len(blobs))
    errors: dict[str, PecError | OSError | ValueError] = {}
    # In this order: what has the columns of an earlier kind, or most of them, may have those of a later one, too.
    readers = (("daily_rated_usage", _usage), ("invoice", _invoice), ("price_list", _prices), ("credits", _balances))
    for kind, read in readers:
        try:
            return read(path, told)
        except (PecError, OSError, ValueError) as error:
            lacks = _columns(str(error))
            if 0 < len(lacks) <= MAY_LACK[kind]:
                return failed(path, error, _meant(kind, str(error)), lacks=lacks)
            errors[kind] = error
        finally:
            told.next()
    found = of_exports(path, lambda evidence: evidence.read(path))
    return found[0] if found[0]["error"] is None else _unknown(path, errors["daily_rated_usage"], found[0]["error"])


def _usage(path: Path, told: Told) -> Diagnosis:
    found = _pec.reconcile([path], progress=told).to_dict()
    facts = found["files"][0]
    if not facts["kind"]:
        empty = "an empty list: nothing in it tells its kind; say it in a manifest.json, or as KIND=FILE"
        return diagnosis(path, None, None, format=facts["format"], rows=0, error=empty)
    kind = "focus" if facts["kind"].startswith("FOCUS") else "cost_details"
    if facts["kind"] == "daily rated usage":
        kind = "daily_rated_usage"
    taken = ("format", "rows", "row_issues", "first_day", "last_day")
    most = sorted(found["issue_counts"], key=lambda one: -one["rows"])
    details = (
        "open_period_lines",
        "untold_lines",
        "unknown_columns",
        "amounts_were_doubles",
        "not_utf8_lines",
        "part_of_answer",
    )
    return diagnosis(
        path,
        kind,
        facts["kind"],
        attribute_set=attribute_set(facts),
        final=False if facts["open_period_lines"] else None,
        lacks=facts["missing_columns"],
        answers=of_usage(facts, _missing_ids(path) if kind == "daily_rated_usage" else []),
        details={name: facts[name] for name in details} | {"issue_counts": most},
        **{name: facts[name] for name in taken},
    )


class _Bound(Exception):  # noqa: N818 - no error: it ends a reading that has told enough
    """The header has been read."""


def _missing_ids(path: Path) -> list[str]:
    """Which ids usage lacks that a comparison with the invoice needs."""

    def told(rows: int, _: int) -> None:
        if rows:
            raise _Bound

    try:
        _pec.tie_out([path], invoice=[io.BytesIO(NO_INVOICE)], progress=told)
    except _Bound:
        return []
    except ReadError as error:
        return [name for name in IDS if f"`{name}`" in str(error)]
    return []


def _invoice(path: Path, told: Told) -> Diagnosis:
    found = _pec.tie_out([io.BytesIO(NO_USAGE)], invoice=[path], progress=told).to_dict()
    totals = [{name: one[name] for name in ("currency", "total_invoice")} for one in found["currencies"]]
    return diagnosis(
        path,
        "invoice",
        "invoice reconciliation",
        row_issues=found["row_issues"],
        answers=[answer("tie_out", "with", because="daily rated usage tells", take=f"the same month: {DAILY}")],
        details={"keys": found["keys"], "currencies": totals},
    )


def _prices(path: Path, _: Told) -> Diagnosis:
    facts = _pec.PriceList(path).files[0]
    date = datetime.date.fromisoformat
    first, last = (None if facts[day] in (None, bound) else date(facts[day]) for day, bound in OPEN)
    absence = "what is not in the list is not told from what is" if not facts["shows_absence"] else None
    details = ("consumption", "third_party", "marketplace", "passed_over", "markets", "currencies", "unknown_columns")
    return diagnosis(
        path,
        "price_list",
        "price list",
        format=facts["format"],
        rows=facts["rows"],
        row_issues=facts["row_issues"],
        first_day=first,
        last_day=last,
        lacks=[absence] if absence else [],
        answers=[answer("products", "with", because="usage of its months tells", take=f"usage: {DAILY}")],
        details={name: facts[name] for name in details},
    )


def _balances(path: Path, _: Told) -> Diagnosis:
    return of_credits(path, "balance report of Azure credits")


def _export(path: Path, blobs: int) -> Diagnosis:
    """The manifest of an export; its blobs are diagnosed by themselves."""
    details = {"blobs": blobs}
    try:
        expand([path])
    except ReadError as error:
        return failed(path, error, "manifest", details=details)
    return diagnosis(path, "manifest", "manifest of an export", details=details)


def _unknown(path: Path, usage: PecError | OSError | ValueError, evidence: str) -> Diagnosis:
    """A file that no reader could use: what is wrong with it, or that pec does not know it."""
    if not _columns(str(usage)):
        return failed(path, usage)
    is_other_text = "this is not JSON" in evidence or "this is a packed file" in evidence
    return diagnosis(path, None, None, error=UNKNOWN if is_other_text else evidence)


def _meant(kind: str, message: str) -> str:
    """The kind of usage whose columns a message asks for."""
    if kind == "daily_rated_usage" and "(FOCUS)" in message:
        return "focus"
    return "cost_details" if kind == "daily_rated_usage" and "(actual cost)" in message else kind


def _columns(message: str) -> list[str]:
    """The columns that a message says are missing."""
    found = re.search(r": no column (.*?);", message)
    return [name.strip("`") for name in found[1].split(", ")] if found else []
