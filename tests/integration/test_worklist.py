"""Records with something to mend: of a division, of the whole country, of nothing that was not asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest

from chedang.fiction.jobs import make_job
from chedang.fiction.shops import make_shop
from chedang.fiction.vehicles import make_vehicle
from chedang.intake.service import new_version
from chedang.records.limits import load_limits
from chedang.records.rules import judge
from chedang.records.store import append
from chedang.records.worklist import DoubtfulFilter, count_doubtful_records, read_doubtful_records

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=7)


@pytest.fixture
def ministry(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A record without a fault description of a shop of each of two provinces, neither registered here."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for number, division in enumerate(("330106", "320106")):
            code = f"{division}{number + 1:09d}"
            connection.execute(
                "insert into known_enterprise"
                " (company_code, node_code, company_name, division_code, review_state, told_at)"
                " values (%s, %s, %s, %s, 'approved', %s)",
                (code, division[:2], "虚构企业", division, NOW),
            )
            shop, day = make_shop(Random(number), number), date(2026, 11, 20)
            text = make_job(Random(number), make_vehicle(Random(number)), shop, repaired_on=day, settled_on=day)
            spoilt = msgspec.structs.replace(text, fault_description="")
            judgement = judge(spoilt, registered_name=text.company_name, received_at=NOW, limits=load_limits())
            append(connection, [new_version(judgement, code, "lcippro", NOW)])
        yield connection


@pytest.mark.parametrize(("prefix", "count"), [("33", 1), ("3201", 1), ("31", 0)])
def test_a_division_has_its_own_shops_wherever_they_registered(
    ministry: psycopg.Connection[Any], prefix: str, count: int
) -> None:
    wanted = DoubtfulFilter(division_prefix=prefix, since=SINCE)
    assert count_doubtful_records(ministry, wanted) == count
    assert len(read_doubtful_records(ministry, wanted, limit=9)) == count


def test_the_whole_country_has_to_be_asked_for_by_name(ministry: psycopg.Connection[Any]) -> None:
    assert count_doubtful_records(ministry, DoubtfulFilter(division_prefix="", since=SINCE, is_nationwide=True)) == 2
    with pytest.raises(ValueError, match="division"):
        count_doubtful_records(ministry, DoubtfulFilter(division_prefix="", since=SINCE))
