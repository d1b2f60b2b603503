"""How the balance of Azure credit is drawn: the pictures of `pec.charts.balance`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pec.drawing import COLOURS, INK, Row, altair, data, layers
from pec.html_report.amounts import ZERO, amount, cents, total

if TYPE_CHECKING:
    import altair as alt

OFFER_CURRENCY = "USD"
"""An offer is in US dollars."""

_HEIGHT = 260
_ENDS = ("earliest", "likely", "latest")
_DASHES = {"balance": [1, 0], "likely end": [6, 4], "earliest end": [2, 3], "latest end": [8, 3, 2, 3]}
_DAY = datetime.timedelta(days=1)


def by_month(offer: Mapping[str, Any], forecast: Mapping[str, Any] | None) -> alt.LayerChart:
    """An offer, month by month."""
    alt = altair()
    if not offer.get("months") or "totals" not in offer:
        raise ValueError("the first must be a table with months: `pec.aco.table(...)`, or `pec.aco.balance(...)`")
    points = [_of_month(0, amount(offer["months"][0]["balance_start"]), "balance")]
    points += [_of_month(month["month"], amount(month["balance_end"]), "balance") for month in offer["months"]]
    if forecast is not None:
        points += _forecast(forecast, len(offer["months"]), amount(offer["months"][-1]["balance_end"]))
    base = alt.Chart(data(points)).encode(
        x=alt.X("month:Q", title="months", axis=alt.Axis(tickMinStep=1, format="d")),
        y=_left(OFFER_CURRENCY),
        color=alt.value(COLOURS["earned"]),
        tooltip=["line:N", alt.Tooltip("month:Q", format=".1f"), "words:N"],
    )
    lines = base.mark_line(strokeWidth=2.5).encode(strokeDash=_dashes(points))
    title = f"Azure credit at the end of each month ({OFFER_CURRENCY})"
    return layers(lines, base.mark_point(filled=True, opacity=1, size=45), title=title, height=_HEIGHT)


def _dashes(points: Sequence[Row]) -> Any:  # noqa: ANN401 -- of Altair
    """A dash for each line that occurs, long enough in the legend to be told from others."""
    alt = altair()
    lines = [line for line in _DASHES if any(point["line"] == line for point in points)]
    scale = alt.Scale(domain=lines, range=[_DASHES[line] for line in lines])
    legend = alt.Legend(title=None, symbolType="stroke", symbolSize=900, symbolStrokeColor=INK)
    return alt.StrokeDash("line:N", scale=scale, sort=lines, legend=legend)


def _left(currency: str) -> Any:  # noqa: ANN401 -- of Altair
    alt = altair()
    return alt.Y("balance:Q", title=f"balance ({currency})", scale=alt.Scale(zero=True))


def _of_month(month: Decimal | int, left: Decimal, line: str) -> Row:
    return {"month": float(month), "balance": float(left), "line": line, "words": cents(left)}


def _forecast(found: Mapping[str, Any], months: int, left: Decimal) -> list[Row]:
    if "likely" not in found or amount(found["balance"]) != left:
        raise ValueError(f"the second must be a forecast of {cents(left)}, the balance that the table leaves")
    points = []
    for name in _ENDS:
        end = found[name]
        if left and end is not None and amount(end["monthly_acr"]) > 0:
            points.append(_of_month(months, left, f"{name} end"))
            points.append(_of_month(months + left / amount(end["monthly_acr"]), ZERO, f"{name} end"))
    return points


def by_day(granted: Sequence[Mapping[str, Any]], days: Sequence[Mapping[str, Any]]) -> alt.LayerChart:
    """Credits of one currency, day by day; as many as there are colours, those of the largest grants."""
    alt = altair()
    colours = list(COLOURS.values())
    shown = sorted(granted, key=lambda one: amount(one["granted"]).copy_negate())[: len(colours)]
    names = _called(shown)
    of_names = zip(names, shown, strict=True)
    points = [point | {"credit": name} for name, credit in of_names for point in _of_credit(credit, days)]
    base = alt.Chart(data(points)).encode(
        x=alt.X("day:T", title=None, scale=alt.Scale(type="utc"), axis=alt.Axis(format="%d %b")),
        y=_left(shown[0]["currency"]),
        color=alt.Color(
            "credit:N", scale=alt.Scale(domain=names, range=colours[: len(names)]), sort=names, title="Azure credit"
        ),
        tooltip=["credit:N", "line:N", "on:N", "words:N"],
    )
    drawn = base.mark_line(strokeWidth=2.5).encode(strokeDash=_dashes(points))
    ends = base.transform_filter("datum.corner").mark_point(filled=True, opacity=1, size=45)
    few = f", {len(shown)} of {len(granted)}" if len(shown) < len(granted) else ""
    title = f"Azure credit at the end of each day ({shown[0]['currency']}){few}"
    return layers(drawn, ends, title=title, height=_HEIGHT)


def _called(granted: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ids of credits, with the customer where several have the same."""
    ids = [credit["id"] for credit in granted]
    return [f"{one['id']} ({one['customer']})" if ids.count(one["id"]) > 1 else one["id"] for one in granted]


def _of_credit(credit: Mapping[str, Any], days: Sequence[Mapping[str, Any]]) -> list[Row]:
    """What was left at the start and at the end of each day on which it changed, and then as the outlook says."""
    key = (credit["id"], credit["customer"], credit["currency"])
    own = [day for day in days if (day["credit_id"], day["customer"], day["currency"]) == key]
    used_before = (amount(credit["drawn_before"]), amount(credit["expired_before"]))
    left = total((amount(credit["granted"]), *(one.copy_negate() for one in used_before)))
    at = own[0]["usage_day"] - _DAY if own else credit["effective"]
    points = [_of_day(at, left, "balance", corner=True)]
    for day in own:
        if day["usage_day"] > at + _DAY:
            points.append(_of_day(day["usage_day"] - _DAY, left, "balance"))
        at, left = day["usage_day"], amount(day["balance"])
        points.append(_of_day(at, left, "balance", corner=day is own[-1]))
    for name in _ENDS:
        end = credit["outlook"] and credit["outlook"][name]
        if end is not None and end > at:
            points.append(_of_day(at, left, f"{name} end"))
            points.append(_of_day(end, ZERO, f"{name} end", corner=True))
    return points


def _of_day(day: datetime.date, left: Decimal, line: str, *, corner: bool = False) -> Row:
    return {
        "day": f"{day}T00:00:00Z",
        "on": str(day),
        "balance": float(left),
        "line": line,
        "words": cents(left),
        "corner": corner,
    }
