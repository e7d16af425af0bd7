"""The ministry and two provinces as one command starts them: what comes in is elsewhere soon, whoever is killed."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec
import psycopg
import pytest
from tests.conftest import free_port
from tests.contract.native import make_secret

from chedang.enterprises import actions
from chedang.fiction.jobs import make_job
from chedang.fiction.provinces import province
from chedang.fiction.shops import make_shop
from chedang.fiction.simulator import ShopSimulator
from chedang.fiction.vehicles import make_vehicle
from chedang.platform.postgres import Cluster
from chedang.records.model import RecordState, StoredVersion
from chedang.records.store import read_file

pytestmark = pytest.mark.faults

COMMAND = [sys.executable, "-m", "chedang.cli"]
PATIENCE_SECONDS = 120.0
CODES = ("33", "00", "32")


class Network:
    """``chedang network`` on a directory, with ports of its own and nothing in it."""

    def __init__(self, directory: Path) -> None:
        self.folders = {"33": directory, "00": directory / "00", "32": directory / "32"}
        self.gates = {code: free_port() for code in CODES}
        ports = {f"CHEDANG_GATE_PORT_{code}": str(port) for code, port in self.gates.items()}
        ports |= {f"CHEDANG_SITE_PORT_{code}": str(free_port()) for code in CODES}
        self.environment = os.environ | ports | {"CHEDANG_DATA_DIR": str(directory), "CHEDANG_SEED": "0"}
        self._output = directory.with_name(f"{directory.name}.txt")

    def start(self) -> None:
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [*COMMAND, "network", "--seed"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: "互相登记" in self.output or self.process.poll() is not None)
        assert self.process.poll() is None, self.output
        self.urls = {code: Cluster(folder).running_url() or "" for code, folder in self.folders.items()}

    @property
    def output(self) -> str:
        return self._output.read_text()

    def gate(self, code: str) -> str:
        return f"http://127.0.0.1:{self.gates[code]}"

    def file(self, code: str, vin: str) -> list[StoredVersion]:
        """Every version that a node holds of a vehicle; nothing while its database is away."""
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.urls[code]) as connection:
            return read_file(connection, vin)
        return []

    def kill(self, code: str, mark: str) -> None:
        """Kill one process of a node without a word; ``up``: the node's own."""
        (supervisor,) = [pid for pid in children(self.process.pid) if environment_of(pid).get("CHEDANG_NODE") == code]
        if mark == "up":
            os.kill(supervisor, signal.SIGKILL)
            return
        (pid,) = [pid for pid in children(supervisor) if mark in command_line(pid)]
        os.kill(pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool]) -> float:
    """Wait, and give the seconds it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < PATIENCE_SECONDS
        time.sleep(0.1)
    return time.monotonic() - started


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found]


def descendants(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += children(parent)
    return found


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def environment_of(pid: int) -> dict[str, str]:
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.fixture
def network(quick_directory: Path, furnish: Callable[[Path], Path]) -> Iterator[Network]:
    running = Network(quick_directory / "network")
    for folder in running.folders.values():
        furnish(folder)
    running.start()
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait()
    for folder in running.folders.values():
        shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)


def test_a_record_its_amendment_and_its_voiding_reach_the_ministry_and_the_other_province_once(
    network: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = make_shop(Random(1), 0)
    vehicle = car_of_jiangsu()
    job = make_job(Random(3), vehicle, shop, repaired_on=date(2026, 11, 1), settled_on=date(2026, 11, 2))
    seconds: dict[str, float] = {}

    def arrived(count: int, state: RecordState = RecordState.ACTIVE) -> bool:
        found = [network.file(code, vehicle.vin) for code in ("00", "32")]
        return all(len(file) == count and newest(file).state is state for file in found)

    with ShopSimulator(network.gate("33"), shop.registration) as software:
        software.register()
        with psycopg.connect(network.urls["33"], autocommit=True) as connection:
            actions.approve(connection, software.company_code, by="test", now=datetime.now(UTC))
        software.fetch_token()
        assert software.upload(job)["code"] == "1"
        seconds["a record"] = wait_until(lambda: arrived(1))
        for code in ("00", "32"):
            assert [version.origin for version in network.file(code, vehicle.vin)] == ["33"]

        network.kill("33", "chedang.cli.exchange")
        amended = msgspec.structs.replace(job, fault_description="制动异响")
        assert software.upload(amended)["code"] == "1"
        seconds["an amendment, the province's exchange killed"] = wait_until(lambda: arrived(2))

        network.kill("00", "up")
        secret = make_secret(network.urls["33"], software.company_code)
        answer = httpx.post(
            f"{network.gate('33')}/api/v1/records/{job.settlement_list_number}/void",
            headers={"Authorization": f"Bearer {secret}"},
            json={"reason": "重复上传"},
            timeout=30,
        )
        assert answer.is_success, answer.text
        seconds["a voiding, the ministry's node killed"] = wait_until(lambda: arrived(3, RecordState.VOID))

    assert "节点 部级（00） 意外退出" in network.output
    versions = {code: {(each.version, each.state) for each in network.file(code, vehicle.vin)} for code in CODES}
    assert versions["33"] == versions["00"] == versions["32"]
    shown = [told(network, code, vehicle.vin)["gone"][0]["originname"] for code in CODES]
    assert shown == ["本地上传", "由浙江上报", "浙江转来"]
    with capsys.disabled():
        print("", *(f"{what}: {took:.1f} s" for what, took in seconds.items()), sep="\n  ")  # noqa: T201

    processes = descendants(network.process.pid)
    assert len(processes) > 3 * 6
    network.process.kill()
    network.process.wait()
    wait_until(lambda: all(is_gone(pid) for pid in processes))


def car_of_jiangsu() -> Any:
    """A car with a plate of 江苏."""
    random = Random(2)
    while not (vehicle := make_vehicle(random, province("32"))).plate_number.startswith("苏"):
        continue
    return vehicle


def newest(file: list[StoredVersion]) -> StoredVersion:
    return max(file, key=lambda version: version.version)


def told(network: Network, code: str, vin: str) -> dict[str, Any]:
    """What ``chedang vehicle`` says on a node."""
    done = subprocess.run(
        [*COMMAND, "--node", code, "vehicle", vin, "--json"],
        env=network.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
