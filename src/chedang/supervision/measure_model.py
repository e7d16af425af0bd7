"""What is measured of a division in a period: counts only, so that shares are reckoned alike everywhere. Pure.

运行考核 scores them, 半年报告 prints them, and a frozen snapshot keeps them. Every figure is a name in one of these
structures, and that name is what a report refers to.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from hashlib import sha256

import msgspec

from chedang.quality.statistics_model import Row, Tally


class ClassMeasures(msgspec.Struct, frozen=True):
    """Shops of one class, and their records of the period."""

    filed: int = 0
    """备案且在营业 at the end of the period."""
    connected: int = 0
    active: int = 0
    tally: Tally = Tally()

    def __add__(self, other: ClassMeasures) -> ClassMeasures:
        return ClassMeasures(
            self.filed + other.filed,
            self.connected + other.connected,
            self.active + other.active,
            self.tally + other.tally,
        )


class AreaMeasures(msgspec.Struct, frozen=True, kw_only=True):
    """One division. What is counted by day of an act counts the period's days, in China."""

    code: str
    classes: dict[str, ClassMeasures] = {}
    """By 经营业务类别 code; '' unknown."""
    reminders_sent: int = 0
    """通知和提醒 delivered in the period."""
    reminders_read: int = 0
    """Of these, opened by the shop when it was measured."""
    orders_issued: int = 0
    """责令改正 and 督办 that were not revoked."""
    orders_done: int = 0
    """Of these, corrected when it was measured."""
    orders_not_done: int = 0
    censures: int = 0
    """通报 published."""
    sanctions: int = 0
    """处罚 entered with a date in the period."""
    cases_opened: int = 0
    """反馈与投诉 submitted in the period."""
    cases_due: int = 0
    """Of these, decided or over the limit when it was measured."""
    cases_closed_in_time: int = 0
    """Of these, decided with no limit missed."""
    ratings: int = 0
    """评价 written in the period that stand."""
    rating_sum: Decimal = Decimal(0)
    """Sum of their marks, 1 to 5."""
    low_ratings: int = 0
    """Of these, marks of 2 or less."""
    owner_looks: int = 0
    """Looks of owners at their files; of the whole node only, a look has no county."""
    owners_active: int = 0
    """Owners who looked."""

    def total(self) -> ClassMeasures:
        """All classes together."""
        return add_up(self.classes.values())


class ExchangeMeasures(msgspec.Struct, frozen=True):
    """联网 of a province over the period, as the ministry sees it, or as a province sees its own line."""

    days: int = 0
    """Days of the period that were over."""
    days_compared: int = 0
    days_equal: int = 0
    """Of these, without a difference left."""
    minutes: int = 0
    minutes_up: int = 0
    """Of these, with the other side heard of in time."""


class Measures(msgspec.Struct, frozen=True, kw_only=True):
    """A division, its parts, and how it went month by month."""

    scope: str
    first_on: date
    last_on: date
    whole: AreaMeasures
    areas: tuple[AreaMeasures, ...]
    """The level below, by code."""
    months: tuple[Row, ...]
    """The twelve months up to the last day, or to the day that the figures reach."""
    vendors: tuple[Row, ...]
    makers: tuple[Row, ...]
    exchange: dict[str, ExchangeMeasures] = {}
    """By two digits of the province; a province has its own line alone."""


def canonical(measures: Measures) -> str:
    """The one JSON of these measures: equal measures have one digest."""
    return msgspec.json.encode(measures, order="deterministic").decode()


def digest_of(content: str) -> str:
    """SHA-256, hexadecimal."""
    return sha256(content.encode()).hexdigest()


def add_up(classes: Iterable[ClassMeasures]) -> ClassMeasures:
    """The sum."""
    total = ClassMeasures()
    for each in classes:
        total = total + each
    return total
