"""Figures of the shops of a division that points are given for; each from the package that counts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Count

from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.filing.inspection_model import OPEN
from chedang.filing.inspections import last_finished
from chedang.filing.models.inspections import Inspection
from chedang.filing.risk import RiskFigures
from chedang.quality import statistics
from chedang.quality.statistics_model import ShopFilter, ShopLine, Upload
from chedang.reviews.models.cases import Case
from chedang.site.archive.connections import archive
from chedang.supervision.enforcement_model import SanctionState
from chedang.supervision.model import DutyKind, DutyState
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.enforcement import Sanction
from chedang.terms.dates import day_in_china

_YEAR = timedelta(days=365)


def figures_of(officer: User, now: datetime) -> Iterator[RiskFigures]:
    """Of every shop in business of the division that no visit is planned to. The database is read while this runs."""
    prefix, today = division_prefix(officer.division_code), day_in_china(now)
    visits = Inspection.objects.filter(division_code__startswith=prefix)
    inspected = last_finished(visits.values_list("company_code", flat=True).distinct())
    planned = set(visits.filter(state__in=OPEN).values_list("company_code", flat=True))
    cases, orders = _cases(prefix, now), _orders(prefix, now)
    wanted = ShopFilter(scope=officer.division_code, upload=Upload.ALL)
    with archive() as connection:
        for line in statistics.iterate_shops(connection, wanted, today - _YEAR, today):
            if line.is_in_business and line.company_code not in planned:
                yield _figures(line, inspected.get(line.company_code), cases, orders, today)


def _figures(
    line: ShopLine, inspected_at: datetime | None, cases: Mapping[str, int], orders: Mapping[str, int], today: date
) -> RiskFigures:
    since = day_in_china(inspected_at) if inspected_at is not None else line.filed_on
    share = line.tally.doubtful_percent
    return RiskFigures(
        company_code=line.company_code,
        years=None if since is None else (today - since).days // 365,
        doubtful=None if share is None else int(share),
        silent=line.silent_days,
        complaints=cases.get(line.company_code, 0),
        orders=orders.get(line.company_code, 0),
    )


def _cases(prefix: str, now: datetime) -> dict[str, int]:
    """反馈 and 投诉 of a year by shop."""
    found = Case.objects.filter(division_code__startswith=prefix, submitted_at__gte=now - _YEAR)
    return dict(found.order_by().values_list("company_code").annotate(n=Count("pk")))


def _orders(prefix: str, now: datetime) -> dict[str, int]:
    """责令改正 and sanctions of two years by shop; what was taken back is none."""
    orders = (
        Duty.objects.filter(division_code__startswith=prefix, kind=DutyKind.ORDER, issued_at__gte=now - 2 * _YEAR)
        .exclude(state=DutyState.REVOKED)
        .order_by()
    )
    counts: dict[str, int] = dict(orders.values_list("company_code").annotate(n=Count("pk")))
    sanctions = (
        Sanction.objects.filter(division_code__startswith=prefix, decided_on__gte=day_in_china(now) - 2 * _YEAR)
        .exclude(state=SanctionState.WITHDRAWN)
        .order_by()
    )
    for code, n in sanctions.values_list("company_code").annotate(n=Count("pk")):
        counts[code] = counts.get(code, 0) + n
    return counts
