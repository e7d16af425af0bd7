"""The door between nodes: ``/exchange/v1/``. Bytes in, the desk's answer out; a refusal is JSON with its own status.

The work is done in a few threads and on connections of its own, so that uploads neither wait for it nor share with it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response, Router, get, post
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp
from psycopg_pool import ConnectionPool

from chedang.exchange.desk import Desk
from chedang.exchange.http_link import BASE_PATH, MESSAGE_TYPE
from chedang.exchange.model import ExchangeRefused, Head, RefusalCode
from chedang.gate.body import BodyReader, ClientGone
from chedang.gate.dialects import refusal_of_fault
from chedang.gate.metrics import GateMetrics
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.platform.clock import Clock
from chedang.platform.database import Bounds, open_pool
from chedang.platform.settings import Settings
from chedang.records.store import Connection

_AT_ONCE: Final = 8
_OF_ONE_AT_ONCE: Final = 4
"""Of one province: a message, the feed, an allocation and a comparison. Whatever it asks for, others find room."""
_OF_ANYBODY_AT_ONCE: Final = 2
"""Of what needs no signature: whoever asks for it all the time must not keep provinces out."""
_BUSY_SECONDS: Final = 2
"""What those are told who find no place."""
_POOL_SECONDS: Final = 2.0
# A message of two thousand records is one transaction; a comparison looks through a month of a province.
_BOUNDS: Final = Bounds(statement_seconds=60.0, lock_seconds=5.0, answer_seconds=75.0)
_DIALECT: Final = "exchange"
_JSON: Final = "application/json"

Work = Callable[[Desk, Connection, bytes], bytes]


class Places:
    """One place per province and operation at a time: two at once would only wait for each other's locks. And no
    province has more than half of them."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def __call__(self, head: Head) -> Iterator[None]:
        """Raises ExchangeRefused (BUSY)."""
        place = (head.sender, head.kind.value, head.operation)
        with self._lock:
            if place in self._taken:
                raise ExchangeRefused(RefusalCode.BUSY, "上一份还在处理", _BUSY_SECONDS)
            if sum(sender == head.sender for sender, *_ in self._taken) >= _OF_ONE_AT_ONCE:
                raise ExchangeRefused(RefusalCode.BUSY, "同时处理的请求过多", _BUSY_SECONDS)
            self._taken.add(place)
        try:
            yield
        finally:
            with self._lock:
                self._taken.remove(place)


class Room:
    """So many at once, and no more. For one thread, that of the event loop."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Raises ExchangeRefused (BUSY)."""
        if self._free == 0:
            raise ExchangeRefused(RefusalCode.BUSY, "", _BUSY_SECONDS)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1


class ExchangeDoor:
    """The desk behind HTTP. Opens its connections with :meth:`open`, not before."""

    def __init__(self, settings: Settings, database_url: str, metrics: GateMetrics, clock: Clock) -> None:
        self._desk = Desk(settings.node.code, settings.data_dir, clock, place=Places())
        self._metrics = metrics
        self._reader = BodyReader(large_at_once=_AT_ONCE)
        self._room = Room(_AT_ONCE)
        self._room_for_anybody = Room(_OF_ANYBODY_AT_ONCE)
        self._pool: ConnectionPool[Any] = open_pool(
            database_url,
            name="chedang-gate-exchange",
            min_size=0,
            max_size=_AT_ONCE,
            timeout_seconds=_POOL_SECONDS,
            bounds=_BOUNDS,
            opened=False,
        )
        self._threads = ThreadPoolExecutor(_AT_ONCE, "exchange")

    def open(self) -> None:
        """Open the connections."""
        self._pool.open()

    def close(self) -> None:
        """Let what is under way end, then close the connections."""
        self._threads.shutdown()
        self._pool.close()

    async def answer(
        self, request: Request[Any, Any, Any], operation: str, work: Work, media_type: str
    ) -> Response[bytes]:
        """Read the body, do the work in a thread, answer; whatever happens is an answer that the client can read."""
        started = time.perf_counter()
        code = "OK"
        try:
            body = await self._reader.read(request.receive)
            # What is answered in JSON is for anybody.
            content = await self.in_thread(partial(self._do, work, body), is_for_anybody=media_type == _JSON)
            response = Response(content, media_type=media_type)
        except Exception as fault:  # the last line of defence; nothing of what nobody foresaw is told
            refused = _refusal_of(fault)
            response, code = _refuse(refused), refused.code.code
        self._metrics.for_operation(_DIALECT, operation)(code, time.perf_counter() - started)
        return response

    async def in_thread(self, work: Callable[[], bytes], *, is_for_anybody: bool) -> bytes:
        """Do the work in one of the few threads. Raises ExchangeRefused (BUSY), and what the work raises."""
        with self._room_for_anybody() if is_for_anybody else nullcontext(), self._room():
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _do(self, work: Work, body: bytes) -> bytes:
        with self._pool.connection() as connection:
            connection.autocommit = True
            return work(self._desk, connection, body)


