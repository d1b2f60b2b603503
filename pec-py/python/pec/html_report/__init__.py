"""The page of a result: one HTML file that asks for nothing, for a manager, a customer or a printer.

    import pec
    from pec import html_report

    result = pec.reconcile("examples/data/2026-10")
    html_report.write(result, "out/october.html", source="examples/data/2026-10")

It has the summary on its first screen, then causes with what to do, customers, gaps, all tables to sort and filter,
Azure credits where they were given, and the documents that the decisions rest on. The same result gives the same bytes.
Every text of a file stays text, and the page's Content-Security-Policy lets nothing run but its own two scripts and
nothing be asked for.

Tables are sorted, filtered and paged by TanStack Table (MIT), whose text and licence are in `assets`.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from pec import _pec
from pec.html_report import sections
from pec.html_report.credits import credit_tables, credits_section
from pec.html_report.first_screen import first_screen
from pec.html_report.gap_days import days_a_bar, strips
from pec.html_report.markup import Markup, element, joined, page
from pec.html_report.pictures import day_bars
from pec.html_report.summary import Cause, by_customer, causes_of, money_of, period, rule_of
from pec.html_report.tables import Names, PageTable, Shown, data_of, of_arrow, of_rows
from pec.paths import at_home
from pec.writing import keep_inputs, write_whole

__all__ = ["html", "write"]

_MONEY: Shown = (
    ("standing", "standing", "standing"),
    ("reason", "reason", "code"),
    ("lines", "lines", "count"),
    ("list_cost", "list cost", "amount"),
    ("credit", "credit paid", "amount"),
    ("potential_credit", "credit possible", "amount"),
    ("currency", "currency", "text"),
)
_CUSTOMER: Shown = (("customer", "customer", "named"),)
_PLACE: Shown = (*_CUSTOMER, ("subscription", "Azure subscription", "named"))
_CUSTOMERS: Shown = (
    *_CUSTOMER,
    ("lost", "lost and missed", "amount"),
    ("unknown", "unknown", "amount"),
    ("earned", "credit earned", "amount"),
    ("list_cost", "list cost", "amount"),
    ("excluded", "excluded", "amount"),
    ("lines", "lines", "count"),
    ("currency", "currency", "text"),
)
_GAPS_COST: Shown = (("credit_lost", "credit not earned", "amount"), ("currency", "currency", "text"))
_GAPS_WHERE: Shown = (
    ("first_day", "first day", "day"),
    ("last_day", "last day", "day"),
    ("days", "days", "count"),
    ("ongoing", "not over", "flag"),
    *_PLACE,
    ("scope", "scope", "named"),
)
_GAPS_NOTE = (
    "Runs of days on which lines that could earn were not paid, at the smallest scope that explains them. A gap is "
    "what the file shows; it is no verdict about access. Bars show what was not earned on its days, the highest of "
    "each gap as high as the cell; a low bar shows its days alone, where another part of its Azure subscription did "
    "not earn on them either."
)
_LOSSES: Shown = (
    ("standing", "standing", "standing"),
    ("reason", "reason", "code"),
    ("credit_lost", "credit not earned", "amount"),
    ("credit_per_month", "a month", "amount"),
    ("currency", "currency", "text"),
    *_PLACE,
    ("first_day", "first day", "day"),
    ("last_day", "last day", "day"),
    ("days", "days", "count"),
    ("lines", "lines", "count"),
    ("list_cost", "list cost", "amount"),
)
_ISSUES: Shown = (
    ("file", "file", "text"),
    ("row", "row", "count"),
    ("column", "column", "code"),
    ("found", "found", "id"),
    ("expected", "expected", "text"),
)


def html(result: _pec.Result, *, title: str | None = None, source: Any = None) -> str:  # noqa: ANN401 -- any source
    """The page of a result.

    Args:
        result: What a run found.
        title: What stands above it; by default the name of the credit.
        source: The files or tables that the result was made of. With them the page has the commands that answer each
            cause, to copy: a result alone keeps sums, and a command names the ids of a line.

    Returns:
        The text of an HTML file that needs nothing else.
    """
    title = title or "Partner Earned Credit"
    found = result.to_dict()
    names = Names(found)
    causes = causes_of(found)
    money = money_of(found["sums"])
    tables = _tables(result, found, names)
    credits_given = credit_tables(found, names)
    days = result.by_day.to_struct_array().to_pylist()
    ids = sorted({row["reason"] for row in found["sums"]} - {None})
    rules = sorted((rule for rule in map(rule_of, ids) if rule is not None), key=lambda rule: (rule.rank, rule.id))
    parts = [
        element("header", element("h1", title), element("p", _what(found), class_="note"), _navigation(found)),
        first_screen(money, causes, found),
        sections.causes_section(causes, sections.explained_commands(_explained(result, causes, source)), found),
        sections.table_section(
            "customers", "Customers", "What is excluded is list cost, all else is credit.", tables["customers"]
        ),
        sections.table_section(
            "gaps",
            "Gaps",
            _GAPS_NOTE,
            tables["gaps"],
            before=[day_bars(days, one.currency) for one in money],
        ),
        sections.table_section(
            "tables",
            "All sums",
            "Every line is in each of these tables once, losses apart. Below each table stand the sums of what is "
            "filtered.",
            *(tables[name] for name in ("losses", "subscriptions", "groups", "days", "resellers")),
        ),
        *([credits_section(*credits_given)] if credits_given else []),
        sections.rows_section(found, tables["issues"]),
        sections.method_section(found, rules),
        element("footer", f"Made with pec {_pec.__version__}. Not by Microsoft, and no advice."),
    ]
    skip = element("a", "To the summary", href="#main", class_="skip")
    content = joined([parts[0], element("main", *parts[1:-1], id="main"), parts[-1]], "\n")
    body = joined([skip, content, data_of([*tables.values(), *credits_given])], "\n")
    return page(title=title, style=_asset("page.css"), scripts=[_table_core(), _asset("page.js")], body=body)


def write(
    result: _pec.Result,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    source: Any = None,  # noqa: ANN401 -- any source
) -> None:
    """Writes the page of a result, in UTF-8.

    Args:
        result: What a run found.
        path: The file; one of the same name is replaced.
        title: What stands above it; by default the name of the credit.
        source: As in `html`.

    Raises:
        ValueError: An input of the result would be overwritten.
    """
    keep_inputs(result.files.column("file").to_pylist(), [Path(at_home(path))])
    write_whole(path, html(result, title=title, source=source))


def _explained(result: _pec.Result, causes: list[Cause], source: Any) -> list[_pec.Explanations]:  # noqa: ANN401
    """Explanations of the last day of the costliest loss of each of the largest causes."""
    if source is None:
        return []
    losses = [cause.losses[0] for cause in causes if cause.losses]
    asked = dict.fromkeys((loss["subscription"], loss["last_day"]) for loss in losses)
    return [
        result.explain(source, subscription=subscription, day=day)
        for subscription, day in list(asked)[: sections.CAUSES_FIRST]
    ]


def _tables(result: _pec.Result, found: dict[str, Any], names: Names) -> dict[str, PageTable]:
    customers = by_customer(result.by_customer.to_struct_array().to_pylist())
    day: Shown = (("usage_day", "day", "day"), *_MONEY)
    group: Shown = (*_PLACE, ("resource_group", "resource group", "text"), *_MONEY)
    reseller: Shown = (("reseller", "reseller", "text"), *_MONEY)
    tables = [
        of_rows("customers", "Credit by customer", customers, _CUSTOMERS, names),
        _gaps(result, found, names),
        of_arrow("losses", "Losses by reason and Azure subscription", result.losses, _LOSSES, names),
        of_arrow("subscriptions", "By Azure subscription", result.by_subscription, (*_PLACE, *_MONEY), names),
        of_arrow("groups", "By resource group", result.by_resource_group, group, names),
        of_arrow("days", "By day", result.by_day, day, names),
        of_arrow("resellers", "By reseller", result.by_reseller, reseller, names),
        of_arrow("issues", "Where they are", result.row_issues, _ISSUES, names),
    ]
    return {table.id: table for table in tables}


def _gaps(result: _pec.Result, found: dict[str, Any], names: Names) -> PageTable:
    read = period(found)
    title = "Gaps, the costliest first"
    if read is None:
        return of_rows("gaps", title, [], (*_GAPS_COST, *_GAPS_WHERE), names)
    days = strips(found["gaps"], result.by_subscription_day, read)
    gaps = [gap | {"strip": strip} for gap, strip in zip(found["gaps"], days, strict=True)]
    a_bar = days_a_bar(read)
    heading = "cost a day" if a_bar == 1 else f"cost each {a_bar} days"
    return of_rows("gaps", title, gaps, (*_GAPS_COST, ("strip", heading, "strip"), *_GAPS_WHERE), names)


def _what(found: dict[str, Any]) -> str:
    read = period(found)
    until = "" if read is None or read[0] == read[1] else f" to {read[1]}"
    days = "" if read is None else f"Usage of {read[0]}{until}. "
    whole = f"{days}{sections.plural(found['lines'], 'row')} of {sections.plural(len(found['files']), 'file')}."
    return f"{whole} Only a part is looked at: {_filter(found['filter'])}." if "filter" in found else whole


def _filter(given: dict[str, Any]) -> str:
    """What a result was filtered by."""
    values = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value) for name, value in given.items()
    }
    return "; ".join(f"{name.replace('_', ' ')} {value or 'none'}" for name, value in values.items()) or "by nothing"


def _navigation(found: dict[str, Any]) -> Markup:
    places = (
        ("causes", "Causes"),
        ("customers", "Customers"),
        ("gaps", "Gaps"),
        ("tables", "All sums"),
        *((("azure-credits", "Azure credits"),) if "azure_credits" in found else ()),
        ("rows", "Rows"),
        ("method", "Method and sources"),
    )
    links = [element("li", element("a", words, href=f"#{id_}")) for id_, words in places]
    return element("nav", element("ul", *links), aria_label="Sections")


def _asset(name: str) -> str:
    return (files("pec.html_report") / "assets" / name).read_text(encoding="utf-8")


def _table_core() -> str:
    """The library as it was published, without the line that makes a browser ask for its map; its licence first."""
    source = _asset("table-core.js").rsplit("\n//# sourceMappingURL", 1)[0]
    return f"/*!\n{_asset('table-core.LICENSE')}*/\n{source}\n"
