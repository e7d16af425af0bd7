"""The nodes this one exchanges with: where they are, when they were last heard of, what they read. None: on its own."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chedang.exchange.model import MINISTRY, SCHEMA, Backlog
from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "peers.sql")


class Peer(msgspec.Struct, frozen=True):
    """One row of ``exchange_peer``."""

    node_code: str
    address: str
    """Base URL of its gate; '' for one that opens the connections itself."""
    joined_at: datetime
    last_contact_at: datetime | None
    last_fault: str
    """Code of what went wrong last, '' after a success."""
    last_fault_at: datetime | None
    accepts_schema: int
    backlog_records: int
    backlog_since: datetime | None

    @property
    def write_schema(self) -> int:
        """The schema version in which messages to it are written."""
        return min(SCHEMA, self.accepts_schema)


def join(connection: Connection, node_code: str, *, address: str = "", now: datetime) -> None:
    """Exchange with this node from now on; joining again changes its address, unless that is empty."""
    connection.execute(_SQL["join"], {"node_code": node_code, "address": address, "now": now})


def read_peers(connection: Connection) -> list[Peer]:
    """All of them, by code; none on a node of its own."""
    return [Peer(*row) for row in connection.execute(_SQL["read_all"])]


def find_peer(connection: Connection, node_code: str) -> Peer | None:
    """One of them."""
    row = connection.execute(_SQL["read"], {"node_code": node_code}).fetchone()
    return None if row is None else Peer(*row)


def find_ministry(connection: Connection) -> Peer | None:
    """The peer of a province; None while it has not joined."""
    return find_peer(connection, MINISTRY)


def note_contact(connection: Connection, node_code: str, *, accepts_schema: int | None = None, now: datetime) -> None:
    """It was heard of; ``accepts_schema``: what the head of its message says it reads."""
    connection.execute(_SQL["note_contact"], {"node_code": node_code, "accepts_schema": accepts_schema, "now": now})


def note_backlog(connection: Connection, node_code: str, backlog: Backlog) -> None:
    """It told how much is waiting on its side."""
    parameters = {"node_code": node_code, "records": backlog.records, "since": backlog.since}
    connection.execute(_SQL["note_backlog"], parameters)


def note_fault(connection: Connection, node_code: str, fault: str, *, now: datetime) -> None:
    """Something went wrong with it: a code of RefusalCode, or ``LINK_DOWN``."""
    connection.execute(_SQL["note_fault"], {"node_code": node_code, "fault": fault, "now": now})
