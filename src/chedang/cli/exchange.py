"""``python -m chedang.cli.exchange``: the exchange process of one node, until SIGTERM (ADR 0021).

A province brings its outbox to the ministry and asks for its feed; the ministry routes, makes feeds ready, and watches.
Only one works on a database. A node on its own looks every two seconds whether it has joined, and does nothing else.
Without this process uploads are taken as ever; what they bring waits.
"""

from __future__ import annotations

import logging
import random
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Final

import structlog

from chedang.cli.batches import collect_rarely
from chedang.enterprises import codes
from chedang.exchange import comparisons, peers, reconciling, watching
from chedang.exchange.code_asking import CodeAsker
from chedang.exchange.http_link import HttpLink
from chedang.exchange.keys import OwnKeyLost
from chedang.exchange.link import LinkDown
from chedang.exchange.ministry import make_feeds
from chedang.exchange.model import ExchangeRefused
from chedang.exchange.province import Province
from chedang.exchange.routing import route
from chedang.platform.clock import Clock, system_clock
from chedang.platform.database import Bounds, connect, is_unavailable, lacks_schema, try_session_lock
from chedang.platform.logging import configure
from chedang.platform.processes import die_with_parent
from chedang.platform.rulebook import read_documents
from chedang.platform.settings import Settings, settings_of_process
from chedang.records.current import CurrentLimits
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI

_LOOK_SECONDS: Final = 2.0
_RETRY_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 5.0
"""For a step under way; what is cut off then is done again after the next start."""
_BOUNDS: Final = Bounds(statement_seconds=120.0, lock_seconds=10.0, answer_seconds=150.0)
_COMPARED_AT: Final = time(4, tzinfo=SHANGHAI)
"""When most clients have long sent their day, and few upload."""
_ONLY_EXCHANGE_LOCK: Final = 0x65786368  # "exch": one per database

_NO_SCHEMA: Final = (
    "the tables are not those of this release: run chedang migrate, or start the release that made them;"
    " nothing is exchanged until then"
)

_log = structlog.get_logger(__name__)

Step = Callable[[Connection], int]
"""Does a piece of work; 0: there was none, wait a while."""


def main() -> None:
    """Work until told to stop. A fault that is not the database's ends the process; the node starts it again."""
    settings, database_url = settings_of_process()
    die_with_parent()
    configure("exchange", settings.log_level)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every request, several a second
    collect_rarely()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work(settings, database_url, stop)


def work(settings: Settings, database_url: str, stop: threading.Event) -> None:
    """Exchange until ``stop`` is set; a database that is away, or not migrated yet, is waited for. Raises what ended
    a loop."""
    is_told = False
    while not stop.is_set():
        try:
            _work_while_connected(settings, database_url, stop)
        except Exception as fault:
            if lacks_schema(fault):
                if not is_told:
                    _log.error(_NO_SCHEMA, fault=_first_line(fault))
                is_told = True
                stop.wait(_LONGEST_PAUSE_SECONDS)
            elif is_unavailable(fault):
                _log.warning("database unavailable, trying again", retry_seconds=_RETRY_SECONDS)
                stop.wait(_RETRY_SECONDS)
            else:
                raise


def _work_while_connected(settings: Settings, database_url: str, stop: threading.Event) -> None:
    """Hold the lock, and have the loops run that the tables ask for."""
    with connect(database_url, name="chedang-exchange", autocommit=True, bounds=_BOUNDS) as connection:
        while not try_session_lock(connection, _ONLY_EXCHANGE_LOCK):
            if stop.wait(_RETRY_SECONDS):
                return
        running, partners = Loops(database_url, []), ""
        try:
            while not stop.is_set():
                if (now := _partners(settings, connection)) != partners:
                    running.stop()
                    running, partners = Loops(database_url, _loops(settings, now)), now
                    running.start()
                running.check()
                stop.wait(_LOOK_SECONDS)
        finally:
            running.stop()


def _first_line(fault: Exception) -> str:
    """Which table or column is missing; what follows would quote the statement."""
    return str(fault).partition("\n")[0]


def _partners(settings: Settings, connection: Connection) -> str:
    """Whom to exchange with, as far as the loops care: the ministry's address, any province, or ''."""
    if settings.node.level == "ministry":
        return "provinces" if peers.read_peers(connection) else ""
    ministry = peers.find_ministry(connection)
    return ministry.address if ministry is not None else ""


def _loops(settings: Settings, partners: str) -> list[Loop]:
    if not partners:
        return []
    return ministry_loops(settings) if settings.node.level == "ministry" else province_loops(settings, partners)


