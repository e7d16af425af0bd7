"""Puts the gate together: settings in, Litestar application out. The only place that knows all its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from litestar import Litestar, MediaType, Request, Response, get
from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.types import ASGIApp, Receive, Scope, Send
from psycopg_pool import ConnectionPool

from chedang.enterprises import actions
from chedang.enterprises.model import Enterprise, RegistrationText
from chedang.enterprises.store import Connection
from chedang.gate.dialects import Routes, dialect_routes
from chedang.gate.lookups import Finders, PooledDatabase
from chedang.gate.metrics import GateMetrics
from chedang.intake.accounts import Directory, Pace, PasswordChecker
from chedang.intake.batcher import Batcher
from chedang.intake.dialect import JSON_UTF8
from chedang.intake.dialects import DIALECTS, lcippro
from chedang.intake.families import load_families, modes_of
from chedang.intake.outcomes import Refusal, RefusalKind
from chedang.intake.service import Intake, Paces
from chedang.intake.tokens import TokenMint
from chedang.intake.writer import Writer
from chedang.platform.clock import Clock, system_clock
from chedang.platform.database import is_unavailable, open_pool
from chedang.platform.keys import node_key
from chedang.platform.settings import Settings
from chedang.records.rules import judge, load_limits

# Records per second for long, and at once. The first is above what a chain sends for a whole province of shops under
# one account; the second lets a shop that was cut off for a month catch up.
_APPROVED_PACE = (500.0, 20_000.0)
_PENDING_PACE = (2.0, 500.0)
# Clients give up after three seconds; a database that is away must be told before.
_POOL_SECONDS = 2.0
# While one waits for its commit, the other makes statements of the next batch (ADR 0010).
_WRITERS = 2


def create_app(settings: Settings, database_url: str, clock: Clock = system_clock) -> ASGIApp:
    """Build the gate of one node. Opens its connections when the application starts, not before."""
    metrics = GateMetrics()
    pool = open_pool(database_url, name="chedang-gate", max_size=6, timeout_seconds=_POOL_SECONDS, opened=False)
    writers = [Writer(database_url) for _ in range(_WRITERS)]
    batcher = Batcher([writer.append for writer in writers], observe_batch=metrics.batch)
    families = load_families(DIALECTS, settings.dialects_file, settings.mode)
    intake = Intake(
        batcher=batcher,
        database=PooledDatabase(pool),
        directory=Directory(Finders(pool)),
        passwords=PasswordChecker(key=node_key(settings.data_dir, "password-memory")),
        paces=Paces(approved=Pace(*_APPROVED_PACE), pending=Pace(*_PENDING_PACE)),
        mint=TokenMint(node_key(settings.data_dir, "tokens"), timedelta(hours=settings.token_hours)),
        judge=partial(judge, limits=load_limits(settings.rules_file)),
        mode_of=modes_of(families, settings.mode),
        register=_register,
        clock=clock,
        meter=metrics,
    )

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        pool.open()
        for writer in writers:
            await writer.start()
        yield
        await batcher.drain()
        for writer in writers:
            await writer.close()
        pool.close()

    rest = Litestar(
        route_handlers=[healthz, _readyz(pool), _metrics(metrics)],
        lifespan=[lifespan],
        exception_handlers={NotFoundException: _not_found},
        openapi_config=None,
        logging_config=None,
    )
    return _front(dialect_routes(families, intake, metrics), rest)


def _front(dialects: Routes, rest: Litestar) -> ASGIApp:
    """The hot paths of the dialects first; everything else is Litestar's."""

    async def gate(scope: Scope, receive: Receive, send: Send) -> None:
        dialect = dialects.find(scope) if scope["type"] == ScopeType.HTTP else None
        await (dialect or rest)(scope, receive, send)

    return gate


def _register(connection: Connection, text: RegistrationText, now: datetime) -> Enterprise:
    return actions.register(connection, text, now=now).enterprise


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


def _metrics(metrics: GateMetrics) -> Any:
    @get("/metrics", sync_to_thread=False)
    def exposition() -> Response[bytes]:
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return exposition


def _not_found(_request: Request[Any, Any, Any], _fault: NotFoundException) -> Response[bytes]:
    body = lcippro.answer(Refusal(RefusalKind.UNKNOWN_OPERATION))
    return Response(body, status_code=404, media_type=JSON_UTF8)
