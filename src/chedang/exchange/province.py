"""A province's steps towards the ministry: bring what waits, collect what is there, exchange keys (ours).

Each step does a piece of work and says how much it did; loops and pauses are the caller's. What goes wrong is written
beside the ministry's name and raised on. Connections are in autocommit mode.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from chedang.enterprises import known
from chedang.exchange import calling, events, key_offers, keys, peers
from chedang.exchange.calling import FEED, Ask, Caller, FeedAnswer
from chedang.exchange.channels import Direction, read_channel
from chedang.exchange.events import EventKind
from chedang.exchange.keys import KeyState
from chedang.exchange.link import Link, LinkDown, ToldRefused, as_told
from chedang.exchange.messages import UNREADABLE
from chedang.exchange.model import MINISTRY, Backlog, ExchangeRefused, RefusalCode
from chedang.exchange.outbox import OwnOutbox
from chedang.exchange.receiving import Receiver, under_key
from chedang.exchange.sending import Sender
from chedang.exchange.steps import Reached, Step, nowhere
from chedang.platform.clock import Clock
from chedang.records.store import Connection, read_position, save_position

LINK_DOWN = "LINK_DOWN"
"""What stands beside a peer's name while there is no line to it."""
_INTRODUCED = "shops-introduced"
"""Kept like a position in the feed of changes: 1 when it is done."""
_NUMBERING = frozenset({RefusalCode.OUT_OF_ORDER, RefusalCode.REPLAYED, RefusalCode.FORKED})
"""What trying again cannot mend: an operator has to let one side begin anew."""
_MANY = 1000
_COUNTED_FOR = timedelta(seconds=10)
_KEY_FAULTS = frozenset({RefusalCode.UNKNOWN_KEY, RefusalCode.KEY_ENDED})


