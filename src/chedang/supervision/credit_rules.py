"""What a filled sheet is worth: points, grade, and what is nearest to the next grade. Pure (ADR 0042).

An indicator's points grow evenly from ``zero_at`` to ``full_at`` and are rounded to whole points, half up (ours).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

import msgspec

from chedang.supervision.credit_sheet import Grade, Indicator, Kind, Sheet

Values = Mapping[str, Decimal | None]
"""By key of the indicator; ``None`` or absent: nothing stated, nothing to count."""


class Row(msgspec.Struct, frozen=True):
    """One indicator with its value and points."""

    indicator: Indicator
    value: Decimal | None
    points: int


class Part(msgspec.Struct, frozen=True):
    """Points of one dimension."""

    key: str
    points: int
    most: int


class Assessment(msgspec.Struct, frozen=True):
    """A filled sheet."""

    rows: tuple[Row, ...]
    parts: tuple[Part, ...]
    points: int
    grade: Grade
    next_grade: Grade | None
    """The grade above; ``None`` for the best."""
    points_to_next: int


class Step(msgspec.Struct, frozen=True):
    """A change of one indicator that brings points."""

    indicator: Indicator
    amount: Decimal
    """By how much, in the indicator's unit; never negative."""
    to_value: Decimal
    gain: int
    reaches: Grade | None
    """The grade that this change alone leads to, where that is a better one."""


def values_of(sheet: Sheet, figures: Values, stated: Values, evidenced: Collection[str]) -> dict[str, Decimal | None]:
    """The value of every indicator: counted, stated, or whether there is a paper. ``evidenced``: keys with a photo."""
    return {row.key: _value_of(row, figures, stated, row.key in evidenced) for row in sheet.indicators}


def _value_of(row: Indicator, figures: Values, stated: Values, is_evidenced: bool) -> Decimal | None:
    if row.kind is Kind.COUNTED:
        return figures.get(row.key)
    if row.kind is Kind.EVIDENCE:
        return Decimal(is_evidenced)
    return stated.get(row.key) if is_evidenced or not row.needs_evidence else None


def points_of(indicator: Indicator, value: Decimal | None) -> int:
    """Points of one value: 0 to ``most``."""
    if value is None:
        return indicator.without if indicator.kind is Kind.COUNTED else 0
    share = (value - indicator.zero_at) / (indicator.full_at - indicator.zero_at)
    bounded = min(max(share, Decimal(0)), Decimal(1))
    return int((indicator.most * bounded).to_integral_value(ROUND_HALF_UP))


def grade_of(sheet: Sheet, points: int) -> Grade:
    """The best grade whose points are reached."""
    return next(grade for grade in Grade if points >= sheet.threshold(grade))


def assess(sheet: Sheet, values: Values) -> Assessment:
    """Points and grade of these values."""
    rows = tuple(Row(each, values.get(each.key), points_of(each, values.get(each.key))) for each in sheet.indicators)
    by_key = {row.indicator.key: row.points for row in rows}
    parts = tuple(
        Part(dimension.key, sum(by_key[row.key] for row in dimension.indicators), dimension.most)
        for dimension in sheet.dimensions
    )
    points = sum(part.points for part in parts)
    grade = grade_of(sheet, points)
    above = _above(grade)
    return Assessment(rows, parts, points, grade, above, sheet.threshold(above) - points if above else 0)


def nearest_steps(sheet: Sheet, values: Values) -> tuple[Step, ...]:
    """One change for every indicator that can still bring points: those that alone reach the next grade first, with the
    least that does it; then by what they bring at best, most first."""
    now = assess(sheet, values)
    found = [step for row in now.rows if (step := _step(row, now)) is not None]
    return tuple(sorted(found, key=lambda step: (step.reaches is None, -step.gain)))


def _step(row: Row, now: Assessment) -> Step | None:
    indicator = row.indicator
    if row.points >= indicator.most or (indicator.kind is Kind.COUNTED and row.value is None):
        return None
    start = indicator.zero_at if row.value is None else row.value
    steps = int((abs(indicator.full_at - start) / indicator.step).to_integral_value(ROUND_CEILING))
    if now.next_grade is not None and indicator.most - row.points >= now.points_to_next:
        steps = _fewest(indicator, start, steps, row.points + now.points_to_next)
        reaches = now.next_grade
    else:
        reaches = None
    to_value = _after(indicator, start, steps)
    return Step(indicator, abs(to_value - start), to_value, points_of(indicator, to_value) - row.points, reaches)


def _fewest(indicator: Indicator, start: Decimal, most_steps: int, wanted: int) -> int:
    """How few steps bring the points wanted, which ``most_steps`` do: found by halving, as points only rise."""
    low, high = 0, most_steps
    while low < high:
        middle = (low + high) // 2
        if points_of(indicator, _after(indicator, start, middle)) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def _after(indicator: Indicator, start: Decimal, steps: int) -> Decimal:
    """The value so many steps nearer to ``full_at``, never beyond."""
    way = indicator.step * steps
    if indicator.full_at >= start:
        return min(start + way, indicator.full_at)
    return max(start - way, indicator.full_at)


def _above(grade: Grade) -> Grade | None:
    grades = list(Grade)
    place = grades.index(grade)
    return grades[place - 1] if place else None
