"""How a node stands towards the others: every figure of ``chedang node status``, the status page and the metrics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from chedang.exchange import events, peers
from chedang.exchange.channels import Channel, Direction, read_channels
from chedang.exchange.events import Event
from chedang.exchange.model import MINISTRY, Backlog
from chedang.exchange.outbox import Feed, OwnOutbox
from chedang.exchange.peers import Peer
from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "status.sql")
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
REFUSALS_COUNT_FOR: Final = timedelta(days=7)
"""What the other side could not apply stays in sight so long; the daily comparison names what is still missing."""


class Lag(msgspec.Struct, frozen=True):
    """What waits in one direction: records (above ten thousand too few), and the age of the oldest of them."""

    records: int
    seconds: float
    """0 while nothing waits."""


class PeerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one peer."""

    node_code: str
    address: str
    joined_at: datetime
    last_contact_at: datetime | None
    last_fault: str
    last_fault_at: datetime | None
    accepts_schema: int
    up: Lag
    """From the province to the ministry; at the ministry as the province told it last."""
    down: Lag
    """From the ministry to the province; in the province as the ministry told it last."""
    dead_letters: int
    """Items of theirs that could not be applied here."""
    refusals: int
    """Items of ours that could not be applied there, in the last seven days."""
    differences: int
    alarms: list[Event]

    @property
    def lag_records(self) -> int:
        """Both directions together."""
        return self.up.records + self.down.records

    @property
    def lag_seconds(self) -> float:
        """The worse of the two."""
        return max(self.up.seconds, self.down.seconds)


class NodeStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a node. Without peers it is on its own."""

    node_code: str
    at: datetime
    peers: list[PeerStatus]
    alarms: list[Event]
    """All that hold, those about the node itself too."""


def read_status(connection: Connection, *, node_code: str, now: datetime) -> NodeStatus:
    """The figures as the tables have them now."""
    alarms = events.open_alarms(connection)
    read = _Reading(connection, node_code, now, alarms)
    return NodeStatus(
        node_code=node_code, at=now, peers=[read.peer(peer) for peer in peers.read_peers(connection)], alarms=alarms
    )


class _Reading:
    """What is read once for all peers."""

    def __init__(self, connection: Connection, node_code: str, now: datetime, alarms: list[Event]) -> None:
        self._connection = connection
        self._is_ministry = node_code == MINISTRY
        self._now = now
        self._alarms = alarms
        self._channels = {each.peer: each for each in read_channels(connection) if each.direction is Direction.OUT}
        self._dead_letters = _by_peer(connection, "count_dead_letters")
        self._refusals = _by_peer(connection, "count_refusals", since=now - REFUSALS_COUNT_FOR)
        self._differences = _by_peer(connection, "count_differences")

    def peer(self, peer: Peer) -> PeerStatus:
        code = peer.node_code
        ours = _lag(_waiting_here(self._connection, code, self._channels.get(code)), self._now)
        theirs = _lag(Backlog(peer.backlog_records, peer.backlog_since), self._now)
        return PeerStatus(
            node_code=code,
            address=peer.address,
            joined_at=peer.joined_at,
            last_contact_at=peer.last_contact_at,
            last_fault=peer.last_fault,
            last_fault_at=peer.last_fault_at,
            accepts_schema=peer.accepts_schema,
            up=theirs if self._is_ministry else ours,
            down=ours if self._is_ministry else theirs,
            dead_letters=self._dead_letters.get(code, 0),
            refusals=self._refusals.get(code, 0),
            differences=self._differences.get(code, 0),
            alarms=[alarm for alarm in self._alarms if alarm.peer == code],
        )


def _waiting_here(connection: Connection, peer: str, channel: Channel | None) -> Backlog:
    """What this node has for a peer and no acknowledgement of."""
    source = OwnOutbox() if peer == MINISTRY else Feed(peer)
    not_made = source.count(connection, channel or _untouched(peer), exactly=False)
    records, since = connection.execute(_SQL["count_outgoing"], {"peer": peer}).fetchone() or (0, None)
    return Backlog(int(records) + not_made.records, since or not_made.since)


def _untouched(peer: str) -> Channel:
    """The channel out to a peer for whom nothing has been made yet."""
    return Channel(
        peer=peer,
        direction=Direction.OUT,
        epoch=0,
        sequence=0,
        digest=b"",
        record_position=0,
        notice_position=0,
        acknowledged_sequence=0,
        acknowledged_position=0,
        acknowledged_notice_position=0,
        acknowledgement=None,
        changed_at=_NEVER,
    )


def _lag(backlog: Backlog, now: datetime) -> Lag:
    if not backlog.records or backlog.since is None:
        return Lag(backlog.records, 0.0)
    return Lag(backlog.records, max(0.0, (now - backlog.since).total_seconds()))


def _by_peer(connection: Connection, name: str, **parameters: Any) -> dict[str, int]:
    return {peer: int(count) for peer, count in connection.execute(_SQL[name], parameters)}
