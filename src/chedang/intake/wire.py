"""Bytes to plain values, as tolerant as the clients in the field need (INTERFACE rules 7 and 8), and bounded.

Strict JSON is tried first and serves nearly everyone. What it refuses is tried again with the two faults real uploaders
make: control characters inside strings, and quotation marks nobody escaped. Anything else stays malformed.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from chedang.intake.outcomes import RefusalKind, Refused
from chedang.records.model import RecordText
from chedang.terms.text import tidy

# Above this size a document must not hold more brackets and commas than any real job has: a few MiB of "{}," would
# otherwise become hundreds of MiB of objects.
_CHECK_STRUCTURE_ABOVE_BYTES = 64 * 1024
_MAX_BRACKETS = 20_000
_MAX_COMMAS = 200_000

_strict = msgspec.json.Decoder(float_hook=str)
# A quotation mark that ends a string is followed by one of these.
_AFTER_STRING = re.compile(r"\s*(?:[,:}\]]|$)")
# A list longer than this is no repair job; what is longer than a job should be is for the rules.
MAX_ROWS = 10_000


def decode_text(raw: bytes) -> str:
    """UTF-8 with or without BOM; else GB18030, which old Windows clients send; else malformed."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(RefusalKind.MALFORMED, "不是UTF-8编码")


def check_structure(raw: bytes) -> None:
    """Look for a bomb of brackets before decoding. Raises Refused(TOO_MANY_ROWS)."""
    if len(raw) > _CHECK_STRUCTURE_ABOVE_BYTES and (
        raw.count(b"{") + raw.count(b"[") > _MAX_BRACKETS or raw.count(b",") > _MAX_COMMAS
    ):
        raise Refused(RefusalKind.TOO_MANY_ROWS)


def decode_json(raw: bytes) -> Any:
    """Decode one JSON document; floats come as their text. Raises Refused(MALFORMED or TOO_MANY_ROWS)."""
    check_structure(raw)
    try:
        return _strict.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _decode_leniently(decode_text(raw))


def _decode_leniently(text: str) -> Any:
    if not text.strip():
        raise Refused(RefusalKind.MALFORMED, "报文为空")
    for candidate in (text, escape_stray_quotes(text)):
        try:
            return json.loads(candidate, strict=False, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError):
            continue
    raise Refused(RefusalKind.MALFORMED)


def escape_stray_quotes(text: str) -> str:
    """Escape quotation marks inside strings that cannot end the string, as nothing that may follow one follows.

    >>> escape_stray_quotes('{"a":"更换"左前"轮胎"}') == '{"a":"更换' + chr(92) + '"左前' + chr(92) + '"轮胎"}'
    True
    """
    pieces: list[str] = []
    inside = False
    start = 0
    position = text.find('"')
    while position != -1:
        if inside and _is_escaped(text, position):
            pass
        elif not inside:
            inside = True
        elif _AFTER_STRING.match(text, position + 1):
            inside = False
        else:
            pieces.append(text[start:position])
            pieces.append('\\"')
            start = position + 1
        position = text.find('"', position + 1)
    pieces.append(text[start:])
    return "".join(pieces)


def _is_escaped(text: str, position: int) -> bool:
    backslashes = 0
    while position > 0 and text[position - 1] == "\\":
        backslashes += 1
        position -= 1
    return backslashes % 2 == 1


def as_object(value: Any, name: str) -> dict[str, Any]:
    """An object, given as one or as JSON text of one; an absent or empty one is empty."""
    if isinstance(value, str):
        value = decode_json(value.encode("utf-8", "replace")) if value.strip() else None
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(RefusalKind.MALFORMED, f"{name}应为对象")
    return value


def as_rows(value: Any, name: str, max_rows: int = MAX_ROWS) -> list[dict[str, Any]]:
    """A list of objects, given as one or as JSON text of one; absent means none, a lone object is one row."""
    if isinstance(value, str):
        value = decode_json(value.encode("utf-8", "replace")) if value.strip() else None
    if value is None:
        return []
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise Refused(RefusalKind.MALFORMED, f"{name}应为数组")
    if len(value) > max_rows:
        raise Refused(RefusalKind.TOO_MANY_ROWS, f"{name}有{len(value)}行,上限{max_rows}行")
    rows = [row for row in value if row is not None]
    if not all(isinstance(row, dict) for row in rows):
        raise Refused(RefusalKind.MALFORMED, f"{name}的每一行应为对象")
    return rows


def as_text(value: Any) -> str:
    """The text of one element: numbers as they were written, nothing for null, lists and objects."""
    if isinstance(value, str):
        return value.strip(" ") if value.isprintable() else tidy(value)
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value)


def is_tidy(text: RecordText) -> bool:
    """Would :func:`as_text` leave every element as it is? One look at all of them together."""
    texts = [
        text.company_name, text.vin, text.plate_number, text.repair_date, text.mileage, text.settle_date,
        text.fault_description, text.settlement_list_number,
    ]  # fmt: skip
    for part in text.parts:
        texts += (part.name, part.code, part.quantity)
    for project in text.projects:
        texts += (project.name, project.hours)
    together = "".join(texts)
    if not together.isprintable():
        return False
    return " " not in together or not any(each[:1] == " " or each[-1:] == " " for each in texts)


_MOST_NAMES = 20
_LONGEST_NAME = 64


class Members:
    """Members of one object by name in any letter case, counting those nobody asked for."""

    __slots__ = ("_asked", "_folded", "_members", "taken")

    def __init__(self, members: dict[str, Any]) -> None:
        self._members = members
        self._folded: dict[str, Any] | None = None
        self._asked: list[str] = []
        self.taken = 0

    def get(self, name: str) -> Any:
        """The member called ``name``; exact spelling first, then any letter case; ``None`` when absent."""
        self._asked.append(name)
        if name in self._members:
            self.taken += 1
            return self._members[name]
        if self.taken == len(self._members):
            return None
        if self._folded is None:
            self._folded = {key.lower(): value for key, value in self._members.items()}
        lowered = name.lower()
        if lowered in self._folded:
            self.taken += 1
            return self._folded[lowered]
        return None

    @property
    def left_over(self) -> int:
        """How many members were not asked for."""
        return max(len(self._members) - self.taken, 0)

    def names_left_over(self) -> list[str]:
        """Names of members nobody asked for, a few of them and cut: they come from outside."""
        if not self.left_over:
            return []
        asked = {name.lower() for name in self._asked}
        left = [name[:_LONGEST_NAME] for name in self._members if name.lower() not in asked]
        return left[:_MOST_NAMES]
