"""Answers requests before their clients give up (ADR 0019).

Software in the field waits three seconds, and takes silence for a server that is gone. Whatever holds a request up, a
database that hangs or a machine with too much to do, its client is told in time to come again. What was asked for may
still be done afterwards; sent again, it is found done.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from chedang.intake.outcomes import RefusalKind, Refused

_LOOK_SECONDS = 0.1

TooLate = Callable[[Refused], None]


class Patience:
    """Requests under way, oldest first. Those that last longer than ``seconds`` are answered with UNAVAILABLE."""

    def __init__(self, seconds: float, *, now: Callable[[], float] = time.perf_counter) -> None:
        self._seconds = seconds
        self._now = now
        self._under_way: dict[int, tuple[float, TooLate]] = {}
        self._last = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, started: float, too_late: TooLate) -> int:
        """A request has come; gives the number under which it will end. ``started`` never decreases."""
        self._last += 1
        self._under_way[self._last] = (started, too_late)
        if self._timer is None:
            self._look_later()
        return self._last

    def end(self, number: int) -> bool:
        """It is to be answered now; False when it has been answered before."""
        return self._under_way.pop(number, None) is not None

    def _look_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)

    def _look(self) -> None:
        overdue_before = self._now() - self._seconds
        overdue = []
        for started, too_late in self._under_way.values():
            if started > overdue_before:
                break
            overdue.append(too_late)
        self._timer = None
        try:
            for too_late in overdue:  # each ends its own
                too_late(Refused(RefusalKind.UNAVAILABLE, retry_after_seconds=5))
        finally:  # behind an answer that failed others wait still
            if self._under_way and self._timer is None:
                self._look_later()
