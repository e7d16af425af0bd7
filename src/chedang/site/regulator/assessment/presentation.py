"""运行考核 as pages and files show it: points with two places, quotients with what stands above and below the line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from chedang.access.rules import NATION
from chedang.platform.charts import Bar
from chedang.platform.tables import Cell, Column, Kind
from chedang.site.figures import number
from chedang.site.regulator.statistics.asked import shops_href
from chedang.site.regulator.statistics.scopes import short_name
from chedang.supervision.assessment import League, Row
from chedang.supervision.assessment_rules import (
    AreaScore,
    IndicatorScore,
    PartScore,
    Source,
    State,
    rounded,
)
from chedang.supervision.assessment_sheet import FigureName, Part, Unit, Version

_STATES: Final[dict[State, str | Promise]] = {
    State.NOTHING: gettext_lazy("没有可统计的数据，按 0 分"),
    State.NOT_SENT: gettext_lazy("本省没有按时报送，按 0 分"),
    State.LEFT_OUT: gettext_lazy("没有可统计的数据，不计入，权重由其余各项分担"),
}
_SHOPS: Final[dict[FigureName, dict[str, str]]] = {
    FigureName.CONNECTED_FIRST: {"upload": "unconnected", "category": "01"},
    FigureName.CONNECTED_SECOND: {"upload": "unconnected", "category": "02"},
    FigureName.CONNECTED_OTHERS: {"upload": "unconnected", "category": "03"},
    FigureName.ACTIVE: {"upload": "silent"},
    FigureName.ON_TIME: {"upload": "active"},
    FigureName.VALID: {"upload": "active"},
    FigureName.COMPLETE: {"upload": "active"},
    FigureName.DUPLICATE: {"upload": "active"},
}
"""Which shops stand behind a figure, as they are now."""


@dataclass(frozen=True, slots=True)
class LeagueLine:
    """One row of the table."""

    row: Row
    name: str
    is_own: bool
    may_open: bool
    points: str
    change: str
    """``+1.20``, ``-0.35``, or a dash."""
    ranks: str
    """``↑ 2``, ``↓ 1``, '' without a change."""
    indicators: list[str]


@dataclass(frozen=True, slots=True)
class PartLine:
    """One quotient with its points."""

    name: str
    above: str
    below: str
    above_words: str
    below_words: str
    rate: str
    marks: str
    """``0% → 80%``."""
    points: str
    most: str
    state: str
    source: str
    href: str
    """List of what stands behind it, as it is now; '' for none."""
    told: str
    """At the ministry: what the province says of the same, where it differs."""


@dataclass(frozen=True, slots=True)
class IndicatorCard:
    """One indicator."""

    name: str
    points: str
    most: int
    weight: int
    parts: list[PartLine]


@dataclass(frozen=True, slots=True)
class WeightPart:
    """One part of the weights, in words."""

    name: str
    most: int
    formula: str


@dataclass(frozen=True, slots=True)
class WeightCard:
    """One indicator of the weights, in words."""

    name: str
    weight: int
    parts: list[WeightPart]


@dataclass(frozen=True, slots=True)
class Changed:
    """One division in 冻结后变化."""

    name: str
    received: tuple[str, str]
    on_time: tuple[str, str]
    points: tuple[str, str]


def points_text(points: Decimal | Fraction | None) -> str:
    """``83.20``; a dash for none."""
    if points is None:
        return "–"
    return f"{rounded(points) if isinstance(points, Fraction) else points:.2f}"


def change_text(change: Decimal | None) -> str:
    """``+1.20``."""
    return "–" if change is None else f"{change:+.2f}"


def league_lines(league: League, own: str, may_open: Callable[[str], bool], sort: str) -> list[LeagueLine]:
    """The table in the order that was asked for."""
    return [_line(row, own, may_open) for row in _sorted(league, sort)]


def sort_keys(version: Version) -> list[str]:
    """What the table can be ordered by: the best first, but names by code."""
    return ["rank", "code", "change", *(each.key for each in version.indicators)]


def indicator_names(version: Version) -> list[tuple[str, str, int]]:
    """Key, name and weight of each, in the reader's language."""
    language = get_language() or ""
    return [(each.key, each.in_language(language), each.weight) for each in version.indicators]


def weights(version: Version) -> list[WeightCard]:
    """The formulas of a version."""
    language = get_language() or ""
    return [
        WeightCard(
            each.in_language(language),
            each.weight,
            [WeightPart(part.in_language(language, "name"), part.weight, formula(part)) for part in each.parts],
        )
        for each in version.indicators
    ]


def formula(part: Part) -> str:
    """``甲 ÷ 乙；40% 得 0 分，95% 得满分；来源``."""
    language = get_language() or ""
    return _("%(above)s ÷ %(below)s；%(zero)s 得 0 分，%(full)s 得满分，中间按比例（%(source)s）") % {
        "above": part.in_language(language, "above"),
        "below": part.in_language(language, "below"),
        "zero": mark_text(part, part.zero_at),
        "full": mark_text(part, part.full_at),
        "source": part.in_language(language, "source"),
    }


def cards(row: Row, told: AreaScore | None, *, is_ministry: bool) -> list[IndicatorCard]:
    """Every indicator with its parts. ``told``: the province's own figures, by the same rules."""
    return [
        IndicatorCard(
            each.indicator.in_language(get_language() or ""),
            points_text(each.points),
            each.most,
            each.indicator.weight,
            [_part_line(part, row.code, told, is_ministry=is_ministry) for part in each.parts],
        )
        for each in row.place.score.indicators
    ]


