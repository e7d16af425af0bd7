"""Days as shop software writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chedang.terms import dates

DAY = date(2024, 5, 1)


@pytest.mark.parametrize(
    "text",
    [
        "20240501",
        "20240501  ",
        "２０２４０５０１",
        "2024-05-01",
        "2024-5-1",
        "2024/05/01",
        "2024/5/1 0:00:00",
        "2024年5月1日",
        "2024年05月01日 13:20",
        "2024-05-01 13:20",
        "2024-05-01T13:20:59.123",
        "20240501132059",
        "202405011320",
        "20240501 13:20:59",
        "2024-05-01T13:20:59+08:00",
        "2024-04-30T16:00:00Z",
        "2024-04-30T16:00:00.000+00:00",
    ],
)
def test_every_writing_of_a_day_is_read(text: str) -> None:
    assert dates.parse_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "N/A",
        "010101",
        "20230229",
        "20241301",
        "2024-05/01",
        "2024-05-013:20",
        "2024-05-01 25:00",
        "2024-05-01 昨天",
        "19891231",
        "21010101",
        "99990909",
        "00000000",
        "00010101",
        "2024050",
        "202405011",
        "2024.5",
        "2024-05-01T13:20:59+99:99",
        "٢٠٢٤٠٥٠١",
        "45210",
        "1" * 1_000_000,
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert dates.parse_day(text) is None


@pytest.mark.parametrize("text", ["99990909", "99991231", "9999-12-31", "9999-09-09 00:00", "长期", "", "  "])
def test_a_licence_may_be_without_end(text: str) -> None:
    assert dates.parse_licence_end(text) is None


def test_a_licence_may_end_on_a_day() -> None:
    assert dates.parse_licence_end("2024-05-01 00:00") == DAY


@pytest.mark.parametrize("text", ["010101", "N/A", "9999", "99991"])
def test_a_licence_end_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a day"):
        dates.parse_licence_end(text)


def test_the_day_in_china_begins_eight_hours_before_utc() -> None:
    assert dates.day_in_china(datetime(2024, 4, 30, 15, 59, tzinfo=UTC)) == date(2024, 4, 30)
    assert dates.day_in_china(datetime(2024, 4, 30, 16, 0, tzinfo=UTC)) == DAY


def test_an_instant_without_offset_has_no_day() -> None:
    with pytest.raises(ValueError, match="offset"):
        dates.day_in_china(datetime(2024, 5, 1))  # noqa: DTZ001 - a naive one is what is refused
