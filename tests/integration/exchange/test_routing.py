"""Routing at the ministry on a real PostgreSQL: who gets which rows and notices, once, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import psycopg
import pytest
from psycopg.pq import TransactionStatus

from chedang.exchange.feeds import FeedKey, enqueue_notice, enqueue_rows
from chedang.exchange.routing import CONSUMER, NOTICE_CONSUMER, begin_backfill, route
from chedang.records.model import RecordState
from chedang.records.store import read_position, save_position

from .ministry import CAR, NOW, OTHER_CAR, SHOPS, Ministry


@pytest.fixture
def ministry(database_url: str) -> Iterator[Ministry]:
    with psycopg.connect(database_url) as connection:
        yield Ministry(connection)


@pytest.mark.parametrize("limit", [1, 1000])
def test_a_record_goes_to_the_province_of_the_vehicle_and_so_do_its_later_versions(
    ministry: Ministry, limit: int
) -> None:
    ministry.receive("A", plate="苏E00001")
    ministry.receive("A", plate="苏E00001")
    ministry.route(limit)
    ministry.receive("A", plate="苏E00001", state=RecordState.VOID, is_deliberate=True)
    ministry.route(limit)

    assert ministry.rows("32") == [("A", 1, "active"), ("A", 2, "active"), ("A", 3, "void")]
    assert ministry.destinations() == {"32"}


def test_a_record_never_goes_back_to_where_it_came_in(ministry: Ministry) -> None:
    ministry.receive("A", plate="浙A12345", at="33")
    ministry.receive("B", plate="浙A12345", at="32")
    ministry.route()

    assert ministry.rows("33") == [("B", 1, "active")]
    assert ministry.destinations() == {"33"}


def test_routing_again_changes_nothing(ministry: Ministry) -> None:
    ministry.join("32")
    ministry.receive("A", plate="苏E00001")
    ministry.receive("B", plate="苏E00001", at="44")
    ministry.route()
    before = ministry.everything()
    save_position(ministry.connection, CONSUMER, 0)
    ministry.connection.commit()
    ministry.route()

    assert ministry.everything() == before
    assert len(before) == 2


@pytest.mark.parametrize("limit", [1, 1000])
def test_a_new_plate_brings_the_whole_history_to_the_new_home(ministry: Ministry, limit: int) -> None:
    ministry.receive("A", plate="苏E00001", at="33")
    ministry.receive("B", plate="苏E00001", at="32")
    ministry.receive("C", plate="苏E00001", at="44")
    ministry.route(limit)
    ministry.receive("D", plate="粤A00001", at="33")
    ministry.route(limit)
    ministry.receive("E", plate="粤A00001", at="33")
    ministry.receive("A", plate="苏E00001", at="33", settled_on=date(2026, 3, 1))
    ministry.route(limit)

    assert sorted(ministry.rows("44")) == [
        ("A", 1, "active"),
        ("A", 2, "active"),
        ("B", 1, "active"),
        ("D", 1, "active"),
        ("E", 1, "active"),
    ]
    assert ministry.rows("32") == [("A", 1, "active"), ("C", 1, "active"), ("A", 2, "active")]
    assert ministry.rows("33") == []


def test_a_plate_that_comes_back_sends_only_what_is_lacking(ministry: Ministry) -> None:
    for number, plate in (("A", "苏E00001"), ("B", "粤A00001"), ("C", "苏E00001")):
        ministry.receive(number, plate=plate)
        ministry.route()

    assert ministry.rows("32") == [("A", 1, "active"), ("B", 1, "active"), ("C", 1, "active")]
    assert ministry.rows("44") == [("A", 1, "active"), ("B", 1, "active")]


def test_a_registration_brings_the_history_to_the_province_stated(ministry: Ministry) -> None:
    ministry.receive("A", plate="浙A12345")
    ministry.receive("B", plate="浙A12345", at="32")
    ministry.route()
    ministry.register(CAR, "44")
    ministry.route()
    ministry.receive("C", plate="浙A12345")
    ministry.route()

    assert ministry.rows("44") == [("A", 1, "active"), ("B", 1, "active"), ("C", 1, "active")]
    assert ministry.rows("33") == [("B", 1, "active")]


def test_a_registration_before_the_first_record_counts_from_the_first(ministry: Ministry) -> None:
    ministry.register(CAR, "44")
    ministry.route()
    ministry.receive("A", plate="浙A12345")
    ministry.route()

    assert ministry.rows("44") == [("A", 1, "active")]


@pytest.mark.parametrize("limit", [1, 1000])
def test_a_correction_to_another_vehicle_reaches_the_old_home_and_the_new_one(ministry: Ministry, limit: int) -> None:
    ministry.receive("A", CAR, plate="苏E00001")
    ministry.receive("other", OTHER_CAR, plate="粤A00001")
    ministry.route(limit)
    ministry.receive("A", OTHER_CAR, plate="粤A00001")
    ministry.route(limit)

    assert ministry.rows("32") == [("A", 1, "active"), ("A", 2, "moved"), ("A", 2, "active")]
    assert ministry.rows("44") == [("other", 1, "active"), ("A", 2, "active")]


def test_a_correction_out_of_every_file_takes_the_record_out_of_the_old_home(ministry: Ministry) -> None:
    ministry.receive("A", CAR, plate="苏E00001")
    ministry.route()
    ministry.receive("A", None, plate="苏E00001")
    ministry.route()
    ministry.receive("A", CAR, plate="苏E00001")
    ministry.route()

    assert ministry.rows("32") == [("A", 1, "active"), ("A", 2, "moved"), ("A", 3, "active")]
    assert ministry.destinations() == {"32"}


def test_a_history_that_moves_takes_its_moved_rows_along(ministry: Ministry) -> None:
    ministry.receive("A", CAR, plate="浙A12345")
    ministry.receive("B", CAR, plate="浙A12345")
    ministry.receive("A", OTHER_CAR, plate="浙A12346")
    ministry.route()
    ministry.receive("C", CAR, plate="苏E00001")
    ministry.route()

    assert sorted(ministry.rows("32")) == [
        ("A", 1, "active"),
        ("A", 2, "moved"),
        ("B", 1, "active"),
        ("C", 1, "active"),
    ]


@pytest.mark.parametrize("plate", ["123456使", "使123456"])
def test_records_of_an_embassy_stay_with_the_ministry(ministry: Ministry, plate: str) -> None:
    ministry.receive("A", plate=plate)
    ministry.route()

    assert ministry.everything() == []


def test_records_without_a_plate_stay_where_the_shop_is(ministry: Ministry) -> None:
    ministry.receive("A", plate="无牌")
    ministry.receive("B")
    ministry.route()
    assert ministry.everything() == []

    ministry.receive("C", plate="临牌", at="32")
    ministry.route()
    assert sorted(ministry.rows("32")) == [("A", 1, "active"), ("B", 1, "active")]
    assert ministry.destinations() == {"32"}


def test_a_record_of_no_vehicle_goes_nowhere(ministry: Ministry) -> None:
    ministry.receive("A", None, plate="苏E00001")
    ministry.route()

    assert ministry.everything() == []


def test_a_vehicle_of_bingtuan_goes_to_bingtuan(ministry: Ministry) -> None:
    ministry.receive("A", plate="新A12345", at="33")
    ministry.route()
    assert ministry.rows("65") == [("A", 1, "active")]

    ministry.receive("B", plate="新A12345", at="66")
    ministry.receive("C", plate="新A12345", at="33")
    ministry.route()
    assert sorted(ministry.rows("66")) == [("A", 1, "active"), ("C", 1, "active")]

    ministry.register(CAR, "65")
    ministry.route()
    assert sorted(ministry.rows("65")) == [("A", 1, "active"), ("B", 1, "active"), ("C", 1, "active")]


def test_a_head_office_record_goes_to_the_province_of_the_shop_and_that_of_the_vehicle(ministry: Ministry) -> None:
    ministry.receive("A", plate="苏E00001", at="local", shop=SHOPS["33"])
    ministry.receive("A", plate="苏E00001", at="local", shop=SHOPS["33"])
    ministry.receive("B", plate="浙A12345", at="local", shop=SHOPS["33"], vin=OTHER_CAR)
    ministry.receive("C", None, at="local", shop=SHOPS["33"])
    ministry.route()

    assert ministry.rows("32") == [("A", 1, "active"), ("A", 2, "active")]
    assert sorted(ministry.rows("33")) == [
        ("A", 1, "active"),
        ("A", 2, "active"),
        ("B", 1, "active"),
        ("C", 1, "active"),
    ]


def test_the_node_that_registers_a_shop_goes_before_the_shops_code(ministry: Ministry) -> None:
    ministry.know_shop(SHOPS["66"], "66")
    ministry.receive("A", None, at="local", shop=SHOPS["66"])
    ministry.route()

    assert ministry.rows("66") == [("A", 1, "active")]
    assert ministry.destinations() == {"66"}


def test_a_shop_whose_node_is_told_late_gets_what_went_by_its_code(ministry: Ministry) -> None:
    ministry.receive("A", plate="苏E00001", at="local", shop=SHOPS["66"])
    ministry.receive("B", OTHER_CAR, at="local", shop=SHOPS["66"])
    ministry.route()
    ministry.know_shop(SHOPS["66"], "66")
    ministry.route()
    ministry.receive("A", plate="苏E00001", at="local", shop=SHOPS["66"])
    ministry.route()

    everything = [("A", 1, "active"), ("A", 2, "active"), ("B", 1, "active")]
    assert sorted(ministry.rows("66")) == everything
    assert sorted(ministry.rows("65")) == everything


def test_a_shop_is_introduced_before_its_first_row_and_followed_from_then_on(ministry: Ministry) -> None:
    ministry.know_shop(SHOPS["33"], "33")
    ministry.receive("A", plate="苏E00001")
    ministry.receive("B", plate="苏E00001")
    ministry.route()
    ministry.announce("enterprise", SHOPS["33"])
    ministry.announce("enterprise", SHOPS["33"])
    ministry.route()

    assert ministry.feed("32") == [
        ("enterprise", SHOPS["33"]),
        ("record", ""),
        ("record", ""),
        ("enterprise", SHOPS["33"]),
    ]
    assert ministry.destinations() == {"32"}


def test_a_shop_that_was_not_known_yet_is_introduced_when_it_is(ministry: Ministry) -> None:
    ministry.receive("A", plate="苏E00001")
    ministry.route()
    assert ministry.feed("32") == [("record", "")]

    ministry.know_shop(SHOPS["33"], "33")
    ministry.route()
    ministry.receive("B", plate="苏E00001")
    ministry.route()
    assert ministry.feed("32") == [("record", ""), ("enterprise", SHOPS["33"]), ("record", "")]


def test_the_node_of_a_shop_is_not_told_of_it(ministry: Ministry) -> None:
    ministry.know_shop(SHOPS["33"], "33")
    ministry.receive("A", plate="苏E00001", at="local", shop=SHOPS["33"])
    ministry.route()
    ministry.announce("enterprise", SHOPS["33"])
    ministry.route()

    assert ministry.feed("33") == [("record", "")]
    assert ministry.feed("32") == [("enterprise", SHOPS["33"]), ("record", ""), ("enterprise", SHOPS["33"])]


def test_the_way_of_uploading_goes_to_the_shops_province_and_lists_to_all_that_joined(ministry: Ministry) -> None:
    ministry.join("32", "33")
    ministry.route()
    ministry.announce("channel", SHOPS["44"])
    ministry.announce("maker", "310115000000009")
    ministry.announce("rules", "limits")
    ministry.announce("unheard of", "1")
    ministry.route()

    lists = [("maker", "310115000000009"), ("rules", "limits")]
    assert (ministry.feed("32"), ministry.feed("33")) == (lists, lists)
    assert ministry.feed("44") == [("channel", SHOPS["44"])]


def test_a_province_that_joins_late_finds_its_rows_waiting_and_gets_the_lists_once(ministry: Ministry) -> None:
    ministry.announce("maker", "310115000000009")
    ministry.announce("maker", "310115000000009")
    ministry.announce("rules", "limits")
    ministry.receive("A", plate="苏E00001")
    ministry.route()
    ministry.join("32")
    ministry.route()
    ministry.route()

    assert ministry.feed("32") == [("record", ""), ("maker", "310115000000009"), ("rules", "limits")]


@pytest.mark.parametrize("limit", [1, 1000])
def test_a_backfill_puts_in_what_a_feed_lacks_and_nothing_else(ministry: Ministry, limit: int) -> None:
    ministry.join("32")
    ministry.receive("A", plate="苏E00001")
    ministry.receive("B", plate="苏E00001", at="32")
    ministry.receive("C", OTHER_CAR, plate="浙A12345", at="44")
    ministry.receive("D", None, at="local", shop=SHOPS["32"])
    ministry.route(limit)
    before = ministry.rows("32")
    ministry.connection.execute("delete from exchange_feed where destination = '32' and kind = 'record'")
    ministry.connection.commit()
    begin_backfill(ministry.connection, "32", clock=lambda: NOW)
    ministry.route(limit)
    ministry.route(limit)

    assert ministry.rows("32") == before == [("A", 1, "active"), ("D", 1, "active")]
    assert ministry.rows("33") == [("C", 1, "active")]


def test_a_step_leaves_no_transaction_behind(ministry: Ministry) -> None:
    ministry.join("32")
    ministry.receive("A", plate="苏E00001")
    while route(ministry.connection, clock=lambda: NOW):
        assert ministry.connection.info.transaction_status == TransactionStatus.IDLE
    assert ministry.connection.info.transaction_status == TransactionStatus.IDLE


class Killed(Exception):
    pass


def killing_clock() -> datetime:
    raise Killed


def test_a_process_killed_before_its_commit_loses_and_doubles_nothing(database_url: str, ministry: Ministry) -> None:
    ministry.join("33", "32")
    ministry.route()
    ministry.receive("A", plate="苏E00001")
    ministry.register(OTHER_CAR, "44")
    ministry.announce("rules", "limits")
    for _attempt in range(2):
        with psycopg.connect(database_url) as other, pytest.raises(Killed):
            route(other, clock=killing_clock)
    assert ministry.everything() == []
    assert (read_position(ministry.connection, CONSUMER), read_position(ministry.connection, NOTICE_CONSUMER)) == (0, 0)
    ministry.connection.commit()
    ministry.route()

    assert ministry.feed("32") == [("rules", "limits"), ("record", "")]
    assert ministry.feed("33") == [("rules", "limits")]


def test_a_row_is_put_into_a_feed_once_and_a_notice_as_often_as_it_is_news(ministry: Ministry) -> None:
    ministry.receive("A", plate="浙A12345")
    (row,) = ministry.connection.execute("select vin, record_id, version from record_version").fetchall()
    key = FeedKey(*row)

    assert enqueue_rows(ministry.connection, "32", [key, key], now=NOW) == 1
    assert enqueue_rows(ministry.connection, "32", [key], now=NOW) == 0
    assert enqueue_rows(ministry.connection, "32", [], now=NOW) == 0
    assert enqueue_rows(ministry.connection, "44", [key], now=NOW) == 1
    enqueue_notice(ministry.connection, "32", "rules", "limits", now=NOW)
    enqueue_notice(ministry.connection, "32", "rules", "limits", now=NOW)
    assert ministry.feed("32") == [("record", ""), ("rules", "limits"), ("rules", "limits")]


def test_writers_of_feeds_wait_for_each_other_until_the_commit(database_url: str, ministry: Ministry) -> None:
    enqueue_notice(ministry.connection, "32", "rules", "limits", now=NOW)
    with psycopg.connect(database_url) as other:
        other.execute("set lock_timeout = '20ms'")
        other.commit()
        with pytest.raises(psycopg.errors.LockNotAvailable):
            enqueue_notice(other, "44", "rules", "limits", now=NOW)
        other.rollback()
        ministry.connection.commit()
        enqueue_notice(other, "44", "rules", "limits", now=NOW)
