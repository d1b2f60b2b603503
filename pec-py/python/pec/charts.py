"""Pictures of results: where the money went, which days did not earn, what a gap costs, how a balance ends.

    import pec
    from pec import charts

    result = pec.reconcile("examples/data/2026-10")
    charts.waterfall(result)  # shown in a notebook
    charts.top_gaps(result).save("gaps.svg")  # or .png, .html

Each takes a result, or an answer of `pec.aco`, and everything else by keyword. Made with Altair, which is imported when
a picture is made: `pip install "pec-py[charts]"`. SVG and PNG are written without a network, and a notebook shows
pictures without one after `altair.renderers.enable("svg")`. Colours are those that colour-blind people tell apart, with
words or signs beside them; pictures have no background and stand on light and dark. Amounts become floats here, to be
drawn, and are never counted with again; the words that show on a mark are made from the exact ones.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pec import burn_down
from pec._pec import CreditStatus
from pec.drawing import COLOURS, INK, Row, altair, data, layers, single, standings
from pec.html_report.amounts import ZERO, amount, cents, total
from pec.html_report.summary import OPEN, period

if TYPE_CHECKING:
    import altair as alt

    from pec._pec import CreditOffer, Result

__all__ = ["access_timeline", "balance", "calendar", "top_gaps", "waterfall"]

# A day is shown by what should be looked at first.
_FIRST = ("lost", "missed", "unknown", "unexpected", "earned", "excluded")
_SIGNS = {"lost": "x", "missed": "!", "unknown": "?"}
_SIGNED_DAYS = 70
"""More days than these are too narrow for a sign."""
_ACCESS = {
    "yes": "access that counts",
    "unknown": "access that may count",
    "no": "access that does not count",
    "other_partner": "access of another partner",
}
_NOT_PAID = "not paid"
_LANES = {
    _ACCESS["yes"]: COLOURS["earned"],
    _ACCESS["unknown"]: COLOURS["unknown"],
    _ACCESS["no"]: COLOURS["excluded"],
    _ACCESS["other_partner"]: COLOURS["unexpected"],
    _NOT_PAID: COLOURS["lost"],
}


def waterfall(result: Result, *, currency: str | None = None) -> alt.LayerChart:
    """From list cost down to the list cost that earned, by cause, and the credit beside it.

    Args:
        result: What a run found.
        currency: Which currency; needed where there are several, since they are never added.

    Returns:
        An Altair chart.

    Raises:
        ValueError: There are several currencies, or not this one.
        ImportError: Altair is not installed.
    """
    alt = altair()
    rows = _of_currency(result.to_dict()["sums"], currency)
    steps = _steps(rows)
    in_ = rows[0]["currency"]
    names = [step["step"] for step in steps]
    base = alt.Chart(data(steps)).encode(y=alt.Y("step:N", sort=names, title=None))
    bars = base.mark_bar(height={"band": 0.75}).encode(
        x=alt.X("from:Q", title=in_, axis=alt.Axis(format=",.0f")),
        x2="to:Q",
        color=standings(steps, title="standing"),
        tooltip=["step:N", "standing:N", alt.Tooltip("words:N", title=in_)],
    )
    words = base.mark_text(align="left", dx=4, color=INK).encode(x="high:Q", text="words:N")
    return layers(bars, words, title=f"Where the money went ({in_})", height=28 * len(steps))


def _steps(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The bars of the waterfall: what is left after each cause, exactly, and then as floats to be drawn."""
    left = total(row["list_cost"] for row in rows)
    steps = [_step("list cost", "all", ZERO, left)]
    causes = [row for row in rows if row["standing"] != "earned"]
    causes.sort(key=lambda row: (_FIRST[::-1].index(row["standing"]), row["list_cost"].copy_negate()))
    for row in causes:
        if row["list_cost"]:
            after = total((left, row["list_cost"].copy_negate()))
            steps.append(_step(_cause(row), row["standing"], after, left, row["list_cost"]))
            left = after
    steps.append(_step("list cost that earned", "earned", ZERO, left))
    credit = total(row["credit"] for row in rows if row["standing"] == "earned")
    steps.append(_step("credit earned", "earned", ZERO, credit))
    return steps


