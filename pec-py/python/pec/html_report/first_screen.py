"""The first screen of the page: how much earned, what did not and why, who can do what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pec.html_report.amounts import share, total
from pec.html_report.markup import Content, Markup, element, joined, text
from pec.html_report.pictures import cost_bar
from pec.html_report.sections import CAUSES_FIRST, WHO, a_month, plural, prose
from pec.html_report.summary import Cause, Money
from pec.html_report.tables import Names, amount_of

Found = Mapping[str, Any]


def first_screen(money: Sequence[Money], causes: Sequence[Cause], found: Found) -> Markup:
    """What a manager needs: how much earned, what did not, what that goes on to cost, and who can act."""
    parts = []
    gaps = joined([text(", only "), element("a", "since when and where", href="#gaps")]) if found["gaps"] else ""
    for one in money:
        of_it = [(at, cause) for at, cause in enumerate(causes, start=1) if cause.currency == one.currency]
        said = answer(one, [cause for _, cause in of_it], more_of_unknown=gaps)
        parts.append(
            element(
                "section",
                element("p", headline(one), class_="headline"),
                *([element("p", *said, class_="answer")] if said else []),
                _tiles(one),
                cost_bar(one.cost_of, one.currency),
                *_first_causes(of_it, Names(found)),
                aria_label=f"Summary in {one.currency}",
                class_="summary",
            )
        )
    if len(money) > 1:
        parts.insert(0, element("p", f"{len(money)} currencies, which are never added.", class_="note"))
    if not money:
        parts.append(element("p", "No line could be decided.", class_="headline"))
    if found["row_issues"]:
        unreadable = f"{found['row_issues']:,} of {found['lines']:,} rows could not be read"
        link = element("a", unreadable, href="#rows")
        parts.append(element("p", link, " and are in none of the amounts.", class_="note warning"))
    return joined(parts, "\n")


def headline(money: Money) -> Markup:
    """How much of what could earn did."""
    if money.could_earn == money.earned == 0:
        return text(f"No usage in {money.currency} could earn credit.")
    of = element("strong", amount_of(money.earned), " of ", amount_of(money.could_earn), f" {money.currency}")
    return joined([of, text(f" of possible credit was earned{_percent(money)}.")])


def answer(money: Money, causes: Sequence[Cause], *, more_of_unknown: Content = "") -> list[Content]:
    """What is gone, what is not known, what goes on; nothing where all was earned."""
    parts: list[Content] = []
    if money.lost > 0:
        parts.extend((_sum(money, money.lost), " was lost or missed, by evidence. "))
    if money.unknown > 0:
        either = " either" if money.lost > 0 else ""
        parts.extend((_sum(money, money.unknown), f" was not earned{either}, and what was given cannot tell why"))
        parts.extend((more_of_unknown, ". "))
    goes_on = total(cause.a_month for cause in causes if cause.a_month is not None)
    if goes_on > 0:
        parts.extend(("What is not over costs ", _sum(money, goes_on), " more each month of 30 days."))
    return parts


def _sum(money: Money, value: Decimal) -> Markup:
    return element("strong", amount_of(value), f" {money.currency}")


def _percent(money: Money) -> str:
    """The share that earned, cut; none where refunds leave no share to speak of."""
    if not 0 <= money.earned <= money.could_earn:
        return ""
    tenths = share(money.earned, money.could_earn, 1000)
    return ": all of it" if tenths == 1000 else f": {tenths // 10}.{tenths % 10} %"


def _tiles(money: Money) -> Markup:
    tiles: list[tuple[str, str, Any, str]] = [
        ("list", "List cost", money.list_cost, f"{plural(money.lines, 'line')}, before any credit"),
        ("earned", "Credit earned", money.earned, "was paid"),
        ("lost", "Lost and missed", money.lost, "credit possible, not paid"),
        ("unknown", "Unknown", money.unknown, "credit possible, cause not known"),
        ("excluded", "Excluded", money.excluded, "list cost that earns nothing by design"),
    ]
    if money.unexpected:
        tiles.append(("unexpected", "Unexpected", money.unexpected, "credit paid that may be taken back"))
    shown = [
        element(
            "div",
            element("dt", heading),
            element("dd", amount_of(value), f" {money.currency}"),
            element("dd", note, class_="note"),
            class_=f"tile {name}",
            data_tile=name,
            data_currency=money.currency,
        )
        for name, heading, value, note in tiles
    ]
    return element("dl", *shown, class_="tiles")


def _first_causes(causes: Sequence[tuple[int, Cause]], names: Names) -> list[Content]:
    if not causes:
        return [element("p", "Nothing that could earn was left unpaid.", class_="note")]
    cards = [_card(number, cause, names) for number, cause in causes[:CAUSES_FIRST]]
    heading = "The largest cause" if len(cards) == 1 else f"The {len(cards)} largest causes"
    return [element("h2", heading), element("ol", *cards, class_="cards")]


def _card(number: int, cause: Cause, names: Names) -> Markup:
    link = element(
        "a",
        "Where, and what to run",
        href=f"#cause-{number}",
        aria_label=f"Where, and what to run: {cause.sentence.replace('`', '')}",
    )
    return element(
        "li",
        element("p", amount_of(cause.credit), f" {cause.currency}", class_="money"),
        element("p", prose(_capital(cause.sentence)), *_where(cause, names)),
        element("p", a_month(cause), class_="note"),
        # A remedy begins with what to do; what else is to be known of it stands with the cause.
        element("p", element("strong", "To do: "), prose(cause.remedy.split(";")[0]), "."),
        element("p", "Who can act: ", element("strong", WHO[cause.owner])),
        element("p", link),
        class_=f"cause {cause.standing}",
    )


def _where(cause: Cause, names: Names) -> list[Content]:
    """The Azure subscription, or the one of the largest part."""
    if not cause.losses:
        return []
    loss = cause.losses[0]
    customer, subscription = (names(what, loss[what]) for what in ("customer", "subscription"))
    where = element("strong", f"{customer[0] or customer[1]}, {subscription[0] or subscription[1]}")
    number = len({one["subscription"] for one in cause.losses})
    return (
        [" In ", where, "."]
        if number == 1
        else [f" In {plural(number, 'Azure subscription')}, most of it in ", where, "."]
    )


def _capital(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}."
