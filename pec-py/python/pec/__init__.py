"""Microsoft Partner Earned Credit, decided line by line: exact, deterministic, explained.

    import pec

    result = pec.reconcile("usage-2026-10.csv.gz")
    print(result.report())

`reconcile` takes paths, globs, folders, open files and any table with the Arrow PyCapsule interface; `judge` takes one
record. Amounts are `decimal.Decimal`, exact to the last digit. The work is done in Rust, in `pec._pec`.
"""

from pec._pec import Finding, Judgement, Result, Rule, __version__, judge, rules
from pec.errors import AmountError, PecError, ProgrammeError, ReadError, RowIssueError
from pec.run import reconcile

__all__ = [
    "AmountError",
    "Finding",
    "Judgement",
    "PecError",
    "ProgrammeError",
    "ReadError",
    "Result",
    "RowIssueError",
    "Rule",
    "__version__",
    "judge",
    "reconcile",
    "rules",
]
