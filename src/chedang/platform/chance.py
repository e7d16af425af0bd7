"""Names and codes of chance, in letters that people can read to one another (ours)."""

from __future__ import annotations

import secrets
from typing import Final

from chedang.terms.spoken import ALPHABET, in_groups

_PUBLIC_LENGTH: Final = 12


def new_code(length: int) -> str:
    """A code of chance, 4.9 bits a character, without dashes."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_public_id() -> str:
    """A name for an address that tells nothing and cannot be guessed: twelve characters, 58 random bits."""
    return new_code(_PUBLIC_LENGTH).lower()


def drawn_public_id(given: str) -> str:
    """The name that a page drew and its form sends back, so that pressing twice makes one thing.

    A fresh one for what :func:`new_public_id` never draws: no address would lead to it.
    """
    is_drawn = len(given) == _PUBLIC_LENGTH and set(given) <= set(ALPHABET.lower())
    return given if is_drawn else new_public_id()


def new_password() -> str:
    """A password for one use, of 58 random bits, in letters that can be read aloud."""
    return in_groups(new_code(12).lower())
