"""The native interface, `/api/v1`, over a real gate: single records."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest

from chedang.owners.claim_codes import read_code
from chedang.platform.database import connect
from tests.contract.conftest import PASSWORD, Gate, gate_with_shops, register
from tests.contract.native import Client, make_secret, problem, record, today

_numbers = (f"N-{number}" for number in count(1))


@pytest.fixture
def number() -> str:
    return next(_numbers)


# Put


def test_a_record_is_created_then_unchanged_then_amended(client: Client, number: str) -> None:
    first = client.put(number, record())
    assert first.status_code == 201
    receipt = first.json()
    assert receipt["outcome"] == "created"
    assert (receipt["costlistcode"], receipt["version"], receipt["state"]) == (number, 1, "active")
    assert receipt["findings"] == []
    assert receipt["notices"] == []
    assert datetime.fromisoformat(receipt["received_at"]).utcoffset() == timedelta(hours=8)
    assert first.headers["chedang-api-status"] == "beta"

    again = client.put(number, record(costlistcode=number))
    assert again.status_code == 200
    assert again.json() == receipt | {"outcome": "unchanged"}

    changed = client.put(number, record(repairmileage=48300)).json()
    assert (changed["outcome"], changed["version"]) == ("amended", 2)
    assert changed["recordid"] == receipt["recordid"]


def test_a_receipt_carries_the_claim_code_until_the_record_is_void(client: Client, number: str) -> None:
    receipt = client.put(number, record()).json()
    code = receipt["claim_code"]
    assert read_code(code) is not None
    assert receipt["claim_url"].endswith(f"/c/{code}")
    assert client.put(number, record(repairmileage=48300)).json()["claim_code"] == code
    held = client.get(f"/records/{number}").json()
    assert (held["claim_code"], held["claim_url"]) == (code, receipt["claim_url"])
    voided = client.post(f"/records/{number}/void", {"reason": "重复"}).json()
    assert (voided["claim_code"], voided["claim_url"]) == (None, None)


def test_findings_point_into_the_record_as_sent(client: Client, number: str) -> None:
    sent = record(vin="", vehiclepartslist=[{"partsname": "", "partscode": "5W-30", "partsquantity": 4}])
    findings = {finding["code"]: finding for finding in client.put(number, sent).json()["findings"]}
    assert findings["VIN_EMPTY"]["pointer"] == "/vin"
    assert findings["VIN_EMPTY"]["level"] == "error"
    assert findings["VIN_EMPTY"]["documentation"] == "/findings/VIN_EMPTY/"
    assert findings["VIN_EMPTY"]["hint"]
    assert {finding["pointer"] for finding in findings.values()} == {"/vin", "/vehiclepartslist/0/partsname"}


def test_numbers_may_be_numbers_and_keep_how_they_were_written(client: Client, number: str) -> None:
    sent = record(repairmileage=48210.5, repairdate=20260301)
    sent["repairprojectlist"] = [{"repairproject": "更换机油", "workinghours": 0.50}]
    assert client.put(number, sent).json()["findings"] == []
    kept = client.get(f"/records/{number}").json()["record"]
    assert (kept["repairmileage"], kept["repairdate"]) == ("48210.5", "20260301")


def test_a_number_may_hold_a_slash_and_chinese(client: Client) -> None:
    number = f"结/2026 #{uuid4().hex}?%"
    assert client.put(number, record()).json()["costlistcode"] == number
    assert client.call("GET", f"/records/{httpx.QueryParams({'n': number})['n']}").status_code == 404
    from urllib.parse import quote

    assert client.get(f"/records/{quote(number, safe='')}").json()["costlistcode"] == number


def test_a_number_in_the_record_must_be_that_of_the_address(client: Client, number: str) -> None:
    told = problem(client.put(number, record(costlistcode="other")), 400, "MALFORMED")
    assert "costlistcode" in told["detail"]


def test_a_placeholder_is_no_number_to_put_under(client: Client) -> None:
    problem(client.put("无", record()), 422, "NOT_ACCEPTABLE")


def test_members_beyond_the_standard_are_dropped_and_named(client: Client, number: str) -> None:
    sent = record(ownername="某某", vehiclepartslist=[{"partsname": "机油", "partscode": "1", "price": 3}])
    (notice,) = client.put(number, sent).json()["notices"]
    assert notice["code"] == "UNKNOWN_FIELD"
    assert "/ownername" in notice["message"]
    assert "/vehiclepartslist/0/price" in notice["message"]
    assert "某某" not in client.get(f"/records/{number}").text


def test_a_key_sent_again_gets_the_first_receipt_whatever_came_between(client: Client, number: str) -> None:
    key = {"Idempotency-Key": f"key-{number}"}
    first = client.put(number, record(), **key).json()
    client.put(number, record(repairmileage="50000"))
    again = client.put(number, record(), **key)
    assert again.json() == first
    assert client.get(f"/records/{number}").json()["record"]["repairmileage"] == "50000"


def test_a_record_that_moves_to_another_vehicle_keeps_its_history(client: Client, number: str) -> None:
    first = client.put(number, record(), **{"Idempotency-Key": f"moved-{number}"}).json()
    moved = client.put(number, record(vin="LZZ1A2B34GA000124")).json()
    assert (moved["outcome"], moved["version"], moved["recordid"]) == ("amended", 2, first["recordid"])
    held = client.get(f"/records/{number}").json()
    assert [(version["version"], version["state"]) for version in held["versions"]] == [(2, "active"), (1, "active")]
    assert len({version["digest"] for version in held["versions"]}) == 2
    assert client.put(number, record(), **{"Idempotency-Key": f"moved-{number}"}).json() == first


def test_a_key_with_another_body_is_a_conflict_that_names_the_differences(client: Client, number: str) -> None:
    key = {"Idempotency-Key": f"key-{number}"}
    client.put(number, record(), **key)
    parts = [{"partsname": "机油", "partscode": "5W-30", "partsquantity": "5"}]
    told = problem(client.put(number, record(repairmileage="1", vehiclepartslist=parts), **key), 409, "CONFLICT")
    assert {difference["pointer"] for difference in told["differences"]} == {"/repairmileage", "/vehiclepartslist/0"}
    mileage = next(each for each in told["differences"] if each["pointer"] == "/repairmileage")
    assert (mileage["before"], mileage["after"]) == ("48210", "1")
    assert client.get(f"/records/{number}").json()["version"] == 1


def test_a_key_is_bound_to_its_number(client: Client, number: str) -> None:
    key = {"Idempotency-Key": f"key-{number}"}
    client.put(number, record(), **key)
    problem(client.put(f"{number}-b", record(), **key), 409, "CONFLICT")


def test_a_key_must_be_short_and_plain(client: Client, number: str) -> None:
    problem(client.put(number, record(), **{"Idempotency-Key": "k" * 129}), 400, "MALFORMED")


def test_one_request_sent_many_times_at_once_is_stored_once(client: Client, number: str) -> None:
    outcomes: list[str] = []

    def send() -> None:
        outcomes.append(client.put(number, record(), **{"Idempotency-Key": number}).json()["outcome"])

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"created", "unchanged"}
    assert "created" in outcomes
    assert client.get(f"/records/{number}").json()["version"] == 1


# What cannot be read


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"", "空"),
        (b'{"vin": ', "JSON"),
        (b"[1, 2]", "对象"),
        (b'"text"', "对象"),
        (b'{"vin": {"a": 1}}', "/vin"),
        (b'{"vin": true}', "/vin"),
        (b'{"vehiclepartslist": {}}', "/vehiclepartslist"),
        (b'{"vehiclepartslist": [[]]}', "/vehiclepartslist/0"),
        (b'{"repairprojectlist": [{"workinghours": []}]}', "/repairprojectlist/0/workinghours"),
        (b"[" * 5000, "JSON"),
        (b'{"vin": "\xff"}', "JSON"),
        (b'{"repairmileage": ' + b"9" * 6000 + b"}", ""),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_says_where(client: Client, raw: bytes, detail: str) -> None:
    told = problem(client.call("PUT", "/records/X", content=raw), 400, "MALFORMED")
    assert detail in told["detail"]


def test_a_member_of_the_wrong_type_has_its_pointer(client: Client) -> None:
    told = problem(client.put("X", record(vin=["a"])), 400, "MALFORMED")
    assert told["pointer"] == "/vin"


def test_a_record_over_a_mebibyte_is_too_large(client: Client) -> None:
    problem(client.put("X", record(faultdescription="x" * 1_048_577)), 413, "TOO_LARGE")


def test_a_body_over_sixteen_mebibytes_is_too_large(client: Client) -> None:
    problem(client.call("POST", "/batches", content=b"\n" * (16 * 1024 * 1024 + 1)), 413, "TOO_LARGE")


def test_an_empty_record_is_refused(client: Client) -> None:
    sent = {"reason": "测试", "record": {}}
    client.put("EMPTY-1", record())
    problem(client.post("/records/EMPTY-1/amendments", sent), 422, "EMPTY_RECORD")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "", 404), ("POST", "/records", 405), ("DELETE", "/records/X", 405)],
)
def test_unknown_addresses_and_methods_are_problems_too(client: Client, method: str, path: str, status: int) -> None:
    answer = client.call(method, path)
    problem(answer, status, "UNKNOWN_OPERATION")
    if status == 405:
        assert answer.headers["allow"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "x"},
        {"state": "moved"},
        {"cursor": "x"},
        {"cursor": "5Lit"},
        {"received_from": "yesterday"},
        {"received_from": "2026-03-01T08:00:00"},
    ],
)
def test_wrong_parameters_are_malformed(client: Client, query: dict[str, str]) -> None:
    problem(client.get("/records", **query), 400, "MALFORMED")


# Who


def test_without_a_secret_nothing_is_told(gate: Gate) -> None:
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer cd_00000000_" + "a" * 43}):
        answer = httpx.get(f"{gate.url}/api/v1/records", headers=headers)
        problem(answer, 401, "BAD_TOKEN")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_password_opens_no_records(gate: Gate) -> None:
    basic = base64.b64encode(f"{gate.company_code}:{PASSWORD}".encode()).decode()
    answer = httpx.get(f"{gate.url}/api/v1/records", headers={"Authorization": f"Basic {basic}"})
    problem(answer, 401, "BAD_TOKEN")


def test_a_secret_that_ends_soon_is_told_with_every_answer(gate: Gate, number: str) -> None:
    with connect(gate.database_url) as connection:
        code = register(connection, "杭州远山汽车维修有限公司", "330106690001")
        connection.commit()
    ending = Client(f"{gate.url}/api/v1", make_secret(gate.database_url, code, days=10))
    answer = ending.put(number, record())
    assert answer.headers["chedang-secret-expires"]
    assert [notice["code"] for notice in answer.json()["notices"]] == ["SECRET_EXPIRES"]
    assert ending.get("/records").headers["chedang-secret-expires"]


def test_the_life_cycle_is_open_to_everybody(gate: Gate) -> None:
    told = httpx.get(f"{gate.url}/api/v1/changes").json()
    assert told["versions"][0] | {"since": ""} == {"version": "v1", "status": "beta", "since": "", "sunset_on": None}
    assert told["changes"]


# Amend and void


def test_an_amendment_keeps_both_versions_with_reason_and_actor(gate: Gate, client: Client, number: str) -> None:
    client.put(number, record())
    answer = client.post(f"/records/{number}/amendments", {"reason": "里程抄错", "record": record(repairmileage=48310)})
    assert answer.status_code == 200
    receipt = answer.json()
    assert (receipt["outcome"], receipt["version"]) == ("amended", 2)
    held = client.get(f"/records/{number}").json()
    assert [version["version"] for version in held["versions"]] == [2, 1]
    assert held["versions"][0]["reason"] == "里程抄错"
    assert held["versions"][0]["actor"] == gate.company_code
    assert held["record"]["repairmileage"] == "48310"
    repeated = client.post(f"/records/{number}/amendments", {"reason": "再发", "record": record(repairmileage=48310)})
    assert repeated.json()["outcome"] == "unchanged"


def test_a_void_is_repeatable_and_an_amendment_brings_the_record_back(client: Client, number: str) -> None:
    client.put(number, record())
    void = client.post(f"/records/{number}/void", {"reason": "录重了"})
    assert void.status_code == 200
    assert (void.json()["outcome"], void.json()["state"], void.json()["version"]) == ("voided", "void", 2)
    assert client.post(f"/records/{number}/void", {"reason": "再来一次"}).json() == void.json()
    again = client.put(number, record()).json()
    assert (again["outcome"], again["state"]) == ("unchanged", "void")
    assert [notice["code"] for notice in again["notices"]] == ["RECORD_IS_VOID"]
    back = client.post(f"/records/{number}/amendments", {"reason": "作废有误", "record": record()}).json()
    assert (back["outcome"], back["state"], back["version"]) == ("restored", "active", 3)


def test_a_reason_is_needed(client: Client, number: str) -> None:
    client.put(number, record())
    problem(client.post(f"/records/{number}/void", {}), 400, "MISSING_PARAMETER")
    problem(client.post(f"/records/{number}/void", {"reason": "长" * 201}), 400, "MALFORMED")
    problem(client.post(f"/records/{number}/amendments", {"reason": "x"}), 400, "MISSING_PARAMETER")


def test_records_of_others_are_unknown(shop: Client, client: Client, number: str) -> None:
    client.put(number, record())
    problem(shop.get(f"/records/{number}"), 404, "UNKNOWN_RECORD")
    problem(shop.post(f"/records/{number}/void", {"reason": "x"}), 404, "UNKNOWN_RECORD")
    problem(shop.post(f"/records/{number}/amendments", {"reason": "x", "record": record()}), 404, "UNKNOWN_RECORD")
    assert shop.put(number, record()).json()["outcome"] == "created"


# Read back


def test_pages_hold_every_record_once_newest_first(shop: Client) -> None:
    for number in range(5):
        shop.put(f"P-{number}", record(repairmileage=48000 + number))
    shop.put("P-1", record(repairmileage=50_000))
    shop.post("/records/P-2/void", {"reason": "录重了"})
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = shop.get("/records", **query).json()
        seen += [each["costlistcode"] for each in page["records"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["P-2", "P-1", "P-4", "P-3", "P-0"]
    assert [each["costlistcode"] for each in shop.get("/records", state="void").json()["records"]] == ["P-2"]
    assert len(shop.get("/records", received_from=today()).json()["records"]) == 5
    assert shop.get("/records", received_until=today()).json() == {"records": [], "next": None}


# Check


def test_a_check_judges_and_stores_nothing(client: Client, number: str) -> None:
    answer = client.post("/records/check", record(costlistcode=number, vin="LZZ1A2B3ZGA000123"))
    assert answer.status_code == 200
    checked = answer.json()
    assert checked["would"] == "create"
    assert [finding["pointer"] for finding in checked["findings"]] == ["/vin"]
    problem(client.get(f"/records/{number}"), 404, "UNKNOWN_RECORD")


def test_a_check_knows_what_we_hold_under_the_number(client: Client, number: str) -> None:
    client.put(number, record())
    assert client.post("/records/check", record(costlistcode=number)).json()["would"] == "unchanged"
    changed = record(costlistcode=number, repairmileage=1)
    assert client.post("/records/check", changed).json()["would"] == "amend"
    assert client.post("/records/check", {}).json()["would"] == "refuse"


def test_a_check_says_whether_the_mileage_fits_and_nothing_of_the_file(client: Client, shop: Client) -> None:
    vin = "LZZ1A2B34GA000124"
    for day, mileage in (("20250301", 40000), ("20250601", 45000), ("20250901", 50000)):
        client.put(f"M-{day}", record(vin=vin, repairdate=day, settledate=day, repairmileage=mileage))
    sent = record(costlistcode="M-9", vin=vin, repairmileage=5500)
    answer = shop.post("/records/check", sent)
    odometer = answer.json()["odometer"]
    assert odometer["verdict"] == "doubtful"
    assert [reason["code"] for reason in odometer["reasons"]] == ["below_earlier"]
    assert "50000" not in answer.text
    assert "2025" not in answer.text
    suggested = [each for each in answer.json()["suggestions"] if each["pointer"] == "/repairmileage"]
    assert suggested[0]["value"] == "55000"
    assert shop.post("/records/check", sent | {"repairmileage": 55000}).json()["odometer"]["verdict"] == "fits"


def test_a_check_knows_of_a_replaced_odometer(client: Client, shop: Client) -> None:
    vin = "LZZ1A2B36GA000125"
    for day, mileage, project in (("20250301", 40000, "更换机油"), ("20250601", 45000, "更换组合仪表")):
        projects = [{"repairproject": project, "workinghours": 1}]
        sent = record(vin=vin, repairdate=day, settledate=day, repairmileage=mileage, repairprojectlist=projects)
        client.put(f"I-{day}", sent)
    checked = shop.post("/records/check", record(costlistcode="I-9", vin=vin, repairmileage=900))

    assert checked.json()["odometer"]["verdict"] == "fits"


def test_a_check_tells_of_a_vehicle_without_a_file_what_it_tells_of_one_that_fits(shop: Client) -> None:
    sent = record(costlistcode="M-9", vin="LZZ1A2B30GA000122")
    assert shop.post("/records/check", sent).json()["odometer"] == {"verdict": "fits", "reasons": []}


def test_readings_of_one_vehicle_cannot_be_found_out_by_trying(shop: Client) -> None:
    verdicts = []
    for mileage in range(1000, 9000, 1000):
        sent = record(costlistcode="M-9", vin="LZZ1A2B32GA000128", repairmileage=mileage)
        verdicts.append(shop.post("/records/check", sent).json()["odometer"])
    assert [each["verdict"] for each in verdicts] == ["fits"] * 5 + ["not_judged"] * 3
    assert verdicts[-1]["reasons"][0]["code"] == "asked_too_often"


def test_a_shop_that_waits_for_its_review_learns_nothing_of_files(gate: Gate) -> None:
    pending = Client(f"{gate.url}/api/v1", make_secret(gate.database_url, gate.pending_code))
    odometer = pending.post("/records/check", record(costlistcode="M-9")).json()["odometer"]
    assert odometer["verdict"] == "not_judged"
    assert odometer["reasons"][0]["code"] == "not_approved"


# Strict


@pytest.fixture(scope="module")
def strict(make_database: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with (
        make_database() as url,
        gate_with_shops(url, tmp_path_factory.mktemp("strict"), CHEDANG_MODE="strict") as running,
    ):
        yield Client(f"{running.url}/api/v1", make_secret(url, running.company_code))


def test_a_strict_node_refuses_errors_and_unknown_members(strict: Client) -> None:
    told = problem(strict.put("T-1", record(vin="")), 422, "NOT_ACCEPTABLE")
    assert told["findings"][0]["pointer"] == "/vin"
    assert strict.post("/records/check", record(costlistcode="T-1", vin="")).json()["would"] == "refuse"
    told = problem(strict.put("T-1", record(ownername="x")), 422, "UNKNOWN_FIELD")
    assert "/ownername" in told["detail"]
    assert strict.put("T-1", record()).status_code == 201


def test_a_refused_request_leaves_its_key_free_for_the_corrected_one(strict: Client) -> None:
    key = {"Idempotency-Key": "corrected"}
    problem(strict.put("T-2", record(vin=""), **key), 422, "NOT_ACCEPTABLE")
    assert strict.put("T-2", record(), **key).status_code == 201


# Sandbox and the way there


def test_the_native_interface_is_in_the_sandbox_too(gate: Gate) -> None:
    answer = httpx.get(f"{gate.url}/sandbox/api/v1/records")
    problem(answer, 401, "BAD_TOKEN")


def test_operations_are_counted(gate: Gate, client: Client, number: str) -> None:
    client.put(number, record())
    metrics = httpx.get(f"{gate.url}/metrics").text
    assert 'chedang_gate_requests_total{dialect="native",operation="put",outcome="OK"}' in metrics


def test_a_client_that_breaks_off_hurts_nobody(gate: Gate, client: Client, number: str) -> None:
    head = f"PUT /api/v1/records/X HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.secret}\r\n"
    with socket.create_connection(("127.0.0.1", gate.port)) as broken:
        broken.sendall((head + "Content-Length: 100\r\n\r\n{").encode())
    assert client.put(number, record()).status_code == 201
