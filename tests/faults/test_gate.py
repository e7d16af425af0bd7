"""The gate under load while processes are killed: what it acknowledged is there once, the rest whole or not at all."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import httpx
import psycopg
import pytest
from tests.contract.conftest import running_gate
from tests.faults.load import RestartableGate, Uploaders, approved_shop, assert_nothing_lost

from chedang.fiction.shops import FictionalShop
from chedang.platform.postgres import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.alone]

Shop = tuple[FictionalShop, str]


@pytest.fixture
def shop(durable_url: str) -> Shop:
    """A shop of its own for every test, and its company code."""
    return approved_shop(durable_url)


@pytest.fixture(scope="module")
def gate(durable_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestartableGate]:
    """One gate for all; who kills it brings it back."""
    with RestartableGate(durable_url, tmp_path_factory.mktemp("gate")) as started:
        yield started


def kill_gate(_cluster: Cluster, gate: RestartableGate, _url: str) -> None:
    gate.kill()
    gate.start()


def kill_writer(_cluster: Cluster, gate: RestartableGate, _url: str) -> None:
    for writer in gate.writers():
        os.kill(writer, signal.SIGKILL)


def kill_postmaster(cluster: Cluster, _gate: RestartableGate, _url: str) -> None:
    assert cluster.pid is not None
    os.kill(cluster.pid, signal.SIGKILL)
    while cluster.is_alive():
        time.sleep(0.01)
    cluster.start()


def kill_backend(_cluster: Cluster, _gate: RestartableGate, url: str) -> None:
    """One process of the server: it then restarts all of them by itself."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "select pid from pg_stat_activity where application_name = 'chedang-gate-writer' and datname = %s",
            [connection.info.dbname],
        ).fetchone()
    if row is not None:  # between two connections there is none
        os.kill(row[0], signal.SIGKILL)


def restart_database(cluster: Cluster, _gate: RestartableGate, _url: str) -> None:
    cluster.stop()
    cluster.start()


FAULTS: list[Callable[[Cluster, RestartableGate, str], None]] = [
    kill_gate,
    kill_writer,
    kill_postmaster,
    kill_backend,
    restart_database,
]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_killed_at_any_moment_nothing_acknowledged_is_lost(
    cluster: Cluster, gate: RestartableGate, durable_url: str, shop: Shop, seed: int
) -> None:
    random = Random(seed)
    faults = random.sample(FAULTS, len(FAULTS)) + random.choices(FAULTS[1:], k=2)
    with Uploaders(gate.url, *shop, seed=seed) as uploaders:
        for fault in faults:
            uploaders.wait_for(random.randrange(1, 60))
            time.sleep(random.uniform(0, 0.05))
            fault(cluster, gate, durable_url)
        uploaders.wait_for(50)
    uploaders.assert_told_honestly()
    assert_nothing_lost(durable_url, shop[1], uploaders)


def test_while_the_database_is_away_clients_are_told_so_and_served_again_when_it_is_back(
    cluster: Cluster, gate: RestartableGate, durable_url: str, shop: Shop
) -> None:
    with Uploaders(gate.url, *shop) as uploaders:
        uploaders.wait_for(50)
        cluster.stop()
        uploaders.wait_for_refusals(30)
        answer = httpx.post(
            f"{gate.url}/restservices/lcipprodatarest/lcipprogetaccesstoken/query",
            json={"companycode": "330106999999999", "companypassword": "x"},
            timeout=3,
        )
        assert (answer.status_code, answer.json()["code"]) == (503, "-99")
        assert int(answer.headers["retry-after"]) > 0
        cluster.start()
        uploaders.wait_for(50)
    uploaders.assert_told_honestly()
    assert uploaders.timeouts == 0
    assert_nothing_lost(durable_url, shop[1], uploaders)


def test_a_killed_writer_is_replaced_and_loses_nothing(gate: RestartableGate, durable_url: str, shop: Shop) -> None:
    with Uploaders(gate.url, *shop) as uploaders:
        for _ in range(3):
            uploaders.wait_for(40)
            (before,) = gate.writers()
            os.kill(before, signal.SIGKILL)
            while gate.writers() in ([], [before]):
                time.sleep(0.01)
        uploaders.wait_for(40)
    uploaders.assert_told_honestly()
    assert uploaders.timeouts == 0
    assert_nothing_lost(durable_url, shop[1], uploaders)


def test_a_killed_gate_takes_its_writers_along(gate: RestartableGate, durable_url: str, shop: Shop) -> None:
    with Uploaders(gate.url, *shop) as uploaders:
        uploaders.wait_for(50)
        writers = gate.writers()
        gate.kill()
    assert writers
    ends_at = time.monotonic() + 10
    while any(Path(f"/proc/{writer}/cmdline").exists() for writer in writers):
        assert time.monotonic() < ends_at, "a writer outlived its gate"
        time.sleep(0.05)
    gate.start()
    assert_nothing_lost(durable_url, shop[1], uploaders)


def test_a_gate_told_to_stop_answers_what_is_under_way(durable_url: str, shop: Shop, tmp_path: Path) -> None:
    with (
        running_gate(durable_url, tmp_path) as (port, process),
        Uploaders(f"http://127.0.0.1:{port}", *shop) as uploaders,
    ):
        uploaders.wait_for(50)
        process.terminate()
        assert process.wait(timeout=20) in (0, -signal.SIGTERM)
    assert not uploaders.refused
    assert_nothing_lost(durable_url, shop[1], uploaders)
