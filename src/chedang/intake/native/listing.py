"""Reading back one's own records: one with its history, or all page by page."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import Connection
from chedang.intake.native.answers import PageJson, RecordJson, record_json
from chedang.intake.native.keeping import own_record_id
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.records.model import RecordState, StoredVersion
from chedang.records.readback import read_history, read_page
from chedang.records.store import find_record
from chedang.terms.dates import SHANGHAI

MAX_PAGE: Final = 200
_MOST_PAGE_BYTES: Final = 8 * 1024 * 1024


async def read_one(intake: Intake, shop: Enterprise, number: str) -> RecordJson:
    """The shop's record of this number with its history. Raises Refused(UNKNOWN_RECORD)."""
    record_id_hex = own_record_id(shop, number)

    def work(connection: Connection) -> RecordJson:
        held = find_record(connection, record_id_hex)
        if held is None:
            raise Refused(RefusalKind.UNKNOWN_RECORD)
        return record_json(held, read_history(connection, record_id_hex))

    return await intake.run(work)


async def read_all(
    intake: Intake,
    shop: Enterprise,
    *,
    received_from: str | None,
    received_until: str | None,
    state: RecordState | None,
    cursor: str | None,
    limit: int,
) -> PageJson:
    """A page of the shop's records, newest received first. Raises Refused(MALFORMED)."""
    since = read_instant(received_from, "received_from")
    until = read_instant(received_until, "received_until")
    before = None if cursor is None else read_cursor(cursor)
    held = await intake.run(
        lambda connection: read_page(
            connection,
            shop.company_code,
            limit=limit,
            most_bytes=_MOST_PAGE_BYTES,
            received_from=since,
            received_until=until,
            state=state,
            before=before,
        )
    )
    # A page may be short for its weight: only an empty one, or the last record of all, ends the list.
    return PageJson(tuple(map(record_json, held)), make_cursor(held[-1]) if held else None)


def read_instant(text: str | None, name: str) -> datetime | None:
    """An instant with its offset, or a day, which begins at midnight in China. Raises Refused(MALFORMED)."""
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
        # Also what lies outside the years that an instant in UTC can have.
        return instant if abs(instant - datetime(2000, 1, 1, tzinfo=SHANGHAI)) < timedelta(days=365_000) else None
    except (ValueError, OverflowError) as fault:
        example = "2026-03-01或2026-03-01T08:00:00+08:00"
        raise Refused(RefusalKind.MALFORMED, f"{name}应为日期，或带时区的时刻，如{example}") from fault


def make_cursor(last: StoredVersion) -> str:
    """Where the page behind this record begins; opaque to clients."""
    place = last.received_at.astimezone(SHANGHAI).isoformat().encode() + last.record_id.bytes
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Inverse of :func:`make_cursor`. Raises Refused(MALFORMED)."""
    try:
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        received_at = datetime.fromisoformat(place[:-16].decode("ascii"))
        if received_at.tzinfo is None:
            raise ValueError("no offset")
        return received_at, UUID(bytes=place[-16:])
    except (ValueError, binascii.Error, OverflowError) as fault:
        raise Refused(RefusalKind.MALFORMED, "cursor只能取自上一页的next") from fault
