"""How far the figures of supervision have come, for whoever runs the node."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chedang.platform.database import load_queries
from chedang.quality.statistics import as_of
from chedang.quality.tallying import CONSUMER
from chedang.records.store import Connection, read_position

_SQL = load_queries("chedang.quality", "tallying.sql")


class Status(msgspec.Struct, frozen=True):
    """What stands in the tables."""

    reached_at: datetime | None
    """``None`` before the first count."""
    waiting: int
    """Changes of the feed that were not counted yet."""
    records: int
    shops: int


def read_status(connection: Connection) -> Status:
    """Counts whole tables: not for pages."""
    after = read_position(connection, CONSUMER)
    waiting, records, shops = connection.execute(_SQL["read_status"], {"after": after}).fetchone() or (0, 0, 0)
    return Status(as_of(connection), waiting, records, shops)
