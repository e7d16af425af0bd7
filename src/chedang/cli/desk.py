"""Periodic work of the desk side (Django's tables) in the worker process: what is old is purged, what is due is moved.

The jobs stand in ``cli.desk_jobs``, which is imported once Django is set up. One worker at a time does a round; the
clocks are this process's own, so a job must bear being done again sooner.
"""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import structlog

from chedang.platform.clock import Clock, system_clock
from chedang.platform.database import is_unavailable

_TICK_SECONDS: Final = 1.0
_ONLY_DESK_LOCK: Final = 0x6465736B  # "desk"
_RETRY: Final = timedelta(seconds=5)

_log = structlog.get_logger(__name__)


class DeskJob(NamedTuple):
    """One kind of periodic work: ``work(now)`` about ``every`` so often, first at the start of the worker."""

    every: timedelta
    work: Callable[[datetime], object]

    @property
    def name(self) -> str:
        """Where the work is defined, for logs."""
        return f"{getattr(self.work, '__module__', '')}.{getattr(self.work, '__qualname__', '')}"


def work(stop: threading.Event) -> None:
    """Set Django up for the database of the environment and do every job in its time until ``stop`` is set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    import django

    django.setup()
    from chedang.cli.desk_jobs import DESK_JOBS

    desk = Desk(DESK_JOBS)
    while not stop.wait(_TICK_SECONDS):
        desk.do_what_is_due(stop)
    desk.close()


class Desk:
    """Jobs and when each is due next. Needs Django set up; works in one thread, on that thread's connection."""

    def __init__(self, jobs: Sequence[DeskJob], clock: Clock = system_clock) -> None:
        self._clock = clock
        self._jobs = tuple(jobs)
        self._due_at: dict[int, datetime] = {}

    def do_what_is_due(self, stop: threading.Event | None = None) -> None:
        """Do the jobs whose time has come. Never raises: a fault of one is logged and the others go on."""
        now = self._clock()
        due = [number for number, _job in enumerate(self._jobs) if self._due_at.get(number, now) <= now]
        if not due:
            return
        try:
            if self._lock("select pg_try_advisory_lock(%s)"):
                for number in due:
                    if stop is None or not stop.is_set():
                        self._due_at[number] = now + _RETRY  # should it fall: those behind it go first then
                        self._due_at[number] = now + self._do(self._jobs[number])
                self._lock("select pg_advisory_unlock(%s)")
            else:
                self._wait(due, now)
        except Exception as fault:
            # The lock went with its connection.
            self.close()
            if all(self._due_at.get(number, now) <= now for number in due):  # not one was begun
                self._wait(due, now)
            _log.warning("database unavailable, trying the desk again", fault=type(fault).__name__)

    def close(self) -> None:
        """Give the connection back."""
        from django.db import connection

        connection.close()

    def _wait(self, due: list[int], now: datetime) -> None:
        for number in due:
            self._due_at[number] = now + _RETRY

    def _do(self, job: DeskJob) -> timedelta:
        """Do one job; gives when to do it again."""
        try:
            job.work(self._clock())
        except Exception as fault:
            if _is_away(fault):
                _log.warning("a job of the desk was cut off", job=job.name, fault=type(fault).__name__)
                raise
            # Its words may hold what a person typed: only the kind and the place are told.
            place = traceback.extract_tb(fault.__traceback__)[-1]
            where = f"{place.filename}:{place.lineno}"
            _log.error("a job of the desk failed", job=job.name, fault=type(fault).__name__, where=where)
        return job.every

    def _lock(self, statement: str) -> bool:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement, [_ONLY_DESK_LOCK])
            return bool(cursor.fetchone()[0])


def _is_away(fault: BaseException) -> bool:
    from django.db import InterfaceError, OperationalError

    return isinstance(fault, InterfaceError | OperationalError) or is_unavailable(fault)
