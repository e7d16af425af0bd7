"""Calls: a province asks, the ministry answers, both sealed; an answer carries the number of its call (ours)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from chedang.exchange import keys, peers
from chedang.exchange.link import CallLink, as_told
from chedang.exchange.messages import encode_body, open_message, seal
from chedang.exchange.model import MINISTRY, Backlog, ExchangeRefused, MessageKind, RefusalCode
from chedang.platform.clock import Clock
from chedang.records.store import Connection

Handler = Callable[[Connection, str, bytes, datetime], bytes]
"""(connection, sender, contents of the call, now) → contents of the answer. Raises ExchangeRefused, or
msgspec.DecodeError for contents that are not what the operation takes."""
Ask = Callable[[str, bytes], bytes]
"""(operation, contents) → contents of the answer. Raises ExchangeRefused and LinkDown."""

FEED: Final = "feed"
HELLO: Final = "hello"
_NONCE_BYTES: Final = 16


class FeedAsk(msgspec.Struct, frozen=True, array_like=True):
    """Contents of the call ``feed``."""

    acknowledgement: bytes
    """Sealed, of the last message applied; b'' before the first."""
    backlog: Backlog
    """What waits in the province."""


class FeedAnswer(msgspec.Struct, frozen=True, array_like=True):
    """Contents of the answer to ``feed``."""

    message: bytes
    """Sealed, of kind ITEMS; b'' when there is nothing new."""
    waiting: int
    """Records that wait in the feed, this message's too."""
    since: datetime | None = None
    """Since when the oldest of them waits."""


class Caller:
    """A province's calls over one link."""

    def __init__(self, node_code: str, data_dir: Path, link: CallLink, clock: Clock) -> None:
        self._node_code = node_code
        self._data_dir = data_dir
        self._link = link
        self._clock = clock

    def ask(self, connection: Connection, operation: str, contents: bytes) -> bytes:
        """Ask the ministry. Raises ExchangeRefused for a refusal, its or ours of its answer; LinkDown."""
        now = self._clock()
        ministry = peers.find_ministry(connection)
        if ministry is None:
            raise ExchangeRefused(RefusalCode.NOT_JOINED)
        nonce = secrets.token_hex(_NONCE_BYTES)
        call = seal(
            contents,
            kind=MessageKind.CALL,
            sender=self._node_code,
            recipient=MINISTRY,
            signer=keys.own_signer(connection, self._data_dir, self._node_code, now),
            made_at=now,
            schema=ministry.write_schema,
            operation=operation,
            nonce=nonce,
        )
        with as_told():
            answer = self._link.call(call.message)
        opened = open_message(answer, find_key=keys.find_key(connection), recipient=self._node_code)
        head = opened.head
        if (head.sender, head.kind, head.nonce) != (MINISTRY, MessageKind.ANSWER, nonce):
            raise ExchangeRefused(RefusalCode.MALFORMED, "不是对这次调用的答复")
        peers.note_contact(connection, MINISTRY, accepts_schema=head.accepts_schema, now=self._clock())
        return opened.body

    def on(self, connection: Connection) -> Ask:
        """:meth:`ask` on one connection."""
        return lambda operation, contents: self.ask(connection, operation, contents)


def encode_ask(acknowledgement: bytes, backlog: Backlog) -> bytes:
    """Contents of ``feed``."""
    return encode_body(FeedAsk(acknowledgement, backlog))


decode_ask: Final[Callable[[bytes], FeedAsk]] = msgspec.msgpack.Decoder(FeedAsk).decode
decode_answer: Final[Callable[[bytes], FeedAnswer]] = msgspec.msgpack.Decoder(FeedAnswer).decode
