"""``python -m chedang.cli.worker``: the worker process of one node, until SIGTERM. Follows the feed and does batches.

The same at both levels. Without it uploads are still taken; the vehicle index falls behind and catches up later, and
accepted batches wait. Several may run: one follows the feed, all work on batches.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial

import structlog

from chedang.intake import batch_work
from chedang.intake.batch_work import BatchWorker
from chedang.intake.dialects import DIALECTS
from chedang.intake.families import load_families, modes_of
from chedang.platform.clock import system_clock
from chedang.platform.database import connect, is_unavailable, try_session_lock
from chedang.platform.logging import configure
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import Settings, settings_of_process
from chedang.records.rules import judge, load_limits
from chedang.vehicles.follow import follow

_IDLE_SECONDS = 0.5
"""How old a change may become before it is seen."""
_RETRY_SECONDS = 1.0
_ONLY_WORKER_LOCK = 0x776F726B6572  # "worker": one per database, though a killed node's last one may still be there

_log = structlog.get_logger(__name__)


def main() -> None:
    """Work until told to stop. A fault that is not the database's ends the process; the node starts it again."""
    settings, database_url = settings_of_process()
    die_with_parent()
    configure("worker", settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    batches = _Aside(partial(batch_work.work, database_url, stop, _batch_worker(settings)), stop)
    batches.start()
    try:
        work(database_url, stop)
    finally:
        stop.set()
        batches.join()
    if batches.fault is not None:
        raise batches.fault


class _Aside(threading.Thread):
    """Work beside the follower; its fault ends the process as the follower's own does."""

    def __init__(self, work: Callable[[], None], stop: threading.Event) -> None:
        super().__init__(name="batches")
        self._work = work
        self._stop_all = stop
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            self._work()
        except Exception as fault:
            self.fault = fault
            self._stop_all.set()


def _batch_worker(settings: Settings) -> BatchWorker:
    families = load_families(DIALECTS, settings.dialects_file, settings.mode)
    return BatchWorker(
        judge=partial(judge, limits=load_limits(settings.rules_file)),
        mode_of=modes_of(families, settings.mode),
        clock=system_clock,
    )


def work(database_url: str, stop: threading.Event) -> None:
    """Follow the feed until ``stop`` is set; a database that is away is waited for."""
    while not stop.is_set():
        try:
            _follow_until_stopped(database_url, stop)
        except Exception as fault:
            if not is_unavailable(fault):
                raise
            _log.warning("database unavailable, trying again", retry_seconds=_RETRY_SECONDS)
            stop.wait(_RETRY_SECONDS)


def _follow_until_stopped(database_url: str, stop: threading.Event) -> None:
    with connect(database_url, name="chedang-worker", autocommit=True) as connection:
        while not try_session_lock(connection, _ONLY_WORKER_LOCK):
            if stop.wait(_RETRY_SECONDS):
                return
        _log.info("following the change feed")
        while not stop.is_set():
            if follow(connection, clock=system_clock) == 0:
                stop.wait(_IDLE_SECONDS)


if __name__ == "__main__":
    main()
