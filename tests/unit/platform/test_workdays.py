"""Working days: the State Council's notices where there are any, the ordinary week where there are none."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.platform.workdays import add_working_days, is_working_day, working_days_between


def test_a_weekend_that_makes_up_for_a_holiday_is_worked() -> None:
    assert is_working_day(date(2026, 10, 10))  # a Saturday after the holidays of October
    assert not is_working_day(date(2026, 10, 7))  # a Wednesday within them
    assert not is_working_day(date(2026, 10, 11))


def test_the_day_of_the_start_does_not_count_and_holidays_are_passed_over() -> None:
    assert add_working_days(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert add_working_days(date(2026, 10, 9), 1) == date(2026, 10, 10)
    assert add_working_days(date(2026, 11, 20), 5) == date(2026, 11, 27)
    assert add_working_days(date(2026, 11, 22), 0) == date(2026, 11, 22)


def test_a_year_without_a_notice_has_its_ordinary_week_and_the_holidays_of_a_fixed_date() -> None:
    assert not is_working_day(date(2090, 5, 1))
    assert not is_working_day(date(2090, 10, 3))
    assert is_working_day(date(2090, 10, 4))  # a Wednesday
    assert not is_working_day(date(2090, 10, 7))  # a Saturday


def test_time_is_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 11, 22), -1)
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == 0


@given(st.dates(date(2004, 1, 1), date(2035, 12, 1)), st.integers(0, 40))
def test_adding_and_counting_agree(day: date, n: int) -> None:
    later = add_working_days(day, n)
    assert working_days_between(day, later) == n
    assert n == 0 or is_working_day(later)
    assert working_days_between(day, later - timedelta(days=1)) == max(n - 1, 0)
