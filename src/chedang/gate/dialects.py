"""Routes of the wire vocabularies: bytes in, the vocabulary's own answer out, whatever happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import structlog
from litestar.types import ASGIApp, Receive, Scope, Send

from chedang.gate.body import BodyReader, ClientGone
from chedang.gate.metrics import GateMetrics
from chedang.gate.notebook import Notebook, ToldRefusal
from chedang.gate.patience import Patience
from chedang.gate.request_line import MAX_QUERY_BYTES
from chedang.intake.callers import MOST_SEARCHED_BYTES, mark_of
from chedang.intake.dialect import Answer, Dialect, Operation, Wire
from chedang.intake.families import Family
from chedang.intake.flows import perform
from chedang.intake.flows.uploads import begin
from chedang.intake.outcomes import BatchDone, BatchRequest, Outcome, RecordAccepted, Refusal, RefusalKind, Refused
from chedang.intake.refusals import telling_values
from chedang.intake.service import Intake
from chedang.intake.writer import StoreUnavailable
from chedang.platform.database import is_unavailable

_log = structlog.get_logger("gate")

_HOST = b"host"
_CONTENT_TYPE = b"content-type"
_USER_AGENT = b"user-agent"

# Clients wait three seconds; those that send many records in one call wait for minutes.
_PATIENCE_SECONDS = 2.5
_BATCH_PATIENCE_SECONDS = 60.0
# As many requests of one operation may wait for the database; a database that hangs must not fill the memory.
_MOST_WAITING = 1000

Reply = Callable[[Answer, Outcome], None]
Headers = Iterable[tuple[bytes, bytes]]
"""Names in lower case."""


class Routes(msgspec.Struct, frozen=True):
    """Path → raw ASGI application, on any host and on named ones.

    Raw, because the body is read with a bound of our own and the answer is the vocabulary's, byte for byte; and
    because a framework's own work per request is a seventh of all the gate spends on an upload (ADR 0010).
    """

    anywhere: Mapping[str, ASGIApp]
    by_host: Mapping[str, Mapping[str, ASGIApp]]

    def find(self, path: str, headers: Headers) -> ASGIApp | None:
        """The application of a request, with or without a trailing slash, in any letter case."""
        if self.by_host:
            there = self.by_host.get(_header(headers, _HOST).rsplit(":", 1)[0].lower())
            if there is not None and (found := there.get(path) or there.get(_fold(path))):
                return found
        return self.anywhere.get(path) or self.anywhere.get(_fold(path))


def dialect_routes(
    families: Iterable[Family],
    intake: Intake,
    metrics: GateMetrics,
    notebook: Notebook | None = None,
    *,
    below: str = "",
) -> Routes:
    """Applications of all operations of these families, for any method and content type; ``below``: a path before
    all of their bases."""
    reader = BodyReader()
    anywhere: dict[str, ASGIApp] = {}
    by_host: dict[str, dict[str, ASGIApp]] = {}
    for family in families:
        for operation in family.dialect.operations:
            answered = metrics.for_operation(family.dialect.name, operation.name)
            call = Call(family.dialect, operation, intake, answered, notebook)
            application = DialectApplication(call, reader)
            for base in family.bases:
                for routes in [by_host.setdefault(host, {}) for host in family.hosts] or [anywhere]:
                    path = below + base + operation.path
                    routes[path] = routes[_fold(path)] = application
    return Routes(anywhere, by_host)


def _fold(path: str) -> str:
    """Some of the deployed servers told neither cases nor a slash at the end apart, and clients got used to it."""
    return path.rstrip("/").lower()


class Call:
    """One operation of one vocabulary: a whole request in, its answer out through a callback, whatever happens.

    The answer comes before the client gives up, if need be without knowing what became of the request.
    """

    def __init__(
        self,
        dialect: Dialect,
        operation: Operation,
        intake: Intake,
        answered: Callable[[str, float], None],
        notebook: Notebook | None,
    ) -> None:
        self._dialect = dialect
        self._operation = operation
        self._intake = intake
        self._answered = answered
        self._notebook = notebook
        self._tasks: set[asyncio.Task[None]] = set()
        self._patience = Patience(_PATIENCE_SECONDS)
        self._batch_patience = Patience(_BATCH_PATIENCE_SECONDS)
        self.path = operation.path

    def start(self, wire: Wire, reply: Reply) -> None:
        """Carry out one request; ``reply`` is called once, now or later."""
        started = time.perf_counter()
        request: Any = None
        unread = b""
        client = wire.client
        patience = self._patience

        def done(outcome: Outcome | Exception) -> None:
            if not patience.end(number):
                return
            if isinstance(outcome, Exception):
                outcome = _refusal_of(outcome)
            self._answered(outcome.kind.code if isinstance(outcome, Refusal) else "OK", time.perf_counter() - started)
            answer = self._dialect.answer(self._operation.name, request, outcome)
            reply(answer, outcome)
            if type(outcome) is not RecordAccepted:
                self._note(request, unread, client, answer, outcome)

        number = patience.begin(started, done)
        try:
            request = self._operation.parse(wire)
            if type(request) is BatchRequest:
                patience.end(number)
                patience = self._batch_patience
                number = patience.begin(started, done)
            if not begin(self._intake, request, self._dialect.name, done):
                self._start_task(request, client, done)
        except Exception as fault:  # the last line of defence; the client must get an answer it can read
            if request is None:
                unread = wire.body[:MOST_SEARCHED_BYTES]
            done(fault)

    def refuse(self, refusal: Refusal, reply: Reply) -> None:
        """Answer a request that could not even be read whole."""
        self._answered(refusal.kind.code, 0.0)
        reply(self._dialect.answer(self._operation.name, None, refusal), refusal)

    def _start_task(self, request: Any, client: str, done: Callable[[Outcome | Exception], None]) -> None:
        if len(self._tasks) >= _MOST_WAITING:
            raise Refused(RefusalKind.UNAVAILABLE, retry_after_seconds=5)
        task = asyncio.get_running_loop().create_task(self._perform(request, client, done))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _perform(self, request: Any, client: str, done: Callable[[Outcome | Exception], None]) -> None:
        try:
            outcome = await perform(self._intake, request, self._dialect.name)
        except Exception as fault:  # as above
            done(fault)
        else:
            done(outcome)
            if type(outcome) is RecordAccepted and self._notebook is not None:
                self._notebook.seen(mark_of(request), self._dialect.name, client)

    def _note(self, request: Any, unread: bytes, client: str, answer: Answer, outcome: Outcome) -> None:
        """What became of a call that was not an accepted record, for its shop to see."""
        if self._notebook is None:
            return
        try:
            mark = mark_of(request, unread)
            refusal = _refusal_in(outcome)
            if refusal is None:
                self._notebook.seen(mark, self._dialect.name, client)
                return
            told = ToldRefusal(refusal, status_of(outcome), answer.body, telling_values(request))
            self._notebook.refused(mark, self._dialect.name, self._operation.name, told, client)
        except Exception as fault:  # the client has its answer; that must stay all that counts
            _log.error("internal_fault", fault=type(fault).__name__, where=_where(fault))


class DialectApplication:
    """An operation as an ASGI application."""

    def __init__(self, call: Call, reader: BodyReader) -> None:
        self.call = call
        self._reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replied: asyncio.Future[tuple[Answer, Outcome]] = asyncio.get_running_loop().create_future()

        def reply(answer: Answer, outcome: Outcome) -> None:
            if not replied.done():  # the client is gone
                replied.set_result((answer, outcome))

        try:
            body = await self._reader.read(receive)
            if len(scope["query_string"]) > MAX_QUERY_BYTES:
                raise Refused(RefusalKind.TOO_LARGE, f"地址行不超过{MAX_QUERY_BYTES // 1024}KB")
        except ClientGone:
            return
        except Refused as refused:
            self.call.refuse(refused.refusal, reply)
        else:
            content_type, client = (_header(scope["headers"], name) for name in (_CONTENT_TYPE, _USER_AGENT))
            self.call.start(Wire(body, scope["query_string"], content_type, self.call.path, client), reply)
            del body  # megabytes that need not be held while the answer is waited for
        answer, outcome = await replied
        await send(
            {"type": "http.response.start", "status": status_of(outcome), "headers": headers_of(answer, outcome)}
        )
        await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def _refusal_in(outcome: Outcome) -> Refusal | None:
    """The refusal that a call ended with; of a batch, the first."""
    outcomes = outcome.outcomes if isinstance(outcome, BatchDone) else (outcome,)
    return next((each for each in outcomes if isinstance(each, Refusal)), None)


def status_of(outcome: Outcome) -> int:
    """HTTP status of an answer: 200 but for what the client should try again, or elsewhere."""
    return outcome.kind.http_status if isinstance(outcome, Refusal) else 200


def headers_of(answer: Answer, outcome: Outcome) -> list[tuple[bytes, bytes]]:
    """Headers of an answer, lower case."""
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
    ]
    if isinstance(outcome, Refusal) and outcome.retry_after_seconds is not None:
        headers.append((b"retry-after", str(outcome.retry_after_seconds).encode()))
    return headers


def _refusal_of(fault: Exception) -> Refusal:
    """Whatever goes wrong inside is a 503, never a business code: the client may come again."""
    return fault.refusal if isinstance(fault, Refused) else refusal_of_fault(fault)


def refusal_of_fault(fault: Exception) -> Refusal:
    """What a client is told of a fault of ours, which is logged without a word of its text."""
    if isinstance(fault, StoreUnavailable) or is_unavailable(fault):
        _outages.note(fault)
    else:
        # No traceback text: the driver quotes values of the row in its messages.
        _log.error("internal_fault", fault=type(fault).__name__, where=_where(fault))
    return Refusal(RefusalKind.UNAVAILABLE, retry_after_seconds=5)


def _header(headers: Headers, wanted: bytes) -> str:
    for name, value in headers:
        if name == wanted:
            return value.decode("latin-1")
    return ""


class _Outages:
    """Tells of a database that is away at most every five seconds; the metrics count each answer."""

    def __init__(self) -> None:
        self._quiet_until = 0.0

    def note(self, fault: Exception) -> None:
        if time.monotonic() >= self._quiet_until:
            self._quiet_until = time.monotonic() + 5.0
            _log.warning("database_unavailable", fault=type(fault).__name__)


_outages = _Outages()


def _where(fault: BaseException) -> str:
    """File and line of the innermost frame: enough to find the place, nothing of the data."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
