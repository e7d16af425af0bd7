"""The clock of cases: working days in, an instant out, exact to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from chedang.reviews.clocks import deadline, is_over, last_day, working_days_taken
from chedang.terms.dates import SHANGHAI

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)


def test_a_deadline_ends_with_the_last_working_day_in_china() -> None:
    assert deadline(FRIDAY, 5) == datetime(2026, 11, 28, 0, 0, tzinfo=SHANGHAI)
    assert last_day(deadline(FRIDAY, 5)) == date(2026, 11, 27)


def test_the_day_is_that_of_china_whatever_the_clock_says() -> None:
    still_thursday_in_utc = datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert deadline(still_thursday_in_utc, 1) == datetime(2026, 11, 24, 0, 0, tzinfo=SHANGHAI)


def test_holidays_do_not_count_and_worked_weekends_do() -> None:
    before_october = datetime(2026, 9, 30, 9, 0, tzinfo=SHANGHAI)
    assert last_day(deadline(before_october, 1)) == date(2026, 10, 8)
    assert last_day(deadline(before_october, 3)) == date(2026, 10, 10)  # a Saturday that is worked


def test_the_second_of_the_deadline_is_in_time_and_the_next_is_not() -> None:
    due_at = deadline(FRIDAY, 5)
    assert not is_over(due_at, due_at)
    assert not is_over(due_at, due_at + timedelta(milliseconds=999))
    assert is_over(due_at, due_at + timedelta(seconds=1))
    assert not is_over(None, due_at)


def test_what_is_done_the_same_day_takes_no_working_day() -> None:
    assert working_days_taken(FRIDAY, FRIDAY + timedelta(hours=2)) == 0
    assert working_days_taken(FRIDAY, FRIDAY + timedelta(days=3)) == 1
