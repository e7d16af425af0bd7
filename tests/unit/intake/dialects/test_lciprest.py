"""The pilot's dialect, pure: what its clients send is understood, what they read is what they get."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.intake.corrections import (
    AddPartRequest,
    Beyond,
    PartAdded,
    RecordAmended,
    RecordReference,
    RecordsFound,
)
from chedang.intake.dialect import Wire
from chedang.intake.dialects import lciprest
from chedang.intake.outcomes import (
    EnterpriseRegistered,
    ExtraCategory,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    TokenIssued,
    UploadRequest,
)
from chedang.records.model import Finding, Level, PartText, ProjectText, RecordState, RecordText, StoredVersion
from chedang.terms.codes import ASSOCIATION_REPAIR_CATEGORIES, ASSOCIATION_REPAIR_CATEGORY, REPAIR_CATEGORY

TOKEN = "0000000100aaaa" + "0" * 18
RECORD_ID = "00112233445566778899aabbccddeeff"
INFO = {
    "access_token": TOKEN,
    "carno": "粤H12345",
    "carvin": "LXXAA11A5R1000017",
    "company": "四会青禾汽车维修有限公司",
    "repairdate": "2016-09-13",
    "repairmile": "48210",
    "settledate": "2016-09-14",
    "faultdescript": "更换机油",
    "statementno": "JS-1",
}
PARTS = [{"partsname": "机油", "partsno": "OIL-5W30", "partsquantity": "4.5"}]
HOURS = [{"repairname": "更换机油", "repairhours": "0.5"}]
EXPECTED = RecordText(
    company_name="四会青禾汽车维修有限公司",
    vin="LXXAA11A5R1000017",
    plate_number="粤H12345",
    repair_date="2016-09-13",
    mileage="48210",
    settle_date="2016-09-14",
    fault_description="更换机油",
    settlement_list_number="JS-1",
    parts=(PartText("机油", "OIL-5W30", "4.5"),),
    projects=(ProjectText("更换机油", "0.5"),),
)
PARSERS = [operation.parse for operation in lciprest.DIALECT.operations]


def body(info: Any = None, **changes: Any) -> bytes:
    members = {"carInfo": INFO if info is None else info, "carpartslist": PARTS, "repairhourslist": HOURS}
    return json.dumps(members | changes, ensure_ascii=False).encode()


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(body(), id="lists as arrays: the log of for4h"),
        pytest.param(body(carpartslist=as_json(PARTS), repairhourslist=as_json(HOURS)), id="lists as text: sihui"),
        pytest.param(body(as_json(INFO)), id="carInfo as text"),
        pytest.param(
            as_json({"carinfo": INFO, "CARPARTSLIST": PARTS, "repairHoursList": HOURS}).encode(), id="other cases"
        ),
        pytest.param(as_json(INFO | {"carpartslist": PARTS, "repairhourslist": HOURS}).encode(), id="all flat"),
        pytest.param(as_json({"carInfo": INFO | {"carpartslist": PARTS, "repairhourslist": as_json(HOURS)}}).encode()),
        pytest.param(body(INFO | {"access_token": ""}, access_token=TOKEN), id="token beside carInfo"),
        pytest.param(body(INFO | {"repairmile": 48210}), id="a number for text"),
        pytest.param(body(carpartslist=PARTS[0], repairhourslist=[*HOURS, None]), id="a lone object, a null row"),
        pytest.param(body(INFO | {"carno": " 粤H12345\t"}), id="blanks"),
        pytest.param(
            body(INFO | {"statementno": None, "settleno": "JS-1"}), id="the modification's name of the number"
        ),
        pytest.param(body(INFO | {"statementno": "", "workorderno": "JS-1"}), id="only a work order's number"),
        pytest.param(b"\xef\xbb\xbf" + body(), id="byte order mark"),
        pytest.param(body().decode().encode("gb18030"), id="gb18030"),
    ],
)
def test_every_way_to_write_the_same_record_is_the_same_record(raw: bytes) -> None:
    request = lciprest.parse_upload(raw)
    assert (request.token, request.text) == (TOKEN, EXPECTED)
    assert (request.dropped_fields, request.unknown_fields, request.extras) == (0, (), ())


def test_an_unescaped_quote_inside_a_text_is_mended() -> None:
    raw = body().replace("更换机油".encode(), '更换"左前"轮胎'.encode(), 1)
    assert lciprest.parse_upload(raw).text.fault_description == '更换"左前"轮胎'


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2016/05/03 10:20:30", "2016/05/03 10:20:30"),
        ("2016-05-03 10:20:30", "2016-05-03 10:20:30"),
        ("20160503 ", "20160503"),
        ("2016-5-3 下午", "2016-5-3"),
        ("送修：2016/5/3。", "2016/5/3"),
        ("2016-5-3T99:99", "2016-5-3"),
        ("2016-5/3", "2016-5/3"),
        ("12016-5-33", "12016-5-33"),
        ("N/A", "N/A"),
        ("", ""),
    ],
)
def test_a_day_is_found_wherever_the_old_server_found_it(sent: str, day: str) -> None:
    text = lciprest.parse_upload(body(INFO | {"repairdate": sent, "settledate": sent})).text
    assert (text.repair_date, text.settle_date) == (day, day)


def test_what_goes_beyond_the_elements_is_counted_told_apart_and_not_in_the_record() -> None:
    request = lciprest.parse_upload(
        body(
            INFO | {"enginenumber": "EN-1", "caruser": "某人", "total": 285.5, "workorderno": "WO-1", "linkman": ""},
            carpartslist=[PARTS[0], PARTS[0] | {"partscost": "40", "strange": 1}],
            repairhourslist=[HOURS[0] | {"laborhourprice": "160"}],
            othercostlist=as_json([{"othername": "环保费", "othercost": "5"}]),
            support="someone",
        )
    )
    assert {(extra.category, extra.name, extra.value) for extra in request.extras} == {
        (ExtraCategory.ENGINE_NUMBER, "enginenumber", "EN-1"),
        (ExtraCategory.OWNER, "caruser", "某人"),
        (ExtraCategory.PRICE, "total", "285.5"),
        (ExtraCategory.JOB, "workorderno", "WO-1"),
        (ExtraCategory.PRICE, "carpartslist/1/partscost", "40"),
        (ExtraCategory.PRICE, "repairhourslist/0/laborhourprice", "160"),
        (ExtraCategory.PRICE, "othercostlist/0/othername", "环保费"),
        (ExtraCategory.PRICE, "othercostlist/0/othercost", "5"),
    }
    assert request.unknown_fields == ("strange", "support")
    assert request.dropped_fields == 11
    assert request.text == msgspec.structs.replace(EXPECTED, parts=EXPECTED.parts * 2)
    assert request.echo == (("carno", "粤H12345"), ("carvin", "LXXAA11A5R1000017"), ("enginenumber", "EN-1"))


def test_a_repair_category_of_either_numbering_is_told_as_it_came_and_converts_without_loss() -> None:
    for code in (*REPAIR_CATEGORY, *ASSOCIATION_REPAIR_CATEGORY, "二级维护"):
        (extra,) = lciprest.parse_upload(body(INFO | {"repairtype": code})).extras
        assert (extra.category, extra.name, extra.value) == (ExtraCategory.JOB, "repairtype", code)
    assert not set(REPAIR_CATEGORY) & set(ASSOCIATION_REPAIR_CATEGORY)
    for code in ASSOCIATION_REPAIR_CATEGORY:
        ours = ASSOCIATION_REPAIR_CATEGORIES.backward(code)
        assert ours is not None
        assert ASSOCIATION_REPAIR_CATEGORIES.forward(ours) == code
        assert REPAIR_CATEGORY.name(ours) == ASSOCIATION_REPAIR_CATEGORY.name(code)


def test_a_modification_names_only_what_has_text() -> None:
    members = dict.fromkeys((*INFO, "caruser", "settleno", "securitymile"), "") | {
        "access_token": TOKEN,
        "recordid": RECORD_ID,
        "repairmile": 7,
        "settledate": "2016-9-15 8:00",
        "workorderno": "WO-9",
        "repairhourslist": "[]",
    }
    request = lciprest.parse_modification(as_json(members).encode())
    assert request.token == TOKEN
    assert request.record == RecordReference(RECORD_ID)
    assert request.changes.over(EXPECTED) == RecordText(
        company_name=EXPECTED.company_name,
        vin=EXPECTED.vin,
        plate_number=EXPECTED.plate_number,
        repair_date=EXPECTED.repair_date,
        mileage="7",
        settle_date="2016-9-15 8:00",
        fault_description=EXPECTED.fault_description,
        settlement_list_number=EXPECTED.settlement_list_number,
        parts=EXPECTED.parts,
        projects=EXPECTED.projects,
    )
    assert request.beyond.unknown_fields == ()
    assert [extra.name for extra in request.beyond.extras] == ["workorderno"]


def test_a_modification_may_bring_whole_lists_and_a_number() -> None:
    raw = body({"access_token": TOKEN, "recordid": RECORD_ID, "settleno": "JS-2"})
    changed = lciprest.parse_modification(raw).changes.over(RecordText(settlement_list_number="JS-1"))
    assert changed == RecordText(settlement_list_number="JS-2", parts=EXPECTED.parts, projects=EXPECTED.projects)


def test_a_part_comes_flat_with_its_record() -> None:
    members = PARTS[0] | {"access_token": TOKEN, "recordid": RECORD_ID, "partscost": "40", "partsattribute": "10"}
    request = lciprest.parse_part(as_json(members).encode())
    assert isinstance(request, AddPartRequest)
    assert (request.token, request.record, request.part) == (TOKEN, RecordReference(RECORD_ID), EXPECTED.parts[0])
    assert {extra.name for extra in request.beyond.extras} == {"partscost", "partsattribute"}
    with pytest.raises(Refused) as refused:
        lciprest.parse_part(as_json({"access_token": TOKEN, "recordid": RECORD_ID}).encode())
    assert refused.value.refusal.kind is RefusalKind.MISSING_PARAMETER


def test_a_deletion_names_its_record_and_the_year_is_no_stranger() -> None:
    raw = as_json({"access_token": TOKEN, "recordid": RECORD_ID, "repairyear": 2016}).encode()
    request = lciprest.parse_deletion(raw)
    assert (request.token, request.record) == (TOKEN, RecordReference(RECORD_ID))
    assert request.beyond.unknown_fields == ()


@pytest.mark.parametrize(
    ("sent", "page", "page_size"),
    [
        ({}, 1, 10),
        ({"pagenum": "3", "pagesize": 50}, 3, 50),
        ({"pagenum": "-1", "pagesize": "所有"}, 1, 10),
        ({"pagenum": "9" * 50, "pagesize": None}, 1, 10),
        ({"pagenum": 0, "pagesize": 0}, 0, 0),
    ],
)
def test_a_search_takes_pages_as_numbers_or_text(sent: dict[str, Any], page: int, page_size: int) -> None:
    request = lciprest.parse_search(as_json({"access_token": TOKEN, "carno": " 粤H1 ", **sent}).encode())
    assert (request.plate_number, request.settle_date, request.page, request.page_size) == (
        "粤H1",
        "",
        page,
        page_size,
    )


def test_a_token_request_needs_both_parameters() -> None:
    request = lciprest.parse_token(b'{"username":13800000000,"password":" pass word "}')
    assert (request.company_code, request.password) == ("13800000000", " pass word ")
    for raw, field in ((b"{}", "username"), (b'{"username":"1"}', "password")):
        with pytest.raises(Refused) as refused:
            lciprest.parse_token(raw)
        assert field in refused.value.refusal.detail


def test_a_registration_is_read_from_the_pilots_names() -> None:
    request = lciprest.parse_registration(
        as_json(
            {
                "name": "四会青禾汽车维修有限公司",
                "password": " p ",
                "industryid": 441284009999,
                "businesstype": "175",
                "levels": "02",
                "legaltel": "1",
                "certificatefirsttime": "2014-05-01",
                "areaid": "441284",
                "strange": "1",
            }
        ).encode()
    )
    assert (request.text.company_name, request.text.password) == ("四会青禾汽车维修有限公司", " p ")
    assert (request.text.road_transport_license, request.text.economic_category) == ("441284009999", "175")
    assert (request.text.category, request.text.division_code) == ("02", "441284")
    assert request.text.superintendent_phone == "1"
    assert (request.dropped_fields, request.unknown_fields) == (2, ("strange",))


UPLOAD = lciprest.parse_upload(body(INFO | {"enginenumber": "EN'1"}))
VERSION = StoredVersion(
    vin="LXXAA11A5R1000017",
    record_id=UUID(RECORD_ID),
    version=2,
    state=RecordState.ACTIVE,
    company_code="441284000000001",
    settlement_list_number="JS-1",
    plate_number="粤H12345",
    repair_on=date(2016, 9, 13),
    settled_on=None,
    mileage_km=None,
    text=RecordText(repair_date="20160913", settle_date="某日", projects=(ProjectText("更换机油", "0.5"),)),
    findings=(),
    origin="local",
    dialect="lcippro",
    actor="",
    reason="",
    received_at=datetime(2026, 9, 14, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (
            RecordAccepted(RECORD_ID, is_new=True),
            f'{{"code":"1","status":"新增成功","recordid":"{RECORD_ID}","carno":"粤H12345",'
            '"carvin":"LXXAA11A5R1000017","enginenumber":"EN\'1"}',
        ),
        (PartAdded(RECORD_ID, "a" * 32, is_new=True), f'{{"code":"1","status":"新增成功","partsid":"{"a" * 32}"}}'),
        (
            PartAdded(RECORD_ID, "a" * 32, is_new=False),
            f'{{"code":"1","status":"新增成功，与已有的一行相同","partsid":"{"a" * 32}"}}',
        ),
        (
            RecordAmended(RECORD_ID, 2, RecordState.ACTIVE, RecordState.ACTIVE),
            f'{{"code":"1","status":"修改成功","recordid":"{RECORD_ID}"}}',
        ),
        (
            RecordAmended(RECORD_ID, 2, RecordState.VOID, RecordState.ACTIVE),
            f'{{"code":"1","status":"删除成功","recordid":"{RECORD_ID}"}}',
        ),
        (RecordsFound(()), '{"code":"1","status":"查询成功","data":[]}'),
        (
            RecordsFound((VERSION,)),
            f'{{"code":"1","status":"查询成功","data":[{{"carInfo":{{"recordid":"{RECORD_ID}","carno":"","carvin":"",'
            '"company":"","repairdate":"2016-09-13","repairmile":"","faultdescript":"","settledate":"某日",'
            '"statementno":""},"carpartslist":[],"repairhourslist":[{"repairname":"更换机油","repairhours":"0.5"}],'
            '"othercostlist":[]}]}',
        ),
        (
            TokenIssued("t" * 32),
            f'{{"code":"1","status":"获取成功","access_token":"{"t" * 32}","accsss_token":"{"t" * 32}"}}',
        ),
        (
            EnterpriseRegistered("441284000000001"),
            '{"code":"1","status":"注册成功，待审核","companycode":"441284000000001"}',
        ),
        (
            Refusal(RefusalKind.UNKNOWN_RECORD),
            '{"code":"-19","status":"维修记录不存在。请核对记录编号或结算清单编号"}',
        ),
    ],
)
def test_answers_are_byte_for_byte_what_clients_read(outcome: Any, expected: str) -> None:
    assert lciprest.answer("", UPLOAD, outcome).body == expected.encode()


def test_a_rules_finding_is_told_in_the_pilots_names() -> None:
    finding = Finding("PROJECT_MISSING", Level.ERROR, "/repairprojectlist/0/workinghours")
    refusal = Refusal(RefusalKind.NOT_ACCEPTABLE, f"{finding.field}：没有填写", findings=(finding,))
    status = json.loads(lciprest.answer("", None, refusal).body)["status"]
    assert status == "参数无效：/repairhourslist/0/repairhours：没有填写。请按提示改正后重新上传"


def test_an_echo_has_its_bounds() -> None:
    request = lciprest.parse_upload(body(INFO | {"enginenumber": "E" * 100_000}))
    assert len(lciprest.answer("", request, RecordAccepted(RECORD_ID, is_new=True)).body) < 1_000


@pytest.mark.parametrize("kind", list(RefusalKind))
@given(detail=st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_every_refusal_has_a_code_and_a_sentence(kind: RefusalKind, detail: str) -> None:
    answer = json.loads(lciprest.answer("", None, Refusal(kind, detail)).body)
    assert answer["code"].startswith("-")
    assert answer["status"].startswith(kind.sentence)


@given(st.sampled_from(PARSERS), st.binary(max_size=300))
def test_any_bytes_are_a_request_or_a_refusal(parse: Any, raw: bytes) -> None:
    try:
        parse(Wire(raw))
    except Refused as refused:
        assert refused.refusal.kind in (RefusalKind.MALFORMED, RefusalKind.MISSING_PARAMETER)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*INFO, "partsname", "othername"]), inner)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*INFO, "carInfo", "carinfo", "carpartslist", "repairhourslist", "othercostlist", "recordid"]),
        VALUES,
    )
)
def test_any_value_of_any_member_is_a_request_or_a_refusal_and_counts_add_up(document: dict[str, Any]) -> None:
    raw = json.dumps(document).encode()
    for parse in PARSERS:
        try:
            request = parse(Wire(raw))
        except Refused:
            continue
        if isinstance(request, UploadRequest):
            assert request.dropped_fields >= len(request.extras)
            assert bool(request.unknown_fields) <= bool(request.dropped_fields)
        beyond = getattr(request, "beyond", Beyond())
        assert beyond.dropped_fields >= len(beyond.extras)
