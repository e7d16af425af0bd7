"""Access tokens of shops (32 hexadecimal characters): cheap to check, several live at once, no row to write (ours).

A token is 4 bytes enterprise number, 3 bytes expiry in minutes since 2020 and 9 bytes of a keyed BLAKE2 digest over
both and the enterprise's token generation. Nothing is stored, so a token survives every restart; raising the
generation ends all tokens of one enterprise. ADR 0006 weighs this against stored tokens.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_TOKEN_BYTES = 16
_DIGEST_BYTES = 9
_MAX_REMEMBERED = 100_000


class TokenClaim(msgspec.Struct, frozen=True):
    """What a token says about itself; to be believed only after :meth:`TokenMint.is_genuine`."""

    enterprise_id: int
    expires_minutes: int
    digest: bytes
    expires_at: datetime

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at <= now


def read_claim(token: str) -> TokenClaim | None:
    """Take a token apart; ``None`` when it has not even the shape of one (null, "0", a sentence …)."""
    return _read_claim(token) if len(token) == 2 * _TOKEN_BYTES else None


@lru_cache(maxsize=_MAX_REMEMBERED)
def _read_claim(token: str) -> TokenClaim | None:
    try:
        raw = bytes.fromhex(token)
    except ValueError:
        return None
    if len(raw) != _TOKEN_BYTES:
        return None
    expires_minutes = int.from_bytes(raw[4:7])
    return TokenClaim(int.from_bytes(raw[:4]), expires_minutes, raw[7:], _EPOCH + expires_minutes * _MINUTE)


class TokenMint:
    """Issues and checks tokens under one node key. ``lifetime`` is at least 24 hours for the clients' sake."""

    def __init__(self, key: bytes, lifetime: timedelta) -> None:
        self._key = key
        self._lifetime = lifetime
        # A client sends hundreds of uploads under one token; the digest need not be computed for each.
        self._genuine: set[tuple[TokenClaim, int]] = set()

    def issue(self, enterprise_id: int, generation: int, now: datetime) -> str:
        expires_minutes = (now + self._lifetime - _EPOCH) // _MINUTE
        head = enterprise_id.to_bytes(4) + expires_minutes.to_bytes(3)
        return (head + self._digest(head, generation)).hex()

    def is_genuine(self, claim: TokenClaim, generation: int) -> bool:
        """Was this token issued here for this generation of the enterprise's tokens? Says nothing about expiry."""
        known = (claim, generation)
        if known in self._genuine:
            return True
        if not self._is_signed_here(claim, generation):
            return False
        if len(self._genuine) >= _MAX_REMEMBERED:
            self._genuine.clear()
        self._genuine.add(known)
        return True

    def _is_signed_here(self, claim: TokenClaim, generation: int) -> bool:
        head = claim.enterprise_id.to_bytes(4) + claim.expires_minutes.to_bytes(3)
        return hmac.compare_digest(claim.digest, self._digest(head, generation))

    def _digest(self, head: bytes, generation: int) -> bytes:
        message = head + generation.to_bytes(4)
        return hashlib.blake2b(message, digest_size=_DIGEST_BYTES, key=self._key, person=b"chedang-token").digest()