def _step(name: str, standing: str, start: Decimal, end: Decimal, shown: Decimal | None = None) -> Row:
    words = cents(end if shown is None else shown)
    return {
        "step": name,
        "standing": standing,
        "from": float(start),
        "to": float(end),
        "high": float(max(start, end)),
        "words": words,
    }


def _cause(row: Mapping[str, Any]) -> str:
    return f"{row['standing']}: {row['reason']}" if row["reason"] else str(row["standing"])


def calendar(result: Result, *, currency: str | None = None, at_most: int = 30) -> alt.LayerChart:
    """A heat map of Azure subscription by day: what stands out of the day's lines.

    A day is lost where any of its credit is; else missed, unknown, unexpected, earned, or excluded. Days that did not
    earn and could have bear a sign, too, for eyes and printers that see no colours.

    Args:
        result: What a run found.
        currency: Which currency; needed where there are several.
        at_most: How many Azure subscriptions; those with the most credit not earned come first.

    Returns:
        An Altair chart.

    Raises:
        ValueError: There are several currencies, or not this one.
        ImportError: Altair is not installed.
    """
    alt = altair()
    columns = ("usage_day", "subscription", "standing", "potential_credit", "currency")
    rows = _of_currency(_rows(result.by_subscription_day, columns), currency)
    days: dict[tuple[str, datetime.date], dict[str, Decimal]] = {}
    lost: dict[str, Decimal] = {}
    for row in rows:
        standing, credit = row["standing"], amount(row["potential_credit"])
        of_day = days.setdefault((row["subscription"], row["usage_day"]), {})
        of_day[standing] = total((of_day.get(standing, ZERO), credit))
        not_earned = credit if standing in OPEN else ZERO
        lost[row["subscription"]] = total((lost.get(row["subscription"], ZERO), not_earned))
    names = _names(lost, result)
    shown = sorted(lost, key=lambda one: (lost[one].copy_negate(), names[one].lower(), one))[:at_most]
    cells = [_day(names[one], day, days[one, day]) for one, day in sorted(days) if one in shown]
    base = alt.Chart(data(cells)).encode(
        x=alt.X(
            "day:O",
            timeUnit="utcyearmonthdate",
            title=None,
            axis=alt.Axis(format="%d %b", labelOverlap=True, labelSeparation=12, domain=False),
            scale=alt.Scale(paddingInner=0.1, paddingOuter=0),
        ),
        y=alt.Y(
            "subscription:N",
            sort=[names[one] for one in shown],
            title=None,
            axis=alt.Axis(domain=False, ticks=False),
            scale=alt.Scale(paddingInner=0.1, paddingOuter=0),
        ),
        tooltip=["subscription:N", "on:N", "standing:N", alt.Tooltip("words:N", title="credit possible")],
    )
    marks = [base.mark_rect().encode(color=standings(cells, title="the day"), description="said:N")]
    if len({cell["day"] for cell in cells}) <= _SIGNED_DAYS:
        signs = base.transform_filter("datum.sign").mark_text(color="black", fontSize=11, aria=False)
        marks.append(signs.encode(text="sign:N"))
    title = f"What stands out of each day ({rows[0]['currency']})"
    if len(lost) > len(shown):
        title += f", {len(shown)} of {len(lost)} Azure subscriptions"
    return layers(*marks, title=title, height=max(60, 20 * len(shown)))


def _names(subscriptions: Iterable[str], result: Result) -> dict[str, str]:
    """What Azure subscriptions are called; their ids, too, where several are called the same."""
    known = result.to_dict()["subscription_names"]
    names = {one: known.get(one) or one for one in subscriptions}
    often = [name for name in names.values() if list(names.values()).count(name) > 1]
    return {one: f"{name} ({one})" if name in often else name for one, name in names.items()}


def _day(subscription: str, day: datetime.date, of_day: Mapping[str, Decimal]) -> Row:
    standing = next(one for one in _FIRST if one in of_day)
    words = ", ".join(f"{one} {cents(of_day[one])}" for one in _FIRST if one in of_day)
    return {
        "subscription": subscription,
        "day": f"{day}T00:00:00Z",
        "on": str(day),
        "standing": standing,
        "sign": _SIGNS.get(standing, ""),
        "words": words,
        "said": f"{subscription}, {day}: {words}",
    }


