"""Microsoft Partner Earned Credit, decided line by line: exact, deterministic, explained.

    import pec

    result = pec.reconcile("usage-2026-10.csv.gz")
    print(result.report())

`reconcile` takes paths, globs, folders, open files and any table with the Arrow PyCapsule interface, and beside them a
partner and its evidence of access; `explain` says why a subscription earned or did not on a day; `access_diff` compares
two exports of access, `access_alert` prints an alert on what carries PEC; `judge` takes one record. Amounts are
`decimal.Decimal`, exact to the last digit. The work is done in Rust, in `pec._pec`.
"""

from pec._pec import (
    AccessDiff,
    Evidence,
    Explanations,
    Finding,
    Judgement,
    Partner,
    Result,
    Rule,
    __version__,
    judge,
    rules,
)
from pec.errors import AmountError, PecError, ProgrammeError, ReadError, RowIssueError
from pec.run import access_alert, access_diff, explain, reconcile

__all__ = [
    "AccessDiff",
    "AmountError",
    "Evidence",
    "Explanations",
    "Finding",
    "Judgement",
    "Partner",
    "PecError",
    "ProgrammeError",
    "ReadError",
    "Result",
    "RowIssueError",
    "Rule",
    "__version__",
    "access_alert",
    "access_diff",
    "explain",
    "judge",
    "reconcile",
    "rules",
]
