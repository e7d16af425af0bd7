"""The ministry measures how a province was to be reached, from its own alarms and comparisons."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from chedang.exchange import comparisons, events
from chedang.exchange.availability import Availability, measured
from chedang.exchange.comparing_model import Direction
from chedang.exchange.events import EventKind
from chedang.terms.dates import SHANGHAI

from .nodes import Node

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
START = datetime(2026, 10, 1, tzinfo=SHANGHAI)


def compare(node: Node, first: int, last: int, *, unrepaired: int = 0, at: datetime) -> None:
    for direction in Direction:
        days = {"from_on": date(2026, 10, first), "until_on": date(2026, 10, last)}
        number = comparisons.begin_comparison(node.connection, peer="33", direction=direction, started_at=at, **days)
        if at != START:  # the first of them broke off
            outcome = {"ours": 9, "theirs": 9, "difference_count": unrepaired, "repaired_count": 0}
            comparisons.end_comparison(node.connection, number, ended_at=at, **outcome)


def test_a_month_is_measured_and_stays_as_it_was_at_a_moment(ministry: Node) -> None:
    assert measured(ministry.connection, "32", FIRST, LAST) == Availability()
    for begins, ends in ((3, 5), (50, 51)):
        for hours, holds in ((begins, True), (ends, False)):
            now = START + timedelta(hours=hours)
            events.set_alarm(ministry.connection, EventKind.SILENT, "33", holds=holds, now=now)
    compare(ministry, 1, 31, at=START)
    compare(ministry, 1, 9, at=START + timedelta(days=9, hours=4))
    compare(ministry, 10, 10, unrepaired=2, at=START + timedelta(days=10, hours=4))
    then = START + timedelta(days=10, hours=6)
    compare(ministry, 10, 12, at=START + timedelta(days=12, hours=4))
    ministry.connection.commit()
    month = measured(ministry.connection, "33", FIRST, LAST)
    assert month == Availability(31, 12, 12, 31 * 1440, 31 * 1440 - 3 * 60)
    before = measured(ministry.connection, "33", FIRST, LAST, until=then)
    assert (before.days, before.days_compared, before.days_equal) == (10, 10, 9)
    assert before.minutes == (10 * 24 + 6) * 60
