"""``python -m chedang.cli.worker``: the worker process of one node, until SIGTERM. Follows the change feed.

The same at both levels. Without it uploads are still taken; the vehicle index falls behind and catches up later.
"""

from __future__ import annotations

import signal
import threading

import structlog

from chedang.platform.clock import system_clock
from chedang.platform.database import connect, is_unavailable, try_session_lock
from chedang.platform.logging import configure
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import settings_of_process
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
    work(database_url, stop)


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