def top_gaps(result: Result, *, currency: str | None = None, at_most: int = 10) -> alt.LayerChart:
    """The costliest gaps: credit that was not earned in each.

    Args:
        result: What a run found.
        currency: Which currency; needed where there are several.
        at_most: How many gaps.

    Returns:
        An Altair chart.

    Raises:
        ValueError: There are no gaps, several currencies, or not this one.
        ImportError: Altair is not installed.
    """
    alt = altair()
    found = result.to_dict()
    if not found["gaps"]:
        raise ValueError("there are no gaps to draw")
    gaps = _of_currency(found["gaps"], currency)
    shown = [_gap(place, gap, found) for place, gap in enumerate(gaps[:at_most], start=1)]
    in_ = gaps[0]["currency"]
    base = alt.Chart(data(shown)).encode(y=alt.Y("gap:N", sort=[one["gap"] for one in shown], title=None))
    bars = base.mark_bar(height={"band": 0.75}).encode(
        x=alt.X("credit:Q", title=f"credit not earned ({in_})"),
        color=alt.Color(
            "state:N",
            scale=alt.Scale(domain=["not over", "over"], range=[COLOURS["lost"], COLOURS["excluded"]]),
            title="the gap is",
        ),
        tooltip=["gap:N", "scope:N", "days:N", "state:N", alt.Tooltip("words:N", title=in_)],
    )
    words = base.mark_text(align="left", dx=4, color=INK).encode(x="credit:Q", text="label:N")
    title = f"Gaps ({in_})" if len(gaps) <= at_most else f"The {at_most} costliest of {len(gaps)} gaps ({in_})"
    return layers(bars, words, title=title, height=28 * len(shown))


def _gap(place: int, gap: Mapping[str, Any], found: Mapping[str, Any]) -> Row:
    credit = amount(gap["credit_lost"])
    name = found["subscription_names"].get(gap["subscription"]) or gap["subscription"]
    days = f"{gap['first_day']} to {gap['last_day']}"
    return {
        "gap": f"{place}. {name}",
        "scope": gap["scope"],
        "days": days,
        "state": "not over" if gap["ongoing"] else "over",
        "credit": float(credit),
        "words": cents(credit),
        "label": f"{cents(credit)}, {days}",
    }


def access_timeline(
    result: Result,
    *,
    subscriptions: Iterable[str] = (),
    at_most: int = 10,
    timeline: Any = None,  # noqa: ANN401 -- any table with the Arrow PyCapsule interface
) -> alt.Chart:
    """Access that counts, does not, or may, above the days that were not paid.

    Access is drawn within the days of the usage. Left out are grants above subscriptions, which have no subscription,
    and those of identities that are no partner's.

    Args:
        result: What a run found with evidence of access.
        subscriptions: Which Azure subscriptions; by default those with gaps.
        at_most: How many Azure subscriptions; those of the costliest gaps come first.
        timeline: The table of `pec.access_timeline`, for a result that was loaded and has none.

    Returns:
        An Altair chart.

    Raises:
        ValueError: There is nothing to draw, or the result was loaded and no timeline is given.
        ImportError: Altair is not installed.
    """
    alt = altair()
    found = result.to_dict()
    read = period(found)
    asked = list(dict.fromkeys(subscriptions or (gap["subscription"] for gap in found["gaps"])))
    wanted = asked[:at_most]
    if read is None or not wanted:
        raise ValueError("there is nothing to draw: no usage, or no gaps; pass subscriptions")
    start = _midnight(read[0])
    end = _midnight(read[1] + datetime.timedelta(days=1))
    bars = _held(result.access if timeline is None else timeline, wanted, start, end)
    for gap in found["gaps"]:
        if gap["subscription"] in wanted:
            until = _midnight(gap["last_day"] + datetime.timedelta(days=1))
            bars.append(_bar(gap["subscription"], _NOT_PAID, _midnight(gap["first_day"]), until, gap["scope"]))
    if not bars:
        raise ValueError("there is nothing to draw: these subscriptions have neither gaps nor grants of their own")
    names = _names(wanted, result)
    for bar in bars:
        bar["name"] = names[bar["subscription"]]
    lanes = {lane: colour for lane, colour in _LANES.items() if any(bar["lane"] == lane for bar in bars)}
    chart = (
        alt.Chart(data(bars))
        .mark_bar()
        .encode(
            x=alt.X("from:T", title=None, scale=alt.Scale(type="utc"), axis=alt.Axis(format="%d %b")),
            x2="until:T",
            y=alt.Y("name:N", sort=list(names.values()), title=None),
            yOffset=alt.YOffset("lane:N", sort=list(lanes)),
            color=alt.Color(
                "lane:N", scale=alt.Scale(domain=list(lanes), range=list(lanes.values())), sort=list(lanes), title=None
            ),
            tooltip=["name:N", "lane:N", "from:N", "until:N", "what:N"],
        )
    )
    title = "Access beside days that were not paid (UTC)"
    if len(asked) > len(wanted):
        title += f", {len(wanted)} of {len(asked)} Azure subscriptions"
    return single(chart, title, height=(12 + 16 * len(lanes)) * len({bar["name"] for bar in bars}))


