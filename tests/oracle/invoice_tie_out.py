"""Daily rated usage against the invoice: does every key tie, and if not, why?

    python tests/oracle/invoice_tie_out.py INVOICE DAILY...

Prints the JSON of `pec tie-out --json`. Everything comes from the text of the files.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

from amounts import amount_text
from invoice import ZERO
from invoice_bridge import bridge, text, total
from invoice_daily import DailyLine, check_daily, daily_lines
from invoice_keys import Compared, Home
from invoice_lines import InvoiceLine, Key, read_invoice_row
from invoice_names import INVOICE
from meaning import Issue
from names import FileError
from oracle import issue_json
from reading import Row, read_file


def holes(daily: list[DailyLine]) -> set[str]:
    """The plans with a day that has no line at all between their first and their last day."""
    days: dict[str, set[date]] = defaultdict(set)
    for line in daily:
        days[line.key[0]].add(line.day)
    return {
        plan for plan, found in days.items() if max(found) - min(found) >= timedelta(len(found))
    }


def compared_keys(daily: list[DailyLine], invoice: list[InvoiceLine]) -> list[Compared]:
    keys: dict[Key, Compared] = {}
    for line in daily:
        keys.setdefault(line.key, Compared(line.key)).daily.append(line)
    homes: dict[str, set[Home]] = defaultdict(set)
    for row in invoice:
        homes[row.pricing_currency].add((row.currency, row.exchange_rate))
        if row.is_compared:
            keys.setdefault(row.key, Compared(row.key)).lines.append(row)
    with_hole = holes(daily)
    credited = {row.key for row in invoice if row.kind == "credit"}
    for key, found in keys.items():
        found.hole = key[0] in with_hole
        found.has_credit_line = key in credited
        of_all = homes.get(found.pricing_currency, set())
        found.home = min(of_all) if len(of_all) == 1 else None
    return [keys[key] for key in sorted(keys)]


def tie_out(daily_rows: list[Row], invoice_rows: list[Row]) -> dict[str, object]:
    daily, issues = daily_lines(daily_rows)
    unread_days = len(issues)
    invoice: list[InvoiceLine] = []
    for row in invoice_rows:
        read = read_invoice_row(row)
        if isinstance(read, Issue):
            issues.append(read)
        else:
            invoice.append(read)
    keys = compared_keys(daily, invoice)
    sides = {"invoice": len(issues) > unread_days, "daily": unread_days > 0}
    unread = tuple(side for side, has_any in sides.items() if has_any)
    untied: list[dict[str, object]] = []
    by_pair: dict[tuple[str, str], list[Fraction]] = defaultdict(lambda: [ZERO, ZERO])
    by_days: dict[int, Fraction] = {}
    for compared in keys:
        compared.unread = unread
        tied, method, tolerance, amount = compared.outcome()
        sums = by_pair[compared.currency, compared.pricing_currency]
        sums[0] += amount
        sums[1] += compared.subtotal
        if tied and method == "interval" and compared.has_partial_credit():
            by_days[id(compared.lines[0])] = compared.credit_of_days
        if not tied:
            untied.append(untied_json(compared, method, tolerance, amount))
    untied.sort(key=lambda entry: (entry["currency"], -abs(Fraction(str(entry["difference"])))))
    pairs = sorted({(row.currency, row.pricing_currency) for row in invoice} | by_pair.keys())
    single = len({currency for currency, _ in pairs}) <= 1
    return {
        "keys": len(keys),
        "tied": len(keys) - len(untied),
        "untied": untied,
        "total_daily": amount_text(total(s[0] for s in by_pair.values())) if single else None,
        "total_invoice": amount_text(total(s[1] for s in by_pair.values())) if single else None,
        "currencies": [
            {
                "currency": pair[0],
                "pricing_currency": pair[1],
                "total_daily": amount_text(by_pair[pair][0]),
                "total_invoice": amount_text(by_pair[pair][1]),
                "bridge": bridge(
                    [r for r in invoice if (r.currency, r.pricing_currency) == pair], by_days
                ),
            }
            for pair in pairs
        ],
        "row_issues": len(issues),
        "issues": [issue_json(issue) for issue in issues],
    }


def untied_json(
    compared: Compared, method: str | None, tolerance: Fraction | None, daily: Fraction
) -> dict[str, object]:
    plan, product, sku, availability = compared.key
    return {
        "plan": plan,
        "product": product,
        "sku": sku,
        "availability": availability,
        "currency": compared.currency,
        "method": method,
        "daily": amount_text(daily),
        "invoice": amount_text(compared.subtotal),
        "difference": amount_text(compared.subtotal - daily),
        "tolerance": text(tolerance),
        "because": compared.because(),
    }


def tie_out_files(invoice: str, daily: list[str]) -> dict[str, object]:
    rows: list[Row] = []
    for path in daily:
        of_file = read_file(path)
        check_daily(of_file)
        rows.extend(of_file)
    return tie_out(rows, read_file(invoice, columns=INVOICE))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="tie daily rated usage out to the invoice")
    parser.add_argument("invoice", metavar="INVOICE")
    parser.add_argument("daily", nargs="+", metavar="DAILY")
    options = parser.parse_args(arguments)
    try:
        answer = tie_out_files(options.invoice, options.daily)
    except FileError as error:
        print(error, file=sys.stderr)
        return 2
    json.dump(answer, sys.stdout, indent=1, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
