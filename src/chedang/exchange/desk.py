"""The ministry's side of the door between nodes, without HTTP: what comes is checked, done, and answered sealed.

Every refusal is written down as an event before it is raised. Connections are in autocommit mode; what is done is done
in transactions of its own. A province has a desk too, which says who it is and takes the ministry's keys, no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from struct import error as StructError  # noqa: N812 - the module names it in lower case
from typing import Final

import psycopg

from chedang.enterprises import codes
from chedang.exchange import calling, comparing, events, key_offers, keys, peers
from chedang.exchange.calling import FEED, HELLO, FeedAnswer, Handler
from chedang.exchange.events import EventKind
from chedang.exchange.key_offers import FRESH
from chedang.exchange.messages import (
    UNREADABLE,
    Opened,
    claimed_sender,
    encode_body,
    open_message,
    read_genuine_head,
    seal,
)
from chedang.exchange.model import (
    MINISTRY,
    SCHEMA,
    ExchangeRefused,
    Head,
    MessageKind,
    RefusalCode,
)
from chedang.exchange.outbox import Feed
from chedang.exchange.receiving import Receiver
from chedang.exchange.sending import Sender
from chedang.platform.clock import Clock
from chedang.platform.database import load_queries
from chedang.records.store import Connection

_SQL = load_queries("chedang.exchange", "calls.sql")

CALLS: Final[Mapping[str, Handler]] = {**codes.CALLS, **comparing.CALLS}
"""Operations besides those that belong to the channel."""
_NONCES_KEPT: Final = 2 * FRESH + timedelta(minutes=1)
"""A call with a later date than ours is listened to for so long."""
_UNUSABLE: Final = (psycopg.DataError, OverflowError, StructError)
"""What a number, day or text beyond all use comes to: it is the caller's fault, and no reason to try again."""
_NONCE: Final = re.compile("[0-9a-f]{32}")
Place = Callable[[Head], AbstractContextManager[None]]
"""Gives work for a sender a place while it lasts. Raises ExchangeRefused (BUSY)."""


def _no_bound(_head: Head) -> AbstractContextManager[None]:
    return nullcontext()


