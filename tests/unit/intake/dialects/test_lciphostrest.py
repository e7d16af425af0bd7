"""The ministry's dialect for chains, pure: three levels of encoding, and success only when all succeeded."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.intake.chains import CodeAllocated
from chedang.intake.dialect import Wire
from chedang.intake.dialects import lciphostrest
from chedang.intake.outcomes import (
    BatchDone,
    BatchRequest,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    TokenIssued,
    UploadRequest,
)
from chedang.records.model import PartText, ProjectText, RecordText

TOKEN = "0000000100aaaa" + "0" * 18
SHOP = "310115000000001"
BASIC = {
    "vehicleplatenumber": "沪A12345",
    "companyname": "上海青禾第1汽车维修店",
    "vin": "LXXAA11A5R1000017",
    "repairdate": "20180913",
    "repairmileage": "48210",
    "settledate": "20180913",
    "faultdescription": "常规保养",
    "costlistcode": 70000001,
}
PARTS = [{"partsname": "机油", "partsquantity": "4", "partscode": "OL-MO-MO1|5"}]
PROJECTS = [{"repairproject": "更换机油", "workinghours": "49.00"}]
EXPECTED = RecordText(
    company_name="上海青禾第1汽车维修店",
    vin="LXXAA11A5R1000017",
    plate_number="沪A12345",
    repair_date="20180913",
    mileage="48210",
    settle_date="20180913",
    fault_description="常规保养",
    settlement_list_number="70000001",
    parts=(PartText("机油", "OL-MO-MO1|5", "4"),),
    projects=(ProjectText("更换机油", "49.00"),),
)
ACCEPTED = RecordAccepted("0" * 32, is_new=True)
PARSERS = [operation.parse for operation in lciphostrest.DIALECT.operations]


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def element(**changes: Any) -> dict[str, Any]:
    return {
        "access_token": TOKEN,
        "administrativedivisioncode": "310115",
        "companyuniquecode": SHOP,
        "basicinfo": as_json(BASIC),
        "vehiclepartslist": as_json(PARTS),
        "repairprojectlist": as_json(PROJECTS),
    } | changes


def wrapped(*elements: object) -> bytes:
    return as_json({"str": as_json(list(elements))}).encode()


PLAIN = element(basicinfo=BASIC, vehiclepartslist=PARTS, repairprojectlist=PROJECTS)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(wrapped(element()), id="three levels, as the client sends it"),
        pytest.param(wrapped(PLAIN), id="one level"),
        pytest.param(as_json({"str": [PLAIN]}).encode(), id="str is no text"),
        pytest.param(as_json({"Str": as_json(as_json([PLAIN]))}).encode(), id="one level more"),
        pytest.param(as_json([PLAIN]).encode(), id="the array alone"),
        pytest.param(as_json(as_json({"str": [PLAIN]})).encode(), id="the whole body as text"),
        pytest.param(as_json(PLAIN).encode(), id="one element alone"),
        pytest.param(as_json({"str": as_json(PLAIN)}).encode(), id="one element in str"),
        pytest.param(as_json([as_json(element())]).encode(), id="elements as text"),
        pytest.param(
            as_json({"access_token": TOKEN, "str": [{k: v for k, v in PLAIN.items() if k != "access_token"}]}).encode(),
            id="one token for all",
        ),
        pytest.param(wrapped({key.upper(): value for key, value in PLAIN.items()}), id="upper case"),
    ],
)
def test_every_way_to_wrap_the_same_record_is_the_same_record(raw: bytes) -> None:
    (request,) = lciphostrest.parse_batch(raw).items
    assert request == UploadRequest(TOKEN, EXPECTED, 0, on_behalf_of=SHOP)


def test_each_element_has_its_own_token_and_shop() -> None:
    other = element(access_token="another", companyuniquecode="310115000000002")
    first, second = lciphostrest.parse_batch(wrapped(element(), other)).items
    assert isinstance(first, UploadRequest)
    assert isinstance(second, UploadRequest)
    assert (first.token, first.on_behalf_of) == (TOKEN, SHOP)
    assert (second.token, second.on_behalf_of) == ("another", "310115000000002")


def test_what_goes_beyond_the_elements_is_counted() -> None:
    (request,) = lciphostrest.parse_batch(
        wrapped(
            element(basicinfo=BASIC | {"carowner": "某人"}, vehiclepartslist=[PARTS[0] | {"price": 1}], support="x")
        )
    ).items
    assert isinstance(request, UploadRequest)
    assert (request.dropped_fields, request.unknown_fields) == (3, ("carowner", "price", "support"))
    assert request.text == EXPECTED


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (element(vehiclepartslist="[{"), RefusalKind.MALFORMED),
        (element(basicinfo="[]"), RefusalKind.MALFORMED),
        (element(companyuniquecode=None), RefusalKind.MISSING_PARAMETER),
        (element(vehiclepartslist=[{}] * 10_001), RefusalKind.TOO_MANY_ROWS),
        ("{", RefusalKind.MALFORMED),
        (7, RefusalKind.MALFORMED),
        ([], RefusalKind.MALFORMED),
        (None, RefusalKind.MISSING_PARAMETER),
    ],
)
def test_an_element_that_cannot_be_read_refuses_itself_only(bad: object, kind: RefusalKind) -> None:
    good, refused, last = lciphostrest.parse_batch(wrapped(element(), bad, element())).items
    assert isinstance(refused, Refusal)
    assert refused.kind is kind
    assert isinstance(good, UploadRequest)
    assert good == last


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (wrapped(), RefusalKind.EMPTY_RECORD),
        (b"{}", RefusalKind.MISSING_PARAMETER),
        (wrapped(*[1] * 501), RefusalKind.TOO_MANY_ROWS),
        (b'{"str":7}', RefusalKind.MALFORMED),
        (b'{"str":""}', RefusalKind.MALFORMED),
        (b'{"str":{"str":{"str":{"str":[]}}}}', RefusalKind.MISSING_PARAMETER),
        (b"true", RefusalKind.MALFORMED),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(raw: bytes, kind: RefusalKind) -> None:
    try:
        (outcome,) = lciphostrest.parse_batch(raw).items
    except Refused as refused:
        outcome = refused.refusal
    assert isinstance(outcome, Refusal)
    assert outcome.kind is kind


def test_an_allocation_is_read_with_numbers_or_text() -> None:
    raw = as_json(
        {
            "access_token": TOKEN,
            "companyname": "上海青禾第1汽车维修店",
            "companyroadtransportationlicense": 310115880001,
            "CompanyAdministrativeDivisionCode": 310115,
            "shopid": 7,
        }
    ).encode()
    request = lciphostrest.parse_allocation(raw)
    assert (request.token, request.company_name) == (TOKEN, "上海青禾第1汽车维修店")
    assert (request.road_transport_license, request.division_code) == ("310115880001", "310115")
    assert (request.dropped_fields, request.unknown_fields) == (1, ("shopid",))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (BatchDone((ACCEPTED,)), '{"code":"1","status":"新增成功"}'),
        (BatchDone((ACCEPTED,) * 500), '{"code":"1","status":"新增成功"}'),
        (
            BatchDone((ACCEPTED, Refusal(RefusalKind.BAD_TOKEN))),
            '{"code":"-12","status":"共2条，失败1条；第2条：凭证无效。请重新获取access_token","total":2,"stored":1,'
            '"failed":[{"index":2,"code":"-12","status":"凭证无效。请重新获取access_token"}]}',
        ),
        (
            BatchDone((Refusal(RefusalKind.BAD_TOKEN),)),
            '{"code":"-12","status":"凭证无效。请重新获取access_token","total":1,"stored":0,'
            '"failed":[{"index":1,"code":"-12","status":"凭证无效。请重新获取access_token"}]}',
        ),
        (CodeAllocated(SHOP), f'{{"code":"1","status":"分配成功，待审核","companyuniquecode":"{SHOP}"}}'),
        (
            TokenIssued("t" * 32),
            f'{{"code":"1","status":"获取成功","access_token":"{"t" * 32}","accsss_token":"{"t" * 32}"}}',
        ),
        (Refusal(RefusalKind.WRONG_PASSWORD), '{"code":"-11","status":"密码错误。请核对密码"}'),
    ],
)
def test_answers_are_byte_for_byte_what_the_client_reads(outcome: Any, expected: str) -> None:
    assert lciphostrest.answer("", None, outcome).body == expected.encode()


details = st.text(st.characters(exclude_categories=["Cs"]), max_size=100) | st.just("新增成功")
refusals = st.builds(Refusal, st.sampled_from(list(RefusalKind)), details)


@given(st.lists(st.just(ACCEPTED) | refusals, min_size=1, max_size=60))
def test_success_stands_in_the_text_only_when_all_succeeded(outcomes: list[RecordAccepted | Refusal]) -> None:
    text = lciphostrest.answer("", None, BatchDone(tuple(outcomes))).body.decode()
    told = json.loads(text)
    failed = [number for number, each in enumerate(outcomes, 1) if isinstance(each, Refusal)]
    assert ("新增成功" in text) == (told["code"] == "1") == (not failed)
    assert len(text) <= 2_500
    if failed:
        assert [each["index"] for each in told["failed"]] == failed[:20]
        assert told["stored"] == len(outcomes) - len(failed)


@given(refusals)
def test_every_refusal_has_a_code_and_never_the_word_of_success(refusal: Refusal) -> None:
    text = lciphostrest.answer("", None, refusal).body.decode()
    assert json.loads(text)["code"].startswith("-")
    assert "新增成功" not in text


@given(st.sampled_from(PARSERS), st.binary(max_size=300))
def test_any_bytes_are_a_request_or_a_refusal(parse: Any, raw: bytes) -> None:
    try:
        parse(Wire(raw))
    except Refused as refused:
        assert refused.refusal.kind in (
            RefusalKind.MALFORMED,
            RefusalKind.MISSING_PARAMETER,
            RefusalKind.EMPTY_RECORD,
        )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(as_json(PARTS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*PLAIN, *BASIC, "str"]), inner, max_size=4)
        | inner.map(json.dumps)
    ),
    max_leaves=10,
)


@given(VALUES)
def test_any_document_is_a_batch_or_a_refusal(document: object) -> None:
    try:
        batch = lciphostrest.parse_batch(json.dumps({"str": document}).encode())
    except Refused:
        return
    assert isinstance(batch, BatchRequest)
    assert 1 <= len(batch.items) <= 500
    assert all(isinstance(item, Refusal) or item.on_behalf_of for item in batch.items)
    assert msgspec.json.encode(batch.items[0])
