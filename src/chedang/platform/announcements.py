"""Announcements: what a node tells the others besides records, an outbox in the announcer's transaction (ours).

Any package may announce; what a kind means, who hears of it and how it is taken up stands with the exchange.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec
import psycopg

from chedang.platform.database import load_queries
from chedang.platform.settling import settle

_SQL = load_queries("chedang.platform", "announcements.sql")
_LOCK: Final = 7203331
"""Held by every announcer, see ``announce`` in announcements.sql."""

Connection = psycopg.Connection[Any]


class Announcement(msgspec.Struct, frozen=True):
    """One thing to tell: ``key`` names it among its kind. Only what it is at the time of sending is told."""

    seq: int
    kind: str
    key: str
    announced_at: datetime


class NoticeRefused(Exception):
    """What another node told cannot be taken up; the text says why, in Chinese, without personal data."""


def announce(connection: Connection, kind: str, key: str, *, now: datetime) -> None:
    """Announce ``key`` of ``kind``; it is told when the caller's transaction commits."""
    connection.execute(_SQL["announce"], {"kind": kind, "key": key, "announced_at": now})


def has_announcements(connection: Connection, *, after: int) -> bool:
    """Is there any after a number, whether or not it can be read yet? To be called outside a transaction."""
    (exists,) = connection.execute(_SQL["has_after"], {"after": after}).fetchone() or (False,)
    connection.commit()
    return bool(exists)


def read_announcements(connection: Connection, *, after: int, limit: int) -> list[Announcement]:
    """The next announcements after a number, in order; none of them can be overtaken by a smaller number later.

    To be called outside a transaction. Empty also while an announcer holds the feed longer than a moment.
    """
    if not has_announcements(connection, after=after):
        return []
    horizon = settle(connection, lock=_LOCK, newest=_SQL["newest"])
    if horizon is None:
        return []
    rows = connection.execute(_SQL["read_after"], {"after": after, "horizon": horizon, "limit": limit}).fetchall()
    connection.commit()
    return [Announcement(*row) for row in rows]
