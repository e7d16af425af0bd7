"""Bytes to values: what real uploaders send that is not quite JSON, and what stays malformed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.wire import Members, as_object, as_rows, as_text, decode_json, escape_stray_quotes


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(b'{"a":"1"}', {"a": "1"}, id="plain"),
        pytest.param(b'\xef\xbb\xbf{"a":"1"}', {"a": "1"}, id="byte order mark"),
        pytest.param('{"a":"机油"}'.encode("gb18030"), {"a": "机油"}, id="gb18030"),
        pytest.param(b'{"a":"one\ntwo\x01"}', {"a": "one\ntwo\x01"}, id="control characters inside a string"),
        pytest.param('{"a":"更换"左前"轮胎","b":"x"}'.encode(), {"a": '更换"左前"轮胎', "b": "x"}, id="stray quotes"),
        pytest.param(b'{"a":"say \\"hi\\" \\\\","b":1}', {"a": 'say "hi" \\', "b": 1}, id="escaped quotes stay"),
        pytest.param(b'{"a":49.00}', {"a": "49.00"}, id="a float keeps its text"),
        pytest.param(b'{"a":NaN,"b":-Infinity}', {"a": "NaN", "b": "-Infinity"}, id="NaN is text for the rules"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", {"a": "9" * 5000}, id="a number of 5000 digits is text"),
    ],
)
def test_tolerated_documents_are_read(raw: bytes, expected: object) -> None:
    decoded = decode_json(raw)
    assert {key: str(value) for key, value in decoded.items()} == {
        key: str(value)
        for key, value in expected.items()  # type: ignore[attr-defined] # all cases are objects
    }


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"   ", id="blank"),
        pytest.param(b"hello", id="a word"),
        pytest.param(b'{"repairprojectlist":]}', id="list without its beginning"),
        pytest.param(b'{"a":"b"\n"c":"d"}', id="missing comma"),
        pytest.param('{"a":"b"，"c":"d"}'.encode(), id="full-width comma"),
        pytest.param(b'{"a":"b"', id="cut off"),
        pytest.param(b"[" * 100_000, id="deep nesting"),
        pytest.param(b'{"a":' * 30_000, id="deep objects"),
        pytest.param(b"\xff\xff\xff", id="no text at all"),
    ],
)
def test_malformed_documents_are_refused_as_malformed(raw: bytes) -> None:
    with pytest.raises(Refused) as refused:
        decode_json(raw)
    assert refused.value.refusal.kind in (RefusalKind.MALFORMED, RefusalKind.TOO_MANY_ROWS)


def test_a_document_of_a_million_rows_is_refused_before_it_becomes_objects() -> None:
    with pytest.raises(Refused) as refused:
        decode_json(b'{"vehiclepartslist":[' + b"{}," * 1_000_000 + b"{}]}")
    assert refused.value.refusal.kind is RefusalKind.TOO_MANY_ROWS


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        decode_json(raw)
    except Refused as refused:
        assert refused.refusal.kind is RefusalKind.MALFORMED


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=5))
def test_escaping_stray_quotes_leaves_valid_documents_alone(document: dict[str, str]) -> None:
    text = json.dumps(document, ensure_ascii=False)
    assert escape_stray_quotes(text) == text


def test_members_come_in_any_letter_case_and_strangers_are_counted() -> None:
    members = Members({"basicinfo": 1, "VehiclePartsList": 2, "gd_id": 3})
    assert members.get("basicInfo") == 1
    assert members.get("vehiclepartslist") == 2
    assert members.get("repairprojectlist") is None
    assert members.left_over == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [("  浙A12345 ", "浙A12345"), (None, ""), (45210, "45210"), ("49.00", "49.00"), (True, ""), ([1], ""), ({}, "")],
)
def test_an_element_is_its_text(value: object, text: str) -> None:
    assert as_text(value) == text


def test_objects_and_lists_come_as_values_or_as_json_text() -> None:
    assert as_object('{"vin":"x"}', "basicInfo") == {"vin": "x"}
    assert as_object(None, "basicInfo") == as_object("", "basicInfo") == {}
    assert as_rows("[]", "vehiclepartslist", 10) == as_rows(None, "vehiclepartslist", 10) == []
    assert as_rows('[{"partsname":"a"},null]', "vehiclepartslist", 10) == [{"partsname": "a"}]
    assert as_rows({"partsname": "a"}, "vehiclepartslist", 10) == [{"partsname": "a"}]


@pytest.mark.parametrize("value", [5, [1], "5", "[1]", [[{}]]])
def test_rows_that_are_no_objects_are_malformed(value: object) -> None:
    with pytest.raises(Refused) as refused:
        as_rows(value, "vehiclepartslist", 10)
    assert refused.value.refusal.kind is RefusalKind.MALFORMED
    assert "vehiclepartslist" in refused.value.refusal.detail


def test_more_rows_than_the_limit_are_refused_with_both_numbers() -> None:
    with pytest.raises(Refused) as refused:
        as_rows([{}] * 11, "vehiclepartslist", 10)
    assert refused.value.refusal.detail == "vehiclepartslist有11行,上限10行"
