"""交换可用率 and 对账一致率 of one node over a period, from alarms and comparisons as they are written down (ours).

Available is every minute in which the alarm of silence did not hold; it begins ten minutes after the last contact, so
that a shorter pause costs nothing, and what this node itself was asleep for costs the other one nothing either.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import msgspec

from chedang.exchange.comparing_model import Direction
from chedang.exchange.events import EventKind
from chedang.exchange.narrowing import Span, days_left_equal, find_bad_days
from chedang.platform.database import load_queries
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

_SQL = load_queries("chedang.exchange", "availability.sql")
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


class Availability(msgspec.Struct, frozen=True):
    """What is known of one node in one period. All 0: it had not joined."""

    days: int = 0
    """Whole days (China) of the period since it joined: each was to be compared."""
    days_compared: int = 0
    """Of these, compared to the end in both directions, or at least in the one that left a difference."""
    days_equal: int = 0
    """Of the compared, last left without a difference that was not repaired."""
    minutes: int = 0
    """Of the period since it joined."""
    minutes_up: int = 0
    """Of these, without the alarm of silence."""


def measured(
    connection: Connection, node_code: str, first_on: date, last_on: date, *, until: datetime | None = None
) -> Availability:
    """How one peer was to be reached and compared with, in a period of days in China, both included.

    ``until``: the moment of asking, for a period that is not over. ``None``: as all comparisons up to now say.
    """
    row = connection.execute(_SQL["joined_at"], {"node_code": node_code}).fetchone()
    begins, ends = _instant(first_on), _instant(last_on + _DAY)
    since, end = (begins, ends) if row is None else (max(begins, row[0]), min(ends, until or ends))
    if row is None or since >= end:
        return Availability()
    parameters = {"node_code": node_code, "kind": EventKind.SILENT.code, "since": since, "until": end}
    silences = connection.execute(_SQL["read_silences"], parameters).fetchall()
    asked = {"node_code": node_code, "first_on": first_on, "last_on": last_on, "until": until}
    spans = [Span(Direction(way), *rest) for way, *rest in connection.execute(_SQL["read_spans"], asked)]
    return summarise(since, end, silences, spans)


def summarise(
    since: datetime, until: datetime, silences: Iterable[tuple[datetime, datetime | None]], spans: Iterable[Span]
) -> Availability:
    """Count the minutes and whole days between two moments. ``spans`` in the order of the runs."""
    runs = list(spans)
    days = set(_whole_days(since, until))
    equal, unequal = days_left_equal(runs) & days, set(find_bad_days(runs)) & days
    silent = sum((_overlap(begin, end or until, since, until) for begin, end in silences), timedelta())
    return Availability(
        days=len(days),
        days_compared=len(equal | unequal),
        days_equal=len(equal),
        minutes=(until - since) // _MINUTE,
        minutes_up=max(until - since - silent, timedelta()) // _MINUTE,
    )


def _whole_days(since: datetime, until: datetime) -> list[date]:
    first, last = since.astimezone(SHANGHAI), until.astimezone(SHANGHAI)
    begin = first.date() if first.time() == time() else first.date() + _DAY
    return [begin + number * _DAY for number in range((last.date() - begin).days)]


def _overlap(begin: datetime, end: datetime, since: datetime, until: datetime) -> timedelta:
    return max(min(end, until) - max(begin, since), timedelta())


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
