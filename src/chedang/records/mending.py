"""Mending: the only place that ever changes or takes out a stored row, and only after a sound copy of it (ADR 0022).

Everything else appends. A row is mended when comparing two nodes has shown that one of them holds a damaged copy, lost
it, or has one too many; the caller keeps what stood there before. Heads are made anew from the rows, and the change is
announced, so that vehicle files follow. Holds personal data: never logged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from chedang.platform.database import load_queries
from chedang.records import merging
from chedang.records.identity import content_digest
from chedang.records.model import RowKey, StoredRow
from chedang.records.store import Connection

_SQL = load_queries("chedang.records", "mending.sql")


class HeadNote(msgspec.Struct, frozen=True):
    """What ``record_head`` says of a record."""

    vin: str
    previous_vin: str | None
    version: int
    content_digest: bytes
    state: str


def read_rows(connection: Connection, keys: Iterable[RowKey]) -> dict[RowKey, StoredRow]:
    """The rows of these keys that are here."""
    rows = (StoredRow(*columns) for columns in merging.read_rows(connection, keys))
    return {row.key: row for row in rows}


def read_heads(connection: Connection, record_ids: Iterable[bytes]) -> dict[bytes, HeadNote]:
    """Record (16 bytes) → its head; unknown ones are absent."""
    parameters = {"record_ids": [each.hex() for each in record_ids]}
    return {found: HeadNote(*rest) for found, *rest in connection.execute(_SQL["read_heads"], parameters)}


def read_announced(connection: Connection, keys: Iterable[RowKey]) -> set[RowKey]:
    """Which of these rows this node's change feed ever told of, whether or not they are still here.

    Reads the whole feed: for the few rows of a repair.
    """
    return {RowKey(*columns) for columns in connection.execute(_SQL["was_announced"], _key_columns(keys))}


def read_record_rows(connection: Connection, record_id: bytes, company_code: str, vin: str) -> list[StoredRow]:
    """All rows of one record of a shop, oldest first; of two rows of one version the moved one is the older.

    ``vin`` is a file in which it stands or stood. Where the files that are known do not hold every version, all rows
    of the shop are looked through: for the few rows of a repair.
    """
    head = read_heads(connection, [record_id]).get(record_id)
    known = {vin, head.vin, head.previous_vin} if head else {vin}
    parameters: dict[str, object] = {"record_id": record_id.hex(), "vins": [each for each in known if each is not None]}
    rows = [StoredRow(*columns) for columns in connection.execute(_SQL["read_rows_in_files"], parameters)]
    versions = {row.version for row in rows if not row.is_moved}
    if versions != set(range(1, max(versions, default=1) + 1)) or (head and head.version not in versions):
        parameters["company_code"] = company_code
        of_shop = [StoredRow(*columns) for columns in connection.execute(_SQL["read_rows_of_shop"], parameters)]
        rows = list({row.key: row for row in rows + of_shop}.values())
    return sorted(rows, key=lambda row: (row.version, not row.is_moved, row.vin))


def put_row(connection: Connection, row: StoredRow) -> StoredRow | None:
    """Store ``row`` in place of the one under its key, which is given back; ``None`` when there was none.

    In the caller's transaction, which must have read nothing of the record before. Raises the driver's DataError or
    IntegrityError for values that the table refuses.
    """
    _hold(connection, row.record_id)
    before = read_rows(connection, [row.key]).get(row.key)
    if before is not None:
        connection.execute(_SQL["delete_row"], _key(row.key))
    connection.execute(_SQL["insert_row"], msgspec.structs.asdict(row) | {"record_id": row.record_id.hex()})
    _follow(connection, row)
    return before


def take_out(connection: Connection, key: RowKey) -> StoredRow | None:
    """Take the row out and give it back; ``None`` when it is not here. In the caller's transaction, as above."""
    _hold(connection, key.record_id)
    before = read_rows(connection, [key]).get(key)
    if before is not None:
        connection.execute(_SQL["delete_row"], _key(key))
        _follow(connection, before)
    return before


def _hold(connection: Connection, record_id: bytes) -> None:
    connection.execute(_SQL["wait_for_record"])
    connection.execute(_SQL["lock_feed_shared"])
    connection.execute(_SQL["hold_head"], {"record_id": record_id.hex()})


def _follow(connection: Connection, changed: StoredRow) -> None:
    """Head and followers after a row has changed."""
    rows = read_record_rows(connection, changed.record_id, changed.company_code, changed.vin)
    if rows:
        connection.execute(_SQL["put_head"], _head(rows))
    else:
        connection.execute(_SQL["drop_head"], {"record_id": changed.record_id.hex()})
    connection.execute(_SQL["announce"], _key(changed.key))


def _head(rows: Sequence[StoredRow]) -> dict[str, object]:
    """The head that these rows of one record make, as appending and merging would have made it."""
    *before, newest = rows
    uploaded = next((row for row in reversed(rows) if not row.actor and not row.is_moved), None)
    return {
        "record_id": newest.record_id.hex(),
        "vin": newest.vin,
        "previous_vin": before[-1].vin if before else None,
        "version": newest.version,
        "content_digest": content_digest(newest.content.encode()),
        "state": newest.state,
        # As append keeps it: only while the newest version is a correction.
        "uploaded_digest": content_digest(uploaded.content.encode()) if uploaded and newest.actor else None,
    }


def _key(key: RowKey) -> dict[str, object]:
    return {"vin": key.vin, "record_id": key.record_id.hex(), "version": key.version}


def _key_columns(keys: Iterable[RowKey]) -> dict[str, object]:
    each = list(keys)
    return {
        "vins": [key.vin for key in each],
        "record_ids": [key.record_id.hex() for key in each],
        "versions": [key.version for key in each],
    }
