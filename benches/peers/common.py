"""What every peer shares: arguments, reason names, amount text, the gap runs and the result file.

A peer computes three tables in its own engine (README.md defines them) and hands them to `finish`:
  sums    rows of (rank, paid, currency, rate, lines, list_cost)
  cells   rows of (customer, subscription, group, day, reseller, rank, paid, currency, rate, lines, list_cost)
  observed rows of (customer, subscription, group, resource, day, currency, paid_lines, unpaid_lines, unpaid_list_cost)
  unpaid  the rows of `observed` with unpaid lines, without the paid count
  paid    rows of (customer, subscription, group or None, resource or None, day): days with a paid line, of the
          scopes that also have unpaid lines
The rate stays in the key because credit = rate x list cost is exact on sums, so no engine has to multiply it a line at a time.
"""

import argparse
import hashlib
import json
import os
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from decimal import Context, Decimal, setcontext

# Decimal rounds at its context's precision without a word; at 200 digits nothing here can be rounded.
setcontext(Context(prec=200))

NO_EVIDENCE = 22
REASONS = {
    1: "not_usage_charge",
    2: "not_azure_plan",
    3: "reservation",
    4: "savings_plan",
    5: "marketplace_product",
    7: "spot_virtual_machine",
    9: "azure_credit_applied",
    10: "nothing_charged",
    NO_EVIDENCE: "no_access_evidence",
}
STANDINGS = ["earned", "unexpected", "unknown", "excluded"]
PROGRAMME_RATE = Decimal("0.15")
# The columns that the work needs.
TEXT = [
    "CustomerId", "Tier2MpnId", "InvoiceNumber", "SkuName", "ProductName", "PublisherName", "SubscriptionDescription", "UsageDate",
    "MeterSubCategory", "MeterName", "ResourceGroup", "ResourceURI", "ChargeType", "PricingCurrency", "AdditionalInfo",
    "EntitlementId", "CreditType", "BenefitType",
]  # fmt: skip
NUMBERS = ["UnitPrice", "Quantity", "PricingPreTaxTotal", "PartnerEarnedCreditPercentage", "CreditPercentage"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--out", required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    # Canonical text is Python work on every row of two large tables; timed runs leave it out, so that no engine pays for it.
    parser.add_argument("--no-digest", action="store_true")
    parser.add_argument("--floats", action="store_true", help="amounts as floats, where a peer has both")
    parser.add_argument("--clock", help="load the file first; write what the work alone took to this file")
    return parser.parse_args()


class Clock:
    """What the work takes from data that is loaded: wall and processor time of all threads."""

    def __init__(self):
        self.started = time.perf_counter(), time.process_time()

    def stop(self, path):
        wall, cpu = time.perf_counter() - self.started[0], time.process_time() - self.started[1]
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"{wall} {cpu}")


def verdict(rank, paid):
    """Standing and reason of a line from its primary reason's rank and what was paid."""
    if rank == NO_EVIDENCE:
        return ("earned", None) if paid else ("unknown", REASONS[rank])
    return ("unexpected" if paid else "excluded", REASONS[rank])


def plain(amount):
    """Plain decimals, trailing zeros dropped, at least two decimals, no negative zero."""
    if not amount:
        return "0.00"
    text = f"{Decimal(amount):f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def merged(rows):
    """Rows with (..., rank, paid, currency, rate, lines, list_cost) as {(..., rank, standing, reason, currency): [lines, list, credit]}."""
    table = {}
    for *key, rank, paid, currency, rate, lines, cost in rows:
        entry = table.setdefault((*key, rank, *verdict(rank, paid), currency), [0, Decimal(0), Decimal(0)])
        entry[0] += lines
        entry[1] += cost
        if paid:
            entry[2] += rate * cost
    return table


def sums_json(rows):
    table = merged(rows)
    order = sorted(table, key=lambda key: (STANDINGS.index(key[1]), key[0], key[3]))
    return [
        {
            "standing": standing,
            "reason": reason,
            "currency": currency,
            "lines": table[key][0],
            "list_cost": plain(table[key][1]),
            "potential_credit": plain(PROGRAMME_RATE * table[key][1] if key[0] == NO_EVIDENCE else 0),
            "credit": plain(table[key][2]),
        }
        for key in order
        for _, standing, reason, currency in [key]
    ]


def digest(rows):
    """SHA-256 of the sorted canonical rows, each ended by a line feed."""
    texts = sorted("\x1f".join("" if field is None else str(field) for field in row).encode() for row in rows)
    return hashlib.sha256(b"".join(text + b"\n" for text in texts)).hexdigest()


def cells_digest(rows):
    # The rank is an ordering aid of `merged`, not a field of the row.
    return digest((*key[:5], *key[6:], n, plain(cost), plain(credit)) for key, (n, cost, credit) in merged(rows).items())


def observed_digest(rows):
    return digest((*key, int(paid > 0), int(n > 0), plain(cost)) for *key, paid, n, cost in rows)


