"""上传质量 of a division in a period: the rates of one line, and the table of them along a dimension.

Page and export take their rows here, so that they show the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chedang.access.rules import NATION
from chedang.enterprises import maker_store
from chedang.platform.tables import Cell, Column, Kind
from chedang.quality import statistics
from chedang.quality.indicators import Indicator, load_indicators
from chedang.quality.model import percent
from chedang.quality.statistics_model import Dimension, Row
from chedang.site.enterprise_view import category_name
from chedang.site.findings import page_language
from chedang.site.regulator.statistics.asked import Asked
from chedang.site.regulator.statistics.periods import Period
from chedang.site.regulator.statistics.reminders import KNOWN_BY, Reminded, reminded, reminded_by
from chedang.site.regulator.statistics.scopes import short_name


class Part(NamedTuple):
    """A part of a whole, with the share."""

    of: int
    whole: int

    @property
    def share(self) -> Decimal | None:
        """Per cent with one place; ``None`` of nothing."""
        return percent(self.of, self.whole)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, or the whole."""

    key: str
    name: str
    row: Row
    reminded: Reminded | None
    """``None`` along lines on which notices cannot be counted."""


class Rate(NamedTuple):
    """One rate: how it is called, how it is worked out, and what of what it is. Words in the language of now."""

    key: str
    name: str
    formula: str
    source: str
    part: Callable[[Line], Part | None]


_IN_TABLE: Final = frozenset(
    ("connected", "active", "on_time", "complete", "valid", "doubtful", "vin_valid", "plate_valid", "duplicate", "read")
)
"""Rates that have a column on the page; the others stand in the list above it, and in the file."""


def rates() -> list[Rate]:
    """The rates of ``quality/data/indicators.toml`` in their order, and 提醒已读率."""
    is_english = page_language() == "en"
    found = [
        Rate(
            key,
            indicator.en if is_english else indicator.zh,
            indicator.en_formula if is_english else indicator.zh_formula,
            indicator.source,
            _share(indicator),
        )
        for key, indicator in load_indicators().items()
        if indicator.whole
    ]
    reading = Rate(
        "read",
        _("提醒已读率"),
        _("本期发给企业的通知和提醒中到现在已打开的份数 ÷ 发给企业的份数。"),
        "名称取自各省系统；算法为本系统所定，待核",
        lambda line: Part(line.reminded.read, line.reminded.sent) if line.reminded else None,
    )
    return [*found, reading]


def counts() -> list[tuple[str, str, str, str]]:
    """Plain counts of the same file: key, name, formula, source."""
    is_english = page_language() == "en"
    return [
        (key, *((each.en, each.en_formula) if is_english else (each.zh, each.zh_formula)), each.source)
        for key, each in load_indicators().items()
        if not each.whole
    ]


def _share(indicator: Indicator) -> Callable[[Line], Part]:
    return lambda line: Part(indicator.part_of(line.row), indicator.whole_of(line.row) or 0)


DIMENSION_NAMES: Final[dict[Dimension, Promise]] = {
    Dimension.DIVISION: gettext_lazy("按地区"),
    Dimension.CATEGORY: gettext_lazy("按类别"),
    Dimension.DAY: gettext_lazy("按日"),
    Dimension.MONTH: gettext_lazy("按月"),
    Dimension.VENDOR: gettext_lazy("按维修软件"),
    Dimension.MAKER: gettext_lazy("按生产企业"),
}
HEADINGS: Final[dict[Dimension, Promise]] = {
    Dimension.DIVISION: gettext_lazy("地区"),
    Dimension.CATEGORY: gettext_lazy("类别"),
    Dimension.DAY: gettext_lazy("日期"),
    Dimension.MONTH: gettext_lazy("月份"),
    Dimension.VENDOR: gettext_lazy("维修软件"),
    Dimension.MAKER: gettext_lazy("生产企业"),
}


def total_line(connection: Any, asked: Asked, period: Period | None = None) -> Line:
    """The whole division; ``period`` instead of the one that is asked for."""
    period = period or asked.period
    row = statistics.total(connection, asked.scope, period.first_on, period.last_on, category=asked.category)
    # At the ministry there are no notices to shops: provinces send them.
    told = None if asked.scope == NATION else reminded(asked.scope, period, category=asked.category)
    return Line(asked.scope, short_name(asked.scope), row, told)


