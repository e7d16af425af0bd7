"""The ministry's own steps: messages made ahead for every province's feed (ours). Routing and watching stand elsewhere.

The gate answers what provinces ask; it gives what these steps have made.
"""

from __future__ import annotations

from pathlib import Path

from chedang.exchange import keys
from chedang.exchange.model import MINISTRY
from chedang.exchange.outbox import Feed
from chedang.exchange.sending import Sender
from chedang.exchange.steps import Reached, nowhere
from chedang.platform.clock import Clock
from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "ministry.sql")


def feed_sender(
    connection: Connection, province_code: str, *, data_dir: Path, clock: Clock, reached: Reached = nowhere
) -> Sender:
    """The channel down to one province."""
    signer = keys.own_signer(connection, data_dir, MINISTRY, clock())
    return Sender(MINISTRY, province_code, signer, Feed(province_code), clock, reached)


def make_feeds(connection: Connection, *, data_dir: Path, clock: Clock, reached: Reached = nowhere) -> int:
    """One step: the next message for every province that has something waiting; gives how many items went into them."""
    made = 0
    for (province_code,) in connection.execute(_SQL["read_waited_for"]).fetchall():
        sender = feed_sender(connection, province_code, data_dir=data_dir, clock=clock, reached=reached)
        made += sender.prepare(connection)
    return made
