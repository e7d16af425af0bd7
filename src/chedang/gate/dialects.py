"""Routes of the wire vocabularies: bytes in, the vocabulary's own answer out, whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import structlog
from litestar.types import ASGIApp, Receive, Scope, Send

from chedang.gate.body import BodyReader, ClientGone
from chedang.gate.metrics import GateMetrics
from chedang.gate.request_line import MAX_QUERY_BYTES
from chedang.intake.dialect import Answer, Dialect, Operation, Wire
from chedang.intake.families import Family
from chedang.intake.flows import perform
from chedang.intake.outcomes import Outcome, Refusal, RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.intake.writer import StoreUnavailable
from chedang.platform.database import is_unavailable

_log = structlog.get_logger("gate")

_HOST = b"host"
_CONTENT_TYPE = b"content-type"


class Routes(msgspec.Struct, frozen=True):
    """Path → raw ASGI application, on any host and on named ones.

    Raw, because the body is read with a bound of our own and the answer is the vocabulary's, byte for byte; and
    because a framework's own work per request is a seventh of all the gate spends on an upload (ADR 0010).
    """

    anywhere: Mapping[str, ASGIApp]
    by_host: Mapping[str, Mapping[str, ASGIApp]]

    def find(self, scope: Scope) -> ASGIApp | None:
        """The application of a request, with or without a trailing slash, in any letter case."""
        path = scope["path"]
        if self.by_host:
            there = self.by_host.get(_host(scope))
            if there is not None and (found := there.get(path) or there.get(_fold(path))):
                return found
        return self.anywhere.get(path) or self.anywhere.get(_fold(path))


def dialect_routes(families: Iterable[Family], intake: Intake, metrics: GateMetrics, *, below: str = "") -> Routes:
    """Applications of all operations of these families, for any method and content type; ``below``: a path before
    all of their bases."""
    reader = BodyReader()
    anywhere: dict[str, ASGIApp] = {}
    by_host: dict[str, dict[str, ASGIApp]] = {}
    for family in families:
        for operation in family.dialect.operations:
            answered = metrics.for_operation(family.dialect.name, operation.name)
            application = _application(family.dialect, operation, intake, reader, answered)
            for base in family.bases:
                for routes in [by_host.setdefault(host, {}) for host in family.hosts] or [anywhere]:
                    path = below + base + operation.path
                    routes[path] = routes[_fold(path)] = application
    return Routes(anywhere, by_host)


def _fold(path: str) -> str:
    """Some of the deployed servers told neither cases nor a slash at the end apart, and clients got used to it."""
    return path.rstrip("/").lower()


def _application(
    dialect: Dialect, operation: Operation, intake: Intake, reader: BodyReader, answered: Callable[[str, float], None]
) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request: Any = None
        try:
            body = await reader.read(receive)
            started = time.perf_counter()
            query = scope["query_string"]
            if len(query) > MAX_QUERY_BYTES:
                raise Refused(RefusalKind.TOO_LARGE, f"地址行不超过{MAX_QUERY_BYTES // 1024}KB")
            request = operation.parse(Wire(body, query, _content_type(scope), operation.path))
            outcome = await _perform(intake, request, dialect.name)
        except ClientGone:
            return
        except Refused as refused:
            outcome = refused.refusal
        answered(outcome.kind.code if isinstance(outcome, Refusal) else "OK", time.perf_counter() - started)
        await _send(send, dialect.answer(operation.name, request, outcome), outcome)

    return application


async def _perform(intake: Intake, request: Any, dialect: str) -> Outcome:
    """Run one request. Whatever goes wrong inside is a 503, never a business code: the client may come again."""
    try:
        return await perform(intake, request, dialect)
    except Refused as refused:
        return refused.refusal
    except Exception as fault:  # the last line of defence; the client must get an answer it can read
        return refusal_of_fault(fault)


def refusal_of_fault(fault: Exception) -> Refusal:
    """What a client is told of a fault of ours, which is logged without a word of its text."""
    if isinstance(fault, StoreUnavailable) or is_unavailable(fault):
        _outages.note(fault)
    else:
        # No traceback text: the driver quotes values of the row in its messages.
        _log.error("internal_fault", fault=type(fault).__name__, where=_where(fault))
    return Refusal(RefusalKind.UNAVAILABLE, retry_after_seconds=5)


def _host(scope: Scope) -> str:
    return _header(scope, _HOST).rsplit(":", 1)[0].lower()


def _content_type(scope: Scope) -> str:
    return _header(scope, _CONTENT_TYPE)


def _header(scope: Scope, wanted: bytes) -> str:
    for name, value in scope["headers"]:
        if name == wanted:
            return bytes(value).decode("latin-1")
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


async def _send(send: Send, answer: Answer, outcome: Outcome) -> None:
    status = 200
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
    ]
    if isinstance(outcome, Refusal):
        status = outcome.kind.http_status
        if outcome.retry_after_seconds is not None:
            headers.append((b"retry-after", str(outcome.retry_after_seconds).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