def lines_of(connection: Any, asked: Asked) -> list[Line]:
    """The division parted along the line that is asked for, in the order that is asked for."""
    first_on, last_on = asked.period.first_on, asked.period.last_on
    rows = statistics.figures(connection, asked.scope, first_on, last_on, by=asked.by, category=asked.category)
    is_counted = asked.by in KNOWN_BY and asked.scope != NATION
    keys = [row.key for row in rows]
    told = reminded_by(asked.scope, asked.period, asked.by, keys, category=asked.category) if is_counted else {}
    makers = _maker_names(connection) if asked.by is Dimension.MAKER else {}
    lines = [
        Line(row.key, name_of(asked.by, row.key, makers), row, told.get(row.key, Reminded()) if is_counted else None)
        for row in rows
    ]
    return sort_lines(lines, fields(asked.by), asked.sort)


def _maker_names(connection: Any) -> dict[str, str]:
    return {maker.maker_code: maker.maker_name for maker in maker_store.list_all(connection)}


def name_of(by: Dimension, key: str, makers: dict[str, str]) -> str:
    """What a row is called."""
    match by:
        case Dimension.DIVISION:
            return short_name(key)
        case Dimension.CATEGORY:
            return category_name(key)
        case Dimension.VENDOR:
            return key or str(_("未说明"))
        case Dimension.MAKER:
            return makers.get(key, key) or str(_("不属于任何生产企业"))
        case _:
            return key


class Field(NamedTuple):
    """One column of the table: what sorts by it, what stands in it."""

    key: str
    column: Column
    value: Callable[[Line], Cell]
    is_on_page: bool = True
    """The file has the counts behind the rates too."""


def fields(by: Dimension) -> list[Field]:
    """Columns of the table along ``by``, in the language of now. Filed and connected stand at the period's end."""
    shares, behind = [], []
    for rate in rates():
        if rate.key == "read" and by not in KNOWN_BY:
            continue
        heading = f"{rate.name}（%）"
        shares.append(Field(rate.key, Column(heading, Kind.SHARE, 16), _share_of(rate), rate.key in _IN_TABLE))
        behind.append(
            Field(f"part_{rate.key}", Column(f"{rate.name}：{_('分子')}", width=16), _count_of(rate, 0), False)
        )
        behind.append(
            Field(f"whole_{rate.key}", Column(f"{rate.name}：{_('分母')}", width=16), _count_of(rate, 1), False)
        )
    return [
        Field("key", Column(_("代码"), Kind.TEXT, 14), lambda line: line.key, is_on_page=False),
        Field("name", Column(str(HEADINGS[by]), Kind.TEXT, 24), lambda line: line.name),
        Field("filed", Column(_("备案在营")), lambda line: line.row.filed),
        Field("shops_connected", Column(_("已对接")), lambda line: line.row.connected),
        Field("shops_active", Column(_("有上传")), lambda line: line.row.active),
        Field("received", Column(_("收到记录")), lambda line: line.row.tally.received),
        *shares,
        *behind,
    ]


def _count_of(rate: Rate, place: int) -> Callable[[Line], Cell]:
    def count(line: Line) -> Cell:
        part = rate.part(line)
        return None if part is None else part[place]

    return count


def _share_of(rate: Rate) -> Callable[[Line], Cell]:
    def share(line: Line) -> Cell:
        part = rate.part(line)
        return None if part is None else part.share

    return share


def sort_lines(lines: list[Line], wanted: Sequence[Field], sort: str) -> list[Line]:
    """By a column, falling with ``-`` before its name; nothing known stands last. An unknown column: as they came."""
    key, is_falling = sort.removeprefix("-"), sort.startswith("-")
    field = next((each for each in wanted if each.key == key), None)
    if field is None:
        return lines
    value = field.value
    known = [line for line in lines if value(line) is not None]
    unknown = [line for line in lines if value(line) is None]
    return sorted(known, key=value, reverse=is_falling) + unknown  # type: ignore[arg-type]  # of one kind


def difference(now: Part | None, before: Part | None) -> Decimal | None:
    """环比 in percentage points."""
    if now is None or before is None or now.share is None or before.share is None:
        return None
    return now.share - before.share