def _held(timeline: Any, wanted: Sequence[str], start: datetime.datetime, end: datetime.datetime) -> list[Row]:  # noqa: ANN401
    bars = []
    for row in _rows(timeline, ("subscription", "from", "until", "counts", "role_name", "path")):
        first = max(row["from"], start)
        last = end if row["until"] is None else min(row["until"], end)
        if row["subscription"] in wanted and row["counts"] in _ACCESS and first < last:
            what = f"{row['path']}, {row['role_name']}"
            bars.append(_bar(row["subscription"], _ACCESS[row["counts"]], first, last, what))
    return bars


def _bar(subscription: str, lane: str, first: datetime.datetime, last: datetime.datetime, what: str) -> Row:
    return {
        "subscription": subscription,
        "lane": lane,
        "from": first.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "until": last.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "what": what,
    }


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)


def balance(
    table: CreditOffer | CreditStatus, forecast: CreditOffer | None = None, *, currency: str | None = None
) -> alt.LayerChart:
    """Azure credit burning down, and how it would end: planned by month, or real by day.

    Args:
        table: The months of an offer, `pec.aco.table(...)`; or what became of credits, `pec.aco.balance(...)`, whose
            ends are those of its outlook.
        forecast: The end of an offer, if the months to come are like given ones: `pec.aco.forecast(...)` of the balance
            that the table leaves.
        currency: Which currency of the credits; needed where there are several. An offer is in US dollars.

    Returns:
        An Altair chart.

    Raises:
        ValueError: The first is neither; the second no forecast from where the table ends; there are no credits,
            several currencies, or not this one.
        ImportError: Altair is not installed.
    """
    if isinstance(table, CreditStatus):
        if forecast is not None:
            raise ValueError("what became of credits has an outlook of its own; pass no forecast")
        found = table.to_dict()
        return burn_down.by_day(_of_currency(found["credits"], currency), found["days"])
    _of_currency([{"currency": burn_down.OFFER_CURRENCY}], currency)
    return burn_down.by_month(table.to_dict(), None if forecast is None else forecast.to_dict())


def _of_currency(rows: Sequence[Row], currency: str | None) -> list[Row]:
    present = sorted({row["currency"] for row in rows})
    if currency is None and len(present) > 1:
        raise ValueError(
            f"there are {len(present)} currencies, which are never added; pass one as `currency`: {', '.join(present)}"
        )
    wanted = present[0] if currency is None and present else currency
    found = [row for row in rows if row["currency"] == wanted]
    if not found:
        raise ValueError(
            f"there is nothing in {wanted}; there is {', '.join(present)}" if wanted else "there is nothing to draw"
        )
    return found


def _rows(table: Any, columns: Sequence[str]) -> list[Row]:  # noqa: ANN401 -- any table of Arrow
    """The rows of any table of Arrow, with these columns."""
    from arro3.core import Table

    found = Table.from_arrow(table)
    missing = [name for name in columns if name not in found.column_names]
    if missing:
        raise ValueError(f"the table has no column `{missing[0]}`")
    cells = [found.column(name).to_pylist() for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*cells, strict=True)]
