"""Sending: messages are made once, numbered and chained, kept byte for byte, and dropped when acknowledged (ADR 0020).

Every method is one step that may be cut off anywhere and done again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from chedang.exchange import events, peers
from chedang.exchange.channels import Channel, Direction, lock_channel, next_epoch, read_channel, save_channel
from chedang.exchange.events import EventKind
from chedang.exchange.messages import (
    UNREADABLE,
    FindKey,
    Opened,
    Sealed,
    decode_acknowledgement,
    decode_items,
    open_kept,
    open_message,
    seal,
)
from chedang.exchange.model import (
    OLDEST_SCHEMA,
    Acknowledgement,
    Backlog,
    Body,
    ExchangeRefused,
    Head,
    MessageKind,
    Notice,
    RefusalCode,
)
from chedang.exchange.notices import NOTICES
from chedang.exchange.outbox import Batch, Source
from chedang.exchange.rows import digested_row, encode_items
from chedang.exchange.signing import Signer
from chedang.exchange.steps import Reached, Step, nowhere
from chedang.platform.clock import Clock
from chedang.platform.database import load_queries
from chedang.records.merging import read_rows
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "outbox.sql")

MOST_ITEMS: Final = 2000
"""Rows of records in one message."""
WINDOW: Final = 4
"""Messages that may wait for their acknowledgement; what is not in a message waits in its source."""


class Sender:
    """This node's channel to one peer. Connections are outside a transaction, in autocommit mode or not."""

    def __init__(  # noqa: PLR0917 - who it is, and what it needs
        self, node_code: str, peer: str, signer: Signer, source: Source, clock: Clock, reached: Reached = nowhere
    ) -> None:
        """``signer``: the node's newest key."""
        self._node_code = node_code
        self._peer = peer
        self._signer = signer
        self._source = source
        self._clock = clock
        self._reached = reached

    def prepare(self, connection: Connection) -> int:
        """Make the next message, if fewer than :data:`WINDOW` wait; gives how many items went into it.

        0: nothing new, no room, or somebody else has just made one.
        """
        while True:
            channel = self._channel(connection)
            if self._count_kept(connection)[0] >= WINDOW:
                return 0
            batch = self._source.next(connection, channel, MOST_ITEMS)
            self._reached(Step.SOURCE_READ)
            if batch.record_position == channel.record_position and batch.notice_position == channel.notice_position:
                return 0
            items = self._put(connection, channel, batch)
            if items is None:
                return 0
            if items:
                self._reached(Step.MESSAGE_KEPT)
                return items

    def pending(self, connection: Connection) -> bytes | None:
        """The oldest message that is not acknowledged: the one to bring next."""
        row = connection.execute(_SQL["oldest_outgoing"], {"peer": self._peer}).fetchone()
        connection.commit()
        return None if row is None else bytes(row[0])

    def acknowledge(self, connection: Connection, acknowledgement: bytes, find_key: FindKey) -> bool:
        """Take the peer's sealed acknowledgement of the oldest message; False when it was taken before.

        Raises ExchangeRefused when it does not fit; then nothing has changed.
        """
        opened = open_message(acknowledgement, find_key=find_key, recipient=self._node_code)
        connection.commit()
        if opened.head.sender != self._peer or opened.head.kind is not MessageKind.ACKNOWLEDGEMENT:
            raise ExchangeRefused(RefusalCode.MALFORMED, "不是该通道的回执")
        try:
            told = decode_acknowledgement(opened.body)
        except UNREADABLE as fault:
            raise ExchangeRefused(RefusalCode.MALFORMED, "回执无法解读") from fault
        self._reached(Step.ACKNOWLEDGEMENT_OPENED)
        with connection.transaction():
            taken = self._take(connection, opened.head, told)
        if taken:
            self._reached(Step.ACKNOWLEDGED)
        return taken

    def backlog(self, connection: Connection, *, exactly: bool = False) -> Backlog:
        """Records not acknowledged yet and the oldest of them; above ten thousand too few unless ``exactly``."""
        channel = self._channel(connection)
        _, records, since = self._count_kept(connection)
        waiting = self._source.count(connection, channel, exactly=exactly)
        connection.commit()
        return Backlog(records + waiting.records, since or waiting.since)

    def restart(self, connection: Connection, *, from_start: bool = False) -> None:
        """Begin a new epoch after a restore from a backup, here or there: what is not acknowledged is told again.

        ``from_start``: everything that ever was, for a peer that lost what it had acknowledged. A receiver passes over
        what it has.
        """
        now = self._clock()
        with connection.transaction():
            channel = lock_channel(connection, self._peer, Direction.OUT, now=now)
            connection.execute(_SQL["drop_all_outgoing"], {"peer": self._peer})
            anew = msgspec.structs.replace(
                channel,
                epoch=next_epoch(channel.epoch, now),
                sequence=0,
                digest=b"",
                record_position=0 if from_start else channel.acknowledged_position,
                notice_position=0 if from_start else channel.acknowledged_notice_position,
                acknowledged_sequence=0,
                changed_at=now,
            )
            save_channel(connection, anew)
            events.write(connection, EventKind.RESTARTED, self._peer, detail=f"第{anew.epoch}期", now=now)

    def _channel(self, connection: Connection) -> Channel:
        channel = read_channel(connection, self._peer, Direction.OUT)
        if channel is None:
            channel = lock_channel(connection, self._peer, Direction.OUT, now=self._clock())
        connection.commit()
        return channel

    def _count_kept(self, connection: Connection) -> tuple[int, int, datetime | None]:
        """Messages that wait for their acknowledgement, records in them, and the receipt of the oldest of these."""
        counted = connection.execute(_SQL["count_outgoing"], {"peer": self._peer}).fetchone() or (0, 0, None)
        connection.commit()
        return int(counted[0]), int(counted[1]), counted[2]

    def _is_any_kept(self, connection: Connection) -> bool:
        return connection.execute(_SQL["oldest_outgoing"], {"peer": self._peer}).fetchone() is not None

    def _put(self, connection: Connection, channel: Channel, batch: Batch) -> int | None:
        """Write the message and what it leaves of the channel, together; None when somebody else advanced it."""
        now = self._clock()
        with connection.transaction():
            if lock_channel(connection, self._peer, Direction.OUT, now=now) != channel:
                return None
            after = msgspec.structs.replace(
                channel, record_position=batch.record_position, notice_position=batch.notice_position, changed_at=now
            )
            body = self._read(connection, batch)
            items = len(body.records) + len(body.notices)
            if items:
                after = self._keep(connection, after, body)
            elif not self._is_any_kept(connection):
                # Nothing of what was passed over is waited for: whatever counts from here need not go through it again.
                after = msgspec.structs.replace(
                    after,
                    acknowledged_position=after.record_position,
                    acknowledged_notice_position=after.notice_position,
                )
            save_channel(connection, after)
            self._reached(Step.MESSAGE_STORED)
        return items

    def _read(self, connection: Connection, batch: Batch) -> Body:
        rows = read_rows(connection, batch.keys, node_code=self._node_code)
        notices = [
            Notice(each.kind, each.key, NOTICES[each.kind].read(connection, each.key))
            for each in batch.notices
            if each.kind in NOTICES
        ]
        return Body([digested_row(row) for row in rows], notices)

    def _keep(self, connection: Connection, channel: Channel, body: Body) -> Channel:
        """Seal and keep the next message; gives the channel after it."""
        sealed = self._seal(connection, channel, body)
        self._reached(Step.MESSAGE_SEALED)
        parameters = {
            "peer": self._peer,
            "epoch": channel.epoch,
            "sequence": channel.sequence + 1,
            "message": sealed.message,
            "record_position": channel.record_position,
            "notice_position": channel.notice_position,
            "record_count": len(body.records),
            "oldest_received_at": min((row.received_at for row in body.records), default=None),
            "made_at": channel.changed_at,
        }
        connection.execute(_SQL["put_outgoing"], parameters)
        return msgspec.structs.replace(channel, sequence=channel.sequence + 1, digest=bytes.fromhex(sealed.digest))

    def _seal(self, connection: Connection, channel: Channel, body: Body) -> Sealed:
        peer = peers.find_peer(connection, self._peer)
        schema = OLDEST_SCHEMA if peer is None else peer.write_schema
        return seal(
            encode_items(body, schema),
            kind=MessageKind.ITEMS,
            sender=self._node_code,
            recipient=self._peer,
            signer=self._signer,
            made_at=channel.changed_at,
            schema=schema,
            epoch=channel.epoch,
            sequence=channel.sequence + 1,
            previous_digest=channel.digest.hex(),
            item_count=len(body.records) + len(body.notices),
        )

    def _take(self, connection: Connection, head: Head, told: Acknowledgement) -> bool:
        """Drop the message that this acknowledges, and write down what died; False when it is gone already."""
        now = self._clock()
        channel = lock_channel(connection, self._peer, Direction.OUT, now=now)
        row = connection.execute(_SQL["read_outgoing"], {"peer": self._peer}).fetchone()
        if row is None or (head.epoch, head.sequence) < row[:2]:
            return False
        epoch, sequence, message, record_position, notice_position = row
        kept = open_kept(message)
        if (head.epoch, head.sequence, told.digest) != (epoch, sequence, kept.digest):
            raise ExchangeRefused(RefusalCode.FORKED, "回执不是对最早一份待确认报文的")
        self._write_refusals(connection, kept, told, now)
        self._reached(Step.REFUSALS_WRITTEN)
        key = {"peer": self._peer, "epoch": epoch, "sequence": sequence}
        connection.execute(_SQL["drop_outgoing"], key)
        after = msgspec.structs.replace(
            channel,
            acknowledged_sequence=sequence,
            acknowledged_position=record_position,
            acknowledged_notice_position=notice_position,
            changed_at=now,
        )
        save_channel(connection, after)
        self._reached(Step.OUTGOING_DROPPED)
        return True

    def _write_refusals(self, connection: Connection, kept: Opened, told: Acknowledgement, now: datetime) -> None:
        if not told.dead:
            return
        body = decode_items(kept.body)
        for dead in told.dead:
            about: dict[str, object] = {"kind": "message", "vin": "", "record_id": None, "version": None, "key": ""}
            if 0 <= dead.item < len(body.records):
                row = body.records[dead.item]
                about |= {"kind": "record", "vin": row.vin, "record_id": row.record_id.hex(), "version": row.version}
            elif 0 <= dead.item - len(body.records) < len(body.notices):
                notice = body.notices[dead.item - len(body.records)]
                about |= {"kind": notice.kind, "key": notice.key}
            place = {"peer": self._peer, "epoch": kept.head.epoch, "sequence": kept.head.sequence, "item": dead.item}
            connection.execute(_SQL["put_refusal"], about | place | {"reason": dead.reason, "told_at": now})
