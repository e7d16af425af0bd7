"""Sending what lies in the spool: hand in, ask, keep the outcomes; wait and try again when the node cannot answer.

Safe to be killed anywhere: a batch is handed in again under the same key, and the node takes it once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from chedang.intake.uploader.client import NodeClient, NotAccepted, SecretRefused, Unavailable, Unknown, refused
from chedang.intake.uploader.spool import Batch, Spool

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 60.0
_FIRST_POLL_SECONDS = 0.1
_LONGEST_POLL_SECONDS = 2.0
_MOST_RESENDINGS = 3


class Ending(Enum):
    """How a drain of one upload ended."""

    ANSWERED = "answered"
    """There is an outcome for every job."""
    WAITING = "waiting"
    """The rest stays in the spool."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to go on without progress. ``give_up_after_seconds`` 0: at the first failure."""

    give_up_after_seconds: float
    wait_for_outcomes: bool = True


class Backoff:
    """Pauses that double up to a minute, each shortened by chance so that many clients do not come back together."""

    def __init__(self, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self._uniform = uniform
        self._ceiling = _FIRST_PAUSE_SECONDS

    def next_seconds(self, retry_after_seconds: float | None) -> float:
        """The next pause: never shorter than the node asks for."""
        pause = self._uniform(self._ceiling / 2, self._ceiling)
        self._ceiling = min(self._ceiling * 2, _LONGEST_PAUSE_SECONDS)
        return pause if retry_after_seconds is None else retry_after_seconds + pause * 0.1

    def reset(self) -> None:
        self._ceiling = _FIRST_PAUSE_SECONDS


class Drain:
    """Sends one spool's uploads. The caller holds the spool's lock."""

    def __init__(
        self,
        spool: Spool,
        client: NodeClient,
        patience: Patience,
        *,
        on_progress: Callable[[int], None] = lambda _jobs: None,
        on_pause: Callable[[str, float], None] = lambda _reason, _seconds: None,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``on_progress`` gets the number of jobs newly answered, ``on_pause`` why and how many seconds it waits."""
        self._spool = spool
        self._client = client
        self._patience = patience
        self._on_progress = on_progress
        self._on_pause = on_pause
        self._sleep = sleep
        self._monotonic = monotonic
        self._backoff = Backoff()
        self._last_progress = monotonic()
        self._resent = 0

    def run(self, upload_id: int) -> Ending:
        """Send one upload as far as patience goes. Raises SecretRefused, and Unknown for a wrong address."""
        self._last_progress = self._monotonic()
        try:
            for batch in self._spool.batches(upload_id):
                if batch.remote_id is None and not batch.is_done:
                    self._try(self._hand_in, batch)
            if self._patience.wait_for_outcomes:
                for batch in self._spool.batches(upload_id):
                    self._follow(batch)
        except _PatienceIsOver:
            pass
        is_done = all(batch.is_done for batch in self._spool.batches(upload_id))
        return Ending.ANSWERED if is_done else Ending.WAITING

    def _hand_in(self, batch: Batch) -> Batch:
        try:
            remote_id = self._client.send_batch(self._spool.body(batch), batch.key)
        except (SecretRefused, Unknown):
            raise
        except NotAccepted as fault:
            self._on_progress(batch.lines - batch.answered)
            return self._spool.answer(batch, [refused(str(fault))] * (batch.lines - batch.answered))
        return self._spool.acknowledge(batch, remote_id)

    def _follow(self, batch: Batch) -> None:
        """Read the outcomes of one batch until they are complete."""
        pause = _FIRST_POLL_SECONDS
        while not batch.is_done:
            before = batch
            step = self._hand_in if batch.remote_id is None else self._take_outcomes
            batch = self._try(step, batch)
            if batch != before:
                pause = _FIRST_POLL_SECONDS
            else:
                self._pause(pause)
                pause = min(pause * 2, _LONGEST_POLL_SECONDS)

    def _take_outcomes(self, batch: Batch) -> Batch:
        try:
            results = self._client.outcomes(batch.remote_id or "", batch.answered + 1)
        except Unknown:
            # The node was restored from an older backup: sent again, each record is still taken only once.
            self._resent += 1
            if self._resent > _MOST_RESENDINGS:
                raise
            self._on_progress(-batch.answered)
            return self._spool.forget(batch)
        results = results[: batch.lines - batch.answered]
        if results:
            self._on_progress(len(results))
            return self._spool.answer(batch, results)
        return batch

    def _try(self, step: Callable[[Batch], Batch], batch: Batch) -> Batch:
        """Take a step until it is taken; gives the batch as it then is."""
        while True:
            try:
                done = step(batch)
            except Unavailable as fault:
                self._pause(self._backoff.next_seconds(fault.retry_after_seconds), str(fault))
                continue
            self._backoff.reset()
            if done != batch:
                self._last_progress = self._monotonic()
            return done

    def _pause(self, seconds: float, failure: str = "") -> None:
        """Wait, unless that would take longer than patience goes."""
        waited = self._monotonic() - self._last_progress
        if waited + seconds > self._patience.give_up_after_seconds:
            raise _PatienceIsOver
        if failure:
            self._on_pause(failure, seconds)
        self._sleep(seconds)


class _PatienceIsOver(Exception):
    """Nothing moved for too long."""
