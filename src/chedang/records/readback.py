"""Reading back what an enterprise has sent: by span of receipt, and day by day with digests to compare (ours)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import msgspec

from chedang.platform.database import load_queries
from chedang.records.model import RecordState, StoredVersion
from chedang.records.store import Connection, stored_version

_SQL = load_queries("chedang.records", "readback.sql")


class HeldRecord(msgspec.Struct, frozen=True):
    """One record of a day, as it is compared."""

    record_id: UUID
    settlement_list_number: str
    digest: str
    """SHA-256 over the encoded 13 elements, hexadecimal; see :func:`chedang.records.identity.content_digest`."""
    state: RecordState


def read_head_versions(connection: Connection, record_ids: Collection[str]) -> dict[str, int]:
    """Record (32 hexadecimal characters) → number of its newest version; unknown ones are absent."""
    rows = connection.execute(_SQL["read_head_versions"], {"record_ids": list(record_ids)}).fetchall()
    return dict(rows)


def read_page(
    connection: Connection,
    company_code: str,
    *,
    limit: int,
    received_from: datetime | None = None,
    received_until: datetime | None = None,
    state: RecordState | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[StoredVersion]:
    """Newest version of each record of one enterprise, newest received first, a page of them.

    Received from (inclusive) until (exclusive); ``before`` is (received_at, record_id) of the last row before.
    """
    parameters = {
        "company_code": company_code,
        "limit": limit,
        "received_from": received_from,
        "received_until": received_until,
        "state": None if state is None else state.value,
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
    }
    with connection.cursor() as cursor:
        return [stored_version(row) for row in cursor.execute(_SQL["read_page"], parameters)]


def read_received(
    connection: Connection,
    company_code: str,
    *,
    from_at: datetime,
    until_at: datetime,
    limit: int,
    after: UUID | None = None,
) -> list[HeldRecord]:
    """Records that got content between two instants, by identifier; what came later does not change the answer."""
    parameters = {
        "company_code": company_code,
        "from_at": from_at,
        "until_at": until_at,
        "after": after,
        "limit": limit,
    }
    return _held(connection, "read_received", parameters)


def read_settled(
    connection: Connection, company_code: str, *, day: date, from_at: datetime, limit: int, after: UUID | None = None
) -> list[HeldRecord]:
    """Records settled on ``day`` as they stand now, by identifier; only what was received since ``from_at`` is seen."""
    parameters = {"company_code": company_code, "day": day, "from_at": from_at, "after": after, "limit": limit}
    return _held(connection, "read_settled", parameters)


def _held(connection: Connection, query: str, parameters: dict[str, object]) -> list[HeldRecord]:
    return [
        HeldRecord(record_id, number, digest, RecordState(state))
        for record_id, number, digest, state in connection.execute(_SQL[query], parameters)
    ]
