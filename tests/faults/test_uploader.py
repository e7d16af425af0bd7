"""``kill -9`` of the uploader, and of the node under it, at random moments: every record is there exactly once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest
from tests.conftest import free_port
from tests.contract.conftest import start_gate, wait_until_ready
from tests.contract.native import make_secret
from tests.faults.load import approved_shop, make_text

from chedang.intake.files.reading import read_file
from chedang.platform.database import connect

pytestmark = pytest.mark.faults

JOBS = 9_000
_KILLS = 5
_MOST_RUNS = 20


class Node:
    """A gate and a worker on one database; both can be killed and come back under the same address."""

    def __init__(self, database_url: str, directory: Path) -> None:
        self._database_url = database_url
        self._directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        gate = start_gate(self._database_url, self._directory, self.port)
        worker = subprocess.Popen(
            [sys.executable, "-m", "chedang.cli.worker"],
            env=os.environ | {"CHEDANG_DATABASE_URL": self._database_url, "CHEDANG_DATA_DIR": str(self._directory)},
            stderr=subprocess.DEVNULL,
        )
        self._processes = [gate, worker]
        wait_until_ready(self.port, gate, self._directory / "gate.log")

    def kill(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def node(database_url: str, tmp_path: Path) -> Iterator[Node]:
    running = Node(database_url, tmp_path / "node")
    (tmp_path / "node").mkdir()
    running.start()
    yield running
    running.kill()


def test_killed_uploads_lose_and_double_nothing(
    node: Node, database_url: str, tmp_path: Path, upload: Callable[..., subprocess.Popen[bytes]]
) -> None:
    random = Random(0)
    shop, company_code = approved_shop(database_url)
    file = tmp_path / "jobs.ndjson"
    file.write_bytes(
        b"".join(msgspec.json.encode(make_text(random, shop, f"UP{place}")) + b"\n" for place in range(JOBS))
    )
    assert len(read_file(file.read_bytes(), file.name).sendable) == JOBS
    environment = {"CHEDANG_UPLOAD_SECRET": make_secret(database_url, company_code)}

    killed = 0
    for _run in range(_MOST_RUNS):
        uploading = upload(str(file), "--server", node.url, **environment)
        if killed == 1:
            time.sleep(random.uniform(0.4, 1.2))
            node.kill()
            node.start()
        try:
            code = uploading.wait(random.uniform(0.4, 1.1) if killed < _KILLS else 120)
        except subprocess.TimeoutExpired:
            uploading.kill()
            uploading.wait()
            killed += 1
            continue
        assert code == 0
        break
    else:
        pytest.fail("the upload did not end")

    assert killed
    with connect(database_url) as connection:
        row = connection.execute(
            "select count(*), count(distinct settlement_list_number), max(version) from record_version"
            " where company_code = %s",
            (company_code,),
        ).fetchone()
    assert row == (JOBS, JOBS, 1)


@pytest.fixture
def upload(tmp_path: Path) -> Callable[..., subprocess.Popen[bytes]]:
    """Starts ``chedang upload`` with a spool that outlives it."""

    def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", "from chedang.cli.main import run; run()", "upload", *arguments],
            env=os.environ | {"XDG_STATE_HOME": str(tmp_path / "state")} | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return start
