"""Mending of a shared row: what stood there before is kept as evidence (ADR 0022)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chedang.platform.database import load_queries
from chedang.records.mending import put_row, take_out
from chedang.records.model import RowKey, StoredRow
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "comparing.sql")


def replace_row(connection: Connection, row: StoredRow, *, reason: str, now: datetime) -> None:
    """Store ``row``; another one under its key is set aside. In the caller's transaction.

    Raises the driver's DataError or IntegrityError for values that the table refuses.
    """
    before = put_row(connection, row)
    if before is not None:
        _keep(connection, before, reason, now)


def set_row_aside(connection: Connection, key: RowKey, *, reason: str, now: datetime) -> None:
    """Take a row out of its file and keep it as evidence; nothing happens when it is not here."""
    before = take_out(connection, key)
    if before is not None:
        _keep(connection, before, reason, now)


def _keep(connection: Connection, row: StoredRow, reason: str, now: datetime) -> None:
    columns = msgspec.structs.asdict(row) | {"record_id": row.record_id.hex()}
    parameters = {
        "vin": row.vin,
        "record_id": row.record_id.hex(),
        "version": row.version,
        "row_text": msgspec.json.encode(columns).decode(),
        "reason": reason,
        "now": now,
    }
    connection.execute(_SQL["set_aside"], parameters)
