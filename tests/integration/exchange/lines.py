"""A province and the ministry with their desks and keys, and a line between them that is a function call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from chedang.exchange import keys, peers
from chedang.exchange.desk import Desk
from chedang.exchange.keys import KeyState
from chedang.exchange.link import LinkDown
from chedang.exchange.province import Province
from chedang.platform.database import connect

NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)


@dataclass
class Office:
    """A node: its database, its keys, its clock."""

    code: str
    url: str
    data_dir: Path
    now: datetime = NOW
    _open: psycopg.Connection[Any] | None = field(default=None, repr=False)

    @property
    def connection(self) -> psycopg.Connection[Any]:
        if self._open is None:
            self._open = connect(self.url, autocommit=True)
        return self._open

    @property
    def desk(self) -> Desk:
        return Desk(self.code, self.data_dir, lambda: self.now)

    def close(self) -> None:
        if self._open is not None:
            self._open.close()

    def trust(self, other: Office) -> None:
        """As an operator does: know the other's first key, and exchange with it."""
        signer = keys.own_signer(other.connection, other.data_dir, other.code, other.now)
        keys.add(self.connection, other.code, signer.public_key, state=KeyState.ACTIVE, by="测试", now=self.now)
        peers.join(self.connection, other.code, address="http://ministry.example", now=self.now)

    def key_states(self, code: str) -> list[KeyState]:
        return [key.state for key in keys.keys_of(self.connection, code)]

    def event_kinds(self) -> list[str]:
        return [kind for (kind,) in self.connection.execute("select kind from exchange_event order by event_id")]

    def event_details(self, kind: str) -> list[str]:
        query = "select detail from exchange_event where kind = %s order by event_id"
        return [detail for (detail,) in self.connection.execute(query, [kind])]


@dataclass
class DirectLink:
    """Straight to the desk; remembers what was sent; may be down."""

    office: Office
    is_down: bool = False
    sent: list[bytes] = field(default_factory=list)

    def deliver(self, message: bytes) -> bytes:
        self._go(message)
        return self.office.desk.deliver(self.office.connection, message)

    def call(self, message: bytes) -> bytes:
        self._go(message)
        return self.office.desk.call(self.office.connection, message)

    def identity(self) -> bytes:
        self._go(b"")
        return self.office.desk.identity(self.office.connection)

    def offer_key(self, offer: bytes) -> bytes:
        self._go(offer)
        return self.office.desk.offer_key(self.office.connection, offer)

    def _go(self, message: bytes) -> None:
        if self.is_down:
            raise LinkDown("cut")
        self.sent.append(message)


@dataclass
class Pair:
    """浙江 (33) and the ministry (00)."""

    province: Office
    ministry: Office
    link: DirectLink

    @property
    def steps(self) -> Province:
        province = self.province
        return Province(province.code, province.data_dir, self.link, lambda: province.now)

    def at(self, now: datetime) -> None:
        self.province.now = self.ministry.now = now

    def know_each_other(self) -> None:
        self.ministry.trust(self.province)
        self.province.trust(self.ministry)
