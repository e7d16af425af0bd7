"""上传方式: one channel at a time, from a day on, and both nodes agree in the end. On a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec
import psycopg
import pytest

from chedang.enterprises import actions, channels, store
from chedang.enterprises.errors import ReasonMissing
from chedang.enterprises.model import Channel, RegistrationText
from chedang.platform.announcements import NoticeRefused, read_announcements

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
SHOP = "330106000000012"


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def decide(
    connection: psycopg.Connection, channel: Channel, since_on: date, by: str, *, at: datetime = NOW, code: str = SHOP
) -> None:
    channels.set_channel(connection, code, channel, since_on, decided_by=by, reason="理由", now=at)


def test_the_latest_day_that_has_come_counts_and_each_decision_is_announced(connection):
    assert channels.channel_of(connection, SHOP, TODAY) is Channel.SHOP
    decide(connection, Channel.HEAD_OFFICE, TODAY, "00")
    decide(connection, Channel.SHOP, TODAY + 5 * DAY, "33")
    days = [channels.channel_of(connection, SHOP, TODAY + number * DAY) for number in (-1, 0, 4, 5)]
    assert days == [Channel.SHOP, Channel.HEAD_OFFICE, Channel.HEAD_OFFICE, Channel.SHOP]
    told = read_announcements(connection, after=0, limit=10)
    assert [(each.kind, each.key) for each in told] == [("channel", SHOP)] * 2


def test_a_decision_for_the_same_day_replaces_and_needs_its_reason(connection):
    decide(connection, Channel.HEAD_OFFICE, TODAY, "00")
    decide(connection, Channel.SHOP, TODAY, "33", at=NOW + DAY)
    (decision,) = channels.list_decisions(connection, SHOP)
    assert (decision.channel, decision.decided_by, decision.decided_at) == (Channel.SHOP, "33", NOW + DAY)
    with pytest.raises(ReasonMissing):
        channels.set_channel(connection, SHOP, Channel.SHOP, TODAY, decided_by="33", reason=" ", now=NOW)


def test_a_shop_brings_its_changes_along_whichever_way_it_is_found(connection):
    text = RegistrationText(company_name="青禾一店", password="a-long-password-1", division_code="330106")
    shop = actions.register(connection, text, now=NOW).enterprise
    assert shop.channel_changes == ()
    decide(connection, Channel.SHOP, TODAY + DAY, "33", code=shop.company_code)
    decide(connection, Channel.HEAD_OFFICE, TODAY, "00", code=shop.company_code)
    found = store.find_by_id(connection, shop.enterprise_id)
    assert found is not None
    assert [(each.since_on, each.channel) for each in found.channel_changes] == [
        (TODAY, Channel.HEAD_OFFICE),
        (TODAY + DAY, Channel.SHOP),
    ]
    assert store.find_by_code(connection, shop.company_code) == found
    assert store.list_by_state(connection) == [found]


def test_both_nodes_agree_whatever_the_order_in_which_they_hear_of_each_other(connection, make_database):
    decide(connection, Channel.HEAD_OFFICE, TODAY, "00", at=NOW)
    with make_database() as url, psycopg.connect(url, autocommit=True) as province:
        decide(province, Channel.SHOP, TODAY, "33", at=NOW + DAY)
        decide(province, Channel.SHOP, TODAY + 9 * DAY, "33", at=NOW + DAY)
        later = NOW + 2 * DAY
        for _ in range(2):
            down, up = channels.read_notice(connection, SHOP), channels.read_notice(province, SHOP)
            channels.apply_notice(province, "00", SHOP, down, now=later)
            channels.apply_notice(connection, "33", SHOP, up, now=later)
        decisions = channels.list_decisions(connection, SHOP)
        assert decisions == channels.list_decisions(province, SHOP)
        assert [each.decided_by for each in decisions] == ["33", "33"]
        # Taking up tells nobody: two nodes would otherwise answer each other for ever.
        assert len(read_announcements(province, after=0, limit=10)) == 2


def test_a_notice_beyond_all_measure_is_refused(connection):
    decision = {
        "company_code": SHOP,
        "since_on": TODAY,
        "channel": "shop",
        "decided_by": "33",
        "reason": "改回",
        "decided_at": NOW,
    }
    for decisions in ([decision] * 1001, [decision | {"reason": "长" * 201}]):
        with pytest.raises(NoticeRefused):
            channels.apply_notice(connection, "33", SHOP, msgspec.json.encode(decisions), now=NOW)
    assert channels.list_decisions(connection, SHOP) == []


def test_a_province_speaks_for_its_own_shops_and_not_in_the_ministrys_name(connection, make_database):
    decide(connection, Channel.HEAD_OFFICE, TODAY, "00")
    with make_database() as url, psycopg.connect(url, autocommit=True) as province:
        decide(province, Channel.SHOP, TODAY, "00", at=NOW + timedelta(minutes=5))
        forged = channels.read_notice(province, SHOP)
        channels.apply_notice(connection, "33", SHOP, forged, now=NOW + DAY)
        assert channels.channel_of(connection, SHOP, TODAY) is Channel.HEAD_OFFICE
        with pytest.raises(NoticeRefused):
            channels.apply_notice(connection, "32", SHOP, forged, now=NOW + DAY)
        with pytest.raises(NoticeRefused):
            channels.apply_notice(connection, "33", "330106000000099", forged, now=NOW + DAY)
        with pytest.raises(NoticeRefused):
            channels.apply_notice(connection, "33", SHOP, b'[["half"', now=NOW + DAY)
        decide(province, Channel.SHOP, TODAY, "33", at=NOW + 30 * DAY)
        with pytest.raises(NoticeRefused):
            channels.apply_notice(connection, "33", SHOP, channels.read_notice(province, SHOP), now=NOW + DAY)
    assert channels.read_notice(connection, "330106000000099") == b""
