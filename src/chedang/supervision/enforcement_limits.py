"""Numbers of 通报 and evidence packs, from ``data/enforcement.toml``. All ours."""

from __future__ import annotations

from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta

from chedang.platform.shipped import read_shipped

_Days = Annotated[int, Meta(ge=1, le=3660)]


class CensureLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of public notices."""

    objection_days: Annotated[int, Meta(ge=0, le=60)]
    """Working days."""
    public_days: _Days


class PackLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of evidence packs."""

    days: _Days
    most_days: _Days
    average_days: _Days


class EnforcementLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both."""

    censure: CensureLimits
    pack: PackLimits


@cache
def limits() -> EnforcementLimits:
    """Those of this release. Raises msgspec.ValidationError for a file that was spoiled."""
    return read_shipped("chedang.supervision", "enforcement.toml", EnforcementLimits)
