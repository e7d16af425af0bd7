"""The lists behind the figures of :mod:`chedang.exchange.status`: what waits, what the other side could not apply.

They name records by their ids, never a vehicle.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from chedang.exchange.model import MINISTRY
from chedang.exchange.status import REFUSALS_COUNT_FOR
from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "listing.sql")


class Waiting(msgspec.Struct, frozen=True):
    """A row that a peer has not confirmed."""

    record_id: UUID
    version: int
    company_code: str
    since: datetime
    """Its receipt; at the ministry when it was put into the province's feed."""


class Refused(msgspec.Struct, frozen=True):
    """An item of ours that a peer put on its list of dead letters."""

    peer: str
    kind: str
    """``record`` or the kind of a notice."""
    record_id: UUID | None
    version: int | None
    key: str
    """Of a notice."""
    reason: str
    """Code of :class:`chedang.exchange.model.DeadReason`."""
    told_at: datetime


def list_waiting(connection: Connection, peer: str, limit: int = 100) -> list[Waiting]:
    """What this node has for a peer and no acknowledgement of, oldest first."""
    name = "waiting_up" if peer == MINISTRY else "waiting_down"
    return [Waiting(*row) for row in connection.execute(_SQL[name], {"peer": peer, "limit": limit})]


def list_refusals(connection: Connection, *, peer: str = "", now: datetime, limit: int = 100) -> list[Refused]:
    """What ``peer`` (all of them: ``''``) could not apply in the days that count, newest first."""
    parameters = {"peer": peer, "since": now - REFUSALS_COUNT_FOR, "limit": limit}
    return [Refused(*row) for row in connection.execute(_SQL["refusals"], parameters)]