def create_exchange(door: ExchangeDoor) -> ASGIApp:
    """The application for all paths below ``/exchange/v1``."""

    @post("/messages", status_code=200)
    async def messages(request: Request[Any, Any, Any]) -> Response[bytes]:
        """A sealed message of kind ITEMS in, its sealed acknowledgement out."""
        return await door.answer(request, "messages", Desk.deliver, MESSAGE_TYPE)

    @post("/calls", status_code=200)
    async def calls(request: Request[Any, Any, Any]) -> Response[bytes]:
        """A sealed CALL in, its sealed ANSWER out."""
        return await door.answer(request, "calls", Desk.call, MESSAGE_TYPE)

    @get("/identity")
    async def identity(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Who this node is; for anybody."""
        return await door.answer(request, "identity", _identity, _JSON)

    @post("/keys", status_code=200)
    async def keys(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The offer of a node's public key."""
        return await door.answer(request, "keys", Desk.offer_key, _JSON)

    return Litestar(
        route_handlers=[Router(BASE_PATH, route_handlers=[messages, calls, identity, keys])],
        exception_handlers={HTTPException: _on_http},
        openapi_config=None,
        logging_config=None,
    )


def is_exchange(path: str) -> bool:
    """Is this path the exchange's?"""
    return path == BASE_PATH or path.startswith(f"{BASE_PATH}/")


def _identity(desk: Desk, connection: Connection, _body: bytes) -> bytes:
    return desk.identity(connection)


def _refusal_of(fault: Exception) -> ExchangeRefused:
    if isinstance(fault, ExchangeRefused):
        return fault
    if isinstance(fault, Refused):  # of the reader of bodies: too large, or it stopped coming
        is_large = fault.refusal.kind is RefusalKind.TOO_LARGE
        return ExchangeRefused(RefusalCode.TOO_LARGE if is_large else RefusalCode.BUSY)
    if isinstance(fault, ClientGone):  # nobody reads the answer; it is counted
        return ExchangeRefused(RefusalCode.MALFORMED)
    refusal_of_fault(fault)
    return ExchangeRefused(RefusalCode.BUSY, "", _BUSY_SECONDS)


def _refuse(refused: ExchangeRefused) -> Response[bytes]:
    headers = {}
    if refused.code is RefusalCode.BUSY:
        headers["retry-after"] = str(max(1, round(refused.retry_after_seconds or _BUSY_SECONDS)))
    told = {"code": refused.code.code, "message": refused.code.sentence, "detail": refused.detail}
    return Response(msgspec.json.encode(told), status_code=refused.code.http_status, media_type=_JSON, headers=headers)


def _on_http(_request: Request[Any, Any, Any], fault: HTTPException) -> Response[bytes]:
    """Another path or method than there are."""
    told = {"code": RefusalCode.UNKNOWN_OPERATION.code, "message": RefusalCode.UNKNOWN_OPERATION.sentence, "detail": ""}
    return Response(msgspec.json.encode(told), status_code=fault.status_code, media_type=_JSON)
