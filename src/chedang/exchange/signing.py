"""Signatures behind one interface: Ed25519 now; SM2 joins as one more entry of ``ALGORITHMS`` (ours)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_KEY_ID_CHARACTERS: Final = 16


class Algorithm(Protocol):
    """One way to sign. Keys are raw bytes, so that stores and messages need not know which way it is."""

    def public_key(self, private_key: bytes) -> bytes:
        """The public key that belongs to 32 secret bytes. Raises ValueError for anything else."""
        ...

    def sign(self, private_key: bytes, data: bytes) -> bytes:
        """The signature over ``data``; the same data gets the same signature, or one as good."""
        ...

    def is_genuine(self, public_key: bytes, data: bytes, signature: bytes) -> bool:
        """Was ``data`` signed with the private key of ``public_key``? False also for what is no key or signature."""
        ...

    def is_public_key(self, public_key: bytes) -> bool:
        """Could these bytes be a public key?"""
        ...


class Ed25519:
    """Ed25519 (RFC 8032); the private key is 32 random bytes."""

    def public_key(self, private_key: bytes) -> bytes:
        """The public key that belongs to 32 secret bytes. Raises ValueError for anything else."""
        return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()

    def sign(self, private_key: bytes, data: bytes) -> bytes:
        """64 bytes; the same for the same data."""
        return Ed25519PrivateKey.from_private_bytes(private_key).sign(data)

    def is_genuine(self, public_key: bytes, data: bytes, signature: bytes) -> bool:
        """Does the signature fit? False also for what is no key."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True

    def is_public_key(self, public_key: bytes) -> bool:
        """Could these bytes be a public key?"""
        try:
            Ed25519PublicKey.from_public_bytes(public_key)
        except ValueError:
            return False
        return True


ALGORITHMS: Final[Mapping[str, Algorithm]] = {"ed25519": Ed25519()}
"""Name in a message's head and in ``exchange_key`` → how it signs."""

DEFAULT_ALGORITHM: Final = "ed25519"


def key_id(algorithm: str, public_key: bytes) -> str:
    """Short name of a public key: 16 hexadecimal characters of SHA-256 over ``algorithm:`` and the key."""
    return hashlib.sha256(algorithm.encode() + b":" + public_key).hexdigest()[:_KEY_ID_CHARACTERS]


class Signer:
    """A node's own key, ready to sign."""

    def __init__(self, private_key: bytes, algorithm: str = DEFAULT_ALGORITHM) -> None:
        """``private_key``: 32 bytes of :func:`chedang.platform.keys.node_key`."""
        self._private_key = private_key
        self.algorithm = algorithm
        self.public_key = ALGORITHMS[algorithm].public_key(private_key)
        self.key_id = key_id(algorithm, self.public_key)

    def sign(self, data: bytes) -> bytes:
        """Sign these bytes."""
        return ALGORITHMS[self.algorithm].sign(self._private_key, data)

    def __repr__(self) -> str:
        return f"Signer({self.key_id})"
