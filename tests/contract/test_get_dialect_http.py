"""Foshan's dialect over real sockets: request lines byte for byte as its clients write them."""

from __future__ import annotations

import json
import socket
from itertools import count
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chedang.gate.request_line import MAX_QUERY_BYTES
from tests.contract.conftest import PASSWORD, SHOP_NAME, Answer, Gate, read_answer
from tests.contract.test_province_http import stored

TOKEN_PATH = b"/api/getAccessToken.ashx"
RECORD_PATH = b"/api/upRepairInfo.ashx"
HEADER = {"date": "20260102", "time": "020000"}
OLD_JAVA = (
    b"accept: */*\r\nconnection: Keep-Alive\r\n"
    b"user-agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1;SV1)\r\nHost: 127.0.0.1:81\r\n\r\n"
)

_numbers = count(1)


def get(path: bytes, query: bytes, *, head: bytes = OLD_JAVA) -> bytes:
    return b"GET " + path + b"?" + query + b" HTTP/1.1\r\n" + head


def compact(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def record(token: str, **changes: Any) -> dict[str, Any]:
    body = {
        "vehicleplatenumber": "粤E12345",
        "vehicleplatecolor": "黑",
        "companyname": SHOP_NAME,
        "vin": "LXXAA11A3R1000017",
        "repairdate": "20260101",
        "repairmileage": "48210",
        "settledate": "20260102",
        "faultdescription": "发动机 漏油 100% #1缸 1+1",
        "costlistcode": f"FS{next(_numbers):06d}",
        "vehiclepartslist": [{"partsname": "机油", "partsquantity": "4.5", "partscode": "OIL-5W30"}],
        "repairprojectlist": [{"repairproject": "更换机油", "workinghours": "0.5"}],
    }
    return {"access_token": token, "header": HEADER, "body": body | changes}


@pytest.fixture(scope="module")
def token(gate: Gate) -> str:
    asked = {"header": HEADER, "body": {"companycode": gate.company_code, "companypassword": PASSWORD}}
    answer = gate.send(get(TOKEN_PATH, b"companydata=" + quote_plus(compact(asked)).encode()))
    return str(json.loads(answer.text)["access_token"])


def assert_stored(gate: Gate, document: dict[str, Any], answer: Answer) -> None:
    (version,) = stored(gate, document["body"]["costlistcode"])
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert answer.text == f'{{"code":"1","status":"新增成功","recordid":"{version.record_id.hex}"}}'
    assert version.text.plate_number == "粤E12345"
    assert version.text.fault_description == document["body"]["faultdescription"]
    assert version.text.parts[0].name == "机油"
    assert version.dialect == "ashx"
    assert version.findings == ()


def test_a_token_is_what_the_clients_of_this_city_know(gate: Gate, token: str) -> None:
    assert len(token) == 64
    assert token == token.upper()
    assert set(token) <= set("0123456789ABCDEF")


def test_the_old_client_writes_its_json_into_the_request_line(gate: Gate) -> None:
    asked = {"header": HEADER, "body": {"companycode": gate.company_code, "companypassword": PASSWORD}}
    answer = gate.send(get(TOKEN_PATH, b"companydata=" + compact(asked).encode()))
    document = record(json.loads(answer.text)["access_token"])
    answer = gate.send(get(RECORD_PATH, b"repairdata=" + compact(document).encode()))
    assert_stored(gate, document, answer)


def test_the_new_client_encodes_it(gate: Gate, token: str) -> None:
    document = record(token)
    assert_stored(gate, document, gate.send(get(RECORD_PATH, b"repairdata=" + quote_plus(compact(document)).encode())))


@pytest.mark.parametrize("is_raw", [False, True])
def test_a_machine_that_writes_gbk_is_understood(gate: Gate, token: str, is_raw: bool) -> None:
    document = record(token)
    value = compact(document).encode("gbk") if is_raw else quote_plus(compact(document), encoding="gbk").encode()
    assert_stored(gate, document, gate.send(get(RECORD_PATH, b"repairdata=" + value)))


@pytest.mark.parametrize("path", [b"/api/uprepairinfo.ashx", b"/API/UpRepairInfo.ASHX", b"/api/upRepairInfo.ashx/"])
def test_paths_are_taken_in_any_letter_case(gate: Gate, token: str, path: bytes) -> None:
    document = record(token)
    assert_stored(gate, document, gate.send(get(path, b"repairdata=" + compact(document).encode())))


@pytest.mark.parametrize("is_form", [False, True])
def test_a_post_to_the_same_path_is_taken(gate: Gate, token: str, is_form: bool) -> None:
    document = record(token)
    body = b"repairdata=" + quote_plus(compact(document)).encode() if is_form else compact(document).encode()
    head = b"POST " + RECORD_PATH + b" HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert_stored(gate, document, gate.send(head + body))


def test_two_records_follow_each_other_on_one_connection(gate: Gate, token: str) -> None:
    with socket.create_connection(("127.0.0.1", gate.port), timeout=30) as client:
        for _ in range(3):
            document = record(token)
            client.sendall(get(RECORD_PATH, b"repairdata=" + compact(document).encode()))
            assert_stored(gate, document, read_answer(client))


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_request_line_may_come_in_pieces(gate: Gate, token: str, size: int) -> None:
    document = record(token)
    raw = get(RECORD_PATH, b"repairdata=" + compact(document).encode())
    with socket.create_connection(("127.0.0.1", gate.port), timeout=30) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(raw), size):
            client.sendall(raw[at : at + size])
        assert_stored(gate, document, read_answer(client))


