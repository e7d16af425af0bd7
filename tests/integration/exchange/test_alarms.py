"""Alarms about what no trying again can mend: numbers that do not fit after a restore, a key that is lost."""

from __future__ import annotations

from uuid import UUID

import pytest

from chedang.exchange import events, keys
from chedang.exchange.feeds import FeedKey, enqueue_rows
from chedang.exchange.ministry import feed_sender, make_feeds
from chedang.exchange.model import ExchangeRefused
from chedang.exchange.outbox import OwnOutbox
from chedang.exchange.sending import Sender
from chedang.exchange.watching import watch
from chedang.records.merging import merge

from .lines import NOW, Office, Pair
from .rows import row, with_digest


@pytest.fixture
def joined(pair: Pair) -> Pair:
    pair.know_each_other()
    return pair


def alarms(office: Office) -> list[tuple[str, str]]:
    return [(alarm.kind, alarm.detail) for alarm in events.open_alarms(office.connection)]


def forget_channels(office: Office) -> None:
    """As a backup from before the first message would."""
    office.connection.execute("truncate exchange_channel, exchange_outgoing")


def test_messages_that_do_not_follow_are_an_alarm_until_the_channel_began_anew(joined: Pair) -> None:
    province = joined.province
    merge_own(province, "JS001")
    assert joined.steps.bring(province.connection) == 1
    assert alarms(province) == []
    forget_channels(joined.ministry)
    merge_own(province, "JS002")
    with pytest.raises(ExchangeRefused, match="OUT_OF_ORDER"):
        joined.steps.bring(province.connection)
    joined.steps.collect(province.connection)
    assert alarms(province) == [("up_broken", "OUT_OF_ORDER (chedang node restart-channel)")]
    signer = keys.own_signer(province.connection, province.data_dir, "33", NOW)
    Sender("33", "00", signer, OwnOutbox(), lambda: NOW).restart(province.connection, from_start=True)
    assert joined.steps.bring(province.connection) == 1
    assert alarms(province) == []


def merge_own(office: Office, number: str) -> None:
    with office.connection.transaction():
        merge(office.connection, [row(number)], node_code=office.code)


def test_a_feed_that_does_not_follow_is_an_alarm_too(joined: Pair) -> None:
    ministry, province = joined.ministry, joined.province
    feed(ministry, "JS001")
    assert joined.steps.collect(province.connection) == 1
    forget_channels(ministry)
    feed(ministry, "JS002")
    with pytest.raises(ExchangeRefused, match="FORKED"):
        joined.steps.collect(province.connection)
    assert alarms(province) == [("down_broken", "FORKED (chedang node restart-channel)")]
    feed_sender(ministry.connection, "33", data_dir=ministry.data_dir, clock=lambda: NOW).restart(ministry.connection)
    make_feeds(ministry.connection, data_dir=ministry.data_dir, clock=lambda: NOW)
    assert joined.steps.collect(province.connection) == 1
    assert alarms(province) == []


def feed(ministry: Office, number: str) -> None:
    """A record of another province lies ready for 浙江."""
    told = with_digest(row(number, origin="32"))
    with ministry.connection.transaction():
        merge(ministry.connection, [told], node_code="00")
        enqueue_rows(ministry.connection, "33", [FeedKey(told.vin, UUID(bytes=told.record_id), 1)], now=NOW)
    make_feeds(ministry.connection, data_dir=ministry.data_dir, clock=lambda: NOW)


def test_a_lost_key_is_an_alarm_until_there_is_one_again(joined: Pair) -> None:
    office = joined.ministry
    (office.data_dir / "keys" / "exchange-1").unlink()
    watch(office.connection, node_code="00", data_dir=office.data_dir, now=NOW)
    assert alarms(office) == [("key_lost", "chedang node keys rotate")]
    keys.make_next(office.connection, office.data_dir, "00", is_trusted=True, now=NOW)
    watch(office.connection, node_code="00", data_dir=office.data_dir, now=NOW)
    assert alarms(office) == []
