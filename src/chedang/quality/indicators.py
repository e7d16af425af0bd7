"""Indicators of supervision as data: ``data/indicators.toml``, typed. Formulas are ours where the notice is silent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

import msgspec

from chedang.platform.shipped import read_shipped
from chedang.quality.model import Count, percent
from chedang.quality.statistics_model import Row


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One figure: its names, and in words how it is worked out."""

    part: str
    """Field of :class:`Row` or of its tally."""
    zh: str
    en: str
    zh_formula: str
    en_formula: str
    source: str
    """Who names it and who fixed the formula; 待核 where a text was not read."""
    whole: str = ""
    """What the part is a share of; '' for a plain count."""

    def part_of(self, row: Row) -> int:
        """The count above the line."""
        return _count(row, self.part)

    def whole_of(self, row: Row) -> int | None:
        """The count below the line; ``None`` for a plain count."""
        return _count(row, self.whole) if self.whole else None

    def percent_of(self, row: Row) -> Decimal | None:
        """The share in per cent with one place; ``None`` for a plain count, and of nothing."""
        return percent(self.part_of(row), _count(row, self.whole)) if self.whole else None


class IndicatorFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything of the file."""

    on_time_days: Count
    late_days: Count
    closed_states: tuple[str, ...]
    """Codes of 经营状态 in which a shop does no business."""
    incomplete: tuple[str, ...]
    """Codes of findings with which a record is not complete."""
    vin_wrong: tuple[str, ...]
    plate_wrong: tuple[str, ...]
    indicator: dict[str, Indicator]


@cache
def load_file() -> IndicatorFile:
    """The shipped file."""
    return read_shipped("chedang.quality", "indicators.toml", IndicatorFile)


def load_indicators() -> Mapping[str, Indicator]:
    """Key → indicator, in the order in which pages show them."""
    return load_file().indicator


def _count(row: Row, field: str) -> int:
    return int(getattr(row if hasattr(row, field) else row.tally, field))
