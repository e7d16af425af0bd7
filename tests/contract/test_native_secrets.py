"""`/api/v1/secrets` and a shop of one's own in the sandbox, over a running gate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from chedang.enterprises import actions
from chedang.intake import sandbox
from chedang.platform.database import connect
from tests.contract.conftest import PASSWORD, Gate, register
from tests.contract.native import Client, record

_licences = count(330106955001)
DEMO = {"Authorization": f"Bearer {sandbox.DEMO_SECRET}"}


@pytest.fixture
def shop(gate: Gate) -> str:
    """Code of an approved shop that has no secret yet."""
    with connect(gate.database_url) as connection:
        code = register(connection, "杭州密钥汽车维修有限公司", str(next(_licences)))
        actions.approve(connection, code, by="test", now=datetime.now(UTC))
        connection.commit()
    return code


@pytest.fixture
def with_password(gate: Gate, shop: str) -> Iterator[httpx.Client]:
    """Calls with the shop's code and password."""
    with httpx.Client(base_url=f"{gate.url}/api/v1", auth=(shop, PASSWORD), timeout=30) as client:
        yield client


def make(client: httpx.Client, **body: Any) -> dict[str, Any]:
    answer = client.post("/secrets", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_password_makes_a_secret_that_opens_the_rest(gate: Gate, with_password: httpx.Client) -> None:
    answer = with_password.post("/secrets")
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["chedang-api-status"] == "beta"
    client = Client(f"{gate.url}/api/v1", answer.json()["secret"])
    assert client.put("KEY-1", record()).status_code == 201
    (listed,) = client.get("/secrets").json()["secrets"]
    assert listed["state"] == "live"
    assert listed["created_by"] == "basic"
    assert listed["last_used_on"] is not None
    assert answer.json()["secret"] not in client.get("/secrets").text


def test_rotation_leaves_no_gap(gate: Gate, with_password: httpx.Client) -> None:
    first = make(with_password)
    old = Client(f"{gate.url}/api/v1", first["secret"])
    second = old.post("/secrets", {}).json()
    new = Client(f"{gate.url}/api/v1", second["secret"])
    assert old.get("/records").status_code == new.get("/records").status_code == 200
    assert new.call("DELETE", f"/secrets/{first['id']}").status_code == 204
    assert old.get("/records").status_code == 401
    assert new.get("/records").status_code == 200
    assert new.call("DELETE", f"/secrets/cd_{first['id']}").status_code == 204
    states = {each["id"]: each["state"] for each in new.get("/secrets").json()["secrets"]}
    assert states == {first["id"]: "ended", second["id"]: "live"}


def test_a_third_secret_is_a_conflict(with_password: httpx.Client) -> None:
    make(with_password)
    make(with_password)
    answer = with_password.post("/secrets")
    assert (answer.status_code, answer.json()["code"]) == (409, "CONFLICT")
    assert "最多 2 个" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"expires_at": "2026-01-01T00:00:00"}', 400),
        (b'{"expires_at": "soon"}', 400),
        (b'{"forever": true}', 400),
        (b"[]", 400),
        (b'{"expires_at": "2020-01-01T00:00:00Z"}', 422),
        (b'{"expires_at": "2099-01-01T00:00:00Z"}', 422),
        (b" " * 5000, 413),
    ],
)
def test_wrong_wishes_are_refused(with_password: httpx.Client, body: bytes, status: int) -> None:
    assert with_password.post("/secrets", content=body).status_code == status


def test_a_secret_ends_when_its_maker_says(with_password: httpx.Client) -> None:
    wanted = datetime.now(UTC).replace(microsecond=0) + timedelta(days=20)
    made = make(with_password, expires_at=wanted.isoformat())
    assert datetime.fromisoformat(made["expires_at"]) == wanted
    answer = httpx.get(
        with_password.base_url.join("/api/v1/secrets"), headers={"Authorization": f"Bearer {made['secret']}"}
    )
    assert answer.headers["chedang-secret-expires"]
    assert answer.json()["notices"][0]["code"] == "SECRET_EXPIRES"


