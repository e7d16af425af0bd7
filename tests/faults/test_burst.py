"""Two o'clock at night: all shops at once, each with a token before each record, each waiting three seconds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from tests.faults.load import CLIENT_SECONDS, RestartableGate, assert_tables_agree, make_text

from chedang.enterprises import actions
from chedang.fiction.shops import FictionalShop, make_shop
from chedang.fiction.simulator import ADD_RECORD, PATH, TOKEN
from chedang.platform.database import connect
from chedang.platform.passwords import hash_password

_log = logging.getLogger(__name__)
pytestmark = [pytest.mark.faults, pytest.mark.alone]

SHOPS = 200
RECORDS = 2
MOST_ATTEMPTS = 4
PASSWORD = "example-password-1"


@dataclass
class Night:
    """What the shops met with."""

    waits_seconds: list[float] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    """How often each request that was served had to be sent."""
    hints_seconds: list[int] = field(default_factory=list)
    timeouts: int = 0
    stored: set[tuple[str, str]] = field(default_factory=set)

    def told(self) -> str:
        return (
            f"{len(self.waits_seconds)} answers, longest wait {max(self.waits_seconds):.2f} s,"
            f" refused {len(self.hints_seconds)}, longest hint {max(self.hints_seconds, default=0)} s,"
            f" most attempts {max(self.attempts)}, time-outs {self.timeouts}"
        )


class NightlySoftware:
    """One shop's software: sends a day's records over one connection while it is served, and heeds what it is told."""

    def __init__(self, port: int, shop: FictionalShop, code: str, night: Night) -> None:
        self._port, self._shop, self._code, self._night = port, shop, code, night

    async def upload_all(self, random: Random) -> None:
        await self._connect()
        try:
            for number in range(RECORDS):
                credentials = {"companycode": self._code, "companypassword": self._shop.registration.password}
                token = (await self._insist(TOKEN, credentials))["access_token"]
                elements = msgspec.to_builtins(make_text(random, self._shop, f"JS{number}"))
                lists = {name: elements.pop(name) for name in ("vehiclepartslist", "repairprojectlist")}
                answer = await self._insist(ADD_RECORD, {"access_token": token, "basicInfo": elements} | lists)
                assert answer["code"] == "1", answer
                self._night.stored.add((self._code, f"JS{number}"))
        finally:
            self._writer.close()

    async def _connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def _insist(self, operation: str, document: dict[str, Any]) -> dict[str, Any]:
        for attempt in range(1, MOST_ATTEMPTS + 1):
            started = time.monotonic()
            try:
                async with asyncio.timeout(CLIENT_SECONDS):
                    status, headers, answer = await self._ask(operation, document)
            except TimeoutError:
                self._night.timeouts += 1
                raise
            self._night.waits_seconds.append(time.monotonic() - started)
            if status == 200:
                self._night.attempts.append(attempt)
                return answer
            assert (status, answer["code"]) == (503, "-99"), answer
            hint_seconds = int(headers["retry-after"])
            self._night.hints_seconds.append(hint_seconds)
            self._writer.close()
            await asyncio.sleep(hint_seconds)
            await self._connect()
        raise AssertionError(f"refused {MOST_ATTEMPTS} times")

    async def _ask(self, operation: str, document: dict[str, Any]) -> tuple[int, dict[str, str], dict[str, Any]]:
        body = msgspec.json.encode(document)
        head = f"POST {PATH}/{operation}/query HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\n"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:-2])}
        answer = msgspec.json.decode(await self._reader.readexactly(int(headers["content-length"])))
        return int(lines[0].split(" ")[1]), headers, answer


@pytest.fixture
def shops(durable_url: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[FictionalShop, str]]:
    """Approved shops that share a password, which is hashed once: it is the gate's checks that shall be slow."""
    hashed = hash_password(PASSWORD)
    monkeypatch.setattr(actions, "hash_password", lambda _password: hashed)
    made = []
    with connect(durable_url) as connection:
        for number in range(SHOPS):
            shop = make_shop(Random(number), number)
            shop = replace(shop, registration=msgspec.structs.replace(shop.registration, password=PASSWORD))
            code = actions.register(connection, shop.registration, now=datetime.now(UTC)).enterprise.company_code
            actions.approve(connection, code, by="test", now=datetime.now(UTC))
            made.append((shop, code))
    return made


@pytest.fixture
def gate(durable_url: str, tmp_path: Path) -> Iterator[RestartableGate]:
    """A gate that knows no shop yet."""
    with RestartableGate(durable_url, tmp_path / "gate") as started:
        yield started


async def _night(port: int, shops: list[tuple[FictionalShop, str]], night: Night) -> None:
    async with asyncio.TaskGroup() as group:
        for number, (shop, code) in enumerate(shops):
            group.create_task(NightlySoftware(port, shop, code, night).upload_all(Random(number)))


def test_at_two_at_night_everybody_is_served_in_time_or_told_at_once_when_to_come(
    gate: RestartableGate,
    durable_url: str,
    shops: list[tuple[FictionalShop, str]],
) -> None:
    first, second = Night(), Night()
    asyncio.run(_night(gate.port, shops, first))
    asyncio.run(_night(gate.port, shops, second))
    _log.info("first night: %s", first.told())
    _log.info("second night: %s", second.told())
    assert first.timeouts == second.timeouts == 0
    assert not second.hints_seconds, "whose password is known is never sent away"
    assert len(first.stored) == SHOPS * RECORDS
    with connect(durable_url) as connection:
        assert_tables_agree(connection)
        stored = connection.execute("select company_code, settlement_list_number from record_version").fetchall()
    assert sorted(stored) == sorted(first.stored), "once each, though they came on both nights"
