"""A gate under bodies that are meant to fill its memory stays below 300 MB (Linux: reads /proc)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from chedang.intake import sandbox
from tests.contract.conftest import running_gate

MOST_MB = 300
AT_ONCE = 24
ADD = "/sandbox/restservices/lcipprodatarest/lcipprocarfixrecordadd/query"
TOKEN = "/sandbox/restservices/lcipprodatarest/lcipprogetaccesstoken/query"
SECRET = {"Authorization": f"Bearer {sandbox.DEMO_SECRET}"}

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc, which is Linux's")


@dataclass(frozen=True)
class Loaded:
    """A gate of its own, whose largest size counts from its start."""

    url: str
    pid: int

    def peak_mb(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM:"))

    def post_at_once(self, path: str, contents: list[bytes | Iterator[bytes]], method: str = "POST") -> list[int]:
        """Statuses of requests that run side by side; 0 where the gate closed the connection first."""

        def post(content: bytes | Iterator[bytes]) -> int:
            try:
                headers = SECRET | {"Content-Type": "application/json"}
                return httpx.request(method, self.url + path, content=content, headers=headers, timeout=120).status_code
            except (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError):
                return 0

        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(post, contents))


@pytest.fixture(scope="module")
def loaded(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    with make_database() as url, running_gate(url, tmp_path_factory.mktemp("loaded")) as (port, process):
        yield Loaded(f"http://127.0.0.1:{port}", process.pid)


def token(loaded: Loaded) -> str:
    message = {"companycode": sandbox.DEMO_CODE, "companypassword": sandbox.DEMO_PASSWORD}
    return str(httpx.post(loaded.url + TOKEN, json=message, timeout=30).json()["access_token"])


def upload(access_token: str, **more: object) -> bytes:
    basic = {"vin": "LXXAA11A3R1000017", "settledate": "20260301", "costlistcode": "M-1"}
    return json.dumps({"access_token": access_token, "basicInfo": basic} | more).encode()


def endless(mb: int) -> Iterator[bytes]:
    """One row after the other, without a length beforehand."""
    yield b'{"access_token":"x","vehiclepartslist":['
    for _ in range(mb * 16):
        yield b"{}," * (64 * 1024 // 3)


def test_bodies_of_a_megabyte_and_endless_rows_do_not_fill_the_gate(loaded: Loaded) -> None:
    good = token(loaded)
    megabyte = 1024 * 1024
    long_text = upload(good, basicInfo={"costlistcode": "M-2", "faultdescription": "油" * (megabyte // 6)})
    rows = upload(good, vehiclepartslist=[{"partsname": "机油"}] * 20_000)
    empty_rows = upload(good)[:-1] + b',"vehiclepartslist":[' + b"{}," * (megabyte // 3) + b"{}]}"
    brackets = b"[" * megabyte
    strings = upload(good)[:-1] + b',"x":[' + b'"",' * (megabyte // 3) + b'""]}'
    numbers = upload(good)[:-1] + b',"x":[' + b"1e9," * (megabyte // 4) + b"1]}"
    for content in (long_text, rows, empty_rows, brackets, strings, numbers):
        statuses = loaded.post_at_once(ADD, [content] * AT_ONCE)
        assert set(statuses) <= {200, 429}, content[:40]
    assert loaded.peak_mb() <= MOST_MB

    statuses = loaded.post_at_once(ADD, [endless(20) for _ in range(AT_ONCE)])
    assert set(statuses) <= {200, 0}
    assert loaded.peak_mb() <= MOST_MB
    assert token(loaded)


def test_large_records_and_batches_of_the_native_interface_do_not_fill_the_gate(loaded: Loaded) -> None:
    httpx.get(f"{loaded.url}/sandbox/api/v1/records", headers=SECRET, timeout=30).raise_for_status()
    megabyte = 1024 * 1024
    long_text = json.dumps({"faultdescription": "油" * (megabyte // 7)}).encode()
    rows = json.dumps({"vehiclepartslist": [{"partsname": "机油"}] * 15_000}).encode()
    for content in (long_text, rows, b'{"x":[' + b"{}," * (megabyte // 4) + b"{}]}", b"[" * megabyte):
        statuses = loaded.post_at_once("/sandbox/api/v1/records/M-1", [content] * AT_ONCE, "PUT")
        assert set(statuses) <= {200, 201, 400, 413, 422, 429}, content[:40]
    assert loaded.peak_mb() <= MOST_MB

    line = json.dumps({"costlistcode": "M-2", "faultdescription": "油" * 400}).encode()
    full = b"\n".join([line] * (15 * megabyte // len(line)))
    empty = b"\n" * (15 * megabyte)
    nested = b'{"vehiclepartslist":[' + b"{}," * (5 * megabyte) + b"{}]}"
    for content in (full, empty, nested):
        statuses = loaded.post_at_once("/sandbox/api/v1/batches", [content] * 8)
        assert set(statuses) <= {202, 400, 413, 422, 429, 503}, content[:40]
    statuses = loaded.post_at_once("/sandbox/api/v1/batches", [endless(20) for _ in range(8)])
    assert set(statuses) <= {413, 0}
    assert loaded.peak_mb() <= MOST_MB
