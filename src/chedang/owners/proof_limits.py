"""What an owner may choose when sharing and certifying, from ``data/proof.toml``."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import msgspec

from chedang.platform.shipped import read_shipped


class ShareLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of share codes."""

    hours: tuple[int, ...]
    """Lives that a code may have."""
    proposed_hours: int
    most_views: int
    proposed_views: int
    most_live: int
    """Codes of one car that can be opened at one time."""
    readable_minutes: int
    """A counted view stays open so long in the browser that took it."""

    @property
    def readable_for(self) -> timedelta:
        return timedelta(minutes=self.readable_minutes)


class CertificateLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of certificates."""

    valid_days: int
    most_visits: int
    """Listed one by one; the others are counted."""
    most_per_day: int
    """Of one car."""


class ProofLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both."""

    share: ShareLimits
    certificate: CertificateLimits


@cache
def proof_limits() -> ProofLimits:
    """Those of this release. Raises msgspec.ValidationError for a file that was spoiled."""
    return read_shipped("chedang.owners", "proof.toml", ProofLimits)
