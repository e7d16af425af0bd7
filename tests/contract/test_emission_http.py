"""The door of inspection stations, over HTTP and with the calls of its document; the inspection side's door."""

from __future__ import annotations

import hmac
import json
import re
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from chedang.emission import store
from chedang.emission.adapters import HttpPlatform, post_due
from chedang.emission.model import TestStation
from chedang.platform.database import connect
from tests.contract.conftest import Gate, find_tool
from tests.contract.emission_door import LISTED_ON, TODAY, call, failed, key_of_station

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "emission-api.md"
STATION = "I-330106-77"
KEY = b"k" * 32


@pytest.fixture(scope="module")
def key(gate: Gate) -> str:
    """Of a listed station."""
    return key_of_station(gate, TestStation(STATION, "西湖检测站", "330106", False, LISTED_ON, None))


def test_the_calls_of_the_document_work(gate: Gate, key: str) -> None:
    find_tool("CURL")
    script = "; echo\n".join(
        piece.strip()
        for block in re.findall("```sh\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
        for piece in re.split(r"\n(?=curl)", block)
    )
    environment = {
        "GATE": gate.url, "KEY": key, "TESTED_ON": TODAY.isoformat(), "DEADLINE_ON": TODAY.isoformat(),
        "PATH": "/usr/bin:/bin:/usr/local/bin",
    }  # fmt: skip
    done = subprocess.run(["sh", "-eu", "-c", script], env=environment, capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in done.stdout.splitlines() if line]
    assert [each.get("outcome") or each.get("answer") for each in told] == ["created", "not_yet", "not_yet", "created"]
    assert told[1]["reason"] == "no_record"
    assert told[3]["state"] == "passed"


def test_who_has_no_key_and_what_is_nonsense_is_told_so(gate: Gate, key: str) -> None:
    for wrong in ("", "ci_00000000_" + "x" * 43, "nonsense"):
        answer = call(gate, wrong, "failed-tests", failed(1))
        assert (answer.status_code, answer.json()["code"]) == (401, "BAD_TOKEN")
    assert call(gate, key, "failed-tests", b"{").json()["code"] == "MALFORMED"
    assert call(gate, key, "elsewhere", {}).status_code == 404
    answer = call(gate, key, "failed-tests", failed(1, vin="无", tested_on="2999-01-01", failed_items=[]))
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert {each["field"] for each in answer.json()["faults"]} == {"vin", "tested_on", "failed_items"}
    answer = call(gate, key, "failed-tests", failed(1, station_code="I-OTHER"))
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


def test_many_at_once_have_an_outcome_each_and_come_again_unchanged(gate: Gate, key: str) -> None:
    sent = [failed(2), failed(3, plate_number="?"), failed(4), 7]
    told = call(gate, key, "failed-tests", sent).json()["outcomes"]
    assert [each["outcome"] for each in told] == ["created", "refused", "created", "refused"]
    assert [each["field"] for each in told[1]["faults"]] == ["plate_number"]
    assert call(gate, key, "failed-tests", sent).json()["outcomes"][0]["outcome"] == "unchanged"
    again = call(gate, key, "failed-tests", failed(2, plate_number="浙A54322"))
    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT")
    assert "车牌号码" in again.json()["detail"]
    assert call(gate, key, "failed-tests", [failed(n) for n in range(501)]).status_code == 413
    unknown = call(gate, key, f"retest-permits/{'9' * 24}")
    wrong_vin = call(
        gate, key, "retest-permits", {"report_number": failed(2)["report_number"], "vin": "LZZ1A2B32GA000123"}
    )
    assert (unknown.status_code, unknown.json()) == (wrong_vin.status_code, wrong_vin.json())


def test_two_that_send_the_same_in_opposite_order_at_once_are_both_answered(gate: Gate, key: str) -> None:
    assert call(gate, key, "failed-tests", []).json() == {"outcomes": []}  # the key's first use of the day is noted
    sent = [failed(number) for number in range(100, 160)]
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda order: call(gate, key, "failed-tests", sent[::order]), (1, -1)))
    assert [answer.status_code for answer in answers] == [200, 200]
    told = Counter(each["outcome"] for answer in answers for each in answer.json()["outcomes"])
    assert told == {"created": 60, "unchanged": 60}


@pytest.fixture
def inspection() -> Iterator[tuple[str, list[tuple[dict[str, Any], bool]], list[int]]]:
    """The inspection side on a loopback port: what it got with whether the signature fits, and what it answers next."""
    got: list[tuple[dict[str, Any], bool]] = []
    answers: list[int] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signed = hmac.new(KEY, self.headers["X-Chedang-Timestamp"].encode() + b"\n" + body, sha256).hexdigest()
            got.append((json.loads(body), self.headers["X-Chedang-Signature"] == f"v1={signed}"))
            self.send_response(answers.pop(0) if answers else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing of it is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/notices", got, answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_inspection_side_is_told_in_order_and_again_until_it_takes_it(
    database_url: str, inspection: tuple[str, list[tuple[dict[str, Any], bool]], list[int]]
) -> None:
    url, got, answers = inspection
    now = datetime.now(UTC)
    with connect(database_url, autocommit=True) as connection:
        connection.execute(
            "insert into emission_ticket (code, station_code, report_number, division_code, vin, plate_number, "
            "tested_on, failed_items, deadline_on, state, step_count, received_at) "
            "values ('t', 'I-1', 'R-1', '330106', 'LZZ1A2B34GA000124', '浙A54321', %(day)s, '{CO}', %(day)s, 'passed', "
            "3, now())",
            {"day": TODAY},
        )
        connection.execute(
            "insert into emission_step (ticket_code, number, at, kind, by) select 't', number, %s, kind, '' "
            "from unnest('{1,2,3}'::integer[], '{opened,repaired,passed}'::text[]) as step (number, kind)",
            (now,),
        )
        platform = HttpPlatform(url, KEY)
        answers.append(503)
        assert post_due(connection, platform, clock=lambda: now) == 0  # and the later one waits behind it
        assert post_due(connection, platform, clock=lambda: now + timedelta(seconds=4)) == 0
        later = now + timedelta(seconds=6)
        assert [post_due(connection, platform, clock=lambda: later) for _ in range(3)] == [1, 1, 0]
        assert [(notice["event"], is_signed) for notice, is_signed in got] == [
            ("permitted", True), ("permitted", True), ("passed", True),
        ]  # fmt: skip
        assert got[0][0]["number"] == got[1][0]["number"] < got[2][0]["number"]
        assert store.next_to_post(connection, since_at=now - timedelta(days=30), now=later, limit=9) == []
        nobody = HttpPlatform("http://127.0.0.1:9/", KEY)
        connection.execute("update emission_step set posted_at = null")
        assert post_due(connection, nobody, clock=lambda: later) == 0
