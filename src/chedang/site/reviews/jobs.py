"""What is done about scores from time to time, in the worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from chedang.records.uploaders import last_received
from chedang.reviews.parameters import load_parameters
from chedang.reviews.scores import refresh_scores
from chedang.site.archive.connections import archive
from chedang.site.reviews.presentation import day_of


def refresh(now: datetime) -> int:
    """Note which shops uploaded lately (系统评分); count anew what an older half-life made. Gives how many of these."""
    since = now - timedelta(days=load_parameters().system.connected_days + 1)
    with archive() as connection:
        received = last_received(connection, since=since)
    return refresh_scores({company_code: day_of(at) for company_code, at in received.items()})
