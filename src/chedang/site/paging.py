"""Going through long lists by a key, so that page 1,000 costs no more than page 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from chedang.records.model import StoredVersion

Key = tuple[datetime, UUID]
"""Where a page ended: (received_at, record_id) of its last row."""


def read_key(text: str) -> Key | None:
    """Read what :func:`next_page` wrote; anything else means the first page."""
    at, _, record_id = text.partition("_")
    try:
        received_at = datetime.fromisoformat(at)
        return (received_at, UUID(record_id)) if received_at.tzinfo else None
    except ValueError:
        return None


def split_page(
    rows: Sequence[StoredVersion], size: int, query: dict[str, str]
) -> tuple[Sequence[StoredVersion], str | None]:
    """Cut ``size`` + 1 rows down to a page; the second value is the query of the next one, ``None`` on the last."""
    if len(rows) <= size:
        return rows, None
    last = rows[size - 1]
    return rows[:size], urlencode(query | {"before": f"{last.received_at.isoformat()}_{last.record_id}"})
