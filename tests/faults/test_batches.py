"""Batches while those who work on them are killed: every line is stored once, in order, and told as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import pytest

from chedang.intake.batches import LineFate, create_batch, read_outcomes
from chedang.platform.database import connect
from chedang.platform.postgres import Cluster
from chedang.records.model import RecordText
from chedang.records.store import iterate_company_records

pytestmark = pytest.mark.faults

SHOPS = ("330106000001", "330106000002")
BATCHES = 4
LINES = 1_100


class Workers:
    """Processes that work on batches; each is started again when it has been killed."""

    def __init__(self, database_url: str, data_dir: Path, count: int) -> None:
        self._environment = os.environ | {"CHEDANG_DATABASE_URL": database_url, "CHEDANG_DATA_DIR": str(data_dir)}
        self._log = data_dir / "batches.log"
        self.processes = [self._start() for _ in range(count)]

    def kill(self, number: int) -> None:
        self.processes[number].send_signal(signal.SIGKILL)
        self.processes[number].wait()
        self.processes[number] = self._start()

    def are_alive(self) -> bool:
        return all(process.poll() is None for process in self.processes)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen([sys.executable, "-m", "chedang.cli.batches"], env=self._environment, stderr=log)


@contextmanager
def working(database_url: str, data_dir: Path, count: int = 2) -> Iterator[Workers]:
    data_dir.mkdir(exist_ok=True)
    workers = Workers(database_url, data_dir, count)
    try:
        yield workers
    finally:
        for process in workers.processes:
            process.kill()
            process.wait()


def line(number: int, batch: int) -> RecordText:
    """A record whose every tenth number comes in every batch, with another mileage each time."""
    name = f"A-{number}" if number % 10 == 0 else f"B{batch}-{number}"
    return RecordText(settlement_list_number=name, mileage=str(1000 + batch), fault_description="更换机油")


def send(database_url: str) -> dict[str, list[UUID]]:
    """Batches of both shops, one after the other."""
    sent: dict[str, list[UUID]] = {shop: [] for shop in SHOPS}
    with connect(database_url) as connection:
        for batch in range(BATCHES):
            for shop, ids in sent.items():
                lines = [line(number, batch) for number in range(LINES)]
                ids.append(create_batch(connection, shop, lines, actor="", now=datetime.now(UTC)))
                connection.commit()
    return sent


def waiting_chunks(database_url: str) -> int:
    with connect(database_url) as connection:
        (count,) = connection.execute("select count(*) from upload_chunk where lines is not null").fetchone() or (0,)
        return int(str(count))


def wait_until_done(database_url: str, left: int = 0) -> None:
    for _ in range(1200):
        if waiting_chunks(database_url) <= left:
            return
        time.sleep(0.05)
    raise TimeoutError(f"{waiting_chunks(database_url)} chunks still wait")


def assert_each_line_is_there_once(database_url: str, sent: dict[str, list[UUID]]) -> None:
    with connect(database_url) as connection:
        for shop, ids in sent.items():
            newest = {each.settlement_list_number: each for each in iterate_company_records(connection, shop)}
            repeated = {f"A-{number}" for number in range(0, LINES, 10)}
            assert len(newest) == len(repeated) + BATCHES * (LINES - len(repeated))
            assert all(newest[name].version == BATCHES for name in repeated)
            assert all(newest[name].text.mileage == str(1000 + BATCHES - 1) for name in repeated)
            assert count_versions(connection, shop) == BATCHES * LINES
            for batch, batch_id in enumerate(ids):
                assert_told_as_it_was(connection, batch_id, batch)


def assert_told_as_it_was(connection: psycopg.Connection[Any], batch_id: UUID, batch: int) -> None:
    outcomes = list(read_outcomes(connection, batch_id))
    assert [outcome.line for outcome in outcomes] == list(range(1, LINES + 1))
    for number, outcome in enumerate(outcomes):
        assert outcome.settlement_list_number == line(number, batch).settlement_list_number
        is_repeated = number % 10 == 0 and batch > 0
        assert outcome.outcome is (LineFate.AMENDED if is_repeated else LineFate.CREATED)
        assert outcome.version == (batch + 1 if is_repeated else 1)


def count_versions(connection: psycopg.Connection[Any], shop: str) -> int:
    parameters = {"shop": shop}
    row = connection.execute("select count(*) from record_version where company_code = %(shop)s", parameters).fetchone()
    assert row is not None
    return int(row[0])


def test_workers_killed_at_any_moment_neither_lose_a_line_nor_do_one_twice(
    own_durable_url: str, tmp_path: Path
) -> None:
    random = Random(1)
    sent = send(own_durable_url)
    with working(own_durable_url, tmp_path / "data") as workers:
        for left in range(waiting_chunks(own_durable_url) - 2, 2, -4):
            wait_until_done(own_durable_url, left)
            time.sleep(random.uniform(0, 0.03))
            workers.kill(random.randrange(2))
        wait_until_done(own_durable_url)
        assert workers.are_alive()
    assert_each_line_is_there_once(own_durable_url, sent)


def test_a_database_that_falls_or_cuts_connections_ends_no_worker_and_loses_nothing(
    cluster: Cluster, own_durable_url: str, tmp_path: Path
) -> None:
    sent = send(own_durable_url)
    with working(own_durable_url, tmp_path / "data") as workers:
        wait_until_done(own_durable_url, waiting_chunks(own_durable_url) - 3)
        with connect(own_durable_url, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chedang-batches'"
            )
        wait_until_done(own_durable_url, waiting_chunks(own_durable_url) - 3)
        assert cluster.pid is not None
        os.kill(cluster.pid, signal.SIGKILL)
        while cluster.is_alive():
            time.sleep(0.01)
        time.sleep(0.3)
        cluster.start()
        wait_until_done(own_durable_url)
        assert workers.are_alive()
    assert_each_line_is_there_once(own_durable_url, sent)
