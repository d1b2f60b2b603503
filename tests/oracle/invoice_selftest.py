"""What must hold of the invoice oracle, and whether its worlds reach everything.

    python tests/oracle/invoice_selftest.py --seed N --count K

Hand-written figures first, then worlds: what each knows of its keys, order, splits, letter case, one
cent anywhere, the sums of every bridge. Ends with exit code 1 if something does not hold.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from amounts import amount_text
from invoice import (
    ONE,
    effective_unit_price,
    licence_subtotal_documented,
    licence_subtotal_published,
    prorated,
    subtotal_from_shown_price,
    usage_subtotal,
)
from invoice_cases import CASES, Case
from invoice_figures import (
    ADJUSTMENTS,
    BRIDGE,
    BRIDGE_LINES,
    EFFECTIVE,
    KINDS,
    REFUSED,
    SEATS_DOCUMENTED,
    SEATS_PUBLISHED,
    SUBTOTALS,
)
from invoice_keys import BECAUSE
from invoice_lines import InvoiceLine, read_invoice_row
from invoice_names import INVOICE
from invoice_run import differences, expected
from invoice_tie_out import tie_out
from invoice_worlds import InvoiceWorld, world_of
from meaning import Issue
from reading import Row, read_bytes

Answer = dict[str, Any]
DAILY_COLUMNS = """
UsageDate EntitlementId SubscriptionId ProductId SkuId AvailabilityId UnitPrice Quantity
PartnerEarnedCreditPercentage BillingCurrency PCToBCExchangeRate PricingPreTaxTotal CreditType
CreditPercentage BenefitType
""".split()
INVOICE_COLUMNS = """
SubscriptionId ProductId SkuId AvailabilityId UnitPrice Quantity BillableQuantity Subtotal Currency
PriceAdjustmentDescription SubscriptionDescription PCToBCExchangeRate ChargeType CreditReasonCode
""".split()
KEY = {"SubscriptionId": "plan", "ProductId": "p", "SkuId": "0001", "AvailabilityId": "a"}


# By hand


def arithmetic() -> Iterator[str]:
    for quantity, price, rate, fx, currency, wanted, where in SUBTOTALS:
        found = usage_subtotal(
            Fraction(quantity), Fraction(price), Fraction(rate), Fraction(fx), currency
        )
        if found != Fraction(wanted):
            yield f"{quantity} x {price}: {amount_text(found)}, not {wanted} ({where})"
    for cost, quantity, wanted in EFFECTIVE:
        found_text = effective_unit_price(Fraction(cost), Fraction(quantity))
        if found_text != wanted:
            yield f"{cost} / {quantity}: {found_text}, not {wanted}"
    for order, rows in (
        (licence_subtotal_published, SEATS_PUBLISHED),
        (licence_subtotal_documented, SEATS_DOCUMENTED),
    ):
        for price, cycle, days, seats, wanted in rows:
            effective = prorated(Fraction(price), cycle, days)
            found = order(effective, Fraction(seats), ONE, "EUR")
            if found != Fraction(wanted):
                yield f"{order.__name__} {price} x {days}/{cycle} x {seats}: {amount_text(found)}"
    # Finding 2: a printed price loses the cent that the quantity and the list price keep.
    shown = Fraction("0.1999968000511991808131")
    if subtotal_from_shown_price(shown, Fraction("62.501"), ONE, "USD") != Fraction("12.49"):
        yield "the printed price no longer loses its cent"


def csv_text(columns: list[str], records: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([record.get(column, "") for column in columns] for record in records)
    return text.getvalue().encode()


def answer_of(case: Case) -> Answer:
    daily = []
    for at, (day, price, quantity, pec, *rate) in enumerate(case.daily):
        record = {
            **KEY,
            "UsageDate": f"2024-07-{int(day):02}",
            "EntitlementId": "azure",
            "UnitPrice": price,
            "Quantity": quantity,
            "PartnerEarnedCreditPercentage": pec,
            "BillingCurrency": case.currency,
            "PCToBCExchangeRate": rate[0] if rate else "",
        }
        daily.append({**record, **(case.cells[at] if case.cells else {})})
    invoice = []
    for price, quantity, subtotal, text, *rate in case.invoice:
        invoice.append(
            {
                **KEY,
                "UnitPrice": price,
                "Quantity": "1",
                "BillableQuantity": quantity,
                "Subtotal": subtotal,
                "Currency": case.currency,
                "PriceAdjustmentDescription": text,
                "SubscriptionDescription": "Azure plan",
                "PCToBCExchangeRate": rate[0] if rate else "1",
            }
        )
    credit = {"UnitPrice": "0", "BillableQuantity": "1", "Currency": case.currency}
    invoice += [{**KEY, **credit, **record} for record in case.extra]
    return tie_out(
        read_bytes(csv_text(DAILY_COLUMNS, daily), "daily.csv"),
        read_bytes(csv_text(INVOICE_COLUMNS, invoice), "invoice.csv", INVOICE),
    )


def by_hand() -> Iterator[str]:
    for case in CASES:
        answer = answer_of(case)
        if (answer["keys"], answer["tied"], answer["issues"]) != (1, int(case.tied), []):
            yield f"{case.name}: {answer}"
        for entry in answer["untied"]:
            amounts = tuple(entry[n] for n in ("daily", "invoice", "difference", "tolerance"))
            found = (entry["method"], amounts, tuple(entry["because"]))
            if found != (case.method, case.amounts, case.because):
                yield f"{case.name}: {found}"


def one_line(cells: dict[str, str]) -> InvoiceLine | Issue:
    row = {**KEY, "UnitPrice": "1", "BillableQuantity": "1", "Subtotal": "1", "Currency": "EUR"}
    columns = sorted({*INVOICE_COLUMNS, *cells})
    return read_invoice_row(
        read_bytes(csv_text(columns, [{**row, **cells}]), "invoice.csv", INVOICE)[0]
    )


def adjusted(line: InvoiceLine) -> tuple[Fraction, Fraction | None, bool]:
    return line.rate, line.tier if line.has_tier else None, line.other_text


def lines_by_hand() -> Iterator[str]:
    for kind, cells in KINDS:
        line = one_line(cells)
        if isinstance(line, Issue) or line.kind != kind:
            yield f"{cells}: {line}, not {kind}"
    for cell, rate, tier, other in ADJUSTMENTS:
        line = one_line({"PriceAdjustmentDescription": cell})
        wanted = (Fraction(rate), None if tier is None else Fraction(tier), other)
        if isinstance(line, Issue) or adjusted(line) != wanted:
            yield f"{cell}: {line}"
    for column, cell in REFUSED:
        line = one_line({column: cell})
        if not isinstance(line, Issue) or line.column != column:
            yield f"{column} {cell!r}: {line}"


def bridge_by_hand() -> Iterator[str]:
    lines = []
    for cells in BRIDGE_LINES:
        start = {"UnitPrice": "0", "BillableQuantity": "1", "Subtotal": "0", "Currency": "EUR"}
        lines.append({**KEY, **start, "PCToBCExchangeRate": "0.9", **cells})
    columns = [*INVOICE_COLUMNS, "TaxTotal", "PublisherName"]
    rows = read_bytes(csv_text(columns, lines), "invoice.csv", INVOICE)
    answer: Answer = tie_out([], rows)
    steps = answer["currencies"][0]["bridge"]
    found = tuple((step["step"], step["pricing"], step["billing"]) for step in steps)
    if found != BRIDGE:
        yield f"the bridge: {found}"


# Worlds


def rows_of(world: InvoiceWorld) -> tuple[list[Row], list[Row]]:
    daily = [row for name, data in world.daily for row in read_bytes(data, name)]
    return daily, read_bytes(world.invoice[1], world.invoice[0], INVOICE)


def without_issues(answer: Answer) -> Answer:
    """The order of issues is that of the rows."""
    places = sorted((i["file"], i["row"], i["column"]) for i in answer["issues"])
    return {**answer, "issues": places}


def order_changes_nothing(rng: random.Random, world: InvoiceWorld, answer: Answer) -> Iterator[str]:
    daily, invoice = rows_of(world)
    rng.shuffle(daily)
    rng.shuffle(invoice)
    if without_issues(tie_out(daily, invoice)) != without_issues(answer):
        yield "the order of rows matters"


def case_changes_nothing(rng: random.Random, world: InvoiceWorld, answer: Answer) -> Iterator[str]:
    daily, invoice = rows_of(world)
    swapped = [upper(row) for row in invoice]
    if without_issues(tie_out(daily, swapped)) != without_issues(answer):
        yield "the letter case of ids and texts matters"


def upper(row: Row) -> Row:
    spared = ("UnitPrice",)  # 8.5E-05 is the same number, but an issue would show it
    cells = {name: c if name in spared else c.upper() for name, c in row.cells.items()}
    return replace(row, cells=cells)


def a_cent_is_seen(rng: random.Random, world: InvoiceWorld, answer: Answer) -> Iterator[str]:
    """One unit on a line of a key that ties forward: that key, and no other, is untied by it."""
    daily, invoice = rows_of(world)
    untied = {(e["plan"], e["product"], e["sku"], e["availability"]) for e in answer["untied"]}
    forward = ("plain", "azure_credit", "free_tier", "price_of_each_tier", "rate_of_its_own")
    for at in rng.sample(range(len(invoice)), len(invoice)):
        row = invoice[at]
        names = ("SubscriptionId", "ProductId", "SkuId", "AvailabilityId")
        plan, product, sku, availability = (row.get(name).lower() for name in names)
        key = (plan, product, sku, availability)
        story = world.stories.get(key)
        is_credit = row.get("Subtotal").startswith("-") or row.get("CreditReasonCode")
        if key in untied or story not in forward or is_credit or world.known is None:
            continue
        more = Fraction(row.get("Subtotal")) + Fraction(1, 100)
        changed = replace(row, cells={**row.cells, "Subtotal": amount_text(more)})
        after = tie_out(daily, [*invoice[:at], changed, *invoice[at + 1 :]])
        entries = [e for e in after["untied"] if e["plan"] == plan and e["product"] == product]  # type: ignore[attr-defined]
        if after["tied"] != answer["tied"] - 1 or len(entries) != 1:
            yield f"a cent on {story} {key} is not seen"
        return


def bridges_add_up(rng: random.Random, world: InvoiceWorld, answer: Answer) -> Iterator[str]:
    """To the sums of the file's own columns, whatever the steps are."""
    _, invoice = rows_of(world)
    if answer["row_issues"]:
        return
    for column, step in (("Subtotal", "adjusted_net_charges"), ("TaxTotal", "tax")):
        wanted: Counter[str] = Counter()
        for row in invoice:
            wanted[row.get("Currency")] += Fraction(row.get(column) or 0)  # type: ignore[assignment]
        found: Counter[str] = Counter()
        for entry in answer["currencies"]:
            steps = {one["step"]: one["billing"] for one in entry["bridge"]}
            found[entry["currency"]] += Fraction(steps[step])  # type: ignore[assignment]
        if any(found[currency] != wanted[currency] for currency in found | wanted):
            yield f"{step}: {found}, not {wanted}"