class Province:
    """This node towards the ministry, over one link. The database knows the rest, so a new one goes on where the last
    one stopped."""

    def __init__(self, node_code: str, data_dir: Path, link: Link, clock: Clock, *, reached: Reached = nowhere) -> None:
        self._node_code = node_code
        self._data_dir = data_dir
        self._link = link
        self._clock = clock
        self._reached = reached
        self._caller = Caller(node_code, data_dir, link, clock)
        self._has_introduced = False
        self._counted = clock(), Backlog(0, None)

    def make_ahead(self, connection: Connection) -> int:
        """Make the next message, maybe while another one is under way; gives its items, 0 when nothing waits or enough
        lies ready."""
        self._introduce_shops(connection)
        return self._sender(connection).prepare(connection)

    def bring(self, connection: Connection) -> int:
        """Bring the oldest message, made now if none lies ready; gives how many were acknowledged, 0 or 1.

        Raises ExchangeRefused and LinkDown; the same message is brought again next time.
        """
        self._introduce_shops(connection)
        sender = self._sender(connection)
        message = sender.pending(connection)
        if message is None and sender.prepare(connection):
            message = sender.pending(connection)
        if message is None:
            return 0
        self._reached(Step.MESSAGE_TAKEN)
        with self._with_ministry(connection, EventKind.UP_BROKEN):
            with as_told():
                acknowledgement = self._link.deliver(message)
            self._reached(Step.ANSWER_CAME)
            sender.acknowledge(connection, acknowledgement, keys.find_key(connection))
        events.set_alarm(connection, EventKind.UP_BROKEN, MINISTRY, holds=False, now=self._clock())
        peers.note_contact(connection, MINISTRY, now=self._clock())
        return 1

    def collect(self, connection: Connection) -> int:
        """Ask for the feed, saying what was applied last, and apply what comes; gives how many messages, 0 or 1.

        Raises ExchangeRefused and LinkDown; the ministry gives the same message again until it is acknowledged.
        """
        asked = calling.encode_ask(self._acknowledgement(connection), self._backlog(connection))
        with self._with_ministry(connection, EventKind.DOWN_BROKEN):
            answer = _read_answer(self._caller.ask(connection, FEED, asked))
            self._reached(Step.FEED_CAME)
            peers.note_backlog(connection, MINISTRY, Backlog(answer.waiting, answer.since))
            if answer.message:
                self._receiver(connection).receive(connection, answer.message)
        events.set_alarm(connection, EventKind.DOWN_BROKEN, MINISTRY, holds=False, now=self._clock())
        return 1 if answer.message else 0

    def ask(self, connection: Connection) -> Ask:
        """Calls of other parts (comparison, allocation) over the same link; what goes wrong is written down too."""

        def ask(operation: str, contents: bytes) -> bytes:
            with self._with_ministry(connection):
                return self._caller.ask(connection, operation, contents)

        return ask

    def offer_new_key(self, connection: Connection) -> KeyState | None:
        """Bring a key of this node that waits to take over, signed by the one in use; None when none waits.

        It takes over here once the ministry has it, so that nothing is signed with a key that the ministry lacks.
        Raises ExchangeRefused and LinkDown.
        """
        own = {key.key_id: key for key in keys.keys_of(connection, self._node_code)}
        waiting = [
            signer
            for signer in keys.own_signers(self._data_dir)
            if signer.key_id in own and own[signer.key_id].state is KeyState.PENDING
        ]
        if not waiting:
            return None
        now, offered = self._clock(), waiting[-1]
        in_use = keys.own_signer(connection, self._data_dir, self._node_code, now)
        offer = key_offers.make_offer(
            self._node_code, offered, by=in_use, valid_from=own[offered.key_id].valid_from, now=now
        )
        taken = self._offer(connection, offer)
        if taken is KeyState.ACTIVE:
            with connection.transaction():
                keys.approve(connection, self._node_code, offered.key_id, by=MINISTRY, now=now)
        return taken

    def offer_first_key(self, connection: Connection) -> KeyState:
        """Bring the key in use, signed by itself: it waits at the ministry for an operator. Again: how it stands.

        Raises ExchangeRefused and LinkDown.
        """
        now = self._clock()
        signer = keys.own_signer(connection, self._data_dir, self._node_code, now)
        own = {key.key_id: key for key in keys.keys_of(connection, self._node_code)}
        valid_from = own[signer.key_id].valid_from
        return self._offer(
            connection, key_offers.make_offer(self._node_code, signer, by=signer, valid_from=valid_from, now=now)
        )

    def refresh_keys(self, connection: Connection) -> int:
        """Take the ministry's keys that one we trust vouches for; gives how many are new. Raises as above."""
        with as_told():
            told = key_offers.read_identity(self._link.identity())
        if told.node_code != MINISTRY:
            raise ExchangeRefused(RefusalCode.WRONG_RECIPIENT, "对方不是部级节点")
        with connection.transaction():
            return key_offers.learn_keys(connection, told, own_code=self._node_code, now=self._clock())

    def _offer(self, connection: Connection, offer: key_offers.Offer) -> KeyState:
        with self._with_ministry(connection):
            with as_told():
                answer = self._link.offer_key(key_offers.encode(offer))
            return key_offers.read_taken(answer).state

    def _introduce_shops(self, connection: Connection) -> None:
        """Before the first message, so that no record comes before its shop."""
        if not self._has_introduced:
            introduce_shops(connection, now=self._clock())
            self._has_introduced = True

    def _backlog(self, connection: Connection) -> Backlog:
        """What waits here. Much of it takes long to count, and is not counted anew every second."""
        now = self._clock()
        counted_at, backlog = self._counted
        if backlog.records < _MANY or abs(now - counted_at) >= _COUNTED_FOR:
            backlog = self._sender(connection).backlog(connection)
            self._counted = now, backlog
        return backlog

    def _acknowledgement(self, connection: Connection) -> bytes:
        """Of the last message applied; b'' before the first."""
        channel = read_channel(connection, MINISTRY, Direction.IN)
        if channel is None or not channel.acknowledgement:
            return b""
        now = self._clock()
        signer = keys.own_signer(connection, self._data_dir, self._node_code, now)
        return under_key(channel.acknowledgement, signer, now)

    def _sender(self, connection: Connection) -> Sender:
        signer = keys.own_signer(connection, self._data_dir, self._node_code, self._clock())
        return Sender(self._node_code, MINISTRY, signer, OwnOutbox(), self._clock, self._reached)

    def _receiver(self, connection: Connection) -> Receiver:
        signer = keys.own_signer(connection, self._data_dir, self._node_code, self._clock())
        return Receiver(self._node_code, signer, keys.find_key(connection), self._clock, self._reached)

    @contextmanager
    def _with_ministry(self, connection: Connection, broken: EventKind | None = None) -> Iterator[None]:
        """What goes wrong inside is written down. After an answer under a key we lack, the ministry is asked who it is:
        it may have a new one, for which the one we know vouches; the next step then succeeds. ``broken``: the alarm for
        numbers that do not fit."""
        try:
            yield
        except LinkDown:
            peers.note_fault(connection, MINISTRY, LINK_DOWN, now=self._clock())
            raise
        except ExchangeRefused as refused:
            now, is_told = self._clock(), isinstance(refused, ToldRefused)
            peers.note_fault(connection, MINISTRY, refused.code.code, now=now)
            if refused.code is not RefusalCode.BUSY:
                kind = EventKind.REFUSED_THERE if is_told else EventKind.REFUSED
                events.write_refusal(connection, kind, MINISTRY, refused, now=now)
            if broken is not None and refused.code in _NUMBERING:
                detail = f"{refused.code.code} (chedang node restart-channel)"
                events.set_alarm(connection, broken, MINISTRY, holds=True, detail=detail, now=now)
            if not is_told and refused.code in _KEY_FAULTS:
                self.refresh_keys(connection)
            raise


def introduce_shops(connection: Connection, *, now: datetime) -> int:
    """Tell of every shop of this node, once: those that were here before it joined. Gives how many."""
    with connection.transaction():
        if read_position(connection, _INTRODUCED):
            return 0
        save_position(connection, _INTRODUCED, 1)
        return known.announce_all(connection, now)


def _read_answer(contents: bytes) -> FeedAnswer:
    try:
        return calling.decode_answer(contents)
    except UNREADABLE as fault:
        raise ExchangeRefused(RefusalCode.MALFORMED, "不是对 feed 的答复") from fault
