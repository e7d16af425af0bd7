"""Chengdu's dialect, pure: four wrappers around what its clients send, one around what they read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.enterprises.rules import read_registration
from chedang.intake.dialect import JSON_UTF8, Wire
from chedang.intake.dialects import carhealth
from chedang.intake.outcomes import (
    ClockRead,
    EnterpriseRegistered,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    TokenIssued,
)
from chedang.records.model import PartText, ProjectText, RecordText
from chedang.terms.dates import parse_day

TOKEN = "0000000100aaaa" + "0" * 18
HEADER = {"date": "20260914", "time": "020000"}
RECORD = {
    "access_token": TOKEN,
    "basicInfo": {
        "vehicleplatenumber": "川A12345",
        "vin": "LXXAA11A5R1000017",
        "companyname": "成都青禾汽车维修有限公司",
        "repairdate": "20260914",
        "repairmileage": 48210,
        "faultdescription": "车主自行保养",
        "settledate": "20260914",
        "costlistcode": 12345678,
    },
    "vehiclepartslist": [{"partsname": "机油", "partscode": "OL-XX-01|5", "partsquantity": 4}],
    "repairprojectlist": [{"repairproject": "更换机油", "workinghours": 49.00}],
}
EXPECTED = RecordText(
    company_name="成都青禾汽车维修有限公司",
    vin="LXXAA11A5R1000017",
    plate_number="川A12345",
    repair_date="20260914",
    mileage="48210",
    settle_date="20260914",
    fault_description="车主自行保养",
    settlement_list_number="12345678",
    parts=(PartText("机油", "OL-XX-01|5", "4"),),
    projects=(ProjectText("更换机油", "49.0"),),
)
REGISTRATION = {
    "companyname": "成都青禾汽车维修有限公司",
    "companypassword": "example-password",
    "companyroadtransportationlicense": "510104000001",
    "companyunifiedsocialcreditidentifier": "",
    "companyaddress": "示例路1号",
    "companypostalcode": "610000",
    "companyeconomiccategory": "个体自营",
    "companycategory": "一类",
    "companylinkmanname": "示例",
    "companylinkmantel": "",
    "companysuperintendentname": "示例",
    "companysuperintendenttel": "",
    "companybusinessscope": "小型车维修",
    "roadtransportationlicensestartdate": "20200101",
    "roadtransportationlicenseenddate": "99990909",
    "companyoperationstate": "营业",
    "companyadministrativedivisioncode": "510104",
    "companyemail": "shop@example.com",
}


def wrapped(info: object, **beside: Any) -> Wire:
    transaction = {"header": HEADER, "body": {"reqInfo": info} | beside}
    return Wire(json.dumps({"transaction": transaction}, ensure_ascii=False).encode(), content_type="text/html")


def text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(wrapped(RECORD), id="as its client sends it"),
        pytest.param(wrapped(text(RECORD)), id="reqInfo as JSON text"),
        pytest.param(
            wrapped(RECORD | {name: text(RECORD[name]) for name in RECORD if name != "access_token"}),
            id="members as JSON text",
        ),
        pytest.param(Wire(text({"header": HEADER, "body": {"reqInfo": RECORD}}).encode()), id="no transaction"),
        pytest.param(Wire(text({"reqInfo": RECORD}).encode()), id="reqInfo alone"),
        pytest.param(Wire(text(RECORD).encode()), id="nothing around it"),
        pytest.param(
            Wire(text({"Transaction": {"Header": HEADER, "Body": {"ReqInfo": RECORD}}}).encode()), id="other cases"
        ),
    ],
)
def test_every_way_to_write_the_same_record_is_the_same_record(wire: Wire) -> None:
    request = carhealth.parse_upload(wire)
    assert request.token == TOKEN
    assert request.text == EXPECTED
    assert (request.dropped_fields, request.unknown_fields, request.extras) == (0, (), ())


def test_strangers_at_any_depth_are_counted_and_named() -> None:
    basic = RECORD["basicInfo"] | {"vehicleowner": "某人"}  # type: ignore[operator]
    request = carhealth.parse_upload(wrapped(RECORD | {"basicInfo": basic, "gd_id": 1}, respInfo={}))
    assert request.text == EXPECTED
    assert request.dropped_fields == 3
    assert request.unknown_fields == ("gd_id", "respInfo", "vehicleowner")


def test_a_token_request_is_read() -> None:
    request = carhealth.parse_token(wrapped({"companycode": "510104000000001", "companypassword": " a b "}))
    assert (request.company_code, request.password) == ("510104000000001", " a b ")


def test_a_registration_in_chinese_words_means_the_same_codes() -> None:
    request = carhealth.parse_registration(wrapped(REGISTRATION))
    assert (request.dropped_fields, request.unknown_fields) == (0, ())
    today = parse_day("20260914")
    assert today is not None
    registration, findings = read_registration(request.text, today=today)
    assert registration is not None
    assert registration.economic_category_code == "175"
    assert registration.category_code == "01"
    assert registration.operation_state_code == "1"
    assert registration.license_end_on is None
    assert {finding.code for finding in findings} == {"CREDIT_CODE_EMPTY"}


def test_the_form_of_the_portal_and_its_misspellings_are_read_and_strangers_named() -> None:
    info = REGISTRATION | {
        "companyaddress": {"address": "示例路1号"},
        "companyeconomicategory": "150",
        "companysupereintendenttel": "示例电话",
        "support": "示例服务商",
        "corporatetel": "示例电话",
        "companyaddresspoint": "104.06,30.57",
        "roadtransportationlicensestartdate": "2020-01-01 00:00",
        "roadtransportationlicenseenddate": "9999-09-09 00:00",
        "photo": "x",
    }
    del info["companyeconomiccategory"]
    request = carhealth.parse_registration(wrapped(info))
    assert request.text.economic_category == "150"
    assert request.text.superintendent_phone == "示例电话"
    assert request.text.address == "示例路1号"
    assert request.dropped_fields == 4
    assert request.unknown_fields == ("photo",)
    today = parse_day("20260914")
    assert today is not None
    registration, _ = read_registration(request.text, today=today)
    assert registration is not None
    assert (registration.license_start_on, registration.license_end_on) == (parse_day("20200101"), None)


def test_the_right_spelling_goes_before_the_wrong_one() -> None:
    request = carhealth.parse_registration(wrapped(REGISTRATION | {"companyeconomicategory": "150"}))
    assert request.text.economic_category == "个体自营"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"", RefusalKind.MALFORMED),
        (b"[]", RefusalKind.MALFORMED),
        (b'{"transaction":1}', RefusalKind.MALFORMED),
        (b'{"transaction":{"body":{"reqInfo":"{"}}}', RefusalKind.MALFORMED),
        (b'{"transaction":{"body":{"reqInfo":{}}}}', RefusalKind.MISSING_PARAMETER),
    ],
)
def test_what_can_never_be_used_is_refused(raw: bytes, kind: RefusalKind) -> None:
    with pytest.raises(Refused) as refused:
        carhealth.parse_token(Wire(raw))
    assert refused.value.refusal.kind is kind


@pytest.mark.parametrize(
    ("outcome", "written"),
    [
        (
            TokenIssued(TOKEN),
            f'{{"respInfo":{{"code":"1","status":"获取成功","access_token":"{TOKEN}","accsss_token":"{TOKEN}"}}}}',
        ),
        (
            RecordAccepted("ab" * 16, is_new=True),
            '{"respInfo":{"code":"1","status":"新增成功","recordid":"' + "ab" * 16 + '"}}',
        ),
        (
            EnterpriseRegistered("510104000000001"),
            '{"respInfo":{"code":"1","status":"注册成功，待审核","companycode":"510104000000001"}}',
        ),
        (Refusal(RefusalKind.WRONG_PASSWORD), '{"respInfo":{"code":"-11","status":"密码错误。请核对密码"}}'),
    ],
)
def test_answers_are_those_its_clients_read(outcome: Any, written: str) -> None:
    assert carhealth.answer("record", None, outcome).body.decode() == written


def test_the_clock_is_a_number_as_json() -> None:
    answer = carhealth.answer("time", None, ClockRead(1_789_347_600_123))
    assert (answer.body, answer.content_type) == (b"1789347600123", JSON_UTF8)


@pytest.mark.parametrize("kind", RefusalKind)
def test_every_refusal_has_a_code_and_a_short_chinese_sentence(kind: RefusalKind) -> None:
    body = carhealth.answer("record", None, Refusal(kind, "vin'\"\\\n" * 100)).body.decode()
    info = json.loads(body)["respInfo"]
    assert info["code"].startswith("-")
    assert info["status"].startswith(kind.sentence)
    assert len(body) <= 200
    assert "'" not in body


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["transaction", "header", "body", "reqInfo", "basicInfo", "vehiclepartslist", "vin", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(raw=st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_document_ever_breaks_it(raw: bytes) -> None:
    for parse in (carhealth.parse_upload, carhealth.parse_token, carhealth.parse_registration):
        try:
            parse(Wire(raw))
        except Refused as refused:
            answer = carhealth.answer("record", None, refused.refusal)
            assert json.loads(answer.body)["respInfo"]["code"] in {"-1", "-2"}
