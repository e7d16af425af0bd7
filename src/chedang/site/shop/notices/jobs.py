"""What the worker does for notices and orders: remove what is no longer needed."""

from __future__ import annotations

from datetime import datetime

import structlog

from chedang.site.shop.notices.files import evidence
from chedang.supervision import notices

_log = structlog.get_logger(__name__)


def forget_old(now: datetime) -> None:
    """Remove old notices, and evidence of orders that ended long enough ago."""
    removed = notices.forget_old(now), evidence().remove_old(now)
    if any(removed):
        _log.info("removed notices and evidence", notices=removed[0], files=removed[1])
