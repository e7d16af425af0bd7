"""Lists that a shop named for its days, kept and counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from chedang.intake import named_days
from chedang.intake.named_days import MOST_LISTED, NamedBy
from chedang.intake.native.reconciling import NamedRecord, Statement, compare
from chedang.intake.service import new_version
from chedang.platform.database import connect
from chedang.records.limits import load_limits
from chedang.records.model import RecordText
from chedang.records.rules import judge
from chedang.records.store import append

SHOP = "330106000000017"
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url) as connection:
        yield connection


def hold(connection: psycopg.Connection[Any], number: str, at: datetime = NOW) -> None:
    text = RecordText(
        company_name="杭州青禾汽车维修有限公司",
        vin="LXXAA11A3R1000017",
        plate_number="浙A12345",
        repair_date="20261119",
        settle_date="20261119",
        mileage="48210",
        fault_description="更换机油",
        settlement_list_number=number,
    )
    judged = judge(text, limits=load_limits(None), registered_name=text.company_name, received_at=at)
    append(connection, [new_version(judged, SHOP, "lcippro", at)])


def name(connection: psycopg.Connection[Any], day: date, *numbers: str, at: datetime = NOW) -> named_days.NamedDay:
    statement = Statement(tuple(NamedRecord(number) for number in numbers))
    compared = compare(connection, SHOP, day, statement)
    return named_days.keep(connection, SHOP, compared, named_by=NamedBy.PAGE, now=at)


def test_the_last_list_of_a_day_stands_in_place_of_the_one_before(connection: psycopg.Connection[Any]) -> None:
    hold(connection, "A-1")
    name(connection, TODAY, "A-1", "A-2", "A-3")
    kept = name(connection, TODAY, "A-1", "A-2", at=NOW + timedelta(hours=1))
    assert named_days.find(connection, SHOP, TODAY) == kept
    assert (kept.sent, kept.held, kept.missing, kept.agree) == (2, 1, ("A-2",), False)
    assert named_days.list_since(connection, SHOP, TODAY) == [kept]
    assert named_days.find(connection, "330106000000099", TODAY) is None


def test_what_came_in_the_meantime_is_missing_no_more(connection: psycopg.Connection[Any]) -> None:
    name(connection, TODAY - timedelta(days=1), "B-1", "B-2")
    kept = name(connection, TODAY, "B-2", "B-3")
    assert named_days.missing_of(connection, SHOP, TODAY - timedelta(days=1)) == 3
    assert named_days.missing_of(connection, SHOP, TODAY) == 2
    hold(connection, "B-2")
    assert named_days.missing_of(connection, SHOP, TODAY - timedelta(days=1)) == 2
    assert named_days.still_missing(connection, SHOP, kept) == ("B-3",)
    assert named_days.missing_of(connection, "330106000000099", TODAY) == 0


def test_long_lists_are_cut_but_counted_whole(connection: psycopg.Connection[Any]) -> None:
    kept = name(connection, TODAY, *(f"C-{number}" for number in range(MOST_LISTED + 5)))
    assert (len(kept.missing), kept.counts["missing"], kept.is_cut) == (MOST_LISTED, MOST_LISTED + 5, True)
    assert named_days.missing_of(connection, SHOP, TODAY) == MOST_LISTED + 5


def test_lists_are_forgotten_after_35_days(connection: psycopg.Connection[Any]) -> None:
    name(connection, TODAY, "D-1")
    assert named_days.forget_old(connection, NOW + timedelta(days=35)) == 0
    assert named_days.forget_old(connection, NOW + timedelta(days=35, seconds=1)) == 1
    assert named_days.list_since(connection, SHOP, date(2026, 1, 1)) == []
