"""A province that is joined with a ministry, for tests about what calls bring: keys exchanged, a line without HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from chedang.exchange import keys, peers
from chedang.exchange.desk import Desk
from chedang.exchange.keys import KeyState
from chedang.exchange.model import MINISTRY
from chedang.platform.clock import Clock
from chedang.platform.database import connect


@dataclass(frozen=True)
class NodeAt:
    """A node: its code, database and data directory."""

    code: str
    database_url: str
    data_dir: Path

    def connect(self) -> psycopg.Connection[Any]:
        return connect(self.database_url, autocommit=True)


def join_nodes(province: NodeAt, ministry: NodeAt, address: str, clock: Clock) -> None:
    """Let each know the other's key, and the province where the ministry's gate is."""
    yesterday = clock() - timedelta(days=1)
    with province.connect() as below, ministry.connect() as above:
        for node, own in ((province, below), (ministry, above)):
            signer = keys.own_signer(own, node.data_dir, node.code, yesterday)
            for connection in (below, above):
                keys.add(connection, node.code, signer.public_key, state=KeyState.ACTIVE, by="test", now=yesterday)
        peers.join(below, MINISTRY, address=address, now=clock())
        peers.join(above, province.code, now=clock())


class DeskLink:
    """A line that ends at the ministry's desk in this process."""

    def __init__(self, ministry: NodeAt, clock: Clock) -> None:
        self._connection = ministry.connect()
        self._desk = Desk(ministry.code, ministry.data_dir, clock)

    def call(self, message: bytes) -> bytes:
        return self._desk.call(self._connection, message)

    def close(self) -> None:
        self._connection.close()
