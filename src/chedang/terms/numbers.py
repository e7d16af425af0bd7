"""Decimal numbers as shop software writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from chedang.terms.text import clean

MAX_DIGITS: Final = 30

_LONGEST_TEXT: Final = 64
_UNITS: Final = "公里|千米|km|小时|工时|h|升|l|个|只|件|套|条|根|瓶|桶|片|支|副|台|对|块|张|次|项"
_NUMBER: Final = re.compile(
    rf"([+-]?(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)?(?:\.[0-9]*)?)(?<=[0-9.])\s*(?:{_UNITS})?", re.IGNORECASE
)


def parse_decimal(text: str) -> Decimal | None:
    """Read a number in plain decimal notation; ``None`` for anything else.

    Tolerated: thousands commas (``12,345``), a sign, a unit behind it (公里, km, 小时, 升, 个 …). Refused: exponents,
    NaN, Infinity, more than 30 digits, units that change or question the value (万公里, 元). The exponent of
    the result is that of the text: ``49.00`` stays ``49.00``.
    """
    short = text if len(text) <= _LONGEST_TEXT else clean(text)
    return _parse(short) if len(short) <= _LONGEST_TEXT else None


@lru_cache(maxsize=16_384)
def _parse(text: str) -> Decimal | None:
    """Remember short texts: quantities and hours repeat."""
    if len(text) <= MAX_DIGITS and text.isascii() and text.isdigit():  # most are; the pattern would say the same
        return Decimal(text)
    found = _NUMBER.fullmatch(clean(text))
    if found is None:
        return None
    number = found[1].replace(",", "")
    digits = sum(map(str.isdigit, number))
    return Decimal(number) if 0 < digits <= MAX_DIGITS else None
