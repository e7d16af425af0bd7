"""Poison: an item that cannot be applied keeps nothing else back, and can be tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from chedang.enterprises import known, store
from chedang.enterprises.model import Registration, Source
from chedang.exchange import applying, dead_letters, outbox, sending
from chedang.exchange.messages import encode_body, open_kept, seal
from chedang.exchange.model import MessageKind, Notice, RecordRow
from chedang.exchange.notices import NOTICES, NoticeKind
from chedang.platform.announcements import NoticeRefused, announce
from chedang.records.merging import merge
from chedang.records.store import Connection, find_record, read_file

from .nodes import NOW, Node, carry
from .rows import SHOP, VINS, row, with_digest

LATER = NOW + timedelta(days=1)


def bring(sender: Node, receiver: Node, records: list[Any], notices: list[Any] | None = None, **changes: Any) -> str:
    """Items that no honest node would make, sealed as they are; gives the outcomes."""
    return bring_body(
        sender, receiver, encode_body((records, notices or [])), len(records) + len(notices or []), **changes
    )


def bring_body(sender: Node, receiver: Node, body: bytes, item_count: int, **changes: Any) -> str:
    parts: dict[str, Any] = {
        "kind": MessageKind.ITEMS,
        "sender": sender.code,
        "recipient": receiver.code,
        "signer": sender.signer,
        "made_at": NOW,
        "epoch": 1,
        "sequence": 1,
        "item_count": item_count,
    }
    answer = receiver.receiver().receive(receiver.connection, seal(body, **parts | changes).message)
    outcomes = msgspec.msgpack.decode(open_kept(answer).body)[1]
    assert isinstance(outcomes, str)
    return outcomes


def changed(number: str, **changes: Any) -> RecordRow:
    """A row with a right digest and a wrong value."""
    return with_digest(msgspec.structs.replace(row(number), **changes))


def replay(node: Node, letter_id: int | None = None) -> dead_letters.Replayed:
    return dead_letters.replay(node.connection, letter_id, node_code=node.code, by="管理员", now=LATER)


POISON = {
    "nul": (lambda: changed("X", reason="a\0b"), "unacceptable"),
    "nul in a shop's code": (lambda: changed("X", company_code="33\0"), "unacceptable"),
    "digest": (lambda: msgspec.structs.replace(row("X"), plate_number="浙A99999"), "wrong_digest"),
    "no digest": (lambda: msgspec.structs.replace(row("X"), digest=b""), "wrong_digest"),
    "long key": (lambda: changed("X", vin="V" * 5000), "unacceptable"),
    "version": (lambda: changed("X", version=2**31), "unacceptable"),
    "no version": (lambda: changed("X", version=0), "unacceptable"),
    "count": (lambda: changed("X", error_count=40_000), "unacceptable"),
    "large count": (lambda: changed("X", error_count=2**40), "unacceptable"),
    "mileage": (lambda: changed("X", mileage_km="far"), "unacceptable"),
    "state": (lambda: changed("X", state="odd"), "unacceptable"),
    "identifier": (lambda: changed("X", record_id=b"short"), "unacceptable"),
    "content": (lambda: changed("X", content="{}}"), "unacceptable"),
    "field beyond the standard": (lambda: changed("X", content='{"owner":"某人"}'), "unacceptable"),
    "findings": (lambda: changed("X", findings='[{"code":1}]'), "unacceptable"),
    "origin": (lambda: changed("X", origin="local"), "not_yours"),
    "another's origin": (lambda: changed("X", origin="32"), "not_yours"),
    "instant": (lambda: msgspec.structs.replace(row("X"), received_at=datetime(2026, 9, 14)), "unacceptable"),  # noqa: DTZ001
    "time to come": (lambda: changed("X", received_at=datetime(9999, 12, 31, 20, tzinfo=UTC)), "unacceptable"),
    "time long past": (lambda: changed("X", received_at=datetime(1, 1, 1, tzinfo=UTC)), "unacceptable"),
    "another shop's file": (lambda: changed("X", vin="~330106000000002"), "unacceptable"),
    "not a row": (lambda: ["?"], "unreadable"),
    "no UTF-8": (lambda: msgspec.Raw(b"\x92\xa2\xf3a\xc0"), "unreadable"),
}


@pytest.mark.parametrize("name", POISON)
def test_only_the_poisonous_row_dies(name: str, province: Node, ministry: Node) -> None:
    make, reason = POISON[name]
    rows: list[Any] = [row(f"JS{number:03}") for number in range(6)]
    rows.insert(4, make())
    assert bring(province, ministry, rows) == "aaaadaa"
    assert len(ministry.rows()) == 6
    assert ministry.letters() == [(4, "record", reason)]
    assert replay(ministry) == dead_letters.Replayed(0, 1)
    assert ministry.letters() == [(4, "record", reason)]
    assert len(ministry.query("select seq from record_change")) == 6


def test_rows_without_digests_are_good_in_the_previous_schema(province: Node, ministry: Node) -> None:
    good, bad = row("JS001"), row("JS002", error_count=40_000)
    columns = [[getattr(each, name) for name in RecordRow.__struct_fields__[:-1]] for each in (good, bad)]
    assert bring(province, ministry, columns, schema=1) == "ad"
    assert replay(ministry) == dead_letters.Replayed(0, 1)
    assert ministry.letters() == [(1, "record", "unacceptable")]


def test_many_poisonous_rows_leave_the_good_ones(province: Node, ministry: Node) -> None:
    rows = [changed(f"JS{number:03}", **({"actor": "\0"} if number % 7 == 3 else {})) for number in range(50)]
    said = bring(province, ministry, rows)
    assert said == "".join("d" if number % 7 == 3 else "a" for number in range(50))
    assert len(ministry.rows()) == said.count("a")
    assert len(ministry.letters()) == said.count("d")


def test_a_row_that_differs_from_what_stands_is_a_conflict(province: Node, ministry: Node) -> None:
    bring(province, ministry, [row()])
    before = ministry.rows()
    other = changed("JS001", plate_number="浙A99999")
    assert bring(province, ministry, [other, row()], epoch=2) == "dk"
    assert ministry.rows() == before
    assert ministry.letters() == [(0, "record", "conflict")]
    ministry.connection.execute("delete from record_version")
    ministry.connection.execute("delete from record_head")
    ministry.connection.commit()
    assert replay(ministry) == dead_letters.Replayed(1, 0)
    assert ministry.letters() == []
    (stored,) = read_file(ministry.connection, VINS[0])
    assert stored.plate_number == "浙A99999"
    assert ministry.query("select resolved_by, resolved_at from exchange_dead_letter")[0] == ("管理员", LATER)


def test_another_shops_record_is_not_the_senders(province: Node, ministry: Node) -> None:
    bring(province, ministry, [row()])
    theirs = changed("JS001", version=2, company_code="330106000000002")
    assert bring(province, ministry, [theirs], epoch=2) == "d"
    assert ministry.letters() == [(0, "record", "not_yours")]


def test_a_shop_of_another_province_is_not_the_senders(province: Node, ministry: Node) -> None:
    ministry.connection.execute(
        "insert into known_enterprise (company_code, node_code, company_name, division_code, review_state, told_at)"
        " values (%s, '32', '某厂', '320102', 'approved', %s)",
        [SHOP, NOW],
    )
    ministry.connection.commit()
    assert bring(province, ministry, [row()]) == "d"
    assert ministry.letters() == [(0, "record", "not_yours")]
    ministry.connection.execute("update known_enterprise set node_code = '33'")
    ministry.connection.commit()
    assert replay(ministry) == dead_letters.Replayed(1, 0)
    assert find_record(ministry.connection, row().record_id.hex()) is not None


def test_nobody_tells_a_node_what_it_took_in_itself(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001")])
    assert province.query("select origin from record_version") == [("local",)]
    said = bring(ministry, province, [row("JS001"), changed("JS001", plate_number=""), row("JS002")])
    assert said == "kdd"
    assert province.letters() == [(1, "record", "conflict"), (2, "record", "conflict")]
    assert len(province.rows()) == 1


def test_no_other_province_adds_to_a_record_of_ones_own_shop(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001")])
    before = province.heads()
    with own_shop(province):
        assert bring(ministry, province, [row("JS001", 2, origin="32"), row("JS002", origin="32")]) == "dd"
        assert province.letters() == [(0, "record", "not_yours"), (1, "record", "not_yours")]
        assert province.heads() == before
        assert bring(ministry, province, [row("JS001", 2, origin="00")], epoch=2) == "a", "its head office may"


@contextmanager
def own_shop(node: Node) -> Iterator[None]:
    """The shop of the rows is registered at this node."""
    registration = Registration(company_name="某某汽车维修厂", division_code="330106")
    store.insert(
        node.connection,
        registration,
        (),
        company_code=SHOP,
        password_hash="",
        password_is_weak=False,
        source=Source.REGISTERED,
        now=NOW,
    )
    node.connection.commit()
    try:
        yield
    finally:
        node.connection.rollback()
        node.connection.execute("delete from enterprise")
        node.connection.commit()


def test_a_body_that_nobody_can_read_is_one_letter_and_blocks_nothing(province: Node, ministry: Node) -> None:
    assert bring_body(province, ministry, b"\xc1", 3) == ""
    assert bring_body(province, ministry, encode_body(([row()], [])), 2, epoch=2) == ""
    assert ministry.letters() == [(-1, "message", "unreadable"), (-1, "message", "unreadable")]
    assert bring(province, ministry, [row("JS002")], epoch=3) == "a"
    assert replay(ministry) == dead_letters.Replayed(1, 1)
    assert len(ministry.rows()) == 2


def test_items_of_a_whole_message_that_still_die_become_letters(province: Node, ministry: Node) -> None:
    body = encode_body(([row(), changed("JS002", state="odd")], []))
    bring_body(province, ministry, body, 9)
    assert replay(ministry) == dead_letters.Replayed(1, 0)
    assert ministry.letters() == [(1, "record", "unacceptable")]


def test_the_sender_keeps_what_became_a_dead_letter(
    province: Node, ministry: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_kinds(monkeypatch), "toy", _toy())
    province.take_in([row("JS001"), row("JS002", company_code="")])
    with province.connection.transaction():
        announce(province.connection, "toy", "bad", now=NOW)
        announce(province.connection, "toy", "good", now=NOW)
        announce(province.connection, "toy", "bad", now=NOW)
        announce(province.connection, "nobody's", "x", now=NOW)
    assert carry(province, ministry) == 1
    refused = province.query("select item, kind, version, key, reason from exchange_refusal order by kind")
    assert [each[1:] for each in refused] == [("record", 1, "", "unacceptable"), ("toy", None, "bad", "refused")]
    assert ministry.letters() == sorted((item, kind, reason) for item, kind, _, _, reason in refused)


def test_notices_die_one_by_one(province: Node, ministry: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(_kinds(monkeypatch), "toy", _toy())
    notices = [
        Notice("toy", "good", b"{}"),
        Notice("toy", "bad", b"{}"),
        Notice("toy", "poison", b"{}"),
        Notice("toy", "odd", b"{}"),
        Notice("parcel\0", "k", b""),
        Notice("rules", "limits", b"{}"),
        [1],
    ]
    assert bring(province, ministry, [row()], notices) == "aaddddd" + "d"
    assert ministry.letters() == [
        (2, "toy", "refused"),
        (3, "toy", "unacceptable"),
        (4, "toy", "unreadable"),
        (5, "parcel", "unknown_kind"),
        (6, "rules", "not_yours"),
        (7, "notice", "unreadable"),
    ]
    assert ministry.query("select key from announcement") == [("good",)]


def test_a_kind_that_a_later_release_knows_is_replayed(
    province: Node, ministry: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bring(province, ministry, [], [Notice("toy", "good", b"{}")]) == "d"
    assert ministry.letters() == [(0, "toy", "unknown_kind")]
    monkeypatch.setitem(_kinds(monkeypatch), "toy", _toy())
    (letter,) = dead_letters.list_open(ministry.connection, "33")
    assert dead_letters.list_open(ministry.connection, "32") == []
    ministry.connection.commit()
    assert replay(ministry, letter.letter_id) == dead_letters.Replayed(1, 0)
    assert replay(ministry, letter.letter_id) == dead_letters.Replayed(0, 0)
    assert ministry.query("select key from announcement") == [("good",)]


def test_a_letter_can_be_dismissed_once(province: Node, ministry: Node) -> None:
    bring(province, ministry, [changed("X", state="odd")])
    (letter,) = dead_letters.list_open(ministry.connection)
    assert dead_letters.dismiss(ministry.connection, letter.letter_id, "管理员", now=LATER)
    assert not dead_letters.dismiss(ministry.connection, letter.letter_id, "管理员", now=LATER)
    ministry.connection.commit()
    assert ministry.letters() == []
    assert replay(ministry) == dead_letters.Replayed(0, 0)


def test_what_was_dealt_with_long_ago_goes(province: Node, ministry: Node) -> None:
    province.take_in([row("JS001", company_code=""), row("JS002", company_code="")])
    carry(province, ministry)
    first, _ = dead_letters.list_open(ministry.connection)
    dead_letters.dismiss(ministry.connection, first.letter_id, "管理员", now=LATER)
    for node, days, gone in ((ministry, 90, 0), (ministry, 91, 1), (province, 399, 0), (province, 401, 2)):
        assert dead_letters.purge(node.connection, now=LATER + timedelta(days=days)) == gone
        node.connection.commit()
    assert ministry.letters() == [(1, "record", "unacceptable")], "what waits for a decision stays"


def test_a_fault_that_is_no_items_leaves_everything_for_later(
    province: Node, ministry: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> list[Any]:
        raise psycopg.errors.DeadlockDetected

    with monkeypatch.context() as broken:
        broken.setattr(applying, "merge", fail)
        with pytest.raises(psycopg.errors.DeadlockDetected):
            bring(province, ministry, [row()])
    assert applying.merge is merge
    assert ministry.letters() == []
    assert bring(province, ministry, [row()]) == "a"


def test_a_shop_is_told_of_before_its_records(province: Node, ministry: Node) -> None:
    shop = known.KnownEnterprise(
        company_code=SHOP,
        node_code="33",
        national_code="",
        company_name="某厂",
        division_code="330106",
        category_code="",
        review_state="approved",
    )
    assert bring(province, ministry, [row()], [Notice("enterprise", SHOP, msgspec.json.encode(shop))]) == "aa"
    assert known.find_all(ministry.connection, [SHOP])[SHOP].node_code == "33"


def _shop(review_state: str) -> Notice:
    told = {"company_code": SHOP, "company_name": "某厂", "division_code": "330106", "review_state": review_state}
    return Notice("enterprise", SHOP, msgspec.json.encode(told))


def _maker(state: str) -> Notice:
    told = {
        "maker_code": "310115000000001",
        "maker_name": "某某汽车有限公司",
        "unified_credit_code": "",
        "brands": ["某牌"],
        "state": state,
        "valid_from": None,
        "valid_until": None,
        "applied_at": NOW,
        "decided_at": NOW,
        "dealers": [],
    }
    return Notice("maker", "310115000000001", msgspec.json.encode(told))


@pytest.mark.parametrize(
    ("tell", "states", "query"),
    [
        (_shop, ("approved", "pending", "rejected"), "select review_state from known_enterprise"),
        (_maker, ("approved", "refused", "ended"), "select state from maker"),
    ],
)
def test_what_was_told_since_then_stands_when_an_older_notice_is_tried_again(
    tell: Callable[[str], Notice],
    states: tuple[str, str, str],
    query: str,
    nodes: tuple[Node, Node],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever of them were put aside: an approval that was withdrawn must not come back."""
    sender, receiver = nodes if tell is _shop else reversed(nodes)
    first, second, third = (tell(state) for state in states)
    with monkeypatch.context() as older_release:
        del _kinds(older_release)[first.kind]
        assert bring(sender, receiver, [], [first]) == "d"
        receiver.now = NOW + timedelta(minutes=1)
        assert bring(sender, receiver, [], [second], epoch=2) == "d"
    one, two = (letter.letter_id for letter in dead_letters.list_open(receiver.connection))
    receiver.connection.commit()
    assert replay(receiver, two) == dead_letters.Replayed(1, 0)
    assert receiver.query(query) == [(states[1],)]
    receiver.now = NOW + timedelta(minutes=2)
    assert bring(sender, receiver, [], [third], epoch=3) == "a"
    assert replay(receiver, one) == dead_letters.Replayed(1, 0)
    assert receiver.query(query) == [(states[2],)]


def _kinds(monkeypatch: pytest.MonkeyPatch) -> dict[str, NoticeKind]:
    """The kinds of notices, for a test to add to."""
    kinds = dict(NOTICES)
    for module in (applying, outbox, sending):
        monkeypatch.setattr(module, "NOTICES", kinds)
    return kinds


def _toy() -> NoticeKind:
    def read(connection: Connection, key: str) -> bytes:
        return key.encode()

    def apply(connection: Connection, sender: str, key: str, content: bytes, *, now: datetime) -> None:
        announce(connection, "toy", key, now=now)
        if key == "bad":
            raise NoticeRefused("不行")
        if key == "odd":
            raise KeyError(key)
        if key == "poison":
            connection.execute("select 1 / 0")

    return NoticeKind(read, apply, goes_up=True, goes_down=False)
