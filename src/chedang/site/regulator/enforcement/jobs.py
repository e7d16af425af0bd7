"""What the worker does for enforcement: check orders against the records, take notices off the public list, tidy up."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.site.regulator.enforcement.common import documents, hand_over_files
from chedang.supervision import censures, checking

_log = structlog.get_logger(__name__)


def check_orders(now: datetime) -> None:
    """复查 of every open order that has a condition."""
    if written := checking.check_all(now):
        _log.info("checked orders", findings=written)


def take_off_censures(now: datetime) -> None:
    """Public notices whose last day is over go, and files that no row names."""
    counts = censures.take_off(now), documents().remove_orphans(now), hand_over_files().remove_orphans(now)
    if any(counts):
        _log.info("tidied enforcement", taken_off=counts[0], files=counts[1] + counts[2])
