"""Commits many waiting uploads in one transaction and answers each only after it (per process, ours).

A batch leaves when a writer is free, at most a few milliseconds after its first upload; under load, batches grow by
themselves while the writers are busy.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec
import structlog

from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.writer import RowsRefused
from chedang.records.store import Appended, NewVersion

Append = Callable[[Sequence[NewVersion]], Awaitable[list[Appended]]]
Done = Callable[[Appended | Exception], None]
"""Told what became of an upload: after its commit, or why there was none."""

_log = structlog.get_logger("gate")


class _Waiting(msgspec.Struct, gc=False):
    upload: NewVersion
    done: Done
    since_seconds: float

    def tell(self, outcome: Appended | Exception) -> None:
        """Answer; a fault of one answer must keep neither the others of the batch nor the next batches waiting."""
        try:
            self.done(outcome)
        except Exception as fault:
            _log.error("answer_failed", fault=type(fault).__name__)


class Batcher:
    """Hands batches to ``appends``, each of which has one batch at a time.

    An append must be atomic per call and need distinct record ids; a second upload of a record waits for the next
    batch. A batch that is RowsRefused is retried row by row, so one bad row costs nobody else.
    """

    def __init__(
        self,
        appends: Sequence[Append],
        *,
        max_rows: int = 500,
        prompt_rows: int = 24,
        max_wait_seconds: float = 0.002,
        max_waiting: int = 20_000,
        longest_wait_seconds: float = 1.5,
        seconds: Callable[[], float] = time.monotonic,
        observe_batch: Callable[[int], None] = lambda rows: None,
    ) -> None:
        self._free = list(appends)
        self._max_rows = max_rows
        self._prompt_rows = min(prompt_rows, max_rows)
        self._max_wait_seconds = max_wait_seconds
        self._max_waiting = max_waiting
        self._longest_wait_seconds = longest_wait_seconds
        self._seconds = seconds
        self._observe_batch = observe_batch
        self._waiting: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, upload: NewVersion) -> Appended:
        """Store one upload; returns after its commit. Raises what ``append`` raised, or Refused when overloaded."""
        answer: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()

        def done(outcome: Appended | Exception) -> None:
            if answer.done():  # the client is gone
                return
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)

        self.begin(upload, done)
        return await answer

    def begin(self, upload: NewVersion, done: Done) -> None:
        """The same without waiting: ``done`` is called later. Raises Refused when overloaded.

        Overloaded means that the oldest upload has been waiting for too long, be it behind many others or for a
        database that hangs: one that would be answered too late is better sent away at once.
        """
        now = self._seconds()
        if self._waiting and (
            now - self._waiting[0].since_seconds > self._longest_wait_seconds or len(self._waiting) >= self._max_waiting
        ):
            raise Refused(RefusalKind.UNAVAILABLE, retry_after_seconds=5)
        self._waiting.append(_Waiting(upload, done, now))
        if not self._free:
            return
        if len(self._waiting) >= self._prompt_rows:
            # Not in the next turn of the event loop: that may be many requests away.
            self._start_writers()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._max_wait_seconds, self._start_writers)

    async def drain(self) -> None:
        """Wait until everything submitted so far is answered; for an orderly stop."""
        while self._waiting or self._tasks:
            self._start_writers()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start_writers(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting and self._free:
            append, batch = self._free.pop(), self._next_batch()
            self._observe_batch(len(batch))
            try:
                storing = append([waiting.upload for waiting in batch])
            except Exception as fault:  # as below; and a writer that is not put back would never write again
                self._free.append(append)
                for waiting in batch:
                    waiting.tell(fault)
                continue
            task = asyncio.get_running_loop().create_task(self._write(append, storing, batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _next_batch(self) -> list[_Waiting]:
        """The oldest waiting uploads, one per record; a repeat stays behind for the batch after."""
        batch: dict[str, _Waiting] = {}
        behind: list[_Waiting] = []
        for waiting in self._waiting:
            if len(batch) < self._max_rows and waiting.upload.record_id not in batch:
                batch[waiting.upload.record_id] = waiting
            else:
                behind.append(waiting)
        self._waiting = behind
        return list(batch.values())

    async def _write(self, append: Append, storing: Awaitable[list[Appended]], batch: list[_Waiting]) -> None:
        try:
            await self._write_whole(append, storing, batch)
        finally:
            self._free.append(append)
            self._start_writers()

    async def _write_whole(self, append: Append, storing: Awaitable[list[Appended]], batch: list[_Waiting]) -> None:
        try:
            appended = await storing
        except Exception as fault:  # every fault must reach the clients that wait for this batch
            if len(batch) > 1 and isinstance(fault, RowsRefused):
                await self._write_singly(append, batch)
                return
            for waiting in batch:
                waiting.tell(fault)
            return
        for waiting, outcome in zip(batch, appended, strict=True):
            waiting.tell(outcome)

    async def _write_singly(self, append: Append, batch: list[_Waiting]) -> None:
        """One row at a time, so that a bad one costs no other; a database that goes away meanwhile ends it for all."""
        for position, waiting in enumerate(batch):
            try:
                (appended,) = await append([waiting.upload])
            except RowsRefused as fault:
                waiting.tell(fault)
            except Exception as fault:  # as above
                for unwritten in batch[position:]:
                    unwritten.tell(fault)
                return
            else:
                waiting.tell(appended)