def test_no_shop_ends_the_secret_of_another(gate: Gate, with_password: httpx.Client) -> None:
    made = make(with_password)
    answer = httpx.delete(f"{gate.url}/api/v1/secrets/{made['id']}", auth=(gate.company_code, PASSWORD), timeout=30)
    assert answer.status_code == 404
    assert with_password.get("/secrets").json()["secrets"][0]["state"] == "live"


def test_guessing_the_password_locks_this_door_and_no_other(gate: Gate, shop: str, with_password: httpx.Client) -> None:
    secret = make(with_password)["secret"]
    statuses = []
    for _ in range(11):
        answer = httpx.get(f"{gate.url}/api/v1/secrets", auth=(shop, "wrong"), timeout=30)
        statuses.append((answer.status_code, answer.json()["code"]))
    assert statuses[0] == (401, "WRONG_PASSWORD")
    assert statuses[-1] == (429, "LOCKED")
    assert with_password.get("/secrets").status_code == 200, "the right password of a short while ago is remembered"
    assert Client(f"{gate.url}/api/v1", secret).get("/secrets").status_code == 200
    assert gate.token(shop)


def test_secrets_of_one_side_open_nothing_on_the_other(gate: Gate, with_password: httpx.Client) -> None:
    ordinary = {"Authorization": f"Bearer {make(with_password)['secret']}"}
    assert httpx.get(f"{gate.url}/sandbox/api/v1/records", headers=ordinary, timeout=30).status_code == 401
    assert httpx.get(f"{gate.url}/api/v1/records", headers=DEMO, timeout=30).status_code == 401


def test_a_shop_of_one_s_own_is_one_call_away_in_the_sandbox(gate: Gate) -> None:
    shop = {"companyname": "沙箱试用汽车维修有限公司", "companypassword": "a-password-to-try-2"}
    answer = httpx.post(f"{gate.url}/sandbox/api/v1/shops", json=shop, timeout=30)
    assert answer.status_code == 201
    client = Client(f"{gate.url}/sandbox/api/v1", answer.json()["secret"])
    receipt = client.put("TRY-1", record()).json()
    assert receipt["outcome"] == "created"
    assert client.post("/secrets", {}).status_code == 201
    assert httpx.post(f"{gate.url}/api/v1/shops", json=shop, timeout=30).status_code == 404


def test_nobody_changes_the_secrets_of_the_shop_for_everybody(gate: Gate) -> None:
    base = f"{gate.url}/sandbox/api/v1/secrets"
    (listed,) = httpx.get(base, headers=DEMO, timeout=30).json()["secrets"]
    for answer in (
        httpx.post(base, headers=DEMO, timeout=30),
        httpx.delete(f"{base}/{listed['id']}", headers=DEMO, timeout=30),
        httpx.post(base, auth=(sandbox.DEMO_CODE, sandbox.DEMO_PASSWORD), timeout=30),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


def test_faults_are_to_be_had_at_the_native_door_too(gate: Gate) -> None:
    base = f"{gate.url}/sandbox/api/v1"
    with pytest.raises(httpx.TransportError):
        httpx.put(f"{base}/records/CUT-1", json=record(), headers=DEMO | {"Chedang-Fault": "cut=after"}, timeout=30)
    again = httpx.put(f"{base}/records/CUT-1", json=record(), headers=DEMO, timeout=30)
    assert (again.status_code, again.json()["outcome"]) == (200, "unchanged")
    busy = httpx.put(f"{base}/records/CUT-2", json=record(), headers=DEMO | {"Chedang-Fault": "status=503"}, timeout=30)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    assert busy.headers["content-type"] == "application/problem+json"
    assert httpx.get(f"{base}/records/CUT-2", headers=DEMO, timeout=30).status_code == 404


def test_a_batch_of_the_sandbox_is_accepted_with_addresses_in_the_sandbox(gate: Gate) -> None:
    answer = httpx.post(
        f"{gate.url}/sandbox/api/v1/batches", content=b'{"costlistcode":"B-1"}\n', headers=DEMO, timeout=30
    )
    assert answer.status_code == 202
    address = answer.json()["status_url"]
    assert address.startswith("/sandbox/api/v1/batches/")
    assert httpx.get(gate.url + address, headers=DEMO, timeout=30).json()["state"] == "waiting"
    assert httpx.get(gate.url + address.removeprefix("/sandbox"), headers=DEMO, timeout=30).status_code == 401
