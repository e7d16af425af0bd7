"""Connections that break or fall silent: between client and gate, and between gate and database."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from random import Random

import httpx
import msgspec
import psycopg
import pytest
from tests.faults.line import Line
from tests.faults.load import (
    CLIENT_SECONDS,
    RestartableGate,
    Uploaders,
    approved_shop,
    assert_nothing_lost,
    assert_tables_agree,
    make_text,
)

from chedang.fiction.shops import FictionalShop
from chedang.fiction.simulator import ADD_RECORD, PATH, TOKEN, ShopSimulator
from chedang.platform.database import connect

pytestmark = [pytest.mark.faults, pytest.mark.alone]

Shop = tuple[FictionalShop, str]
_RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def shop(durable_url: str) -> Shop:
    """A shop of its own for every test, and its company code."""
    return approved_shop(durable_url)


@pytest.fixture(scope="module")
def line(durable_url: str) -> Iterator[Line]:
    """The line to that database."""
    with Line(durable_url) as connected:
        yield connected


@pytest.fixture(scope="module")
def gate(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestartableGate]:
    """A gate at the other end of the line."""
    with RestartableGate(line.url, tmp_path_factory.mktemp("gate")) as started:
        yield started


def token_of(gate: RestartableGate, shop: Shop) -> str:
    with ShopSimulator(gate.url, shop[0].registration) as client:
        client.company_code = shop[1]
        client.fetch_token()
        return client.access_token


def request_of(token: str, shop: Shop, random: Random, number: str) -> bytes:
    """An upload as bytes on the wire."""
    elements = msgspec.to_builtins(make_text(random, shop[0], number))
    lists = {name: elements.pop(name) for name in ("vehiclepartslist", "repairprojectlist")}
    body = msgspec.json.encode({"access_token": token, "basicInfo": elements} | lists)
    head = f"POST {PATH}/{ADD_RECORD}/query HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def send_and_vanish(port: int, data: bytes, *, after_seconds: float = 0.0) -> None:
    """Send and break the connection without a goodbye."""
    with socket.create_connection(("127.0.0.1", port), timeout=CLIENT_SECONDS) as client:
        client.sendall(data)
        time.sleep(after_seconds)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def test_clients_that_vanish_in_mid_body_store_nothing_and_disturb_nobody(
    gate: RestartableGate, durable_url: str, shop: Shop
) -> None:
    random = Random(3)
    token = token_of(gate, shop)
    with Uploaders(gate.url, *shop) as uploaders:
        for number in range(60):
            data = request_of(token, shop, random, f"HALF-{number}")
            send_and_vanish(gate.port, data[: random.randrange(1, len(data))])
        uploaders.wait_for(50)
    assert not uploaders.refused
    assert uploaders.timeouts == 0
    assert_nothing_lost(durable_url, shop[1], uploaders)


def test_of_a_client_that_vanishes_before_the_answer_the_record_is_there_whole_or_not_at_all(
    gate: RestartableGate, durable_url: str, shop: Shop
) -> None:
    random = Random(4)
    token = token_of(gate, shop)
    for number in range(60):
        data = request_of(token, shop, random, f"GONE-{number}")
        send_and_vanish(gate.port, data, after_seconds=random.choice([0.0, 0.001, 0.004]))
    with Uploaders(gate.url, *shop) as uploaders:  # what came before them is done when they are
        uploaders.wait_for(50)
    assert not uploaders.refused
    with connect(durable_url) as connection:
        assert_tables_agree(connection)
        (stored,) = connection.execute(
            "select count(*) from record_version where settlement_list_number like 'GONE-%'"
        ).fetchone() or (0,)
        ((versions,),) = connection.execute("select max(version) from record_version").fetchall()
    assert 0 < int(str(stored)) <= 60
    assert versions == 1


def test_ended_backends_are_mended_without_a_refusal_beyond_what_was_under_way(
    gate: RestartableGate, durable_url: str, shop: Shop
) -> None:
    with Uploaders(gate.url, *shop) as uploaders:
        for _ in range(5):
            uploaders.wait_for(30)
            with psycopg.connect(durable_url, autocommit=True) as connection:
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                )
        uploaders.wait_for(30)
    uploaders.assert_told_honestly()
    assert uploaders.timeouts == 0
    assert_nothing_lost(durable_url, shop[1], uploaders)


def test_a_line_to_the_database_that_is_cut_again_and_again_loses_nothing(
    gate: RestartableGate, line: Line, durable_url: str, shop: Shop
) -> None:
    random = Random(5)
    with Uploaders(gate.url, *shop) as uploaders:
        for _ in range(10):
            uploaders.wait_for(random.randrange(1, 30))
            line.cut()
        uploaders.wait_for(30)
    uploaders.assert_told_honestly()
    assert uploaders.timeouts == 0
    assert_nothing_lost(durable_url, shop[1], uploaders)


def test_a_database_that_hangs_is_a_503_before_clients_give_up(
    gate: RestartableGate, line: Line, durable_url: str, shop: Shop
) -> None:
    with Uploaders(gate.url, *shop) as uploaders:
        uploaders.wait_for(30)
        with line.stalled():
            uploaders.wait_for_refusals(2 * 8)
            stranger = {"companycode": "330106999999999", "companypassword": "x"}
            answer = httpx.post(f"{gate.url}{PATH}/{TOKEN}/query", json=stranger, timeout=CLIENT_SECONDS)
            assert (answer.status_code, answer.json()["code"]) == (503, "-99")
        uploaders.wait_for(30)
    uploaders.assert_told_honestly()
    assert uploaders.timeouts == 0
    assert_nothing_lost(durable_url, shop[1], uploaders)


@contextlib.contextmanager
def locked_tables(database_url: str) -> Iterator[None]:
    """Somebody changes the tables and takes his time."""
    with psycopg.connect(database_url) as connection:
        connection.execute("lock table record_version, record_head in access exclusive mode")
        yield


def test_a_lock_held_for_long_is_a_503_and_gone_with_its_holder(
    gate: RestartableGate, durable_url: str, shop: Shop
) -> None:
    with Uploaders(gate.url, *shop) as uploaders:
        uploaders.wait_for(30)
        with locked_tables(durable_url):
            uploaders.wait_for_refusals(2 * 8)
        uploaders.wait_for(30)
    uploaders.assert_told_honestly()
    assert uploaders.timeouts == 0
    assert_nothing_lost(durable_url, shop[1], uploaders)


def test_a_writer_that_is_stuck_is_a_503_and_does_not_stop_the_gate(
    gate: RestartableGate, durable_url: str, shop: Shop
) -> None:
    with Uploaders(gate.url, *shop) as uploaders:
        uploaders.wait_for(30)
        (writer,) = gate.writers()
        os.kill(writer, signal.SIGSTOP)
        try:
            uploaders.wait_for_refusals(2 * 8)
            assert httpx.get(f"{gate.url}/readyz", timeout=CLIENT_SECONDS).status_code == httpx.codes.OK
        finally:
            os.kill(writer, signal.SIGCONT)
        uploaders.wait_for(30)
    uploaders.assert_told_honestly()
    assert uploaders.timeouts == 0
    assert_nothing_lost(durable_url, shop[1], uploaders)
