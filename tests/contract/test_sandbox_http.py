"""The sandbox over HTTP: every door once more, records that go nowhere else, and faults on demand."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from chedang.intake import sandbox
from chedang.platform.database import connect
from tests.contract.conftest import PASSWORD, Gate
from tests.contract.signed import openapi, openapi_body

TOKEN = "lcipprogetaccesstoken"
ADD = "lcipprocarfixrecordadd"
REGISTER = "lcipproaccountcompany"


def post(gate: Gate, operation: str, message: dict[str, Any], **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{gate.url}/sandbox{gate.path(operation)}", json=message, headers=named, timeout=30)


def record(number: str, mileage: int = 41000) -> dict[str, Any]:
    return {
        "basicInfo": {
            "vin": "LXXAA11A3R1000017",
            "vehicleplatenumber": "浙A12345",
            "companyname": "沙箱示范汽车维修有限公司",
            "repairdate": "20260301",
            "repairmileage": mileage,
            "settledate": "20260302",
            "faultdescription": "更换机油",
            "costlistcode": number,
        },
        "vehiclepartslist": [{"partsname": "机油", "partscode": "5W30", "partsquantity": 4}],
        "repairprojectlist": [{"repairproject": "更换机油", "workinghours": 0.5}],
    }


def token_of(gate: Gate, code: str, password: str, below: str = "/sandbox") -> dict[str, str]:
    message = {"companycode": code, "companypassword": password}
    answer: dict[str, str] = httpx.post(f"{gate.url}{below}{gate.path(TOKEN)}", json=message, timeout=30).json()
    return answer


@pytest.fixture
def demo_token(gate: Gate) -> str:
    return token_of(gate, sandbox.DEMO_CODE, sandbox.DEMO_PASSWORD)["access_token"]


def rows(gate: Gate, table: str) -> int:
    with connect(gate.database_url) as connection:
        (count,) = connection.execute(f"select count(*) from {table}").fetchone() or (0,)  # type: ignore[arg-type]  # noqa: S608
    return int(count)  # type: ignore[call-overload]


def test_a_shop_that_registers_in_the_sandbox_is_approved_at_once_and_uploads(gate: Gate) -> None:
    shop = {
        "companyname": "沙箱试用汽车维修有限公司",
        "companypassword": "a-password-to-try-1",
        "companyadministrativedivisioncode": "330106",
    }
    code = post(gate, REGISTER, shop).json()["companycode"]
    assert code.startswith("3301069"), "codes of the sandbox are told from ordinary ones by their serial"
    token = token_of(gate, code, "a-password-to-try-1")["access_token"]
    answer = post(gate, ADD, {"access_token": token} | record("SB-1")).json()
    assert answer["code"] == "1"
    with connect(gate.database_url) as connection:
        states = connection.execute(
            "select review_state from sandbox.enterprise where company_code = %s", [code]
        ).fetchone()
    assert states == ("approved",)


def test_nothing_of_the_sandbox_stands_in_an_ordinary_table(gate: Gate, demo_token: str) -> None:
    tables = [name for name in sandbox.TABLES if name != "enterprise_serial"]
    before = {name: rows(gate, name) for name in tables}
    inside = rows(gate, "sandbox.record_version")
    assert post(gate, ADD, {"access_token": demo_token} | record("SB-2")).json()["code"] == "1"
    assert {name: rows(gate, name) for name in tables} == before
    assert rows(gate, "sandbox.record_version") == inside + 1


def test_a_token_of_one_side_is_worth_nothing_on_the_other(gate: Gate, demo_token: str) -> None:
    ordinary = gate.token()
    refused = post(gate, ADD, {"access_token": ordinary} | record("SB-3")).json()
    assert refused["code"] == "-12"
    crossed = httpx.post(
        gate.url + gate.path(ADD), json={"access_token": demo_token} | record("SB-3"), timeout=30
    ).json()
    assert crossed["code"] == "-12"


def test_a_shop_of_one_side_is_unknown_on_the_other(gate: Gate) -> None:
    assert token_of(gate, gate.company_code, PASSWORD)["code"] == "-10"
    assert token_of(gate, sandbox.DEMO_CODE, sandbox.DEMO_PASSWORD, below="")["code"] == "-10"


@pytest.mark.parametrize("status", [500, 503, 599])
def test_a_status_asked_for_comes_instead_of_the_answer_and_nothing_is_done(
    gate: Gate, demo_token: str, status: int
) -> None:
    before = rows(gate, "sandbox.record_version")
    message = {"access_token": demo_token} | record(f"SB-{status}")
    answer = post(gate, ADD, message, chedang_fault=f"status={status}")
    assert answer.status_code == status
    assert rows(gate, "sandbox.record_version") == before
    assert post(gate, ADD, message).json()["code"] == "1"


@pytest.mark.parametrize(("cut", "is_stored"), [("cut", False), ("cut=before", False), ("cut=after", True)])
def test_a_cut_connection_gives_no_byte_and_the_repeat_gets_the_receipt(
    gate: Gate, demo_token: str, cut: str, is_stored: bool
) -> None:
    message = {"access_token": demo_token} | record(f"SB-{cut}")
    before = rows(gate, "sandbox.record_version")
    with pytest.raises(httpx.TransportError):
        post(gate, ADD, message, chedang_fault=cut)
    assert rows(gate, "sandbox.record_version") == before + is_stored
    again = post(gate, ADD, message).json()
    assert again["code"] == "1"
    assert rows(gate, "sandbox.record_version") == before + 1


def test_a_delay_keeps_a_client_waiting_longer_than_it_likes(gate: Gate, demo_token: str) -> None:
    url = f"{gate.url}/sandbox{gate.path(ADD)}"
    message = {"access_token": demo_token} | record("SB-late")
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(url, json=message, headers={"Chedang-Fault": "delay=30"}, timeout=0.2)
    assert post(gate, ADD, message, chedang_fault="delay=0.01").json()["code"] == "1"


@pytest.mark.parametrize(
    "wrong", ["delay=31", "delay=-1", "status=200", "status=600", "cut=never", "surprise", "delay"]
)
def test_a_fault_that_does_not_exist_is_told_so(gate: Gate, wrong: str) -> None:
    answer = post(gate, TOKEN, {}, chedang_fault=wrong)
    assert answer.status_code == 400
    assert "cut=after" in answer.json()["detail"]


def test_faults_are_not_to_be_had_outside_the_sandbox(gate: Gate) -> None:
    answer = httpx.post(
        gate.url + gate.path(TOKEN),
        json={"companycode": gate.company_code, "companypassword": PASSWORD},
        headers={"Chedang-Fault": "cut"},
        timeout=30,
    )
    assert answer.json()["code"] == "1"


def test_a_path_that_only_looks_like_the_sandbox_leads_nowhere(gate: Gate) -> None:
    for path in ("/sandbox", "/sandboxes", "/sandbox/", "/sandbox/nowhere", "/Sandbox/restservices"):
        assert httpx.get(gate.url + path, timeout=30).status_code == 404


def test_the_published_secret_signs_calls_in_the_sandbox_and_nowhere_else(gate: Gate) -> None:
    body = openapi_body(sandbox.DEMO_SHARED_SECRET, sandbox.DEMO_ACCOUNT)
    inside = openapi(gate, "queryCompanyErrRepairRecord", body, base="/sandbox/openapi")
    outside = openapi(gate, "queryCompanyErrRepairRecord", body)
    assert inside["code"] == 0
    wrong = openapi_body("another secret", sandbox.DEMO_ACCOUNT)
    assert openapi(gate, "queryCompanyErrRepairRecord", wrong, base="/sandbox/openapi")["code"] != 0
    assert "账户不存在" in outside["message"]
