"""Lines of the simulation: cut, slow, in the wrong order, twice, or with an answer that never comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg

from chedang.exchange.desk import Desk
from chedang.exchange.link import LinkDown
from chedang.exchange.model import ExchangeRefused
from chedang.fiction.network.chaos import Chaos, Killed
from chedang.fiction.network.nodes import SimulatedMinistry
from chedang.records.store import Connection

_LONGEST_DELAY_MINUTES = 180
_Work = Callable[[Desk, Connection], bytes]


class _Late(NamedTuple):
    """A message that is still under way, though whoever sent it has given up."""

    due_at: datetime
    work: _Work


class SimulatedLink:
    """One province's line to the ministry (:class:`chedang.exchange.link.Link`)."""

    def __init__(self, ministry: SimulatedMinistry, chaos: Chaos) -> None:
        self._ministry = ministry
        self._chaos = chaos
        self._late: list[_Late] = []
        self.is_cut = False
        self.slow_share = 0.0
        """Share of messages that arrive much later, after others that were sent after them."""
        self.lost_answer_share = 0.0
        self.twice_share = 0.0

    def deliver(self, message: bytes) -> bytes:
        """See :class:`Link`."""
        return self._bring(lambda desk, connection: desk.deliver(connection, message))

    def call(self, message: bytes) -> bytes:
        """See :class:`Link`."""
        return self._bring(lambda desk, connection: desk.call(connection, message))

    def identity(self) -> bytes:
        """See :class:`Link`."""
        return self._bring(lambda desk, connection: desk.identity(connection))

    def offer_key(self, offer: bytes) -> bytes:
        """See :class:`Link`."""
        return self._bring(lambda desk, connection: desk.offer_key(connection, offer))

    def arrive(self, now: datetime) -> None:
        """What is due arrives, in whatever order; its answers reach nobody."""
        due = [late for late in self._late if late.due_at <= now]
        self._late = [late for late in self._late if late.due_at > now]
        self._chaos.random.shuffle(due)
        for late in due:
            self._unheard(late.work)

    def _bring(self, work: _Work) -> bytes:
        if self.is_cut:
            raise LinkDown("cut")
        if self._chaos.happens(self.slow_share, "arrived late"):
            minutes = self._chaos.random.uniform(1, _LONGEST_DELAY_MINUTES)
            self._late.append(_Late(self._ministry.clock.now + timedelta(minutes=minutes), work))
            raise LinkDown("no answer in time")
        if self._chaos.happens(self.twice_share, "arrived twice"):
            self._unheard(work)
        answer = self._at_desk(work)
        if self._chaos.happens(self.lost_answer_share, "answer lost"):
            raise LinkDown("no answer")
        return answer

    def _unheard(self, work: _Work) -> None:
        try:
            self._at_desk(work)
        except (ExchangeRefused, LinkDown):
            self._chaos.counts["refused unheard"] += 1

    def _at_desk(self, work: _Work) -> bytes:
        answers: list[bytes] = []

        def answer(connection: Connection) -> int:
            answers.append(work(self._ministry.desk(), connection))
            return 1

        try:
            self._ministry.run("gate", answer)
        except psycopg.OperationalError as fault:
            raise LinkDown("the ministry's database is away") from fault
        except Killed as fault:
            raise LinkDown("the ministry's gate has ended") from fault
        if not answers:
            raise LinkDown("the ministry's gate has ended")
        return answers[0]
