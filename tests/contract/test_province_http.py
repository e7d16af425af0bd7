"""The provincial dialect over real HTTP: the twelve rules that satisfy every client found in the field."""

from __future__ import annotations

import gzip
import json
import socket
from itertools import count
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chedang.platform.database import connect
from chedang.records.model import StoredVersion
from chedang.records.store import read_company_records, read_file
from tests.contract.conftest import PASSWORD, SHOP_NAME, Gate, read_answer

ADD = "lcipprocarfixrecordadd"
TOKEN = "lcipprogetaccesstoken"
REGISTER = "lcipproaccountcompany"
VIN = "LXXAA11A3R1000017"

_numbers = count(1)


def record(token: str | None, **basic: Any) -> dict[str, Any]:
    number = f"JS{next(_numbers):06d}"
    return {
        "access_token": token,
        "basicInfo": {
            "vehicleplatenumber": "浙A12345",
            "companyname": SHOP_NAME,
            "vin": VIN,
            "repairdate": "20260101",
            "repairmileage": "48210",
            "settledate": "20260102",
            "faultdescription": "更换机油",
            "costlistcode": number,
        }
        | basic,
        "vehiclepartslist": [{"partsname": "机油", "partsquantity": "4.5", "partscode": "OIL-5W30"}],
        "repairprojectlist": [{"repairproject": "更换机油", "workinghours": "0.5"}],
    }


def encoded(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def request(gate: Gate, body: bytes, *header_lines: str, operation: str = ADD, suffix: str = "") -> bytes:
    lines = [f"POST {gate.path(operation)}{suffix} HTTP/1.1", "Host: 127.0.0.1", *header_lines]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def stored(gate: Gate, number: str) -> list[StoredVersion]:
    with connect(gate.database_url) as connection:
        records = read_company_records(connection, gate.company_code)
        found = [one for one in records if one.settlement_list_number == number]
        return (
            [one for one in read_file(connection, found[0].vin) if one.record_id == found[0].record_id] if found else []
        )


@pytest.fixture(scope="module")
def token(gate: Gate) -> str:
    return gate.token()


def test_an_upload_is_answered_byte_for_byte_as_the_clients_expect(gate: Gate, token: str) -> None:
    document = record(token)
    answer = gate.send(
        request(gate, encoded(document), f"Content-Length: {len(encoded(document))}", "Content-Type: application/json")
    )
    (version,) = stored(gate, document["basicInfo"]["costlistcode"])
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert "content-encoding" not in answer.headers
    assert answer.text == f'{{"code":"1","status":"新增成功","recordid":"{version.record_id.hex}"}}'
    assert version.findings == ()


def test_a_token_answer_has_both_spellings_and_leaves_older_tokens_alive(gate: Gate) -> None:
    first = httpx.post(
        gate.url + gate.path(TOKEN), json={"companycode": gate.company_code, "companypassword": PASSWORD}
    )
    assert first.json()["access_token"] == first.json()["accsss_token"]
    assert len(first.json()["access_token"]) == 32
    assert first.json() | {"access_token": "", "accsss_token": ""} == {
        "code": "1",
        "status": "获取成功",
        "access_token": "",
        "accsss_token": "",
    }
    gate.token()
    assert gate.post(ADD, encoded(record(first.json()["access_token"]))).json()["code"] == "1"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(["Content-Type: application/json; charset=UTF-8"], id="json with charset"),
        pytest.param(["Content-Type: text/plain; charset=utf-8"], id="text/plain"),
        pytest.param(["Content-Type: text/html"], id="text/html"),
        pytest.param(["Content-Type: application/json", "Content-Type: application/json"], id="content type twice"),
        pytest.param([], id="no content type"),
        pytest.param(["User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"], id="an old user agent"),
    ],
)
@pytest.mark.parametrize("suffix", ["", "/"])
def test_any_content_type_and_a_trailing_slash_are_taken(
    gate: Gate, token: str, headers: list[str], suffix: str
) -> None:
    body = encoded(record(token))
    answer = gate.send(request(gate, body, f"Content-Length: {len(body)}", *headers, suffix=suffix))
    assert (answer.status, json.loads(answer.text)["code"]) == (200, "1")


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(gate: Gate, token: str) -> None:
    body = encoded(record(token))
    with socket.create_connection(("127.0.0.1", gate.port), timeout=30) as client:
        client.sendall(request(gate, b"", f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert client.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        client.sendall(body)
        assert json.loads(read_answer(client).text)["code"] == "1"


def test_a_chunked_body_is_taken(gate: Gate, token: str) -> None:
    body = encoded(record(token))
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(body[at : at + 100]), body[at : at + 100]) for at in range(0, len(body), 100)
    )
    answer = gate.send(request(gate, chunks + b"0\r\n\r\n", "Transfer-Encoding: chunked"))
    assert json.loads(answer.text)["code"] == "1"


