"""Connections to a database that hangs, is locked, or is away for long."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from chedang.platform.database import Bounds, ServerSilent, connect, is_unavailable, open_pool

QUICK = Bounds(statement_seconds=0.3, lock_seconds=0.1, answer_seconds=5.0)
SILENT = Bounds(statement_seconds=60.0, lock_seconds=60.0, answer_seconds=0.3)


def test_the_server_ends_a_statement_that_runs_too_long(postgres: str) -> None:
    with connect(postgres, bounds=QUICK) as connection, pytest.raises(psycopg.errors.QueryCanceled) as fault:
        connection.execute("select pg_sleep(60)")
    assert is_unavailable(fault.value)


def test_a_lock_is_not_waited_for_for_long(postgres: str) -> None:
    with connect(postgres) as holder, connect(postgres, bounds=QUICK) as connection:
        holder.execute("select pg_advisory_xact_lock(7)")
        with pytest.raises(psycopg.errors.LockNotAvailable) as fault:
            connection.execute("select pg_advisory_xact_lock(7)")
    assert is_unavailable(fault.value)


def test_a_server_that_says_nothing_costs_the_connection(postgres: str) -> None:
    with closing(connect(postgres, bounds=SILENT)) as connection:
        with pytest.raises(ServerSilent) as fault:
            connection.execute("select pg_sleep(60)")
        assert connection.closed
    assert is_unavailable(fault.value)


def test_the_bounds_outlast_a_rollback(postgres: str) -> None:
    with connect(postgres, bounds=QUICK) as connection:
        connection.execute("select 1")
        connection.rollback()
        assert connection.execute("show statement_timeout").fetchone() == ("300ms",)


def test_a_pool_replaces_a_connection_on_which_the_server_says_nothing(postgres: str) -> None:
    with open_pool(postgres, name="chedang-test", max_size=1, bounds=SILENT) as pool:
        with pytest.raises(ServerSilent), pool.connection() as connection:
            connection.execute("select pg_sleep(60)")
        with pool.connection() as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_a_database_made_read_only_is_unavailable_and_not_at_fault(postgres: str) -> None:
    with connect(postgres) as connection:
        connection.execute("set transaction read only")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction) as fault:
            connection.execute("create table anything (id integer)")
    assert is_unavailable(fault.value)


class Away:
    """A server that hangs up on whoever comes, and counts them."""

    def __init__(self) -> None:
        self.asked = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"postgresql://nobody@127.0.0.1:{self._listener.getsockname()[1]}/nothing?sslmode=disable"
        self._thread = threading.Thread(target=self._hang_up)
        self._thread.start()

    def _hang_up(self) -> None:
        while True:
            client, _address = self._listener.accept()
            client.close()
            if self._is_closed:
                return
            self.asked += 1

    _is_closed = False

    def close(self) -> None:
        self._is_closed = True
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join()
        self._listener.close()


@pytest.fixture
def away() -> Iterator[Away]:
    server = Away()
    yield server
    server.close()


def test_a_pool_goes_on_asking_a_database_that_is_away(away: Away) -> None:
    with open_pool(away.url, name="chedang-test", min_size=0, max_size=1, timeout_seconds=1.2) as pool:
        for _ in range(5):
            asked_before = away.asked
            with pytest.raises(PoolTimeout), pool.connection():
                pass
            assert away.asked > asked_before, "nobody looked whether it is back"
