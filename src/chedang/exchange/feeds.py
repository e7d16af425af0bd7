"""Feeds: what the ministry has for each province, row by row and in order. A province need not have joined yet.

A feed only grows. All writers take one lock until their commit, so that numbers appear in order, see ``lock_feeds``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "feeds.sql")


class FeedKey(NamedTuple):
    """One row of ``record_version``."""

    vin: str
    record_id: UUID
    version: int


class QueuedRow(NamedTuple):
    """A row for a province."""

    destination: str
    key: FeedKey


class QueuedNotice(NamedTuple):
    """Something else for a province; its content is read when it is sent."""

    destination: str
    kind: str
    key: str


def lock_feeds(connection: Connection) -> None:
    """Be the only writer of feeds until the end of the caller's transaction."""
    connection.execute(_SQL["lock_feeds"])


def enqueue_rows(connection: Connection, destination: str, keys: Iterable[FeedKey], *, now: datetime) -> int:
    """Put rows into the feed of one province, in the caller's transaction; returns how many it did not have yet."""
    return enqueue_many(connection, [QueuedRow(destination, key) for key in keys], now=now)


def enqueue_many(connection: Connection, rows: Iterable[QueuedRow], *, now: datetime) -> int:
    """The same for several provinces in one statement. No province gets a row twice."""
    distinct = list(dict.fromkeys(rows))
    if not distinct:
        return 0
    lock_feeds(connection)
    columns = {
        "destination": [row.destination for row in distinct],
        "vin": [row.key.vin for row in distinct],
        "record_id": [row.key.record_id for row in distinct],
        "version": [row.key.version for row in distinct],
        "queued_at": now,
    }
    return connection.execute(_SQL["enqueue_rows"], columns).rowcount


def enqueue_notice(connection: Connection, destination: str, kind: str, key: str, *, now: datetime) -> None:
    """Put a notice into the feed of one province, in the caller's transaction."""
    enqueue_notices(connection, [QueuedNotice(destination, kind, key)], now=now)


def enqueue_notices(connection: Connection, notices: Iterable[QueuedNotice], *, now: datetime) -> None:
    """Several notices in one statement; one that stands in a feed already is told again, as it is then."""
    distinct = list(dict.fromkeys(notices))
    if not distinct:
        return
    lock_feeds(connection)
    columns = {
        "destination": [notice.destination for notice in distinct],
        "kind": [notice.kind for notice in distinct],
        "key": [notice.key for notice in distinct],
        "queued_at": now,
    }
    connection.execute(_SQL["enqueue_notices"], columns)


def read_told(connection: Connection, kind: str, keys: Collection[str]) -> set[QueuedNotice]:
    """The notices of a kind about these keys that stand in any feed."""
    if not keys:
        return set()
    rows = connection.execute(_SQL["told"], {"kind": kind, "keys": list(keys)})
    return {QueuedNotice(destination, kind, key) for destination, key in rows}


def read_holders(connection: Connection, record_ids: Collection[UUID]) -> defaultdict[UUID, set[str]]:
    """The provinces that have a row of each of these records in their feeds."""
    holders: defaultdict[UUID, set[str]] = defaultdict(set)
    if record_ids:
        for record_id, destination in connection.execute(_SQL["holders"], {"record_ids": list(record_ids)}):
            holders[record_id].add(destination)
    return holders
