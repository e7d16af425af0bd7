"""Routing under any sequence of uploads, corrections, voids and registrations: what must hold after every step."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest

from chedang.records.model import RecordState
from chedang.records.store import Connection
from chedang.vehicles.homes import read_homes

from .ministry import CAR, OTHER_CAR, SHOPS, Ministry

VINS = [CAR, OTHER_CAR, "LZZ1A2B36GA000125", None]
PLATES = ["浙A12345", "苏E00001", "粤A00001", "新A12345", "123456使", "临牌", ""]
ORIGINS = ["33", "32", "44", "66", "local"]


class Row(NamedTuple):
    vin: str
    record_id: UUID
    version: int
    origin: str
    company_code: str


@pytest.fixture
def ministry(database_url: str) -> Iterator[Ministry]:
    with psycopg.connect(database_url) as connection:
        yield Ministry(connection)


def do_something(ministry: Ministry, chance: Random, origins: dict[str, str]) -> None:
    """A record, a new version of one under any VIN, a void, or a registration."""
    if chance.random() < 0.1:
        ministry.register(chance.choice([CAR, OTHER_CAR]), chance.choice(["33", "32", "66"]))
        return
    number = str(chance.randrange(8))
    origin = origins.setdefault(number, chance.choice(ORIGINS))
    void = {"state": RecordState.VOID, "is_deliberate": True} if chance.random() < 0.1 else {}
    shop = SHOPS["33" if origin == "local" else origin]
    ministry.receive(number, chance.choice(VINS), chance.choice(PLATES), at=origin, shop=shop, **void)


def read_rows(connection: Connection) -> list[Row]:
    """All rows, in the order in which they came."""
    rows = connection.execute(
        "select vin, record_id, version, origin, company_code from record_change"
        " join record_version using (vin, record_id, version) order by seq"
    ).fetchall()
    return [Row(*row) for row in rows]


def read_fed(connection: Connection) -> list[tuple[str, tuple[str, UUID, int]]]:
    """Where each row went, in the order in which it did."""
    rows = connection.execute(
        "select destination, vin, record_id, version from exchange_feed where kind = 'record' order by seq"
    ).fetchall()
    return [(destination, (vin, record, version)) for destination, vin, record, version in rows]


@pytest.mark.parametrize("seed", range(4))
def test_every_province_has_its_vehicles_and_hears_what_becomes_of_its_records(ministry: Ministry, seed: int) -> None:
    chance = Random(seed)
    connection = ministry.connection
    origins: dict[str, str] = {}
    for _step in range(40):
        rows_before, fed_before = read_rows(connection), read_fed(connection)
        do_something(ministry, chance, origins)
        ministry.route(chance.choice([1, 2, 1000]))

        rows, fed = read_rows(connection), read_fed(connection)
        homes = read_homes(connection, {row.vin for row in rows if not row.vin.startswith("~")}, node_code="00")
        connection.commit()
        provinces = {vin: home.province_code for vin, home in homes.items()}
        assert fed[: len(fed_before)] == fed_before
        assert len(fed) == len(set(fed))
        new_rows, asked_for = rows[len(rows_before) :], wanted(rows, provinces)
        assert asked_for | followed(new_rows, fed_before) <= set(fed)
        assert set(fed[len(fed_before) :]) <= asked_for | followed(new_rows, fed)


def wanted(rows: list[Row], provinces: dict[str, str]) -> set[tuple[str, tuple[str, UUID, int]]]:
    """What the homes of vehicles and the shops of head offices ask for."""
    pairs = set()
    for row in rows:
        places = {provinces.get(row.vin, "")}
        if row.origin == "local":
            places.add("33")
        pairs |= {(place, row[:3]) for place in places - {"", "00", row.origin}}
    return pairs


def followed(
    new_rows: list[Row], fed: list[tuple[str, tuple[str, UUID, int]]]
) -> set[tuple[str, tuple[str, UUID, int]]]:
    """What those must get who have earlier rows of the same record."""
    return {
        (place, row[:3])
        for row in new_rows
        for place, (_vin, record_id, _version) in fed
        if record_id == row.record_id and place != row.origin and not row.vin.startswith("~")
    }
