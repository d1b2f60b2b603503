"""How the pictures of `pec.charts` look, and the little of Altair that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    import altair as alt

Row: TypeAlias = dict[str, Any]
"""What one mark is drawn from."""

COLOURS: Mapping[str, str] = {
    "earned": "#0072b2",
    "missed": "#e69f00",
    "lost": "#d55e00",
    "unknown": "#cc79a7",
    "excluded": "#9aa3ad",
    "unexpected": "#009e73",
}
"""Colours of standings, of the palette of Okabe and Ito; the same as on the page."""

INK = "#767676"
"""Colour of words and lines, as far from white as from black."""

_WIDTH = 640


def altair() -> Any:  # noqa: ANN401 -- the module, whose own types are looser than its charts
    """The library, or what to install."""
    try:
        import altair as library
    except ImportError as error:
        raise ImportError('charts need Altair; run `pip install "pec-py[charts]"`') from error
    return library


def data(rows: Sequence[Row]) -> Any:  # noqa: ANN401 -- of Altair
    """Rows that travel in the chart itself."""
    return altair().Data(values=list(rows))


def standings(rows: Sequence[Row], *, title: str) -> Any:  # noqa: ANN401 -- of Altair
    """Colour by standing, of those that occur; `all` has the colour of words."""
    alt = altair()
    colours = {**COLOURS, "all": INK}
    present = [one for one in colours if any(row["standing"] == one for row in rows)]
    scale = alt.Scale(domain=present, range=[colours[one] for one in present])
    legend = alt.Legend(title=title, values=[one for one in present if one in COLOURS])
    return alt.Color("standing:N", scale=scale, sort=present, legend=legend)


def single(chart: Any, title: str, *, height: int) -> alt.Chart:  # noqa: ANN401 -- of Altair
    """A chart of one layer, finished."""
    return cast("alt.Chart", _finished(chart, title, height))


def layers(*charts: Any, title: str, height: int) -> alt.LayerChart:  # noqa: ANN401 -- of Altair
    """A chart of layers, finished."""
    return cast("alt.LayerChart", _finished(altair().layer(*charts), title, height))


def _finished(chart: Any, title: str, height: int) -> Any:  # noqa: ANN401 -- of Altair
    """Sized for a notebook, legible on light and dark."""
    words = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12}
    return (
        chart.properties(width=_WIDTH, height=height, title=title, background="transparent", padding=8)
        .configure_view(stroke=None)
        .configure_axis(**words, domainColor=INK, tickColor=INK, gridColor=INK, gridOpacity=0.15, labelLimit=260)
        .configure_legend(**words, orient="bottom", labelLimit=260)
        .configure_title(color=INK, anchor="start", fontSize=14)
        .configure_text(fontSize=12)
    )
