"""Measures of a division over a period: counted from the archive's statistics and from what people did at the desk.

The desk's part is counted in a few statements grouped by county, whatever the size of the division.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum

from chedang.access.model import AuditAction, Role
from chedang.access.models import AuditEvent
from chedang.access.rules import division_prefix
from chedang.quality import statistics
from chedang.quality.statistics_model import Dimension, Row
from chedang.records.store import Connection
from chedang.reviews.models.cases import Case
from chedang.reviews.models.ratings import Review
from chedang.supervision.measure_model import AreaMeasures, ClassMeasures, ExchangeMeasures, Measures
from chedang.supervision.model import DutyState
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.notices import Recipient
from chedang.terms.dates import SHANGHAI

CATEGORIES: Final = ("01", "02", "03", "")
"""经营业务类别; '' unknown."""
_MONTHS: Final = 12
_LOW_MARK: Final = 2
_DIGITS_OF_PROVINCE: Final = 2
Exchange = Callable[[date, date], Mapping[str, ExchangeMeasures]]
"""Measures of the lines between nodes, by two digits of the province."""


def measure(
    connection: Connection, scope: str, first_on: date, last_on: date, *, exchange: Exchange | None, now: datetime
) -> Measures:
    """Everything of a division from the first day to the last, both whole. ``connection`` is the archive's."""
    parts = _parts(connection, scope, first_on, last_on)
    desk = _Desk(scope, first_on, last_on, list(parts))
    areas = tuple(AreaMeasures(code=code, classes=classes, **desk.of(code)) for code, classes in sorted(parts.items()))
    whole = AreaMeasures(code=scope, classes=_whole(connection, scope, first_on, last_on), **desk.of_all())
    return Measures(
        scope=scope,
        first_on=first_on,
        last_on=last_on,
        measured_at=now,
        whole=whole,
        areas=areas,
        months=tuple(statistics.curve(connection, scope, _months_back(last_on), last_on)),
        vendors=tuple(statistics.figures(connection, scope, first_on, last_on, by=Dimension.VENDOR)),
        makers=tuple(statistics.figures(connection, scope, first_on, last_on, by=Dimension.MAKER)),
        exchange=dict(exchange(first_on, last_on)) if exchange else {},
    )


def _parts(connection: Connection, scope: str, first_on: date, last_on: date) -> dict[str, dict[str, ClassMeasures]]:
    found: dict[str, dict[str, ClassMeasures]] = defaultdict(dict)
    for category in CATEGORIES:
        rows = statistics.figures(connection, scope, first_on, last_on, by=Dimension.DIVISION, category=category)
        for row in rows:
            found[row.key][category] = _class_of(row)
    return found


def _whole(connection: Connection, scope: str, first_on: date, last_on: date) -> dict[str, ClassMeasures]:
    rows = statistics.figures(connection, scope, first_on, last_on, by=Dimension.CATEGORY)
    return {row.key: _class_of(row) for row in rows}


def _class_of(row: Row) -> ClassMeasures:
    return ClassMeasures(row.filed, row.connected, row.active, row.tally)


def _months_back(last_on: date) -> date:
    month = last_on.year * 12 + last_on.month - _MONTHS
    return date(month // 12, month % 12 + 1, 1)


class _Desk:
    """What people did, by county, and added up for any part."""

    def __init__(self, scope: str, first_on: date, last_on: date, parts: Iterable[str]) -> None:
        self._prefix = division_prefix(scope)
        self._since = datetime.combine(first_on, time(), SHANGHAI)
        self._until = datetime.combine(last_on + timedelta(days=1), time(), SHANGHAI)
        self._by_county: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
        for rows in (self._reminders(), self._orders(), self._cases(), self._ratings()):
            for county, counts in rows:
                for name, count in counts.items():
                    self._by_county[county][name] += count or 0
        self._prefixes = {code: division_prefix(code) for code in parts}

    def of(self, code: str) -> dict[str, Any]:
        """Of one part."""
        return self._sum(self._prefixes[code])

    def of_all(self) -> dict[str, Any]:
        """Of the whole, with what has no county."""
        return self._sum(self._prefix) | self._owners()

    def _sum(self, prefix: str) -> dict[str, Any]:
        total: dict[str, Any] = defaultdict(int)
        for county, counts in self._by_county.items():
            if county.startswith(prefix):
                for name, count in counts.items():
                    total[name] += count
        if "rating_sum" in total:
            total["rating_sum"] = Decimal(str(total["rating_sum"]))
        return dict(total)

    def _within(self, column: str) -> Q:
        return Q(**{f"{column}__gte": self._since, f"{column}__lt": self._until}) & Q(
            division_code__startswith=self._prefix
        )

    def _reminders(self) -> Iterable[tuple[str, dict[str, Any]]]:
        return _grouped(
            Recipient.objects.filter(self._within("delivered_at")),
            reminders_sent=Count("pk"),
            reminders_read=Count("pk", filter=Q(read_at__isnull=False)),
        )

    def _orders(self) -> Iterable[tuple[str, dict[str, Any]]]:
        return _grouped(
            Duty.objects.filter(self._within("issued_at")),
            orders_issued=Count("pk"),
            orders_done=Count("pk", filter=Q(state=DutyState.DONE)),
            orders_not_done=Count("pk", filter=Q(state=DutyState.NOT_DONE)),
        )

    def _cases(self) -> Iterable[tuple[str, dict[str, Any]]]:
        is_decided = Q(decided_at__isnull=False)
        return _grouped(
            Case.objects.filter(self._within("submitted_at")),
            cases_opened=Count("pk"),
            cases_due=Count("pk", filter=is_decided | Q(missed__gt=0)),
            cases_closed_in_time=Count("pk", filter=is_decided & Q(missed=0)),
        )

    def _ratings(self) -> Iterable[tuple[str, dict[str, Any]]]:
        return _grouped(
            Review.objects.standing().filter(self._within("written_at")),
            ratings=Count("pk"),
            rating_sum=Sum("mark"),
            low_ratings=Count("pk", filter=Q(mark__lte=_LOW_MARK)),
        )

    def _owners(self) -> dict[str, int]:
        """Looks at files have no county: they belong to the province whose node this is, or to the country."""
        if len(self._prefix) > _DIGITS_OF_PROVINCE:
            return {}
        looks = AuditEvent.objects.filter(
            action=AuditAction.READ_VEHICLE_FILE, role=Role.OWNER, at__gte=self._since, at__lt=self._until
        )
        counted = looks.aggregate(looks=Count("pk"), people=Count("actor", distinct=True))
        return {"owner_looks": counted["looks"], "owners_active": counted["people"]}


def _grouped(rows: QuerySet[Any], **counts: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    for row in rows.order_by().values("division_code").annotate(**counts):
        county = row.pop("division_code")
        yield county, row
