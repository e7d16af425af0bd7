"""Minutes and days of an exchange are counted from silences and comparisons."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from chedang.exchange.availability import Availability, summarise
from chedang.exchange.comparing_model import Direction
from chedang.exchange.narrowing import Span
from chedang.terms.dates import SHANGHAI

FIRST = datetime(2026, 10, 1, tzinfo=SHANGHAI)
END = datetime(2026, 11, 1, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def both(first: int, last: int, *, is_good: bool = True) -> list[Span]:
    days = date(2026, 10, first), date(2026, 10, last)
    return [Span(way, *days, is_good) for way in Direction]


def test_a_month_without_a_word_of_trouble_is_whole() -> None:
    assert summarise(FIRST, END, [], both(1, 31)) == Availability(31, 31, 31, 31 * 1440, 31 * 1440)


def test_silence_counts_within_the_period_only_and_to_its_end_when_it_still_holds() -> None:
    silences = [(FIRST - HOUR, FIRST + HOUR), (FIRST + 5 * HOUR, FIRST + 6 * HOUR), (END - 2 * HOUR, None)]
    found = summarise(FIRST, END, silences, [])
    assert found.minutes - found.minutes_up == 4 * 60


def test_a_day_counts_as_it_was_last_left_and_only_when_both_directions_were_compared() -> None:
    spans = [*both(1, 10), *both(3, 3, is_good=False), *both(4, 4, is_good=False), *both(4, 4)]
    spans.append(Span(Direction.OUT, date(2026, 10, 20), date(2026, 10, 22), True))
    found = summarise(FIRST, END, [], spans)
    assert (found.days, found.days_compared, found.days_equal) == (31, 10, 9)


def test_only_whole_days_after_joining_were_to_be_compared() -> None:
    found = summarise(FIRST + 9 * HOUR, FIRST + timedelta(days=3, hours=1), [], both(1, 3))
    assert (found.days, found.days_compared, found.days_equal) == (2, 2, 2)
    assert found.minutes == (2 * 24 + 16) * 60
