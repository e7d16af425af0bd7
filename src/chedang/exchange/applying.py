"""Applying items: who may say what, what the store takes, and what becomes a dead letter instead (ADR 0020).

Everything happens in the caller's transaction. An item that cannot be applied never keeps the others back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

import msgspec
import psycopg

from chedang.enterprises import known
from chedang.exchange.messages import UNREADABLE, decode_items, decode_notice, decode_record, encode_body, split_items
from chedang.exchange.model import MINISTRY, DeadReason, Notice, Outcome, RecordRow
from chedang.exchange.notices import NOTICES, NoticeKind
from chedang.exchange.rows import row_digest
from chedang.exchange.steps import Reached, Step, nowhere
from chedang.platform.announcements import NoticeRefused
from chedang.records.identity import decode_content, file_key
from chedang.records.merging import Merged, find_same, is_row_fault, merge
from chedang.records.model import RecordState
from chedang.records.store import Connection, decode_findings

RECORD: Final = "record"
"""Kind of a dead letter that is a row; those of notices have the notice's."""
NOTICE: Final = "notice"
"""Kind of a dead letter that is a notice of which nobody can read the kind."""
MESSAGE: Final = "message"
"""Kind of a dead letter that is a whole body."""

_STATES: Final = frozenset(RecordState)
_NONE_FOUND: Final = "[]"
_RECORD_ID_BYTES: Final = 16
_MOST_VERSIONS: Final = 2**31 - 1
_LONGEST_KEY: Final = 64
"""Of what stands in an index; a VIN has 17 characters, ``~`` and an enterprise's code not many more."""
_FIRST_RECEIPT: Final = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCKS_APART: Final = timedelta(days=1)
"""A row from further in the future would be the newest for good, and some times are none in China's zone."""

Fault = tuple[DeadReason, str]
_Item = TypeVar("_Item")


class Verdict(msgspec.Struct, frozen=True):
    """What became of one item, and for a dead one why and what it was."""

    outcome: Outcome
    reason: DeadReason | None = None
    detail: str = ""
    kind: str = ""
    payload: bytes = b""


_APPLIED: Final = Verdict(Outcome.APPLIED)
_KNOWN: Final = Verdict(Outcome.KNOWN)


class Items(msgspec.Struct, frozen=True):
    """What a message brought. An item that cannot be decoded stands as its own bytes."""

    records: Sequence[RecordRow | bytes]
    notices: Sequence[Notice | bytes]


def read_items(body: bytes, *, has_digests: bool) -> Items:
    """Contents of ITEMS. Raises one of UNREADABLE for what cannot even be taken apart.

    ``has_digests``: False for schema 1, whose rows get theirs here.
    """
    items = _read_items(body)
    return items if has_digests else Items([_digested(row) for row in items.records], items.notices)


def _read_items(body: bytes) -> Items:
    try:
        decoded = decode_items(body)
    except UNREADABLE:
        records, notices = split_items(body)
        return Items(
            [_or_bytes(decode_record, each) for each in records], [_or_bytes(decode_notice, each) for each in notices]
        )
    return Items(decoded.records, decoded.notices)


def _digested(row: RecordRow | bytes) -> RecordRow | bytes:
    if isinstance(row, bytes) or row.digest or row.received_at.tzinfo is None:
        return row
    return msgspec.structs.replace(row, digest=row_digest(row))


