"""Measures of a division over a period: counted from the archive's statistics and from what people did at the desk.

The desk's part is counted in a few statements grouped by county, whatever the size of the division.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection as desk

from chedang.access.rules import division_prefix
from chedang.platform.database import load_queries
from chedang.quality import statistics
from chedang.quality.statistics_model import Dimension, Row
from chedang.records.store import Connection
from chedang.supervision.measure_model import AreaMeasures, ClassMeasures, ExchangeMeasures, Measures
from chedang.terms.dates import SHANGHAI, day_in_china

CATEGORIES: Final = ("01", "02", "03", "")
"""经营业务类别; '' unknown."""
_MONTHS: Final = 12
_BY_COUNTY: Final = ("reminders", "orders", "cases", "ratings", "censures", "sanctions")
_DIGITS_OF_PROVINCE: Final = 2
_SQL: Final = load_queries("chedang.supervision", "measures.sql")
Counts = dict[str, Any]
Exchange = Callable[[date, date], Mapping[str, ExchangeMeasures]]
"""Measures of the lines between nodes, by two digits of the province."""


def measure(
    connection: Connection, scope: str, first_on: date, last_on: date, *, exchange: Exchange | None = None
) -> Measures:
    """Everything of a division from the first day to the last, both whole. ``connection`` is the archive's."""
    parts = _parts(connection, scope, first_on, last_on)
    acts = _Desk(scope, first_on, last_on, list(parts))
    areas = tuple(AreaMeasures(code=code, classes=classes, **acts.of(code)) for code, classes in sorted(parts.items()))
    whole = AreaMeasures(code=scope, classes=_whole(connection, scope, first_on, last_on), **acts.of_all())
    return Measures(
        scope=scope,
        first_on=first_on,
        last_on=last_on,
        whole=whole,
        areas=areas,
        months=_months(connection, scope, last_on),
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


def _months(connection: Connection, scope: str, last_on: date) -> tuple[Row, ...]:
    """The twelve months up to a day, or to the one that the figures reach: a month to come has none."""
    reach = statistics.as_of(connection)
    until = last_on if reach is None else min(last_on, day_in_china(reach))
    month = until.year * 12 + until.month - _MONTHS
    return tuple(statistics.curve(connection, scope, date(month // 12, month % 12 + 1, 1), until))


class _Desk:
    """What people did, by county, and added up for any part."""

    def __init__(self, scope: str, first_on: date, last_on: date, parts: Iterable[str]) -> None:
        self._prefix = division_prefix(scope)
        self._asked: dict[str, str | datetime | date] = {
            "prefix": self._prefix,
            "first_on": first_on,
            "last_on": last_on,
            "since": datetime.combine(first_on, time(), SHANGHAI),
            "until": datetime.combine(last_on + timedelta(days=1), time(), SHANGHAI),
        }
        self._by_county: dict[str, Counts] = defaultdict(dict)
        for name in _BY_COUNTY:
            for row in self._run(name):
                self._by_county[row.pop("division_code")] |= row
        self._prefixes = {code: division_prefix(code) for code in parts}

    def of(self, code: str) -> Counts:
        """Of one part."""
        return self._sum(self._prefixes[code])

    def of_all(self) -> Counts:
        """Of the whole. Looks belong to the province whose node this is, or to the country: they have no county."""
        owners = {} if len(self._prefix) > _DIGITS_OF_PROVINCE else self._run("owners")[0]
        return self._sum(self._prefix) | owners

    def _sum(self, prefix: str) -> Counts:
        total: Counts = {}
        for county, counts in self._by_county.items():
            if county.startswith(prefix):
                for name, count in counts.items():
                    total[name] = total.get(name, 0) + count
        return total

    def _run(self, name: str) -> list[Counts]:
        with desk.cursor() as cursor:
            cursor.execute(_SQL[name], self._asked)
            columns = [column.name for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
