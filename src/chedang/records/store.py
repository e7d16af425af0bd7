"""Store of record versions: append-only, versions on the natural key, and the change feed.

A received fact is never updated or deleted. ``record_head`` is only an index: which version of a number is newest and
under which VIN it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row

from chedang.platform.database import load_queries
from chedang.records.identity import decode_content
from chedang.records.model import Finding, RecordState, StoredVersion

_SQL = load_queries("chedang.records")
_decode_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode

Connection = psycopg.Connection[Any]


class NewVersion(msgspec.Struct, frozen=True):
    """One upload, judged and ready to be stored. Field for field the columns of ``record_version``."""

    vin: str
    record_id: UUID
    digest: bytes
    company_code: str
    settlement_list_number: str
    plate_number: str
    repair_on: date | None
    settled_on: date | None
    mileage_km: Decimal | None
    content: str
    findings: str
    error_count: int
    warn_count: int
    dialect: str
    received_at: datetime
    origin: str = "local"
    actor: str = ""
    reason: str = ""


class Appended(msgspec.Struct, frozen=True):
    """What became of one upload: ``version`` is ``None`` when its content was already there."""

    record_id: UUID
    version: int | None


class Change(msgspec.Struct, frozen=True):
    """One row of the change feed."""

    seq: int
    vin: str
    record_id: UUID
    version: int


def append(connection: Connection, uploads: Sequence[NewVersion]) -> list[Appended]:
    """Store uploads in one transaction and commit it; outcomes come in the order of the uploads.

    Record ids must be distinct within one call. Same content again stores nothing; other content becomes the next
    version, and when its VIN differs the old file gets a ``moved`` version. Raises psycopg.Error with nothing stored;
    after a broken connection the outcome is unknown and the same uploads can be appended again.
    """
    with connection.transaction():
        with connection.pipeline():
            connection.execute(_SQL["lock_feed_shared"])
            claimed = connection.execute(
                _SQL["claim_heads"],
                {
                    "record_ids": [upload.record_id for upload in uploads],
                    "vins": [upload.vin for upload in uploads],
                    "digests": [upload.digest for upload in uploads],
                },
            )
        heads: dict[UUID, tuple[int, str | None]] = {row[0]: (row[1], row[2]) for row in claimed}
        if heads:
            rows = _rows(uploads, heads)
            with connection.cursor() as cursor:
                with cursor.copy(_SQL["copy_versions"]) as copy:
                    for row in rows:
                        copy.write_row(row)
                with cursor.copy(_SQL["copy_changes"]) as copy:
                    for row in rows:
                        copy.write_row(row[:3])
    return [
        Appended(upload.record_id, heads[upload.record_id][0] if upload.record_id in heads else None)
        for upload in uploads
    ]


def _rows(uploads: Sequence[NewVersion], heads: dict[UUID, tuple[int, str | None]]) -> list[tuple[object, ...]]:
    """Rows of ``record_version`` for the uploads that got a version, and for files their records leave."""
    rows: list[tuple[object, ...]] = []
    for upload in uploads:
        head = heads.get(upload.record_id)
        if head is None:
            continue
        version, previous_vin = head
        if previous_vin is not None and previous_vin != upload.vin:
            rows.append(_row(upload, previous_vin, version, RecordState.MOVED))
        rows.append(_row(upload, upload.vin, version, RecordState.ACTIVE))
    return rows


def _row(upload: NewVersion, vin: str, version: int, state: RecordState) -> tuple[object, ...]:
    """One row in the column order of ``copy_versions``; a moved version only points away and repeats no content."""
    is_moved = state is RecordState.MOVED
    return (
        vin, upload.record_id, version, state.value, upload.company_code, upload.settlement_list_number,
        upload.plate_number, upload.repair_on, upload.settled_on, upload.mileage_km,
        "{}" if is_moved else upload.content, "[]" if is_moved else upload.findings,
        0 if is_moved else upload.error_count, 0 if is_moved else upload.warn_count,
        upload.origin, upload.dialect, upload.actor, upload.reason, upload.received_at,
    )  # fmt: skip


def read_file(connection: Connection, vin: str) -> list[StoredVersion]:
    """Every version of every record stored under ``vin``, oldest version first.

    ``vin`` is a key of :func:`chedang.records.identity.file_key`: a VIN, or ``~`` + company code.
    """
    with connection.cursor() as cursor:
        return [stored_version(row) for row in cursor.execute(_SQL["read_file"], {"vin": vin})]


def read_company_records(
    connection: Connection,
    company_code: str,
    *,
    limit: int | None = None,
    before: tuple[datetime, UUID] | None = None,
    only_faulty: bool = False,
    only_fileless: bool = False,
) -> list[StoredVersion]:
    """Newest version of each record of one enterprise, newest received first.

    ``before`` is (received_at, record_id) of the last row of the page before; ``limit`` ``None`` means all.
    """
    parameters = {
        "company_code": company_code,
        "before_at": before[0] if before else None,
        "before_id": before[1] if before else None,
        "only_faulty": only_faulty,
        "only_fileless": only_fileless,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        return [stored_version(row) for row in cursor.execute(_SQL["read_company_records"], parameters)]


def stored_version(row: tuple[Any, ...]) -> StoredVersion:
    """One row of ``record_version`` in the order in which the queries name its columns."""
    (vin, record_id, version, state, company_code, number, plate_number, repair_on, settled_on,
     mileage_km, content, findings, origin, dialect, actor, reason, received_at) = row  # fmt: skip
    return StoredVersion(
        vin=vin,
        record_id=record_id,
        version=version,
        state=RecordState(state),
        company_code=company_code,
        settlement_list_number=number,
        plate_number=plate_number,
        repair_on=repair_on,
        settled_on=settled_on,
        mileage_km=mileage_km,
        text=decode_content(content),
        findings=_decode_findings(findings),
        origin=origin,
        dialect=dialect,
        actor=actor,
        reason=reason,
        received_at=received_at,
    )


def read_position(connection: Connection, consumer: str) -> int:
    """The last change a consumer has dealt with; 0 before the first."""
    row = connection.execute(_SQL["read_position"], {"consumer": consumer}).fetchone()
    return int(row[0]) if row else 0


def read_changes(connection: Connection, consumer: str, limit: int) -> list[Change]:
    """The next changes for a consumer, in order, none of which can be overtaken by a smaller number later.

    To be called outside a transaction: the lock that settles the feed is held for one tiny transaction only.
    """
    after = read_position(connection, consumer)
    (exists,) = connection.execute(_SQL["has_changes"], {"after": after}).fetchone() or (False,)
    connection.commit()
    if not exists:
        return []
    with connection.transaction():
        connection.execute(_SQL["lock_feed_exclusive"])
        (horizon,) = connection.execute(_SQL["newest_change"]).fetchone() or (0,)
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        changes = cursor.execute(_SQL["read_changes"], {"after": after, "horizon": horizon, "limit": limit}).fetchall()
    connection.commit()
    return changes


def save_position(connection: Connection, consumer: str, seq: int) -> None:
    """Remember that ``consumer`` has dealt with all changes up to ``seq``.

    Commits with the caller's transaction.
    """
    connection.execute(_SQL["save_position"], {"consumer": consumer, "seq": seq})


def iterate_company_records(connection: Connection, company_code: str, page_rows: int = 500) -> Iterator[StoredVersion]:
    """All records of one enterprise, newest first, read page by page so that memory stays bounded."""
    before: tuple[datetime, UUID] | None = None
    while page := read_company_records(connection, company_code, limit=page_rows, before=before):
        yield from page
        before = (page[-1].received_at, page[-1].record_id)
