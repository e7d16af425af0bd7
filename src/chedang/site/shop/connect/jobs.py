"""What the worker does for the pages about a shop's software: drop what is too old to be shown."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.intake import named_days, refusals, software
from chedang.site.archive.connections import archive

_log = structlog.get_logger(__name__)


def forget_old(now: datetime) -> None:
    """Drop refusals of more than 14 days, lists of more than 35, software not seen for 400."""
    with archive() as connection:
        forgotten = (
            refusals.forget_old(connection, now),
            named_days.forget_old(connection, now),
            software.forget_old(connection, now),
        )
    if any(forgotten):
        _log.info("forgot old calls", refusals=forgotten[0], days=forgotten[1], clients=forgotten[2])
