"""覆盖率 of a division against the targets: by class, by the level below, over twelve months, and when it will be met.

Page, charts and file take their figures here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chedang.platform.tables import Cell, Column, Kind
from chedang.quality import forecasting, statistics
from chedang.quality.model import percent
from chedang.quality.statistics_model import Dimension, Row, Tally
from chedang.quality.targets import Target, coverage_targets
from chedang.site.enterprise_view import category_name
from chedang.site.regulator.statistics.asked import CATEGORIES
from chedang.site.regulator.statistics.periods import months_back
from chedang.site.regulator.statistics.scopes import short_name

MONTHS: Final = 12
_ACTIVE_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class of the division; ``category`` ``None`` is all together, '' those whose class is not known."""

    category: str | None
    name: str
    row: Row
    target: Target | None
    forecast: str
    """When the target is reached, as a sentence; '' without a target."""

    @property
    def missing(self) -> int | None:
        """Shops still to be connected for the target; ``None`` without one."""
        if self.target is None:
            return None
        return max(0, ceil(Decimal(self.row.filed) * self.target.percent / 100) - self.row.connected)

    @property
    def is_met(self) -> bool:
        """Whether there is a target, shops, and enough of them connected."""
        return self.row.filed > 0 and self.missing == 0


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One division of the level below, by class."""

    code: str
    name: str
    rows: dict[str | None, Row]


COLUMNS_OF: Final[tuple[str | None, ...]] = (*CATEGORIES, None)


def class_name(category: str | None) -> str:
    """What a class is called; all together too."""
    return _("全部") if category is None else category_name(category)


def by_class(areas: list[AreaLine], scope: str, months: Mapping[str, list[Row]]) -> list[ClassLine]:
    """The classes, those unknown where there are any, and all together; ``months``: their trend."""
    known = {category for area in areas for category in area.rows if category is not None}
    lines = []
    for category in (*CATEGORIES, *sorted(known.difference(CATEGORIES))):
        row = _together(category, [area.rows[category] for area in areas if category in area.rows])
        target = coverage_targets().get(category)
        forecast = _forecast(months.get(category, []), target) if target is not None else ""
        lines.append(ClassLine(category, class_name(category), row, target, forecast))
    return [*lines, ClassLine(None, class_name(None), _together(scope, [line.row for line in lines]), None, "")]


def by_area(connection: Any, scope: str, on: date) -> list[AreaLine]:
    """The divisions of the level below, by code; all classes together under ``None``."""
    found = statistics.shops_by_class(connection, scope, _active_from(on), on)
    return [
        AreaLine(code, short_name(code), {None: _together(code, rows.values())} | rows) for code, rows in found.items()
    ]


def _together(key: str, rows: Iterable[Row]) -> Row:
    """The sum, so that it cannot differ."""
    given = list(rows)
    return Row(
        key,
        sum(row.filed for row in given),
        sum(row.connected for row in given),
        sum(row.active for row in given),
        sum((row.tally for row in given), Tally()),
    )


def trend(connection: Any, scope: str, on: date) -> dict[str, list[Row]]:
    """Twelve months of each class up to this one."""
    return {category: _months(connection, scope, on, category) for category in CATEGORIES}


def head_office_share(connection: Any, scope: str, on: date) -> tuple[int, int, Decimal | None]:
    """总对总占比: connected shops of makers on the list, connected shops, per cent."""
    rows = statistics.figures(connection, scope, _active_from(on), on, by=Dimension.MAKER, with_tallies=False)
    connected, of_makers = sum(row.connected for row in rows), sum(row.connected for row in rows if row.key)
    return of_makers, connected, percent(of_makers, connected)


def file_columns() -> list[Column]:
    """Of the file, in the language of now: the division, then each class and all together."""
    columns = [Column(_("行政区划代码"), Kind.TEXT, 14), Column(_("地区"), Kind.TEXT, 20)]
    for category in COLUMNS_OF:
        name = class_name(category)
        columns += [
            Column(f"{name} {_('备案在营')}"),
            Column(f"{name} {_('已对接')}"),
            Column(f"{name} {_('覆盖率')}（%）", Kind.SHARE),
        ]
    return columns


def file_rows(connection: Any, scope: str, on: date) -> Iterator[tuple[Cell, ...]]:
    """The division itself, then the level below."""
    areas = by_area(connection, scope, on)
    whole = {line.category: line.row for line in by_class(areas, scope, {})}
    for area in (AreaLine(scope, short_name(scope), whole), *areas):
        cells: list[Cell] = [area.code, area.name]
        for category in COLUMNS_OF:
            row = area.rows.get(category) or _no_row("")
            cells += [row.filed, row.connected, row.connected_percent]
        yield tuple(cells)


def month_name(key: str) -> str:
    """``2026-11`` → 2026年11月."""
    year, month = map(int, key.split("-"))
    return date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")


def _active_from(on: date) -> date:
    return date.fromordinal(on.toordinal() - _ACTIVE_DAYS + 1)


def _months(connection: Any, scope: str, on: date, category: str) -> list[Row]:
    return statistics.curve(connection, scope, months_back(on, MONTHS), on, category=category)


def _forecast(months: list[Row], target: Target) -> str:
    """When it is met if things go on as in the last six months; '' where it is met, or nothing can be said of shops."""
    newest = months[-1] if months else None
    if newest is None or not newest.filed or 100 * newest.connected >= target.percent * newest.filed:
        return ""
    met_on = forecasting.forecast(months, target.percent)
    if met_on is None:
        return _("照近六个月的速度，看不到达到的日子")
    return _("照近六个月的速度，%(month)s达到") % {"month": date_format(met_on, "YEAR_MONTH_FORMAT")}


def _no_row(key: str) -> Row:
    return Row(key, 0, 0, 0, Tally())
