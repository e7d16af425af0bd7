"""Figures that officers read: a count has as many lines as its list, and parts sum up to the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from functools import partial, reduce
from operator import add
from random import Random

import msgspec
import psycopg
import pytest
from tests.pages.filled_province import Car, Province

from chedang.fiction.vehicles import make_vin
from chedang.quality import statistics
from chedang.quality.statistics_model import Dimension, Row, ShopFilter, ShopLine, Tally, Upload
from chedang.quality.status import read_status
from chedang.quality.tallying import follow, rebuild, refresh_shops
from chedang.records.arrivals import Arrivals, count_arrivals
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
WHOLE = (date(2026, 8, 1), date(2026, 11, 20))
PERIODS = (WHOLE, (date(2026, 9, 1), date(2026, 9, 30)), (date(2026, 8, 17), date(2026, 10, 3)), (NOW.date(),) * 2)
SCOPES = ("000000", "330000", "330100", "330106", "310000", "500000")
DIVISIONS = ("330106", "330106", "330105", "330212", "330100", "310105", "310106", "330106")


def clock() -> datetime:
    return NOW


def count_everything(connection: Connection) -> None:
    connection.commit()
    refresh_shops(connection, clock=clock)
    while follow(connection, clock=clock, node_code="33", limit=7):
        pass
    connection.commit()


@pytest.fixture(scope="module")
def province(make_database: Callable[[], AbstractContextManager[str]]) -> Iterator[Province]:
    """Shops 0 to 7: of shop 5 nothing ever came, shop 6 waits for approval, shop 7 is closed."""
    with make_database() as url, psycopg.connect(url) as connection:
        filled, random = Province(connection), Random(7)
        for number, division in enumerate(DIVISIONS):
            filled.add_shop(f"{number}", number, division_code=division, is_approved=number != 6)
        connection.execute("update enterprise set reviewed_at = '2026-09-10 08:00+08' where reviewed_at is not null")
        connection.execute(
            "update enterprise set operation_state_code = '5' where company_code = %s", [filled.shops["7"]]
        )
        for number in (0, 1, 3):
            connection.execute(
                "insert into shop_software values (%s, %s, '1', 'tests', now())",
                [filled.shops[str(number)], f"软件{number % 2}"],
            )
        car = Car("浙A6Q777", make_vin(Random("statistics")))
        for number in range(90):
            shop = str(random.choice((0, 0, 1, 2, 3, 4, 6, 7)))
            day = WHOLE[0] + timedelta(days=random.randrange(60 if shop in "13" else 110))
            late = datetime.combine(day + timedelta(days=random.randrange(6)), datetime.min.time(), SHANGHAI)
            filled.upload(shop, car, day, str(1000 + number), received_at=late + timedelta(hours=9))
        count_everything(connection)
        yield filled


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("category", [None, "02"])
def test_parts_sum_up_to_the_whole_and_counts_equal_their_lists(
    province: Province, scope: str, period: tuple[date, date], category: str | None
) -> None:
    connection = province.connection
    whole = statistics.total(connection, scope, *period, category=category)
    for by in Dimension:
        rows = statistics.figures(connection, scope, *period, by=by, category=category)
        assert reduce(add, (row.tally for row in rows), Tally()) == whole.tally, by
        if by in (Dimension.DAY, Dimension.MONTH):
            assert (rows[-1].filed, rows[-1].connected) == (whole.filed, whole.connected)
        else:
            assert _shops(rows) == (whole.filed, whole.connected, whole.active), by
    wanted = ShopFilter(scope, category=category)
    lengths = {}
    for upload in Upload:
        of_upload = msgspec.structs.replace(wanted, upload=upload)
        lines = list(statistics.iterate_shops(connection, of_upload, *period))
        assert statistics.count_shops(connection, of_upload, *period) == len(lines)
        assert _pages(connection, of_upload, period) == lines
        lengths[upload] = len(lines)
        if upload is Upload.ACTIVE:
            assert all(line.tally.received for line in lines)
    assert lengths[Upload.FILED] == whole.filed
    assert lengths[Upload.CONNECTED] == whole.connected
    assert lengths[Upload.UNCONNECTED] == whole.filed - whole.connected
    assert lengths[Upload.ACTIVE] == whole.active


def _shops(rows: list[Row]) -> tuple[int, int, int]:
    return sum(row.filed for row in rows), sum(row.connected for row in rows), sum(row.active for row in rows)


def _pages(connection: Connection, wanted: ShopFilter, period: tuple[date, date]) -> list[ShopLine]:
    lines, after = list[ShopLine](), ""
    while page := statistics.shops(connection, wanted, *period, limit=2, after=after):
        lines += page
        after = statistics.key_of(page[-1])
    return lines


def test_a_month_counts_the_shops_active_in_it_and_those_filed_by_its_end(province: Province) -> None:
    connection = province.connection
    for row in statistics.curve(connection, "330000", *WHOLE):
        first_on = date.fromisoformat(f"{row.key}-01")
        last_on = min((first_on + timedelta(days=31)).replace(day=1) - timedelta(days=1), WHOLE[1])
        found = statistics.total(connection, "330000", first_on, last_on)
        assert (row.filed, row.connected, row.active, row.tally) == (
            found.filed, found.connected, found.active, found.tally
        )  # fmt: skip
    for row in statistics.figures(connection, "330100", *WHOLE, by=Dimension.DAY):
        day = date.fromisoformat(row.key)
        found = statistics.total(connection, "330100", day, day)
        assert (row.filed, row.connected, row.active, row.tally) == (
            found.filed, found.connected, found.active, found.tally
        )  # fmt: skip


@pytest.mark.parametrize("scope", ["000000", "330000", "330100", "330106"])
def test_shops_read_once_are_those_of_one_class_after_the_other(province: Province, scope: str) -> None:
    connection = province.connection
    found = statistics.shops_by_class(connection, scope, *WHOLE)
    for category in ("", "01", "02", "03"):
        rows = statistics.figures(
            connection, scope, *WHOLE, by=Dimension.DIVISION, category=category, with_tallies=False
        )
        assert {row.key: row for row in rows} == {
            code: classes[category] for code, classes in found.items() if category in classes
        }
    whole = statistics.total(connection, scope, *WHOLE)
    assert _shops([row for classes in found.values() for row in classes.values()]) == _shops([whole])


def test_divisions_are_those_of_the_level_below(province: Province) -> None:
    def keys(scope: str) -> list[str]:
        return [row.key for row in statistics.figures(province.connection, scope, *WHOLE, by=Dimension.DIVISION)]

    assert keys("000000") == ["310000", "330000"]
    assert keys("330000") == ["330100", "330200"]
    assert keys("330100") == ["330100", "330105", "330106"]
    assert keys("330106") == ["330106"]
    assert keys("310000") == ["310105", "310106"]  # counties stand directly under 直辖市
    with pytest.raises(ValueError, match="six digits"):
        statistics.total(province.connection, "33", *WHOLE)


def test_who_is_silent_is_seen_from_the_day_that_the_figures_reach(province: Province) -> None:
    connection = province.connection
    assert statistics.as_of(connection) == NOW
    lines = statistics.shops(connection, ShopFilter("330000", Upload.SILENT, silent_days=30), *WHOLE, limit=50)
    assert {line.company_code for line in lines} == {province.shops["1"], province.shops["3"]}
    assert [line.silent_days for line in lines] == sorted((line.silent_days or 0 for line in lines), reverse=True)
    line = lines[0]
    assert line.last_on is not None
    assert line.silent_days == (NOW.date() - line.last_on).days
    quiet = ShopFilter("330000", Upload.SILENT, silent_days=line.silent_days)
    assert line.company_code not in {each.company_code for each in statistics.shops(connection, quiet, *WHOLE, limit=9)}
    assert statistics.count_shops(connection, ShopFilter("330000", Upload.UNCONNECTED)) == 0
    assert statistics.count_shops(connection, ShopFilter("310000", Upload.UNCONNECTED)) == 1


def test_lists_narrow_by_vendor_and_name(province: Province) -> None:
    connection = province.connection
    vendor = ShopFilter("330000", vendor="软件1")
    assert {each.company_code for each in statistics.shops(connection, vendor, *WHOLE, limit=9)} == {
        province.shops["1"],
        province.shops["3"],
    }
    by_code = ShopFilter("330000", name=province.shops["0"])
    assert [each.company_code for each in statistics.shops(connection, by_code, *WHOLE, limit=9)] == [
        province.shops["0"]
    ]
    by_name = ShopFilter("330000", name=province.names["0"][2:6])
    assert province.shops["0"] in {each.company_code for each in statistics.shops(connection, by_name, *WHOLE, limit=9)}


def test_what_came_lately_of_a_shop_that_moved_counts_once_where_its_node_says_it_is(province: Province) -> None:
    connection, asked = province.connection, {"since": NOW - timedelta(days=200), "lately": NOW - timedelta(days=30)}
    before = sum(count_arrivals(connection, "", **asked).values(), Arrivals())
    moved = count_arrivals(connection, "330105", **asked)["330105"]
    connection.execute(
        "insert into known_enterprise (company_code, node_code, national_code, company_name, division_code, "
        "category_code, review_state, told_at) values (%s, '41', '', '迁走的店', '410102', '02', 'approved', now())",
        [province.shops["2"]],
    )
    after = count_arrivals(connection, "", **asked)
    assert sum(after.values(), Arrivals()) == before
    assert after["410102"] == moved
    assert "330105" not in after
    assert count_arrivals(connection, "33", **asked).keys() == after.keys() - {"310105", "310106", "410102"}
    connection.rollback()


def test_figures_are_made_again_while_nothing_changes(province: Province) -> None:
    connection = province.connection
    before = statistics.figures(connection, "330000", *WHOLE, by=Dimension.DAY)
    connection.execute("update shop_month set received = 0")
    connection.execute("delete from area_day")
    connection.commit()
    told: list[int] = []
    assert rebuild(connection, clock=clock, node_code="33", page_shops=2, progress=told.append) == sum(told) == 90
    assert statistics.figures(connection, "330000", *WHOLE, by=Dimension.DAY) == before
    status = read_status(connection)
    assert (status.waiting, status.records, status.shops) == (0, 90, len(DIVISIONS))


def test_the_instant_that_the_figures_reach_moves_on_while_nothing_comes_in(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert statistics.as_of(connection) is None
        for minute in (0, 1, 1, 0):
            now = datetime(2026, 11, 20, 4, minute, tzinfo=UTC)
            follow(connection, clock=partial(datetime.astimezone, now), node_code="33")
        assert statistics.as_of(connection) == datetime(2026, 11, 20, 4, 1, tzinfo=UTC)
