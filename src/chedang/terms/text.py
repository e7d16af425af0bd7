"""Text as it arrives from repair-shop software, made fit to compare and to store."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_FULL_WIDTH = re.compile("[\uff01-\uff5e]")


def _build_table() -> dict[int, str | None]:
    """Map full-width ASCII to half-width, every kind of blank to a space, invisible characters to nothing."""
    table: dict[int, str | None] = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for code in range(0x10000):
        match unicodedata.category(chr(code)):
            case "Cc" | "Cf" | "Cs":  # control, format (zero-width, BOM, direction), lone surrogate
                table[code] = None
            case "Zs" | "Zl" | "Zp":
                table[code] = " "
    table |= dict.fromkeys(range(0xE0000, 0xE0080))  # invisible tag characters
    table |= {ord("\t"): " ", ord("\n"): " ", 0x85: " "}
    return table


_TABLE: Final = _build_table()
_KEEPING_WIDTH: Final = {code: kept for code, kept in _TABLE.items() if not 0xFF01 <= code <= 0xFF5E}


def tidy(text: str) -> str:
    """Like :func:`clean`, but full-width characters stay: 更换机油，机滤 keeps its comma.

    For what is kept as the fact that was received; ``clean`` is for what is compared. Idempotent. Source: ours.
    """
    if text.isprintable():
        return text.strip(" ")
    return text.translate(_KEEPING_WIDTH).strip(" ")


def clean(text: str) -> str:
    """Full-width ASCII to half-width, blanks (U+3000 too) off both ends, invisible characters out.

    A tab or line break inside becomes one space, so that two sentences do not grow together; NUL and lone
    surrogates, which PostgreSQL and UTF-8 cannot hold, go. Nothing else changes: no case, no compatibility
    forms (㎡ stays). Idempotent. Source: ours.
    """
    if text.isprintable() and (text.isascii() or not _FULL_WIDTH.search(text)):
        return text.strip(" ")
    return text.translate(_TABLE).strip(" ")
