"""The worker process: follows the feed, outlives a lost connection, ends when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from chedang.records.identity import content_digest, encode_content, record_id
from chedang.records.model import RecordText
from chedang.records.store import Connection, NewVersion, append
from chedang.vehicles.store import read_vehicle

SHOP = "330102000000001"
PATIENCE_SECONDS = 30


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def start_worker(database_url: str, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        with (tmp_path / "worker.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "chedang.cli.worker"],
                env=os.environ | {"CHEDANG_DATABASE_URL": database_url, "CHEDANG_DATA_DIR": str(tmp_path)},
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def store(connection: Connection, vin: str) -> None:
    content = encode_content(RecordText(vin=vin, settlement_list_number=vin))
    digest = content_digest(content)
    append(
        connection,
        [
            NewVersion(
                vin=vin, record_id=record_id(SHOP, vin, digest), digest=digest, company_code=SHOP,
                settlement_list_number=vin, plate_number="浙A12345", repair_on=None, settled_on=date(2026, 3, 3),
                mileage_km=Decimal(100), content=content.decode(), findings="[]", error_count=0, warn_count=0,
                dialect="lcippro", received_at=datetime(2026, 3, 4, tzinfo=UTC),
            )
        ],
    )  # fmt: skip


def wait_for_vehicle(connection: Connection, vin: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while read_vehicle(connection, vin) is None:
        assert time.monotonic() < deadline, "the worker did not follow"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_worker_follows_the_feed_and_ends_when_told_to(
    connection: Connection, start_worker: Callable[[], subprocess.Popen[str]], tmp_path: Path, number: int
) -> None:
    worker = start_worker()
    store(connection, "LZZ1A2B32GA000123")
    wait_for_vehicle(connection, "LZZ1A2B32GA000123")
    worker.send_signal(number)

    assert worker.wait(PATIENCE_SECONDS) == 0
    log = (tmp_path / "worker.log").read_text()
    assert "following the change feed" in log
    assert "LZZ1A2B32GA000123" not in log
    assert "浙A12345" not in log


def test_the_worker_outlives_the_loss_of_its_connection(
    connection: Connection, start_worker: Callable[[], subprocess.Popen[str]]
) -> None:
    worker = start_worker()
    store(connection, "LZZ1A2B32GA000123")
    wait_for_vehicle(connection, "LZZ1A2B32GA000123")
    ended = connection.execute(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity"
        " where application_name = 'chedang-worker' and datname = current_database()"
    ).fetchone()
    assert ended == (1,)
    store(connection, "LZZ1A2B34GA000124")
    wait_for_vehicle(connection, "LZZ1A2B34GA000124")

    assert worker.poll() is None


def test_a_second_worker_waits_and_takes_over_from_a_killed_one(
    connection: Connection, start_worker: Callable[[], subprocess.Popen[str]]
) -> None:
    first, second = start_worker(), start_worker()
    store(connection, "LZZ1A2B32GA000123")
    wait_for_vehicle(connection, "LZZ1A2B32GA000123")
    first.kill()
    first.wait()
    store(connection, "LZZ1A2B34GA000124")
    wait_for_vehicle(connection, "LZZ1A2B34GA000124")

    assert second.poll() is None


def test_without_a_database_the_worker_says_what_to_set() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHEDANG_")}
    done = subprocess.run(
        [sys.executable, "-m", "chedang.cli.worker"], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "CHEDANG_DATABASE_URL" in done.stderr
