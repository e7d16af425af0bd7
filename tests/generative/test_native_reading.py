"""Whatever is sent to the native interface: it is read, or refused with a reason; nothing else happens."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from chedang.intake.native import listing, reading, reconciling
from chedang.intake.native.suggesting import suggest_days, suggest_mileage, suggest_vin
from chedang.intake.outcomes import Refusal, Refused
from chedang.records.identity import decode_content, encode_content
from chedang.records.model import RecordText
from chedang.records.rules import judge, load_limits
from chedang.terms.dates import day_in_china

NAMES = st.sampled_from(
    ["vin", "repairmileage", "costlistcode", "vehiclepartslist", "repairprojectlist", "partsname", "record", "reason"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)
BYTES = st.binary(max_size=60) | JSON.map(
    lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
)
JUDGE = partial(judge, limits=load_limits(), registered_name="", received_at=datetime(2026, 3, 2, tzinfo=UTC))


def attempt(read: Any, given_value: Any) -> Any:
    try:
        return read(given_value)
    except Refused as refused:
        assert refused.refusal.kind.code
        return None


@given(BYTES)
@example(b'{"vin":"\\ud800"}')
@example(b'{"repairmileage":' + b"9" * 5000 + b"}")
@example(b"[" * 100_000)
def test_any_bytes_are_a_record_or_a_refusal(raw: bytes) -> None:
    sent = attempt(reading.read_record, raw)
    if sent is not None:
        # What was read can be written down, and says the same when it is read again.
        assert decode_content(encode_content(sent.text)) == sent.text
        JUDGE(sent.text)


@given(BYTES)
def test_any_bytes_are_an_amendment_a_reason_and_a_statement_or_a_refusal(raw: bytes) -> None:
    attempt(reading.read_amendment, raw)
    attempt(reading.read_reason, raw)
    attempt(reconciling.read_statement, raw)


@given(st.lists(BYTES, max_size=6))
def test_a_batch_has_one_answer_for_each_line(lines: list[bytes]) -> None:
    lines = [line.replace(b"\n", b" ") for line in lines]
    raw = b"".join(line + b"\n" for line in lines)
    read = list(reading.read_lines(raw))
    assert len(read) == len(lines) == reading.count_lines(raw)
    for line, one in zip(lines, read, strict=True):
        expected = attempt(reading.read_record, line)
        assert one == expected if expected is not None else isinstance(one, Refusal)


@given(st.text(max_size=60) | st.datetimes().map(str) | st.datetimes(timezones=st.timezones()).map(str))
@example("0001-01-01T00:00:00+14:00")
@example("9999-12-31T23:59:59-14:00")
def test_any_text_is_an_instant_a_cursor_a_day_or_a_refusal(text: str) -> None:
    instant = attempt(lambda value: listing.read_instant(value, "received_from"), text)
    assert instant is None or instant.tzinfo is not None
    attempt(listing.read_cursor, text)
    attempt(reconciling.read_day, text)


@given(st.builds(RecordText, vin=st.text(max_size=20), mileage=st.text("0123456789.", max_size=9)))
def test_suggestions_are_made_of_any_record(text: RecordText) -> None:
    record = JUDGE(text).record
    list(suggest_vin(text.vin))
    if record.mileage_km is not None:
        for each in suggest_mileage(record.mileage_km, lambda _: True):
            assert each.value != str(record.mileage_km)
            assert msgspec.json.encode(each)


@given(st.dates(), st.dates())
def test_suggested_days_fit_better_than_what_they_replace(repaired: Any, settled: Any) -> None:
    text = RecordText(repair_date=repaired.isoformat(), settle_date=settled.isoformat())
    today = day_in_china(datetime(2026, 3, 2, tzinfo=UTC))
    for each in suggest_days(JUDGE(text).record, today):
        assert each.pointer in {"/repairdate", "/settledate"}
        assert each.value <= f"{today:%Y%m%d}"
