"""Codes that people read to one another or type from paper: the letters, how they are written and read (ours). Pure."""

from __future__ import annotations

from typing import Final

from chedang.terms.text import clean

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty that are not taken for one another: no 0 O, 1 I L, U."""
_GROUP: Final = 4
_DASHES: Final = frozenset(" -‐‑‒–—−·.")


def read_code(typed: str, length: int) -> str | None:
    """The code without dashes, of one as people type it; ``None`` for what no code of this length can be.

    Case, blanks and dashes do not matter, nor full width. Characters that no code has (0 O 1 I L U) make it none.
    """
    code = "".join(character for character in clean(typed).upper() if character not in _DASHES)
    return code if len(code) == length and set(code) <= set(ALPHABET) else None


def in_groups(code: str) -> str:
    """Groups of four: ``7K2M-9QXD-3FHT``."""
    return "-".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))
