"""工作日: days on which offices work in China, by the State Council's yearly notices of holidays (chinesecalendar).

The notice for a year comes out in November of the year before. For years that the library does not know, Monday to
Friday count, without the holidays that have a fixed date (ADR 0033): a deadline in such a year may fall some days
earlier or later than it would by the notice. One that is stored does not move when the notice comes.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import chinese_calendar  # type: ignore[import-untyped] # carries no types of its own

_FIXED_HOLIDAYS: Final = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of 元旦, 劳动节, 国庆节: 全国年节及纪念日放假办法 as amended by State Council No. 795 (2024), 待核."""
_KNOWN_YEARS: Final = frozenset(day.year for day in chinese_calendar.holidays)
"""Years of which the library has the notice."""
_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices work on this day in China."""
    if day.year in _KNOWN_YEARS:
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _FIXED_HOLIDAYS


def add_working_days(day: date, n: int) -> date:
    """The ``n``-th working day after ``day``, which itself does not count; ``day`` for 0. Raises ValueError below 0."""
    if n < 0:
        raise ValueError("working days are counted forward")
    while n:
        day += _ONE_DAY
        n -= is_working_day(day)
    return day


def working_days_between(a: date, b: date) -> int:
    """How many working days there are after ``a`` up to and including ``b``; 0 when ``b`` is not after ``a``."""
    return sum(is_working_day(a + timedelta(days=k)) for k in range(1, (b - a).days + 1))