def test_nothing_is_ever_compressed(gate: Gate, token: str) -> None:
    answer = gate.post(ADD, encoded(record(token)), **{"Accept-Encoding": "gzip,deflate"})
    assert "content-encoding" not in answer.headers


def test_a_connection_serves_several_requests(gate: Gate, token: str) -> None:
    with httpx.Client() as client:
        for _ in range(3):
            assert client.post(gate.url + gate.path(ADD), content=encoded(record(token))).json()["code"] == "1"


def test_json_text_inside_json_and_numbers_for_text_are_the_same_record(gate: Gate, token: str) -> None:
    document = record(token, repairmileage=48210)
    plain = gate.post(ADD, encoded(document | {"basicInfo": document["basicInfo"] | {"repairmileage": "48210"}})).json()
    nested = {name: value if name == "access_token" else json.dumps(value) for name, value in document.items()}
    assert gate.post(ADD, encoded(nested)).json() == plain
    assert len(stored(gate, document["basicInfo"]["costlistcode"])) == 1


def test_a_repeat_is_success_again_and_a_change_is_a_new_version(gate: Gate, token: str) -> None:
    document = record(token)
    first, again = (gate.post(ADD, encoded(document)).json() for _ in range(2))
    document["basicInfo"]["faultdescription"] = "更换机油和机滤"
    changed = gate.post(ADD, encoded(document)).json()
    assert first == again == changed
    assert [one.version for one in stored(gate, document["basicInfo"]["costlistcode"])] == [1, 2]


@pytest.mark.parametrize(
    ("basic", "codes"),
    [
        ({"vin": ""}, {"VIN_EMPTY"}),
        ({"vin": "无"}, {"VIN_PLACEHOLDER"}),
        ({"vin": "浙A12345"}, {"VIN_IS_PLATE"}),
        ({"vehicleplatenumber": "N/A"}, {"PLATE_PLACEHOLDER"}),
        ({"repairdate": "N/A"}, {"REPAIR_DATE_MISSING"}),
        ({"repairdate": "20260101 "}, set()),
        ({"repairmileage": "20260101"}, {"MILEAGE_IS_DATE"}),
        ({"faultdescription": "-"}, {"FAULT_PLACEHOLDER"}),
        ({"companyname": "别家汽车维修有限公司"}, {"NAME_MISMATCH"}),
        ({"settledate": "20251231"}, {"SETTLED_BEFORE_REPAIR"}),
    ],
)
def test_a_faulty_record_is_stored_and_its_faults_are_marked_field_by_field(
    gate: Gate, token: str, basic: dict[str, str], codes: set[str]
) -> None:
    document = record(token, **basic)
    assert gate.post(ADD, encoded(document)).json()["status"] == "新增成功"
    (version,) = stored(gate, document["basicInfo"]["costlistcode"])
    assert {finding.code for finding in version.findings} == codes
    assert all(finding.field.rsplit("/", 1)[1] in basic for finding in version.findings)


def test_fields_beyond_the_standard_are_accepted_counted_and_not_kept(gate: Gate, token: str) -> None:
    document = record(token, vehicleowner="某某", vehicleplatecolor="黑")
    assert gate.post(ADD, encoded(document)).json()["code"] == "1"
    (version,) = stored(gate, document["basicInfo"]["costlistcode"])
    assert "某某" not in repr(version)
    metrics = httpx.get(f"{gate.url}/metrics").text
    dropped = next(line for line in metrics.splitlines() if line.startswith("chedang_gate_dropped_fields_total"))
    assert float(dropped.split()[1]) >= 2


