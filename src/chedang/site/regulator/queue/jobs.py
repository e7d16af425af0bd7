"""What the worker does for the work queue: judge shops' volume, climb the ladder, close what is put right."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from chedang.quality.expectation_store import count_expectations
from chedang.site.archive.connections import archive
from chedang.supervision import reminding_fixed, reminding_sms

_SLICE_SECONDS: Final = 30.0
"""How long one round may keep the other work of the desk waiting."""
_log = structlog.get_logger(__name__)


def count(now: datetime) -> None:
    """Judge the shops that were not judged up to yesterday; then see which reminders that ends."""
    with archive() as connection:
        counted = count_expectations(connection, now=now, seconds=_SLICE_SECONDS)
    if counted:
        _log.info("judged shops' volume", shops=counted)
        close_fixed(now)


def close_fixed(now: datetime) -> None:
    """Close reminders of what is put right."""
    if closed := reminding_fixed.close_fixed(now):
        _log.info("closed reminders", closed=closed)


def climb(now: datetime) -> None:
    """Send SMS for notices that stayed unread."""
    if sent := reminding_sms.climb(now):
        _log.info("reminded by SMS", sent=sent)
