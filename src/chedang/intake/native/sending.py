"""Batches of the native interface: lines out of a body, and who may ask about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from chedang.enterprises.model import Enterprise
from chedang.enterprises.store import Connection
from chedang.intake import batches
from chedang.intake.batches import MAX_LINES, NATIVE, Batch, LineOutcome
from chedang.intake.native.answers import NoticeJson
from chedang.intake.native.reading import count_lines, read_lines
from chedang.intake.outcomes import Refusal, RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.records.model import RecordText

_MOST_LINES_NAMED = 10


class AcceptedBatch(msgspec.Struct, frozen=True):
    """A batch that is durable."""

    batch_id: UUID
    lines: int
    notices: tuple[NoticeJson, ...]


async def send_batch(intake: Intake, shop: Enterprise, raw: bytes, key: str | None) -> AcceptedBatch:
    """Accept a batch. Returns after its commit. Raises Refused, or the store's error with nothing accepted."""
    lines = count_lines(raw)
    if not lines:
        raise Refused(RefusalKind.MALFORMED, "批次里没有任何记录")
    if lines > MAX_LINES:
        raise Refused(RefusalKind.TOO_MANY_ROWS, f"一个批次最多{MAX_LINES}行，这里有{lines}行")
    intake.refuse_other_channel(shop)
    intake.take_pace(shop, lines)
    sent = _Lines(intake, raw)

    def work(connection: Connection) -> UUID:
        return batches.create_batch(
            connection, shop.company_code, sent, actor="", now=intake.clock(), idempotency_key=key
        )

    batch_id = await intake.run(work)
    intake.meter.dropped_fields(sent.dropped_fields)
    return AcceptedBatch(batch_id, lines, sent.notices())


async def own_batch(intake: Intake, shop: Enterprise, batch_id: UUID) -> Batch:
    """A batch of this shop. Raises Refused(UNKNOWN_RECORD), for another shop's batch too."""
    batch = await intake.run(lambda connection: batches.read_batch(connection, batch_id))
    if batch is None or batch.company_code != shop.company_code:
        raise Refused(RefusalKind.UNKNOWN_RECORD, "没有这个批次，或已超过30天")
    return batch


async def next_outcomes(intake: Intake, batch_id: UUID, from_line: int) -> Sequence[LineOutcome]:
    """The next outcomes from a line on, up to a chunk of them; empty when that line is not done."""
    return await intake.run(lambda connection: batches.read_chunk_outcomes(connection, batch_id, from_line))


class _Lines:
    """The lines of a body, gone through once, with a count of members beyond the 13 elements."""

    def __init__(self, intake: Intake, raw: bytes) -> None:
        self._is_strict = intake.mode_of(NATIVE) == "strict"
        self._raw = raw
        self.dropped_fields = 0
        self._lines_beyond: list[int] = []
        self._names: dict[str, None] = {}

    def __iter__(self) -> Iterator[RecordText | Refusal]:
        for number, line in enumerate(read_lines(self._raw), start=1):
            if isinstance(line, Refusal):
                yield line
                continue
            if line.dropped_fields:
                self.dropped_fields += line.dropped_fields
                self._lines_beyond.append(number)
                names = line.unknown_fields[:_MOST_LINES_NAMED]
                self._names |= dict.fromkeys(name.rpartition("/")[2] for name in names)
                if self._is_strict:
                    yield Refusal(RefusalKind.UNKNOWN_FIELD, "、".join(line.unknown_fields))
                    continue
            yield line.text

    def notices(self) -> tuple[NoticeJson, ...]:
        if not self.dropped_fields or self._is_strict:
            return ()
        names = "、".join(list(self._names)[:_MOST_LINES_NAMED])
        lines = "、".join(map(str, self._lines_beyond[:_MOST_LINES_NAMED]))
        counts = f"{len(self._lines_beyond)}行里有标准以外的字段，共{self.dropped_fields}个，未保存"
        message = f"{counts}：{names}（第{lines}行等）。"
        return (NoticeJson(RefusalKind.UNKNOWN_FIELD.code, message),)
