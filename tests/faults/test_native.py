"""The native interface while its database is away: problems that say when to come again, and nothing half done."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.contract.conftest import gate_with_shops
from tests.contract.native import Client, make_secret, record

from chedang.platform.database import connect
from chedang.platform.postgres import Cluster

pytestmark = [pytest.mark.faults, pytest.mark.alone]


def test_a_database_that_is_away_is_told_as_a_problem_and_served_again_without_a_hand(
    cluster: Cluster, durable_url: str, tmp_path: Path
) -> None:
    with gate_with_shops(durable_url, tmp_path / "gate") as gate:
        client = Client(f"{gate.url}/api/v1", make_secret(durable_url, gate.company_code))
        assert client.put("A-1", record()).status_code == 201
        cluster.stop()
        calls: list[Callable[[], httpx.Response]] = [
            lambda: client.put("A-2", record(), **{"Idempotency-Key": "k"}),
            lambda: client.batch([record(costlistcode="A-3")]),
            lambda: client.get("/records"),
            lambda: client.post("/records/check", record()),
        ]
        with ThreadPoolExecutor() as clients:
            answers = list(clients.map(lambda call: call(), calls))
        for answer in answers:
            assert answer.status_code == 503
            assert answer.headers["content-type"].startswith("application/problem+json")
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["code"] == "UNAVAILABLE"
        cluster.start()
        for _ in range(50):
            again = client.put("A-2", record(), **{"Idempotency-Key": "k"})
            if again.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.1)
        assert again.status_code == 201
        assert [each["costlistcode"] for each in client.get("/records").json()["records"]] == ["A-2", "A-1"]


def test_a_database_that_hangs_is_told_in_time_and_what_was_asked_for_is_found_done(
    own_durable_url: str, tmp_path: Path
) -> None:
    with gate_with_shops(own_durable_url, tmp_path / "hanging") as gate:
        client = Client(f"{gate.url}/api/v1", make_secret(own_durable_url, gate.company_code), timeout_seconds=3.0)
        assert client.put("B-1", record()).status_code == 201
        with connect(own_durable_url) as connection:
            connection.execute("lock table record_version, api_secret in access exclusive mode")
            for answer in (client.put("B-2", record()), client.get("/records"), client.get("/records/B-1")):
                assert answer.status_code == 503, "before the client's own three seconds are over"
                assert answer.json()["code"] == "UNAVAILABLE"
        for _ in range(50):
            again = client.put("B-2", record())
            if again.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(0.1)
        assert again.status_code in {200, 201}
        assert client.get("/records/B-2").json()["version"] == 1