class Desk:
    """Answers what other nodes bring to this one."""

    def __init__(
        self,
        node_code: str,
        data_dir: Path,
        clock: Clock,
        *,
        calls: Mapping[str, Handler] = CALLS,
        place: Place = _no_bound,
    ) -> None:
        self._node_code = node_code
        self._data_dir = data_dir
        self._clock = clock
        self._place = place
        self._calls: Mapping[str, Handler] = {HELLO: _hello, FEED: self._feed} | dict(calls)

    def deliver(self, connection: Connection, message: bytes) -> bytes:
        """Apply a message of kind ITEMS; gives the sealed acknowledgement. Raises ExchangeRefused."""
        with self._admitted(connection, message):
            return self._receiver(connection).receive(connection, message)

    def call(self, connection: Connection, message: bytes) -> bytes:
        """Carry out a call; gives the sealed answer. Raises ExchangeRefused."""
        with self._admitted(connection, message):
            now = self._clock()
            opened = open_message(message, find_key=keys.find_key(connection), recipient=self._node_code)
            self._check_call(connection, opened.head, now)
            return self._answer(connection, opened.head, self._carry_out(connection, opened, now))

    def identity(self, connection: Connection) -> bytes:
        """Who this node is: JSON of :class:`chedang.exchange.key_offers.Identity`."""
        return key_offers.encode(key_offers.identity(connection, self._data_dir, self._node_code, self._clock()))

    def offer_key(self, connection: Connection, body: bytes) -> bytes:
        """Take the offer of a key: JSON of ``Offer`` in, of ``OfferTaken`` out. Raises ExchangeRefused."""
        now = self._clock()
        try:
            with connection.transaction():
                taken = key_offers.take_offer(connection, body, own_code=self._node_code, now=now)
        except ExchangeRefused as refused:
            events.write_refusal(connection, EventKind.REFUSED, "", refused, now=now)
            raise
        return key_offers.encode(taken)

    def _receiver(self, connection: Connection) -> Receiver:
        signer = keys.own_signer(connection, self._data_dir, self._node_code, self._clock())
        return Receiver(self._node_code, signer, keys.find_key(connection), self._clock)

    def _answer(self, connection: Connection, head: Head, contents: bytes) -> bytes:
        now = self._clock()
        return seal(
            contents,
            kind=MessageKind.ANSWER,
            sender=self._node_code,
            recipient=head.sender,
            signer=keys.own_signer(connection, self._data_dir, self._node_code, now),
            made_at=now,
            schema=min(SCHEMA, head.accepts_schema),
            operation=head.operation,
            nonce=head.nonce,
        ).message

    def _check_call(self, connection: Connection, head: Head, now: datetime) -> None:
        """Is it a call, new, and of our time?"""
        if head.kind is not MessageKind.CALL or not _NONCE.fullmatch(head.nonce):
            raise ExchangeRefused(RefusalCode.MALFORMED, "不是调用，或随机数不是32位十六进制")
        if abs(head.made_at - now) > FRESH:
            raise ExchangeRefused(RefusalCode.STALE_CALL, "时间相差过大")
        claim = {"sender": head.sender, "nonce": bytes.fromhex(head.nonce), "now": now}
        if connection.execute(_SQL["claim_nonce"], claim).fetchone() is None:
            raise ExchangeRefused(RefusalCode.STALE_CALL, "随机数已用过")

    def _carry_out(self, connection: Connection, opened: Opened, now: datetime) -> bytes:
        handler = self._calls.get(opened.head.operation)
        if handler is None:
            raise ExchangeRefused(RefusalCode.UNKNOWN_OPERATION)
        try:
            return handler(connection, opened.head.sender, opened.body, now)
        except (*UNREADABLE, *_UNUSABLE) as fault:
            raise ExchangeRefused(RefusalCode.MALFORMED, "调用的内容无法解读") from fault

    def _feed(self, connection: Connection, sender: str, contents: bytes, now: datetime) -> bytes:
        """The next message of the sender's feed, after what it acknowledges."""
        asked = calling.decode_ask(contents)
        peers.note_backlog(connection, sender, asked.backlog)
        signer = keys.own_signer(connection, self._data_dir, self._node_code, now)
        channel = Sender(self._node_code, sender, signer, Feed(sender), self._clock)
        if asked.acknowledgement:
            channel.acknowledge(connection, asked.acknowledgement, keys.find_key(connection))
        waiting = channel.backlog(connection)
        return encode_body(FeedAnswer(channel.pending(connection) or b"", waiting.records, waiting.since))

    @contextmanager
    def _admitted(self, connection: Connection, message: bytes) -> Iterator[None]:
        """A place for a joined province whose signature fits; only then is its body looked at.

        Whatever is refused is written down, but for what is only put off.
        """
        head: Head | None = None
        try:
            head = read_genuine_head(message, find_key=keys.find_key(connection))
            self._check_sender(connection, head)
            with self._place(head):
                yield
        except ExchangeRefused as refused:
            if refused.code is not RefusalCode.BUSY:
                self._note(connection, refused, genuine=head, claimed=claimed_sender(message))
            raise
        peers.note_contact(connection, head.sender, accepts_schema=head.accepts_schema, now=self._clock())

    def _check_sender(self, connection: Connection, head: Head) -> None:
        if self._node_code != MINISTRY:
            raise ExchangeRefused(RefusalCode.FORBIDDEN, "连接由省级节点发起")
        if peers.find_peer(connection, head.sender) is None:
            raise ExchangeRefused(RefusalCode.UNKNOWN_SENDER)

    def _note(self, connection: Connection, refused: ExchangeRefused, *, genuine: Head | None, claimed: str) -> None:
        """An event in any case; only what a node itself sent stands beside its name as its last fault."""
        now = self._clock()
        if genuine is not None:
            peers.note_fault(connection, genuine.sender, refused.code.code, now=now)
        quiet = events.QUIET if genuine is not None else events.QUIET_OF_STRANGERS
        events.write_refusal(connection, EventKind.REFUSED, claimed, refused, now=now, quiet=quiet)


def purge_nonces(connection: Connection, *, now: datetime) -> int:
    """Forget numbers of calls that are too old to be listened to anyway; gives how many."""
    return connection.execute(_SQL["purge_nonces"], {"before": now - _NONCES_KEPT}).rowcount


def _hello(_connection: Connection, _sender: str, contents: bytes, _now: datetime) -> bytes:
    """Nothing but an answer: key, clock and line are as they should be."""
    return contents
