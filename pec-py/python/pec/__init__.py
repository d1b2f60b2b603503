"""Microsoft Partner Earned Credit, decided line by line: exact, deterministic, explained.

    import pec

    result = pec.reconcile("usage-2026-10.csv.gz")
    print(result.report())

`reconcile` takes paths, globs, folders, open files and any table with the Arrow PyCapsule interface, and beside them a
partner and its evidence of access; `explain` says why a subscription earned or did not on a day; `judge` takes one
record; `access_timeline` shows who held access when, `access_diff` compares two exports of it, `access_alert` prints an
alert on what carries PEC; `write_evidence_pack` writes what a support request needs; `tie_out` compares daily lines
with the invoice; `aco` plans an Azure Credit Offer, and `credit_usage` sums what draws on one, part by part; `doctor`
says what files are and what they can answer. Amounts are `decimal.Decimal`, exact to the last digit. The work is done
in Rust, in `pec._pec`.
"""

import logging as _logging
from typing import TYPE_CHECKING as _TYPE_CHECKING

from pec import aco
from pec._pec import (
    AccessDiff,
    CreditOffer,
    Credits,
    CreditStatus,
    CreditUsage,
    Drawdown,
    Evidence,
    Explanations,
    Finding,
    Judgement,
    Partner,
    PriceList,
    Result,
    Rule,
    TieOut,
    __version__,
    assumptions,
    credit_of_net,
    gross_up,
    net_of,
    rules,
)
from pec.errors import AmountError, PecError, PecWarning, ProgrammeError, ReadError, RowIssueError
from pec.run import (
    access_alert,
    access_diff,
    access_timeline,
    credit_usage,
    explain,
    judge,
    reconcile,
    tie_out,
    write_evidence_pack,
)

if _TYPE_CHECKING:
    from pec.diagnosis import doctor

__all__ = [
    "AccessDiff",
    "AmountError",
    "CreditOffer",
    "CreditStatus",
    "CreditUsage",
    "Credits",
    "Drawdown",
    "Evidence",
    "Explanations",
    "Finding",
    "Judgement",
    "Partner",
    "PecError",
    "PecWarning",
    "PriceList",
    "ProgrammeError",
    "ReadError",
    "Result",
    "RowIssueError",
    "Rule",
    "TieOut",
    "__version__",
    "access_alert",
    "access_diff",
    "access_timeline",
    "aco",
    "assumptions",
    "credit_of_net",
    "credit_usage",
    "doctor",
    "explain",
    "gross_up",
    "judge",
    "net_of",
    "reconcile",
    "rules",
    "tie_out",
    "write_evidence_pack",
]

_logging.getLogger(__name__).addHandler(_logging.NullHandler())


def __getattr__(name: str) -> object:
    """`doctor` is loaded when it is first asked for: it is the half of what importing `pec` would take."""
    if name != "doctor":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from pec.diagnosis import doctor

    globals()[name] = doctor
    return doctor


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
