"""Follower of the change feed: which record a claim code leads to. Run by the worker of a province.

Holds digests of codes and identifiers of records only, hence never goes wrong when a record is void, amended or moved:
what a record says is asked when its code is used.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from chedang.owners.claim_codes import claim_code, code_digest, read_code
from chedang.owners.limits import binding_limits
from chedang.platform.clock import Clock
from chedang.platform.database import load_queries
from chedang.records.store import Connection, read_changes, save_position

CONSUMER: Final = "claim-codes"
"""Name under which the position in the feed is kept."""
_SQL = load_queries("chedang.owners", "claim_index.sql")
_FIRST: Final = UUID(int=0)
_LATE: Final = timedelta(days=30)
"""A record may come back from elsewhere, or be settled a little after it was received."""


def follow(connection: Connection, key: bytes, *, clock: Clock, limit: int = 1000) -> int:
    """Take the next changes, at most ``limit``; returns how many there were. ``key``: the node's, for claim codes.

    Work and position are committed together. To be called outside a transaction. Raises the driver's errors, with
    nothing done.
    """
    changes = read_changes(connection, CONSUMER, limit)
    if changes:
        asked = {
            "vins": sorted({change.vin for change in changes}),
            "record_ids": list({change.record_id for change in changes}),
            "since_at": _oldest(clock()),
        }
        with connection.transaction():
            save_position(connection, CONSUMER, changes[-1].seq)
            _insert(connection, key, connection.execute(_SQL["find_records"], asked).fetchall())
    return len(changes)


def rebuild(connection: Connection, key: bytes, *, clock: Clock, page_rows: int = 1000) -> int:
    """Make the index again from the records, also while the worker runs; returns how many records have a code.

    The old rows serve meanwhile; those made with another key are of no use and go with their age.
    """
    count, after_vin, after_id = 0, "", _FIRST
    asked = {"since_at": _oldest(clock()), "limit": page_rows}
    while rows := connection.execute(
        _SQL["next_records"], asked | {"after_vin": after_vin, "after_id": after_id}
    ).fetchall():
        _insert(connection, key, [row[1:] for row in rows])
        connection.commit()
        count, (after_vin, after_id, _on) = count + len(rows), rows[-1]
    connection.commit()
    return count


def forget_old(connection: Connection, *, now: datetime) -> int:
    """Remove codes that count no more; returns how many. Commits with the caller's transaction."""
    return connection.execute(_SQL["forget"], {"before_on": _oldest(now).date()}).rowcount


def find_record_id(connection: Connection, key: bytes, typed: str) -> UUID | None:
    """The record that a code, as typed, leads to; the same work for a code that leads nowhere."""
    digest = code_digest(key, read_code(typed) or "")
    row = connection.execute(_SQL["find"], {"code_digest": digest}).fetchone()
    return None if row is None else row[0]


def _insert(connection: Connection, key: bytes, rows: Iterable[tuple[UUID, date]]) -> None:
    known = dict(rows)
    if not known:
        return
    codes = [read_code(claim_code(key, record_id.hex)) or "" for record_id in known]
    columns = {
        "code_digest": [code_digest(key, code) for code in codes],
        "record_id": list(known),
        "received_on": list(known.values()),
    }
    connection.execute(_SQL["insert"], columns)


def _oldest(now: datetime) -> datetime:
    """Records received before have no code that counts."""
    return now - timedelta(days=binding_limits().codes.valid_days) - _LATE
