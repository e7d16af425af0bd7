"""What the worker does with accepted batches: judge and store a chunk at a time, and write down what became of it.

A chunk is one transaction: its records and its outcomes are there together or not at all, so a killed worker neither
loses a line nor does one twice. Any number of workers may run; the lines of one shop are stored in the order in which
they came.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog

from chedang.enterprises.store import names
from chedang.intake import batches, idempotency
from chedang.intake.batches import LineFate, Lines, StoredOutcome, StoredRefusal
from chedang.intake.families import Mode
from chedang.intake.outcomes import RefusalKind
from chedang.intake.service import Judge, new_version
from chedang.platform.clock import Clock
from chedang.platform.database import connect, is_data_fault, is_unavailable, load_queries
from chedang.records.model import Finding, RecordText
from chedang.records.readback import read_head_versions
from chedang.records.rules import refuses
from chedang.records.store import Appended, Connection, NewVersion, append

_IDLE_SECONDS: Final = 0.2
_RETRY_SECONDS: Final = 1.0
_PURGE_EVERY: Final = timedelta(hours=1)
_NOTHING: Final = RecordText()
_REFUSED_LATER: Final = StoredRefusal(RefusalKind.CONFLICT.code, "批次处理前已收到该结算清单的新内容，未覆盖")
_REFUSED_BY_STORE: Final = StoredRefusal(RefusalKind.NOT_ACCEPTABLE.code, "内容无法保存")

_SQL = load_queries("chedang.intake", "batches.sql")
_log = structlog.get_logger(__name__)


class _Chunk(msgspec.Struct, frozen=True):
    """Row of ``take_chunk``."""

    batch_id: UUID
    first_line: int
    line_count: int
    company_code: str
    due_at: datetime
    lines: bytes
    dialect: str
    received_at: datetime


class _Ready(msgspec.Struct, frozen=True, gc=False):
    """A line that was judged and may be stored."""

    place: int
    version: NewVersion
    findings: tuple[Finding, ...]


class _Overtaken(Exception):
    """Another worker gave earlier lines of this shop up; they come first."""


class BatchWorker:
    """Works on batches over a connection in autocommit mode, which is given to each call."""

    def __init__(self, *, judge: Judge, mode_of: Callable[[str], Mode], clock: Clock) -> None:
        self._judge = judge
        self._mode_of = mode_of
        self._clock = clock
        self._purged_at: datetime | None = None

    def step(self, connection: Connection) -> bool:
        """Do the chunk that is due; False when nothing waits. Raises the driver's error with nothing done."""
        chunk: _Chunk | None = None
        try:
            with connection.transaction():
                row = connection.execute(_SQL["take_chunk"]).fetchone()
                if row is None:
                    return False
                chunk = _Chunk(*row)
                self._do(connection, chunk)
        except _Overtaken:
            return True
        except Exception as fault:
            if chunk is None or is_unavailable(fault):
                raise
            # Nobody else's batches wait for a chunk that cannot be done. No text of the fault: it may quote a row.
            _log.error("chunk_failed", batch=str(chunk.batch_id), line=chunk.first_line, fault=type(fault).__name__)
            connection.execute(_SQL["postpone"], {"company_code": chunk.company_code})
        return True

    def purge(self, connection: Connection) -> None:
        """Forget old batches and keys, once an hour."""
        now = self._clock()
        if self._purged_at is None or now - self._purged_at >= _PURGE_EVERY:
            with connection.transaction():
                batches.purge(connection, now=now)
                idempotency.purge(connection, now=now)
            self._purged_at = now

    def _do(self, connection: Connection, chunk: _Chunk) -> None:
        lines = batches.unpack_lines(chunk.lines)
        registered = names(connection, [chunk.company_code])
        outcomes, ready = self._judge_lines(chunk, lines, registered.get(chunk.company_code, ""))
        order = {"company_code": chunk.company_code, "due_at": chunk.due_at}
        if connection.execute(_SQL["earlier_chunks"], order).fetchone() is not None:
            raise _Overtaken
        _store(connection, chunk, ready, outcomes)
        _save(connection, chunk, [outcome for outcome in outcomes if outcome is not None], self._clock())

    def _judge_lines(
        self, chunk: _Chunk, lines: Lines, registered_name: str
    ) -> tuple[list[StoredOutcome | None], list[_Ready]]:
        """Outcomes of the lines that are refused, in their places, and the others ready to be stored."""
        outcomes: list[StoredOutcome | None] = [None] * len(lines.records)
        ready: list[_Ready] = []
        mode = self._mode_of(chunk.dialect)
        for place, text in enumerate(lines.records):
            if text is None:
                refusal = lines.refusals[place]
                outcomes[place] = StoredOutcome("", LineFate.REFUSED, findings=refusal.findings, refusal=refusal)
                continue
            if text == _NOTHING:
                outcomes[place] = _refused(text, RefusalKind.EMPTY_RECORD)
                continue
            judgement = self._judge(text, registered_name=registered_name, received_at=chunk.received_at)
            if refuses(judgement, mode):
                outcomes[place] = _refused(text, RefusalKind.NOT_ACCEPTABLE, judgement.findings)
                continue
            version = new_version(judgement, chunk.company_code, chunk.dialect, chunk.received_at)
            ready.append(_Ready(place, version, judgement.findings))
        return outcomes, ready


