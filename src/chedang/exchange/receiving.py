"""Receiving: a message is applied once, whole, in its place, and answered with a signed acknowledgement (ADR 0020)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from chedang.exchange import dead_letters, events
from chedang.exchange.applying import MESSAGE, Applier, Items, Verdict, read_items
from chedang.exchange.channels import Channel, Direction, lock_channel, save_channel
from chedang.exchange.events import EventKind
from chedang.exchange.messages import UNREADABLE, FindKey, Opened, encode_body, open_kept, open_message, seal
from chedang.exchange.model import (
    MINISTRY,
    MOST_ITEMS,
    SCHEMA,
    Acknowledgement,
    DeadItem,
    DeadReason,
    ExchangeRefused,
    Head,
    MessageKind,
    Outcome,
    RefusalCode,
)
from chedang.exchange.signing import Signer
from chedang.exchange.steps import Reached, Step, nowhere
from chedang.platform.clock import Clock
from chedang.records.store import Connection

_SCHEMA_WITH_DIGESTS: Final = 2
_WHOLE: Final = -1
_LAST_EPOCH: Final = 2**31 - 1
_LAST_SEQUENCE: Final = 2**62


class Receiver:
    """Takes what peers bring to this node. Connections are outside a transaction, in autocommit mode or not."""

    def __init__(
        self, node_code: str, signer: Signer, find_key: FindKey, clock: Clock, reached: Reached = nowhere
    ) -> None:
        """``node_code``: two digits of this node; what a peer may say follows from them."""
        self._node_code = node_code
        self._signer = signer
        self._find_key = find_key
        self._clock = clock
        self._reached = reached
        self._applier = Applier(node_code, reached)

    def receive(self, connection: Connection, message: bytes) -> bytes:
        """Apply a sealed message in one transaction; gives the sealed acknowledgement.

        The last message again gets the same acknowledgement again and nothing else happens. Raises ExchangeRefused for
        what is not the next one, and psycopg.Error for what may succeed later; then nothing has changed.
        """
        opened = open_message(message, find_key=self._find_key, recipient=self._node_code)
        connection.commit()
        self._check_head(opened.head)
        self._reached(Step.MESSAGE_OPENED)
        now = self._clock()
        with connection.transaction():
            channel = lock_channel(connection, opened.head.sender, Direction.IN, now=now)
            self._reached(Step.CHANNEL_LOCKED)
            if is_repeat(channel, opened):
                events.write(connection, EventKind.REPEATED, channel.peer, now=now)
                return under_key(channel.acknowledgement or b"", self._signer, now)
            if channel.epoch and opened.head.epoch > channel.epoch:
                detail = f"第{opened.head.epoch}期"
                events.write(connection, EventKind.RESTARTED, channel.peer, detail=detail, now=now)
            acknowledgement = self._take(connection, channel, opened, now)
            self._reached(Step.CHANNEL_SAVED)
        self._reached(Step.MESSAGE_APPLIED)
        return acknowledgement

    def _check_head(self, head: Head) -> None:
        if head.kind is not MessageKind.ITEMS:
            raise ExchangeRefused(RefusalCode.MALFORMED, "不是数据报文")
        if not (0 < head.epoch <= _LAST_EPOCH and 0 < head.sequence <= _LAST_SEQUENCE):
            raise ExchangeRefused(RefusalCode.MALFORMED, "期号或序号不可用")
        if head.item_count > MOST_ITEMS:
            raise ExchangeRefused(RefusalCode.TOO_LARGE, f"一份报文最多 {MOST_ITEMS} 项")
        if MINISTRY not in (self._node_code, head.sender):
            raise ExchangeRefused(RefusalCode.FORBIDDEN, "省级节点只接收部级节点的报文")

    def _take(self, connection: Connection, channel: Channel, opened: Opened, now: datetime) -> bytes:
        """Apply the items, write down what died, and advance the channel."""
        head = opened.head
        verdicts = self._apply(connection, opened, now)
        dead = [(item, verdict) for item, verdict in verdicts if verdict.outcome is Outcome.DEAD]
        dead_letters.put(connection, channel.peer, dead, epoch=head.epoch, sequence=head.sequence, now=now)
        self._reached(Step.LETTERS_WRITTEN)
        told = Acknowledgement(
            digest=opened.digest,
            outcomes="".join(verdict.outcome.value for item, verdict in verdicts if item != _WHOLE),
            dead=[DeadItem(item, verdict.reason or DeadReason.UNREADABLE, verdict.detail) for item, verdict in dead],
        )
        acknowledgement = self._seal(told, head, now)
        after = msgspec.structs.replace(
            channel,
            epoch=head.epoch,
            sequence=head.sequence,
            digest=bytes.fromhex(opened.digest),
            acknowledgement=acknowledgement,
            changed_at=now,
        )
        save_channel(connection, after)
        return acknowledgement

    def _apply(self, connection: Connection, opened: Opened, now: datetime) -> list[tuple[int, Verdict]]:
        """Verdicts with the numbers of their items; one with number -1 for a body that cannot be read."""
        head = opened.head
        items = _read_items(opened)
        if items is None:
            whole = Verdict(Outcome.DEAD, DeadReason.UNREADABLE, "整份报文无法解读", MESSAGE, opened.body)
            return [(_WHOLE, whole)]
        return list(enumerate(self._applier.apply(connection, head.sender, items, now=now)))

    def _seal(self, told: Acknowledgement, head: Head, now: datetime) -> bytes:
        return seal(
            encode_body(told),
            kind=MessageKind.ACKNOWLEDGEMENT,
            sender=self._node_code,
            recipient=head.sender,
            signer=self._signer,
            made_at=now,
            schema=min(SCHEMA, head.accepts_schema),
            epoch=head.epoch,
            sequence=head.sequence,
        ).message


def under_key(acknowledgement: bytes, signer: Signer, now: datetime) -> bytes:
    """A kept acknowledgement, sealed anew if it was with another key: that may have been revoked since, and nothing
    would ever be taken for this acknowledgement then."""
    kept = open_kept(acknowledgement)
    head = kept.head
    if head.key_id == signer.key_id:
        return acknowledgement
    return seal(
        kept.body,
        kind=head.kind,
        sender=head.sender,
        recipient=head.recipient,
        signer=signer,
        made_at=now,
        schema=head.schema,
        epoch=head.epoch,
        sequence=head.sequence,
    ).message


def is_repeat(channel: Channel, opened: Opened) -> bool:
    """Is this the last message once more? False for the next one. Raises ExchangeRefused for any other."""
    head = opened.head
    if head.epoch < channel.epoch:
        raise ExchangeRefused(RefusalCode.REPLAYED, "通道已重新开始")
    is_new_epoch = head.epoch > channel.epoch
    last = 0 if is_new_epoch else channel.sequence
    if head.sequence < last:
        raise ExchangeRefused(RefusalCode.REPLAYED)
    if head.sequence == last:
        if opened.digest != channel.digest.hex():
            raise ExchangeRefused(RefusalCode.FORKED)
        return True
    if head.sequence > last + 1:
        raise ExchangeRefused(RefusalCode.OUT_OF_ORDER, f"应为第{last + 1}份")
    if head.previous_digest != ("" if is_new_epoch else channel.digest.hex()):
        raise ExchangeRefused(RefusalCode.FORKED, "前序摘要不符")
    return False


def _read_items(opened: Opened) -> Items | None:
    """What the body holds; ``None`` for one that cannot be taken apart or holds another number of items."""
    try:
        items = read_items(opened.body, has_digests=opened.head.schema >= _SCHEMA_WITH_DIGESTS)
    except UNREADABLE:
        return None
    return items if len(items.records) + len(items.notices) == opened.head.item_count else None
