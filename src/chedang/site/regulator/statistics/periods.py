"""The days that figures are asked for. Pure but for the words.

An address names a period (this month, last month, the last 30 days) or its own days; what it cannot mean is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

_FIRST_DAY: Final = date(2015, 1, 1)
"""Before the first records of anybody (ours)."""
_MOST_DAYS: Final = 366 * 3
_LAST_DAYS: Final = 30
OWN: Final = "own"


class PeriodUnclear(ValueError):
    """The days asked for make no period; the text says why, for a person."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included."""

    key: str
    """``month``, ``last_month``, ``30_days``, or ``own``."""
    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last_on - self.first_on).days + 1

    @property
    def words(self) -> str:
        """``2026年11月1日至2026年11月22日``."""
        first, last = (date_format(day, "DATE_FORMAT") for day in (self.first_on, self.last_on))
        return first if first == last else _("%(first)s至%(last)s") % {"first": first, "last": last}

    @property
    def before(self) -> Period:
        """What it is compared with (环比): whole months with the same days of the month before, else as many days."""
        if self.first_on.day == 1:
            month_before = _month_begin(self.first_on - timedelta(days=1))
            is_whole = (self.last_on + timedelta(days=1)).day == 1
            if is_whole and _month_begin(self.last_on) == self.first_on:
                return Period(OWN, month_before, self.first_on - timedelta(days=1))
            if self.last_on.month == self.first_on.month and self.last_on.year == self.first_on.year:
                last_on = min(month_before + timedelta(days=self.days - 1), self.first_on - timedelta(days=1))
                return Period(OWN, month_before, last_on)
        return Period(OWN, self.first_on - timedelta(days=self.days), self.first_on - timedelta(days=1))


def standing_periods(today: date) -> dict[str, Period]:
    """The periods that have names, as of this day."""
    month = _month_begin(today)
    last_of_month_before = month - timedelta(days=1)
    return {
        "month": Period("month", month, today),
        "last_month": Period("last_month", _month_begin(last_of_month_before), last_of_month_before),
        "30_days": Period("30_days", today - timedelta(days=_LAST_DAYS - 1), today),
    }


def read_period(params: Mapping[str, str], today: date) -> Period:
    """The period of ``period``, or of ``from`` and ``to`` (2026-11-23); this month without any. Raises PeriodUnclear.

    Days to come are left out: what lies before them counts.
    """
    name = params.get("period", "")
    if name in standing_periods(today):
        return standing_periods(today)[name]
    if name not in {"", OWN}:
        raise PeriodUnclear(_("没有这样的时间段，请在下面重新选择。"))
    if not params.get("from") and not params.get("to"):
        if name == OWN:
            raise PeriodUnclear(_("请填开始日期和结束日期。"))
        return standing_periods(today)["month"]
    first_on, last_on = _day(params.get("from", "")), min(_day(params.get("to", "")), today)
    if first_on > last_on:
        raise PeriodUnclear(_("开始日期要在结束日期之前，也不能在今天之后。"))
    if first_on < _FIRST_DAY:
        raise PeriodUnclear(_("最早可以从2015年1月1日查起。"))
    if (last_on - first_on).days >= _MOST_DAYS:
        raise PeriodUnclear(_("一次最多查三年，请缩短时间段。"))
    return Period(OWN, first_on, last_on)


def months_back(last_on: date, months: int) -> date:
    """First day of the month so that ``months`` months end with that of ``last_on``."""
    month = last_on.year * 12 + last_on.month - months
    return date(month // 12, month % 12 + 1, 1)


def _month_begin(day: date) -> date:
    return day.replace(day=1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise PeriodUnclear(_("日期请按 2026-11-01 的样子填写，开始和结束都要填。")) from None
