"""Routes of the provincial dialect: bytes in, the dialect's own answer out, whatever happens."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import structlog
from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from chedang.gate.body import BodyReader, ClientGone
from chedang.gate.metrics import GateMetrics
from chedang.intake.dialects import lcippro
from chedang.intake.outcomes import Outcome, Refusal, RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.platform.database import is_unavailable

_log = structlog.get_logger("gate")

_CONTENT_TYPE = lcippro.CONTENT_TYPE.encode()


def province_route(intake: Intake, metrics: GateMetrics, max_rows: int) -> ASGIRouteHandler:
    """The three operations under one path, with or without a trailing slash, any method and content type."""
    operations: dict[str, Callable[[bytes], Awaitable[Outcome]]] = {
        "lcipprogetaccesstoken": lambda raw: intake.issue_token(lcippro.parse_token(raw)),
        "lcipprocarfixrecordadd": lambda raw: intake.upload(lcippro.parse_upload(raw, max_rows), lcippro.NAME),
        "lcipproaccountcompany": lambda raw: intake.register(lcippro.parse_registration(raw)),
    }
    reader = BodyReader()

    @asgi(f"{lcippro.PATH}/{{operation:str}}/query")
    async def province(scope: Scope, receive: Receive, send: Send) -> None:
        name = str(scope["path_params"]["operation"]).lower()
        operation = operations.get(name)
        try:
            raw = await reader.read(scope, receive)
            started = time.perf_counter()
            outcome = await _perform(operation, raw)
        except ClientGone:
            return
        except Refused as refused:
            started = time.perf_counter()
            outcome = refused.refusal
        code = outcome.kind.code if isinstance(outcome, Refusal) else "OK"
        metrics.answered(lcippro.NAME, name if operation else "unknown", code, time.perf_counter() - started)
        await _send(send, outcome)

    return province


async def _perform(operation: Callable[[bytes], Awaitable[Outcome]] | None, raw: bytes) -> Outcome:
    """Run one operation. Whatever goes wrong inside is a 503, never a business code: the client may come again."""
    if operation is None:
        return Refusal(RefusalKind.UNKNOWN_OPERATION)
    try:
        return await operation(raw)
    except Refused as refused:
        return refused.refusal
    except Exception as fault:  # the last line of defence; the client must get an answer it can read
        if is_unavailable(fault):
            _log.warning("database_unavailable", fault=type(fault).__name__)
        else:
            # No traceback text: the driver quotes values of the row in its messages.
            _log.error("internal_fault", fault=type(fault).__name__, where=_where(fault))
        return Refusal(RefusalKind.UNAVAILABLE, retry_after_seconds=5)


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
