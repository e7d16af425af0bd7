"""What the worker does for self-assessments."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.site.shop.credit.common import files

_log = structlog.get_logger(__name__)


def forget_photos(now: datetime) -> None:
    """Remove files of photos that were taken out."""
    if removed := files().remove_old(now):
        _log.info("removed photos of self-assessments", photos=removed)
