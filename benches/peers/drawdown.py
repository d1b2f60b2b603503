"""What the drawdowns share: their files and their result.

A drawdown makes two tables, with costs in units of 1e-16, which hold every product of this data:
  ledger   rows of (customer, day, drawn, balance): each day on which a credit paid, and what is left at its end
  credits  rows of (customer, drawn, balance, ended_on): what became of each credit
"""

from collections import defaultdict

import common

DECIMALS = 16


def credits_beside(charges):
    return charges.removesuffix(".parquet") + ".credits.csv"


def finish(args, ledger, credits):
    """Write the result file; both tables are callables, since their digests are seldom wanted."""
    days = defaultdict(lambda: [0, 0, 0])
    for _, day, *amounts in ledger():
        entry = days[str(day)]
        for place, amount in enumerate((1, *amounts)):
            entry[place] += amount
    result = {"days": [dict(zip(("day", "accounts", "drawn", "balance"), (day, *days[day]))) for day in sorted(days)]}
    if not args.no_digest:
        result["ledger"] = common.digest(ledger())
        result["credits"] = common.digest(credits())
    common.write(args, result)
