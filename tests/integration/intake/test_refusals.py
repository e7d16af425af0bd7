"""Refusals and software of shops, kept within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from chedang.intake import refusals, software
from chedang.intake.refusals import MOST_PROVEN, MOST_UNPROVEN, NotedRefusal
from chedang.intake.software import MOST_CLIENTS, Sighting
from chedang.platform.database import connect

SHOP = "330106000000017"
OTHER = "330106000000025"
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REFUSAL = NotedRefusal(
    SHOP, True, "lcippro", "lcipprocarfixrecordadd", "EMPTY_RECORD", 200, '{"code":"-1"}', (), "Repair-5.2", NOW
)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url) as connection:
        yield connection


def many(count: int, **changes: Any) -> list[NotedRefusal]:
    """Refusals that differ, a second apart."""
    return [
        msgspec.structs.replace(REFUSAL, answer=f"answer {number}", at=NOW + number * SECOND, **changes)
        for number in range(count)
    ]


def test_the_last_fifty_stay_and_strangers_have_ten_of_their_own(connection: psycopg.Connection[Any]) -> None:
    refusals.keep(connection, many(MOST_PROVEN + 5))
    refusals.keep(connection, many(MOST_UNPROVEN + 30, is_proven=False))
    refusals.keep(connection, many(3, company_code=OTHER))
    found = refusals.list_of(connection, SHOP, NOW)
    proven = [each for each in found if each.is_proven]
    strangers = [each for each in found if not each.is_proven]
    assert (len(proven), len(strangers)) == (MOST_PROVEN, MOST_UNPROVEN)
    assert proven[0].answer == f"answer {MOST_PROVEN + 4}"
    assert proven[-1].answer == "answer 5"
    assert len(refusals.list_of(connection, OTHER, NOW)) == 3


def test_equal_answers_are_one_row_that_counts(connection: psycopg.Connection[Any]) -> None:
    refusals.keep(connection, [REFUSAL, msgspec.structs.replace(REFUSAL, at=NOW + SECOND)])
    refusals.keep(connection, [msgspec.structs.replace(REFUSAL, at=NOW + 2 * SECOND, client="Repair-5.3")])
    (kept,) = refusals.list_of(connection, SHOP, NOW)
    assert (kept.times, kept.first_at, kept.last_at, kept.client) == (3, NOW, NOW + 2 * SECOND, "Repair-5.3")


def test_after_fourteen_days_they_are_gone(connection: psycopg.Connection[Any]) -> None:
    refusals.keep(connection, [REFUSAL])
    later = NOW + refusals.KEPT_FOR
    assert len(refusals.list_of(connection, SHOP, later)) == 1
    assert refusals.list_of(connection, SHOP, later + SECOND) == []
    assert refusals.forget_old(connection, later) == 0
    assert refusals.forget_old(connection, later + SECOND) == 1


def test_software_is_remembered_by_its_name_within_bounds(connection: psycopg.Connection[Any]) -> None:
    seen = [Sighting(SHOP, "lcippro", f"Repair-{number}", NOW + number * SECOND) for number in range(MOST_CLIENTS + 3)]
    software.note(connection, seen)
    software.note(connection, [Sighting(SHOP, "lcippro", "Repair-10", NOW + timedelta(days=1))])
    found = software.list_of(connection, SHOP)
    assert len(found) == MOST_CLIENTS
    assert (found[0].client, found[0].first_seen_at) == ("Repair-10", NOW + 10 * SECOND)
    assert software.forget_old(connection, NOW + software.KEPT_FOR + timedelta(hours=1)) == MOST_CLIENTS - 1


def test_what_the_shop_says_last_of_its_software_counts(connection: psycopg.Connection[Any]) -> None:
    software.state(connection, SHOP, "某软件", "5.1", by="manager", now=NOW)
    software.state(connection, SHOP, "某软件", "5.2", by="manager", now=NOW + SECOND)
    stated = software.stated(connection, SHOP)
    assert stated is not None
    assert (stated.vendor, stated.version) == ("某软件", "5.2")
    assert software.stated(connection, OTHER) is None
    with pytest.raises(ValueError, match="vendor"):
        software.state(connection, SHOP, " ", "", by="manager", now=NOW)
