"""The sections of the page below its first screen: causes, tables, rows, sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pec import _pec
from pec.html_report.markup import Content, Markup, element, joined, text
from pec.html_report.summary import Cause, rule_of
from pec.html_report.tables import Names, PageTable, amount_of, html_of, standing_of, too_long

Found = Mapping[str, Any]

CAUSES_FIRST = 3
LOSSES_SHOWN = 5
FILES_SHOWN = 50

WHO = {"partner": "you, the partner", "customer": "the customer", "nobody": "nobody"}
_STANDINGS = (
    ("earned", "was credited"),
    ("missed", "should have been credited, by evidence of access: claim it"),
    ("lost", "was not credited for want of access that counts, by evidence; days that are past are gone (R54)"),
    ("unknown", "was not credited, and what was given cannot tell why"),
    ("excluded", "earns nothing by design: Spot, reservation, marketplace and others"),
    ("unexpected", "was credited although the rules say it could not be; it may be taken back"),
)


def prose(words: str) -> Markup:
    """A sentence in which backticks mark code."""
    parts = words.split("`")
    return joined([element("code", part) if at % 2 else text(part) for at, part in enumerate(parts)])


def plural(number: int, one: str, many: str | None = None) -> str:
    """A number of things."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def section(id_: str, heading: str, *content: Content) -> Markup:
    """A section with its heading."""
    title = element("h2", heading, id=f"{id_}-heading")
    return element("section", title, *content, id=id_, aria_labelledby=f"{id_}-heading")


def causes_section(causes: Sequence[Cause], commands: Mapping[str, Sequence[Found]], found: Found) -> Markup:
    """Every cause with its remedy, its costliest places and commands to copy."""
    names = Names(found)
    articles = [_cause(number, cause, commands, names) for number, cause in enumerate(causes, start=1)]
    if not articles:
        articles = [element("p", "Nothing that could earn was left unpaid.")]
    rows = [row for row in found["sums"] if row["standing"] in ("excluded", "unexpected")]
    return section("causes", "Causes and what to do", *articles, *_by_design(rows))


def a_month(cause: Cause) -> Content:
    """What a cause costs while nothing is done."""
    if cause.a_month is not None:
        return joined([text("not over: "), amount_of(cause.a_month), text(f" {cause.currency} a month if it goes on")])
    return "cost a month not known" if cause.standing == "unknown" else "over; it costs no more"


def _cause(number: int, cause: Cause, commands: Mapping[str, Sequence[Found]], names: Names) -> Markup:
    heading = element("h3", amount_of(cause.credit), f" {cause.currency}: ", prose(cause.sentence))
    facts = element(
        "p",
        standing_of(cause.standing),
        " ",
        element("code", cause.reason) if cause.reason else "",
        f" {plural(cause.lines, 'line')}; ",
        a_month(cause),
    )
    assumed = [element("p", _assumed(row, cause.currency), class_="note") for row in cause.assumed]
    what = element(
        "p",
        element("strong", "To do: "),
        prose(cause.remedy),
        ". Who can act: ",
        element("strong", WHO[cause.owner]),
        ".",
    )
    return element(
        "article",
        heading,
        facts,
        *assumed,
        what,
        *_places(cause, names),
        *_commands(cause, commands.get(cause.reason or "", ()), names),
        id=f"cause-{number}",
        class_=f"cause {cause.standing}",
    )


def _assumed(row: Found, currency: str) -> Markup:
    """How much rests on an assumption, and what would prove it."""
    lines = f"{plural(row['lines'], 'line')}, "
    money = joined([text(lines), amount_of(row["potential_credit"]), text(f" {currency}")])
    return joined([text("By assumption, "), money, text(f": {_pec.assumptions()[row['assumption']]}.")])


def _places(cause: Cause, names: Names) -> list[Content]:
    if not cause.losses:
        return []
    shown = []
    for loss in cause.losses[:LOSSES_SHOWN]:
        customer, subscription = (names(what, loss[what]) for what in ("customer", "subscription"))
        when = f", {loss['first_day']} to {loss['last_day']}, {plural(loss['days'], 'day')}"
        where = f" {customer[0] or customer[1]}, {subscription[0] or subscription[1]}"
        shown.append(element("li", amount_of(loss["credit_lost"]), f" {loss['currency']}", where, when))
    more = len(cause.losses) - len(shown)
    if more > 0:
        shown.append(
            element("li", f"{plural(more, 'more Azure subscription')}: ", element("a", "all losses", href="#tables"))
        )
    return [element("ul", *shown)]