class Applier:
    """Puts the items of other nodes into this one's store."""

    def __init__(self, node_code: str, reached: Reached = nowhere) -> None:
        """``node_code``: two digits of this node; at the ministry each province speaks for itself alone."""
        self._node_code = node_code
        self._is_ministry = node_code == MINISTRY
        self._reached = reached

    def apply(
        self, connection: Connection, sender: str, items: Items, *, now: datetime, arrived_at: datetime | None = None
    ) -> list[Verdict]:
        """Apply what a node brought; a verdict per item, records first.

        ``arrived_at``: of items that are tried again; what has been told since then stands.
        Raises psycopg.Error for what is no item's fault; then nothing of it may be committed.
        """
        # Shops first, so that they are there when their records are; and the lock of the change feed, which merging
        # takes, is held for no longer than it must be.
        notices = [self._apply_notice(connection, sender, notice, now, arrived_at) for notice in items.notices]
        self._reached(Step.NOTICES_APPLIED)
        records = self._apply_records(connection, sender, items.records, now)
        self._reached(Step.RECORDS_MERGED)
        return records + notices

    def _apply_records(
        self, connection: Connection, sender: str, rows: Sequence[RecordRow | bytes], now: datetime
    ) -> list[Verdict]:
        verdicts: list[Verdict] = [_APPLIED] * len(rows)
        others: list[int] = []
        own: list[int] = []
        readable = {number: row for number, row in enumerate(rows) if isinstance(row, RecordRow)}
        foreign = self._foreign_shops(connection, sender, readable.values())
        for number, row in enumerate(rows):
            if isinstance(row, bytes):
                verdicts[number] = Verdict(Outcome.DEAD, DeadReason.UNREADABLE, "无法解读", RECORD, row)
            elif fault := find_fault(row, now) or self._find_trespass(row, sender, foreign):
                verdicts[number] = _dead_row(row, *fault)
            else:
                (own if row.origin == self._node_code else others).append(number)
        for numbers, take in ((others, self._merge), (own, self._compare)):
            taken = _bisect(connection, [readable[number] for number in numbers], take)
            for number, merged in zip(numbers, taken, strict=True):
                if merged is not Merged.INSERTED:
                    verdicts[number] = _verdict(readable[number], merged)
        return verdicts

    def _merge(self, connection: Connection, rows: Sequence[RecordRow]) -> Sequence[Merged]:
        return merge(connection, rows, node_code=self._node_code)

    def _compare(self, connection: Connection, rows: Sequence[RecordRow]) -> Sequence[Merged]:
        """What this node took in itself, nobody tells it anew: it is here just so, or something is wrong."""
        same = find_same(connection, rows, node_code=self._node_code)
        return [Merged.SAME if is_same else Merged.DIFFERENT for is_same in same]

    def _foreign_shops(self, connection: Connection, sender: str, rows: Iterable[RecordRow]) -> frozenset[str]:
        """Shops for which not everybody speaks: at the ministry those that another node than the sender registers, in
        a province its own."""
        codes = {row.company_code for row in rows if "\0" not in row.company_code}
        shops = known.find_all(connection, codes) if codes else {}
        if self._is_ministry:
            return frozenset(code for code, shop in shops.items() if shop.node_code != sender)
        return frozenset(code for code, shop in shops.items() if not shop.node_code)

    def _find_trespass(self, row: RecordRow, sender: str, foreign: frozenset[str]) -> Fault | None:
        """Does the sender speak for somebody else?"""
        if self._is_ministry and row.origin != sender:
            return DeadReason.NOT_YOURS, "记录的来源不是发送节点"
        if row.company_code not in foreign:
            return None
        if self._is_ministry:
            return DeadReason.NOT_YOURS, "企业由另一节点登记"
        # Only the shop itself and, at the ministry, its head office upload for a shop of this node.
        if row.origin not in {self._node_code, MINISTRY}:
            return DeadReason.NOT_YOURS, "企业由本节点登记，其记录不会来自其他省"
        return None

    def _apply_notice(
        self, connection: Connection, sender: str, notice: Notice | bytes, now: datetime, arrived_at: datetime | None
    ) -> Verdict:
        if isinstance(notice, bytes):
            return Verdict(Outcome.DEAD, DeadReason.UNREADABLE, "无法解读", NOTICE, notice)
        kind = NOTICES.get(notice.kind)
        if kind is None:
            return _dead_notice(notice, DeadReason.UNKNOWN_KIND, "本节点的版本不认识这种通知")
        if not kind.is_for(at_ministry=self._is_ministry):
            return _dead_notice(notice, DeadReason.NOT_YOURS, "发送节点不能发这种通知")
        return _try_notice(connection, kind, sender, notice, now=now, arrived_at=arrived_at)


def _try_notice(
    connection: Connection,
    kind: NoticeKind,
    sender: str,
    notice: Notice,
    *,
    now: datetime,
    arrived_at: datetime | None,
) -> Verdict:
    """Take a notice up in a savepoint, or say why it cannot be."""
    try:
        with connection.transaction():
            return _take_up(connection, kind, sender, notice, now=now, arrived_at=arrived_at)
    except NoticeRefused as refused:
        return _dead_notice(notice, DeadReason.REFUSED, str(refused))
    except (*UNREADABLE, ValueError, TypeError, LookupError) as fault:
        return _dead_notice(notice, DeadReason.UNREADABLE, type(fault).__name__)
    except psycopg.Error as fault:
        if not is_row_fault(fault):
            raise
        return _dead_notice(notice, DeadReason.UNACCEPTABLE, type(fault).__name__)


