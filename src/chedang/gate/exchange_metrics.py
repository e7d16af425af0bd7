"""How this node stands towards the others, for Prometheus: read from the database when somebody asks, and bounded.

A database that is away or slow gives no figures of the exchange, never a failed answer: the gate's own are still told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import ConnectionPool

from chedang.exchange.status import NodeStatus, PeerStatus, read_status
from chedang.platform.clock import Clock
from chedang.platform.settings import Settings

_WAIT_SECONDS: Final = 1.0
"""For a connection, and again for the figures."""

_log = structlog.get_logger(__name__)


class ExchangeMetrics:
    """Gauges of the exchange by peer; none on a node of its own."""

    def __init__(self, settings: Settings, pool: ConnectionPool[Any], clock: Clock) -> None:
        self._node_code = settings.node.code
        self._pool = pool
        self._clock = clock

    def exposition(self) -> bytes:
        """The text format of Prometheus; b'' while the figures cannot be had."""
        try:
            status = self._read()
        except Exception as fault:
            _log.warning("no figures of the exchange for this scrape", fault=type(fault).__name__)
            return b""
        registry = CollectorRegistry()
        registry.register(_Figures(status))
        return generate_latest(registry)

    def _read(self) -> NodeStatus:
        with self._pool.connection(timeout=_WAIT_SECONDS) as connection, connection.transaction():
            connection.execute(f"set local statement_timeout = '{int(_WAIT_SECONDS * 1000)}ms'")
            return read_status(connection, node_code=self._node_code, now=self._clock())


class _Figures(Collector):
    """One scrape."""

    def __init__(self, status: NodeStatus) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        """Every gauge with a sample per peer; the lag per direction."""
        yield _lags("chedang_exchange_lag_records", "Records that wait, by peer and direction", self._status, "records")
        yield _lags("chedang_exchange_lag_seconds", "Age of the oldest of them", self._status, "seconds")
        for name, words in (
            ("dead_letters", "Items of the peer that could not be applied here"),
            ("refusals", "Items of ours that could not be applied there in seven days"),
            ("differences", "Differences that the last comparison found and did not repair"),
        ):
            yield _gauge(f"chedang_exchange_{name}", words, [(p, getattr(p, name)) for p in self._status.peers])
        contacts = [
            (peer, (self._status.at - peer.last_contact_at).total_seconds())
            for peer in self._status.peers
            if peer.last_contact_at is not None
        ]
        yield _gauge("chedang_exchange_last_contact_seconds", "Seconds since the peer was last heard of", contacts)
        alarms = GaugeMetricFamily("chedang_exchange_alarms", "Alarms that hold")
        alarms.add_metric([], len(self._status.alarms))
        yield alarms


def _lags(name: str, words: str, status: NodeStatus, attribute: str) -> Metric:
    family = GaugeMetricFamily(name, words, labels=["peer", "direction"])
    for peer in status.peers:
        for direction, lag in (("up", peer.up), ("down", peer.down)):
            family.add_metric([peer.node_code, direction], getattr(lag, attribute))
    return family


def _gauge(name: str, words: str, values: list[tuple[PeerStatus, float]]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=["peer"])
    for peer, value in values:
        family.add_metric([peer.node_code], value)
    return family
