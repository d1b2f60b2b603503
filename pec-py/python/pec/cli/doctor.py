"""`pec doctor`: what files are, before anything is asked of them."""

from __future__ import annotations

import datetime
import json
import os
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

import pec
from pec.cli.given import reading
from pec.cli.options import Json
from pec.cli.output import DONE, failing, line, write
from pec.cli.shape import Command, example
from pec.diagnosis.shape import UNKNOWN, Diagnosis

commands = typer.Typer()

USAGE = ("daily_rated_usage", "cost_details", "focus")
SHOWN_PATHS = 3
"""More paths than that are given as their folder."""
ISSUES_SHOWN = 3
"""So many kinds of rows that cannot be read are told of a file."""


@commands.command(
    cls=Command,
    rich_help_panel="Before you begin",
    epilog=example(
        "pec doctor examples/data",
        then="Ends with status 0, whatever the files are; 2 when there is nothing at a path.",
    ),
)
def doctor(
    files: Annotated[list[str], typer.Argument(metavar="FILE_OR_DIR", help="Any files, globs, folders.")],
    as_json: Json = False,
) -> int:
    """What each file is, what it lacks, what it can answer, and which export would answer more.

    It knows daily rated usage in every form, cost details and FOCUS of Cost Management, price lists, invoice
    reconciliation files, balance reports of Azure credits, exports of access and their folders, partner.toml,
    offer.toml and credits.toml.
    """
    with failing(), reading([]) as told:
        found = pec.doctor(files, progress=told)
    asked = list(_commands(found))
    if as_json:
        write(json.dumps({"files": found, "commands": asked}, default=str, separators=(",", ":")))
    else:
        write(_text(found, asked))
    return DONE


