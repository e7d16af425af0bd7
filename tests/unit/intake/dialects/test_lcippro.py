"""The provincial dialect, pure: what its clients send is understood, what they read is what they get."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chedang.intake.dialects import lcippro
from chedang.intake.outcomes import (
    EnterpriseRegistered,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    TokenIssued,
)
from chedang.records.model import PartText, ProjectText, RecordText

TOKEN = "0000000100aaaa" + "0" * 18

BASIC = {
    "vehicleplatenumber": "浙A12345",
    "companyname": "杭州青禾汽车维修有限公司",
    "vin": "LXXAA11A5R1000017",
    "repairdate": "20260913",
    "repairmileage": "48210",
    "settledate": "20260914",
    "faultdescription": "更换机油",
    "costlistcode": "JS20260914001",
}
PARTS = [{"partsname": "机油", "partsquantity": "4.5", "partscode": "OIL-5W30"}]
PROJECTS = [{"repairproject": "更换机油", "workinghours": "0.5"}]
EXPECTED = RecordText(
    company_name="杭州青禾汽车维修有限公司",
    vin="LXXAA11A5R1000017",
    plate_number="浙A12345",
    repair_date="20260913",
    mileage="48210",
    settle_date="20260914",
    fault_description="更换机油",
    settlement_list_number="JS20260914001",
    parts=(PartText("机油", "OIL-5W30", "4.5"),),
    projects=(ProjectText("更换机油", "0.5"),),
)


def body(**changes: Any) -> bytes:
    members = {"access_token": TOKEN, "basicInfo": BASIC, "vehiclepartslist": PARTS, "repairprojectlist": PROJECTS}
    return json.dumps(members | changes, ensure_ascii=False).encode()


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(body(), id="objects and lists"),
        pytest.param(
            body(basicInfo=as_json(BASIC), vehiclepartslist=as_json(PARTS), repairprojectlist=as_json(PROJECTS)),
            id="JSON text inside JSON",
        ),
        pytest.param(as_json(body().decode()).encode(), id="the whole body as JSON text"),
        pytest.param(body(basicInfo=BASIC | {"repairmileage": 48210}), id="mileage as a number"),
        pytest.param(
            body(
                vehiclepartslist=[PARTS[0] | {"partsquantity": 4.5}],
                repairprojectlist=[PROJECTS[0] | {"workinghours": 0.5}],
            ),
            id="quantities as numbers",
        ),
        pytest.param(body(basicInfo=BASIC | {"repairdate": "20260913 "}), id="date with a trailing blank"),
        pytest.param(
            json.dumps(
                {
                    "access_token": TOKEN,
                    "basicinfo": BASIC,
                    "vehiclePartsList": PARTS,
                    "repairProjectList": PROJECTS,
                }
            ).encode(),
            id="other letter cases, escaped characters",
        ),
        pytest.param(body(basicInfo={key.upper(): value for key, value in BASIC.items()}), id="upper-case elements"),
        pytest.param(b"\xef\xbb\xbf" + body(), id="byte order mark"),
        pytest.param(body().decode().encode("gb18030"), id="gb18030"),
    ],
)
def test_every_way_to_write_the_same_record_is_the_same_record(raw: bytes) -> None:
    request = lcippro.parse_upload(raw)
    assert request.token == TOKEN
    assert request.text == EXPECTED
    assert request.dropped_fields == 0


def test_fields_beyond_the_standard_are_counted_and_not_kept() -> None:
    raw = body(
        basicInfo=BASIC | {"gd_id": "17", "vehicleplatecolor": "黑", "vehicleowner": "某人"},
        vehiclepartslist=[PARTS[0] | {"id": 1, "price": "88"}],
        repairprojectlist=[PROJECTS[0] | {"id": 1}],
        support="someone",
    )
    request = lcippro.parse_upload(raw)
    assert request.text == EXPECTED
    assert request.dropped_fields == 7


@pytest.mark.parametrize("empty", [[], "[]", "", None])
def test_lists_may_be_empty_in_any_way(empty: object) -> None:
    request = lcippro.parse_upload(body(vehiclepartslist=empty))
    assert request.text.parts == ()


def test_missing_elements_are_empty_text_for_the_rules_to_judge() -> None:
    basic = {name: value for name, value in BASIC.items() if name != "settledate"}
    assert lcippro.parse_upload(body(basicInfo=basic)).text.settle_date == ""


@pytest.mark.parametrize("token", [None, "0", ""])
def test_a_token_that_is_none_is_left_to_the_authentication(token: object) -> None:
    assert lcippro.parse_upload(body(access_token=token)).token == (token or "")


def test_a_token_request_needs_both_parameters() -> None:
    assert lcippro.parse_token(b'{"companycode":330106000000001,"companypassword":" pass word "}').password == (
        " pass word "
    )
    for raw, field in ((b"{}", "companycode"), (b'{"companycode":"1"}', "companypassword")):
        with pytest.raises(Refused) as refused:
            lcippro.parse_token(raw)
        assert refused.value.refusal.kind is RefusalKind.MISSING_PARAMETER
        assert field in refused.value.refusal.detail


def test_a_registration_takes_its_eighteen_elements_and_the_portals_address_object() -> None:
    raw = as_json(
        {
            "companyname": "杭州青禾汽车维修有限公司",
            "companypassword": "example-password",
            "companyaddress": {"address": "示例路1号"},
            "companyadministrativedivisioncode": 330106,
            "companycategory": "二类",
            "support": "someone",
        }
    ).encode()
    request = lcippro.parse_registration(raw)
    assert request.text.company_name == "杭州青禾汽车维修有限公司"
    assert request.text.address == "示例路1号"
    assert request.text.division_code == "330106"
    assert request.text.category == "二类"
    assert request.dropped_fields == 1


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (
            RecordAccepted("00112233445566778899aabbccddeeff", is_new=True),
            '{"code":"1","status":"新增成功","recordid":"00112233445566778899aabbccddeeff"}',
        ),
        (
            TokenIssued("0123456789abcdef0123456789abcdef"),
            '{"code":"1","status":"获取成功","access_token":"0123456789abcdef0123456789abcdef",'
            '"accsss_token":"0123456789abcdef0123456789abcdef"}',
        ),
        (
            EnterpriseRegistered("330106000000001"),
            '{"code":"1","status":"注册成功，待审核","companycode":"330106000000001"}',
        ),
        (
            Refusal(RefusalKind.MALFORMED),
            '{"code":"-2","status":"参数格式不对。请检查报文是否为完整的JSON"}',
        ),
        (Refusal(RefusalKind.UNKNOWN_ENTERPRISE), '{"code":"-10","status":"企业不存在。请核对企业编码或先注册"}'),
        (Refusal(RefusalKind.WRONG_PASSWORD), '{"code":"-11","status":"密码错误。请核对密码"}'),
        (Refusal(RefusalKind.UNAVAILABLE), '{"code":"-99","status":"系统繁忙。请稍后重试"}'),
    ],
)
def test_answers_are_byte_for_byte_what_clients_read(outcome: Any, expected: str) -> None:
    assert lcippro.answer(outcome) == expected.encode()


@pytest.mark.parametrize("kind", list(RefusalKind))
@given(detail=st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
@example(detail="\x00" * 150)
@example(detail="车" * 400)
def test_every_refusal_fits_the_narrowest_client(kind: RefusalKind, detail: str) -> None:
    text = lcippro.answer(Refusal(kind, detail)).decode()
    answer = json.loads(text)
    assert len(text) <= 200
    assert "'" not in text
    assert answer["code"].startswith("-")
    assert "新增成功" not in kind.sentence


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_a_refusal(raw: bytes) -> None:
    for parse in (lcippro.parse_token, lcippro.parse_registration, lcippro.parse_upload):
        try:
            parse(raw)
        except Refused as refused:
            assert refused.refusal.kind in (RefusalKind.MALFORMED, RefusalKind.MISSING_PARAMETER)


def test_misspelt_and_further_members_of_registration_forms_are_read_dropped_or_named() -> None:
    request = lcippro.parse_registration(
        as_json(
            {
                "companyname": "杭州青禾汽车维修有限公司",
                "companyeconomicategory": "150",
                "companysupereintendenttel": "示例电话",
                "roadtransportationlicensestartdate": "2020-01-01 00:00",
                "corporatetel": "示例电话",
                "companyaddresspoint": "120.1,30.2",
                "support": "示例服务商",
                "photo": "x",
            }
        ).encode()
    )
    assert request.text.economic_category == "150"
    assert request.text.superintendent_phone == "示例电话"
    assert request.text.license_start_date == "2020-01-01 00:00"
    assert request.dropped_fields == 4
    assert request.unknown_fields == ("photo",)


def test_fields_nobody_knows_are_named_wherever_they_stand() -> None:
    request = lcippro.parse_upload(
        body(basicInfo=BASIC | {"gd_id": "17"}, vehiclepartslist=[PARTS[0] | {"id": 1, "price": "88"}], support="x")
    )
    assert request.text == EXPECTED
    assert request.unknown_fields == ("gd_id", "id", "price", "support")