class Loop(threading.Thread):
    """Repeats a step on a connection of its own, with pauses that grow while the other side is away."""

    def __init__(
        self,
        name: str,
        step: Callable[[], Iterator[Step]],
        idle_seconds: float,
        *,
        woken: threading.Event | None = None,
    ) -> None:
        """``step``: opens what the step needs, and gives it; ``woken``: ends a pause early."""
        super().__init__(name=name, daemon=True)
        self._open = contextmanager(step)
        self._idle_seconds = idle_seconds
        self._woken = woken or threading.Event()
        self._ended = threading.Event()
        self._failures = 0
        self.database_url = ""
        self.fault: Exception | None = None

    def run(self) -> None:
        """Until :meth:`end`."""
        while not self._ended.is_set():
            try:
                self._work()
            except Exception as fault:
                if not is_unavailable(fault):
                    self.fault = fault
                    return
                self._pause(_RETRY_SECONDS)

    def end(self) -> None:
        """Begin no further step."""
        self._ended.set()
        self._woken.set()

    def _work(self) -> None:
        name = f"chedang-exchange-{self.name}"
        with connect(self.database_url, name=name, autocommit=True, bounds=_BOUNDS) as connection, self._open() as step:
            while not self._ended.is_set():
                self._woken.clear()
                try:
                    done = step(connection)
                except (ExchangeRefused, LinkDown, OwnKeyLost) as fault:
                    self._after_failure(fault)
                else:
                    self._failures = 0
                    if not done:
                        self._pause(self._idle_seconds)

    def _after_failure(self, fault: ExchangeRefused | LinkDown | OwnKeyLost) -> None:
        """1, 2, 4 … seconds, half of them by chance: thirty provinces must not all come back in one moment."""
        self._failures += 1
        longest = min(_LONGEST_PAUSE_SECONDS, 2.0 ** (self._failures - 1))
        hint = getattr(fault, "retry_after_seconds", None) or 0.0
        seconds = max(hint, longest * random.uniform(0.5, 1.0))  # noqa: S311 - only spreads a load
        if self._failures.bit_count() == 1:  # the 1st, 2nd, 4th, 8th …: a month of absence must not fill the log
            _log.warning("exchange step failed", loop=self.name, fault=str(fault), times=self._failures)
        self._pause(seconds)

    def _pause(self, seconds: float) -> None:
        if not self._ended.is_set():
            self._woken.wait(seconds)


class Loops:
    """Loops that run together; a fault of one is everybody's."""

    def __init__(self, database_url: str, loops: Sequence[Loop]) -> None:
        self._loops = loops
        for loop in loops:
            loop.database_url = database_url

    def start(self) -> None:
        for loop in self._loops:
            loop.start()
        if self._loops:
            _log.info("exchanging", loops=[loop.name for loop in self._loops])

    def check(self) -> None:
        """Raise what ended a loop."""
        for loop in self._loops:
            if loop.fault is not None:
                raise loop.fault

    def stop(self) -> None:
        for loop in self._loops:
            loop.end()
        for loop in self._loops:
            loop.join(_STOP_SECONDS)


def province_loops(settings: Settings, address: str, clock: Clock = system_clock) -> list[Loop]:
    """What a province does: while one message is under way the next is made."""
    room = threading.Event()

    @contextmanager
    def line() -> Iterator[Province]:
        with HttpLink(address) as link:
            yield Province(settings.node.code, settings.data_dir, link, clock)

    def make() -> Iterator[Step]:
        with line() as province:
            yield province.make_ahead

    def bring() -> Iterator[Step]:
        with line() as province:

            def step(connection: Connection) -> int:
                brought = province.bring(connection)
                if brought:
                    room.set()
                return brought

            yield step

    def collect() -> Iterator[Step]:
        with line() as province:
            yield province.collect

    def chores() -> Iterator[Step]:
        with line() as province:
            yield Chores(settings, province, clock)

    return [
        Loop("make", make, 0.3, woken=room),
        Loop("bring", bring, 0.5),
        Loop("collect", collect, 1.0),
        Loop("chores", chores, 5.0),
        _watch_loop(settings, clock),
    ]


def ministry_loops(settings: Settings, clock: Clock = system_clock) -> list[Loop]:
    """What the ministry does besides answering."""

    def routing() -> Iterator[Step]:
        yield lambda connection: route(connection, clock=clock)

    def feeds() -> Iterator[Step]:
        yield lambda connection: make_feeds(connection, data_dir=settings.data_dir, clock=clock)

    return [Loop("route", routing, 0.3), Loop("feeds", feeds, 0.3), _watch_loop(settings, clock)]


def _watch_loop(settings: Settings, clock: Clock) -> Loop:
    def look(connection: Connection) -> int:
        watching.watch(connection, node_code=settings.node.code, data_dir=settings.data_dir, now=clock())
        return 0

    def watch() -> Iterator[Step]:
        yield look

    return Loop("watch", watch, 30.0)


class Chores:
    """What a province does beside the channels: bring a new key, fetch codes of its shops, compare once a day."""

    def __init__(self, settings: Settings, province: Province, clock: Clock) -> None:
        self._node_code = settings.node.code
        self._limits = CurrentLimits(settings.rules_file)
        self._asker = CodeAsker(settings.node.code, settings.data_dir, clock)
        self._province = province
        self._clock = clock
        self._looked_for: datetime | None = None

    def __call__(self, connection: Connection) -> int:
        """One round; 0, so that the next comes after a pause."""
        self._province.offer_new_key(connection)
        if (ask_code := self._asker.on(connection)) is not None:
            codes.fetch_codes(connection, ask_code, self._clock())
        self._compare_daily(connection)
        return 0

    def _compare_daily(self, connection: Connection) -> None:
        """Once after each four o'clock; after a restart the table says whether that was done."""
        now = self._clock()
        due_at = last_time(_COMPARED_AT, now)
        if self._looked_for == due_at:
            return
        newest = comparisons.newest_comparisons(connection, 1)
        is_done = bool(newest) and newest[0].started_at >= due_at and newest[0].ended_at is not None
        if not is_done and (days := reconciling.ordinary_days(connection, self._node_code, now)) is not None:
            self._limits.take(read_documents(connection))
            reconciling.reconcile(
                connection,
                self._province.ask(connection),
                node_code=self._node_code,
                from_on=days[0],
                until_on=days[1],
                judge=self._limits.judge,
                now=now,
            )
            _log.info("compared with the ministry", from_on=days[0].isoformat(), until_on=days[1].isoformat())
        self._looked_for = due_at


def last_time(of_day: time, now: datetime) -> datetime:
    """The last instant at or before ``now`` at which clocks in the zone of ``of_day`` showed it."""
    there = now.astimezone(of_day.tzinfo)
    today = datetime.combine(there.date(), of_day)
    return today if today <= there else today - timedelta(days=1)


if __name__ == "__main__":
    main()
