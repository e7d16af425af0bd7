"""通知和提醒 delivered in a period and how many of them were opened (提醒已读率), along the lines of the statistics.

The same acts as ``supervision.measures`` counts: notices and reminders alike, by the day of delivery, opened up to now.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDay, TruncMonth

from chedang.access.rules import division_prefix
from chedang.quality.statistics_model import Dimension
from chedang.site.archive.models import Enterprise
from chedang.site.regulator.statistics.periods import Period
from chedang.supervision.models.notices import Recipient
from chedang.terms.dates import SHANGHAI

KNOWN_BY: Final = frozenset({Dimension.DIVISION, Dimension.CATEGORY, Dimension.DAY, Dimension.MONTH})
"""Lines along which notices can be counted: a notice knows no software and no maker."""


class Reminded(NamedTuple):
    """How many were delivered, and how many of them opened."""

    sent: int = 0
    read: int = 0


def reminded(scope: str, period: Period, *, category: str | None = None) -> Reminded:
    """Of the whole division."""
    found = _delivered(scope, period, category).aggregate(sent=Count("pk"), read=Count("read_at"))
    return Reminded(**found)


def reminded_by(
    scope: str, period: Period, by: Dimension, keys: list[str], *, category: str | None = None
) -> dict[str, Reminded]:
    """By the keys of rows along ``by``; empty where notices cannot be counted so."""
    if by not in KNOWN_BY:
        return {}
    found = _delivered(scope, period, category)
    if by is Dimension.DIVISION:
        return _by_division(found, keys)
    if by is Dimension.CATEGORY:
        found = found.annotate(part=_category())
    else:
        cut = TruncDay if by is Dimension.DAY else TruncMonth
        found = found.annotate(part=cut("delivered_at", tzinfo=SHANGHAI))
    rows = found.values_list("part").annotate(sent=Count("pk"), read=Count("read_at")).order_by()
    form = {Dimension.DAY: "%Y-%m-%d", Dimension.MONTH: "%Y-%m"}.get(by)
    return {(part.strftime(form) if form else part or ""): Reminded(sent, read) for part, sent, read in rows}


def _by_division(found: QuerySet[Recipient], keys: list[str]) -> dict[str, Reminded]:
    prefixes = {division_prefix(key): key for key in keys}
    counted: dict[str, Reminded] = defaultdict(Reminded)
    rows = found.values_list("division_code").annotate(sent=Count("pk"), read=Count("read_at")).order_by()
    for code, sent, read in rows:
        key = next((prefixes[code[:digits]] for digits in (6, 4, 2) if code[:digits] in prefixes), None)
        if key is not None:
            counted[key] = Reminded(counted[key].sent + sent, counted[key].read + read)
    return dict(counted)


def _delivered(scope: str, period: Period, category: str | None) -> QuerySet[Recipient]:
    found = Recipient.objects.filter(
        division_code__startswith=division_prefix(scope),
        delivered_at__gte=datetime.combine(period.first_on, time(), SHANGHAI),
        delivered_at__lt=datetime.combine(period.last_on + timedelta(days=1), time(), SHANGHAI),
    )
    return found if category is None else found.annotate(of_class=_category()).filter(of_class=category)


def _category() -> Subquery:
    return Subquery(Enterprise.objects.filter(company_code=OuterRef("company_code")).values("category_code")[:1])
