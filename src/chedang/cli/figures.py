"""The worker's part of the figures of supervision: counts what comes in, takes over what registers say of shops."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

import structlog

from chedang.platform.clock import system_clock
from chedang.platform.database import connect, is_unavailable, try_session_lock
from chedang.quality.tallying import follow, refresh_shops

_IDLE_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 1.0
_SHOPS_EVERY: Final = timedelta(seconds=20)
_ONLY_COUNTER_LOCK: Final = 0x66696775726573  # "figures": one per database

_log = structlog.get_logger("figures")


def work(database_url: str, stop: threading.Event, *, node_code: str) -> None:
    """Keep the figures until ``stop`` is set; a database that is away is waited for."""
    while not stop.is_set():
        try:
            _keep_until_stopped(database_url, stop, node_code)
        except Exception as fault:
            if not is_unavailable(fault):
                raise
            _log.warning("database unavailable, trying again", retry_seconds=_RETRY_SECONDS)
            stop.wait(_RETRY_SECONDS)


def _keep_until_stopped(database_url: str, stop: threading.Event, node_code: str) -> None:
    with connect(database_url, name="chedang-figures", autocommit=True) as connection:
        while not try_session_lock(connection, _ONLY_COUNTER_LOCK):
            if stop.wait(_RETRY_SECONDS):
                return
        _log.info("counting what comes in")
        refreshed_at: datetime | None = None
        while not stop.is_set():
            now = system_clock()
            if refreshed_at is None or now - refreshed_at >= _SHOPS_EVERY:
                if changed := refresh_shops(connection, clock=system_clock):
                    _log.info("took over what the registers say", shops=changed)
                refreshed_at = now
            if follow(connection, clock=system_clock, node_code=node_code) == 0:
                stop.wait(_IDLE_SECONDS)
