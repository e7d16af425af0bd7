"""The gate under load while processes are killed: what was acknowledged is there exactly once."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import httpx
import msgspec
import pytest
from tests.contract.conftest import running_gate

from chedang.enterprises import actions
from chedang.fiction.jobs import make_job
from chedang.fiction.shops import FictionalShop, make_shop
from chedang.fiction.simulator import ShopSimulator
from chedang.fiction.vehicles import make_vehicle
from chedang.platform.database import connect
from chedang.platform.postgres import Cluster
from chedang.records.model import RecordText
from chedang.records.store import read_company_records

pytestmark = pytest.mark.faults

CLIENTS = 8


@pytest.fixture
def cluster(reachable_directory: Path, run_migrations: Callable[[str], None]) -> Iterator[Cluster]:
    """A server with durability on, as a node runs it."""
    data_dir = reachable_directory / "durable"
    with Cluster(data_dir) as started:
        run_migrations(started.url)
        yield started
    shutil.rmtree((data_dir / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(data_dir, ignore_errors=True)


def approved_shop(database_url: str) -> tuple[FictionalShop, str]:
    shop = make_shop(Random(1), 1)
    with connect(database_url) as connection:
        code = actions.register(connection, shop.registration, now=datetime.now(UTC)).enterprise.company_code
        actions.approve(connection, code, by="test", now=datetime.now(UTC))
    return shop, code


class Uploaders:
    """Clients that send new records without pause and remember which were acknowledged."""

    def __init__(self, gate_url: str, shop: FictionalShop, company_code: str) -> None:
        self.acknowledged: set[str] = set()
        self.answers: set[str] = set()
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._upload, args=(gate_url, shop, company_code, number))
            for number in range(CLIENTS)
        ]

    def __enter__(self) -> Uploaders:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, count: int) -> None:
        """Return once ``count`` more records were acknowledged."""
        wanted = len(self.acknowledged) + count
        ends_at = time.monotonic() + 60
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < ends_at, f"only {len(self.acknowledged)} of {wanted} acknowledged"
            time.sleep(0.01)

    def _upload(self, gate_url: str, shop: FictionalShop, company_code: str, number: int) -> None:
        random = Random(number)
        count = 0
        with ShopSimulator(gate_url, shop.registration) as client:
            client.company_code = company_code
            client.fetch_token()
            while not self._stop.is_set():
                count += 1
                text = self._job(random, shop, f"JS{number}-{count}")
                try:
                    answer = client.upload(text)
                except (httpx.TransportError, httpx.HTTPStatusError, ValueError):
                    self._stop.wait(0.05)
                    continue
                self.answers.add(answer["code"])
                if answer["code"] == "1":
                    self.acknowledged.add(text.settlement_list_number)

    @staticmethod
    def _job(random: Random, shop: FictionalShop, number: str) -> RecordText:
        day = date(2026, 9, 1)
        text = make_job(random, make_vehicle(random), shop, repaired_on=day, settled_on=day)
        return msgspec.structs.replace(text, settlement_list_number=number)


def numbers_in_store(database_url: str, company_code: str) -> list[str]:
    with connect(database_url) as connection:
        versions = read_company_records(connection, company_code)
    assert all(version.version == 1 and version.text.projects for version in versions), "no record is doubled or half"
    return [version.settlement_list_number for version in versions]


@pytest.mark.parametrize("after", [50, 333])
def test_a_killed_gate_loses_nothing_it_acknowledged(cluster: Cluster, tmp_path: Path, after: int) -> None:
    shop, code = approved_shop(cluster.url)
    with (
        running_gate(cluster.url, tmp_path) as (port, process),
        Uploaders(f"http://127.0.0.1:{port}", shop, code) as uploaders,
    ):
        uploaders.wait_for(after)
        process.send_signal(signal.SIGKILL)
        process.wait()
    stored = numbers_in_store(cluster.url, code)
    assert len(stored) == len(set(stored))
    assert uploaders.acknowledged <= set(stored)


def test_a_killed_database_is_a_503_in_the_dialects_shape_and_heals_by_itself(cluster: Cluster, tmp_path: Path) -> None:
    shop, code = approved_shop(cluster.url)
    with (
        running_gate(cluster.url, tmp_path) as (port, _process),
        Uploaders(f"http://127.0.0.1:{port}", shop, code) as uploaders,
    ):
        for _ in range(2):
            uploaders.wait_for(100)
            assert cluster.pid is not None
            os.kill(cluster.pid, signal.SIGKILL)
            answer = httpx.post(
                f"http://127.0.0.1:{port}/restservices/lcipprodatarest/lcipprogetaccesstoken/query",
                json={"companycode": code, "companypassword": "x"},
                timeout=30,
            )
            assert (answer.status_code, answer.json()["code"]) == (503, "-99")
            assert answer.headers["retry-after"]
            cluster.start()
        uploaders.wait_for(100)
    stored = numbers_in_store(cluster.url, code)
    assert uploaders.acknowledged <= set(stored)
    assert uploaders.answers <= {"1", "-99"}


def children_of(process_id: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


def test_a_killed_writer_is_replaced_and_loses_nothing(cluster: Cluster, tmp_path: Path) -> None:
    shop, code = approved_shop(cluster.url)
    with (
        running_gate(cluster.url, tmp_path) as (port, process),
        Uploaders(f"http://127.0.0.1:{port}", shop, code) as uploaders,
    ):
        for _ in range(3):
            uploaders.wait_for(60)
            for writer in children_of(process.pid):
                os.kill(writer, signal.SIGKILL)
        uploaders.wait_for(60)
    stored = numbers_in_store(cluster.url, code)
    assert len(stored) == len(set(stored))
    assert uploaders.acknowledged <= set(stored)
    assert uploaders.answers <= {"1", "-99"}


def test_a_killed_gate_takes_its_writers_along(cluster: Cluster, tmp_path: Path) -> None:
    shop, code = approved_shop(cluster.url)
    with (
        running_gate(cluster.url, tmp_path) as (port, process),
        Uploaders(f"http://127.0.0.1:{port}", shop, code) as uploaders,
    ):
        uploaders.wait_for(50)
        writers = children_of(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert writers
    ends_at = time.monotonic() + 10
    while any(Path(f"/proc/{writer}/cmdline").exists() for writer in writers):
        assert time.monotonic() < ends_at, "a writer outlived its gate"
        time.sleep(0.05)


def test_a_gate_told_to_stop_answers_what_is_under_way(cluster: Cluster, tmp_path: Path) -> None:
    shop, code = approved_shop(cluster.url)
    with (
        running_gate(cluster.url, tmp_path) as (port, process),
        Uploaders(f"http://127.0.0.1:{port}", shop, code) as uploaders,
    ):
        uploaders.wait_for(50)
        process.terminate()
        assert process.wait(timeout=20) in (0, -signal.SIGTERM)
    assert uploaders.acknowledged <= set(numbers_in_store(cluster.url, code))
