"""When a target of coverage will be reached, if things go on as they did. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from chedang.quality.periods import month_after
from chedang.quality.statistics_model import Row

MONTHS_LOOKED_AT: Final = 6
LONGEST_YEARS: Final = 10


def forecast(curve: Sequence[Row], target_percent: int) -> date | None:
    """The day at which coverage (connected ÷ filed) reaches a target, read off the months of a curve.

    Reached at the end of a month and held since: the last day of the first of these months. Otherwise a straight line
    through the last six month-ends, by least squares, is drawn on from the last of them; the day is the last one of the
    month in which it meets the target. ``None`` when there are fewer than two months with filed shops, when the line
    does not rise, and when it takes more than ten years. A guess, not a promise: it knows nothing of what is planned.
    Ours.
    """
    points = [(_end_of(row.key), Fraction(100 * row.connected, row.filed)) for row in curve if row.filed]
    if not points:
        return None
    if points[-1][1] >= target_percent:
        below = [number for number, (_, share) in enumerate(points) if share < target_percent]
        return points[below[-1] + 1 if below else 0][0]
    if len(points) < 2:
        return None
    return _meet(points[-MONTHS_LOOKED_AT:], target_percent)


def _meet(points: Sequence[tuple[date, Fraction]], target_percent: int) -> date | None:
    """Where the line through these points meets the target; the last day of that month."""
    last_on = points[-1][0]
    days = [(day - last_on).days for day, _ in points]
    middle, mean = Fraction(sum(days), len(days)), sum((share for _, share in points), Fraction()) / len(points)
    rise = sum((day - middle) * (share - mean) for day, (_, share) in zip(days, points, strict=True))
    slope = Fraction(rise) / sum((day - middle) ** 2 for day in days)
    if slope <= 0:
        return None
    ahead = (target_percent - mean) / slope + middle
    if ahead > LONGEST_YEARS * 366:
        return None
    # The line may lie above the last point: the target is not reached before the month after.
    return _end_of((last_on + timedelta(days=max(1, -(-ahead.numerator // ahead.denominator)))).strftime("%Y-%m"))


def _end_of(month: str) -> date:
    """Last day of ``2026-11``."""
    return month_after(date.fromisoformat(f"{month}-01")) - timedelta(days=1)
