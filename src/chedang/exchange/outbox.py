"""Sources of messages: what a node has to tell a peer and has not put into a message yet (ours).

A source gives the next items after the positions of a channel, and the positions after them; it changes nothing. So a
message and the positions that it leaves are written in one transaction, whatever happens between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import msgspec

from chedang.exchange.channels import Channel
from chedang.exchange.model import Backlog
from chedang.exchange.notices import NOTICES, NoticeRef
from chedang.platform.announcements import has_announcements, read_announcements
from chedang.platform.database import load_queries
from chedang.records.model import RowKey
from chedang.records.store import Connection, settle_feed

_SQL = load_queries("chedang.exchange", "outbox.sql")

MOST_BODY_BYTES: Final = 8 * 1024 * 1024
"""Of the contents of a message, before they are packed."""
MOST_NOTICES: Final = 500
"""Of a message: each is read and applied by statements of its own."""
_ROW_BYTES: Final = 400
"""What a row takes besides its long texts."""
_COUNTED: Final = 10_000
_ALL: Final = 2**62


class Batch(msgspec.Struct, frozen=True):
    """What goes into the next message, and where the channel stands after it."""

    record_position: int
    notice_position: int
    keys: list[RowKey] = []
    notices: list[NoticeRef] = []


class Source(Protocol):
    """What is to be told to one peer."""

    def next(self, connection: Connection, channel: Channel, most_items: int) -> Batch:
        """The next items after the positions of the channel, records and notices each in order.

        An empty batch may still move the positions. To be called outside a transaction.
        """
        ...

    def count(self, connection: Connection, channel: Channel, *, exactly: bool) -> Backlog:
        """Records that are not in a message yet; counted up to ten thousand changes unless ``exactly``."""
        ...


class OwnOutbox:
    """What a province tells the ministry: rows that it took in itself, and its announcements."""

    def next(self, connection: Connection, channel: Channel, most_items: int) -> Batch:
        """See :class:`Source`. Positions are numbers of ``record_change`` and of ``announcement``.

        A shop is told of before its records, so that nobody shows those of one that is not approved: what was announced
        before a row came in goes with it, and while there is more of that than fits, rows wait.
        """
        keys, record_position = self._read_rows(connection, channel.record_position, most_items)
        announced = read_announcements(connection, after=channel.notice_position, limit=MOST_NOTICES)
        is_unread = not announced and has_announcements(connection, after=channel.notice_position)
        if is_unread or len(announced) == MOST_NOTICES:
            keys, record_position = [], channel.record_position
        told = (NoticeRef(each.kind, each.key) for each in announced if _goes_up(each.kind))
        notice_position = announced[-1].seq if announced else channel.notice_position
        return Batch(record_position, notice_position, keys, list(dict.fromkeys(told)))

    def count(self, connection: Connection, channel: Channel, *, exactly: bool) -> Backlog:
        """See :class:`Source`."""
        parameters = {"after": channel.record_position, "most_changes": _ALL if exactly else _COUNTED}
        return _count(connection, "count_own_changes", parameters)

    def _read_rows(self, connection: Connection, after: int, limit: int) -> tuple[list[RowKey], int]:
        """The next own rows that fit into one message, and the position after them."""
        (exists,) = connection.execute(_SQL["has_changes"], {"after": after}).fetchone() or (False,)
        connection.commit()
        horizon = settle_feed(connection) if exists else None
        if horizon is None:
            return [], after
        parameters = {"after": after, "horizon": horizon, "limit": limit}
        with connection.cursor(binary=True) as cursor:
            rows = cursor.execute(_SQL["read_own_changes"], parameters).fetchall()
        connection.commit()
        keys: list[RowKey] = []
        size_bytes = 0
        for seq, vin, record_id, version, row_bytes in rows:
            if row_bytes is not None:
                size_bytes += row_bytes + _ROW_BYTES
                if keys and size_bytes > MOST_BODY_BYTES:
                    break
                keys.append(RowKey(vin, record_id, version))
            after = seq
        return keys, after


class Feed:
    """What the ministry tells a province: the rows and notices of ``exchange_feed`` for it, in one order."""

    def __init__(self, destination: str) -> None:
        self._destination = destination

    def next(self, connection: Connection, channel: Channel, most_items: int) -> Batch:
        """See :class:`Source`. The position of records is a number of ``exchange_feed``; the other is not used.

        Its writers come one after another (:func:`chedang.exchange.feeds.lock_feeds`): what is seen is settled.
        """
        after = channel.record_position
        parameters = {"destination": self._destination, "after": after, "limit": most_items}
        with connection.cursor(binary=True) as cursor:
            rows = cursor.execute(_SQL["read_fed"], parameters).fetchall()
        connection.commit()
        keys: list[RowKey] = []
        notices: dict[NoticeRef, None] = {}
        size_bytes = 0
        for seq, kind, key, vin, record_id, version, row_bytes in rows:
            size_bytes += (row_bytes or 0) + _ROW_BYTES
            if (keys and size_bytes > MOST_BODY_BYTES) or len(notices) >= MOST_NOTICES:
                break
            if record_id is None:
                notices[NoticeRef(kind, key)] = None
            elif row_bytes is not None:
                keys.append(RowKey(vin, record_id, version))
            after = seq
        return Batch(after, channel.notice_position, keys, list(notices))

    def count(self, connection: Connection, channel: Channel, *, exactly: bool) -> Backlog:
        """See :class:`Source`."""
        parameters = {
            "destination": self._destination,
            "after": channel.record_position,
            "most_changes": _ALL if exactly else _COUNTED,
        }
        return _count(connection, "count_fed", parameters)


def _goes_up(kind: str) -> bool:
    return kind in NOTICES and NOTICES[kind].goes_up


def _count(connection: Connection, name: str, parameters: Mapping[str, object]) -> Backlog:
    records, since = connection.execute(_SQL[name], parameters).fetchone() or (0, None)
    return Backlog(records, since)
