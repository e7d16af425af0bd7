"""Which shops upload: for 系统评分 and whoever counts coverage."""

from __future__ import annotations

from datetime import datetime

from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.records", "uploaders.sql")


def last_received(connection: Connection, *, since: datetime) -> dict[str, datetime]:
    """企业编码 → when the newest record of the shop came in, of shops with one since then."""
    return dict(connection.execute(_SQL["last_received"], {"since": since}).fetchall())
