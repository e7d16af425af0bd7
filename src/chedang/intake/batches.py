"""批次: many records in one call, accepted at once and judged by the worker soon after (ADR 0014).

What was accepted is durable: the lines stand in the database, compressed, before the client gets its number. They go
when what became of them is known; that is kept for 30 days. Only the 13 elements of a line are ever written.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

import msgspec

from chedang.intake import idempotency
from chedang.intake.outcomes import Refusal, RefusalKind, Refused
from chedang.platform.database import load_queries
from chedang.records.identity import encode_content
from chedang.records.model import Finding, RecordText
from chedang.records.store import Connection

MAX_LINES: Final = 10_000
NATIVE: Final = "native"
"""What records of the native interface are stored under, as dialects are under their names."""
KEPT: Final = timedelta(days=30)
"""How long after its end a batch can be asked about."""

# A shop that was cut off for a month sends perhaps ten; more that wait are a loop in somebody's software.
_MOST_WAITING_BATCHES: Final = 20
_MOST_WAITING_CHUNKS: Final = 10_000
_WAIT_SECONDS: Final = 30
# One chunk is judged and stored in one piece, so what one can hold is bounded: lines, rows of parts and items, bytes.
_CHUNK_LINES: Final = 500
_CHUNK_ROWS: Final = 10_000
_CHUNK_BYTES: Final = 2 * 1024 * 1024
# Between the chunks of one shop in the queue: those of a large batch leave room for everybody's small ones.
_STEP: Final = timedelta(milliseconds=50)

_SQL = load_queries("chedang.intake", "batches.sql")


class LineFate(StrEnum):
    """What became of one line."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    AMENDED = "amended"
    REFUSED = "refused"


class LineOutcome(msgspec.Struct, frozen=True):
    """What became of one line, by its number from 1."""

    line: int
    settlement_list_number: str
    outcome: LineFate
    record_id_hex: str | None = None
    version: int | None = None
    """The version that holds this content; ``None`` for a refused line."""
    findings: tuple[Finding, ...] = ()
    refusal: Refusal | None = None


class BatchState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class Batch(msgspec.Struct, frozen=True):
    """How far one batch is."""

    batch_id: UUID
    company_code: str
    lines: int
    received_at: datetime
    finished_at: datetime | None
    done: int
    created: int
    unchanged: int
    amended: int
    refused: int

    @property
    def state(self) -> BatchState:
        if self.finished_at is not None:
            return BatchState.DONE
        return BatchState.RUNNING if self.done else BatchState.WAITING


class StoredRefusal(msgspec.Struct, frozen=True, array_like=True):
    """A refusal as it is written down: by its code."""

    code: str
    detail: str = ""
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, refusal: Refusal) -> StoredRefusal:
        return cls(refusal.kind.code, refusal.detail, refusal.findings)

    def restore(self) -> Refusal:
        return Refusal(RefusalKind[self.code], self.detail, findings=self.findings)


class Lines(msgspec.Struct, frozen=True):
    """The lines of one chunk; a refused one is ``null`` and stands among the refusals by its place."""

    records: list[RecordText | None]
    refusals: dict[int, StoredRefusal]


