"""What the worker does for the shops' desks: hand over what waits, drop what nobody needs any more."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.site.archive.connections import archive
from chedang.site.limits import limits_today
from chedang.workshop import drafts, sending

_log = structlog.get_logger(__name__)


def send_waiting(now: datetime) -> None:
    """Get into the archive what a page wrote down and could not hand over."""
    if done := sending.send_waiting(archive, limits_today(), now):
        _log.info("handed over what waited", rows=done)
    drafts.clear_sent()


def forget_drafts(now: datetime) -> None:
    """Drop drafts of more than 30 days."""
    if dropped := drafts.forget_old(now):
        _log.info("dropped old drafts", drafts=dropped)
