"""车籍 as stated: the newest statement stands on every node, is told on once, and shows in the index at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import msgspec
import psycopg
import pytest
import typer
from typer.testing import CliRunner

from chedang.cli.homes import register_home
from chedang.platform.announcements import NoticeRefused, read_announcements
from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.model import RecordText
from chedang.records.store import Connection, NewVersion, append
from chedang.vehicles.follow import follow, rebuild
from chedang.vehicles.home import Home, HomeBasis, HomeFacts
from chedang.vehicles.homes import read_home_facts, read_homes
from chedang.vehicles.registrations import (
    KIND,
    Registration,
    RegistrationBasis,
    RegistrationInvalid,
    apply_notice,
    read,
    read_notice,
    state_registration,
)
from chedang.vehicles.store import read_vehicle

CAR, SHOP = "LZZ1A2B32GA000123", "330102000000001"
NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


def store(connection: Connection, number: str, plate_number: str = "浙A12345", origin: str = "local") -> None:
    content = encode_content(RecordText(vin=CAR, settlement_list_number=number))
    digest = content_digest(content)
    append(
        connection,
        [
            NewVersion(
                vin=CAR, record_id=record_id(SHOP, number, digest), digest=digest, company_code=SHOP,
                settlement_list_number=number, plate_number=plate_number, repair_on=None, settled_on=None,
                mileage_km=None, content=content.decode(), findings="[]", error_count=0, warn_count=0,
                dialect="lcippro", received_at=NOW, origin=origin,
            )
        ],
    )  # fmt: skip


def home_in_index(connection: Connection) -> str:
    vehicle = read_vehicle(connection, CAR)
    connection.commit()
    assert vehicle is not None
    return vehicle.home_province_code


def announced(connection: Connection) -> list[tuple[str, str]]:
    connection.commit()
    return [(each.kind, each.key) for each in read_announcements(connection, after=0, limit=100)]


def notice(province: str = "32", *, by: str = "33", at: datetime = NOW) -> bytes:
    return msgspec.json.encode(Registration(province, RegistrationBasis.DRIVING_LICENCE, by, at))


def test_a_statement_goes_before_the_plate_in_the_index_and_after_a_rebuild(connection: Connection) -> None:
    store(connection, "A")
    follow(connection, clock=lambda: NOW, node_code="33")
    assert home_in_index(connection) == "33"

    state_registration(connection, CAR, "32", RegistrationBasis.AUTHORITY, stated_by="33", now=NOW)
    assert home_in_index(connection) == "32"
    rebuild(connection, clock=lambda: NOW, node_code="33")
    assert home_in_index(connection) == "32"
    assert read_homes(connection, [CAR], node_code="33") == {CAR: Home("32", HomeBasis.REGISTRATION)}
    assert read_home_facts(connection, CAR, [SHOP], node_code="33") == HomeFacts("33", "32", {})
    assert announced(connection) == [(KIND, CAR)]


def test_a_vehicle_that_no_plate_places_is_where_its_newest_record_was_made(connection: Connection) -> None:
    store(connection, "A", "无牌")
    follow(connection, clock=lambda: NOW, node_code="33")
    assert home_in_index(connection) == "33"

    store(connection, "B", "", origin="32")
    connection.execute("update record_version set received_at = received_at + interval '1 day' where origin = '32'")
    connection.commit()
    follow(connection, clock=lambda: NOW, node_code="33")
    assert home_in_index(connection) == "32"


def test_an_unknown_vehicle_has_no_home(connection: Connection) -> None:
    assert read_homes(connection, [CAR], node_code="33") == {CAR: Home("", HomeBasis.UNKNOWN)}
    assert read_homes(connection, [], node_code="33") == {}
    assert read(connection, CAR) is None
    assert read_notice(connection, CAR) == b""


@pytest.mark.parametrize(
    ("vin", "province"),
    [(CAR, "00"), (CAR, "81"), (CAR, "99"), (CAR, ""), ("LZZ1A2B32GA00012", "32"), ("11111111111111111", "32")],
)
def test_a_statement_needs_a_vehicle_and_a_province_with_plates(
    connection: Connection, vin: str, province: str
) -> None:
    with pytest.raises(RegistrationInvalid):
        state_registration(connection, vin, province, RegistrationBasis.AUTHORITY, stated_by="33", now=NOW)
    assert announced(connection) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_statement_stands_in_whatever_order_they_come(connection: Connection, order: list[int]) -> None:
    told = [
        ("33", notice("32", by="33", at=NOW - timedelta(days=2))),
        ("32", notice("44", by="32", at=NOW)),
        ("44", notice("66", by="44", at=NOW)),
    ]
    for place in order:
        sender, content = told[place]
        apply_notice(connection, sender, CAR, content, now=NOW)

    stands = read(connection, CAR)
    assert stands is not None
    assert (stands.province_code, stands.stated_by) == ("66", "44")
    assert read_notice(connection, CAR) == told[2][1]


def test_what_changes_nothing_is_not_announced_again(connection: Connection) -> None:
    apply_notice(connection, "33", CAR, notice(), now=NOW)
    apply_notice(connection, "33", CAR, notice(), now=NOW)
    apply_notice(connection, "33", CAR, notice("44", at=NOW - timedelta(days=1)), now=NOW)

    assert announced(connection) == [(KIND, CAR)]


@pytest.mark.parametrize(
    ("sender", "key", "content"),
    [
        ("33", CAR, b""),
        ("33", CAR, b"{}"),
        ("33", CAR, b"\xff"),
        ("33", CAR, notice()[:-1] + b',"more":1}'),
        ("33", CAR, notice("99")),
        ("33", CAR, notice("00")),
        ("33", "short", notice()),
        ("33", CAR, notice(by="44")),
        ("33", CAR, notice(at=NOW + timedelta(hours=1))),
        ("33", CAR, notice(at=datetime(2026, 3, 4, 4, 0))),  # noqa: DTZ001 - that is what is wrong with it
    ],
)
def test_a_notice_that_cannot_stand_is_refused_and_says_no_vin(
    connection: Connection, sender: str, key: str, content: bytes
) -> None:
    with pytest.raises(NoticeRefused) as refused:
        apply_notice(connection, sender, key, content, now=NOW)
    assert key not in str(refused.value)
    assert read(connection, CAR) is None


def test_two_nodes_that_state_about_the_same_vehicles_do_not_lock_each_other_out(
    connection: Connection, database_url: str
) -> None:
    other_car = CAR[:8] + "4GA000124"
    apply_notice(connection, "33", CAR, notice(), now=NOW)
    with psycopg.connect(database_url) as second, ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(apply_notice, second, "32", other_car, notice(by="32"), now=NOW)
        while not is_waiting(database_url, second.info.backend_pid):
            assert not waiting.done()
        apply_notice(connection, "33", other_car, notice(), now=NOW)
        connection.commit()
        waiting.result()


def is_waiting(database_url: str, pid: int) -> bool:
    with psycopg.connect(database_url) as watcher:
        query = "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s"
        return watcher.execute(query, [pid]).fetchone() == (True,)


def test_an_operator_states_it_by_command(
    database_url: str, connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEDANG_DATABASE_URL", database_url)
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path / "var"))
    app = typer.Typer()
    app.command()(register_home)

    done = CliRunner().invoke(app, [CAR.lower(), "66", "--basis", "driving_licence"])
    assert (done.exit_code, done.stdout) == (0, "已登记：车籍 兵团（66），依据行驶证。\n")
    stated = read(connection, CAR)
    assert stated is not None
    assert (stated.province_code, stated.basis, stated.stated_by) == ("66", RegistrationBasis.DRIVING_LICENCE, "33")

    refused = CliRunner().invoke(app, [CAR, "81"])
    assert refused.exit_code == 1
    assert "车籍应为发放号牌的省级行政区划" in refused.stderr