class StoredOutcome(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line's outcome as it is written down, without its number."""

    settlement_list_number: str
    outcome: LineFate
    record_id_hex: str | None = None
    version: int | None = None
    findings: tuple[Finding, ...] = ()
    refusal: StoredRefusal | None = None


_encode = msgspec.json.Encoder().encode
_decode_lines = msgspec.json.Decoder(Lines).decode
_decode_outcomes = msgspec.json.Decoder(list[StoredOutcome]).decode


def create_batch(
    connection: Connection,
    company_code: str,
    lines: Iterable[RecordText | Refusal],
    *,
    actor: str,
    now: datetime,
    idempotency_key: str | None = None,
    dialect: str = NATIVE,
) -> UUID:
    """Accept a batch and return its number; durable once the caller's transaction is committed.

    ``lines`` is gone through once, before the first statement; a Refusal among them becomes the outcome of its line.
    The same ``idempotency_key`` with the same lines gives the batch that is there. ``actor``: account of the site, ''
    for the shop's own software. Raises Refused: TOO_MANY_ROWS, TOO_FAST while too many batches of this shop wait,
    UNAVAILABLE while too much waits for all, CONFLICT for a used key; and whatever ``lines`` raises.
    """
    packed = _Packed(lines)
    batch_id = uuid4()
    if idempotency_key is not None:
        claim = idempotency.Claim(company_code, idempotency_key, "batch", packed.digest, batch_id=batch_id)
        earlier = idempotency.claim(connection, claim, now=now)
        if earlier is not None:
            return _same_batch(earlier, packed.digest)
    connection.execute(_SQL["lock_company"], {"company_code": company_code})
    due_at = _next_place(connection, company_code, now)
    connection.execute(
        _SQL["insert_batch"],
        {
            "batch_id": batch_id,
            "company_code": company_code,
            "actor": actor,
            "dialect": dialect,
            "line_count": packed.line_count,
            "received_at": now,
            "finished_at": None if packed.line_count else now,
        },
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            _SQL["insert_chunk"],
            [
                {
                    "batch_id": batch_id,
                    "first_line": chunk.first_line,
                    "line_count": chunk.line_count,
                    "company_code": company_code,
                    "due_at": due_at + number * _STEP,
                    "lines": chunk.lines,
                }
                for number, chunk in enumerate(packed.chunks)
            ],
        )
    return batch_id


def read_batch(connection: Connection, batch_id: UUID) -> Batch | None:
    """How far a batch is; ``None`` for an unknown one and 30 days after its end."""
    row = connection.execute(_SQL["read_batch"], {"batch_id": batch_id}).fetchone()
    return None if row is None else Batch(*row)


def read_outcomes(connection: Connection, batch_id: UUID, from_line: int = 1) -> Iterator[LineOutcome]:
    """What became of the lines from ``from_line`` on, in their order, as far as they are done.

    Read a chunk at a time, so memory stays bounded.
    """
    while chunk := read_chunk_outcomes(connection, batch_id, from_line):
        yield from chunk
        from_line = chunk[-1].line + 1


def read_chunk_outcomes(connection: Connection, batch_id: UUID, from_line: int) -> Sequence[LineOutcome]:
    """Outcomes from ``from_line`` to the end of its chunk; empty when that line is not done or not there."""
    parameters = {"batch_id": batch_id, "from_line": from_line}
    row = connection.execute(_SQL["read_outcomes"], parameters).fetchone()
    if row is None:
        return ()
    first_line, _line_count, outcomes = row
    stored = _decode_outcomes(zlib.decompress(outcomes))
    skipped = max(from_line - first_line, 0)
    return [
        LineOutcome(
            first_line + place,
            each.settlement_list_number,
            each.outcome,
            each.record_id_hex,
            each.version,
            each.findings,
            None if each.refusal is None else each.refusal.restore(),
        )
        for place, each in enumerate(stored)
        if place >= skipped
    ]


def purge(connection: Connection, *, now: datetime) -> None:
    """Forget batches that ended more than 30 days ago. Their records stay."""
    connection.execute(_SQL["purge"], {"before": now - KEPT})


def pack_outcomes(outcomes: Sequence[StoredOutcome]) -> bytes:
    """Outcomes of one chunk as they are written down."""
    return zlib.compress(_encode(outcomes), 1)


def unpack_lines(lines: bytes) -> Lines:
    """Inverse of how lines are written down."""
    return _decode_lines(zlib.decompress(lines))


def _same_batch(earlier: idempotency.Earlier, digest: bytes) -> UUID:
    if earlier.batch_id is None or earlier.digest != digest:
        raise Refused(RefusalKind.CONFLICT, "同一个Idempotency-Key先前用于别的内容")
    return earlier.batch_id


def _next_place(connection: Connection, company_code: str, now: datetime) -> datetime:
    """When the first chunk is due: now, or behind what waits of this shop."""
    parameters = {"company_code": company_code, "most_chunks": _MOST_WAITING_CHUNKS}
    batches, chunks, last_due_at = connection.execute(_SQL["count_waiting"], parameters).fetchone() or (0, 0, None)
    if batches >= _MOST_WAITING_BATCHES:
        raise Refused(RefusalKind.TOO_FAST, f"还有{batches}个批次未处理完", retry_after_seconds=_WAIT_SECONDS)
    if chunks >= _MOST_WAITING_CHUNKS:
        raise Refused(RefusalKind.UNAVAILABLE, retry_after_seconds=_WAIT_SECONDS)
    return now if last_due_at is None else max(now, last_due_at + _STEP)


class _Chunk(msgspec.Struct, frozen=True):
    first_line: int
    line_count: int
    lines: bytes


class _Packed:
    """Lines made into compressed chunks, a chunk's worth of them in memory at a time."""

    def __init__(self, lines: Iterable[RecordText | Refusal]) -> None:
        self.chunks: list[_Chunk] = []
        self.line_count = 0
        self._digest = hashlib.sha256()
        self._open: list[bytes] = []
        self._refusals: dict[int, StoredRefusal] = {}
        self._rows = self._bytes = 0
        for line in lines:
            self._add(line)
        self._close()
        self.digest = self._digest.digest()

    def _add(self, line: RecordText | Refusal) -> None:
        if self.line_count >= MAX_LINES:
            raise Refused(RefusalKind.TOO_MANY_ROWS, f"一个批次最多{MAX_LINES}行")
        self.line_count += 1
        if isinstance(line, Refusal):
            self._refusals[len(self._open)] = StoredRefusal.of(line)
            self._open.append(b"null")
        else:
            content = encode_content(line)
            self._open.append(content)
            self._rows += len(line.parts) + len(line.projects)
            self._bytes += len(content)
        if len(self._open) >= _CHUNK_LINES or self._rows >= _CHUNK_ROWS or self._bytes >= _CHUNK_BYTES:
            self._close()

    def _close(self) -> None:
        if not self._open:
            return
        refusals = _encode(self._refusals)
        raw = b'{"records":[' + b",".join(self._open) + b'],"refusals":' + refusals + b"}"
        self._digest.update(raw)
        first_line = self.line_count - len(self._open) + 1
        self.chunks.append(_Chunk(first_line, len(self._open), zlib.compress(raw, 1)))
        self._open, self._refusals, self._rows, self._bytes = [], {}, 0, 0
