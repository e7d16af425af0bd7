"""Routes of the provincial dialect: bytes in, the dialect's own answer out, whatever happens."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import structlog
from litestar.types import ASGIApp, Receive, Scope, Send

from chedang.gate.body import BodyReader, ClientGone
from chedang.gate.metrics import GateMetrics
from chedang.intake.dialects import lcippro
from chedang.intake.outcomes import Outcome, Refusal, RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.intake.writer import StoreUnavailable
from chedang.platform.database import is_unavailable

_log = structlog.get_logger("gate")

_CONTENT_TYPE = lcippro.CONTENT_TYPE.encode()


Operation = Callable[[bytes], Awaitable[Outcome]]


def province_routes(intake: Intake, metrics: GateMetrics) -> dict[str, ASGIApp]:
    """Path of each operation → raw ASGI application, for any method and content type.

    Raw, because the body is read with a bound of our own and the answer is the dialect's, byte for byte; and because
    a framework's own work per request is a seventh of all the gate spends on an upload (ADR 0010).
    """
    operations: dict[str, Operation] = {
        "lcipprogetaccesstoken": lambda raw: intake.issue_token(lcippro.parse_token(raw)),
        "lcipprocarfixrecordadd": lambda raw: intake.upload(lcippro.parse_upload(raw), lcippro.NAME),
        "lcipproaccountcompany": lambda raw: intake.register(lcippro.parse_registration(raw)),
    }
    reader = BodyReader()
    return {
        f"{lcippro.PATH}/{name}/query": _application(operation, reader, metrics.for_operation(lcippro.NAME, name))
        for name, operation in operations.items()
    }


def _application(operation: Operation, reader: BodyReader, answered: Callable[[str, float], None]) -> ASGIApp:
    async def province(_scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            raw = await reader.read(receive)
            started = time.perf_counter()
            outcome = await _perform(operation, raw)
        except ClientGone:
            return
        except Refused as refused:
            outcome = refused.refusal
        answered(outcome.kind.code if isinstance(outcome, Refusal) else "OK", time.perf_counter() - started)
        await _send(send, outcome)

    return province


async def _perform(operation: Operation, raw: bytes) -> Outcome:
    """Run one operation. Whatever goes wrong inside is a 503, never a business code: the client may come again."""
    try:
        return await operation(raw)
    except Refused as refused:
        return refused.refusal
    except Exception as fault:  # the last line of defence; the client must get an answer it can read
        if isinstance(fault, StoreUnavailable) or is_unavailable(fault):
            _outages.note(fault)
        else:
            # No traceback text: the driver quotes values of the row in its messages.
            _log.error("internal_fault", fault=type(fault).__name__, where=_where(fault))
        return Refusal(RefusalKind.UNAVAILABLE, retry_after_seconds=5)


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


async def _send(send: Send, outcome: Outcome) -> None:
    body = lcippro.answer(outcome)
    status = 200
    headers = [(b"content-type", _CONTENT_TYPE), (b"content-length", str(len(body)).encode())]
    if isinstance(outcome, Refusal):
        status = outcome.kind.http_status
        if outcome.retry_after_seconds is not None:
            headers.append((b"retry-after", str(outcome.retry_after_seconds).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