def _commands(cause: Cause, explained: Sequence[Found], names: Names) -> list[Content]:
    """Commands that were found for this cause, else the command that finds them."""
    parts: list[Content] = []
    for command in explained:
        role = f" with {command['role']}" if command["role"] else ""
        role += f", signed in as {command['identity']}" if command["identity"] else ""
        where = names("subscription", command["subscription"])
        purpose = f"{_words(command['purpose'])}{role} in {where[0] or where[1]}; run by {WHO[command['owner']]}"
        parts.extend(command_to_copy(purpose, command["line"]))
    for line in re.findall(r"`(az [^`]*)`", cause.remedy):
        parts.extend(command_to_copy("With your own id in it", line))
    if cause.reason == "no_access_evidence":
        parts.extend(command_to_copy("Write the script that exports it", "pec access script --shell bash > collect.sh"))
        run = "Run it where `az` is signed in, then give the folder as `--evidence`"
        parts.extend(command_to_copy(run, "bash collect.sh evidence"))
    if cause.losses and not explained:
        loss = cause.losses[0]
        # Ids come from files: none may end the word that it stands in.
        subscription = "'" + loss["subscription"].replace("'", "'\\''") + "'"
        asked = f"--subscription {subscription} --day {loss['last_day']}"
        line = f"pec explain FILE... --partner TOML --evidence DIR {asked}"
        parts.extend(command_to_copy("Why, with every grant and the commands to run", line))
    return parts


def _words(purpose: str) -> str:
    words = purpose.replace("_", " ").replace("aobo", "AOBO")
    return words[:1].upper() + words[1:]


def command_to_copy(purpose: str, line: str) -> list[Content]:
    """A command with its button, which works where scripts run."""
    button = element(
        "button", "Copy", type="button", class_="copy", hidden=True, aria_label=f"Copy: {purpose.replace('`', '')}"
    )
    code = element("pre", element("code", line), tabindex=0)
    return [element("p", prose(purpose), ":", class_="purpose"), element("div", code, button, class_="command")]


def _by_design(rows: Iterable[Found]) -> list[Content]:
    body = []
    for row in rows:
        rule = rule_of(row["reason"])
        sentence = "" if rule is None else rule.sentence
        cells = (
            element("td", standing_of(row["standing"])),
            element("th", prose(sentence), scope="row"),
            element("td", f"{row['lines']:,}", class_="number"),
            element("td", amount_of(row["list_cost"]), class_="number"),
            element("td", amount_of(row["credit"]), class_="number"),
            element("td", row["currency"]),
        )
        body.append(element("tr", *cells))
    if not body:
        return []
    numbers = ("lines", "list cost", "credit paid")
    heads = [
        element("th", head, scope="col", class_="number" if head in numbers else None)
        for head in ("standing", "why", *numbers, "currency")
    ]
    words = "What earns nothing by design, and what was paid all the same"
    table = element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", *body),
        aria_labelledby="design-title",
    )
    return [
        element("h3", words, id="design-title"),
        element("div", table, class_="wide", tabindex=0, role="group", aria_label=words),
    ]


def table_section(id_: str, heading: str, note: str, *tables: PageTable, before: Sequence[Content] = ()) -> Markup:
    """A section of tables."""
    shown: list[Content] = []
    for table in tables:
        if table.all_rows:
            shown.extend((html_of(table), *too_long(table)))
        else:
            shown.append(element("p", f"{table.title}: none.", class_="note"))
    return section(id_, heading, element("p", prose(note)), *before, *shown)


def rows_section(found: Found, issues: PageTable) -> Markup:
    """Rows that could not be read."""
    decided = found["lines"] - found["row_issues"] - found.get("left_out", 0)
    left_out = f" + {found.get('left_out', 0):,} left out" if "filter" in found else ""
    unreadable = f"{found['row_issues']:,} unreadable"
    words = f"{decided:,} decided{left_out} + {unreadable} = {found['lines']:,} rows of the input."
    parts: list[Content] = [element("p", words)]
    if found["issue_counts"]:
        counts = [
            element("li", f"{one['rows']:,} x ", element("code", one["column"]), ": expected ", prose(one["expected"]))
            for one in found["issue_counts"]
        ]
        parts.extend((element("ul", *counts), html_of(issues), *too_long(issues)))
        if found["row_issues"] > issues.all_rows:
            parts.append(element("p", "The first 10,000 of each input are listed.", class_="note"))
    return section("rows", "Rows that could not be read", *parts)


