"""Bytes to records, strictly: JSON as RFC 8259 has it, members of the right type, by their exact names. Pure.

The older vocabularies forgive what their clients cannot mend; whoever writes a client now is told at once, and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from chedang.intake.outcomes import Refusal, RefusalKind, Refused
from chedang.intake.wire import MAX_ROWS, as_text, check_structure, is_tidy
from chedang.records.model import PartText, ProjectText, RecordText

MAX_RECORD_BYTES: Final = 1024 * 1024
LONGEST_REASON: Final = 200
# A whole batch of ordinary jobs has a third of this; more is meant to fill the memory.
_MOST_BATCH_BRACKETS: Final = 250_000
_MOST_BATCH_COMMAS: Final = 2_500_000
_BYTE = re.compile(r"\(byte (\d+)\)")
_BOM: Final = b"\xef\xbb\xbf"
_LONGEST_NAME: Final = 64
_MOST_NAMES: Final = 20


class Misshapen(Refused):
    """A member has the wrong type; ``pointer`` is the JSON pointer to it."""

    def __init__(self, pointer: str, expected: str) -> None:
        super().__init__(RefusalKind.MALFORMED, f"{pointer}应为{expected}")
        self.pointer = pointer


class SentRecord(msgspec.Struct, frozen=True):
    """One record as it came: the 13 elements, and the names of members beyond them."""

    text: RecordText
    dropped_fields: int = 0
    unknown_fields: tuple[str, ...] = ()
    """JSON pointers, a few of them and cut: they come from outside."""


class SentAmendment(msgspec.Struct, frozen=True):
    """A correction: what the record shall say, and why."""

    reason: str
    record: SentRecord


# Texts only, and nothing beyond: decoded in C, which is what a batch's speed hangs on.
_decode_plain: Final = msgspec.json.Decoder(RecordText).decode
_decode_any: Final = msgspec.json.Decoder(float_hook=str).decode
_ELEMENTS: Final = tuple(
    (field.encode_name, field.name)
    for field in msgspec.structs.fields(RecordText)
    if field.name not in {"parts", "projects"}
)
_PART: Final = tuple((field.encode_name, field.name) for field in msgspec.structs.fields(PartText))
_PROJECT: Final = tuple((field.encode_name, field.name) for field in msgspec.structs.fields(ProjectText))
_LISTS: Final = ("vehiclepartslist", "repairprojectlist")


def read_record(raw: bytes) -> SentRecord:
    """One record. Raises Refused: MALFORMED (Misshapen for a member of the wrong type), TOO_MANY_ROWS, TOO_LARGE."""
    if len(raw) > MAX_RECORD_BYTES:
        raise Refused(RefusalKind.TOO_LARGE, "一条记录不超过1MB")
    check_structure(raw)
    try:
        text = _decode_plain(raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return _of_object(_decode(raw), "")
    is_plain = len(text.parts) <= MAX_ROWS and len(text.projects) <= MAX_ROWS and is_tidy(text)
    return SentRecord(text) if is_plain else _of_object(_decode(raw), "")


def read_amendment(raw: bytes) -> SentAmendment:
    """``{"reason", "record"}``. Raises as :func:`read_record`, and Refused(MISSING_PARAMETER)."""
    members = _read_members(raw)
    if "record" not in members:
        raise Refused(RefusalKind.MISSING_PARAMETER, "缺少record")
    return SentAmendment(_reason(members), _of_object(members["record"], "/record"))


def read_reason(raw: bytes) -> str:
    """``{"reason"}``. Raises Refused."""
    return _reason(_read_members(raw))


def count_lines(raw: bytes) -> int:
    """Lines of a batch, also those that hold nothing; what follows the last line break is a line if there is any."""
    return raw.count(b"\n") + (not raw.endswith(b"\n") and raw != b"")


def read_lines(raw: bytes) -> Iterator[SentRecord | Refusal]:
    """Records of a batch, one per line; a line that cannot be read is a refusal. Raises Refused(TOO_MANY_ROWS)."""
    if raw.count(b"{") + raw.count(b"[") > _MOST_BATCH_BRACKETS or raw.count(b",") > _MOST_BATCH_COMMAS:
        raise Refused(RefusalKind.TOO_MANY_ROWS, "批次里的明细行过多，请分批上传")
    start = len(_BOM) if raw.startswith(_BOM) else 0
    while start < len(raw):
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        try:
            yield read_record(raw[start:end])
        except Refused as refused:
            yield refused.refusal
        start = end + 1


def _read_members(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_RECORD_BYTES:
        raise Refused(RefusalKind.TOO_LARGE, "一条记录不超过1MB")
    check_structure(raw)
    members = _decode(raw)
    if not isinstance(members, dict):
        raise Misshapen("", "JSON对象")
    return members


def _reason(members: dict[str, Any]) -> str:
    reason = members.get("reason")
    if reason is not None and not isinstance(reason, str):
        raise Misshapen("/reason", "文本")
    text = as_text(reason)
    if not text:
        raise Refused(RefusalKind.MISSING_PARAMETER, "缺少reason（更正或作废的原因）")
    if len(text) > LONGEST_REASON:
        raise Misshapen("/reason", f"不超过{LONGEST_REASON}个字的文本")
    return text


def _decode(raw: bytes) -> Any:
    if not raw.strip():
        raise Refused(RefusalKind.MALFORMED, "报文为空")
    try:
        return _decode_any(raw)
    except msgspec.DecodeError as fault:
        found = _BYTE.search(str(fault))
        where = f"，第{int(found[1]) + 1}个字节处" if found else ""
        raise Refused(RefusalKind.MALFORMED, f"不是有效的JSON{where}") from fault
    except (RecursionError, ValueError) as fault:  # too deep; not UTF-8; a number with thousands of digits
        raise Refused(RefusalKind.MALFORMED, "不是可以读的UTF-8 JSON") from fault


def _of_object(value: Any, at: str) -> SentRecord:
    """Any record, element by element, with the names of what is beyond."""
    unknown: list[str] = []
    texts = _texts(value, at, _ELEMENTS, _LISTS, unknown)
    parts = tuple(
        PartText(**_texts(row, place, _PART, (), unknown)) for place, row in _rows(value, at, "vehiclepartslist")
    )
    projects = tuple(
        ProjectText(**_texts(row, place, _PROJECT, (), unknown)) for place, row in _rows(value, at, "repairprojectlist")
    )
    names = tuple(unknown[:_MOST_NAMES])
    return SentRecord(RecordText(**texts, parts=parts, projects=projects), len(unknown), names)


def _rows(members: dict[str, Any], at: str, name: str) -> Iterator[tuple[str, Any]]:
    rows = members.get(name)
    if rows is None:
        return
    if not isinstance(rows, list):
        raise Misshapen(f"{at}/{name}", "数组")
    if len(rows) > MAX_ROWS:
        raise Refused(RefusalKind.TOO_MANY_ROWS, f"{name}有{len(rows)}行，上限{MAX_ROWS}行")
    for number, row in enumerate(rows):
        yield f"{at}/{name}/{number}", row


def _texts(
    value: Any, at: str, known: tuple[tuple[str, str], ...], lists: tuple[str, ...], unknown: list[str]
) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Misshapen(at, "JSON对象")
    texts: dict[str, str] = {}
    taken = 0
    for wire_name, attribute in known:
        if wire_name in value:
            taken += 1
            texts[attribute] = _scalar(value[wire_name], f"{at}/{wire_name}")
    taken += sum(name in value for name in lists)
    if taken < len(value):
        names = {wire_name for wire_name, _ in known} | set(lists)
        unknown += (f"{at}/{_pointer_name(name)}" for name in value if name not in names)
    return texts


def _scalar(value: Any, at: str) -> str:
    if isinstance(value, bool | dict | list):
        raise Misshapen(at, "文本或数字")
    try:
        return as_text(value)
    except ValueError as fault:  # thousands of digits
        raise Misshapen(at, "文本或数字") from fault


def _pointer_name(name: str) -> str:
    """A member's name inside a JSON pointer (RFC 6901), printable and short."""
    shown = "".join(character if character.isprintable() else "?" for character in name[:_LONGEST_NAME])
    return shown.replace("~", "~0").replace("/", "~1")
