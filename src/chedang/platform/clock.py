"""The clock as a value: whoever needs the time takes a ``Clock``, so that tests can hand in their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the present moment as an aware instant."""


def system_clock() -> datetime:
    """The machine's present moment, aware, in UTC."""
    return datetime.now(UTC)
