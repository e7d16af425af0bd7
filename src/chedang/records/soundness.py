"""Does a stored row contradict itself? What a row says twice must agree, whoever holds it (ours). Pure.

Comparing and rechecking rest on this. It finds a damaged copy, not a lie: what was wrong when it came in and was stored
faithfully is sound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, Protocol

import msgspec

from chedang.records.identity import content_digest, decode_content, file_key, record_id
from chedang.records.model import Finding, Judgement, Level, RecordText, StoredRow

_decode_findings = msgspec.json.Decoder(tuple[Finding, ...]).decode
_TENTH: Final = Decimal("0.1")
NO_CONTENT: Final = "{}"
"""Content of a row that only says that its record left a file."""


COLUMN_LABELS: Final = {
    "content": "内容",
    "content_digest": "内容摘要",
    "findings": "判定",
    "error_count": "错误数",
    "warn_count": "疑点数",
    "vin": "VIN",
    "plate_number": "车牌号码",
    "repair_on": "送修日期",
    "settled_on": "结算日期",
    "settlement_list_number": "结算清单编号",
    "mileage_km": "送修里程",
    "record_id": "记录编号",
    "version": "版本",
    "state": "状态",
    "origin": "来源",
}
"""Columns that can be found wrong, for people."""


def label_columns(names: Iterable[str]) -> str:
    """Columns in Chinese, for people."""
    return "、".join(COLUMN_LABELS[name] for name in names)


class Judge(Protocol):
    """``records.rules.judge`` with limits filled in: those of the day of receipt, where a node keeps several."""

    def __call__(self, text: RecordText, *, registered_name: str, received_at: datetime) -> Judgement: ...


def find_contradictions(row: StoredRow, *, judge: Judge, head_digest: bytes | None = None) -> list[str]:
    """What of a row does not follow from the rest of it: names of columns, empty for a sound row.

    ``head_digest`` is the digest in ``record_head`` when the row is its record's newest version, else ``None``. What
    follows from nothing else (dialect, actor, reason, receipt) cannot be judged. The limits behind ``judge`` decide
    what a text means, so that other limits may find fault with a row that is as it came in.
    """
    if row.is_moved:
        return _contradictions_of_moved(row)
    wrong = ["content_digest"] if head_digest not in (None, content_digest(row.content.encode())) else []
    try:
        text = decode_content(row.content)
    except msgspec.DecodeError:
        return [*wrong, "content"]
    judgement = judge(text, registered_name="", received_at=row.received_at)
    return wrong + _columns_that_do_not_follow(row, judgement) + _wrong_counts(row) + _wrong_identity(row)


def _contradictions_of_moved(row: StoredRow) -> list[str]:
    expected = {"content": NO_CONTENT, "findings": "[]", "error_count": 0, "warn_count": 0}
    return [name for name, value in expected.items() if getattr(row, name) != value]


def _columns_that_do_not_follow(row: StoredRow, judgement: Judgement) -> list[str]:
    record = judgement.record
    expected = {
        "vin": file_key(record.vin, row.company_code),
        "plate_number": record.plate_number,
        "repair_on": record.repair_on,
        "settled_on": record.settled_on,
        "settlement_list_number": record.settlement_list_number,
    }
    wrong = [name for name, value in expected.items() if getattr(row, name) != value]
    return wrong if _as_stored(record.mileage_km) == _as_number(row.mileage_km) else [*wrong, "mileage_km"]


def _as_stored(mileage_km: Decimal | None) -> Decimal | None:
    """As the column keeps it: one digit after the point."""
    return None if mileage_km is None else mileage_km.quantize(_TENTH, ROUND_HALF_UP)


def _as_number(mileage_km: str | None) -> Decimal | None:
    try:
        return None if mileage_km is None else Decimal(mileage_km)
    except InvalidOperation:
        return Decimal("NaN")


def _wrong_counts(row: StoredRow) -> list[str]:
    try:
        levels = Counter(finding.level for finding in _decode_findings(row.findings))
    except msgspec.DecodeError:
        return ["findings"]
    counts = {"error_count": levels[Level.ERROR], "warn_count": levels[Level.WARN]}
    return [name for name, count in counts.items() if getattr(row, name) != count]


def _wrong_identity(row: StoredRow) -> list[str]:
    """The first version gives the record its identifier; a later one may have another number."""
    if row.version != 1:
        return []
    name = record_id(row.company_code, row.settlement_list_number, content_digest(row.content.encode()))
    return [] if bytes.fromhex(name) == row.record_id else ["record_id"]