def _take_up(
    connection: Connection,
    kind: NoticeKind,
    sender: str,
    notice: Notice,
    *,
    now: datetime,
    arrived_at: datetime | None,
) -> Verdict:
    """A channel keeps its order; only a notice that is tried again may be older than what stands here."""
    if arrived_at is not None and kind.told_at is not None:
        told_at = kind.told_at(connection, notice.key)
        if told_at is not None and told_at > arrived_at:
            return _KNOWN
        now = arrived_at
    kind.apply(connection, sender, notice.key, notice.content, now=now)
    return _APPLIED


def _bisect(
    connection: Connection,
    rows: Sequence[RecordRow],
    take: Callable[[Connection, Sequence[RecordRow]], Sequence[Merged]],
) -> Sequence[Merged | None]:
    """What became of each row, ``None`` for one that the store does not take: only that one stays out."""
    if not rows:
        return []
    try:
        with connection.transaction():
            return take(connection, rows)
    except Exception as fault:
        if not is_row_fault(fault):
            raise
    if len(rows) == 1:
        return [None]
    half = len(rows) // 2
    return [*_bisect(connection, rows[:half], take), *_bisect(connection, rows[half:], take)]


def find_fault(row: RecordRow, now: datetime) -> Fault | None:
    """What is wrong with a row by itself. The store would take some of it and pages could not show it."""
    if row.received_at.tzinfo is None:
        return DeadReason.UNACCEPTABLE, "收到时间没有时区"
    if row.digest != row_digest(row):
        return DeadReason.WRONG_DIGEST, "记录与其摘要不符"
    if unusable := _find_unusable(row, now):
        return DeadReason.UNACCEPTABLE, unusable
    if not _is_node_code(row.origin):
        return DeadReason.NOT_YOURS, "来源不是节点代码"
    try:
        decode_content(row.content)
        if row.findings != _NONE_FOUND:
            decode_findings(row.findings)
    except UNREADABLE:
        return DeadReason.UNACCEPTABLE, "内容不是可读的记录"
    return None


def _find_unusable(row: RecordRow, now: datetime) -> str:
    """What speaks against its columns, '' for nothing."""
    if (
        len(row.record_id) != _RECORD_ID_BYTES
        or not 0 < row.version <= _MOST_VERSIONS
        or row.state not in _STATES
        or not 0 < len(row.vin) <= _LONGEST_KEY
        or not 0 < len(row.company_code) <= _LONGEST_KEY
    ):
        return "记录号、版本、状态、车架号或企业编码不可用"
    if not _FIRST_RECEIPT <= row.received_at <= now + _CLOCKS_APART:
        return "收到时间在将来，或早于任何记录"
    if row.vin.startswith("~") and row.vin != file_key(None, row.company_code):
        return "无车辆档案的记录不在本企业名下"
    return ""


def _is_node_code(text: str) -> bool:
    """Two digits? Every row travels with those of the node whose gate took it in."""
    return len(text) == 2 and text.isascii() and text.isdigit()


def _verdict(row: RecordRow, merged: Merged | None) -> Verdict:
    if merged is Merged.SAME:
        return _KNOWN
    if merged is Merged.DIFFERENT:
        return _dead_row(row, DeadReason.CONFLICT, "本节点同一记录同一版本的内容不同")
    if merged is Merged.FOREIGN:
        return _dead_row(row, DeadReason.NOT_YOURS, "该记录在本节点属于另一企业")
    return _dead_row(row, DeadReason.UNACCEPTABLE, "数据库不接受其中的值")


def _dead_row(row: RecordRow, reason: DeadReason, detail: str) -> Verdict:
    return Verdict(Outcome.DEAD, reason, detail, RECORD, encode_body(row))


def _dead_notice(notice: Notice, reason: DeadReason, detail: str) -> Verdict:
    kind = notice.kind.replace("\0", "")[:_LONGEST_KEY]
    return Verdict(Outcome.DEAD, reason, detail.replace("\0", ""), kind, encode_body(notice))


def _or_bytes(decode: Callable[[bytes], _Item], item: bytes) -> _Item | bytes:
    try:
        return decode(item)
    except UNREADABLE:
        return item