def test_a_pending_shop_may_upload(gate: Gate) -> None:
    document = record(gate.token(gate.pending_code), companyname="杭州待审汽车维修有限公司")
    assert gate.post(ADD, encoded(document)).json()["code"] == "1"


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        pytest.param(TOKEN, b'{"companycode":"330106999999999","companypassword":"x"}', "-10", id="unknown company"),
        pytest.param(TOKEN, b'{"companycode":"330106999999999"}', "-1", id="no password"),
        pytest.param(TOKEN, b"{}", "-1", id="no parameters"),
        pytest.param(TOKEN, b"", "-2", id="no body"),
        pytest.param(TOKEN, b"companycode=1", "-2", id="a form"),
        pytest.param(ADD, b'{"access_token":"x","repairprojectlist":]}', "-2", id="malformed JSON"),
        pytest.param(ADD, b"[]", "-2", id="a list"),
        pytest.param(ADD, b'{"access_token":"0","basicInfo":{"vin":"1"}}', "-12", id="token 0"),
        pytest.param(ADD, b'{"access_token":null,"basicInfo":{"vin":"1"}}', "-12", id="token null"),
        pytest.param(ADD, b'{"access_token":"%s","basicInfo":{"vin":"1"}}' % (b"0" * 32), "-12", id="made-up token"),
        pytest.param(ADD, gzip.compress(b"{}"), "-2", id="compressed"),
        pytest.param(REGISTER, b"{}", "-1", id="empty registration"),
        pytest.param(REGISTER, b'{"companyname":', "-2", id="registration cut off"),
    ],
)
def test_what_can_never_be_used_gets_a_clear_answer_in_the_dialects_shape(
    gate: Gate, operation: str, body: bytes, code: str
) -> None:
    answer = gate.post(operation, body)
    assert answer.status_code == 200
    assert answer.json()["code"] == code
    assert answer.json()["status"]
    assert len(answer.text) <= 200


def test_a_wrong_password_is_told_and_guessing_is_stopped_without_stopping_the_shop(gate: Gate) -> None:
    gate.token(gate.pending_code)
    guess = encoded({"companycode": gate.pending_code, "companypassword": "wrong"})
    assert [gate.post(TOKEN, guess).json()["code"] for _ in range(11)] == ["-11"] * 10 + ["-16"]
    assert gate.token(gate.pending_code)


def test_the_token_decides_whose_record_it_is(gate: Gate, token: str) -> None:
    document = record(gate.token(gate.pending_code), companyname=SHOP_NAME)
    assert gate.post(ADD, encoded(document)).json()["code"] == "1"
    assert stored(gate, document["basicInfo"]["costlistcode"]) == []
    with connect(gate.database_url) as connection:
        (mine, *_) = read_company_records(connection, gate.pending_code, limit=1)
    assert [finding.code for finding in mine.findings] == ["NAME_MISMATCH"]


def test_an_empty_record_is_refused(gate: Gate, token: str) -> None:
    assert gate.post(ADD, encoded({"access_token": token})).json()["code"] == "-1"


def test_a_megabyte_of_text_is_taken_and_kept_cut(gate: Gate, token: str) -> None:
    document = record(token, faultdescription="修" * 1_000_000)
    assert gate.post(ADD, encoded(document)).json()["code"] == "1"
    (version,) = stored(gate, document["basicInfo"]["costlistcode"])
    assert "TEXT_CUT" in {finding.code for finding in version.findings}
    assert len(version.text.fault_description) < 10_000


@pytest.mark.parametrize("row", ["{}", '{"partsname":"a"}', "1", '[""]'])
def test_a_million_rows_get_a_clear_answer(gate: Gate, token: str, row: str) -> None:
    body = f'{{"access_token":"{token}","basicInfo":{{"vin":"x"}},"vehiclepartslist":['.encode()
    body += ",".join([row] * 1_000_000).encode()[: 15 * 1024 * 1024] + b"]}"
    answer = gate.post(ADD, body)
    assert (answer.status_code, answer.json()["code"]) == (200, "-2")