def _refused(text: RecordText, kind: RefusalKind, findings: tuple[Finding, ...] = ()) -> StoredOutcome:
    refusal = StoredRefusal(kind.code, findings=findings)
    return StoredOutcome(text.settlement_list_number, LineFate.REFUSED, findings=findings, refusal=refusal)


def _store(
    connection: Connection, chunk: _Chunk, ready: Sequence[_Ready], outcomes: list[StoredOutcome | None]
) -> None:
    """Append what is ready, in the caller's transaction, and fill in its outcomes."""
    newer = _find_newer(connection, chunk, ready)
    for line in ready:
        if line.version.record_id in newer:
            outcomes[line.place] = _outcome_of(line, LineFate.REFUSED, None, _REFUSED_LATER)
    for piece in _distinct([line for line in ready if line.version.record_id not in newer]):
        results = _append(connection, piece)
        unchanged = [result.record_id for result in results if result is not None and result.version is None]
        held = read_head_versions(connection, unchanged) if unchanged else {}
        for line, result in zip(piece, results, strict=True):
            outcomes[line.place] = _outcome_of_append(line, result, held)


def _outcome_of_append(line: _Ready, result: Appended | None, held: Mapping[str, int]) -> StoredOutcome:
    if result is None:
        return _outcome_of(line, LineFate.REFUSED, None, _REFUSED_BY_STORE)
    if result.version is None:
        return _outcome_of(line, LineFate.UNCHANGED, held.get(result.record_id))
    return _outcome_of(line, LineFate.CREATED if result.version == 1 else LineFate.AMENDED, result.version)


def _outcome_of(
    line: _Ready, fate: LineFate, version: int | None, refusal: StoredRefusal | None = None
) -> StoredOutcome:
    record = line.version
    record_id = None if fate is LineFate.REFUSED else record.record_id
    return StoredOutcome(record.settlement_list_number, fate, record_id, version, line.findings, refusal)


def _find_newer(connection: Connection, chunk: _Chunk, ready: Sequence[_Ready]) -> set[str]:
    """Records that got content after the batch was received: an older line must not cover it."""
    since = {"company_code": chunk.company_code, "received_at": chunk.received_at}
    (has_newer,) = connection.execute(_SQL["has_newer"], since).fetchone() or (False,)
    if not has_newer:
        return set()
    record_ids = [line.version.record_id for line in ready]
    return {row[0] for row in connection.execute(_SQL["find_newer"], since | {"record_ids": record_ids})}


def _distinct(lines: Sequence[_Ready]) -> Iterator[list[_Ready]]:
    """Runs of lines in which no record occurs twice: one append takes each record once."""
    piece: list[_Ready] = []
    seen: set[str] = set()
    for line in lines:
        if line.version.record_id in seen:
            yield piece
            piece, seen = [], set()
        piece.append(line)
        seen.add(line.version.record_id)
    if piece:
        yield piece


def _append(connection: Connection, piece: Sequence[_Ready]) -> Sequence[Appended | None]:
    """Append a run of lines; ``None`` for a line whose values the database refuses, which costs no other line."""
    try:
        with connection.transaction():
            return append(connection, [line.version for line in piece])
    except Exception as fault:
        if not is_data_fault(fault):
            raise
        if len(piece) == 1:
            return [None]
    return [result for line in piece for result in _append(connection, [line])]


def _save(connection: Connection, chunk: _Chunk, outcomes: Sequence[StoredOutcome], now: datetime) -> None:
    fates = [outcome.outcome for outcome in outcomes]
    parameters: dict[str, Any] = {
        "batch_id": chunk.batch_id,
        "first_line": chunk.first_line,
        "outcomes": batches.pack_outcomes(outcomes),
        "now": now,
    } | {fate.value: fates.count(fate) for fate in LineFate}
    connection.execute(_SQL["save_outcomes"], parameters)
    connection.execute(_SQL["finish_batch"], parameters)


def work(database_url: str, stop: threading.Event, worker: BatchWorker, *, name: str = "chedang-batches") -> None:
    """Work on batches until ``stop`` is set; a database that is away is waited for."""
    while not stop.is_set():
        try:
            with connect(database_url, name=name, autocommit=True) as connection:
                while not stop.is_set():
                    if not worker.step(connection):
                        worker.purge(connection)
                        stop.wait(_IDLE_SECONDS)
        except Exception as fault:
            if not is_unavailable(fault):
                raise
            _log.warning("database unavailable, trying again", retry_seconds=_RETRY_SECONDS)
            stop.wait(_RETRY_SECONDS)
