"""预期上传量 from day figures in a database: read by week, judged by province, kept, and not counted twice a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg

from chedang.quality.counting import last_day
from chedang.quality.expectation import load_expectation_parameters
from chedang.quality.expectation_store import count_expectations, months_of_shop, read_expectations
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=SHANGHAI)
LAST = last_day(NOW)
WEEKS = load_expectation_parameters().weeks
_DAY = (
    "insert into shop_day (company_code, received_on, received, standing, dated, on_time, late, complete, valid,"
    " doubtful, vin_valid, plate_valid, duplicate, head_office)"
    " select %s, %s::date - day, %s, %s, 0, 0, 0, 0, %s, %s, 0, 0, 0, 0"
    " from generate_series(%s::integer, %s::integer) as day"
)
_SHOP = (
    "insert into counted_shop (company_code, company_name, division_code, category_code, is_filed, is_in_business,"
    " filed_on, vendor, maker_code, first_on, last_on) values (%s, '某店', %s, '02', true, true, null, '', '', %s, %s)"
)


def _shop(connection: psycopg.Connection, code: str, *, division: str = "330106") -> None:
    connection.execute(_SHOP, [code, division, LAST - timedelta(days=300), LAST])


def _upload(connection: psycopg.Connection, code: str, a_day: int, *, ago: tuple[int, int], faulty: int = 0) -> None:
    """So many records on each day from ``ago`` days before the last one to ``ago``."""
    connection.execute(_DAY, [code, LAST, a_day, a_day, a_day - faulty, faulty, *ago])


def _reach(connection: psycopg.Connection, reached_at: datetime) -> None:
    connection.execute("delete from figures_reach")
    connection.execute("insert into figures_reach (reached_at) values (%s)", [reached_at])
    connection.commit()


def test_a_shop_that_stops_is_judged_by_its_days_and_the_others_are_left_alone(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        for number in range(12):
            code = f"shop-{number:02}"
            _shop(connection, code)
            since = 7 if number == 0 else 0
            _upload(connection, code, 6, ago=(since, 7 * WEEKS - 1), faulty=1)
        _shop(connection, "elsewhere", division="510104")
        _shop(connection, "quiet")
        _reach(connection, NOW - timedelta(days=1))
        assert count_expectations(connection, now=NOW, seconds=60) == 0  # the worker was away and has days to count
        _reach(connection, NOW)
        assert count_expectations(connection, now=NOW, seconds=60) == 14
        assert count_expectations(connection, now=NOW, seconds=60) == 0
        _shop(connection, "filed today")
        connection.commit()
        assert count_expectations(connection, now=NOW, seconds=60) == 0  # not all others for its sake
        codes = [f"shop-{number:02}" for number in range(12)]
        kept = read_expectations(connection, [*codes, "elsewhere", "quiet", "unknown"])
    assert set(kept) == {*codes, "elsewhere", "quiet"}
    assert [code for code, each in kept.items() if each.is_falling] == ["shop-00"]
    stopped, steady = kept["shop-00"], kept["shop-01"]
    assert (stopped.weeks, stopped.observed, stopped.counted_on) == (1, 0, LAST)
    assert stopped.expected is not None
    assert 35 < stopped.expected < 43
    assert (steady.observed, steady.standing, steady.faulty, steady.doubtful) == (42, 180, 30, 30)
    assert (stopped.standing, stopped.faulty) == (23 * 6, 23)
    assert kept["quiet"].weeks is None
    assert kept["elsewhere"].standing == 0


def test_the_next_day_is_judged_again_with_what_came_in_late(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        _shop(connection, "late")
        _upload(connection, "late", 6, ago=(7, 7 * WEEKS - 1))
        _reach(connection, NOW)
        count_expectations(connection, now=NOW, seconds=60)
        assert read_expectations(connection, ["late"])["late"].observed == 0
        connection.execute(_DAY, ["late", LAST, 30, 30, 30, 0, 0, 0])
        connection.commit()
        _shop(connection, "filed today")
        _reach(connection, NOW + timedelta(days=1))
        assert count_expectations(connection, now=NOW + timedelta(days=1), seconds=60) == 2
        assert read_expectations(connection, ["late"])["late"].observed == 30
        assert months_of_shop(connection, "late", 3) == []
