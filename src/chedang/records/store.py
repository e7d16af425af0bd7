"""Store of record versions: append-only, versions on the natural key, and the change feed.

A received fact is never updated or deleted. ``record_head`` is only an index: which version of a number is newest and
under which VIN it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
from psycopg.rows import class_row

from chedang.platform.arrays import (
    bytes_array,
    date_array,
    instant_array,
    integer_array,
    text_array,
    uuid_array,
    word_array,
)
from chedang.platform.database import load_queries
from chedang.platform.settling import settle
from chedang.records.identity import decode_content
from chedang.records.model import Finding, RecordState, StoredVersion

_SQL = load_queries("chedang.records")
_FEED_LOCK: Final = 7203301
"""Held by every writer of the feed of changes, see ``append`` in queries.sql."""
decode_findings: Final[Callable[[str], tuple[Finding, ...]]] = msgspec.json.Decoder(tuple[Finding, ...]).decode
"""The column ``findings`` → what the rules found. Raises msgspec.DecodeError."""

Connection = psycopg.Connection[Any]


class NewVersion(msgspec.Struct, frozen=True, array_like=True):
    """One upload, judged and ready to be stored. Field for field the columns of ``record_version``."""

    vin: str
    record_id: str
    """32 hexadecimal characters, see :func:`chedang.records.identity.record_id`."""
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
    state: RecordState = RecordState.ACTIVE
    """ACTIVE, or VOID with the content of the version it voids."""
    is_deliberate: bool = False
    """An amendment or a void: what it says stands until the shop's software uploads something new. A plain upload of
    what was uploaded last neither undoes it nor brings a void record back."""


class Head(msgspec.Struct, frozen=True, array_like=True):
    """Where the newest version of a record stands."""

    vin: str
    previous_vin: str | None
    """The one of the version before; ``None`` with the first."""
    version: int

    @property
    def vins(self) -> tuple[str, ...]:
        """The files that may hold versions of the record, the present one first."""
        return tuple({vin: None for vin in (self.vin, self.previous_vin) if vin is not None})


class Appended(msgspec.Struct, frozen=True, array_like=True):
    """What became of one upload: ``version`` is ``None`` when its content was already there."""

    record_id: str
    version: int | None


class Change(msgspec.Struct, frozen=True):
    """One row of the change feed."""

    seq: int
    vin: str
    record_id: UUID
    version: int


def append(connection: Connection, uploads: Sequence[NewVersion]) -> list[Appended]:
    """Store uploads in one transaction and commit it; outcomes come in the order of the uploads.

    Record ids must be distinct within one call. Same content again stores nothing, nor does a plain upload of what was
    uploaded last and then corrected; other content becomes the next version, and when its VIN differs the old file gets
    a ``moved`` version. Raises psycopg.Error with nothing stored; after a broken connection the outcome is unknown and
    the same uploads can be appended again.
    """
    # One statement, and columns in binary form: what a batch costs decides how many records a second the gate takes
    # (ADR 0011). On a connection in autocommit mode that is one round trip.
    try:
        with connection.cursor(binary=True) as cursor:
            claimed = cursor.execute(_SQL["append"], _columns(uploads)).fetchall()
        if not connection.autocommit:
            connection.commit()
    except BaseException:
        if not connection.closed and not connection.autocommit:
            connection.rollback()
        raise
    versions: dict[str, int] = {record_id.hex(): version for record_id, version in claimed}
    return [Appended(upload.record_id, versions.get(upload.record_id)) for upload in uploads]


def _columns(uploads: Sequence[NewVersion]) -> dict[str, object]:
    """One array per column of the statement ``append``."""
    return {
        "record_id": uuid_array([upload.record_id for upload in uploads]),
        "vin": text_array([upload.vin for upload in uploads]),
        "digest": bytes_array([upload.digest for upload in uploads]),
        "state": word_array([upload.state.value for upload in uploads]),
        "company_code": word_array([upload.company_code for upload in uploads]),
        "settlement_list_number": text_array([upload.settlement_list_number for upload in uploads]),
        "plate_number": text_array([upload.plate_number for upload in uploads]),
        "repair_on": date_array([upload.repair_on for upload in uploads]),
        "settled_on": date_array([upload.settled_on for upload in uploads]),
        "mileage_km": word_array([None if each.mileage_km is None else str(each.mileage_km) for each in uploads]),
        "content": text_array([upload.content for upload in uploads]),
        "findings": text_array([upload.findings for upload in uploads]),
        "error_count": integer_array([upload.error_count for upload in uploads]),
        "warn_count": integer_array([upload.warn_count for upload in uploads]),
        "origin": word_array([upload.origin for upload in uploads]),
        "dialect": word_array([upload.dialect for upload in uploads]),
        "actor": text_array([upload.actor for upload in uploads]),
        "reason": text_array([upload.reason for upload in uploads]),
        "received_at": instant_array([upload.received_at for upload in uploads]),
        "deliberate_ids": uuid_array([upload.record_id for upload in uploads if upload.is_deliberate]),
    }


def read_file(connection: Connection, vin: str) -> list[StoredVersion]:
    """Every version of every record stored under ``vin``, oldest version first.

    ``vin`` is a key of :func:`chedang.records.identity.file_key`: a VIN, or ``~`` + company code.
    """
    with connection.cursor() as cursor:
        return [stored_version(row) for row in cursor.execute(_SQL["read_file"], {"vin": vin})]


def find_record(connection: Connection, record_id: str | UUID) -> StoredVersion | None:
    """The newest version of the record with this identifier, void or not; ``None`` when there is none."""
    head = find_head(connection, record_id)
    return None if head is None else read_version(connection, head.vin, record_id, head.version)


def find_head(connection: Connection, record_id: str | UUID) -> Head | None:
    """Where the newest version of a record stands; ``None`` for an unknown one."""
    row = connection.execute(_SQL["find_head"], {"record_id": record_id}).fetchone()
    return None if row is None else Head(*row)


def read_version(connection: Connection, vin: str, record_id: str | UUID, version: int) -> StoredVersion | None:
    """One version of a record as it stands under ``vin``; ``None`` when it does not, or only says that it left."""
    parameters = {"vin": vin, "record_id": record_id, "version": version}
    row = connection.execute(_SQL["read_version"], parameters).fetchone()
    return None if row is None else stored_version(row)


def read_record(connection: Connection, record_id: str | UUID) -> list[StoredVersion]:
    """Versions of one record, oldest first: those under its present VIN and under the one just before.

    Rows that only say that the record left a file are passed over. Empty for an unknown identifier.
    """
    head = find_head(connection, record_id)
    if head is None:
        return []
    versions: dict[int, StoredVersion] = {}
    with connection.cursor() as cursor:
        for vin in head.vins:
            rows = cursor.execute(_SQL["read_record"], {"vin": vin, "record_id": record_id})
            versions |= {version.version: version for version in map(stored_version, rows)}
    return [versions[number] for number in sorted(versions)]


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
        findings=decode_findings(findings),
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

    To be called outside a transaction. Empty also while a writer holds the feed longer than a moment; its changes come
    with a later call.
    """
    after = read_position(connection, consumer)
    (exists,) = connection.execute(_SQL["has_changes"], {"after": after}).fetchone() or (False,)
    connection.commit()
    if not exists:
        return []
    horizon = settle_feed(connection)
    if horizon is None:
        return []
    with connection.cursor(row_factory=class_row(Change)) as cursor:
        changes = cursor.execute(_SQL["read_changes"], {"after": after, "horizon": horizon, "limit": limit}).fetchall()
    connection.commit()
    return changes


def settle_feed(connection: Connection) -> int | None:
    """The largest number of the feed below which nothing can appear any more; ``None`` while a writer takes long.

    To be called outside a transaction.
    """
    return settle(connection, lock=_FEED_LOCK, newest=_SQL["newest_change"])


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
