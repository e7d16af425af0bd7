"""A fictional province at work on a real gate, a real worker and a real database."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import psycopg
import pytest
from tests.conftest import free_port

from chedang.enterprises import actions
from chedang.fiction.simulator import FIELD_QUIRKS, ShopSimulator
from chedang.fiction.world import World, make_world
from chedang.records.store import iterate_company_records

UNTIL = date(2026, 11, 20)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
COUNTY_SHOPS = 31


@contextmanager
def process(module: str, environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        yield running
    finally:
        running.terminate()
        running.communicate()


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "CHEDANG_DATABASE_URL": database_url,
        "CHEDANG_DATA_DIR": str(tmp_path),
        "CHEDANG_GATE_PORT": str(free_port()),
        "CHEDANG_SITE_PORT": str(free_port()),
    }


@pytest.fixture
def gate_url(environment: dict[str, str]) -> Iterator[str]:
    url = f"http://127.0.0.1:{environment['CHEDANG_GATE_PORT']}"
    with ExitStack() as running, httpx.Client(base_url=url) as client:
        running.enter_context(process("chedang.gate", environment))
        running.enter_context(process("chedang.cli.worker", environment))
        for _ in range(300):
            try:
                if client.get("/readyz").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(1, until=UNTIL, shops=len(FIELD_QUIRKS), vehicles=3)


def test_what_is_stored_does_not_depend_on_the_quirks_of_a_shops_software(gate_url, database_url, world):
    job = next(job for job in world.jobs if not job.shop.habits)
    stored = {}
    with psycopg.connect(database_url, autocommit=True) as connection:
        for shop, (name, quirks) in zip(world.shops, FIELD_QUIRKS.items(), strict=True):
            text = msgspec.structs.replace(job.text, company_name="")
            with ShopSimulator(gate_url, shop.registration, quirks=quirks) as simulator:
                assert simulator.register()["code"] == "1"
                assert simulator.fetch_token()["code"] == "1"
                assert simulator.upload(text) == simulator.upload(text)
                assert simulator.upload(text)["status"] == "新增成功"
                (record,) = iterate_company_records(connection, simulator.company_code)
            stored[name] = record.text
            assert record.text == text, name
    assert len(stored) == len(FIELD_QUIRKS)


def test_a_registration_over_the_wire_can_be_repeated(gate_url, database_url, world):
    with ShopSimulator(gate_url, world.shops[0].registration) as simulator:
        first = simulator.register()
        assert simulator.register() == first
    with psycopg.connect(database_url, autocommit=True) as connection:
        actions.approve(connection, first["companycode"], by="test", now=NOW)


def test_a_killed_seeding_is_finished_by_the_next_and_a_third_only_prints(gate_url, database_url, environment):
    with process("chedang.cli.seed", environment, "--vehicles", "60") as killed:
        _wait_for_records(database_url, 40)
        killed.send_signal(signal.SIGKILL)
    state = Path(environment["CHEDANG_DATA_DIR"], "seed.json")
    until = date.fromisoformat(json.loads(state.read_bytes())["until"])
    partly = len(_records(database_url))

    finished = _seed(environment)
    jobs = make_world(33, until=until, vehicles=60).jobs
    records = _records(database_url)
    assert partly < len(records) == len(jobs)
    assert {version for _, version in records} == {1}  # uploaded twice, stored once
    assert f"{len(jobs)} 条虚构维修记录已上传" in finished

    begun = _begun(database_url)
    assert min(begun.values()) > 0, begun

    printed = _seed(environment)
    assert "已上传" not in printed
    assert _begun(database_url) == begun
    assert printed.splitlines()[-1].startswith("curl ")
    assert len(_records(database_url)) == len(jobs)
    _paste(printed.splitlines()[-1])
    _paste(printed.splitlines()[-1])
    assert len(_records(database_url)) == len(jobs) + 1


def test_a_wiped_database_is_seeded_anew(gate_url, database_url, environment):
    state = Path(environment["CHEDANG_DATA_DIR"], "seed.json")
    state.write_text('{"until":"2020-01-01","vehicles":60,"company_codes":["330106000000001"]}', encoding="ascii")
    assert "条虚构维修记录已上传" in _seed(environment)
    assert json.loads(state.read_bytes())["until"] > "2020-01-01"
    with psycopg.connect(database_url) as connection:
        states = connection.execute("select review_state from enterprise").fetchall()
        users = connection.execute("select role from access_user").fetchall()
    assert Counter(states) == {("approved",): 20 + COUNTY_SHOPS}
    assert {role for (role,) in users} == {"owner", "shop", "regulator", "admin", "security", "auditor", "police"}


def test_without_a_gate_there_is_one_sentence(environment):
    done = _run_seed(environment | {"CHEDANG_GATE_PORT": "9"})
    assert done.returncode == 1
    assert "chedang up" in done.stderr
    assert done.stdout == ""


def _run_seed(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chedang.cli.seed", "--vehicles", "60"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def _seed(environment: dict[str, str]) -> str:
    done = _run_seed(environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _records(database_url: str) -> list[tuple[object, int]]:
    """Of the province's own shops; those of the officials' county have codes above 000009000."""
    with psycopg.connect(database_url) as connection:
        return connection.execute(
            "select record_id, version from record_version where substr(company_code, 7) < '000009000'"
        ).fetchall()


def _begun(database_url: str) -> dict[str, int]:
    """What lies on the desks of officials, so that no page of theirs is empty at first sight."""
    tables = (
        "supervision_reminder",
        "supervision_duty",
        "supervision_censure",
        "supervision_sanction",
        "supervision_announcement",
        "supervision_report",
        "supervision_snapshot",
        "filing_inspection",
        "emission_ticket",
        "watch_entry",
    )
    with psycopg.connect(database_url) as connection:
        return {table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in tables}  # noqa: S608


def _wait_for_records(database_url: str, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(_records(database_url)) < count:
        assert time.monotonic() < deadline, "nothing is seeded"
        time.sleep(0.02)


def _paste(line: str) -> None:
    """What a shell and curl make of the line, on a machine that may have no curl."""
    words = shlex.split(line)
    url, headers, body = (words[words.index(flag) + 1] for flag in ("-sS", "-H", "-d"))
    assert urlsplit(url).path.endswith("/lcipprocarfixrecordadd/query")
    name, _, value = headers.partition(": ")
    answer = httpx.post(url, headers={name: value}, content=body.encode()).json()
    assert (answer["code"], answer["status"]) == ("1", "新增成功")
