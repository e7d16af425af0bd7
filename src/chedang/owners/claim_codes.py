"""认领码: a code that a shop prints on the settlement list and that binds the car for whoever holds the paper. Pure.

It is derived from the record's identifier with a key of the node, so that it can be printed with the receipt at once,
and means nothing without that key: twelve characters of thirty, 58 bits (ours, ADR 0029).
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

import msgspec

from chedang.terms import spoken
from chedang.terms.spoken import ALPHABET, in_groups

LENGTH: Final = 12
KEY_PURPOSE: Final = "claim-codes"
"""Purpose of the node's key (``platform.keys``). Another key makes other codes: what is printed then leads nowhere."""


def claim_code(key: bytes, record_id_hex: str) -> str:
    """The code of a record (32 hexadecimal characters), as it is printed: ``7K2M-9QXD-3FHT``."""
    number = int.from_bytes(hmac.digest(key, b"code " + record_id_hex.encode(), hashlib.sha256), "big")
    characters = []
    for _place in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[digit])
    return in_groups("".join(characters))


def read_code(typed: str) -> str | None:
    """Twelve characters without dashes, of a code as people type it; ``None`` for what no code can be.

    Case, blanks and dashes do not matter, nor full width. Characters that no code has (0 O 1 I L U) make it none.
    """
    return spoken.read_code(typed, LENGTH)


def code_digest(key: bytes, code: str) -> bytes:
    """Under what the index keeps a code (without dashes): whoever reads the index learns no code."""
    return hmac.digest(key, b"digest " + code.encode(), hashlib.sha256)


def claim_path(code: str) -> str:
    """Where a QR code on the list leads, below the address of the site."""
    return f"/c/{code}"


class ClaimPrinter(msgspec.Struct, frozen=True):
    """Gives codes out, for receipts and slips of one node."""

    key: bytes
    site_address: str
    """Of the node's pages, without a slash at the end."""

    def code(self, record_id_hex: str) -> str:
        """The code of a record, as it is printed."""
        return claim_code(self.key, record_id_hex)

    def url(self, code: str) -> str:
        """What the QR code beside it says."""
        return self.site_address + claim_path(code)
