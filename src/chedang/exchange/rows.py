"""Rows of records as they travel: their digest, and the form of the schema version before this one. Pure (ours)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from chedang.exchange.messages import encode_body
from chedang.exchange.model import SCHEMA, Body, RecordRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SEPARATOR = "\x1f"


def row_digest(row: RecordRow) -> bytes:
    """SHA-256 over the columns as text, joined by U+001F, in the order of :class:`RecordRow`; absent ones empty.

    Days are ``YYYY-MM-DD``, the instant is microseconds since 1970, the identifier 32 hexadecimal characters. A
    statement of the store can make the same text, so that two nodes compare without sending rows.
    """
    fields = (
        row.vin,
        row.record_id.hex(),
        str(row.version),
        row.state,
        row.company_code,
        row.settlement_list_number,
        row.plate_number,
        row.repair_on.isoformat() if row.repair_on else "",
        row.settled_on.isoformat() if row.settled_on else "",
        row.mileage_km or "",
        row.content,
        row.findings,
        str(row.error_count),
        str(row.warn_count),
        row.origin,
        row.dialect,
        row.actor,
        row.reason,
        str((row.received_at - _EPOCH) // _MICROSECOND),
    )
    return hashlib.sha256(_SEPARATOR.join(fields).encode()).digest()


def encode_items(body: Body, schema: int = SCHEMA) -> bytes:
    """Contents of ITEMS in a schema version that the recipient reads."""
    if schema >= SCHEMA:
        return encode_body(body)
    return encode_body((_without_digests(body.records), body.notices))


def _without_digests(rows: Iterable[RecordRow]) -> list[tuple[Any, ...]]:
    """Rows of schema 1: the same columns but the last."""
    return [tuple(getattr(row, name) for name in RecordRow.__struct_fields__[:-1]) for row in rows]
