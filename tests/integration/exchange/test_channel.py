"""A channel between two databases: whatever is lost, repeated, reordered or cut off, everything arrives once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest

from chedang.exchange import feeds, keys, outbox
from chedang.exchange.channels import Direction, read_channel
from chedang.exchange.messages import decode_acknowledgement, decode_items, encode_body, open_kept, open_message, seal
from chedang.exchange.model import MOST_ITEMS, ExchangeRefused, MessageKind, RecordRow, RefusalCode
from chedang.exchange.sending import WINDOW
from chedang.exchange.signing import Signer
from chedang.exchange.steps import Step
from chedang.platform.announcements import announce
from chedang.platform.database import connect
from chedang.records.store import settle_feed

from .nodes import NOW, Crash, Node, carry
from .rows import VINS, history, row

SENDER_STEPS = (Step.SOURCE_READ, Step.MESSAGE_SEALED, Step.MESSAGE_STORED, Step.MESSAGE_KEPT)
RECEIVER_STEPS = (
    Step.MESSAGE_OPENED,
    Step.CHANNEL_LOCKED,
    Step.NOTICES_APPLIED,
    Step.RECORDS_MERGED,
    Step.LETTERS_WRITTEN,
    Step.CHANNEL_SAVED,
    Step.MESSAGE_APPLIED,
)
ACKNOWLEDGING_STEPS = (
    Step.ACKNOWLEDGEMENT_OPENED,
    Step.REFUSALS_WRITTEN,
    Step.OUTGOING_DROPPED,
    Step.ACKNOWLEDGED,
)


def next_message(node: Node) -> bytes:
    node.sender().prepare(node.connection)
    message = node.sender().pending(node.connection)
    assert message is not None
    return message


def refusal(do: Callable[[], Any]) -> RefusalCode:
    with pytest.raises(ExchangeRefused) as caught:
        do()
    return caught.value.code


def outcomes(acknowledgement: bytes) -> str:
    return decode_acknowledgement(open_kept(acknowledgement).body).outcomes


def queue(ministry: Node, *rows: RecordRow) -> None:
    """Put rows into the feed of 浙江."""
    wanted = [feeds.FeedKey(each.vin, UUID(bytes=each.record_id), each.version) for each in rows]
    with ministry.connection.transaction():
        feeds.enqueue_rows(ministry.connection, "33", wanted, now=NOW)


def altered(node: Node, message: bytes, rows: list[RecordRow], **changes: Any) -> bytes:
    """A message like this one with other contents, sealed by its own sender."""
    head = open_kept(message).head
    parts: dict[str, Any] = {
        "kind": head.kind,
        "sender": head.sender,
        "recipient": head.recipient,
        "signer": node.signer,
        "made_at": head.made_at,
        "epoch": head.epoch,
        "sequence": head.sequence,
        "previous_digest": head.previous_digest,
        "item_count": len(rows),
    }
    return seal(encode_body((rows, [])), **parts | changes).message


def test_what_a_province_took_in_stands_at_the_ministry_just_so(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001"), *history("JS002", VINS[:2])])
    assert carry(province, ministry) == 1
    assert ministry.rows() == province.rows()
    assert ministry.heads() == province.heads()
    assert carry(province, ministry) == 0
    assert ministry.query("select distinct origin from record_version") == [("33",)]


def test_a_feed_brings_rows_down_and_they_are_not_told_back(province: Node, ministry: Node) -> None:
    theirs = [row(f"JS00{number}", origin="32", company_code="320102000000001") for number in range(3)]
    ministry.take_in(theirs)
    queue(ministry, *theirs)
    assert ministry.sender().backlog(ministry.connection).records == 3
    assert carry(ministry, province) == 1
    assert province.rows() == ministry.rows()
    assert province.query("select distinct origin from record_version") == [("32",)]
    assert carry(province, ministry) == 0
    assert province.sender().backlog(province.connection).records == 0
    channel = read_channel(province.connection, "00", Direction.OUT)
    assert channel is not None
    assert channel.record_position == settle_feed(province.connection)
    assert channel.acknowledged_position == channel.record_position, "what was passed over is waited for no more"


def test_no_record_comes_before_what_was_announced_before_it(
    province: Node, ministry: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record of a shop that is not approved at home must not be shown elsewhere for want of that word."""
    monkeypatch.setattr(outbox, "MOST_NOTICES", 2)
    for number in range(5):
        announce(province.connection, "channel", f"33010600000000{number}", now=NOW)
    province.connection.commit()
    province.take_in([row("JS001")])
    told = []
    while (made := province.sender().prepare(province.connection)) and len(told) < 4:
        kept = decode_items(open_kept(newest_message(province)).body)
        assert made == len(kept.records) + len(kept.notices)
        told.append((len(kept.notices), len(kept.records)))
    assert told == [(2, 0), (2, 0), (1, 1)]


