"""Asking the ministry for an enterprise's national code while a shop waits for its answer (ADR 0024).

Clients give up after three seconds, so the ministry has 1.5 s, and once it was out of reach nobody waits for it again
for half a minute: until then shops get provisional codes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final, Protocol

import msgspec
import structlog

from chedang.enterprises.codes import OPERATION, AllocationAnswer, AllocationAsk, AskCode
from chedang.exchange import peers
from chedang.exchange.calling import Caller
from chedang.exchange.http_link import AddressUnusable, HttpLink
from chedang.exchange.keys import OwnKeyLost
from chedang.exchange.link import CallLink, LinkDown
from chedang.exchange.messages import encode_body
from chedang.exchange.model import ExchangeRefused, RefusalCode
from chedang.platform.clock import Clock
from chedang.records.store import Connection
from chedang.terms import enterprise_code

PATIENCE_SECONDS: Final = 1.5
AWAY_SECONDS: Final = 30.0
_BUSY_PAUSE_SECONDS: Final = 0.1

_log = structlog.get_logger("codes")


class ClosingLink(CallLink, Protocol):
    """A link that is opened for a call and closed after it."""

    def close(self) -> None:
        """Let the connection go."""
        ...


class CodeAsker:
    """Calls ``allocate`` of the ministry. One per process; for any thread, which takes its turn."""

    def __init__(
        self,
        node_code: str,
        data_dir: Path,
        clock: Clock,
        *,
        open_link: Callable[[str], ClosingLink] = HttpLink,
        seconds: Callable[[], float] = time.monotonic,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """``open_link``: address of the ministry's gate → a line to it."""
        self._node_code = node_code
        self._data_dir = data_dir
        self._clock = clock
        self._open_link = open_link
        self._seconds = seconds
        self._patience_seconds = patience_seconds
        self._turn = threading.Lock()
        self._away_until = 0.0

    def on(self, connection: Connection) -> AskCode | None:
        """:meth:`ask` on one connection, in autocommit mode; None on a node that has not joined."""
        return None if peers.find_ministry(connection) is None else partial(self.ask, connection)

    def ask(self, connection: Connection, asked: AllocationAsk) -> str | None:
        """The national code for this shop; None when the ministry is out of reach, or not joined."""
        deadline = self._seconds() + self._patience_seconds
        if self._is_away() or not self._turn.acquire(timeout=self._patience_seconds):
            return None
        try:
            # Whoever went before may have found the ministry away.
            return None if self._is_away() else self._ask_in_time(connection, asked, deadline)
        finally:
            self._turn.release()

    def _is_away(self) -> bool:
        return self._seconds() < self._away_until

    def _ask_in_time(self, connection: Connection, asked: AllocationAsk, deadline: float) -> str | None:
        try:
            return _read(self._call(connection, encode_body(asked), deadline))
        except (LinkDown, ExchangeRefused, AddressUnusable, OwnKeyLost, OSError, msgspec.DecodeError) as fault:
            self._away_until = self._seconds() + AWAY_SECONDS
            reason = fault.code.code if isinstance(fault, ExchangeRefused) else type(fault).__name__
            _log.warning("no code from the ministry, going on without", reason=reason)
            return None

    def _call(self, connection: Connection, contents: bytes, deadline: float) -> bytes:
        """The answer's contents. The ministry has one place for a province's calls, so BUSY is tried again."""
        ministry = peers.find_ministry(connection)
        if ministry is None:
            raise ExchangeRefused(RefusalCode.NOT_JOINED)
        link = _InTime(partial(self._open_link, ministry.address), lambda: deadline - self._seconds())
        caller = Caller(self._node_code, self._data_dir, link, self._clock)
        while True:
            try:
                return caller.ask(connection, OPERATION, contents)
            except ExchangeRefused as refused:
                if refused.code is not RefusalCode.BUSY or self._seconds() + _BUSY_PAUSE_SECONDS > deadline:
                    raise
            time.sleep(_BUSY_PAUSE_SECONDS)


def _read(contents: bytes) -> str | None:
    answer = msgspec.msgpack.decode(contents, type=AllocationAnswer)
    if enterprise_code.is_issued_form(answer.company_code):
        return answer.company_code
    _log.warning("the ministry gave no code", reason=answer.reason)
    return None


class _InTime:
    """A link whose calls end in time whatever hangs, a look-up of a name too: each runs in a thread that is left."""

    def __init__(self, open_link: Callable[[], ClosingLink], seconds_left: Callable[[], float]) -> None:
        self._open_link = open_link
        self._seconds_left = seconds_left

    def call(self, message: bytes) -> bytes:
        """Bring a call; gives the answer. LinkDown also when there is none in time."""
        answer: Future[bytes] = Future()
        threading.Thread(target=self._run, args=(message, answer), name="ask-code", daemon=True).start()
        try:
            return answer.result(max(0.0, self._seconds_left()))
        except TimeoutError as fault:
            raise LinkDown("no answer in time") from fault

    def _run(self, message: bytes, answer: Future[bytes]) -> None:
        try:
            with closing(self._open_link()) as link:
                answer.set_result(link.call(message))
        except Exception as fault:  # told to whoever waits, if anybody still does
            answer.set_exception(fault)