def _text(found: list[Diagnosis], asked: list[str]) -> str:
    """As wide as the terminal, and in colour on one."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    colours = {"yes": "green", "partly": "yellow", "with": "cyan", "no": "red"}
    with console.capture() as captured:
        for one in found:
            # A path stays whole, so that it can be copied.
            console.print(Text(line(one["file"]), style="bold"), soft_wrap=True)
            rows = Table.grid(padding=(0, 2))
            rows.add_column(width=8, justify="right")
            rows.add_column(overflow="fold")
            for mark, text in _rows(one):
                rows.add_row(Text(mark, style=colours.get(mark, "dim")), Text(line(text)))
            console.print(rows)
            console.print()
        if asked:
            console.print("With these files", style="bold")
        for command in asked:
            console.print(Text(f"  {line(command)}"), soft_wrap=True)
    return "\n".join(text.rstrip() for text in captured.get().rstrip("\n").split("\n"))


def _rows(one: Diagnosis) -> Iterator[tuple[str, str]]:
    """What is said of a file: a mark, and a text."""
    yield "is", "; ".join(_facts(one)) if one["error"] is None else _of_no_use(one)
    if one["final"] is False:
        yield "but", f"{one['details']['open_period_lines']:,} lines are not invoiced yet: they may still change"
    if one["details"].get("part_of_answer"):
        yield "but", "it is a part of an answer: it has a next page, counts more records than it holds, or breaks off"
    if not_utf8 := one["details"].get("not_utf8_lines"):
        yield "but", f"{_counted(not_utf8, 'line')} with names that are not UTF-8; all else is read"
    for count in one["details"].get("issue_counts", [])[:ISSUES_SHOWN]:
        column = f"`{count['column']}`, " if count["column"] else ""
        yield "but", f"{_counted(count['rows'], 'row')} cannot be read: {column}expected {count['expected']}"
    if one["kind"] in ("credits", "evidence", "partner", "offer", "price_list"):
        yield from (("lacks", lack) for lack in one["lacks"])
    for answer in one["answers"]:
        yield answer["answer"], f"{answer['asks']}{_why(answer)}"
    takes = [one["take"] for one in one["answers"] if one["take"] and one["answer"] in ("partly", "no")]
    yield from (("take", take) for take in dict.fromkeys(takes))


def _of_no_use(one: Diagnosis) -> str:
    if one["error"] == UNKNOWN:
        return UNKNOWN
    kind = f"meant as {one['kind'].replace('_', ' ')}" if one["kind"] else "nothing that pec can use"
    return f"{kind}: {one['error']}"


def _why(answer: dict[str, Any]) -> str:
    if answer["answer"] == "with":
        return f": give {answer['take']}" if answer["take"].startswith("--") else f": needs {answer['take']}"
    lacks = f" (without {', '.join(answer['lacks'])})" if answer["lacks"] else ""
    return f": {answer['because']}{lacks}" if answer["because"] else ""


def _facts(one: Diagnosis) -> Iterator[str]:
    details = one["details"]
    layout = f"exports of access, {one['layout']}" if one["kind"] == "evidence" else one["layout"]
    yield layout + (f", attribute set {one['attribute_set']}" if one["attribute_set"] else "")
    if one["format"]:
        yield one["format"]
    if one["rows"] is not None:
        yield _counted(one["rows"], "entry" if one["kind"] == "evidence" else "row")
    if one["row_issues"]:
        yield f"{one['row_issues']:,} unreadable"
    if one["first_day"] or one["last_day"]:
        yield _days(one["first_day"], one["last_day"])
    if one["kind"] == "invoice":
        yield f"{details['keys']:,} meters of Azure plans"
        yield from (f"{total['total_invoice']:,.2f} {total['currency']}" for total in details["currencies"])
    if one["kind"] == "credits":
        yield f"{_counted(details['credits'], 'credit')} of {_counted(details['customers'], 'customer')}"
    if one["kind"] == "evidence":
        complete = "complete" if details["complete"] else "not said to be complete"
        yield f"{complete}, taken {details['taken_at']}"


def _days(first: datetime.date | None, last: datetime.date | None) -> str:
    if first is None or last is None:
        return f"until {last}" if first is None else f"from {first} on"
    return f"{first} to {last}" if first < last else f"{first}"


def _counted(count: int, what: str) -> str:
    many = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{count:,} {what if count == 1 else many}"


def _commands(found: list[Diagnosis]) -> Iterator[str]:
    """The commands that these files are enough for."""
    usable = [one for one in found if one["error"] is None]

    def paths(*kinds: str) -> list[str]:
        return list(dict.fromkeys(one["path"] for one in usable if one["kind"] in kinds))

    usage, partners = paths(*USAGE), paths("partner")
    evidence, prices, invoices = paths("evidence"), paths("price_list"), paths("invoice")
    granted = f" --credits {_given(paths('credits'))}" if paths("credits") else ""
    access = f" --partner {_word(partners[0])}" if len(partners) == 1 else ""
    if access and evidence:
        access += f" --evidence {_given(evidence)}"
    if usage:
        priced = f" --prices {_given(prices)}" if prices else ""
        yield f"pec reconcile {_given(usage)}{access}{priced}{granted}"
    ties, drawn = (_answering(usable, question) for question in ("tie_out", "balance"))
    if ties and invoices:
        yield f"pec tie-out {_given(ties)} --invoice {_given(invoices)}"
    if drawn and granted:
        beside = f" --invoice {_given(invoices)}" if invoices else ""
        yield f"pec aco balance {_given(drawn)}{granted}{beside}"
    if access and evidence and not usage:
        yield f"pec access alert{access}"
    yield from (f"pec aco plan {_word(offer)}" for offer in paths("offer"))


def _answering(usable: list[Diagnosis], question: str) -> list[str]:
    """The paths of usage that answers a question with another input."""
    return [
        one["path"]
        for one in usable
        if one["kind"] in USAGE
        and (question, "with") in ((told["question"], told["answer"]) for told in one["answers"])
    ]


def _given(paths: Iterable[str]) -> str:
    """Paths as arguments; many of one folder as the folder."""
    paths = list(paths)
    folders = {str(Path(path).parent) for path in paths}
    return " ".join(_word(path) for path in (sorted(folders) if len(paths) > SHOWN_PATHS else paths))


def _word(path: str) -> str:
    """A path as a word for a shell and no option; what would steer a terminal is spelt out, as bash reads it."""
    path = f"./{path}" if path.startswith("-") else path
    if path.isprintable():
        return shlex.quote(path)
    spelt = (c if c.isprintable() and c not in "'\\" else "".join(f"\\x{b:02x}" for b in os.fsencode(c)) for c in path)
    return f"$'{''.join(spelt)}'"
