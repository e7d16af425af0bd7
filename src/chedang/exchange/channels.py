"""Where each channel stands: what was numbered last, how far its source has been read, what was acknowledged (ours)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "channels.sql")
_MINUTE_SECONDS: Final = 60


class Direction(StrEnum):
    """Which way a channel leads, as this node sees it."""

    OUT = "out"
    IN = "in"


class Channel(msgspec.Struct, frozen=True):
    """One row of ``exchange_channel``."""

    peer: str
    direction: Direction
    epoch: int
    sequence: int
    """Of the last message made (out) or applied (in), 0 before the first of the epoch."""
    digest: bytes
    """SHA-256 of that message's head; b'' before the first."""
    record_position: int
    """Out: how far the source of records has been put into messages."""
    notice_position: int
    acknowledged_sequence: int
    acknowledged_position: int
    """Out: ``record_position`` after the last message acknowledged."""
    acknowledged_notice_position: int
    acknowledgement: bytes | None
    """In: the sealed answer to the last message."""
    changed_at: datetime


def read_channel(connection: Connection, peer: str, direction: Direction) -> Channel | None:
    """The channel as it stands; ``None`` while nothing went through it."""
    row = connection.execute(_SQL["read"], {"peer": peer, "direction": direction.value}).fetchone()
    return None if row is None else _channel(row)


def read_channels(connection: Connection) -> list[Channel]:
    """All channels of this node."""
    return [_channel(row) for row in connection.execute(_SQL["read_all"])]


def lock_channel(connection: Connection, peer: str, direction: Direction, *, now: datetime) -> Channel:
    """The channel, which nobody else advances until the caller's transaction ends; a new one where there is none.

    A new one of direction OUT begins with :func:`next_epoch`; of direction IN with epoch 0, before any sender's.
    """
    key = {"peer": peer, "direction": direction.value}
    while True:
        row = connection.execute(_SQL["lock"], key).fetchone()
        if row is not None:
            return _channel(row)
        epoch = next_epoch(0, now) if direction is Direction.OUT else 0
        connection.execute(_SQL["begin"], key | {"epoch": epoch, "now": now})


def save_channel(connection: Connection, channel: Channel) -> None:
    """Write the channel down, in the caller's transaction, which holds it."""
    connection.execute(_SQL["save"], msgspec.structs.asdict(channel) | {"direction": channel.direction.value})


def next_epoch(epoch: int, now: datetime) -> int:
    """The number of a new beginning after ``epoch``.

    Minutes since 1970: a node that forgot its epochs, or came back with old ones from a backup, still begins later than
    whatever its peer has seen.
    """
    return max(epoch + 1, int(now.timestamp()) // _MINUTE_SECONDS)


def _channel(row: tuple[object, ...]) -> Channel:
    return msgspec.convert(dict(zip(Channel.__struct_fields__, row, strict=True)), Channel)
