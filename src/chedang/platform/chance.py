"""Names and codes of chance, in letters that people can read to one another (ours)."""

from __future__ import annotations

import secrets

from chedang.terms.spoken import ALPHABET, in_groups


def new_code(length: int) -> str:
    """A code of chance, 4.9 bits a character, without dashes."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_public_id() -> str:
    """A name for an address that tells nothing and cannot be guessed: twelve characters, 58 random bits."""
    return new_code(12).lower()


def new_password() -> str:
    """A password for one use, of 58 random bits, in letters that can be read aloud."""
    return in_groups(new_code(12).lower())
