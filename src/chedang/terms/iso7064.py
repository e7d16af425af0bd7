"""A check character over letters and digits, for numbers that people type from paper. Pure."""

from __future__ import annotations

from typing import Final

_VALUES: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(body: str) -> str:
    """ISO 7064, MOD 37,36: finds every wrong character and nearly every swap of two neighbours (text 待核)."""
    product = 36
    for character in body:
        total = (product + _VALUES.index(character)) % 36 or 36
        product = total * 2 % 37
    return _VALUES[(37 - product) % 36]