def method_section(found: Found, rules: Sequence[_pec.Rule]) -> Markup:
    """How it was decided, from which files, by which documents."""
    parts: list[Content] = [
        element(
            "p",
            prose(
                "Each line of daily rated usage was decided by Microsoft's published rules. List cost is unit price x "
                "quantity before any credit; credit paid is the rate in the file x list cost; credit possible is the "
                "programme's rate x list cost. Amounts are exact and shown to the cent; currencies are never added. "
                "What a file cannot tell is called unknown, never lost."
            ),
        )
    ]
    if found["programme_verified_through"] is not None:
        day = found["programme_verified_through"]
        words = (
            f"The programme's values were verified through {day}; later days are decided with the last known values."
        )
        parts.append(element("p", words, class_="note"))
    meanings = [joined([element("dt", standing_of(one)), element("dd", what)]) for one, what in _STANDINGS]
    parts.append(element("dl", *meanings, class_="meanings"))
    parts.append(element("h3", "Files"))
    parts.append(_listed(found["files"], _file))
    parts += [element("p", _same(one), class_="note") for one in found.get("same_usage", [])]
    if found.get("evidence"):
        parts.append(element("h3", "Exports of access"))
        parts.append(_listed(found["evidence"], _evidence))
    if rules:
        parts.append(element("h3", "Rules that were found, with their documents"))
        sources = [
            joined(
                [
                    element("dt", element("code", rule.id), " ", rule.sentence),
                    element("dd", rule.source),
                ]
            )
            for rule in rules
        ]
        parts.append(element("dl", *sources, class_="sources"))
    return section("method", "Method and sources", *parts)


def _listed(files: Sequence[Found], shown: Callable[[Found], Markup]) -> Markup:
    items = [shown(file) for file in files[:FILES_SHOWN]]
    more = len(files) - len(items)
    return element("ul", *items, element("li", plural(more, "more file")) if more > 0 else "")


def _file(file: Found) -> Markup:
    days = f", usage of {file['first_day']} to {file['last_day']}" if file["first_day"] is not None else ""
    part = ", a part of an answer: the rest is in no sum" if file["part_of_answer"] else ""
    rows = f": {file['format']}, {plural(file['rows'], 'row')}, {file['row_issues']:,} unreadable{days}{part}"
    return element("li", element("code", file["file"]), rows)


def _same(one: Found) -> str:
    """Inputs that may be one usage twice."""
    kinds = one["because"] == "other_kind"
    why = "are of different kinds and have the same days" if kinds else "have the same rows, days and list cost"
    more = len(one["files"]) - FILES_SHOWN
    names = ", ".join(one["files"][:FILES_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
    days = f"{one['first_day']} to {one['last_day']}"
    return f"{names} {why}, {days}: all lines count; if they are the same usage, leave one of them out."


def _evidence(file: Found) -> Markup:
    whole = "complete" if file["complete"] else "not known to be complete"
    taken = f", taken {file['taken_at']}" if file["taken_at"] is not None else ""
    lines = f": {file['kind']}, {plural(file['entries'], 'entry', 'entries')}, {whole}{taken}"
    cannot = [element("li", "cannot show ", prose(one)) for one in file["cannot_show"]]
    return element("li", element("code", file["file"]), lines, element("ul", *cannot) if cannot else "")


def explained_commands(explanations: Iterable[_pec.Explanations]) -> dict[str, list[Found]]:
    """The commands of explanations by the cause that they answer, each once."""
    found: dict[str, list[Found]] = {}
    for explanation in explanations:
        for decision in explanation.to_dict()["decisions"]:
            for command in decision["commands"]:
                of_it = found.setdefault(command["answers"], [])
                if all(other["line"] != command["line"] for other in of_it):
                    of_it.append(command | {"subscription": decision["subscription"]})
    return found