def test_a_body_over_sixteen_mebibytes_gets_a_clear_answer(gate: Gate) -> None:
    answer = gate.post(ADD, b'{"a":"' + b"x" * (17 * 1024 * 1024) + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (200, "-2")
    assert "16MB" in answer.json()["status"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-1", "1e400", "9" * 5000, "true", "null", "[]", "{}"])
def test_odd_numbers_never_break_the_answer(gate: Gate, token: str, number: str) -> None:
    document = encoded(record(token, repairmileage="@", costlistcode=f"ODD{number[:20]}"))
    answer = gate.post(ADD, document.replace(b'"@"', number.encode()))
    assert (answer.status_code, answer.json()["code"]) == (200, "1")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_of_any_element_ever_breaks_the_answer(gate: Gate, token: str, data: st.DataObject) -> None:
    scalar = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=60),
        st.just("20260101"),
        st.lists(st.integers(), max_size=2),
    )
    names = [
        "vin",
        "vehicleplatenumber",
        "repairdate",
        "repairmileage",
        "settledate",
        "faultdescription",
        "costlistcode",
    ]
    document = record(token, **data.draw(st.dictionaries(st.sampled_from(names), scalar)))
    document["vehiclepartslist"] = data.draw(
        st.lists(st.dictionaries(st.sampled_from(["partsname", "partscode", "partsquantity"]), scalar), max_size=3)
    )
    document["repairprojectlist"] = data.draw(
        st.lists(st.dictionaries(st.sampled_from(["repairproject", "workinghours"]), scalar), max_size=3)
    )
    answer = gate.post(ADD, json.dumps(document).encode())
    assert answer.status_code == 200
    assert answer.json()["code"] == "1"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operation=st.sampled_from([ADD, TOKEN, REGISTER]), body=st.binary(max_size=500))
def test_no_bytes_ever_break_the_gate(gate: Gate, operation: str, body: bytes) -> None:
    answer = gate.post(operation, body)
    assert answer.status_code == 200
    assert answer.json()["code"] in {"-1", "-2"}


def test_a_shop_registers_waits_for_review_and_a_retry_gets_the_same_code(gate: Gate) -> None:
    registration = {
        "companyname": "杭州新禾汽车维修有限公司",
        "companypassword": "example-password-2",
        "companyroadtransportationlicense": "330106777777",
        "companyadministrativedivisioncode": "330106",
        "companycategory": "02",
        "companyemail": "shop@example.com",
    }
    first = gate.post(REGISTER, encoded(registration)).json()
    assert first["code"] == "1"
    assert len(first["companycode"]) == 15
    assert gate.post(REGISTER, encoded(registration)).json() == first
    other = gate.post(REGISTER, encoded(registration | {"companypassword": "another-password"})).json()
    assert other["code"] == "-15"
    assert "companycode" not in other


def test_registering_again_is_no_way_to_guess_a_password(gate: Gate) -> None:
    registration = {
        "companyname": "杭州猜测汽车维修有限公司",
        "companypassword": "example-password-3",
        "companyroadtransportationlicense": "330106888888",
        "companyadministrativedivisioncode": "330106",
    }
    assert gate.post(REGISTER, encoded(registration)).json()["code"] == "1"
    guess = encoded(registration | {"companypassword": "another-password"})
    assert [gate.post(REGISTER, guess).json()["code"] for _ in range(11)] == ["-15"] * 10 + ["-16"]


def test_an_unknown_operation_is_told_in_the_same_shape(gate: Gate) -> None:
    answer = gate.post("lcipprounknown", b"{}")
    assert answer.status_code == 404
    assert answer.json() == {"code": "-3", "status": "接口不存在。请核对接口地址"}


def test_answers_without_a_body_arrive_too(gate: Gate) -> None:
    answer = gate.send(b"HEAD /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", has_body=False)
    assert answer.status == 404


def test_the_gate_tells_its_health_and_its_counts(gate: Gate) -> None:
    assert httpx.get(f"{gate.url}/healthz").text == "ok"
    assert httpx.get(f"{gate.url}/readyz").text == "ok"
    assert "chedang_gate_requests_total" in httpx.get(f"{gate.url}/metrics").text
