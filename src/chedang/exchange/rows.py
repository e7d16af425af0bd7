"""Rows of records as they travel: their digest, and the form of the schema version before this one. Pure (ours)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from chedang.exchange.messages import encode_body
from chedang.exchange.model import SCHEMA, Body, RecordRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_as_tuple = msgspec.structs.astuple


def row_digest(row: RecordRow) -> bytes:
    """SHA-256 over the columns as text, joined by U+001F, in the order of :class:`RecordRow`; absent ones empty.

    Days are ``YYYY-MM-DD``, the instant is microseconds since 1970, the identifier 32 hexadecimal characters. A
    statement of the store can make the same text, so that two nodes compare without sending rows.
    """
    return _digest(_as_tuple(row)[:-1])


def digested_row(columns: tuple[Any, ...]) -> RecordRow:
    """A row with its digest from columns in the order of :class:`RecordRow`."""
    return RecordRow(*(*columns, _digest(columns)))


def _digest(columns: tuple[Any, ...]) -> bytes:
    (vin, record_id, version, state, company_code, number, plate_number, repair_on, settled_on, mileage_km,
     content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at) = columns  # fmt: skip
    since = received_at - _EPOCH
    text = (
        f"{vin}\x1f{record_id.hex()}\x1f{version}\x1f{state}\x1f{company_code}\x1f{number}\x1f{plate_number}\x1f"
        f"{_day(repair_on)}\x1f{_day(settled_on)}\x1f{mileage_km or ''}\x1f{content}\x1f{findings}\x1f{error_count}\x1f"
        f"{warn_count}\x1f{origin}\x1f{dialect}\x1f{actor}\x1f{reason}\x1f"
        f"{(since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds}"
    )
    return hashlib.sha256(text.encode()).digest()


@lru_cache(maxsize=4096)
def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def encode_items(body: Body, schema: int = SCHEMA) -> bytes:
    """Contents of ITEMS in a schema version that the recipient reads."""
    if schema >= SCHEMA:
        return encode_body(body)
    return encode_body((_without_digests(body.records), body.notices))


def _without_digests(rows: Iterable[RecordRow]) -> list[tuple[Any, ...]]:
    """Rows of schema 1: the same columns but the last."""
    return [tuple(getattr(row, name) for name in RecordRow.__struct_fields__[:-1]) for row in rows]
