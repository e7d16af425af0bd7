"""What the worker does for officers' files."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.site.regulator.statistics.making import export_files

_log = structlog.get_logger(__name__)


def forget_exports(now: datetime) -> None:
    """Remove files whose day is over."""
    if removed := export_files().remove_old(now):
        _log.info("removed officers' files", files=removed)