def test_an_announcer_that_hangs_keeps_back_what_comes_after_it(province: Node) -> None:
    with connect(province.url) as hung:
        announce(hung, "channel", "330106000000001", now=NOW)
        announce(province.connection, "channel", "330106000000002", now=NOW)
        province.connection.commit()
        province.take_in([row("JS001")])
        assert province.sender().prepare(province.connection) == 0
        hung.commit()
    assert province.sender().prepare(province.connection) == 3


def newest_message(node: Node) -> bytes:
    (message,) = node.query("select message from exchange_outgoing order by sequence desc limit 1")[0]
    return bytes(message)


def test_messages_are_applied_in_their_order_and_no_other(province: Node, ministry: Node) -> None:
    for number in range(3):
        province.take_in([row(f"JS00{number}")])
        assert province.sender().prepare(province.connection) == 1
    first, second, third = (
        bytes(message) for (message,) in province.query("select message from exchange_outgoing order by sequence")
    )
    receive = ministry.receiver().receive
    assert refusal(lambda: receive(ministry.connection, second)) is RefusalCode.OUT_OF_ORDER
    first_answer = receive(ministry.connection, first)
    assert refusal(lambda: receive(ministry.connection, third)) is RefusalCode.OUT_OF_ORDER
    receive(ministry.connection, second)
    assert refusal(lambda: receive(ministry.connection, first)) is RefusalCode.REPLAYED
    third_answer = receive(ministry.connection, third)
    assert len(ministry.rows()) == 3
    assert refusal(lambda: province.acknowledge(third_answer)) is RefusalCode.FORKED
    assert province.acknowledge(first_answer)
    assert not province.acknowledge(first_answer)


def test_a_repeated_message_gets_the_same_answer_and_changes_nothing(province: Node, ministry: Node) -> None:
    province.take_in([row()])
    message = next_message(province)
    answer = ministry.receiver().receive(ministry.connection, message)
    ministry.now += timedelta(minutes=5)
    assert ministry.receiver().receive(ministry.connection, message) == answer
    assert len(ministry.query("select seq from record_change")) == 1
    assert ministry.query("select kind, peer from exchange_event") == [("repeated", "33")]


def test_another_message_in_the_same_place_is_refused(province: Node, ministry: Node) -> None:
    province.take_in([row()])
    message = next_message(province)
    ministry.receiver().receive(ministry.connection, message)
    other = row("JS009")
    receive = ministry.receiver().receive
    fork = altered(province, message, [other])
    assert refusal(lambda: receive(ministry.connection, fork)) is RefusalCode.FORKED
    unchained = altered(province, message, [other], sequence=2, previous_digest="0" * 64)
    assert refusal(lambda: receive(ministry.connection, unchained)) is RefusalCode.FORKED
    assert len(ministry.rows()) == 1


def test_a_message_that_does_not_belong_in_a_channel_is_refused(province: Node, ministry: Node) -> None:
    province.take_in([row()])
    message = next_message(province)
    receive = ministry.receiver().receive
    for changes in ({"kind": MessageKind.CALL}, {"epoch": 2**31}, {"sequence": 0}, {"epoch": 0}):
        wrong = altered(province, message, [row()], **changes)
        assert refusal(lambda wrong=wrong: receive(ministry.connection, wrong)) is RefusalCode.MALFORMED  # type: ignore[misc]
    large = altered(province, message, [row()], item_count=MOST_ITEMS + 1)
    assert refusal(lambda: receive(ministry.connection, large)) is RefusalCode.TOO_LARGE
    neighbour = Signer(b"2" * 32)
    keys.add(province.connection, "32", neighbour.public_key, state=keys.KeyState.ACTIVE, by="测试", now=NOW)
    sideways = altered(province, message, [row()], sender="32", recipient="33", signer=neighbour)
    taken = province.receiver().receive
    assert refusal(lambda: taken(province.connection, sideways)) is RefusalCode.FORBIDDEN
    assert ministry.rows() == []


