"""评比 of a half-year: the mean score of each division over the months that were assessed, and its rank."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from chedang.supervision import assessment
from chedang.supervision.report_model import LeagueLine


def half_year_league(scope: str, first_on: date, last_on: date) -> list[LeagueLine]:
    """Parts of a division, best first; equal scores share a rank. A part that was never assessed has no line.

    Raises snapshots.NotThere when a stored month was tampered with.
    """
    points: dict[str, list[Decimal]] = defaultdict(list)
    for month in assessment.months(scope):
        table = assessment.league(scope, month) if first_on <= month <= last_on else None
        for row in table.rows if table else ():
            if row.points is not None:
                points[row.code].append(row.points)
    return ranked(
        {code: mean(each) for code, each in points.items()}, {code: len(each) for code, each in points.items()}
    )


def ranked(scores: dict[str, Decimal], months: dict[str, int]) -> list[LeagueLine]:
    """By score falling, then by code."""
    order = sorted(scores, key=lambda code: (-scores[code], code))
    return [
        LeagueLine(code, 1 + sum(score > scores[code] for score in scores.values()), scores[code], months[code])
        for code in order
    ]


def mean(points: list[Decimal]) -> Decimal:
    """With two places, half up."""
    return (sum(points, Decimal(0)) / len(points)).quantize(Decimal("0.01"), ROUND_HALF_UP)
