"""When coverage reaches its target, and how a period is taken apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chedang.quality.forecasting import forecast
from chedang.quality.indicators import load_file, load_indicators
from chedang.quality.periods import months_between, parts_of
from chedang.quality.statistics_model import Row, Tally
from chedang.records.catalogue import load_catalogue


def months(*connected: int, filed: int = 100, first: date = date(2026, 1, 1)) -> list[Row]:
    keys = [f"{first.year + (first.month - 1 + n) // 12}-{(first.month - 1 + n) % 12 + 1:02}" for n in range(99)]
    return [Row(key, filed, count, 0, Tally()) for key, count in zip(keys, connected, strict=False)]


def test_a_steady_rise_meets_the_target_in_the_month_that_a_ruler_shows() -> None:
    # Five points a month, 60 at the end of June: 80 four months later, give or take as months are not equally long.
    assert forecast(months(35, 40, 45, 50, 55, 60), 80) in {date(2026, 10, 31), date(2026, 11, 30)}
    assert forecast(months(58, 59), 60) == date(2026, 3, 31)


def test_only_the_last_six_months_are_looked_at() -> None:
    rising = (10, 20, 30, 40, 50, 60)
    assert forecast(months(90, 5, *rising), 80) == forecast(months(10, 10, *rising), 80)


@pytest.mark.parametrize("connected", [(), (50,), (50, 50, 50), (60, 50, 40), (10, 10, 10, 10, 10, 11)])
def test_without_a_rise_that_arrives_within_ten_years_there_is_no_day(connected: tuple[int, ...]) -> None:
    assert forecast(months(*connected), 100) is None


def test_a_target_that_is_reached_names_the_month_since_which_it_is_held() -> None:
    assert forecast(months(70, 80, 79, 81, 85), 80) == date(2026, 4, 30)
    assert forecast(months(90, 91), 80) == date(2026, 1, 31)


def test_months_without_filed_shops_say_nothing() -> None:
    assert forecast(months(0, 0, filed=0), 80) is None


def test_a_line_above_its_last_point_still_points_ahead() -> None:
    found = forecast(months(10, 79, 79, 79, 79, 79), 80)
    assert found is not None
    assert found > date(2026, 6, 30)


@pytest.mark.parametrize(
    ("first_on", "last_on"),
    [
        (date(2026, 1, 1), date(2026, 12, 31)),
        (date(2026, 1, 2), date(2026, 3, 30)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 2, 3), date(2026, 2, 3)),
        (date(2025, 12, 31), date(2026, 1, 31)),
    ],
)
def test_parts_of_a_period_cover_each_day_once(first_on: date, last_on: date) -> None:
    parts = parts_of(first_on, last_on)
    spans = [*parts.days, (parts.first_month, parts.end_month - timedelta(days=1))]
    days = [begun + timedelta(days=number) for begun, end in spans for number in range((end - begun).days + 1)]
    assert sorted(days) == [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]
    assert len(months_between(first_on, last_on)) == (last_on.year - first_on.year) * 12 + (
        last_on.month - first_on.month + 1
    )


def test_a_period_that_ends_before_it_begins_has_no_parts() -> None:
    parts = parts_of(date(2026, 3, 2), date(2026, 3, 1))
    assert (parts.days, parts.first_month) == ((), parts.end_month)


def test_every_indicator_names_counts_that_there_are_and_every_code_is_of_the_catalogue() -> None:
    row = Row("330000", 10, 8, 6, Tally(*range(12, 0, -1)))
    for indicator in load_indicators().values():
        part, whole = indicator.part_of(row), indicator.whole_of(row)
        assert (indicator.percent_of(row) is None) == (whole is None)
        assert whole is None or part <= whole
    file = load_file()
    assert {*file.incomplete, *file.vin_wrong, *file.plate_wrong} <= set(load_catalogue())
    # A finding that an element is missing, or only a placeholder, makes a record incomplete.
    gaps = {code for code in load_catalogue() if code.endswith(("_MISSING", "_EMPTY", "_PLACEHOLDER"))}
    assert gaps - {"FILE_NUMBER_MISSING"} <= set(file.incomplete)
