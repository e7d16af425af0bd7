"""Messages: what was sealed opens, and whatever anybody did to it on the way is refused."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from chedang.exchange import messages
from chedang.exchange.comparing_model import KeysAsk, TakeAsk
from chedang.exchange.messages import (
    decode_acknowledgement,
    decode_items,
    decode_record,
    encode_body,
    open_kept,
    open_message,
    seal,
    split_items,
)
from chedang.exchange.model import (
    SCHEMA,
    Body,
    ExchangeRefused,
    MessageKind,
    Notice,
    RecordRow,
    RefusalCode,
)
from chedang.exchange.rows import digested_row, encode_items, row_digest
from chedang.exchange.signing import Signer

SIGNER = Signer(b"3" * 32)
MADE_AT = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)
ROW = RecordRow(
    vin="LXXAA11A5R1000017",
    record_id=bytes(range(16)),
    version=1,
    state="active",
    company_code="330106000000001",
    settlement_list_number="JS001",
    plate_number="浙A12345",
    repair_on=date(2026, 9, 13),
    settled_on=None,
    mileage_km="48210.5",
    content='{"vin":"LXXAA11A5R1000017"}',
    findings="[]",
    error_count=0,
    warn_count=0,
    origin="33",
    dialect="lcippro",
    actor="",
    reason="",
    received_at=datetime(2026, 9, 14, 2, 30, 0, 7, tzinfo=UTC),
)
BODY = Body([msgspec.structs.replace(ROW, digest=row_digest(ROW))], [Notice("enterprise", ROW.company_code, b"{}")])


def find_key(sender: str, wanted: str, made_at: datetime) -> bytes:
    assert made_at.tzinfo is not None
    if sender != "33":
        raise ExchangeRefused(RefusalCode.UNKNOWN_SENDER)
    if wanted != SIGNER.key_id:
        raise ExchangeRefused(RefusalCode.UNKNOWN_KEY)
    return SIGNER.public_key


def sealed(contents: bytes | None = None, **changes: Any) -> bytes:
    parts: dict[str, Any] = {
        "kind": MessageKind.ITEMS,
        "sender": "33",
        "recipient": "00",
        "signer": SIGNER,
        "made_at": MADE_AT,
        "epoch": 1,
        "sequence": 1,
        "item_count": 2,
    }
    return seal(encode_body(BODY) if contents is None else contents, **parts | changes).message


def refusal(message: bytes, recipient: str = "00") -> RefusalCode:
    with pytest.raises(ExchangeRefused) as caught:
        open_message(message, find_key=find_key, recipient=recipient)
    return caught.value.code


def resigned(message: bytes, change: Any = None, body: bytes | None = None) -> bytes:
    """The message with another head or body, signed anew by its own sender."""
    head_bytes, _, old_body = msgspec.msgpack.decode(message)
    head = msgspec.json.decode(head_bytes)
    head |= change or {}
    if body is not None and "body_digest" not in (change or {}):
        head["body_digest"] = hashlib.sha256(body).hexdigest()
    head_bytes = msgspec.json.encode(head)
    return msgspec.msgpack.encode((head_bytes, SIGNER.sign(head_bytes), old_body if body is None else body))


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Little is allocated beyond what was there."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_a_message_opens_to_what_was_sealed() -> None:
    message = sealed()
    opened = open_message(message, find_key=find_key, recipient="00")
    assert decode_items(opened.body) == BODY
    assert (opened.head.sender, opened.head.sequence, opened.head.made_at) == ("33", 1, MADE_AT)
    assert (opened.head.schema, opened.head.accepts_schema) == (SCHEMA, SCHEMA)
    assert open_kept(message) == opened


MESSAGE = sealed()


@given(st.integers(0, len(MESSAGE) - 1), st.integers(1, 255))
def test_a_byte_changed_anywhere_is_refused(place: int, change: int) -> None:
    altered = bytearray(MESSAGE)
    altered[place] ^= change
    refusal(bytes(altered))


@given(st.integers(0, len(MESSAGE) - 1))
def test_a_truncated_message_is_refused(length: int) -> None:
    assert refusal(MESSAGE[:length]) is RefusalCode.MALFORMED


@given(st.binary(min_size=1, max_size=40))
def test_bytes_after_a_message_are_refused(more: bytes) -> None:
    assert refusal(MESSAGE + more) is RefusalCode.MALFORMED


@given(st.binary(max_size=200))
def test_what_is_no_message_is_refused(anything: bytes) -> None:
    refusal(anything)


def test_a_message_to_somebody_else_is_refused() -> None:
    assert refusal(MESSAGE, recipient="32") is RefusalCode.WRONG_RECIPIENT


def test_a_message_of_a_stranger_or_under_a_strange_key_is_refused() -> None:
    assert refusal(sealed(sender="32")) is RefusalCode.UNKNOWN_SENDER
    assert refusal(sealed(signer=Signer(b"2" * 32))) is RefusalCode.UNKNOWN_KEY


def test_a_signature_of_another_algorithm_does_not_count() -> None:
    assert refusal(resigned(MESSAGE, {"algorithm": "sm9"})) is RefusalCode.BAD_SIGNATURE


def test_a_future_schema_is_told_before_anything_else_is_read() -> None:
    strange = resigned(MESSAGE, {"schema": SCHEMA + 1, "kind": "parcels", "sequence": "one"})
    assert refusal(strange) is RefusalCode.FUTURE_SCHEMA
    assert refusal(resigned(MESSAGE, {"schema": 0})) is RefusalCode.OLD_SCHEMA


def test_a_body_that_is_not_as_the_head_says_is_refused() -> None:
    unpacked = encode_body(BODY)
    packed = zstandard.ZstdCompressor().compress(unpacked)
    for change, body in [
        ({}, b"not packed"),
        ({"body_bytes": len(unpacked) - 1}, packed),
        ({"body_bytes": len(unpacked) + 1}, packed),
        ({"body_bytes": -1}, packed),
        ({"body_bytes": messages.MOST_BODY_BYTES + 1}, packed),
        ({"body_digest": "0" * 64}, packed),
    ]:
        assert refusal(resigned(MESSAGE, change, body)) is RefusalCode.WRONG_BODY


def test_nobody_unpacks_more_than_was_announced() -> None:
    """Whether or not the frame says itself how long it becomes."""
    contents = bytes(messages.MOST_BODY_BYTES + 1)
    for says_length in (True, False):
        bomb = zstandard.ZstdCompressor(write_content_size=says_length).compress(contents)
        message = resigned(MESSAGE, {"body_bytes": 100}, bomb)
        with bounded_memory():
            assert refusal(message) is RefusalCode.WRONG_BODY


def test_a_body_that_does_not_say_its_length_is_read() -> None:
    body = zstandard.ZstdCompressor(write_content_size=False).compress(encode_body(BODY))
    assert decode_items(open_message(resigned(MESSAGE, {}, body), find_key=find_key, recipient="00").body) == BODY


def test_a_long_head_is_not_read() -> None:
    """It would be read before anybody knows who sent it."""
    message = resigned(MESSAGE, {"more": [[]] * 100_000})
    with bounded_memory():
        assert refusal(message) is RefusalCode.MALFORMED


def test_lists_beyond_all_measure_are_not_read() -> None:
    endless = b"\xdd" + (10**6).to_bytes(4, "big") + b"\x90" * 10**6
    for body in (b"\x92" + endless + b"\x90", b"\x92\x90" + endless):
        with bounded_memory():
            for read in (decode_items, split_items):
                with pytest.raises(msgspec.DecodeError):
                    read(body)
    for contents, kind in ((b"\x92\xa3out" + endless, KeysAsk), (b"\x92\xa3out" + endless, TakeAsk)):
        with bounded_memory(), pytest.raises(msgspec.DecodeError, match="length"):
            msgspec.msgpack.decode(contents, type=kind)
    with bounded_memory(), pytest.raises(msgspec.DecodeError, match="length"):
        decode_acknowledgement(b"\x93\xa0\xa0" + endless)


def test_a_message_above_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_MESSAGE_BYTES", len(MESSAGE) - 1)
    assert refusal(MESSAGE) is RefusalCode.TOO_LARGE


def test_the_previous_schema_is_written_and_read() -> None:
    message = sealed(encode_items(BODY, 1), schema=1)
    opened = open_message(message, find_key=find_key, recipient="00")
    (read,) = decode_items(opened.body).records
    assert opened.head.schema == 1
    assert read == ROW
    assert decode_items(opened.body).notices == BODY.notices


def test_what_the_previous_release_writes_is_read() -> None:
    columns = [getattr(ROW, name) for name in RecordRow.__struct_fields__[:-1]]
    message = sealed(msgspec.msgpack.encode([[columns], []]), schema=1, item_count=1)
    opened = open_message(message, find_key=find_key, recipient="00")
    assert decode_items(opened.body) == Body([ROW], [])


def test_a_body_with_an_unreadable_item_comes_apart() -> None:
    columns = [getattr(ROW, name) for name in RecordRow.__struct_fields__[:-1]]
    bad = [1, *columns[1:]]
    body = msgspec.msgpack.encode([[columns, bad], [["k", "k", b""]]])
    with pytest.raises(msgspec.DecodeError):
        decode_items(body)
    (first, second), (notice,) = split_items(body)
    assert decode_record(first) == ROW
    assert msgspec.msgpack.decode(second)[0] == 1
    assert msgspec.msgpack.decode(notice) == ["k", "k", b""]


@pytest.mark.parametrize("name", RecordRow.__struct_fields__[:-1])
def test_every_column_counts_in_a_rows_digest(name: str) -> None:
    value = getattr(ROW, name)
    other: Any = {
        str: lambda: value + "x",
        bytes: lambda: value[::-1],
        int: lambda: value + 1,
        date: lambda: value.replace(day=1),
        datetime: lambda: value.replace(microsecond=8),
        type(None): lambda: date(2026, 9, 13),
    }[type(value)]()
    assert row_digest(msgspec.structs.replace(ROW, **{name: other})) != row_digest(ROW)


def test_a_row_is_digested_alike_from_its_columns() -> None:
    columns = tuple(getattr(ROW, name) for name in RecordRow.__struct_fields__[:-1])
    assert digested_row(columns) == msgspec.structs.replace(ROW, digest=row_digest(ROW))
    assert row_digest(msgspec.structs.replace(ROW, digest=b"x")) == row_digest(ROW)
