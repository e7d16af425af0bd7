"""运行考核: from measures of a division to its score, with every step. Pure (ours, ADR 0052).

Reckoned in fractions and rounded at the end, so that a better rate never lowers a score, not by rounding either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

import msgspec

from chedang.access.rules import NATION
from chedang.supervision.assessment_sheet import TOTAL, FigureName, Indicator, Part, Version, Without
from chedang.supervision.measure_model import AreaMeasures, ClassMeasures, ExchangeMeasures

Quotient = tuple[Decimal | int, int]
"""What stands above and below the line."""
_CENT: Final = Decimal("0.01")
_OTHERS: Final = ("03", "")


class Source(StrEnum):
    """Who knows a figure."""

    UPLOADS = "uploads"
    """Records and shops: both levels count them."""
    DESK = "desk"
    """What people did at the province's desk: the ministry knows it by the province's word alone."""
    LINE = "line"
    """The exchange between the two levels; of provinces only."""


class State(StrEnum):
    """What a part's points come from."""

    COUNTED = "counted"
    NOTHING = "nothing"
    """Nothing to count: no points."""
    NOT_SENT = "not_sent"
    """The province has not sent its month in time: no points."""
    LEFT_OUT = "left_out"
    """Nothing to count: the weight goes to the rest."""


class Facts(msgspec.Struct, frozen=True):
    """What is known of one division."""

    area: AreaMeasures
    line: ExchangeMeasures = ExchangeMeasures()
    """All 0: not joined."""
    is_sent: bool = True
    """False: what the desk did is not known here."""

    @property
    def is_province(self) -> bool:
        """Has it a line of its own, and a node that counts owners' looks? The nation has neither."""
        return self.area.code.endswith("0000") and self.area.code != NATION


class Figure(msgspec.Struct, frozen=True):
    """How a quotient is counted."""

    source: Source
    count: Callable[[Facts], Quotient]
    of_provinces: bool = False
    """It cannot be told of prefectures and counties: left out there."""


class PartScore(msgspec.Struct, frozen=True):
    """One part, reckoned."""

    part: Part
    source: Source
    state: State
    above: Decimal
    below: int
    rate: Fraction | None
    """In the part's unit; ``None`` where nothing was counted."""
    points: Fraction
    most: Fraction
    """What the part counts for once the others of its indicator that are left out have given it their weight."""


class IndicatorScore(msgspec.Struct, frozen=True):
    """One indicator, reckoned. ``most`` is its weight, 0 when it is left out."""

    indicator: Indicator
    parts: tuple[PartScore, ...]
    points: Fraction
    most: int


class AreaScore(msgspec.Struct, frozen=True):
    """One division's score."""

    code: str
    indicators: tuple[IndicatorScore, ...]
    points: Decimal | None
    """0 to 100, two places, half up; ``None``: no filed shop in business, so that there is nothing to assess."""

    @property
    def counted_weight(self) -> int:
        """Sum of the weights of what could be counted; the score is the points by this, times 100."""
        return sum(each.most for each in self.indicators)

    @property
    def counted_points(self) -> Fraction:
        """Sum of the points before that."""
        return sum((each.points for each in self.indicators), Fraction(0))

    def part(self, figure: FigureName) -> PartScore | None:
        """One part, if this version has it."""
        return next((part for each in self.indicators for part in each.parts if part.part.figure is figure), None)


class Place(msgspec.Struct, frozen=True):
    """One row of a league table. Equal points share a rank, and the next one is left out."""

    rank: int | None
    """``None``: not assessed."""
    score: AreaScore


def _connected(*categories: str) -> Callable[[Facts], Quotient]:
    def count(facts: Facts) -> Quotient:
        classes = [facts.area.classes.get(category, ClassMeasures()) for category in categories]
        return sum(each.connected for each in classes), sum(each.filed for each in classes)

    return count


def _of_records(above: str, below: str) -> Callable[[Facts], Quotient]:
    def count(facts: Facts) -> Quotient:
        tally = facts.area.total().tally
        return getattr(tally, above), getattr(tally, below)

    return count


def _active(facts: Facts) -> Quotient:
    total = facts.area.total()
    return total.active, total.connected


