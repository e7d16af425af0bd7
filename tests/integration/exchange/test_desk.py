"""The ministry's desk: what is refused, and that every refusal can be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest

from chedang.exchange import events, keys
from chedang.exchange.calling import Caller
from chedang.exchange.feeds import FeedKey, enqueue_rows
from chedang.exchange.key_offers import FRESH
from chedang.exchange.link import LinkDown
from chedang.exchange.messages import encode_body, seal
from chedang.exchange.ministry import make_feeds
from chedang.exchange.model import ExchangeRefused, MessageKind
from chedang.exchange.signing import Signer
from chedang.exchange.status import read_status
from chedang.exchange.watching import SILENT_AFTER, watch
from chedang.records.merging import merge

from .lines import NOW, Pair
from .rows import row, with_digest


@pytest.fixture
def joined(pair: Pair) -> Pair:
    pair.know_each_other()
    return pair


def call(pair: Pair, operation: str = "hello", contents: bytes = b"?", **changes: object) -> bytes:
    """A sealed call of the province."""
    signer = keys.own_signer(pair.province.connection, pair.province.data_dir, "33", NOW)
    told: dict[str, object] = {
        "kind": MessageKind.CALL,
        "sender": "33",
        "recipient": "00",
        "signer": signer,
        "made_at": NOW,
        "operation": operation,
        "nonce": "0123456789abcdef0123456789abcdef",
    }
    return seal(contents, **(told | changes)).message  # type: ignore[arg-type]


def refusal(pair: Pair, message: bytes) -> str:
    with pytest.raises(ExchangeRefused) as refused:
        pair.ministry.desk.call(pair.ministry.connection, message)
    return refused.value.code.code


def test_a_call_is_answered_once(joined: Pair) -> None:
    caller = Caller("33", joined.province.data_dir, joined.link, lambda: NOW)
    assert caller.ask(joined.province.connection, "hello", b"anybody?") == b"anybody?"
    assert refusal(joined, joined.link.sent[-1]) == "STALE_CALL"
    assert joined.ministry.event_details("refused") == [
        "STALE_CALL 调用时间与本节点相差过大或重复使用随机数（随机数已用过）"
    ]


@pytest.mark.parametrize("apart", [FRESH + timedelta(seconds=1), -FRESH - timedelta(seconds=1)])
def test_a_call_of_another_hour_is_stale(joined: Pair, apart: timedelta) -> None:
    assert refusal(joined, call(joined, made_at=NOW + apart)) == "STALE_CALL"
    assert joined.ministry.event_kinds() == ["refused"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"operation": "sing"}, "UNKNOWN_OPERATION"),
        ({"operation": "feed"}, "MALFORMED"),
        ({"kind": MessageKind.ANSWER}, "MALFORMED"),
        ({"nonce": "again"}, "MALFORMED"),
        ({"nonce": "z" * 32}, "MALFORMED"),
        ({"recipient": "32"}, "WRONG_RECIPIENT"),
        ({"sender": "32"}, "UNKNOWN_SENDER"),
        ({"sender": "00"}, "UNKNOWN_KEY"),
        ({"signer": Signer(b"x" * 32)}, "UNKNOWN_KEY"),
        ({"schema": 3}, "FUTURE_SCHEMA"),
        ({"schema": 0}, "OLD_SCHEMA"),
        ({"made_at": NOW.replace(tzinfo=None)}, "MALFORMED"),
    ],
)
def test_what_does_not_fit_is_refused_and_written_down(joined: Pair, changes: dict[str, object], code: str) -> None:
    assert refusal(joined, call(joined, **changes)) == code
    (detail,) = joined.ministry.event_details("refused")
    assert detail.startswith(code)


@pytest.mark.parametrize(
    ("operation", "contents"),
    [
        ("compare.summaries", ["out", date.max, date.max]),
        ("compare.rows", ["out", date(2026, 9, 14), "3301\0", None]),
        ("compare.fetch", ["out", [["V", b"x", 2**40]]]),
        ("feed", [b"", [-1, None]]),
        ("feed", [b"", [2**63, None]]),
    ],
)
def test_values_beyond_all_use_are_malformed(joined: Pair, operation: str, contents: object) -> None:
    """Not a fault of the ministry's, which would be tried again and again."""
    assert refusal(joined, call(joined, operation=operation, contents=encode_body(contents))) == "MALFORMED"


@pytest.mark.parametrize("place", [40, 200, -5])
def test_a_tampered_call_is_refused(joined: Pair, place: int) -> None:
    message = bytearray(call(joined, contents=b"a question" * 20))
    message[place] ^= 1
    assert refusal(joined, bytes(message)) in {"BAD_SIGNATURE", "MALFORMED", "WRONG_BODY", "UNKNOWN_SENDER"}
    assert joined.ministry.event_kinds() == ["refused"]
    told = joined.ministry.connection.execute("select last_contact_at from exchange_peer").fetchone()
    assert told == (None,)


@pytest.mark.parametrize("message", [b"", b"\xc1", b"hello", b"\x93\xc4\x02{}\xc4\x00\xc4\x00", b"\x91" * 100_000])
def test_nonsense_is_malformed(joined: Pair, message: bytes) -> None:
    assert refusal(joined, message) == "MALFORMED"


def test_a_truncated_call_is_malformed(joined: Pair) -> None:
    message = call(joined)
    assert {refusal(joined, message[:length]) for length in range(0, len(message), 7)} == {"MALFORMED"}


def test_a_key_alone_is_not_enough(pair: Pair) -> None:
    pair.know_each_other()
    pair.ministry.connection.execute("delete from exchange_peer")
    assert refusal(pair, call(pair)) == "UNKNOWN_SENDER"


