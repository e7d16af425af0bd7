"""覆盖率 of a division against the targets: by class, by the level below, over twelve months, and when it will be met.

Page, charts and file take their figures here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def by_class(connection: Any, scope: str, on: date, months: Mapping[str, list[Row]]) -> list[ClassLine]:
    """The classes, those unknown where there are any, and all together; ``months``: their trend."""
    rows = {row.key: row for row in _figures(connection, scope, on, Dimension.CATEGORY)}
    lines = []
    for category in (*CATEGORIES, *(key for key in sorted(rows) if key not in CATEGORIES)):
        row, target = rows.get(category) or _no_row(category), coverage_targets().get(category)
        forecast = _forecast(months.get(category, []), target) if target is not None else ""
        lines.append(ClassLine(category, class_name(category), row, target, forecast))
    return [*lines, ClassLine(None, class_name(None), whole_of(lines, scope), None, "")]


def whole_of(lines: list[ClassLine], scope: str) -> Row:
    """All classes together: the sum, so that it cannot differ."""
    return Row(
        scope,
        sum(line.row.filed for line in lines),
        sum(line.row.connected for line in lines),
        sum(line.row.active for line in lines),
        sum((line.row.tally for line in lines), Tally()),
    )


def by_area(connection: Any, scope: str, on: date) -> list[AreaLine]:
    """The divisions of the level below, by code."""
    found: dict[str, dict[str | None, Row]] = {}
    for category in COLUMNS_OF:
        for row in _figures(connection, scope, on, Dimension.DIVISION, category):
            found.setdefault(row.key, {})[category] = row
    return [AreaLine(code, short_name(code), rows) for code, rows in sorted(found.items())]


def trend(connection: Any, scope: str, on: date) -> dict[str, list[Row]]:
    """Twelve months of each class up to this one."""
    return {category: _months(connection, scope, on, category) for category in CATEGORIES}


def head_office_share(connection: Any, scope: str, on: date) -> tuple[int, int, Decimal | None]:
    """总对总占比: connected shops of makers on the list, connected shops, per cent."""
    rows = _figures(connection, scope, on, Dimension.MAKER)
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
    whole = {line.category: line.row for line in by_class(connection, scope, on, {})}
    for area in (AreaLine(scope, short_name(scope), whole), *by_area(connection, scope, on)):
        cells: list[Cell] = [area.code, area.name]
        for category in COLUMNS_OF:
            row = area.rows.get(category) or _no_row("")
            cells += [row.filed, row.connected, row.connected_percent]
        yield tuple(cells)


def month_name(key: str) -> str:
    """``2026-11`` → 2026年11月."""
    year, month = map(int, key.split("-"))
    return date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")


def _figures(connection: Any, scope: str, on: date, by: Dimension, category: str | None = None) -> list[Row]:
    first_on = date.fromordinal(on.toordinal() - _ACTIVE_DAYS + 1)
    return statistics.figures(connection, scope, first_on, on, by=by, category=category, with_tallies=False)


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
