"""The `pec` command."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pec
from pec import _pec
from pec.paths import Found, expand

if TYPE_CHECKING:
    from pec.run import Progress

DONE, DONE_WITH_ISSUES, LOSS, UNUSABLE, INTERRUPTED = 0, 1, 1, 2, 130

ABOUT = "Microsoft Partner Earned Credit: what earned, what did not, since when, and what it cost."
STATUSES = """Ends with status 0 when done, 1 when done with unreadable rows under --strict,
2 when the input cannot be used."""
DIFF_STATUSES = """Ends with status 0 when done, 1 when a place lost its access under --fail-on-loss,
2 when the input cannot be used."""
EXPORTS = "exports of access: folders with a manifest.json, and files as [KIND=]FILE[@TIME]"

TIE_OUT_STATUSES = """Ends with status 0 when done, 1 when a key does not tie or rows could not be read under --strict,
2 when the input cannot be used."""


def main() -> None:
    """The entry point."""
    try:
        arguments = _parser().parse_args()
        sys.exit(COMMANDS[arguments.command](arguments))
    except BrokenPipeError:
        # The reader has gone, as `head` does; what is still buffered must not raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("pec", description=ABOUT)
    parser.add_argument("--version", action="version", version=pec.__version__, help="show the version")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command = commands.add_parser(
        "reconcile",
        help="what earned, what did not, since when, and what it cost",
        description=f"Reads daily rated usage. {ABOUT}",
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_inputs(command)
    command.add_argument("--json", action="store_true", help="print one JSON object, exact amounts as strings")
    out = "write findings, sums and gaps as CSV and Parquet"
    command.add_argument("--out", type=Path, metavar="DIR", help=out)
    command.add_argument("--strict", action="store_true", help="end with status 1 where rows could not be read")
    command.add_argument("--threads", type=_threads, metavar="N", help="threads; by default all there are")
    about = "why an Azure subscription earned or did not on a day: every grant considered, and where it was read"
    command = commands.add_parser("explain", help=about, description=f"Says {about}.")
    _add_inputs(command)
    command.add_argument("--subscription", required=True, metavar="ID", help="the Azure subscription (EntitlementId)")
    command.add_argument("--day", required=True, type=_day, metavar="YYYY-MM-DD", help="the day of consumption")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    about = "what a support request on one customer needs, as CSV and a page: lines, grants, days, sources, rules"
    command = commands.add_parser("evidence", help=about, description=f"Writes {about}. Nothing personal is in it.")
    _add_inputs(command, access=True)
    command.add_argument("--customer", required=True, metavar="ID", help="the customer's tenant id (CustomerId)")
    subscriptions = "Azure subscriptions (EntitlementId); by default all of the customer"
    command.add_argument("--subscription", nargs="+", action="extend", metavar="ID", help=subscriptions)
    command.add_argument("--from", dest="from_", type=_day, metavar="DAY", help="the first day")
    command.add_argument("--until", type=_day, metavar="DAY", help="the day after the last")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write it")
    about = "daily lines against the invoice, meter by meter: what ties, what does not, and why"
    command = commands.add_parser(
        "tie-out",
        help=about,
        description=f"Compares {about}.",
        epilog=TIE_OUT_STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("sources", nargs="+", metavar="DAILY", help="billed daily rated usage: files, globs, folders")
    recon = "invoice reconciliation files of the same month: files, globs, folders"
    command.add_argument("--invoice", nargs="+", action="extend", required=True, metavar="RECON", help=recon)
    command.add_argument("--json", action="store_true", help="print one JSON object, exact amounts as strings")
    strict = "end with status 1 where a key does not tie or rows could not be read"
    command.add_argument("--strict", action="store_true", help=strict)
    command.add_argument("--threads", type=_threads, metavar="N", help="threads; by default all there are")
    about = "exports of access: a script that makes them, what changed between two, an alert on what they show"
    groups = commands.add_parser("access", help=about, description=about.capitalize() + ".").add_subparsers(
        dest="access_command", required=True, metavar="COMMAND"
    )
    about = "a script of az commands that only read: it exports who has access to your Azure subscriptions"
    command = groups.add_parser("script", help=f"print {about}", description=f"Prints {about}.")
    command.add_argument("--shell", required=True, choices=("bash", "pwsh"), help="the shell that is to run it")
    about = "which grants that carry PEC are gone, changed or will end between two exports, and what that costs"
    command = groups.add_parser("diff", help=about, description=f"Says {about}.", epilog=DIFF_STATUSES)
    command.add_argument("old", nargs="+", metavar="OLD", help=f"the old {EXPORTS}")
    command.add_argument("--against", nargs="+", required=True, metavar="NEW", help=f"the new {EXPORTS}")
    command.add_argument("--partner", required=True, metavar="TOML", help="who earns: a partner.toml")
    usage = "daily rated usage, to say what the changes cost: files, globs, export folders"
    command.add_argument("--usage", nargs="+", metavar="FILE_OR_DIR", help=usage)
    command.add_argument("--json", action="store_true", help="print one JSON object, exact amounts as strings")
    loss = "end with status 1 where a place lost the access that covered it"
    command.add_argument("--fail-on-loss", action="store_true", help=loss)
    about = "an Azure Monitor activity-log alert on the deletion of access that carries PEC, as Bicep"
    command = groups.add_parser("alert", help=f"print {about}", description=f"Prints {about}.")
    command.add_argument("--partner", required=True, metavar="TOML", help="who earns: a partner.toml")
    command.add_argument("--evidence", nargs="+", required=True, metavar="FILE_OR_DIR", help=EXPORTS)
    command.add_argument("--subscription", metavar="ID", help="only the rules of this Azure subscription")
    command.add_argument("--action-group", metavar="ID", help="the resource id of the action group that is told")
    _add_aco(commands)
    commands.add_parser("rules", help="every rule: what it finds, what to do, and where it is written")
    return parser


def _add_aco(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    about = "Azure Credit Offer: its size, its table month by month, the end of a balance, what a request needs"
    groups = commands.add_parser("aco", help=about, description=about + ".").add_subparsers(
        dest="aco_command", required=True, metavar="COMMAND"
    )
    on = "the day whose rate and terms hold; by default today"
    share = "the share of usage that earns by the ordinary rules, from 0 to 1; by default 1"

    def add(name: str, about: str) -> argparse.ArgumentParser:
        command = groups.add_parser(name, help=about, description=about[:1].upper() + about[1:] + ".")
        command.add_argument("--json", action="store_true", help="print JSON, exact amounts as strings")
        return command

    command = add("table", "credit, PEC and invoice month by month, and the same usage with the offer and without it")
    command.add_argument("--credit", required=True, metavar="USD", help="the credit that was granted")
    command.add_argument("--acr", required=True, nargs="+", metavar="USD", help="usage at list price of each month")
    mode = "how the month earns in which the balance ends: at a flat rate (deck), or by its eligible share (daily)"
    command.add_argument("--mode", choices=("deck", "daily"), default="deck", help=mode)
    command.add_argument("--eligible-share", metavar="SHARE", help=share)
    expires = "the last month in which the credit pays, counted from 1"
    command.add_argument("--expires-after", type=_month_number, metavar="MONTH", help=expires)
    command.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help=on)
    command.add_argument("--whole-dollars", action="store_true", help="show whole dollars, as the deck; not in JSON")
    command = add("size", "the credit that a deal gets, and what it is worth")
    command.add_argument("--acr", required=True, metavar="USD", help="estimated incremental ACR of 12 months")
    command.add_argument("--eligible-share", metavar="SHARE", help=share)
    command.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help=on)
    command = add("forecast", "when a balance ends, if the months to come are like the given ones")
    command.add_argument("--balance", required=True, metavar="USD", help="what is left of the credit")
    command.add_argument("--acr", required=True, nargs="+", metavar="USD", help="usage of some months at list price")
    first = "the first month to come; without it the end has no day"
    command.add_argument("--first-month", type=_month, metavar="YYYY-MM", help=first)
    command = add("plan", "prerequisites with who must act, and the days of the agreement")
    command.add_argument("offer", metavar="TOML", help="what is known of the request: an offer.toml")
    command.add_argument("--today", type=_day, metavar="YYYY-MM-DD", help="the day to look from; by default today")


def _add_inputs(command: argparse.ArgumentParser, *, access: bool = False) -> None:
    """What is read; `access` where nothing can be done without."""
    sources = "daily rated usage: files, globs, export folders"
    command.add_argument("sources", nargs="+", metavar="FILE_OR_DIR", help=sources)
    command.add_argument("--partner", required=access, metavar="TOML", help="who earns: a partner.toml")
    command.add_argument("--evidence", required=access, nargs="+", action="extend", metavar="FILE_OR_DIR", help=EXPORTS)
    prices = "price lists of the months of the usage, Azure plan consumption and marketplace, as they come"
    command.add_argument("--prices", nargs="+", action="extend", metavar="FILE", help=prices)


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no day; expected one such as 2026-10-04"
        raise argparse.ArgumentTypeError(message) from None


def _month(text: str) -> datetime.date:
    try:
        return datetime.datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        message = f"{text!r} is no month; expected one such as 2026-10"
        raise argparse.ArgumentTypeError(message) from None


def _month_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
        message = f"{text!r} is no number of a month; expected 1 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _threads(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        message = f"{text!r} is no number of threads; expected 1 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def reconcile(arguments: argparse.Namespace) -> int:
    """Reads daily rated usage and says what earned, what did not, since when, and what it cost."""
    out: Path | None = arguments.out
    with _failing():
        found = expand(arguments.sources)
        result = _run(found.files, arguments, out)
    _tell_passed_over(found)
    if arguments.json:
        _write(result.to_json())
    else:
        _say(result.report().rstrip("\n"))
        if out is not None:
            _say(f"\nWritten to {out}: report, sums, gaps, row issues and a finding for every line, as CSV and Parquet")
    return DONE_WITH_ISSUES if arguments.strict and result.row_issues else DONE


def explain(arguments: argparse.Namespace) -> int:
    """Says why an Azure subscription earned or did not on a day."""
    with _failing():
        found = expand(arguments.sources)
        explanations = _pec.explain(
            found.files, subscription=arguments.subscription, day=arguments.day, **_access(arguments)
        )
    _tell_passed_over(found)
    if arguments.json:
        _write(explanations.to_json())
    elif len(explanations) == 0:
        _say(f"No lines of subscription {arguments.subscription} on {arguments.day}")
    else:
        _say(explanations.report().strip("\n"))
    return DONE


def evidence(arguments: argparse.Namespace) -> int:
    """Writes what a support request on one customer needs."""
    with _failing():
        found = expand(arguments.sources)
        with _reading(found.files) if sys.stderr.isatty() else nullcontext() as told:
            _pec.write_evidence_pack(
                found.files,
                arguments.out,
                customer=arguments.customer,
                **_access(arguments),
                subscriptions=arguments.subscription or [],
                from_=arguments.from_,
                until=arguments.until,
                progress=told,
            )
    _tell_passed_over(found)
    _say(f"Written to {arguments.out}: index.html to read; lines, grants, days, sources and rules as CSV")
    return DONE


def tie_out(arguments: argparse.Namespace) -> int:
    """Compares daily rated usage with the invoice."""
    with _failing():
        daily, invoice = expand(arguments.sources), expand(arguments.invoice)
        with _reading(daily.files) if sys.stderr.isatty() else nullcontext() as told:
            found = _pec.tie_out(daily.files, invoice=invoice.files, threads=arguments.threads, progress=told)
    _tell_passed_over(daily)
    _tell_passed_over(invoice)
    if arguments.json:
        _write(found.to_json())
    else:
        _say(found.report().rstrip("\n"))
    wrong = found.tied < found.keys or found.row_issues
    return DONE_WITH_ISSUES if arguments.strict and wrong else DONE


def rules(_: argparse.Namespace) -> int:
    """Lists every rule: rank, id, what it finds, what to do, and where it is written."""
    for rule in pec.rules():
        _say(f"{rule.rank:>2} {rule.id} ({rule.group}): {rule.sentence}")
        _say(f"   {'to do' if rule.can_act else 'no action'}: {rule.remedy}")
        _say(f"   source: {rule.source}")
    return DONE


def access(arguments: argparse.Namespace) -> int:
    """Everything about exports of access."""
    return ACCESS_COMMANDS[arguments.access_command](arguments)


def access_diff(arguments: argparse.Namespace) -> int:
    """Says what became of grants that carry PEC between two exports."""
    with _failing():
        usage = None if arguments.usage is None else expand(arguments.usage)
        files = None if usage is None else usage.files
        found = pec.access_diff(arguments.old, arguments.against, partner=arguments.partner, usage=files)
    if usage is not None:
        _tell_passed_over(usage)
    if arguments.json:
        _write(found.to_json())
    else:
        _say(found.report().rstrip("\n"))
    return LOSS if arguments.fail_on_loss and found.has_loss else DONE


def access_alert(arguments: argparse.Namespace) -> int:
    """Prints an alert on the deletion of access that carries PEC."""
    with _failing():
        text = pec.access_alert(
            arguments.evidence,
            partner=arguments.partner,
            subscription=arguments.subscription,
            action_group=arguments.action_group,
        )
    _write(text.rstrip("\n"))
    return DONE


def access_script(arguments: argparse.Namespace) -> int:
    """Prints the script that exports evidence of access."""
    from pec.collect import script

    _write(script(arguments.shell).rstrip("\n"))
    return DONE


def aco(arguments: argparse.Namespace) -> int:
    """Answers what an Azure Credit Offer is worth, needs and becomes."""
    with _failing():
        answer = _aco_answer(arguments)
    whole_dollars = arguments.aco_command == "table" and arguments.whole_dollars
    if not arguments.json:
        _say(answer.report(whole_dollars=whole_dollars).strip("\n"))
    elif whole_dollars:
        _fail("--whole-dollars is for the text; JSON is exact")
    elif arguments.aco_command == "table":
        _write(json.dumps(json.loads(answer.to_json())["months"], separators=(",", ":")))
    else:
        _write(answer.to_json())
    return DONE


def _aco_answer(arguments: argparse.Namespace) -> pec.CreditOffer:
    match arguments.aco_command:
        case "table":
            return pec.aco.table(
                credit=arguments.credit,
                acr=arguments.acr,
                on=arguments.on or _today(),
                mode=arguments.mode,
                eligible_share=arguments.eligible_share,
                expires_after=arguments.expires_after,
            )
        case "size":
            on = arguments.on or _today()
            return pec.aco.size(acr=arguments.acr, on=on, eligible_share=arguments.eligible_share)
        case "forecast":
            months = arguments.first_month
            return pec.aco.forecast(balance=arguments.balance, acr=arguments.acr, first_month=months)
        case _:
            return pec.aco.plan(arguments.offer, today=arguments.today or _today())


def _today() -> datetime.date:
    """The only look at a clock: a day that was not given."""
    return datetime.datetime.now(datetime.UTC).date()


ACCESS_COMMANDS = {"script": access_script, "diff": access_diff, "alert": access_alert}
COMMANDS = {
    "reconcile": reconcile,
    "explain": explain,
    "evidence": evidence,
    "tie-out": tie_out,
    "access": access,
    "aco": aco,
    "rules": rules,
}


def _run(files: list[Path], arguments: argparse.Namespace, out: Path | None) -> _pec.Result:
    interactive = sys.stderr.isatty()
    access = _access(arguments)
    with _reading(files) if interactive else nullcontext() as told:
        result = _pec.reconcile(files, **access, threads=arguments.threads, progress=told)
    if out is not None:
        result.save(out)
        with _writing(result.lines) if interactive else nullcontext() as told:
            _pec.write_findings(files, result, out, progress=told)
    return result


def _access(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.evidence and not arguments.partner:
        _fail("--evidence needs --partner: a partner.toml that says who you are")
    given: dict[str, Any] = {}
    if arguments.partner:
        from pec.evidence import evidence_of, partner_of

        given |= {"partner": partner_of(arguments.partner), "evidence": evidence_of(arguments.evidence)}
    if arguments.prices:
        from pec.prices import prices_of

        given["prices"] = prices_of(arguments.prices)
    return given


@contextmanager
def _failing() -> Iterator[None]:
    """Ends with one line where the input cannot be used."""
    try:
        yield
    except pec.PecError as error:
        _fail(str(error))
    except OSError as error:
        _fail(_of_os(error))
    except ValueError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("stopped", INTERRUPTED)


def _tell_passed_over(found: Found) -> None:
    for file in found.passed_over:
        print(f"pec: {_line(str(file))}: not a usage file by its name, passed over", file=sys.stderr)  # noqa: T201


def _reading(files: list[Path]) -> AbstractContextManager[Progress]:
    from pec.progress import reading

    return reading(files)


def _writing(rows: int) -> AbstractContextManager[Progress]:
    from pec.progress import writing

    return writing(rows)


def _of_os(error: OSError) -> str:
    """An error of the operating system as `<file>: <what>; <what to do>`."""
    what = error.strerror or str(error)
    if ";" not in what:
        what = f"{what[:1].lower()}{what[1:]}; check the path and its permissions"
    return f"{error.filename}: {what}" if error.filename is not None else what


def _fail(message: str, status: int = UNUSABLE) -> NoReturn:
    print(f"pec: {_line(message)}", file=sys.stderr)  # noqa: T201
    sys.exit(status)


def _line(text: str) -> str:
    """A text on one line, without control characters and surrogates."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _say(text: str) -> None:
    """A text to standard output; what would steer a terminal is made visible."""
    _write("\n".join(_line(line) for line in text.split("\n")))


def _write(text: str) -> None:
    """A text to standard output as it stands, in UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode() + b"\n")
    sys.stdout.buffer.flush()
