"""Slow work a few at a time; whoever would wait too long is told at once when to come back (ADR 0019)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from chedang.intake.outcomes import RefusalKind, Refused

_LONGEST_HINT_SECONDS = 60
_WEIGHT_OF_NEWEST = 0.1


class Turnstile:
    """Lets ``at_once`` in; refuses whoever would wait longer than ``longest_wait_seconds``.

    How long the work takes is measured while it goes on. Those refused are told different times to come back, as far
    apart as the work takes: all of them at once would only be refused again.
    """

    def __init__(
        self,
        at_once: int,
        *,
        usual_seconds: float,
        longest_wait_seconds: float = 1.5,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_once = at_once
        self._usual_seconds = usual_seconds
        self._longest_wait_seconds = longest_wait_seconds
        self._seconds = seconds
        self._slots = asyncio.Semaphore(at_once)
        self._present = 0
        self._promised_at = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it for the length of the block. Raises Refused(UNAVAILABLE)."""
        wait_seconds = (self._present - self._at_once + 1) * self._usual_seconds / self._at_once
        if wait_seconds > self._longest_wait_seconds:
            raise self._refused(wait_seconds)
        self._present += 1
        try:
            await self._wait()
            started = self._seconds()
            try:
                yield
            finally:
                self._slots.release()
                self._learn(self._seconds() - started)
        finally:
            self._present -= 1

    async def _wait(self) -> None:
        # The work may have become slower since the wait was reckoned.
        try:
            async with asyncio.timeout(self._longest_wait_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise self._refused(self._longest_wait_seconds) from None

    def _learn(self, took_seconds: float) -> None:
        self._usual_seconds += (took_seconds - self._usual_seconds) * _WEIGHT_OF_NEWEST

    def _refused(self, wait_seconds: float) -> Refused:
        now = self._seconds()
        self._promised_at = max(self._promised_at, now + wait_seconds) + self._usual_seconds / self._at_once
        hint_seconds = min(math.ceil(self._promised_at - now), _LONGEST_HINT_SECONDS)
        self._promised_at = min(self._promised_at, now + _LONGEST_HINT_SECONDS)
        return Refused(RefusalKind.UNAVAILABLE, retry_after_seconds=hint_seconds)
