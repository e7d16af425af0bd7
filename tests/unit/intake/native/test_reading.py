"""Bytes to records of the native interface."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chedang.intake.native.reading import Misshapen, SentRecord, count_lines, read_amendment, read_lines, read_record
from chedang.intake.outcomes import Refusal, RefusalKind, Refused
from chedang.records.model import PartText, ProjectText, RecordText


def encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def test_a_plain_record_and_one_with_quirks_are_read_alike() -> None:
    plain = {
        "vin": "LZZ1A2B32GA000123",
        "repairmileage": "48210",
        "vehiclepartslist": [{"partsname": "机油", "partscode": "5W-30", "partsquantity": "4.0"}],
        "repairprojectlist": [{"repairproject": "更换机油", "workinghours": "1"}],
    }
    quirky = {
        "vin": " LZZ1A2B32GA000123 ",
        "repairmileage": 48210,
        "companyname": None,
        "vehiclepartslist": [{"partsname": "机油", "partscode": "5W-30", "partsquantity": 4.0}],
        "repairprojectlist": [{"repairproject": "更换机油\u200b", "workinghours": 1}],
    }
    expected = RecordText(
        vin="LZZ1A2B32GA000123",
        mileage="48210",
        parts=(PartText("机油", "5W-30", "4.0"),),
        projects=(ProjectText("更换机油", "1"),),
    )
    assert read_record(encode(plain)) == SentRecord(expected)
    assert read_record(encode(quirky)) == SentRecord(expected)


def test_members_beyond_are_named_by_pointer() -> None:
    sent = read_record(encode({"a/b~c": 1, "vehiclepartslist": [{}, {"price": 2}], "VIN": "x"}))
    assert sent.dropped_fields == 3
    assert sent.unknown_fields == ("/a~1b~0c", "/VIN", "/vehiclepartslist/1/price")
    assert sent.text == RecordText(parts=(PartText(), PartText()))


def test_a_null_list_is_no_list() -> None:
    assert read_record(b'{"vehiclepartslist": null}').text == RecordText()


def test_a_wrong_type_inside_an_amendment_is_found_below_record() -> None:
    with pytest.raises(Misshapen) as refused:
        read_amendment(encode({"reason": "x", "record": {"vin": {}}}))
    assert refused.value.pointer == "/record/vin"


def test_lines_are_counted_as_they_are_read() -> None:
    raw = b'\xef\xbb\xbf{"vin":"1"}\r\n\n{"vin":"2"}'
    first, blank, last = read_lines(raw)
    assert count_lines(raw) == 3
    assert isinstance(first, SentRecord)
    assert first.text.vin == "1"
    assert isinstance(blank, Refusal)
    assert blank.kind is RefusalKind.MALFORMED
    assert isinstance(last, SentRecord)
    assert last.text.vin == "2"


def test_a_line_that_would_fill_the_memory_is_refused_alone() -> None:
    bomb = b'{"vehiclepartslist":[' + b"{}," * 30_000 + b"{}]}"
    ordinary, bombed = read_lines(b'{"vin":"1"}\n' + bomb)
    assert isinstance(ordinary, SentRecord)
    assert isinstance(bombed, Refusal)
    assert bombed.kind is RefusalKind.TOO_MANY_ROWS


def test_a_batch_of_brackets_is_refused_whole() -> None:
    line = b'{"vehiclepartslist":[' + b"{}," * 10_000 + b"{}]}\n"
    with pytest.raises(Refused) as refused:
        list(read_lines(line * 30))
    assert refused.value.refusal.kind is RefusalKind.TOO_MANY_ROWS
