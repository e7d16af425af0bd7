"""Two nodes, each with a database of its own, and a channel between them, without any line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from chedang.exchange import keys, peers
from chedang.exchange.keys import KeyState
from chedang.exchange.model import RecordRow
from chedang.exchange.outbox import Feed, OwnOutbox, Source
from chedang.exchange.receiving import Receiver
from chedang.exchange.sending import Sender
from chedang.exchange.signing import Signer
from chedang.exchange.steps import Reached, nowhere
from chedang.platform.database import connect
from chedang.records.merging import merge

NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)
TABLES = (
    "record_version",
    "record_head",
    "record_change",
    "feed_position",
    "announcement",
    "known_enterprise",
    "maker",
    "exchange_channel",
    "exchange_outgoing",
    "exchange_feed",
    "exchange_dead_letter",
    "exchange_refusal",
    "exchange_event",
    "exchange_comparison",
    "exchange_document",
    "exchange_nonce",
    "exchange_peer",
    "exchange_key",
)


def empty(connection: psycopg.Connection[Any]) -> None:
    """Forget everything; for few rows that is quicker than truncating."""
    for table in TABLES:
        connection.execute(f"delete from {table}")  # type: ignore[call-overload] # noqa: S608
    connection.commit()


class Crash(BaseException):
    """The process ends here."""


@dataclass
class Node:
    """One side of the channel."""

    code: str
    peer: str
    url: str
    signer: Signer
    now: datetime = NOW
    _open: psycopg.Connection[Any] | None = field(default=None, repr=False)

    @property
    def connection(self) -> psycopg.Connection[Any]:
        if self._open is None or self._open.closed:
            self._open = connect(self.url)
        return self._open

    def clock(self) -> datetime:
        return self.now

    def sender(self, reached: Reached = nowhere) -> Sender:
        source: Source = Feed(self.peer) if self.code == "00" else OwnOutbox()
        return Sender(self.code, self.peer, self.signer, source, self.clock, reached)

    def receiver(self, reached: Reached = nowhere) -> Receiver:
        return Receiver(self.code, self.signer, keys.find_key(self.connection), self.clock, reached)

    def acknowledge(self, acknowledgement: bytes, reached: Reached = nowhere) -> bool:
        return self.sender(reached).acknowledge(self.connection, acknowledgement, keys.find_key(self.connection))

    def join(self, other: Node, accepts_schema: int = 2) -> None:
        for code, signer in ((self.code, self.signer), (other.code, other.signer)):
            keys.add(
                self.connection, code, signer.public_key, state=KeyState.ACTIVE, by="测试", now=NOW - timedelta(days=1)
            )
        peers.join(self.connection, other.code, now=NOW)
        peers.note_contact(self.connection, other.code, accepts_schema=accepts_schema, now=NOW)
        self.connection.commit()

    def crash(self) -> None:
        """The process ends; the server rolls back what was not committed."""
        if self._open is not None:
            self._open.close()

    def take_in(self, rows: Sequence[RecordRow]) -> None:
        """Rows that stand here as taken in by this node's own gate where their origin says so."""
        merge(self.connection, rows, node_code=self.code)
        self.connection.commit()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        rows = self.connection.execute(statement).fetchall()  # type: ignore[call-overload]
        self.connection.commit()
        return list(rows)

    def rows(self) -> list[tuple[Any, ...]]:
        return self.query("select vin, record_id, version, state, content from record_version order by 1, 2, 3, 4")

    def heads(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select record_id, vin, previous_vin, version, content_digest, state from record_head order by 1"
        )

    def letters(self) -> list[tuple[Any, ...]]:
        return self.query("select item, kind, reason from exchange_dead_letter where resolved_at is null order by 1")


def carry(sender: Node, receiver: Node) -> int:
    """Bring everything over; gives how many messages that took."""
    messages = 0
    while True:
        sender.sender().prepare(sender.connection)
        message = sender.sender().pending(sender.connection)
        if message is None:
            return messages
        messages += 1
        assert sender.acknowledge(receiver.receiver().receive(receiver.connection, message))
