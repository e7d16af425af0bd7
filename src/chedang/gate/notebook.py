"""Notes what a shop's software was refused, and which software was seen, beside the answers (ADR 0038).

Answers never wait for it and never fail by it: a note is an object in a list; once a second what has gathered is
written in one transaction on a thread. Beyond its bounds notes are dropped, and so are those of a moment in which the
database is away.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec
import structlog

from chedang.enterprises.store import Connection
from chedang.intake import refusals, software
from chedang.intake.callers import Caller, Mark, find_caller, is_surely_proven
from chedang.intake.outcomes import Refusal
from chedang.intake.refusals import NotedRefusal, clean_client, mask_answer, note_findings
from chedang.intake.service import Intake
from chedang.intake.software import Sighting

_log = structlog.get_logger("gate")

_WRITE_EVERY_SECONDS: Final = 1.0
_MOST_WAITING: Final = 200
_MOST_STRANGERS_WAITING: Final = 50
"""Notes of one second; each may cost a look-up. Calls that prove nothing take no room from those that do."""
_A_MINUTE: Final = 30
_UNPROVEN_A_MINUTE: Final = 6
_MOST_REMEMBERED: Final = 50_000
_SEEN_FOR_SECONDS: Final = 3600.0
_MOST_ANSWER_BYTES: Final = 8192
_MOST_VALUES: Final = 64 * 1024
"""Characters; a batch of a hundred ordinary jobs has a tenth of it."""
_LONGEST_MARK: Final = 128
"""Of a name that a shop may have; a longer one is remembered nowhere, or strangers would fill the memory."""
_LONGEST_CLIENT: Final = 256


class ToldRefusal(msgspec.Struct, frozen=True):
    """A refusal as it was answered."""

    refusal: Refusal
    http_status: int
    answer: bytes
    values: tuple[str, ...]
    """What of the call must not be kept though the answer repeats it."""


class _Refused(msgspec.Struct, frozen=True):
    mark: Mark
    dialect: str
    operation: str
    told: ToldRefusal
    client: str
    at: datetime


class _Seen(msgspec.Struct, frozen=True):
    mark: Mark
    dialect: str
    client: str
    at: datetime


class Notebook:
    """One per gate, for the event loop of its process."""

    def __init__(self, intake: Intake, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._intake = intake
        self._seconds = seconds
        self._waiting: list[_Refused | _Seen] = []
        self._strangers = 0
        self._task: asyncio.Task[None] | None = None
        self._per_mark = _PerMinute(_A_MINUTE, seconds)
        self._per_unproven = _PerMinute(_UNPROVEN_A_MINUTE, seconds)
        self._seen: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    def refused(self, mark: Mark | None, dialect: str, operation: str, told: ToldRefusal, client: str) -> None:
        """A call was refused."""
        if mark is None or len(mark.text) > _LONGEST_MARK or not self._per_mark.take(mark.text):
            return
        kind = told.refusal.kind
        is_stranger = not is_surely_proven(self._intake.directory, self._intake.mint, mark, kind)
        if len(self._waiting) >= _MOST_WAITING or (is_stranger and self._strangers >= _MOST_STRANGERS_WAITING):
            return
        self._strangers += is_stranger
        told = msgspec.structs.replace(told, answer=told.answer[:_MOST_ANSWER_BYTES], values=_bounded(told.values))
        self._add(_Refused(mark, dialect, operation, told, client[:_LONGEST_CLIENT], self._intake.clock()))

    def seen(self, mark: Mark | None, dialect: str, client: str) -> None:
        """A call went well. The same one again is noted once an hour."""
        if mark is None or len(mark.text) > _LONGEST_MARK:
            return
        client = client[:_LONGEST_CLIENT]
        key = (dialect, mark.text, client)
        now = self._seconds()
        if self._seen.get(key, 0.0) > now or len(self._waiting) >= _MOST_WAITING:
            return
        self._seen[key] = now + _SEEN_FOR_SECONDS
        self._seen.move_to_end(key)
        if len(self._seen) > _MOST_REMEMBERED:
            self._seen.popitem(last=False)
        self._add(_Seen(mark, dialect, client, self._intake.clock()))

    async def close(self) -> None:
        """Write what waits."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._write()

    def _add(self, note: _Refused | _Seen) -> None:
        self._waiting.append(note)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._write_soon())

    async def _write_soon(self) -> None:
        while self._waiting:
            await asyncio.sleep(_WRITE_EVERY_SECONDS)
            await self._write()
        self._task = None

    async def _write(self) -> None:
        notes, self._waiting, self._strangers = self._waiting, [], 0
        try:
            callers = [await self._find(note) for note in notes]
            known = [(note, caller) for note, caller in zip(notes, callers, strict=True) if caller is not None]
            if known:
                await self._intake.run(lambda connection: _keep(connection, known))
        except Exception as fault:  # best effort: nobody waits for a note
            _log.warning("notes_dropped", notes=len(notes), fault=type(fault).__name__)

    async def _find(self, note: _Refused | _Seen) -> Caller | None:
        kind = note.told.refusal.kind if isinstance(note, _Refused) else None
        caller = await find_caller(self._intake.directory, self._intake.mint, note.mark, kind)
        if caller is None or caller.is_proven:
            return caller
        return caller if kind is not None and self._per_unproven.take(caller.company_code) else None


def _bounded(values: tuple[str, ...]) -> tuple[str, ...]:
    """Of each no more than an answer of the kept length can repeat, and of all no more than is held for a second."""
    kept, left = [], _MOST_VALUES
    for value in values:
        kept.append(value[: min(left, _MOST_ANSWER_BYTES)])
        left -= len(kept[-1])
        if not left:
            break
    return tuple(kept)


class _PerMinute:
    """So many of each key in a minute; bounded."""

    def __init__(self, most: int, seconds: Callable[[], float]) -> None:
        self._most = most
        self._seconds = seconds
        self._taken: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str) -> bool:
        now = self._seconds()
        until, count = self._taken.get(key, (0.0, 0))
        if until <= now:
            until, count = now + 60.0, 0
        self._taken[key] = (until, count + 1)
        if len(self._taken) > _MOST_REMEMBERED:
            self._taken.popitem(last=False)
        return count < self._most


def _keep(connection: Connection, known: list[tuple[_Refused | _Seen, Caller]]) -> None:
    """In a thread: masking takes longer than noting."""
    refusals.keep(connection, [_noted(note, caller) for note, caller in known if isinstance(note, _Refused)])
    software.note(
        connection,
        [
            Sighting(caller.company_code, note.dialect, clean_client(note.client), note.at)
            for note, caller in known
            if isinstance(note, _Seen)
        ],
    )


def _noted(note: _Refused, caller: Caller) -> NotedRefusal:
    return NotedRefusal(
        caller.company_code,
        caller.is_proven,
        note.dialect,
        note.operation,
        note.told.refusal.kind.code,
        note.told.http_status,
        mask_answer(note.told.answer, note.told.values),
        note_findings(note.told.refusal.findings),
        clean_client(note.client),
        note.at,
    )
