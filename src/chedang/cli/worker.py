"""``python -m chedang.cli.worker``: the worker process of one node, until SIGTERM. Follows the feed and does batches.

Batches of the sandbox are done too, and what is old in it is wiped; files that shops gave to the site are removed
when their day is over, and jobs that nobody settled after an age. What the desk side does periodically: ``cli.desk``.

The same at both levels. Without it uploads are still taken; the vehicle index falls behind and catches up later, and
accepted batches wait. Several may run: one follows the feed, all work on batches.
"""

from __future__ import annotations

import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from chedang.cli import desk, figures
from chedang.cli.batches import batch_worker, collect_rarely
from chedang.emission import adapters
from chedang.emission import follow as emission
from chedang.intake import batch_work, orders, sandbox
from chedang.intake.files.keeping import Keeper
from chedang.owners import claim_index
from chedang.owners.claim_codes import KEY_PURPOSE
from chedang.platform.clock import system_clock
from chedang.platform.database import connect, is_unavailable, on_search_path, try_session_lock
from chedang.platform.keys import node_key
from chedang.platform.logging import configure
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import Settings, settings_of_process
from chedang.records.current import CurrentLimits
from chedang.records.store import Connection
from chedang.vehicles.follow import follow
from chedang.watch import follow as watch
from chedang.watch.store import WatchKeys

_IDLE_SECONDS = 0.5
"""How old a change may become before it is seen."""
_RETRY_SECONDS = 1.0
_REST = timedelta(seconds=15)
"""After a fault; what a row cannot help is not tried in vain all the time."""
_WIPE_EVERY = timedelta(hours=1)
_ONLY_WORKER_LOCK = 0x776F726B6572  # "worker": one per database, though a killed node's last one may still be there

_log = structlog.get_logger(__name__)


def main() -> None:
    """Work until told to stop. What fails rests for a while and is begun again; everything else goes on meanwhile."""
    settings, database_url = settings_of_process()
    die_with_parent()
    configure("worker", settings.log_level)
    collect_rarely()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    limits = CurrentLimits(settings.rules_file)
    beside = [
        _Aside("rules", partial(limits.keep_current, database_url, stop), stop),
        _Aside("batches", partial(batch_work.work, database_url, stop, batch_worker(settings, limits)), stop),
        _Aside("sandbox", partial(_work_on_sandbox, settings, limits, database_url, stop), stop),
        _Aside("files", partial(_remove_old_files, settings, stop), stop),
        _Aside("orders", partial(_forget_stale_orders, settings, database_url, stop), stop),
        _Aside("desk", partial(desk.work, stop), stop),
        _Aside("figures", partial(figures.work, database_url, stop, node_code=settings.node.code), stop),
    ]
    if settings.inspection_key_file is not None:
        platform = adapters.HttpPlatform(settings.inspection_url, settings.inspection_key_file.read_bytes().strip())
        beside.append(_Aside("inspection", partial(adapters.work, database_url, stop, platform), stop))
    for aside in beside:
        aside.start()
    try:
        work(database_url, stop, followers(settings))
    finally:
        stop.set()
        for aside in beside:
            aside.join()


class _Aside(threading.Thread):
    """Work beside the followers, begun again after a fault."""

    def __init__(self, name: str, work: Callable[[], None], stop: threading.Event) -> None:
        super().__init__(name=name)
        self._work = work
        self._stop_all = stop

    def run(self) -> None:
        while not self._stop_all.is_set():
            try:
                self._work()
            except Exception as fault:
                _tell(fault, self.name)
                self._stop_all.wait(_REST.total_seconds())


def _tell(fault: Exception, part: str) -> None:
    """Only the kind and the place: its words may quote a row."""
    place = traceback.extract_tb(fault.__traceback__)[-1]
    where = f"{place.filename}:{place.lineno}"
    _log.error("a part of the worker failed", part=part, fault=type(fault).__name__, where=where)