def observed_gaps(unpaid, paid):
    """Runs of unpaid days, taken from the subscription down; README.md has the rule."""
    days = defaultdict(set)
    for customer, subscription, group, resource, day in paid:
        scope = (customer, subscription, group, resource)
        days[tuple(part for part in scope if part is not None)].add(day)
    paid_days = defaultdict(list, {scope: sorted(found) for scope, found in days.items()})

    found = defaultdict(list)
    left = [tuple(row) for row in unpaid]
    for depth in (2, 3, 4):  # subscription, resource group, resource
        units, left_over = defaultdict(list), []
        for row in left:
            (left_over if row[4] in days.get(row[:depth], ()) else units[row[:depth]]).append(row)
        for unit, rows in units.items():
            for run in runs(rows, paid_days[unit]):
                found[smallest_scope(run)].append(run)
        left = left_over
    kept = defaultdict(list)
    for scope in sorted(found, key=len):  # a gap that lies in a larger one, with no pay there between, is part of it
        for gap in joined(found[scope], paid_days[scope]):
            larger = next((rows for depth in range(2, len(scope)) for window, rows in kept[scope[:depth]] if within(gap, window)), None)
            if larger is None:
                kept[scope].append((around(gap, paid_days[scope]), gap))
            else:
                larger.extend(gap)
    gaps = [entry for scope, ones in kept.items() for _, gap in ones for entry in entries(scope, gap, paid_days[scope])]
    gaps.sort(key=lambda g: (-g["credit_lost"], g["customer"], g["subscription"], g["scope"], g["first_day"], g["currency"]))
    for gap in gaps:
        gap["list_cost"], gap["credit_lost"] = plain(gap["list_cost"]), plain(gap["credit_lost"])
    return gaps


def runs(rows, paid_days):
    """Rows of unpaid-only days, cut wherever a paid day lies between two of them."""
    cut = defaultdict(list)
    for row in rows:
        cut[bisect_left(paid_days, row[4])].append(row)
    return cut.values()


def smallest_scope(run):
    resources = {row[:4] for row in run}
    groups = {row[:3] for row in run}
    if len(resources) == 1 and run[0][3]:
        return run[0][:4]
    return run[0][:3] if len(groups) == 1 and run[0][2] else run[0][:2]


def joined(scope_runs, paid_days):
    """Runs of one scope with no paid day of that scope between them are one gap."""
    gaps, last = [], None
    for run in sorted(scope_runs, key=lambda run: min(row[4] for row in run)):
        first = min(row[4] for row in run)
        if gaps and bisect_left(paid_days, first) <= bisect_right(paid_days, last):
            gaps[-1] = gaps[-1] + run
        else:
            gaps.append(run)
        last = max(row[4] for row in gaps[-1])
    return gaps


def around(gap, paid_days):
    """The last paid day before the gap and the first after it, None where there is none."""
    before = bisect_left(paid_days, min(row[4] for row in gap))
    after = bisect_right(paid_days, max(row[4] for row in gap))
    return (paid_days[before - 1] if before else None, paid_days[after] if after < len(paid_days) else None)


def within(gap, window):
    before, after = window
    days = [row[4] for row in gap]
    return (before is None or before < min(days)) and (after is None or max(days) < after)


def entries(scope, gap, paid_days):
    customer, subscription = scope[:2]
    text = f"/subscriptions/{subscription}"
    if len(scope) == 3:
        text += f"/resourcegroups/{scope[2]}"
    elif len(scope) == 4:
        text = scope[3]
    gap_days = sorted({row[4] for row in gap})
    by_currency = defaultdict(lambda: [0, Decimal(0)])
    for *_, currency, lines, cost in gap:
        by_currency[currency][0] += lines
        by_currency[currency][1] += Decimal(cost)
    for currency, (lines, cost) in by_currency.items():
        yield {
            "customer": customer,
            "subscription": subscription,
            "scope": text,
            "currency": currency,
            "first_day": str(gap_days[0]),
            "last_day": str(gap_days[-1]),
            "days": len(gap_days),
            "lines": lines,
            "list_cost": cost,
            "credit_lost": PROGRAMME_RATE * cost,
            "ongoing": not paid_days or paid_days[-1] <= gap_days[-1],
            "never_earned": not paid_days,
        }


def finish(args, sums, cells, observed, unpaid, paid, clock=None):
    """Write the result file; `cells` and `observed` are callables, called only when their digests are wanted."""
    result = {"sums": sums_json(sums), "gaps": observed_gaps(unpaid, paid)}
    if clock:
        clock.stop(args.clock)
    if not args.no_digest:
        result["cells"] = cells_digest(cells())
        result["observed"] = observed_digest(observed())
    write(args, result)


def write(args, result):
    with open(args.out, "w", encoding="utf-8") as out:
        json.dump(result, out, ensure_ascii=False, indent=1, sort_keys=True)
