"""Reading back what an enterprise has sent: by span of receipt, and day by day with digests to compare (ours)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from chedang.platform.database import load_queries
from chedang.records.model import RecordState, StoredVersion
from chedang.records.store import Connection, find_head, read_version, stored_version

_SQL = load_queries("chedang.records", "readback.sql")


class HeldRecord(msgspec.Struct, frozen=True):
    """One record of a day, as it is compared."""

    record_id: UUID
    settlement_list_number: str
    digest: str
    """SHA-256 over the encoded 13 elements, hexadecimal; see :func:`chedang.records.identity.content_digest`."""
    state: RecordState


class VersionNote(msgspec.Struct, frozen=True):
    """One version in the history of a record, without its content."""

    version: int
    state: RecordState
    received_at: datetime
    actor: str
    reason: str
    digest: str
    """SHA-256 over the encoded 13 elements, hexadecimal."""


def find_version(connection: Connection, record_id: str, version: int) -> StoredVersion | None:
    """One version of a record; ``None`` when it stood under a VIN before the last two."""
    head = find_head(connection, record_id)
    for vin in head.vins if head else ():
        if held := read_version(connection, vin, record_id, version):
            return held
    return None


def find_version_with_digest(connection: Connection, record_id: str, digest: str) -> StoredVersion | None:
    """The newest version, of the last 100, that says what this digest stands for."""
    fitting = [note.version for note in read_history(connection, record_id) if note.digest == digest]
    return find_version(connection, record_id, fitting[0]) if fitting else None


def read_history(connection: Connection, record_id: str, *, limit: int = 100) -> list[VersionNote]:
    """Versions of a record, newest first: those under its present VIN and under the one just before."""
    head = find_head(connection, record_id)
    if head is None:
        return []
    notes = []
    for vin in head.vins:
        rows = connection.execute(_SQL["read_history"], {"vin": vin, "record_id": record_id, "limit": limit})
        notes += [VersionNote(number, RecordState(state), *rest) for number, state, *rest in rows]
    return sorted(notes, key=lambda note: note.version, reverse=True)[:limit]


def read_head_versions(connection: Connection, record_ids: Collection[str]) -> dict[str, int]:
    """Record (32 hexadecimal characters) → number of its newest version; unknown ones are absent."""
    rows = connection.execute(_SQL["read_head_versions"], {"record_ids": list(record_ids)}).fetchall()
    return dict(rows)


def read_page(
    connection: Connection,
    company_code: str,
    *,
    limit: int,
    most_bytes: int,
    received_from: datetime | None = None,
    received_until: datetime | None = None,
    state: RecordState | None = None,
    before: tuple[datetime, UUID] | None = None,
) -> list[StoredVersion]:
    """Newest version of each record of one enterprise, newest received first, a page of them.

    Received from (inclusive) until (exclusive); ``before`` is (received_at, record_id) of the last row before. A page
    is shorter where its records would hold more than ``most_bytes``; one record is always given.
    """
    parameters: dict[str, Any] = {
        "company_code": company_code,
        "limit": limit,
        "received_from": received_from,
        "received_until": received_until,
        "state": None if state is None else state.value,
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
    }
    connection.execute(_SQL["limit_reading"])
    measure = parameters | {"most_bytes": most_bytes}
    (fitting,) = connection.execute(_SQL["measure_page"], measure).fetchone() or (0,)
    parameters["limit"] = max(fitting, 1)
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
    connection.execute(_SQL["limit_reading"])
    return [
        HeldRecord(record_id, number, digest, RecordState(state))
        for record_id, number, digest, state in connection.execute(_SQL[query], parameters)
    ]


def own_vins(connection: Connection, company_code: str, vins: Collection[str]) -> frozenset[str]:
    """Which of these vehicles the enterprise has records of."""
    parameters = {"vins": list(vins), "company_code": company_code}
    return frozenset(row[0] for row in connection.execute(_SQL["own_vins"], parameters))


class DayCount(msgspec.Struct, frozen=True):
    """What we hold of one enterprise of one day of receipt in China."""

    day: date
    held: int
    """All of them, the void ones too."""
    void: int
    doubtful: int
    """With an error or a doubt, not void."""
    without_number: int


class DialectUse(msgspec.Struct, frozen=True):
    """Versions of one enterprise that came in one vocabulary."""

    dialect: str
    versions: int
    last_at: datetime


def count_days(connection: Connection, company_code: str, *, from_at: datetime, until_at: datetime) -> list[DayCount]:
    """Days of receipt with records, newest first, each record as its last version of that day says.

    The same records as :func:`read_received` lists for a day.
    """
    parameters = {"company_code": company_code, "from_at": from_at, "until_at": until_at}
    connection.execute(_SQL["limit_reading"])
    return [DayCount(*row) for row in connection.execute(_SQL["count_days"], parameters)]


def count_dialects(connection: Connection, company_code: str, *, from_at: datetime) -> list[DialectUse]:
    """Vocabularies in which the enterprise's versions came since an instant, the newest first."""
    parameters = {"company_code": company_code, "from_at": from_at}
    return [DialectUse(*row) for row in connection.execute(_SQL["count_dialects"], parameters)]
