"""Chengdu's dialect over real sockets: the conversation of its client, byte for byte."""

from __future__ import annotations

import json
import time
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chedang.enterprises import store
from chedang.platform.database import connect
from tests.contract.conftest import PASSWORD, SHOP_NAME, Answer, Gate
from tests.contract.test_province_http import stored

_numbers = count(12_345_678)


def post(gate: Gate, operation: str, info: dict[str, Any]) -> Answer:
    """As a .NET HttpClient with a StringContent of text/html sends it."""
    document = {"transaction": {"header": {"date": "20260102", "time": "020000"}, "body": {"reqInfo": info}}}
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    head = f"POST /carhealth/{operation} HTTP/1.1\r\nContent-Type: text/html\r\nHost: 127.0.0.1\r\n"
    return gate.send(head.encode() + b"Content-Length: %d\r\nConnection: Keep-Alive\r\n\r\n" % len(body) + body)


def read(answer: Answer) -> dict[str, str]:
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert len(answer.text) <= 200
    return dict(json.loads(answer.text)["respInfo"])


def record(token: str, **basic: Any) -> dict[str, Any]:
    return {
        "access_token": token,
        "basicInfo": {
            "vehicleplatenumber": "川A12345",
            "vin": "LXXAA11A3R1000017",
            "companyname": SHOP_NAME,
            "repairdate": "20260102",
            "repairmileage": 48210,
            "faultdescription": "车主自行保养",
            "settledate": "20260102",
            "costlistcode": next(_numbers),
        }
        | basic,
        "vehiclepartslist": [{"partsname": "机油", "partscode": "OL-XX-01|5", "partsquantity": 4}],
        "repairprojectlist": [{"repairproject": "更换机油", "workinghours": 0.5}],
    }


@pytest.fixture(scope="module")
def token(gate: Gate) -> str:
    return read(post(gate, "token", {"companycode": gate.company_code, "companypassword": PASSWORD}))["access_token"]


def test_the_clock_is_a_plain_number_that_a_json_formatter_reads(gate: Gate) -> None:
    before = time.time_ns() // 1_000_000
    answer = gate.send(b"GET /time HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert before <= int(answer.text) <= time.time_ns() // 1_000_000


def test_a_shop_registers_in_chinese_words_fetches_a_token_and_uploads(gate: Gate) -> None:
    info = {
        "companyname": "成都青禾汽车维修有限公司",
        "companypassword": "11111111-2222-3333-4444-555555555555",
        "companyroadtransportationlicense": "510104000777",
        "companyunifiedsocialcreditidentifier": "",
        "companyaddress": "示例路1号",
        "companypostalcode": "610000",
        "companyeconomiccategory": "个体自营",
        "companycategory": "二类",
        "companylinkmanname": "示例",
        "companylinkmantel": "",
        "companysuperintendentname": "示例",
        "companysuperintendenttel": "",
        "companybusinessscope": "小型车维修",
        "roadtransportationlicensestartdate": "20160101",
        "roadtransportationlicenseenddate": "99990909",
        "companyoperationstate": "营业",
        "companyadministrativedivisioncode": "510104",
        "companyemail": "shop@example.com",
    }
    registered = read(post(gate, "register", info))
    assert registered["code"] == "1"
    assert read(post(gate, "register", info)) == registered
    with connect(gate.database_url) as connection:
        shop = store.find_by_code(connection, registered["companycode"])
    assert shop is not None
    assert (shop.economic_category_code, shop.category_code, shop.operation_state_code) == ("175", "02", "1")
    login = {"companycode": registered["companycode"], "companypassword": info["companypassword"]}
    token = read(post(gate, "token", login))["access_token"]
    assert len(token) == 32
    assert read(post(gate, "record", record(token)))["status"] == "新增成功"


def test_a_record_is_answered_byte_for_byte_as_the_client_expects(gate: Gate, token: str) -> None:
    document = record(token)
    answer = post(gate, "record", document)
    (version,) = stored(gate, str(document["basicInfo"]["costlistcode"]))
    assert answer.text == f'{{"respInfo":{{"code":"1","status":"新增成功","recordid":"{version.record_id.hex}"}}}}'
    assert version.text.mileage == "48210"
    assert (version.findings, version.dialect) == ((), "carhealth")
    assert post(gate, "record", document).text == answer.text


@pytest.mark.parametrize(
    ("operation", "info", "code"),
    [
        ("token", {}, "-1"),
        ("token", {"companycode": "330106999999999", "companypassword": "x"}, "-10"),
        ("record", {"access_token": None, "basicInfo": {"vin": "1"}}, "-12"),
        ("record", {"access_token": "0", "basicInfo": []}, "-2"),
        ("register", {}, "-1"),
    ],
)
def test_refusals_come_in_the_same_wrapper(gate: Gate, operation: str, info: dict[str, Any], code: str) -> None:
    assert read(post(gate, operation, info))["code"] == code


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operation=st.sampled_from(["register", "token", "record"]), body=st.binary(max_size=400))
def test_no_bytes_ever_break_the_gate(gate: Gate, operation: str, body: bytes) -> None:
    head = f"POST /carhealth/{operation} HTTP/1.1\r\nContent-Type: text/html\r\nHost: x\r\n"
    answer = gate.send(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert read(answer)["code"] in {"-1", "-2"}
