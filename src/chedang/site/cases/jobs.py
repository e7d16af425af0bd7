"""What the worker does for cases: follow the records, let clocks run, remove what is no longer needed."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.reviews import complaints, corrections
from chedang.site.archive.connections import archive
from chedang.site.cases.photos import evidence
from chedang.site.settings import NODE

_log = structlog.get_logger(__name__)


def run_clocks(now: datetime) -> None:
    """Settle the cases whose record was put right, and take on those whose deadline passed."""
    if NODE.node.level == "ministry":
        return  # no owners there
    with archive() as connection:
        corrections.follow(connection, now=now)
        if moved := corrections.refresh_due(connection, now=now):
            _log.info("moved cases on", cases=moved)


def forget_evidence(now: datetime) -> None:
    """Remove photos and contacts of cases that ended long enough ago."""
    removed = evidence().remove_old(now), complaints.forget_contacts(now)
    if any(removed):
        _log.info("removed evidence", photos=removed[0], contacts=removed[1])
