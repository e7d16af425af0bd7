"""Sealing of what few may read, and keyed digests by which it can be found without being read.

One key per purpose (``platform.keys``). A sealed value names what it belongs to, so that a value copied to another
row cannot be opened there.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chedang.platform.keys import node_key

_NONCE_BYTES: Final = 12


class CannotOpen(Exception):
    """What was sealed was changed, belongs elsewhere, or was sealed with another key."""


class Sealer:
    """Seals and opens values of one purpose (for example ``owner-phones``) of one node: AES-256-GCM."""

    def __init__(self, data_dir: Path, purpose: str) -> None:
        self._cipher = AESGCM(node_key(data_dir, purpose))

    def seal(self, content: bytes, belongs_to: str) -> bytes:
        """Nonce and ciphertext of ``content``, good for ``belongs_to`` only."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, belongs_to.encode())

    def open(self, sealed: bytes, belongs_to: str) -> bytes:
        """The content. Raises CannotOpen."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], belongs_to.encode())
        except (InvalidTag, ValueError):
            raise CannotOpen from None


class Digester:
    """Keyed digests of one purpose: equal texts have equal digests, and nobody without the key can try texts."""

    def __init__(self, data_dir: Path, purpose: str) -> None:
        self._key = node_key(data_dir, purpose)

    def digest(self, text: str) -> str:
        """HMAC-SHA-256 as 64 hexadecimal characters."""
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
