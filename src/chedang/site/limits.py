"""The limits that count today, for pages: looked for in the database once a minute."""

from __future__ import annotations

import time

from chedang.platform.clock import system_clock
from chedang.platform.database import is_unavailable
from chedang.platform.rulebook import read_documents
from chedang.records.current import CurrentLimits
from chedang.records.limits import Limits
from chedang.site.archive.connections import archive
from chedang.site.settings import NODE

_LOOK_EVERY_SECONDS = 60.0
_current = CurrentLimits(NODE.rules_file)
_looked_at_seconds: float | None = None


def limits_today() -> Limits:
    """The limits of this day; those known last while the database is away."""
    global _looked_at_seconds  # noqa: PLW0603 - one per process
    now_seconds = time.monotonic()
    if _looked_at_seconds is None or now_seconds - _looked_at_seconds >= _LOOK_EVERY_SECONDS:
        _looked_at_seconds = now_seconds
        try:
            with archive() as connection:
                _current.take(read_documents(connection))
        except Exception as fault:
            if not is_unavailable(fault):
                raise
    return _current.at(system_clock())
