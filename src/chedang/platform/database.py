"""PostgreSQL connections and named queries. Only ``store.py`` modules and this package know the driver."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, LiteralString, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

_NAME = re.compile(r"^-- ([a-z0-9_]+) --$", re.MULTILINE)


def connect(
    url: str, *, name: str = "chedang", autocommit: bool = False, timeout_seconds: int | None = None
) -> psycopg.Connection[tuple[object, ...]]:
    """Open one connection; ``name`` is what ``pg_stat_activity`` shows. Raises psycopg.OperationalError.

    ``timeout_seconds``: how long to try, at least 2; ``None`` as long as the network does.
    """
    return psycopg.connect(url, autocommit=autocommit, application_name=name, connect_timeout=timeout_seconds)


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
    opened: bool = True,
) -> ConnectionPool:
    """Open a pool that tries a connection before lending it, so that a restarted server is noticed.

    Whoever gets no connection within ``timeout_seconds`` gets psycopg_pool.PoolTimeout. ``opened=False`` leaves the
    opening to the caller, for processes that fork after the pool is made.
    """
    return ConnectionPool(
        url,
        min_size=min_size,
        max_size=max_size,
        kwargs={"application_name": name},
        check=ConnectionPool.check_connection,
        open=opened,
        timeout=timeout_seconds,
        name=name,
    )


def is_unavailable(fault: BaseException) -> bool:
    """Is the database out of reach, so that the same work may succeed later?"""
    return isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError | PoolTimeout)


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