@pytest.mark.parametrize("is_raw", [False, True])
@pytest.mark.parametrize("length", [64 * 1024, MAX_QUERY_BYTES])
def test_a_request_line_of_64_kib_and_more_is_taken(gate: Gate, token: str, length: int, is_raw: bool) -> None:
    document = record(token)
    write = (lambda: compact(document)) if is_raw else (lambda: quote_plus(compact(document)))
    rows = document["body"]["vehiclepartslist"]
    while len(write().encode()) < length - 1_000:
        rows += [{"partsname": "机油滤清器", "partsquantity": "1", "partscode": f"C{len(rows)}"}] * 3
    padding = length - len(b"repairdata=") - len(write().encode())
    document["body"]["costlistcode"] += "0"
    document["body"]["companyname"] = SHOP_NAME + " " * (padding - 1)
    query = b"repairdata=" + write().encode()
    assert len(query) == length
    answer = gate.send(get(RECORD_PATH, query))
    assert json.loads(answer.text)["code"] == "1"
    (version,) = stored(gate, document["body"]["costlistcode"])
    assert len(version.text.parts) == min(len(rows), 500)


@pytest.mark.parametrize("excess", [1, 20_000, 3 * 1024 * 1024])
def test_a_longer_request_line_gets_a_clear_answer(gate: Gate, token: str, excess: int) -> None:
    query = b"repairdata={".ljust(MAX_QUERY_BYTES + excess, b"x")
    answer = gate.send(get(RECORD_PATH, query))
    assert (answer.status, json.loads(answer.text)["code"]) == (200, "-2")
    assert "256KB" in answer.text


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        pytest.param(b"GET /api/upRepairInfo.ashx?repairdata={} \r\n\r\n", 400, id="no version"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, id="TLS"),
        pytest.param(b"hello\r\n\r\n", 400, id="no HTTP"),
        pytest.param(b"G\x00T / HTTP/1.1\r\n\r\n", 400, id="a zero"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"x: " + b"y" * 600_000, 431, id="an endless head"),
    ],
)
def test_what_is_no_http_is_told_so(gate: Gate, raw: bytes, status: int) -> None:
    assert gate.send(raw).status == status


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        pytest.param(TOKEN_PATH, b"", "-1", id="no parameter"),
        pytest.param(TOKEN_PATH, b"companydata={}", "-1", id="no parameters inside"),
        pytest.param(
            TOKEN_PATH, b'companydata={"companycode":"330106999999999","companypassword":"x"}', "-10", id="who"
        ),
        pytest.param(RECORD_PATH, b'repairdata={"access_token":"0","body":{"vin":"1"}}', "-12", id="token 0"),
        pytest.param(RECORD_PATH, b'repairdata={"access_token":', "-2", id="cut off"),
        pytest.param(RECORD_PATH, b"repairdata=%7B%22%", "-2", id="cut in an escape"),
    ],
)
def test_refusals_come_as_objects(gate: Gate, path: bytes, query: bytes, code: str) -> None:
    answer = gate.send(get(path, query))
    assert (answer.status, json.loads(answer.text)["code"]) == (200, code)


def test_the_same_token_serves_the_provincial_dialect_too(gate: Gate, token: str) -> None:
    document = record(gate.token())
    answer = gate.send(get(RECORD_PATH, b"repairdata=" + compact(document).encode()))
    assert_stored(gate, document, answer)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.binary(max_size=300).filter(lambda value: b"\n" not in value))
def test_no_bytes_in_the_request_line_ever_break_the_gate(gate: Gate, value: bytes) -> None:
    answer = gate.send(get(RECORD_PATH, b"repairdata=" + value))
    assert (answer.status, json.loads(answer.text)["code"] in {"-1", "-2"}) == (200, True)
    assert httpx.get(f"{gate.url}/healthz").status_code == 200
