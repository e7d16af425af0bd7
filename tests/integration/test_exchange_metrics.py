"""What the gate tells Prometheus about the exchange: figures by peer, or nothing when the database is away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg_pool import ConnectionPool

from chedang.exchange import events, peers
from chedang.exchange.events import EventKind
from chedang.gate.exchange_metrics import ExchangeMetrics
from chedang.platform.database import open_pool
from chedang.platform.settings import Settings

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def pool(database_url: str) -> Iterator[ConnectionPool[Any]]:
    with open_pool(database_url, name="test", max_size=1) as opened:
        yield opened


@pytest.fixture
def metrics(pool: ConnectionPool[Any]) -> ExchangeMetrics:
    return ExchangeMetrics(Settings.from_environment({}), pool, lambda: NOW)


def test_a_node_on_its_own_has_no_peer_to_tell_of(metrics: ExchangeMetrics) -> None:
    told = metrics.exposition().decode()
    assert "chedang_exchange_alarms 0.0" in told
    assert "peer=" not in told


def test_every_figure_is_told_by_peer(metrics: ExchangeMetrics, pool: ConnectionPool[Any]) -> None:
    with pool.connection() as connection:
        peers.join(connection, "00", address="http://127.0.0.1:9", now=NOW)
        peers.note_contact(connection, "00", now=NOW - timedelta(seconds=9))
        events.set_alarm(connection, EventKind.SILENT, "00", holds=True, now=NOW)
    told = metrics.exposition().decode().splitlines()
    assert 'chedang_exchange_lag_records{direction="up",peer="00"} 0.0' in told
    assert 'chedang_exchange_lag_seconds{direction="down",peer="00"} 0.0' in told
    assert 'chedang_exchange_last_contact_seconds{peer="00"} 9.0' in told
    for name in ("dead_letters", "refusals", "differences"):
        assert f'chedang_exchange_{name}{{peer="00"}} 0.0' in told
    assert "chedang_exchange_alarms 1.0" in told


def test_a_database_that_is_busy_leaves_the_figures_out(metrics: ExchangeMetrics, pool: ConnectionPool[Any]) -> None:
    with pool.connection():  # the only one
        assert metrics.exposition() == b""