def test_a_new_epoch_begins_with_its_first_message(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001")])
    carry(province, ministry)
    province.take_in([row("JS002")])
    old = next_message(province)
    province.sender().restart(province.connection)
    assert province.sender().pending(province.connection) is None
    message = next_message(province)
    head = open_kept(message).head
    assert (head.sequence, head.previous_digest, head.item_count) == (1, "", 1)
    assert head.epoch > open_kept(old).head.epoch
    receive = ministry.receiver().receive
    skipped = altered(province, message, [row("JS002")], sequence=2)
    assert refusal(lambda: receive(ministry.connection, skipped)) is RefusalCode.OUT_OF_ORDER
    chained = altered(province, message, [row("JS002")], previous_digest="0" * 64)
    assert refusal(lambda: receive(ministry.connection, chained)) is RefusalCode.FORKED
    assert province.acknowledge(receive(ministry.connection, message))
    assert refusal(lambda: receive(ministry.connection, old)) is RefusalCode.REPLAYED
    assert ministry.rows() == province.rows()
    assert ministry.query("select kind from exchange_event") == [("restarted",)]


def test_a_node_that_lost_everything_is_told_everything_again(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001"), row("JS002")])
    carry(province, ministry)
    ministry.connection.execute("truncate record_version, record_head, record_change, exchange_channel")
    ministry.connection.commit()
    province.take_in([row("JS003")])
    receive = ministry.receiver().receive
    message = next_message(province)
    assert refusal(lambda: receive(ministry.connection, message)) is RefusalCode.OUT_OF_ORDER
    province.sender().restart(province.connection, from_start=True)
    assert carry(province, ministry) == 1
    assert ministry.rows() == province.rows()


def test_rows_that_are_known_are_told_as_such(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001")])
    carry(province, ministry)
    province.take_in([row("JS002")])
    province.sender().restart(province.connection, from_start=True)
    answer = ministry.receiver().receive(ministry.connection, next_message(province))
    assert outcomes(answer) == "ka"


def test_a_restored_node_begins_after_every_epoch_it_ever_had(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001")])
    carry(province, ministry)
    backup = province.query("select epoch, sequence, digest from exchange_channel")[0]
    for number in (2, 3):
        province.now += timedelta(hours=1)
        province.connection.execute("update exchange_channel set epoch = %s, sequence = %s, digest = %s", backup)
        province.connection.commit()
        province.sender().restart(province.connection)
        province.take_in([row(f"JS00{number}")])
        assert carry(province, ministry) == 1
    assert len(ministry.rows()) == 3


def test_no_more_messages_are_made_than_may_wait(province: Node) -> None:
    for number in range(WINDOW + 2):
        province.take_in([row(f"JS00{number}")])
        assert province.sender().prepare(province.connection) == (number < WINDOW)
    backlog = province.sender().backlog(province.connection)
    assert backlog.records == WINDOW + 2
    assert backlog.since == row().received_at


def test_a_message_holds_no_more_than_its_bytes(
    province: Node, ministry: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chedang.exchange.outbox.MOST_BODY_BYTES", 2500)
    province.take_in([row(f"JS00{number}", reason="长" * 300) for number in range(4)])
    assert [province.sender().prepare(province.connection) for _ in range(4)] == [1, 1, 1, 1]
    monkeypatch.undo()
    assert carry(province, ministry) == 4
    assert ministry.rows() == province.rows()


def test_the_previous_schema_is_exchanged_both_ways(province: Node, ministry: Node) -> None:
    for node, other in ((province, "00"), (ministry, "33")):
        node.connection.execute("update exchange_peer set accepts_schema = 1 where node_code = %s", [other])
        node.connection.commit()
    province.take_in([row()])
    message = next_message(province)
    assert open_kept(message).head.schema == 1
    assert carry(province, ministry) == 1
    assert ministry.rows() == province.rows()
    theirs = row("JS002", origin="32", company_code="320102000000001")
    ministry.take_in([theirs])
    queue(ministry, theirs)
    assert open_kept(next_message(ministry)).head.schema == 1
    assert carry(ministry, province) == 1
    assert province.rows() == ministry.rows()


def test_an_acknowledgement_of_something_else_changes_nothing(province: Node, ministry: Node) -> None:
    province.take_in([row()])
    message = next_message(province)
    answer = ministry.receiver().receive(ministry.connection, message)
    told = decode_acknowledgement(open_kept(answer).body)
    head = open_kept(answer).head
    parts: dict[str, Any] = {
        "kind": MessageKind.ACKNOWLEDGEMENT,
        "sender": "00",
        "recipient": "33",
        "signer": ministry.signer,
        "made_at": NOW,
        "epoch": head.epoch,
        "sequence": head.sequence,
    }
    for contents, changes, code in [
        (told, {"kind": MessageKind.ANSWER}, RefusalCode.MALFORMED),
        (told, {"recipient": "32"}, RefusalCode.WRONG_RECIPIENT),
        (told, {"sender": "33", "signer": province.signer}, RefusalCode.MALFORMED),
        (told, {"signer": Signer(b"x" * 32)}, RefusalCode.UNKNOWN_KEY),
        (told, {"sequence": 2}, RefusalCode.FORKED),
        (msgspec.structs.replace(told, digest="0" * 64), {}, RefusalCode.FORKED),
        (["\0"], {}, RefusalCode.MALFORMED),
    ]:
        wrong = seal(encode_body(contents), **parts | changes).message
        assert refusal(lambda wrong=wrong: province.acknowledge(wrong)) is code  # type: ignore[misc]
    assert province.sender().pending(province.connection) == message
    assert province.acknowledge(answer)
    assert province.sender().pending(province.connection) is None


def test_only_one_of_two_that_make_a_message_makes_it(province: Node, ministry: Node) -> None:
    province.take_in([row()])

    def overtake(step: Step) -> None:
        if step is Step.SOURCE_READ:
            other = Node("33", "00", province.url, province.signer)
            assert other.sender().prepare(other.connection) == 1
            other.crash()

    assert province.sender(overtake).prepare(province.connection) == 0
    assert carry(province, ministry) == 1
    assert len(ministry.rows()) == 1


@pytest.mark.parametrize("step", [*SENDER_STEPS, *RECEIVER_STEPS, *ACKNOWLEDGING_STEPS])
def test_a_crash_at_any_step_loses_and_doubles_nothing(step: Step, province: Node, ministry: Node) -> None:
    tried: list[Step] = []

    def once(reached: Step) -> None:
        if reached is step and not tried:
            tried.append(reached)
            raise Crash

    bad = row("JS003", company_code="")  # refused there, so that a letter and a refusal are written
    for batch in ([row("JS001"), bad], history("JS002", VINS)):
        province.take_in(batch)
        for _ in range(3):
            try:
                province.sender(once).prepare(province.connection)
                message = province.sender().pending(province.connection)
                if message is None:
                    break
                answer = ministry.receiver(once).receive(ministry.connection, message)
                province.acknowledge(answer, once)
            except Crash:
                province.crash()
                ministry.crash()
    assert tried == [step]
    expected = [each for each in province.rows() if each[1] != UUID(bytes=bad.record_id)]
    assert ministry.rows() == expected
    assert len(ministry.query("select seq from record_change")) == len(expected)
    assert ministry.letters() == [(1, "record", "unacceptable")]
    assert province.query("select item, kind, version, reason from exchange_refusal") == [
        (1, "record", 1, "unacceptable")
    ]
    assert province.query("select sequence, acknowledged_sequence from exchange_channel") == [(2, 2)]
    assert ministry.query("select sequence from exchange_channel") == [(2,)]
    assert carry(province, ministry) == 0


def test_a_cut_connection_to_the_database_leaves_nothing_half_done(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001"), row("JS002")])
    message = next_message(province)

    def cut(step: Step) -> None:
        if step is Step.CHANNEL_SAVED:
            with psycopg.connect(ministry.url, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s)", [ministry.connection.info.backend_pid])

    with pytest.raises(psycopg.OperationalError):
        ministry.receiver(cut).receive(ministry.connection, message)
    assert ministry.rows() == []
    assert carry(province, ministry) == 1
    assert len(ministry.rows()) == 2


def test_a_genuine_answer_opens_with_the_ministrys_key(province: Node, ministry: Node) -> None:
    province.take_in([row()])
    answer = ministry.receiver().receive(ministry.connection, next_message(province))
    opened = open_message(answer, find_key=keys.find_key(province.connection), recipient="33")
    assert (opened.head.sender, opened.head.kind) == ("00", MessageKind.ACKNOWLEDGEMENT)
