"""What the worker does for self-assessments."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.site.shop.credit.common import files
from chedang.site.shop.credit.objecting import objection_files

_log = structlog.get_logger(__name__)


def forget_photos(now: datetime) -> None:
    """Remove files of photos that were taken out, and those of objections that were not kept."""
    if removed := files().remove_old(now) + objection_files().remove_orphans(now):
        _log.info("removed photos of self-assessments", photos=removed)
