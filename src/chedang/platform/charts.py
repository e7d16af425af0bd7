"""Charts as SVG that stand in a page, in print and on a phone: bars with a mark of the target, lines over months.

Drawn by Vega without a browser. All words come from the caller, in the reader's language; beside each chart a page
shows the same figures as a table. Two colours besides grey; where they carry meaning, form or place carries it too.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from hashlib import sha256
from html import escape
from typing import Any, Final, NamedTuple, ParamSpec

# Colours of the pages' style sheet: --brand, --ink-soft, --rule, --doubt.
BLUE: Final = "#0d4c97"
GREY: Final = "#475460"
LINE: Final = "#d3dae0"
AMBER: Final = "#855000"
FONT: Final = "PingFang SC, 'Noto Sans SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"

# Made for the width of a phone, where text must stay readable; a page shows it up to about 27rem wide.
_WIDTH: Final = 340
_FONT_SIZE: Final = 13
_BAR_STEP: Final = 26
_LABEL_WIDTH: Final = 104
_LINES_HEIGHT: Final = 170
_FORMS: Final = (([1, 0], BLUE), ([6, 3], AMBER), ([2, 2], GREY))
"""Dashes and colour of the first, second and third line: told apart without colour too."""
_MOST_KEPT: Final = 128
# Vega's own roles and labels say in English what each mark is; the title and the description say it better.
_CHATTER: Final = re.compile(r" (?:role|aria-[a-z]+|class|pointer-events)=\"[^\"]*\"")
_FIRST_TAG: Final = re.compile(r"<svg [^>]*?width=\"([0-9.]+)\" height=\"([0-9.]+)\"[^>]*>")
_drawing: Final = threading.Lock()
_Given = ParamSpec("_Given")


class Bar(NamedTuple):
    """One bar."""

    label: str
    value: float | None
    """``None``: no bar, ``said`` stands alone."""
    said: str
    """The value as the table beside says it."""
    target: float | None = None


class Series(NamedTuple):
    """One line with a value for each place of the axis."""

    name: str
    values: tuple[float | None, ...]
    """``None`` leaves a gap."""
    target: float | None = None
    """Drawn as a level line."""


def one_at_a_time(draw: Callable[_Given, str]) -> Callable[_Given, str]:
    """Let no two threads draw at once: altair keeps state of the whole process, and two drawings at the same time take
    data and scales from each other."""

    @wraps(draw)
    def alone(*given: _Given.args, **named: _Given.kwargs) -> str:
        with _drawing:
            return draw(*given, **named)

    return alone


def bars(rows: Sequence[Bar], *, title: str, description: str, maximum: float | None = None) -> str:
    """Horizontal bars in the order given, each with its value at its end and a tick where its target is.

    ``maximum`` is the end of the axis, ``None``: the largest value. The first drawing of a process loads the library
    (about a second); the same content again comes from memory.
    """
    return _bars(tuple(rows), title, description, maximum)


def lines(places: Sequence[str], series: Sequence[Series], *, title: str, description: str, unit: str) -> str:
    """Up to three lines over the same places (months), with a legend; a target is a thin level line of that colour.

    ``unit`` stands above the axis. Raises ValueError for more lines than can be told apart.
    """
    if len(series) > len(_FORMS):
        raise ValueError(f"a chart has at most {len(_FORMS)} lines")
    return _lines(tuple(places), tuple(series), title, description, unit)


def make_responsive(svg: str, title: str, description: str, css_class: str = "drawn") -> str:
    """Let a drawing of Vega take the width of its place, and say to those who cannot see it what it shows."""
    width, height = _FIRST_TAG.match(svg).groups()  # type: ignore[union-attr] # Vega writes both
    mark = "chart-" + sha256((svg + description).encode()).hexdigest()[:12]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{css_class}" viewBox="0 0 {width} {height}" width="100%"'
        f' role="img" aria-labelledby="{mark}-title {mark}-desc">'
        f'<title id="{mark}-title">{escape(title)}</title><desc id="{mark}-desc">{escape(description)}</desc>'
    )
    return head + _CHATTER.sub("", _FIRST_TAG.sub("", svg, count=1))


@lru_cache(maxsize=_MOST_KEPT)
@one_at_a_time
def _bars(rows: tuple[Bar, ...], title: str, description: str, maximum: float | None) -> str:
    import altair as alt

    values = [{"place": place, **row._asdict(), "end": row.value or 0} for place, row in enumerate(rows)]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("place:O").axis(
            title=None,
            labelExpr=_names([row.label for row in rows]),
            labelLimit=_LABEL_WIDTH,
            ticks=False,
            domain=False,
        )
    )
    scale = alt.Scale(domain=[0, maximum or max((row.value or 0 for row in rows), default=0) or 1], clamp=True)
    along, at_target = alt.X("end:Q").scale(scale).axis(None), alt.X("target:Q").scale(scale).axis(None)
    aimed = base.transform_filter("isValid(datum.target)")
    drawn = (
        base.mark_bar(color=BLUE, size=14).encode(x=along)
        + base.mark_text(align="left", dx=5, color=GREY, fontSize=_FONT_SIZE).encode(x=along, text="said:N")
        + aimed.mark_tick(color="white", thickness=7, size=20, opacity=1).encode(x=at_target)
        + aimed.mark_tick(color=AMBER, thickness=3, size=20, opacity=1).encode(x=at_target)
    )
    # The value stands behind the bar: room for it is kept on the right.
    sized = drawn.properties(width=_WIDTH - _LABEL_WIDTH - 66, height=alt.Step(_BAR_STEP))
    return make_responsive(_draw(sized, right=58), title, description)


@lru_cache(maxsize=_MOST_KEPT)
@one_at_a_time
def _lines(places: tuple[str, ...], series: tuple[Series, ...], title: str, description: str, unit: str) -> str:
    import altair as alt

    points = [
        {"place": place, "value": value, "name": line.name}
        for line in series
        for place, value in enumerate(line.values)
    ]
    names = [line.name for line in series]
    forms = _FORMS[: len(series)]
    colour = alt.Color("name:N").scale(domain=names, range=[colour for _dash, colour in forms])
    dash = alt.StrokeDash("name:N").scale(domain=names, range=[dash for dash, _colour in forms])
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolSize=300, symbolStrokeWidth=2.5)
    across = alt.X("place:O").axis(title=None, labelExpr=_names(list(places)), labelAngle=0, labelOverlap=True)
    up = alt.Y("value:Q").axis(
        title=unit, tickCount=5, titleAngle=0, titleAlign="left", titleAnchor="end", titleX=-34, titleY=-6,
        domain=False, ticks=False,
    )  # fmt: skip
    base = alt.Chart(alt.InlineData(values=points))
    drawn = base.mark_line(strokeWidth=2.5).encode(
        x=across, y=up, color=colour.legend(legend), strokeDash=dash.legend(legend)
    )
    targets = [{"value": line.target, "name": line.name} for line in series if line.target is not None]
    if targets:
        level = alt.Chart(alt.InlineData(values=targets)).mark_rule(strokeWidth=1, opacity=0.8)
        drawn = drawn + level.encode(y="value:Q", color=colour)
    sized = drawn.properties(width=_WIDTH - 60, height=_LINES_HEIGHT)
    return make_responsive(_draw(sized, right=10), title, description)


def _names(labels: list[str]) -> str:
    """What an axis says at its places, as an expression of Vega: names may repeat, places do not."""
    return f"{json.dumps(labels, ensure_ascii=False)}[datum.value]"


def _draw(chart: Any, *, right: int) -> str:
    import altair as alt
    import vl_convert

    specification = chart.configure(
        font=FONT,
        aria=False,
        background="transparent",
        padding={"left": 4, "top": 4, "bottom": 4, "right": right},
        axis=alt.AxisConfig(
            labelFontSize=_FONT_SIZE, titleFontSize=_FONT_SIZE, titleFontWeight="normal", labelColor=GREY,
            titleColor=GREY, gridColor=LINE, domainColor=LINE, tickColor=LINE,
        ),
        axisX=alt.AxisConfig(grid=False),
        legend=alt.LegendConfig(labelFontSize=_FONT_SIZE, labelColor=GREY),
        view=alt.ViewConfig(stroke=None),
    ).to_dict()  # fmt: skip
    drawn: str = vl_convert.vegalite_to_svg(specification)
    return drawn
