"""Microsoft Partner Earned Credit, decided line by line: exact, deterministic, explained.

    import pec

    result = pec.reconcile("usage-2026-10.csv.gz")
    print(result.report())

`reconcile` takes paths, globs, folders, open files and any table with the Arrow PyCapsule interface, and beside them a
partner and its evidence of access; `explain` says why a subscription earned or did not on a day; `judge` takes one
record. Amounts are `decimal.Decimal`, exact to the last digit. The work is done in Rust, in `pec._pec`.
"""

from pec._pec import (
    Evidence,
    Explanations,
    Finding,
    Judgement,
    Partner,
    Result,
    Rule,
    __version__,
    credit_of_net,
    gross_up,
    judge,
    net_of,
    rules,
)
from pec.errors import AmountError, PecError, ProgrammeError, ReadError, RowIssueError
from pec.run import explain, reconcile

__all__ = [
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
    "credit_of_net",
    "explain",
    "gross_up",
    "judge",
    "net_of",
    "reconcile",
    "rules",
]
