"""What a shop does with records that it has sent: hold one still to correct it, find some of its own."""

from __future__ import annotations

from datetime import date

import msgspec

from chedang.platform.database import load_queries
from chedang.records.model import RecordState, StoredVersion
from chedang.records.store import Connection, find_record, stored_version

_SQL = load_queries("chedang.records", "corrections.sql")


class RecordSearch(msgspec.Struct, frozen=True):
    """Which of a shop's records are wanted, void ones never. ``None`` does not narrow."""

    company_code: str
    plate_number: str | None
    """Normalised, '' for vehicles without one."""
    settled_on: date | None
    limit: int
    offset: int


class PageTooLarge(Exception):
    """The records of a page hold more text than may be read at once."""


def hold_record(connection: Connection, record_id: str, company_code: str) -> StoredVersion | None:
    """The newest version of a shop's record, which nobody else can add to until the transaction ends.

    ``None`` for an unknown record and for another shop's, which is not held. Raises psycopg.OperationalError when
    somebody else holds it for two seconds.
    """
    known = find_record(connection, record_id)
    if known is None or known.company_code != company_code:
        return None
    connection.execute(_SQL["wait_for_record"])
    connection.execute(_SQL["lock_feed_shared"])
    connection.execute(_SQL["hold_head"], {"record_id": record_id})
    return find_record(connection, record_id)


def is_active(connection: Connection, record_id: str) -> bool:
    """Is there a record of this identifier that is not void?"""
    known = find_record(connection, record_id)
    return known is not None and known.state is RecordState.ACTIVE


def search_records(connection: Connection, wanted: RecordSearch, *, most_bytes: int) -> list[StoredVersion]:
    """A page of a shop's records in their newest versions, newest received first.

    Raises PageTooLarge above ``most_bytes`` of content, for a page of one record never.
    """
    parameters = msgspec.structs.asdict(wanted)
    connection.execute(_SQL["limit_search"])
    (size_bytes,) = connection.execute(_SQL["measure_search"], parameters).fetchone() or (0,)
    if size_bytes > most_bytes and wanted.limit > 1:
        raise PageTooLarge
    with connection.cursor() as cursor:
        return [stored_version(row) for row in cursor.execute(_SQL["read_search"], parameters)]
