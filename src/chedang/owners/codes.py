"""Codes of chance, in letters that people can read to one another (ours)."""

from __future__ import annotations

import secrets

from chedang.terms.spoken import ALPHABET


def new_code(length: int) -> str:
    """A code of chance, 4.9 bits a character, without dashes."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