def bars(league: League) -> list[Bar]:
    """The scores for a chart, best first."""
    return [
        Bar(short_name(row.code), None if row.points is None else float(row.points), points_text(row.points))
        for row in league.rows
    ]


def corrections(league: League, later: Any, scores: dict[str, AreaScore]) -> list[Changed]:
    """Divisions of which something differs now."""
    frozen = {row.code: row for row in league.rows}
    lines = []
    for area in later.areas:
        row, score = frozen.get(area.code), scores[area.code]
        was, tally = (row.facts.area.total().tally if row else None), area.total().tally
        line = Changed(
            short_name(area.code),
            (number(was.received) if was else "–", number(tally.received)),
            (number(was.on_time) if was else "–", number(tally.on_time)),
            (points_text(row.points) if row else "–", points_text(score.points)),
        )
        if any(before != after for before, after in (line.received, line.on_time, line.points)):
            lines.append(line)
    return lines


def columns(version: Version) -> list[Column]:
    """Of the file."""
    names = [Column(f"{name}（{weight}）", Kind.POINTS) for _key, name, weight in indicator_names(version)]
    return [
        Column(_("名次"), Kind.WHOLE, 8),
        Column(_("行政区划代码"), Kind.TEXT, 14),
        Column(_("地区"), Kind.TEXT, 20),
        Column(_("得分"), Kind.POINTS),
        Column(_("比上月"), Kind.POINTS),
        *names,
    ]


def rows(league: League) -> Iterable[Sequence[Cell]]:
    """The same figures as the page."""
    for row in league.rows:
        points = [rounded(each.points) if each.most else None for each in row.place.score.indicators]
        yield (row.rank, row.code, short_name(row.code), row.points, row.change, *points)


def _line(row: Row, own: str, may_open: Callable[[str], bool]) -> LeagueLine:
    gained = row.ranks_gained
    return LeagueLine(
        row,
        short_name(row.code),
        row.code == own,
        may_open(row.code),
        points_text(row.points),
        change_text(row.change),
        "" if not gained else f"↑ {gained}" if gained > 0 else f"↓ {-gained}",
        [_indicator_text(each) for each in row.place.score.indicators],
    )


def _indicator_text(score: IndicatorScore) -> str:
    return points_text(score.points) if score.most else "–"


def _sorted(league: League, sort: str) -> list[Row]:
    """In the order of the rank, unless another one is asked for."""
    found = list(league.rows)
    places = [each.key for each in league.version.indicators]
    if sort == "code":
        found.sort(key=lambda row: row.code)
    elif sort == "change":
        found.sort(key=lambda row: (row.change is None, -(row.change or 0), row.code))
    elif sort in places:
        at = places.index(sort)
        found.sort(key=lambda row: (-row.place.score.indicators[at].points, row.code))
    return found


def _part_line(scored: PartScore, code: str, told: AreaScore | None, *, is_ministry: bool) -> PartLine:
    part, language = scored.part, get_language() or ""
    other = told.part(part.figure) if told else None
    is_known = scored.state in {State.COUNTED, State.NOTHING}
    return PartLine(
        name=part.in_language(language, "name"),
        above=number(scored.above) if is_known else "–",
        below=number(scored.below) if is_known else "–",
        above_words=part.in_language(language, "above"),
        below_words=part.in_language(language, "below"),
        rate=rate_text(part.unit, scored.rate),
        marks=f"{mark_text(part, part.zero_at)} → {mark_text(part, part.full_at)}",
        points=points_text(scored.points),
        most=points_text(scored.most),
        state=str(_STATES.get(scored.state, "")),
        source=part.in_language(language, "source"),
        href=_href(scored, code, is_ministry=is_ministry),
        told=_told(scored, other),
    )


def _told(ours: PartScore, theirs: PartScore | None) -> str:
    """Of uploads the ministry counts its own figures; the province's stand beside them where they differ."""
    if theirs is None or ours.source is not Source.UPLOADS or (theirs.above, theirs.below) == (ours.above, ours.below):
        return ""
    figures = {"theirs": f"{number(theirs.above)} / {number(theirs.below)}"}
    ours_too = {"ours": f"{number(ours.above)} / {number(ours.below)}"}
    return _("省报 %(theirs)s，部算 %(ours)s") % (figures | ours_too)


def rate_text(unit: Unit, rate: Fraction | None) -> str:
    """A quotient with its unit; a dash for none."""
    if rate is None:
        return "–"
    if unit is Unit.PERCENT:
        return f"{rounded(rate):.2f}%"
    if unit is Unit.PER_THOUSAND:
        return _("每千条 %(n)s 次") % {"n": f"{rounded(rate):.2f}"}
    return _("%(n)s 分") % {"n": f"{rounded(rate):.2f}"}


def mark_text(part: Part, mark: Decimal) -> str:
    """One of the two marks between which points grow."""
    return f"{number(mark)}%" if part.unit is Unit.PERCENT else number(mark)


def _href(scored: PartScore, code: str, *, is_ministry: bool) -> str:
    if scored.part.figure in _SHOPS:
        return shops_href(scope=code, **_SHOPS[scored.part.figure])
    if scored.source is Source.LINE:
        return reverse("network")
    if scored.part.figure is FigureName.CLOSED_IN_TIME and not is_ministry and code != NATION:
        return f"{reverse('officer-cases')}?show=all&division={code}"
    return ""