def largest_first(rng: random.Random, world: InvoiceWorld, answer: Answer) -> Iterator[str]:
    order = [(e["currency"], -abs(Fraction(e["difference"])), e["plan"]) for e in answer["untied"]]
    if order != sorted(order):
        yield "untied keys are not sorted"


PROPERTIES = (
    order_changes_nothing,
    case_changes_nothing,
    a_cent_is_seen,
    bridges_add_up,
    largest_first,
)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="check the invoice oracle and its worlds")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args(arguments)
    wrong = [*arithmetic(), *lines_by_hand(), *by_hand(), *bridge_by_hand()]
    print(f"{len(CASES)} cases by hand, {len(SUBTOTALS)} subtotals")
    keys = tied = issues = 0
    reasons: Counter[str] = Counter()
    methods: Counter[str] = Counter()
    stories: Counter[str] = Counter()
    for number in range(options.count):
        rng = random.Random(f"invoice selftest/{options.seed}/{number}")
        world = world_of(options.seed, number)
        answer = expected(world)
        keys += answer["keys"]  # type: ignore[operator]
        tied += answer["tied"]  # type: ignore[operator]
        issues += answer["row_issues"]  # type: ignore[operator]
        stories.update(world.stories.values())
        for entry in answer["untied"]:  # type: ignore[attr-defined]
            reasons.update(entry["because"])
            methods[entry["method"]] += 1
        found = differences(world, answer)
        for check in PROPERTIES:
            found += check(rng, world, answer)
        wrong += [f"world {number}: {text}" for text in found]
    print(f"{options.count} worlds, {keys} keys, {tied} tied, {issues} rows not readable")
    print("  untied by method: " + ", ".join(f"{name} {n}" for name, n in methods.most_common()))
    for name in BECAUSE:
        print(f"  {reasons[name]:6} {name}")
    print("  " + ", ".join(f"{name} {n}" for name, n in stories.most_common()))
    missing = [name for name in BECAUSE if not reasons[name]]
    wrong += [f"no key is untied because of {name}" for name in missing]
    for text in wrong[:20]:
        print(f"WRONG {text}")
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
