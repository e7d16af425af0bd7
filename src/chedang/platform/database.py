"""PostgreSQL connections and named queries. Only ``store.py`` modules and this package know the driver."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any, LiteralString, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

_NAME = re.compile(r"^-- ([a-z0-9_]+) --$", re.MULTILINE)

# A machine or a line that is gone does not say so: without these, a statement on its way there waits for a quarter of
# an hour, and an idle connection for two hours. What the URL says itself goes first.
_LINE = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


@dataclass(frozen=True)
class Bounds:
    """How long the work on a connection may take, so that a database that hangs becomes a fault that can be told."""

    statement_seconds: float
    """The server ends a statement that runs longer."""
    lock_seconds: float
    """The server gives up waiting for a lock that somebody else holds."""
    answer_seconds: float
    """We end a connection on which the server has said nothing for so long: it hangs, or the line does."""


class ServerSilent(psycopg.OperationalError):
    """The server has not answered for longer than its bound, and the connection was ended: the outcome is unknown."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that breaks with ServerSilent rather than wait for ever."""

    answer_seconds: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server. Every method of the driver that talks to it comes through here."""
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except psycopg.errors._WaitTimeout as fault:
            # What the server was doing is unknown, so nothing can follow on this connection.
            self.pgconn.finish()
            raise ServerSilent from fault


def connect(
    url: str,
    *,
    name: str = "chedang",
    autocommit: bool = False,
    timeout_seconds: int | None = None,
    bounds: Bounds | None = None,
) -> psycopg.Connection[tuple[object, ...]]:
    """Open one connection; ``name`` is what ``pg_stat_activity`` shows. Raises psycopg.OperationalError.

    ``timeout_seconds``: how long to try, at least 2.
    """
    line = _line_of(url)
    if timeout_seconds is not None:
        line["connect_timeout"] = str(timeout_seconds)
    connection = BoundedConnection.connect(url, autocommit=autocommit, application_name=name, **line)
    if bounds is not None:
        _bind(connection, bounds=bounds)
    return connection


def _line_of(url: str) -> dict[str, Any]:
    given = connection_parameters(url)
    return {name: value for name, value in _LINE.items() if name not in given}


def _bind(connection: BoundedConnection, *, bounds: Bounds) -> None:
    connection.answer_seconds = bounds.answer_seconds
    connection.execute(
        "select set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false)",
        [f"{bounds.statement_seconds * 1000:.0f}ms", f"{bounds.lock_seconds * 1000:.0f}ms"],
    )
    connection.commit()


def connection_parameters(url: str) -> dict[str, str]:
    """Take a connection URL apart into libpq keywords (``dbname``, ``host`` …). Raises psycopg.ProgrammingError."""
    return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}


def on_search_path(url: str, schema: str) -> str:
    """The same database with ``schema`` alone on the search path: no statement can name another one's tables."""
    options = connection_parameters(url).get("options", "")
    return make_conninfo(url, options=f"{options} -c search_path={schema}".strip())


def open_pool(
    url: str,
    *,
    name: str,
    min_size: int = 1,
    max_size: int = 4,
    timeout_seconds: float = 5.0,
    bounds: Bounds | None = None,
    opened: bool = True,
) -> ConnectionPool[Any]:
    """Open a pool that tries a connection before lending it, so that a restarted server is noticed.

    Whoever gets no connection within ``timeout_seconds`` gets psycopg_pool.PoolTimeout. ``opened=False`` leaves the
    opening to the caller, for processes that fork after the pool is made.
    """
    return ConnectionPool(
        url,
        min_size=min_size,
        max_size=max_size,
        connection_class=BoundedConnection,
        kwargs={"application_name": name} | _line_of(url),
        configure=partial(_bind, bounds=bounds) if bounds is not None else None,
        check=ConnectionPool.check_connection,
        # Left to itself the pool waits longer after each failure, up to minutes: a database that was away for one
        # minute would be found after two. Given up soon, the next request tries anew.
        reconnect_timeout=1.0,
        open=opened,
        timeout=timeout_seconds,
        name=name,
    )


def is_unavailable(fault: BaseException) -> bool:
    """Is the database out of reach, full, locked or read-only, so that the same work may succeed later?"""
    return isinstance(
        fault,
        # Among the first: disk full, too many connections, time-outs. Some services make a database read-only when its
        # disk is nearly full; so is one from which the work has just moved to another server.
        psycopg.OperationalError
        | psycopg.InterfaceError
        | psycopg.errors.ReadOnlySqlTransaction
        | psycopg.errors.IdleInTransactionSessionTimeout
        | PoolTimeout,
    )


def is_data_fault(fault: BaseException) -> bool:
    """Was the work refused for the values of some row, so that trying again cannot help?"""
    return isinstance(fault, psycopg.DataError | psycopg.IntegrityError)


def lacks_schema(fault: BaseException) -> bool:
    """Has the database never been migrated, or not far enough?"""
    return isinstance(fault, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn)


def try_session_lock(connection: psycopg.Connection[Any], key: int) -> bool:
    """Take the advisory lock ``key`` of this database until the connection ends; False when another holds it."""
    row = connection.execute("select pg_try_advisory_lock(%s)", [key]).fetchone()
    return row is not None and row[0] is True


@cache
def load_queries(package: str, file: str = "queries.sql") -> Mapping[str, LiteralString]:
    """Read ``package``'s named statements: ``-- name --``, then a comment that says what it is for, then SQL.

    The text is part of the installed package, hence as trustworthy as a literal.
    """
    text = resources.files(package).joinpath("sql", file).read_text(encoding="utf-8")
    pieces = _NAME.split(text)[1:]
    return {name: cast(LiteralString, body.strip()) for name, body in zip(pieces[::2], pieces[1::2], strict=True)}
