"""The columns of all tables on the page `docs/tables.md`; run as a program it writes them anew.

Order and types are those of the tables of the example month, what a column means stands here. A column without a
meaning is a `KeyError`, and so `tests/python/test_docs.py` fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pec

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tables.md"
BEGIN, END = "<!-- tables -->\n", "<!-- /tables -->\n"

TYPES = {"Utf8": "text", "UInt64": "integer", "Date32": "date", "Boolean": "boolean", "Timestamp": "timestamp, UTC"}

SUMS = "by standing, reason and currency"
ABOUT = {
    "by_reason": f"Sums {SUMS}. Their lines and the unreadable rows are all rows of the input.",
    "by_customer": f"Sums by customer, and {SUMS}.",
    "by_subscription": f"Sums by Azure subscription, and {SUMS}.",
    "by_subscription_day": f"Sums by Azure subscription and day, and {SUMS}.",
    "by_resource_group": f"Sums by resource group, and {SUMS}.",
    "by_day": f"Sums by day, and {SUMS}.",
    "by_reseller": f"Sums by reseller of record, and {SUMS}.",
    "gaps": "Days on which lines that could earn were not paid, by the smallest scope that explains them.",
    "losses": "Credit missed or lost, by reason and Azure subscription; the costliest first.",
    "row_issues": "Rows that could not be read, the first 10,000 of each input.",
    "files": "What was read.",
    "credits": "Azure credits that were given.",
    "credit_months": "Months of each customer's Azure credits, beside what files say of them.",
    "credit_days": "The ledger: each day on which a credit paid, got something back or expired.",
    "access": "Every grant over time: a row for each stretch in which it stands one way; between them it was not held.",
    "findings": "What was decided of each line, as `result.findings(...)` streams it and `--out` writes it.",
    "untied": "`TieOut.untied`: meters that do not tie, the largest difference of each currency first.",
}

MEANINGS = {
    "agrees": "do drawdown, daily lines and balance report agree?",
    "amounts_were_doubles": "were amounts stored as binary floating-point numbers, of 15 to 17 digits?",
    "assumptions": "what the verdict, or one of them, rests on that nothing proves: ids by comma; null where nothing",
    "assumed": "does it rest on the assumption that nothing changed unseen?",
    "availability": "`AvailabilityId`",
    "balance": "what is left",
    "because": "the ids of what explains it; blank where nothing is to be explained",
    "column": "the column of the file",
    "counts": "`yes`, `no`, `unknown` or `other_partner`: does it carry PEC?",
    "credit": "what the file says was paid: the rate in it x list cost",
    "credit_by_amount": "of paid lines with a total, list cost less total",
    "credit_by_flag": "of the same lines, the flagged rate x list cost",
    "credit_id": "the id of the credit",
    "credit_lost": "what the lines would have earned",
    "credit_per_month": "what it goes on to cost in 30 days, to the cent; null where it is over",
    "currency": "the currency of all amounts in the row, three letters",
    "customer": "the customer's tenant id, lower case",
    "customer_name": "the customer's name; null where the files do not say",
    "daily": "what the daily lines come to on an invoice",
    "days": "days with such lines",
    "difference": "`invoice` less `daily`",
    "drawn": "what credit paid; negative where more was given back",
    "drawn_before": "what it had paid before the first day of usage, by its statements",
    "earliest_end": "the day on which it ends at the pace of its busiest seven days",
    "effective": "the first day on which it pays",
    "ended_on": "the day since which nothing is left; null where something is",
    "evidence": "the files and entries that show it",
    "expected": "what can be read there",
    "expired": "what expired",
    "expired_before": "what had expired before the first day of usage",
    "expiry": "the last day on which it pays",
    "file": "the file, as it was named",
    "first_day": "the first day of usage",
    "flagged": "list cost of daily lines that the file flags as paid by Azure credit",
    "format": "the container, such as `CSV, gzip`",
    "found": "what stands there",
    "from": "the moment since which it stands so; null where that is open",
    "granted": "what was granted",
    "gross_lines": "paid lines whose total is the list cost",
    "contradicting_lines": "lines whose `CreditType` says the opposite of their percentage, which is believed",
    "inferred_from_price_credit": "credit that prices hint at, to the cent; it counts as not paid",
    "inferred_from_price_lines": "lines without a flag whose price looks as if credit was applied",
    "invoice": "the subtotals of the invoice",
    "kind": "such as `daily rated usage`",
    "last_day": "the last day of usage",
    "latest_end": "the day on which it ends at the pace of its quietest seven days; null where it expires first",
    "likely_end": "the day on which it ends at the pace of its last days; null where it expires first",
    "lines": "how many lines",
    "list_cost": "unit price x quantity, before any credit",
    "managing_tenant": "the managing tenant of an Azure Lighthouse delegation; null for other paths",
    "method": "how it was compared; null where a side is missing",
    "month": "the first day of the month",
    "net_lines": "paid lines whose total is list cost less credit",
    "never_earned": "did nothing in the scope ever earn in this input?",
    "ongoing": "was nothing credited after it, up to the end of the input?",
    "not_azure_plan_by_name_lines": "lines that are `not_azure_plan` by their plan's name alone",
    "not_azure_plan_by_name_paid_lines": "those of them that were paid",
    "not_utf8_lines": "lines with names that are not UTF-8; what cannot be read of a name is shown as `U+FFFD`",
    "open_period_lines": "lines that are not invoiced yet, and may still change",
    "other_lines": "paid lines whose total is neither",
    "other_rate_lines": "paid lines whose rate is not the programme's of their day",
    "part_of_answer": "has the answer of an API a next page, or more records than are here, or does it break off?",
    "path": "`aobo`, `lighthouse` or `direct_rbac`: how access is given",
    "plan": "the Azure plan",
    "potential_credit": "the programme's rate x list cost: earned, or possible; zero where excluded",
    "principal": "the object id of the group, user or service principal",
    "product": "`ProductId`",
    "reason": "the id of the rule that decided; null where the lines earned",
    "reported": "what the balance report says was used; null where it does not say",
    "reseller": "the reseller of record; blank in the direct model",
    "resource": "the resource's ARM path, lower case; blank for charges without one",
    "resource_group": "the resource group, lower case; blank for charges outside groups",
    "role": "the id of the role definition",
    "role_name": "its name; null where nothing tells it",
    "row": "the row of the file, the header being row 1",
    "row_issues": "rows that could not be read",
    "rows": "data rows, unreadable ones included",
    "scope": "the ARM path",
    "sku": "`SkuId`",
    "standing": "`earned`, `missed`, `lost`, `unknown`, `excluded` or `unexpected`",
    "state": "`held`, or `unknown` where that is not known",
    "subscription": "the Azure subscription's id (`EntitlementId`), lower case",
    "subscription_name": "its name; null where the files do not say",
    "tolerance": "how far apart the two may be for what was cut; null where they were not compared",
    "until": "the moment up to which it stands so; null where that is open",
    "untold_lines": "lines of which no column says whether credit was applied; they count as not paid",
    "usage": "list cost of usage that the credits can pay",
    "usage_day": "the UTC day of consumption",
}


def schemas() -> Iterator[tuple[str, Any]]:
    """The name and schema of every table, from the example month."""
    data = ROOT / "examples" / "data"
    result = pec.reconcile(
        data / "2026-10", partner=data / "partner.toml", evidence=data / "evidence", credits=data / "credits.toml"
    )
    yield from ((name, result.table(name).schema) for name in pec.Result.tables)
    yield "findings", result.findings(data / "2026-10").schema
    yield "untied", pec.tie_out(data / "2026-10", invoice=data / "invoice").untied.schema


def listed() -> str:
    """All tables with their columns."""
    parts = []
    for name, schema in schemas():
        rows = (f"| `{field.name}` | {_type(field.type)} | {MEANINGS[field.name]} |" for field in schema)
        parts += [
            f"### {name}",
            ABOUT[name],
            "\n".join(["| column | type | what it is |", "| --- | --- | --- |", *rows]),
        ]
    return "\n\n".join(parts)


def _type(arrow: Any) -> str:
    name = str(arrow).split("<")[1].split("(")[0].split(">")[0]
    return "decimal" if name.startswith("Decimal") else TYPES[name]


def page() -> str:
    """The page with the tables as they are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{listed()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