FIGURES: Final[Mapping[FigureName, Figure]] = {
    FigureName.CONNECTED_FIRST: Figure(Source.UPLOADS, _connected("01")),
    FigureName.CONNECTED_SECOND: Figure(Source.UPLOADS, _connected("02")),
    FigureName.CONNECTED_OTHERS: Figure(Source.UPLOADS, _connected(*_OTHERS)),
    FigureName.ACTIVE: Figure(Source.UPLOADS, _active),
    FigureName.ON_TIME: Figure(Source.UPLOADS, _of_records("on_time", "dated")),
    FigureName.VALID: Figure(Source.UPLOADS, _of_records("valid", "standing")),
    FigureName.COMPLETE: Figure(Source.UPLOADS, _of_records("complete", "standing")),
    FigureName.DUPLICATE: Figure(Source.UPLOADS, _of_records("duplicate", "standing")),
    FigureName.AVAILABLE: Figure(Source.LINE, lambda facts: (facts.line.minutes_up, facts.line.minutes), True),
    FigureName.RECONCILED: Figure(Source.LINE, lambda facts: (facts.line.days_equal, facts.line.days), True),
    FigureName.LOOKS: Figure(
        Source.DESK, lambda facts: (facts.area.owner_looks, facts.area.total().tally.standing), True
    ),
    FigureName.RATINGS: Figure(Source.DESK, lambda facts: (facts.area.ratings, facts.area.total().tally.standing)),
    FigureName.SATISFACTION: Figure(Source.DESK, lambda facts: (facts.area.rating_sum, facts.area.ratings)),
    FigureName.CLOSED_IN_TIME: Figure(
        Source.DESK, lambda facts: (facts.area.cases_closed_in_time, facts.area.cases_due)
    ),
}
"""How each figure is counted."""


def assess(version: Version, facts: Facts) -> AreaScore:
    """The score of one division."""
    quotients = {part.figure: _look_up(part, facts) for indicator in version.indicators for part in indicator.parts}
    indicators = tuple(score_indicator(indicator, quotients) for indicator in version.indicators)
    points = add_up(indicators) if facts.area.total().filed else None
    return AreaScore(facts.area.code, indicators, points)


def _look_up(part: Part, facts: Facts) -> tuple[State, Quotient]:
    """The quotient of a part and what it is worth."""
    figure = FIGURES[part.figure]
    if figure.of_provinces and not facts.is_province:
        return State.LEFT_OUT, (0, 0)
    if figure.source is Source.DESK and not facts.is_sent:
        return State.NOT_SENT, (0, 0)
    above, below = figure.count(facts)
    if below:
        return State.COUNTED, (above, below)
    return State.LEFT_OUT if part.without is Without.LEFT_OUT else State.NOTHING, (above, below)


def score_indicator(indicator: Indicator, quotients: Mapping[FigureName, tuple[State, Quotient]]) -> IndicatorScore:
    """Points of one indicator: its weight, shared by those of its parts that count."""
    states = {part.figure: quotients[part.figure] for part in indicator.parts}
    counting = sum(part.weight for part in indicator.parts if states[part.figure][0] is not State.LEFT_OUT)
    parts = tuple(_score_part(part, *states[part.figure], indicator.weight, counting) for part in indicator.parts)
    points = sum((part.points for part in parts), Fraction(0))
    return IndicatorScore(indicator, parts, points, indicator.weight if counting else 0)


def _score_part(part: Part, state: State, quotient: Quotient, weight: int, counting: int) -> PartScore:
    above, below = Decimal(quotient[0]), quotient[1]
    most = Fraction(0) if state is State.LEFT_OUT else Fraction(part.weight * weight, counting)
    rate = Fraction(above) * part.unit.factor / below if state is State.COUNTED else None
    points = most * degree(part, rate) if rate is not None else Fraction(0)
    return PartScore(part, FIGURES[part.figure].source, state, above, below, rate, points, most)


def degree(part: Part, rate: Fraction) -> Fraction:
    """How much of its points a rate has: 0 to 1, evenly between the two marks."""
    zero, full = Fraction(part.zero_at), Fraction(part.full_at)
    return min(max((rate - zero) / (full - zero), Fraction(0)), Fraction(1))


def add_up(indicators: Iterable[IndicatorScore]) -> Decimal:
    """The score: points by the weights that count, times 100; 0 where none does."""
    rows = list(indicators)
    weights = sum(each.most for each in rows)
    points = sum((each.points for each in rows), Fraction(0))
    return rounded(points * TOTAL / weights) if weights else Decimal(0)


def rounded(value: Fraction) -> Decimal:
    """Two places, half up."""
    return (Decimal(value.numerator) / value.denominator).quantize(_CENT, ROUND_HALF_UP)


def rank(scores: Sequence[AreaScore]) -> tuple[Place, ...]:
    """The league table: best first, equal ones by code, those without a score at the end without a rank."""
    ordered = sorted(scores, key=lambda each: (each.points is None, -(each.points or 0), each.code))
    places: list[Place] = []
    for number, score in enumerate(ordered, start=1):
        is_tied = bool(places) and places[-1].score.points == score.points
        place = None if score.points is None else (places[-1].rank if is_tied else number)
        places.append(Place(place, score))
    return tuple(places)
