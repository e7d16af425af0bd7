"""Foshan's dialect, pure: JSON in a query string in every way its clients write it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chedang.intake.dialect import Wire
from chedang.intake.dialects import ashx
from chedang.intake.outcomes import (
    Extra,
    ExtraCategory,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    TokenIssued,
)
from chedang.intake.tokens import read_claim
from chedang.records.model import PartText, ProjectText, RecordText

TOKEN = "0000000100aaaa" + "0" * 17 + "1"
THEIR_TOKEN = (TOKEN * 2).upper()
HEADER = {"date": "20260914", "time": "020000"}
ELEMENTS = {
    "vehicleplatenumber": "粤E12345",
    "companyname": "佛山青禾汽车维修有限公司",
    "vin": "LXXAA11A5R1000017",
    "repairdate": "20260913",
    "repairmileage": "48210",
    "settledate": "20260914",
    "faultdescription": "发动机 漏油100%，1+1&2=3 #1缸",
    "costlistcode": "20260000123",
}
PARTS = [{"partsname": "机油", "partsquantity": "4.5", "partscode": "OIL-5W30"}]
PROJECTS = [{"repairproject": "更换机油", "workinghours": "0.5"}]
BODY = ELEMENTS | {"vehiclepartslist": PARTS, "repairprojectlist": PROJECTS}
EXPECTED = RecordText(
    company_name="佛山青禾汽车维修有限公司",
    vin="LXXAA11A5R1000017",
    plate_number="粤E12345",
    repair_date="20260913",
    mileage="48210",
    settle_date="20260914",
    fault_description="发动机 漏油100%，1+1&2=3 #1缸",
    settlement_list_number="20260000123",
    parts=(PartText("机油", "OIL-5W30", "4.5"),),
    projects=(ProjectText("更换机油", "0.5"),),
)


def document(body: dict[str, Any] = BODY, **outside: Any) -> str:
    return json.dumps({"access_token": THEIR_TOKEN, "header": HEADER, "body": body} | outside, ensure_ascii=False)


def query(value: bytes | str, name: str = "repairdata") -> Wire:
    return Wire(b"", name.encode() + b"=" + (value.encode() if isinstance(value, str) else value))


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(query(quote_plus(document())), id="percent-encoded, blanks as plus"),
        pytest.param(query(quote(document(), safe="")), id="percent-encoded, blanks as %20"),
        pytest.param(query(quote(document(), safe="{}:,[]")), id="only the needful encoded"),
        pytest.param(query(quote_plus(document(), encoding="gbk")), id="percent-encoded GBK"),
        pytest.param(query(document()), id="raw UTF-8"),
        pytest.param(query(document().encode("gbk")), id="raw GBK"),
        pytest.param(query(quote_plus(document()), name="RepairData"), id="parameter in another case"),
        pytest.param(Wire(b"", b"v=1&repairdata=" + quote_plus(document()).encode()), id="a parameter before"),
        pytest.param(query(quote_plus(document()) + "&_=1789000000"), id="a parameter behind"),
        pytest.param(query(document() + "&_=1789000000"), id="a parameter behind, raw"),
        pytest.param(Wire(urlencode({"repairdata": document()}).encode()), id="POST of a form"),
        pytest.param(Wire(document().encode()), id="POST of the JSON itself"),
        pytest.param(query(quote_plus(json.dumps(document()))), id="JSON text of the JSON"),
        pytest.param(
            query(document(ELEMENTS | {"vehiclePartsList": PARTS, "repairProjectList": PROJECTS})),
            id="lists as the document spells them",
        ),
        pytest.param(
            query(
                document(
                    ELEMENTS | {"vehiclepartslist": json.dumps(PARTS), "repairprojectlist": json.dumps(PROJECTS)},
                )
            ),
            id="lists as JSON text",
        ),
        pytest.param(query(document(json.dumps(BODY))), id="body as JSON text"),  # type: ignore[arg-type]
        pytest.param(query(json.dumps({"access_token": THEIR_TOKEN, "header": HEADER} | BODY)), id="no body"),
    ],
)
def test_every_way_to_write_the_same_record_is_the_same_record(wire: Wire) -> None:
    request = ashx.parse_upload(wire)
    assert request.token == TOKEN
    assert request.text == EXPECTED
    assert (request.dropped_fields, request.unknown_fields, request.extras) == (0, (), ())


def test_the_colour_of_the_plate_is_counted_and_no_stranger() -> None:
    request = ashx.parse_upload(query(document(BODY | {"vehicleplatecolor": "蓝"})))
    assert request.text == EXPECTED
    assert request.extras == (Extra(ExtraCategory.VEHICLE, "vehicleplatecolor", "蓝"),)
    assert (request.dropped_fields, request.unknown_fields) == (1, ())


def test_strangers_are_counted_and_named() -> None:
    wire = query(
        document(
            BODY | {"vehicleowner": "某人", "vehiclepartslist": [PARTS[0] | {"price": "88"}]}, support="someone", x=None
        )
    )
    request = ashx.parse_upload(wire)
    assert request.text == EXPECTED
    assert request.dropped_fields == 4
    assert request.unknown_fields == ("price", "support", "vehicleowner", "x")


def test_a_percent_sign_and_a_plus_of_raw_json_are_themselves() -> None:
    wire = query(document(BODY | {"faultdescription": "剩余30%25+1"}))
    assert ashx.parse_upload(wire).text.fault_description == "剩余30%25+1"


def test_a_token_request_is_read_from_body() -> None:
    raw = json.dumps({"header": HEADER, "body": {"companycode": 440604000000001, "companypassword": " pass+word% "}})
    for wire in (query(quote_plus(raw), "companydata"), query(raw, "companydata")):
        request = ashx.parse_token(wire)
        assert (request.company_code, request.password) == ("440604000000001", " pass+word% ")


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        (Wire(b""), RefusalKind.MISSING_PARAMETER),
        (Wire(b"", b"companydata="), RefusalKind.MALFORMED),
        (Wire(b"", b"companydata={}"), RefusalKind.MISSING_PARAMETER),
        (Wire(b"", b"companydata=%7B%22body%22%3A"), RefusalKind.MALFORMED),
        (Wire(b"", b"companydata=[]"), RefusalKind.MALFORMED),
        (Wire(b"", b'companydata={"body":[]}'), RefusalKind.MALFORMED),
    ],
)
def test_what_can_never_be_used_is_refused(wire: Wire, kind: RefusalKind) -> None:
    with pytest.raises(Refused) as refused:
        ashx.parse_token(wire)
    assert refused.value.refusal.kind is kind


def test_a_token_is_sixty_four_upper_case_characters_outside_and_the_same_token_inside() -> None:
    written = json.loads(ashx.answer("getAccessToken", None, TokenIssued(TOKEN)).body)
    assert written["access_token"] == written["accsss_token"] == THEIR_TOKEN
    assert len(THEIR_TOKEN) == 64
    request = ashx.parse_upload(query(document(access_token=written["access_token"])))
    assert read_claim(request.token) == read_claim(TOKEN) is not None


@pytest.mark.parametrize("text", ["", "0", TOKEN.upper(), THEIR_TOKEN[:-1] + "2", THEIR_TOKEN[:62], THEIR_TOKEN + "00"])
def test_a_token_that_is_not_ours_is_left_to_the_authentication(text: str) -> None:
    assert ashx.parse_upload(query(document(access_token=text))).token == text


def test_the_answer_to_a_record_is_an_object_with_code_and_status() -> None:
    body = ashx.answer("upRepairInfo", None, RecordAccepted("ab" * 16, is_new=True)).body
    assert body.decode() == '{"code":"1","status":"新增成功","recordid":"' + "ab" * 16 + '"}'


@pytest.mark.parametrize("kind", RefusalKind)
@pytest.mark.parametrize("detail", ["", "vin'\"\\\n" * 100])
def test_every_refusal_has_a_code_and_a_short_chinese_sentence(kind: RefusalKind, detail: str) -> None:
    body = ashx.answer("upRepairInfo", None, Refusal(kind, detail)).body.decode()
    assert json.loads(body)["code"].startswith("-")
    assert json.loads(body)["status"].startswith(kind.sentence)
    assert len(body) <= 200
    assert "'" not in body


@given(raw=st.binary(max_size=300))
@example(b"%")
@example(b"%7")
@example(b'"}')
def test_no_bytes_ever_break_it(raw: bytes) -> None:
    for wire in (Wire(raw), Wire(b"", raw), query(raw), query(b'{"body":' + raw + b"}"), Wire(b"repairdata=" + raw)):
        try:
            ashx.parse_upload(wire)
        except Refused as refused:
            assert json.loads(ashx.answer("upRepairInfo", None, refused.refusal).body)["code"] in {"-1", "-2"}


@given(text=st.text(st.characters(codec="gb18030", exclude_categories=("Cc", "Cf", "Cs", "Zs", "Zl", "Zp"))))
@example("联通")
@example("%41+%2B&repairdata=}")
def test_any_text_survives_every_way_to_write_it(text: str) -> None:
    wanted = ashx.parse_upload(Wire(document(BODY | {"faultdescription": text}).encode())).text.fault_description
    assert wanted == text.strip(" ")
    raw = document(BODY | {"faultdescription": text})
    for value in (raw.encode(), quote(raw, safe="").encode(), quote_plus(raw).encode(), raw.encode("gb18030")):
        assert ashx.parse_upload(query(value)).text.fault_description == wanted


@given(before=st.integers(65_530, 65_542))
def test_an_escape_on_the_edge_of_a_piece_is_whole(before: int) -> None:
    raw = json.dumps({"body": {"faultdescription": "x" * before + "漏油" * 20_000}})
    raw = json.dumps(json.loads(raw), ensure_ascii=False)
    encoded = quote(raw, safe="").encode()
    assert ashx.decode_parameter(encoded).decode() == raw
