"""Shops that go on uploading whatever happens to the node, and what must be true of the database afterwards."""

from __future__ import annotations

import itertools
import signal
import subprocess
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec
import psycopg
from tests.conftest import free_port
from tests.contract.conftest import start_gate, wait_until_ready

from chedang.enterprises import actions
from chedang.fiction.jobs import make_job
from chedang.fiction.shops import FictionalShop, make_shop
from chedang.fiction.simulator import ShopSimulator
from chedang.fiction.vehicles import make_vehicle
from chedang.platform.database import connect
from chedang.records.identity import content_digest, decode_content, encode_content
from chedang.records.model import RecordText

CLIENT_SECONDS = 3.0
"""As long do the clients of the field wait."""

_CLIENTS = 8
_shop_numbers = itertools.count(100)
_LONGEST_TEST_SECONDS = 60


def approved_shop(database_url: str) -> tuple[FictionalShop, str]:
    """Another shop that may upload, and its company code."""
    number = next(_shop_numbers)
    shop = make_shop(Random(number), number)
    with connect(database_url) as connection:
        code = actions.register(connection, shop.registration, now=datetime.now(UTC)).enterprise.company_code
        actions.approve(connection, code, by="test", now=datetime.now(UTC))
    return shop, code


def make_text(random: Random, shop: FictionalShop, number: str) -> RecordText:
    """A flawless job with this settlement list number."""
    day = date(2026, 9, 1)
    text = make_job(random, make_vehicle(random), shop, repaired_on=day, settled_on=day)
    return msgspec.structs.replace(text, settlement_list_number=number)


class Uploaders:
    """Clients that send records without pause, some of the unanswered ones again; they remember all that happened."""

    def __init__(self, gate_url: str, shop: FictionalShop, company_code: str, *, seed: int = 0) -> None:
        self.sent: dict[str, RecordText] = {}
        self.acknowledged: set[str] = set()
        self.refused: Counter[tuple[int, str, bool]] = Counter()
        """Answers that were no success: status, code, and whether they said when to come again."""
        self.timeouts = 0
        self.faults: list[BaseException] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(gate_url, shop, company_code, seed * _CLIENTS + number))
            for number in range(_CLIENTS)
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
        ends_at = time.monotonic() + _LONGEST_TEST_SECONDS
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < ends_at, f"only {len(self.acknowledged)} of {wanted}; {self.refused}"
            assert not self.faults, self.faults
            time.sleep(0.005)

    def wait_for_refusals(self, count: int) -> None:
        """Return once ``count`` more answers were refusals."""
        wanted = self.refused.total() + count
        ends_at = time.monotonic() + _LONGEST_TEST_SECONDS
        while self.refused.total() < wanted:
            assert time.monotonic() < ends_at, f"only {self.refused}; {self.timeouts} time-outs"
            assert not self.faults, self.faults
            time.sleep(0.005)

    def assert_told_honestly(self) -> None:
        """Each refusal was a 503 in the dialect's own shape that says when to come again."""
        assert not self.faults, self.faults
        assert set(self.refused) <= {(503, "-99", True)}, self.refused

    def _run(self, gate_url: str, shop: FictionalShop, company_code: str, seed: int) -> None:
        try:
            self._upload(gate_url, shop, company_code, seed)
        except BaseException as fault:  # a thread that ends without a word would be taken for a slow gate
            self.faults.append(fault)
            raise

    def _upload(self, gate_url: str, shop: FictionalShop, company_code: str, seed: int) -> None:
        random = Random(seed)
        count = 0
        with ShopSimulator(gate_url, shop.registration, timeout_seconds=CLIENT_SECONDS) as client:
            client.company_code = company_code
            while not self._stop.is_set():
                if not client.access_token:
                    self._ask(client.fetch_token)
                    continue
                count += 1
                text = make_text(random, shop, f"JS{seed}-{count}")
                self.sent[text.settlement_list_number] = text
                while not self._stop.is_set():
                    answer = self._ask(lambda text=text: client.upload(text))
                    if answer is not None:
                        assert answer["code"] == "1", answer
                        self.acknowledged.add(text.settlement_list_number)
                        break
                    if random.random() < 0.3:
                        break  # much software never sends it again

    def _ask(self, call: Any) -> dict[str, Any] | None:
        try:
            answer: dict[str, Any] = call()
        except httpx.HTTPStatusError as fault:
            response = fault.response
            key = (response.status_code, str(response.json().get("code")), "retry-after" in response.headers)
            self.refused[key] += 1
        except httpx.TimeoutException:
            self.timeouts += 1
        except httpx.TransportError:
            pass
        else:
            return answer
        self._stop.wait(0.05)
        return None


class RestartableGate:
    """A gate that comes back on its own port, as the supervisor of a node brings it back."""

    def __init__(self, database_url: str, data_dir: Path) -> None:
        self._database_url = database_url
        self._data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> RestartableGate:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def start(self) -> None:
        """Start and wait until it can serve."""
        self.process = start_gate(self._database_url, self._data_dir, self.port)
        wait_until_ready(self.port, self.process, self._data_dir / "gate.log")

    def kill(self) -> None:
        """``kill -9``."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def writers(self) -> list[int]:
        """Process ids of its writers."""
        return children_of(self.process.pid)

    def log(self) -> str:
        """What it has said so far."""
        return (self._data_dir / "gate.log").read_text(encoding="utf-8")


def children_of(process_id: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


def assert_nothing_lost(database_url: str, company_code: str, uploaders: Uploaders) -> None:
    """Every acknowledged record is there exactly once, every other one whole or not at all, and tables agree."""
    with connect(database_url) as connection:
        stored = connection.execute(
            "select settlement_list_number, version, content from record_version where company_code = %s",
            [company_code],
        ).fetchall()
        assert_tables_agree(connection)
    assert not uploaders.faults, uploaders.faults
    counts = Counter(str(number) for number, _version, _content in stored)
    assert not [number for number, count in counts.items() if count > 1], "stored more than once"
    assert {version for _number, version, _content in stored} <= {1}
    assert uploaders.acknowledged <= set(counts), "acknowledged and lost"
    for number, _version, content in stored:
        assert decode_content(str(content)) == uploaders.sent[str(number)], "not what was sent"


def assert_tables_agree(connection: psycopg.Connection[Any]) -> None:
    """Versions, heads and the change feed tell the same story; nothing is half there."""
    versions = {
        (record_id, version): (vin, state, content)
        for record_id, version, vin, state, content in connection.execute(
            "select record_id, version, vin, state, content from record_version where state <> 'moved'"
        )
    }
    heads = {
        record_id: (version, vin, state, bytes(digest))
        for record_id, version, vin, state, digest in connection.execute(
            "select record_id, version, vin, state, content_digest from record_head"
        )
    }
    newest: dict[object, int] = {}
    for record_id, version in versions:
        newest[record_id] = max(version, newest.get(record_id, 0))
    assert Counter(record_id for record_id, _version in versions) == Counter(newest), "a version is missing"
    assert newest == {record_id: version for record_id, (version, *_rest) in heads.items()}
    for record_id, (version, vin, state, digest) in heads.items():
        stored_vin, stored_state, content = versions[record_id, version]
        assert (stored_vin, stored_state) == (vin, state)
        assert content_digest(encode_content(decode_content(content))) == digest, "content is not what was claimed"
    rows = connection.execute("select vin, record_id, version from record_version").fetchall()
    changes = connection.execute("select vin, record_id, version from record_change").fetchall()
    assert Counter(rows) == Counter(changes), "the feed does not tell each version once"
