"""What the worker does for filings."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.site.regulator.inspections.wiring import photos
from chedang.site.shop.filing.wiring import papers

_log = structlog.get_logger(__name__)


def forget_papers(now: datetime) -> None:
    """Remove papers that shops took off their lists long enough ago."""
    if removed := papers().remove_old(now):
        _log.info("removed papers of filings", papers=removed)


def forget_inspection_photos(now: datetime) -> None:
    """Remove photos of inspections whose term is over."""
    if removed := photos().remove_old(now):
        _log.info("removed photos of inspections", photos=removed)
