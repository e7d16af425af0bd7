"""Puts the gate together: settings in, Litestar application out. The only place that knows all its parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from litestar import Litestar, MediaType, Request, Response, get
from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Receive, Scope, Send
from psycopg_pool import ConnectionPool

from chedang.gate.api.app import create_api, is_api
from chedang.gate.dialects import Routes, dialect_routes
from chedang.gate.emission.app import create_emission, is_emission
from chedang.gate.exchange import ExchangeDoor, create_exchange, is_exchange
from chedang.gate.exchange_metrics import ExchangeMetrics
from chedang.gate.faults import Faulty
from chedang.gate.metrics import GateMetrics
from chedang.gate.sandbox import SANDBOX_PATH, Furnished
from chedang.gate.shortway import ShortWay
from chedang.gate.side import Side, ordinary_side, sandbox_side
from chedang.intake.dialect import JSON_UTF8
from chedang.intake.dialects import lcippro
from chedang.intake.outcomes import Refusal, RefusalKind
from chedang.owners.claim_codes import KEY_PURPOSE, ClaimPrinter
from chedang.platform.clock import Clock, system_clock
from chedang.platform.database import is_unavailable
from chedang.platform.keys import node_key
from chedang.platform.settings import Settings
from chedang.records.current import CurrentLimits

_BELOW_SANDBOX: Final = f"{SANDBOX_PATH}/"


def create_app(settings: Settings, database_url: str, clock: Clock = system_clock) -> Gate:
    """Build the gate of one node. Opens its connections when the application starts, not before."""
    limits = CurrentLimits(settings.rules_file)
    side = ordinary_side(settings, database_url, clock, limits)
    sandbox = sandbox_side(settings, database_url, clock, limits)
    door = ExchangeDoor(settings, database_url, side.metrics, clock)
    exchange = ExchangeMetrics(settings, side.pool, clock)

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        await side.open()
        await sandbox.open()
        door.open()
        with limits.kept_current(database_url):
            yield
        await asyncio.to_thread(door.close)
        await side.close()
        await sandbox.close()

    rest = Litestar(
        route_handlers=[healthz, _readyz(side.pool), _metrics("/metrics", side.metrics, exchange.exposition)],
        lifespan=[lifespan],
        exception_handlers={NotFoundException: _not_found},
        openapi_config=None,
        logging_config=None,
    )
    sandbox_rest = Litestar(
        route_handlers=[_metrics("/metrics", sandbox.metrics, bytes)],
        exception_handlers={NotFoundException: _not_found},
        openapi_config=None,
        logging_config=None,
    )
    tried = _front(
        dialect_routes(sandbox.families, sandbox.intake, sandbox.metrics, below=SANDBOX_PATH),
        _mounted(_with_api(sandbox, sandbox_rest, limits, is_sandbox=True)),
    )
    routes = dialect_routes(side.families, side.intake, side.metrics, side.notebook)
    rest_of_side = _with_api(side, rest, limits, printer=_printer(settings))
    if settings.node.level == "province":
        rest_of_side = _with_emission(side, rest_of_side)
    ordinary = _front(routes, _with_exchange(door, rest_of_side))
    return Gate(
        _beside(ordinary, Faulty(Furnished(tried, sandbox.intake, settings))),
        ShortWay(routes),
    )


class Gate:
    """The ASGI application, and the short way past it that its server offers to ordinary uploads."""

    def __init__(self, application: ASGIApp, short_way: ShortWay) -> None:
        self._application = application
        self.short_way = short_way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._application(scope, receive, send)


def _front(dialects: Routes, rest: ASGIApp) -> ASGIApp:
    """The hot paths of the dialects first; everything else is Litestar's."""

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        dialect = dialects.find(scope["path"], scope["headers"]) if scope["type"] == ScopeType.HTTP else None
        await (dialect or rest)(scope, receive, send)

    return gate


def _printer(settings: Settings) -> ClaimPrinter | None:
    """Claim codes are given out where owners can use them: not at the ministry, and not in the sandbox."""
    if settings.node.level != "province":
        return None
    return ClaimPrinter(node_key(settings.data_dir, KEY_PURPOSE), settings.site_address)


def _with_api(
    side: Side, rest: ASGIApp, limits: CurrentLimits, *, printer: ClaimPrinter | None = None, is_sandbox: bool = False
) -> ASGIApp:
    """The native interface, an application of its own, before everything else that is Litestar's."""
    api = create_api(side.intake, limits.at, side.metrics, side.notebook, printer=printer, is_sandbox=is_sandbox)

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        is_native = scope["type"] == ScopeType.HTTP and is_api(scope["path"])
        await (api if is_native else rest)(scope, receive, send)

    return gate


def _with_emission(side: Side, rest: ASGIApp) -> ASGIApp:
    """The door of inspection stations, beside the rest of a province's ordinary side."""
    emission = create_emission(side.intake, side.metrics)

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        is_of_station = scope["type"] == ScopeType.HTTP and is_emission(scope["path"])
        await (emission if is_of_station else rest)(scope, receive, send)

    return gate


def _with_exchange(door: ExchangeDoor, rest: ASGIApp) -> ASGIApp:
    """The door between nodes, beside the rest of the ordinary side."""
    exchange = create_exchange(door)

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        is_of_node = scope["type"] == ScopeType.HTTP and is_exchange(scope["path"])
        await (exchange if is_of_node else rest)(scope, receive, send)

    return gate


def _beside(ordinary: ASGIApp, sandbox: ASGIApp) -> ASGIApp:
    """The sandbox has its own part of the paths, and no other way leads there."""

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        is_tried = scope["type"] == ScopeType.HTTP and scope["path"].startswith(_BELOW_SANDBOX)
        await (sandbox if is_tried else ordinary)(scope, receive, send)

    return gate


def _mounted(application: ASGIApp) -> ASGIApp:
    """The application sees paths without the sandbox's part, and knows it as its root."""

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(SANDBOX_PATH)
        # A mount of ASGI: ``root_path`` says what was taken away.
        raw_path = scope["raw_path"].removeprefix(SANDBOX_PATH.encode())
        below: Any = dict(scope) | {"path": path, "raw_path": raw_path, "root_path": SANDBOX_PATH}
        await application(below, receive, send)

    return mounted


@get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
def healthz() -> str:
    """The process runs."""
    return "ok"


def _readyz(pool: ConnectionPool[Any]) -> Any:
    @get("/readyz", media_type=MediaType.TEXT, sync_to_thread=True)
    def readyz() -> Response[str]:
        """The process can serve: its database answers."""
        try:
            with pool.connection(timeout=2) as connection:
                connection.execute("select 1")
        except Exception as fault:
            if not is_unavailable(fault):
                raise
            return Response("database unavailable", status_code=503, media_type=MediaType.TEXT)
        return Response("ok", media_type=MediaType.TEXT)

    return readyz


def _metrics(path: str, metrics: GateMetrics, beside: Callable[[], bytes]) -> Any:
    @get(path, sync_to_thread=True)
    def exposition() -> Response[bytes]:
        return Response(metrics.exposition() + beside(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return exposition


def _not_found(_request: Request[Any, Any, Any], _fault: NotFoundException) -> Response[bytes]:
    body = lcippro.answer(Refusal(RefusalKind.UNKNOWN_OPERATION))
    return Response(body, status_code=404, media_type=JSON_UTF8)
