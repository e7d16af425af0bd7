"""What the public is told of corrections, and the lists behind the numbers: one selection for both.

* opened: reported within the last 365 days.
* decided: of these, those with a decision; in time: those for which nobody let a deadline pass.
* overdue: undecided, whenever reported, and somebody let a deadline pass.
* median: of the working days from report to decision, over the decided ones.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median
from typing import Final

import msgspec
from django.db.models import Count, QuerySet

from chedang.reviews.case_model import CaseKind
from chedang.reviews.cases import overdue
from chedang.reviews.models.cases import Case

PERIOD: Final = timedelta(days=365)
SELECTIONS: Final = ("opened", "decided", "in_time", "overdue")


class CountyFigures(msgspec.Struct, frozen=True):
    """One row of the public table: corrections of one county."""

    division_code: str
    opened: int
    decided: int
    in_time: int
    overdue: int
    median_working_days: float | None


class ShopFigures(msgspec.Struct, frozen=True):
    """A shop that let its deadline pass on corrections that are still undecided."""

    company_code: str
    division_code: str
    overdue: int


def select(name: str, cases: QuerySet[Case], *, now: datetime) -> QuerySet[Case]:
    """The cases that a number counts, of those given: ``name`` is one of SELECTIONS."""
    corrections = cases.filter(kind=CaseKind.CORRECTION)
    if name == "overdue":
        return overdue(corrections, now)
    opened = corrections.filter(submitted_at__gt=now - PERIOD)
    if name == "opened":
        return opened
    decided = opened.filter(decided_at__isnull=False)
    return decided if name == "decided" else decided.filter(missed=0)


def by_county(*, now: datetime) -> list[CountyFigures]:
    """Every county with a correction in the period or overdue, by code."""
    counts = {name: _count(select(name, Case.objects.all(), now=now)) for name in SELECTIONS}
    days: dict[str, list[int]] = defaultdict(list)
    decided = select("decided", Case.objects.all(), now=now).exclude(working_days=None)
    for division_code, taken in decided.values_list("division_code", "working_days"):
        days[division_code].append(taken or 0)
    divisions = sorted({code for each in counts.values() for code in each})
    return [
        CountyFigures(
            division_code=code,
            opened=counts["opened"].get(code, 0),
            decided=counts["decided"].get(code, 0),
            in_time=counts["in_time"].get(code, 0),
            overdue=counts["overdue"].get(code, 0),
            median_working_days=float(median(days[code])) if days[code] else None,
        )
        for code in divisions
    ]


def by_shop(*, now: datetime) -> list[ShopFigures]:
    """Shops with at least one, most first."""
    late = select("overdue", Case.objects.filter(is_missed_by_shop=True), now=now)
    rows = (
        late.values_list("company_code", "division_code").annotate(count=Count("pk")).order_by("-count", "company_code")
    )
    return [ShopFigures(code, division_code, count) for code, division_code, count in rows]


def _count(cases: QuerySet[Case]) -> dict[str, int]:
    return dict(cases.order_by().values_list("division_code").annotate(count=Count("pk")))
