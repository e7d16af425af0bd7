"""What the worker does for the lists of the I/M loop."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.emission import stations
from chedang.site.archive.connections import archive

_log = structlog.get_logger(__name__)


def flag_by_list(now: datetime) -> None:
    """Let the search show who is an M-station today."""
    with archive() as connection:
        flagged = stations.flag_by_list(connection, now=now)
    if flagged:
        _log.info("flagged M-stations by the list", shops=flagged)
