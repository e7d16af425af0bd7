"""Frozen measures of a province on their way to the ministry: handed over as a document, taken up as they were sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import msgspec
from django.db import transaction

from chedang.exchange import documents
from chedang.exchange.documents import Document
from chedang.records.store import Connection
from chedang.supervision.measure_model import Measures, digest_of
from chedang.supervision.models.snapshots import Snapshot, SnapshotKind
from chedang.terms.dates import day_in_china
from chedang.terms.saying import SaidRefusal, said

_FORMAT: Final = 1
_MOST_EDITIONS: Final = 32_767
"""What the column holds."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What a document says. Unknown members are passed over, so that a later release may add some."""

    format: int
    kind: str
    edition: int
    digest: str
    content: str
    """The canonical JSON of the measures, as it was digested."""


class NotUsable(SaidRefusal):
    """What was sent cannot be taken up; it says why, in a sentence without values, which is kept in Chinese."""


def key_of(snapshot: Snapshot) -> str:
    """How a snapshot is named among the documents of its node."""
    return f"{snapshot.kind}/{snapshot.last_on}/{snapshot.edition}"


def hand_over(connection: Connection, snapshot: Snapshot, *, now: datetime) -> bool:
    """Have a snapshot of this node's own division told upwards; again: False. Commits with the caller's transaction."""
    envelope = Envelope(
        format=_FORMAT,
        kind=snapshot.kind,
        edition=snapshot.edition,
        digest=snapshot.digest,
        content=snapshot.content,
    )
    return documents.put(connection, key_of(snapshot), msgspec.json.encode(envelope).decode(), now=now)


def take_up(document: Document) -> Snapshot:
    """Keep what a province sent as a snapshot of that origin; again gives the same. Raises NotUsable.

    Its digest is that of the province, over the bytes that it sent.
    """
    envelope, measures = _open(document)
    _check(document, envelope, measures)
    with transaction.atomic():
        kept, is_new = Snapshot.objects.get_or_create(
            origin=document.node_code,
            kind=envelope.kind,
            division_code=measures.scope,
            first_on=measures.first_on,
            last_on=measures.last_on,
            edition=envelope.edition,
            defaults={"content": envelope.content, "digest": envelope.digest, "made_at": document.arrived_at},
        )
    if not is_new and kept.digest != envelope.digest:
        raise NotUsable(said("同一期数据已经收到过，内容不同"))
    return kept


def _open(document: Document) -> tuple[Envelope, Measures]:
    try:
        envelope = msgspec.json.decode(document.content, type=Envelope)
        return envelope, msgspec.json.decode(envelope.content, type=Measures)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise NotUsable(said("不是本版本能读的固定数据")) from fault


def _check(document: Document, envelope: Envelope, measures: Measures) -> None:
    if envelope.format != _FORMAT or envelope.kind not in set(SnapshotKind):
        raise NotUsable(said("格式或种类较新，本版本不能读"))
    if digest_of(envelope.content) != envelope.digest:
        raise NotUsable(said("内容与摘要不符"))
    if measures.scope != f"{document.node_code}0000":
        raise NotUsable(said("不是发送省自己的数据"))
    is_named_so = document.key == f"{envelope.kind}/{measures.last_on}/{envelope.edition}"
    if not is_named_so or not 1 <= envelope.edition <= _MOST_EDITIONS:
        raise NotUsable(said("编号与内容不符"))
    # Before the period is reckoned: no month ends after the year 9999.
    if max(measures.first_on, measures.last_on) >= day_in_china(document.arrived_at):
        raise NotUsable(said("这一期还没有结束"))
    if not _is_period(envelope.kind, measures.first_on, measures.last_on):
        raise NotUsable(said("起止日期不是一个完整的月或半年"))


def _is_period(kind: str, first_on: date, last_on: date) -> bool:
    months = 1 if kind == SnapshotKind.MONTH else 6
    number = first_on.year * 12 + first_on.month - 1 + months
    ends = date(number // 12, number % 12 + 1, 1)
    return first_on.day == 1 and last_on.toordinal() == ends.toordinal() - 1
