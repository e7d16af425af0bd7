"""Keys: trusted by an operator or by the key before, good for a time, ended for good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chedang.exchange import calling, key_offers, keys, peers
from chedang.exchange.feeds import enqueue_notice
from chedang.exchange.keys import KeyState, KeyUnknown, OwnKeyLost
from chedang.exchange.link import LinkDown
from chedang.exchange.ministry import feed_sender
from chedang.exchange.model import Backlog, ExchangeRefused, RefusalCode
from chedang.exchange.signing import Signer
from chedang.platform.announcements import announce

from .lines import NOW, Office, Pair

DAY = timedelta(days=1)


def good(pair: Pair, code: str, key_id: str, at: object = NOW) -> RefusalCode | None:
    """May the ministry take a message signed with this key?"""
    try:
        keys.find_key(pair.ministry.connection)(code, key_id, at)  # type: ignore[arg-type]
    except ExchangeRefused as refused:
        return refused.code
    return None


def test_a_node_makes_its_first_key_when_asked_and_keeps_it(pair: Pair) -> None:
    office = pair.province
    first = keys.own_signer(office.connection, office.data_dir, "33", NOW)
    again = keys.own_signer(office.connection, office.data_dir, "33", NOW + DAY)
    (known,) = keys.keys_of(office.connection, "33")
    assert first.key_id == again.key_id == known.key_id
    assert known.state is KeyState.ACTIVE
    assert known.fingerprint.replace(" ", "").startswith(known.key_id)


def test_a_key_that_left_the_data_directory_is_not_replaced_in_silence(pair: Pair) -> None:
    office = pair.province
    keys.own_signer(office.connection, office.data_dir, "33", NOW)
    (office.data_dir / "keys" / "exchange-1").unlink()
    with pytest.raises(OwnKeyLost, match="从备份恢复"):
        keys.own_signer(office.connection, office.data_dir, "33", NOW)
    for _ in range(2):
        made = keys.make_next(office.connection, office.data_dir, "33", is_trusted=True, now=NOW)
        assert keys.own_signer(office.connection, office.data_dir, "33", NOW).key_id == made.key_id


def test_strangers_and_unknown_keys_are_told_apart(pair: Pair) -> None:
    signer = Signer(b"3" * 32)
    assert good(pair, "33", signer.key_id) is RefusalCode.UNKNOWN_SENDER
    keys.add(pair.ministry.connection, "33", signer.public_key, state=KeyState.ACTIVE, by="测试", now=NOW)
    assert good(pair, "33", signer.key_id) is None
    assert good(pair, "33", "0" * 16) is RefusalCode.UNKNOWN_KEY
    assert good(pair, "33", "not\0an id") is RefusalCode.UNKNOWN_KEY
    assert good(pair, "3\0", signer.key_id) is RefusalCode.UNKNOWN_SENDER
    assert good(pair, "33", signer.key_id, NOW - DAY) is RefusalCode.KEY_ENDED


def test_an_offered_key_waits_for_an_operator(pair: Pair) -> None:
    assert pair.steps.offer_first_key(pair.province.connection) is KeyState.PENDING
    assert pair.steps.offer_first_key(pair.province.connection) is KeyState.PENDING
    (waiting,) = keys.keys_of(pair.ministry.connection, "33")
    assert good(pair, "33", waiting.key_id) is RefusalCode.UNKNOWN_KEY
    keys.approve(pair.ministry.connection, "33", waiting.key_id, by="操作员", now=NOW)
    assert good(pair, "33", waiting.key_id) is None
    assert pair.ministry.event_kinds() == ["key_offered"]
    with pytest.raises(KeyUnknown):
        keys.approve(pair.ministry.connection, "33", waiting.key_id, by="操作员", now=NOW)


def test_strangers_cannot_fill_the_table_of_keys(pair: Pair) -> None:
    for number in range(keys.MOST_PENDING):
        signer = Signer(bytes([number]) * 32)
        offer = key_offers.make_offer("33", signer, by=signer, valid_from=NOW, now=NOW)
        pair.link.offer_key(key_offers.encode(offer))
    signer = Signer(b"z" * 32)
    offer = key_offers.make_offer("33", signer, by=signer, valid_from=NOW, now=NOW)
    with pytest.raises(ExchangeRefused, match="FORBIDDEN"):
        pair.link.offer_key(key_offers.encode(offer))


def test_a_rotated_key_counts_at_once_and_the_old_one_for_a_week(pair: Pair) -> None:
    pair.know_each_other()
    office = pair.province
    old = keys.own_signer(office.connection, office.data_dir, "33", NOW)
    made = keys.make_next(office.connection, office.data_dir, "33", is_trusted=False, now=NOW)
    assert keys.own_signer(office.connection, office.data_dir, "33", NOW).key_id == old.key_id
    assert pair.steps.offer_new_key(office.connection) is KeyState.ACTIVE
    assert keys.own_signer(office.connection, office.data_dir, "33", NOW).key_id == made.key_id
    assert good(pair, "33", made.key_id) is None
    assert good(pair, "33", old.key_id, NOW + keys.OVERLAP - DAY) is None
    assert good(pair, "33", old.key_id, NOW + keys.OVERLAP) is RefusalCode.KEY_ENDED
    assert pair.ministry.event_kinds() == ["key_taken"]
    assert pair.steps.offer_new_key(office.connection) is None


def test_the_old_key_signs_until_the_ministry_has_the_new_one(pair: Pair) -> None:
    pair.know_each_other()
    office = pair.province
    old = keys.own_signer(office.connection, office.data_dir, "33", NOW)
    keys.make_next(office.connection, office.data_dir, "33", is_trusted=False, now=NOW)
    again = keys.make_next(office.connection, office.data_dir, "33", is_trusted=False, now=NOW)
    pair.link.is_down = True
    with pytest.raises(Exception, match="cut"):
        pair.steps.offer_new_key(office.connection)
    assert keys.own_signer(office.connection, office.data_dir, "33", NOW).key_id == old.key_id
    pair.link.is_down = False
    assert pair.steps.offer_new_key(office.connection) is KeyState.ACTIVE
    assert keys.own_signer(office.connection, office.data_dir, "33", NOW).key_id == again.key_id
    assert office.key_states("33") == [KeyState.ACTIVE, KeyState.ACTIVE]


def test_an_answer_lost_on_the_way_does_not_lose_the_rotation(pair: Pair) -> None:
    pair.know_each_other()
    office = pair.province
    made = keys.make_next(office.connection, office.data_dir, "33", is_trusted=False, now=NOW)
    pair.steps.offer_new_key(office.connection)
    office.connection.execute("update exchange_key set state = 'pending' where key_id = %s", [made.key_id])
    assert pair.steps.offer_new_key(office.connection) is KeyState.ACTIVE


def test_a_province_takes_the_ministrys_new_key_by_itself(pair: Pair) -> None:
    pair.know_each_other()
    office = pair.ministry
    made = keys.make_next(office.connection, office.data_dir, "00", is_trusted=True, now=NOW)
    with pytest.raises(ExchangeRefused, match="UNKNOWN_KEY"):
        pair.steps.collect(pair.province.connection)
    assert pair.steps.collect(pair.province.connection) == 0
    newest = next(key for key in keys.keys_of(pair.province.connection, "00") if key.valid_until is None)
    assert (newest.key_id, newest.state) == (made.key_id, KeyState.ACTIVE)
    assert "key_taken" in pair.province.event_kinds()


def test_a_key_of_the_ministry_that_nobody_vouches_for_waits(pair: Pair) -> None:
    pair.know_each_other()
    office = pair.ministry
    (office.data_dir / "keys" / "exchange-1").unlink()
    keys.make_next(office.connection, office.data_dir, "00", is_trusted=True, now=NOW)
    for _ in range(2):
        with pytest.raises(ExchangeRefused, match="UNKNOWN_KEY"):
            pair.steps.collect(pair.province.connection)
    assert sorted(pair.province.key_states("00")) == [KeyState.ACTIVE, KeyState.PENDING]


def test_a_revoked_key_is_refused_whatever_the_message_says_of_its_time(pair: Pair) -> None:
    pair.know_each_other()
    office = pair.province
    signer = keys.own_signer(office.connection, office.data_dir, "33", NOW)
    keys.revoke(pair.ministry.connection, "33", signer.key_id, reason="笔记本被盗", by="操作员", now=NOW)
    assert good(pair, "33", signer.key_id, NOW - DAY) is RefusalCode.KEY_ENDED
    with pytest.raises(ExchangeRefused, match="KEY_ENDED"):
        pair.steps.offer_first_key(office.connection)
    new = Signer(b"n" * 32)
    offer = key_offers.make_offer("33", new, by=signer, valid_from=NOW, now=NOW)
    with pytest.raises(ExchangeRefused, match="KEY_ENDED"):
        pair.link.offer_key(key_offers.encode(offer))
    with pytest.raises(KeyUnknown):
        keys.revoke(pair.ministry.connection, "33", signer.key_id, reason="再次", by="操作员", now=NOW)


@pytest.mark.parametrize("case", ["stale", "forged", "of the ministry", "no key", "no offer"])
def test_offers_that_prove_nothing_are_refused(pair: Pair, case: str) -> None:
    pair.know_each_other()
    signer = Signer(b"n" * 32)
    offer = key_offers.make_offer("33", signer, by=signer, valid_from=NOW, now=NOW)
    expected = {"stale": "STALE_CALL", "forged": "BAD_SIGNATURE", "of the ministry": "FORBIDDEN"}.get(case, "MALFORMED")
    if case == "stale":
        pair.ministry.now = NOW + DAY
    elif case == "forged":
        offer = key_offers.make_offer("33", signer, by=Signer(b"x" * 32), valid_from=NOW, now=NOW)
        statement = offer.statement.replace(Signer(b"x" * 32).key_id.encode(), signer.key_id.encode())
        offer = key_offers.Offer(statement, offer.signature)
    elif case == "of the ministry":
        offer = key_offers.make_offer("00", signer, by=signer, valid_from=NOW, now=NOW)
    elif case == "no key":
        statement = key_offers.encode({"node_code": "33", "algorithm": "ed448", "public_key": "", "signed_by": ""})
        offer = key_offers.Offer(statement, b"")
    body = b"[" * 100_000 if case == "no offer" else key_offers.encode(offer)
    with pytest.raises(ExchangeRefused, match=expected):
        pair.link.offer_key(body)
    assert pair.ministry.key_states("33") == [KeyState.ACTIVE]


def test_the_ministry_learns_what_a_province_still_has(pair: Pair) -> None:
    pair.know_each_other()
    asked = calling.encode_ask(b"", Backlog(17, NOW - DAY))
    caller = calling.Caller("33", pair.province.data_dir, pair.link, lambda: NOW)
    caller.ask(pair.province.connection, calling.FEED, asked)
    (peer,) = peers.read_peers(pair.ministry.connection)
    assert (peer.backlog_records, peer.backlog_since, peer.accepts_schema) == (17, NOW - DAY, 2)


def test_what_a_revoked_key_acknowledged_is_acknowledged_with_the_new_one(pair: Pair) -> None:
    """Else nothing would ever go through the channel again."""
    pair.know_each_other()
    with pair.ministry.connection.transaction():
        for number in ("1", "2"):
            enqueue_notice(pair.ministry.connection, "33", "rules", f"limits//{number}", now=NOW)
    feed = feed_sender(pair.ministry.connection, "33", data_dir=pair.ministry.data_dir, clock=lambda: NOW)
    assert feed.prepare(pair.ministry.connection) == 2
    assert pair.steps.collect(pair.province.connection) == 1
    replace_key(pair.province, pair.ministry)
    assert pair.steps.collect(pair.province.connection) == 0
    assert feed.pending(pair.ministry.connection) is None


def test_the_answer_to_a_repeat_is_signed_with_a_key_that_counts(pair: Pair) -> None:
    pair.know_each_other()
    with pair.province.connection.transaction():
        announce(pair.province.connection, "channel", "330106000000001", now=NOW)
    deliver = pair.link.deliver
    pair.link.deliver = lambda message: deliver(message) and cut()  # type: ignore[method-assign, func-returns-value]
    with pytest.raises(LinkDown):
        pair.steps.bring(pair.province.connection)
    pair.link.deliver = deliver  # type: ignore[method-assign]
    replace_key(pair.ministry, pair.province)
    assert pair.steps.bring(pair.province.connection) == 1


def cut() -> bytes:
    raise LinkDown("cut")


def replace_key(office: Office, other: Office) -> None:
    """A key is revoked on both sides, and an operator has confirmed a new one."""
    old = keys.own_signer(office.connection, office.data_dir, office.code, NOW).key_id
    for connection in (office.connection, other.connection):
        keys.revoke(connection, office.code, old, reason="笔记本被盗", by="操作员", now=NOW)
    new = keys.make_next(office.connection, office.data_dir, office.code, is_trusted=True, now=NOW)
    keys.add(other.connection, office.code, new.public_key, state=KeyState.ACTIVE, by="操作员", now=NOW)
