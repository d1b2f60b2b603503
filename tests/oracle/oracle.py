"""The independent oracle: files of daily rated usage to standings, sums and observed gaps.

    python tests/oracle/oracle.py FILE... [--findings]

Prints the JSON of `pec reconcile --json` without its file facts. Slow on purpose, exact on purpose.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from fractions import Fraction

from amounts import amount_text
from gaps import observed_gaps
from meaning import Issue, read_row
from names import FileError
from prices import Prices
from reading import Row, read_file
from rules import RANK, Judged, judge

STANDINGS = ("earned", "missed", "lost", "unexpected", "unknown", "excluded")


def reconcile(
    rows: Iterable[Row], findings: bool = False, prices: Prices | None = None
) -> dict[str, object]:
    """Judge every row and sum; the order of the rows changes nothing but the order of issues."""
    count = 0
    issues: list[Issue] = []
    lines: list[Judged] = []
    for row in rows:
        count += 1
        read = read_row(row)
        if isinstance(read, Issue):
            issues.append(read)
        else:
            lines.append(judge(read, prices))
    result: dict[str, object] = {
        "lines": count,
        "row_issues": len(issues),
        "sums": sums_of(lines),
        "gaps": observed_gaps(lines),
        "issues": [issue_json(issue) for issue in issues],
    }
    if findings:
        result["findings"] = [finding_json(judged) for judged in lines]
    return result


def sums_of(lines: list[Judged]) -> list[dict[str, object]]:
    sums: dict[tuple[int, int, str], list] = {}
    for judged in lines:
        key = (STANDINGS.index(judged.standing), RANK[judged.reason], judged.line.currency)
        total = sums.setdefault(
            key, [judged.standing, judged.reason, 0, Fraction(0), Fraction(0), Fraction(0)]
        )
        total[2] += 1
        total[3] += judged.line.list_cost
        total[4] += judged.potential_credit
        total[5] += judged.credit
    return [
        {
            "standing": total[0],
            "reason": total[1],
            "currency": key[2],
            "lines": total[2],
            "list_cost": amount_text(total[3]),
            "potential_credit": amount_text(total[4]),
            "credit": amount_text(total[5]),
        }
        for key, total in sorted(sums.items())
    ]


def issue_json(issue: Issue) -> dict[str, object]:
    return {
        "file": issue.file,
        "row": issue.row,
        "column": issue.column,
        "found": issue.found.encode("utf-8", "replace").decode("utf-8"),
        "expected": issue.expected,
    }


def finding_json(judged: Judged) -> dict[str, object]:
    line = judged.line
    return {
        "file": line.row.file,
        "row": line.row.number,
        "usage_day": line.day.isoformat(),
        "customer": line.customer,
        "subscription": line.subscription,
        "resource_group": line.resource_group,
        "resource": line.resource,
        "reseller": line.reseller or None,
        "currency": line.currency,
        "standing": judged.standing,
        "reason": judged.reason,
        "all_findings": judged.findings,
        "list_cost": amount_text(line.list_cost),
        "credit": amount_text(judged.credit),
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="reconcile daily rated usage, exactly and slowly")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--findings", action="store_true", help="add one entry per readable row")
    options = parser.parse_args(arguments)
    rows: list[Row] = []
    for path in options.files:
        try:
            rows.extend(read_file(path))
        except FileError as error:
            print(f"{path}: {error}", file=sys.stderr)
            return 2
    json.dump(reconcile(rows, options.findings), sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
