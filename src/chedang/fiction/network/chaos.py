"""Misfortune: processes that end anywhere, as the dice fall. Equal seeds, equal misfortune."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

from psycopg.pq import ConnStatus

from chedang.platform.database import BoundedConnection


class Killed(BaseException):
    """A process has ended here. Not an Exception: nobody may catch it but whoever starts the process anew."""


class SimulatedClock:
    """Time that passes when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present moment of the simulation; each look takes a millisecond, so that two never see the same."""
        self.now += timedelta(milliseconds=1)
        return self.now

    def pass_by(self, span: timedelta) -> None:
        """So much later."""
        self.now += span


class Chaos:
    """What may go wrong and how often; counts what did."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.kill_share = 0.0
        """Share of all exchanges with a database at which a process ends, half of them before and half after it."""
        self.is_at_peace = True
        self.counts: Counter[str] = Counter()

    def may_kill(self, connection: ChaoticConnection, when: str) -> None:
        """Raises Killed, with the connection gone as after ``kill -9``."""
        if self.is_at_peace or self.random.random() >= self.kill_share / 2:
            return
        self.counts[f"killed {when} a statement"] += 1
        connection.pgconn.finish()
        raise Killed

    def happens(self, share: float, name: str) -> bool:
        """Does something happen that happens so often?"""
        if self.is_at_peace or self.random.random() >= share:
            return False
        self.counts[name] += 1
        return True


class ChaoticConnection(BoundedConnection):
    """A connection whose process may end before or after anything it says to the server, a commit too."""

    chaos: Chaos | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Everything that is said to the server comes through here."""
        if self.chaos is not None and self.pgconn.status == ConnStatus.OK:
            self.chaos.may_kill(self, "before")
        answer = super().wait(gen, interval, timeout)
        if self.chaos is not None:
            self.chaos.may_kill(self, "after")
        return answer
