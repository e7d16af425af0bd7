"""里程曲线: the mileage of one vehicle over time as an SVG that stands in a page, in print and on a phone.

Drawn by Vega without a browser. The page shows the same readings as a table beside it.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from chedang.platform.charts import make_responsive, one_at_a_time
from chedang.vehicles.model import OdometerReading, OdometerState, OdometerVerdict

Language = Literal["zh", "en"]

# Colours of the pages' style sheet: --blue, --ink-2, --line, --warn.
_BLUE, _GREY, _LINE, _AMBER = "#0a4f9e", "#4a5763", "#d5dce2", "#8a5300"
_FONT = 'PingFang SC, "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif'.replace('"', "'")
# Made for the width of a phone, where text must stay readable; a page shows it up to about 30rem wide.
_WIDTH, _HEIGHT = 300, 190
_FONT_SIZE = 13
_FEWEST_READINGS = 2


class _Point(NamedTuple):
    on: date
    mileage_km: float
    is_doubtful: bool
    is_on_line: bool


class _Words(NamedTuple):
    title: str
    day: str
    month: str
    year: str
    axis: str
    thousands: str


_WORDS = {
    "zh": _Words(
        title="里程随时间的变化",
        day="%-m月%-d日",
        month="%y年%-m月",
        year="%Y年",
        axis="千米",
        thousands="datum.value >= 10000 ? format(datum.value / 10000, '~r') + '万' : format(datum.value, ',')",
    ),
    "en": _Words(
        title="Mileage over time",
        day="%-d %b",
        month="%b %Y",
        year="%Y",
        axis="km",
        thousands="format(datum.value, ',')",
    ),
}


def can_draw(verdict: OdometerVerdict) -> bool:
    """Whether there is anything to draw: one reading is no curve."""
    return len(verdict.readings) >= _FEWEST_READINGS


def mileage_chart(verdict: OdometerVerdict, language: Language = "zh") -> str:
    """The readings of a vehicle as SVG; '' when there are fewer than two.

    A doubtful reading is a hollow point. The line leaves it out where it is one that does not fit among the others,
    and runs through all but likely slips where the file is illogical, so that the fall can be seen. Scales to the
    width of its place. Carries its title and, as description, the sentence of the verdict. The first call of a process
    loads the drawing library (about a second); the same content again comes from memory.
    """
    if not can_draw(verdict):
        return ""
    points = tuple(_point(reading, verdict) for reading in verdict.readings)
    sentence = verdict.sentence if language == "zh" else verdict.sentence_en
    return _draw(points, sentence, language)


def _point(reading: OdometerReading, verdict: OdometerVerdict) -> _Point:
    is_doubtful = reading.record_id in verdict.doubtful
    slips = {conflict.likely_typo.record_id for conflict in verdict.conflicts if conflict.likely_typo is not None}
    is_on_line = not is_doubtful or (verdict.state is OdometerState.ILLOGICAL and reading.record_id not in slips)
    return _Point(reading.on, float(reading.mileage_km), is_doubtful, is_on_line)


@lru_cache(maxsize=64)
@one_at_a_time
def _draw(points: tuple[_Point, ...], sentence: str, language: Language) -> str:
    import vl_convert

    words = _WORDS[language]
    drawn: str = vl_convert.vegalite_to_svg(_specify(points, words))
    return make_responsive(drawn, words.title, sentence, "mileage-chart")


def _specify(points: tuple[_Point, ...], words: _Words) -> dict[str, Any]:
    """The chart in Vega-Lite."""
    import altair as alt

    rows = [
        {"on": f"{p.on}T00:00:00Z", "km": p.mileage_km, "doubtful": p.is_doubtful, "joined": p.is_on_line}
        for p in points
    ]
    first, last = points[0].on, points[-1].on
    margin = max(timedelta(days=3), (last - first) / 25)
    days = (last - first).days
    ticks: Any
    form, ticks = (words.day, 3) if days < 120 else (words.month, 3) if days < 2 * 366 else (words.year, "year")
    when = alt.X("on:T").scale(type="utc", domain=[f"{first - margin}T00:00:00Z", f"{last + margin}T00:00:00Z"])
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=when.axis(format=form, tickCount=ticks, title=None),
        y=alt.Y("km:Q").scale(zero=False, nice=True).axis(
            labelExpr=words.thousands, tickCount=5, title=words.axis, titleAngle=0, titleAlign="left", titleAnchor="end"
        ),
    )  # fmt: skip
    sure, doubtful = base.transform_filter("!datum.doubtful"), base.transform_filter("datum.doubtful")
    layers = (
        base.transform_filter("datum.joined").mark_line(color=_BLUE, strokeWidth=2)
        + sure.mark_point(color=_BLUE, fill=_BLUE, size=45, opacity=1)
        + doubtful.mark_point(stroke=_AMBER, fill="white", size=70, strokeWidth=2, opacity=1)
    )
    chart = layers.properties(width=_WIDTH - 60, height=_HEIGHT - 50).configure(
        font=_FONT,
        aria=False,
        background="transparent",
        padding=4,
        axis=alt.AxisConfig(
            labelFontSize=_FONT_SIZE, titleFontSize=_FONT_SIZE, titleFontWeight="normal", labelColor=_GREY,
            titleColor=_GREY, gridColor=_LINE, domainColor=_LINE, tickColor=_LINE, labelOverlap=True,
        ),
        axisX=alt.AxisConfig(grid=False),
        axisY=alt.AxisConfig(titleX=-40, titleY=-8, domain=False, ticks=False),
        view=alt.ViewConfig(stroke=None),
    )  # fmt: skip
    specification: dict[str, Any] = chart.to_dict()
    return specification