def test_a_province_answers_no_calls_and_takes_no_messages(joined: Pair) -> None:
    joined.province.connection.execute("update exchange_key set node_code = '32' where node_code = '00'")
    signer = keys.own_signer(joined.ministry.connection, joined.ministry.data_dir, "00", NOW)
    message = call(joined, sender="32", recipient="33", signer=signer)
    for ask in (joined.province.desk.call, joined.province.desk.deliver):
        with pytest.raises(ExchangeRefused, match="FORBIDDEN"):
            ask(joined.province.connection, message)


def test_the_same_refusal_is_written_down_once_a_minute(joined: Pair) -> None:
    for seconds in (0, 1, 30, 61):
        joined.ministry.now = NOW + timedelta(seconds=seconds)
        assert refusal(joined, call(joined, operation="sing", nonce=f"{seconds:032x}")) == "UNKNOWN_OPERATION"
    assert joined.ministry.event_kinds() == ["refused", "refused"]
    joined.ministry.connection.execute("update exchange_event set at = at - interval '401 days'")
    assert events.purge(joined.ministry.connection, now=NOW + timedelta(minutes=1)) == 2


def test_strangers_cannot_fill_the_table_of_events(joined: Pair) -> None:
    for schema in range(3, 9):
        assert refusal(joined, call(joined, schema=10**schema)) == "FUTURE_SCHEMA"
    assert joined.ministry.event_kinds() == ["refused"]
    for minutes in range(0, 59, 2):
        joined.ministry.now = NOW + timedelta(minutes=minutes)
        assert refusal(joined, call(joined, sender="44")) == "UNKNOWN_SENDER"
    assert joined.ministry.event_kinds() == ["refused", "refused"]


def test_what_the_ministry_refuses_can_be_seen_in_the_province(joined: Pair) -> None:
    caller = joined.steps.ask(joined.province.connection)
    with pytest.raises(ExchangeRefused, match="UNKNOWN_OPERATION"):
        caller("sing", b"")
    assert joined.province.event_kinds() == ["refused_there"]
    (fault,) = joined.province.connection.execute("select last_fault from exchange_peer").fetchone() or ()
    assert fault == "UNKNOWN_OPERATION"
    caller("hello", b"")
    (fault,) = joined.province.connection.execute("select last_fault from exchange_peer").fetchone() or ()
    assert fault == ""


def test_an_answer_to_another_call_is_not_taken(joined: Pair) -> None:
    earlier: list[bytes] = []
    answer: Callable[[bytes], bytes] = joined.link.call

    def replaying(message: bytes) -> bytes:
        earlier.append(answer(message))
        return earlier[0]

    joined.link.call = replaying  # type: ignore[method-assign]
    caller = Caller("33", joined.province.data_dir, joined.link, lambda: NOW)
    caller.ask(joined.province.connection, "hello", b"first")
    with pytest.raises(ExchangeRefused, match="MALFORMED"):
        caller.ask(joined.province.connection, "hello", b"second")


def test_alarms_begin_and_end(joined: Pair) -> None:
    office = joined.ministry
    later = NOW + SILENT_AFTER + timedelta(seconds=1)
    assert watch(office.connection, node_code="00", data_dir=office.data_dir, now=NOW) == 0
    assert watch(office.connection, node_code="00", data_dir=office.data_dir, now=later) == 1
    assert watch(office.connection, node_code="00", data_dir=office.data_dir, now=later) == 0
    (alarm,) = events.open_alarms(office.connection)
    assert (alarm.kind, alarm.peer) == ("silent", "33")
    joined.at(later)
    joined.steps.collect(joined.province.connection)
    assert watch(office.connection, node_code="00", data_dir=office.data_dir, now=later) == 1
    assert events.open_alarms(office.connection) == []


def test_a_feed_is_given_until_it_is_acknowledged(joined: Pair) -> None:
    ministry, province = joined.ministry, joined.province
    shops = [row("JS001", origin="32"), row("JS002", origin="32")]
    with ministry.connection.transaction():
        merge(ministry.connection, [with_digest(each) for each in shops], node_code="00")
        for each in shops:
            key = FeedKey(each.vin, UUID(bytes=each.record_id), each.version)
            enqueue_rows(ministry.connection, "33", [key], now=NOW)
    assert make_feeds(ministry.connection, data_dir=ministry.data_dir, clock=lambda: NOW) == 2
    assert make_feeds(ministry.connection, data_dir=ministry.data_dir, clock=lambda: NOW) == 0
    lost: list[bytes] = []
    call = joined.link.call
    joined.link.call = lambda message: lost.append(call(message)) or cut()  # type: ignore[method-assign, func-returns-value]
    with pytest.raises(LinkDown):
        joined.steps.collect(province.connection)
    joined.link.call = call  # type: ignore[method-assign]
    assert read_status(ministry.connection, node_code="00", now=NOW).peers[0].down.records == 2
    assert joined.steps.collect(province.connection) == 1
    assert joined.steps.collect(province.connection) == 0
    origins = province.connection.execute("select origin from record_version").fetchall()
    assert origins == [("32",), ("32",)]
    assert read_status(ministry.connection, node_code="00", now=NOW).peers[0].down.records == 0
    assert province.event_kinds() == []


def cut() -> bytes:
    raise LinkDown("cut")


def test_old_numbers_of_calls_are_forgotten(joined: Pair) -> None:
    joined.steps.collect(joined.province.connection)
    watch(joined.ministry.connection, node_code="00", data_dir=joined.ministry.data_dir, now=NOW)
    count = "select count(*) from exchange_nonce"
    assert joined.ministry.connection.execute(count).fetchone() == (1,)
    watch(joined.ministry.connection, node_code="00", data_dir=joined.ministry.data_dir, now=NOW + 3 * FRESH)
    assert joined.ministry.connection.execute(count).fetchone() == (0,)
