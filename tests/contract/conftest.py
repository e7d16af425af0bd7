"""A real gate process over a real database, and clients that write bytes as the clients in the field do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from chedang.enterprises import actions
from chedang.enterprises.model import RegistrationText
from chedang.platform.database import connect
from tests.conftest import free_port, load_tools
from tests.contract.native import Client, make_secret

PASSWORD = "example-password-1"
_licences = count(330106700001)
SHOP_NAME = "杭州青禾汽车维修有限公司"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, taken apart: nothing is decoded that a client would have to decode."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass(frozen=True)
class Gate:
    """A running gate and the codes of an approved and of a pending shop."""

    port: int
    database_url: str
    company_code: str
    pending_code: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def path(self, operation: str) -> str:
        return f"/restservices/lcipprodatarest/{operation}/query"

    def post(self, operation: str, body: bytes, **headers: str) -> httpx.Response:
        return httpx.post(self.url + self.path(operation), content=body, headers=headers, timeout=60)

    def token(self, company_code: str | None = None, password: str = PASSWORD) -> str:
        answer = httpx.post(
            self.url + self.path("lcipprogetaccesstoken"),
            json={"companycode": company_code or self.company_code, "companypassword": password},
        ).json()
        assert answer["code"] == "1", answer
        return str(answer["access_token"])

    def send(self, raw: bytes, *, has_body: bool = True) -> Answer:
        """Write bytes to a socket and read one answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as client:
            client.sendall(raw)
            return read_answer(client, has_body=has_body)


def read_answer(client: socket.socket, *, has_body: bool = True) -> Answer:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(client)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    while has_body and len(body) < int(headers["content-length"]):
        body += _receive(client)
    return Answer(int(lines[0].split(" ")[1]), headers, body)


def _receive(client: socket.socket) -> bytes:
    piece = client.recv(65536)
    if not piece:
        raise ConnectionError("the gate closed the connection without an answer")
    return piece


@contextmanager
def running_gate(
    database_url: str, data_dir: Path, **environment: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """``python -m chedang.gate`` on a free port until the block ends."""
    port = free_port()
    process = start_gate(database_url, data_dir, port, **environment)
    try:
        wait_until_ready(port, process, data_dir / "gate.log")
        yield port, process
    finally:
        process.terminate()
        process.wait()


def start_gate(database_url: str, data_dir: Path, port: int, **environment: str) -> subprocess.Popen[bytes]:
    """Start ``python -m chedang.gate``; what it says goes to ``gate.log`` in ``data_dir``."""
    data_dir.mkdir(exist_ok=True)
    with (data_dir / "gate.log").open("ab") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "chedang.gate"],
            env=os.environ
            | {
                "CHEDANG_DATABASE_URL": database_url,
                "CHEDANG_DATA_DIR": str(data_dir),
                "CHEDANG_GATE_PORT": str(port),
            }
            | environment,
            stderr=errors,
        )


def wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(log.read_text(encoding="utf-8"))
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the gate did not become ready")


@contextmanager
def gate_with_shops(database_url: str, data_dir: Path, **environment: str) -> Iterator[Gate]:
    """A running gate with an approved shop and one that waits for its review."""
    with connect(database_url) as connection:
        code = register(connection, SHOP_NAME, "330106000001")
        actions.approve(connection, code, by="test", now=datetime.now(UTC))
        pending = register(connection, "杭州待审汽车维修有限公司", "330106000002")
        connection.commit()
    with running_gate(database_url, data_dir, **environment) as (port, _process):
        yield Gate(port, database_url, code, pending)


@pytest.fixture(scope="session")
def gate(
    make_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gate]:
    """One gate for all contract tests; tests use numbers of their own and do not disturb each other."""
    with make_database() as url, gate_with_shops(url, tmp_path_factory.mktemp("gate")) as running:
        yield running


def register(connection: psycopg.Connection[Any], name: str, licence: str) -> str:
    """Register a shop; gives its code."""
    text = RegistrationText(
        company_name=name, password=PASSWORD, division_code="330106", road_transport_license=licence
    )
    return actions.register(connection, text, now=datetime.now(UTC)).enterprise.company_code


@pytest.fixture(scope="session")
def client(gate: Gate) -> Client:
    """The approved shop as a client of the native interface. One for all tests: a shop has two secrets at most."""
    return Client(f"{gate.url}/api/v1", make_secret(gate.database_url, gate.company_code))


@pytest.fixture
def shop(gate: Gate) -> Client:
    """An approved shop of its own, for tests that look at all of a shop's records."""
    with connect(gate.database_url) as connection:
        code = register(connection, "杭州云岭汽车维修有限公司", str(next(_licences)))
        actions.approve(connection, code, by="test", now=datetime.now(UTC))
        connection.commit()
    return Client(f"{gate.url}/api/v1", make_secret(gate.database_url, code))


def find_tool(name: str) -> str:
    """Path of a tool of ``dev/ensure_tools.py``; a test of an example that needs a missing one is skipped."""
    tool = load_tools().__dict__[name]
    path: str | None = tool.find()
    if path is None:
        # The set-up of the tests installs it wherever it may; the product needs neither curl nor a foreign compiler.
        pytest.skip(tool.missing)  # a machine on which nothing may be installed cannot try a vendor's example
    return path
