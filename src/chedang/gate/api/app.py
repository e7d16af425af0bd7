"""Puts the native interface together: an application of its own, so that every answer of it has its own shape."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, Final
from urllib.parse import quote, unquote_to_bytes

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, ControllerRouterHandler, Receive, Scope, Send

from chedang.gate.api import about, batches, description, reconciliation, records, secrets, shops
from chedang.gate.api.desk import Desk
from chedang.gate.api.in_time import in_time
from chedang.gate.api.noting import NOTEBOOK_IN_STATE
from chedang.gate.api.problems import CODE_IN_STATE, on_fault, on_http, on_refused
from chedang.gate.api.who import OPERATION_IN_STATE, add_headers, who
from chedang.gate.metrics import GateMetrics
from chedang.gate.notebook import Notebook
from chedang.intake.batches import NATIVE
from chedang.intake.outcomes import Refused
from chedang.intake.service import Intake
from chedang.owners.claim_codes import ClaimPrinter
from chedang.records.limits import Limits

API_PATH: Final = "/api/v1"

HANDLERS: Final[Sequence[ControllerRouterHandler]] = (
    records.check,
    records.put_record,
    records.amend_record,
    records.void_record,
    records.read_record,
    records.list_records,
    batches.create,
    batches.state,
    batches.outcomes,
    reconciliation.read_day,
    reconciliation.compare_day,
    secrets.list_all,
    secrets.make,
    secrets.end,
    about.changes,
    description.openapi,
)
SANDBOX_HANDLERS: Final[Sequence[ControllerRouterHandler]] = (*HANDLERS, shops.make)


def create_api(
    intake: Intake,
    limits_at: Callable[[datetime], Limits],
    metrics: GateMetrics,
    notebook: Notebook | None = None,
    *,
    printer: ClaimPrinter | None = None,
    is_sandbox: bool = False,
) -> ASGIApp:
    """The application for all paths below ``/api/v1``; ``root_path`` of the scope says what stands before that.

    ``printer`` gives out claim codes; without it there are none.
    """
    desk = Desk(intake, limits_at, printer, notebook)
    handlers = SANDBOX_HANDLERS if is_sandbox else HANDLERS
    application = Litestar(
        route_handlers=[Router(API_PATH, route_handlers=handlers)],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False), "shop": Provide(who)},
        exception_handlers={Refused: on_refused, HTTPException: on_http, Exception: on_fault},
        middleware=[in_time],
        before_send=[add_headers],
        openapi_config=None,
        logging_config=None,
        state=State({"describe": cache(partial(description_of, is_sandbox=is_sandbox)), NOTEBOOK_IN_STATE: notebook}),
    )
    return _counted(_with_whole_segments(application), metrics)


def description_of(*, is_sandbox: bool = False) -> dict[str, Any]:
    """The description of the interface (OpenAPI 3.1), as each side serves it."""
    if is_sandbox:
        return description.describe(API_PATH, SANDBOX_HANDLERS, root_path="/sandbox")
    return description.describe(API_PATH, HANDLERS, root_path="")


def is_api(path: str) -> bool:
    """Is this path the native interface's?"""
    return path == API_PATH or path.startswith(f"{API_PATH}/")


def _with_whole_segments(application: ASGIApp) -> ASGIApp:
    """A number may hold a slash, sent as ``%2F``: it must not divide the path. Handlers decode their own segment."""

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        raw = bytes(scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
        segments = [quote(unquote_to_bytes(segment), safe="") for segment in raw.split(b"/")]
        below: Any = dict(scope) | {"path": "/".join(segments)}
        await application(below, receive, send)

    return routed


def _counted(application: ASGIApp, metrics: GateMetrics) -> ASGIApp:
    """Counts answers by operation and code, as those of the other vocabularies are."""
    counters: dict[str, Callable[[str, float], None]] = {}

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        state: dict[str, Any] = {}
        below: Any = dict(scope) | {"state": state}
        await application(below, receive, send)
        operation = state.get(OPERATION_IN_STATE, "other")
        answered = counters.get(operation)
        if answered is None:
            answered = counters[operation] = metrics.for_operation(NATIVE, operation)
        answered(state.get(CODE_IN_STATE, "OK"), time.perf_counter() - started)

    return counted
