"""The one clock of cases: working days in, an instant out; and whether one has passed.

A deadline of n working days ends at 24:00 China time of the n-th working day after the day of the beginning. What is
done within the very second of it is in time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from chedang.platform.workdays import add_working_days, working_days_between
from chedang.terms.dates import SHANGHAI, day_in_china

_SECOND: Final = timedelta(seconds=1)


def deadline(begun_at: datetime, days: int) -> datetime:
    """The end of the ``days``-th working day after the day in China of ``begun_at``."""
    return _end_of(add_working_days(day_in_china(begun_at), days))


def is_over(due_at: datetime | None, now: datetime) -> bool:
    """Has the deadline passed, to the second? ``None`` never does."""
    return due_at is not None and now >= due_at + _SECOND


def working_days_taken(begun_at: datetime, ended_at: datetime) -> int:
    """Working days after the day of the beginning up to that of the end; 0 within one day."""
    return working_days_between(day_in_china(begun_at), day_in_china(ended_at))


def last_day(due_at: datetime) -> date:
    """The last day on which one is in time: what people are told."""
    return day_in_china(due_at - _SECOND)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