def _work_on_sandbox(settings: Settings, limits: CurrentLimits, database_url: str, stop: threading.Event) -> None:
    """Batches of the sandbox, on connections that see nothing else."""
    inside = on_search_path(database_url, sandbox.SCHEMA)
    batch_work.work(inside, stop, batch_worker(settings, limits), name="chedang-sandbox-batches")


def _remove_old_files(settings: Settings, stop: threading.Event) -> None:
    """Remove what shops gave to the site when its day is over."""
    keeper = Keeper(settings.data_dir)
    while True:
        if removed := keeper.remove_old(system_clock()):
            _log.info("removed uploaded files", files=removed)
        if stop.wait(_WIPE_EVERY.total_seconds()):
            return


def _forget_stale_orders(settings: Settings, database_url: str, stop: threading.Event) -> None:
    """Drop jobs that nobody settled for so many days; a database that is away is asked again in an hour."""
    while True:
        try:
            with connect(database_url, name="chedang-orders") as connection:
                if forgotten := orders.forget_stale(connection, now=system_clock(), days=settings.open_order_days):
                    _log.info("forgot unsettled orders", orders=forgotten)
        except Exception as fault:
            if not is_unavailable(fault):
                raise
        if stop.wait(_WIPE_EVERY.total_seconds()):
            return


def followers(settings: Settings) -> Sequence[Callable[[Connection], int]]:
    """What follows the feed at this node, in turn; owners, emission tickets and the watch list in provinces only."""
    vehicles = partial(follow, clock=system_clock, node_code=settings.node.code)
    if settings.node.level != "province":
        return (vehicles,)
    code_key = node_key(settings.data_dir, KEY_PURPOSE)
    return (
        vehicles,
        partial(claim_index.follow, key=code_key, clock=system_clock),
        partial(emission.follow, clock=system_clock),
        partial(watch.follow, keys=WatchKeys(settings.data_dir), clock=system_clock),
    )


def work(database_url: str, stop: threading.Event, following: Sequence[Callable[[Connection], int]]) -> None:
    """Follow the feed of this node until ``stop`` is set; a database that is away is waited for."""
    while not stop.is_set():
        try:
            _follow_until_stopped(database_url, stop, following)
        except Exception as fault:
            if not is_unavailable(fault):
                raise
            _log.warning("database unavailable, trying again", retry_seconds=_RETRY_SECONDS)
            stop.wait(_RETRY_SECONDS)


def _follow_until_stopped(
    database_url: str, stop: threading.Event, following: Sequence[Callable[[Connection], int]]
) -> None:
    with connect(database_url, name="chedang-worker", autocommit=True) as connection:
        while not try_session_lock(connection, _ONLY_WORKER_LOCK):
            if stop.wait(_RETRY_SECONDS):
                return
        _log.info("following the change feed")
        wiped_at: datetime | None = None
        resting: dict[int, datetime] = {}
        while not stop.is_set():
            if _follow_in_turn(connection, following, resting) == 0:
                now = system_clock()
                if wiped_at is None or now - wiped_at >= _WIPE_EVERY:
                    sandbox.wipe(connection, now)
                    claim_index.forget_old(connection, now=now)
                    wiped_at = now
                stop.wait(_IDLE_SECONDS)


def _follow_in_turn(
    connection: Connection, following: Sequence[Callable[[Connection], int]], resting: dict[int, datetime]
) -> int:
    """Let each take its next changes; gives how many there were. One that fails rests, and keeps its place."""
    done, now = 0, system_clock()
    for number, each in enumerate(following):
        if resting.get(number, now) > now:
            continue
        try:
            done += each(connection)
        except Exception as fault:
            if is_unavailable(fault):
                raise
            _tell(fault, getattr(getattr(each, "func", each), "__module__", ""))
            resting[number] = now + _REST
    return done


if __name__ == "__main__":
    main()
