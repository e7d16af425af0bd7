"""How long which version of the native interface will be here: the one place that says so.

What `GET /api/v1/changes` answers and what the header ``Chedang-Api-Status`` says come from here. A version goes from
alpha over beta to stable, then deprecated, with a day of retirement at least a year ahead, then retired. Within a
version members are added, never taken away or given another meaning.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, Literal

import msgspec


class ApiStatus(StrEnum):
    ALPHA = "alpha"
    BETA = "beta"
    STABLE = "stable"
    DEPRECATED = "deprecated"
    RETIRED = "retired"


class ApiVersion(msgspec.Struct, frozen=True):
    """One version; ``sunset_on`` is the first day on which it answers no more."""

    version: str
    status: ApiStatus
    since: date
    sunset_on: date | None = None


class ApiChange(msgspec.Struct, frozen=True):
    """One change that a client may want to know of."""

    on: date
    version: str
    kind: Literal["added", "changed", "deprecated", "removed"]
    what: str


class LifecycleJson(msgspec.Struct, frozen=True):
    versions: tuple[ApiVersion, ...]
    changes: tuple[ApiChange, ...]


V1: Final = ApiVersion("v1", ApiStatus.BETA, date(2026, 11, 22))

LIFECYCLE: Final = LifecycleJson(
    versions=(V1,),
    changes=(
        ApiChange(
            date(2026, 11, 22),
            "v1",
            "added",
            "首版：检查、上传、更正、作废、批量、回读、对账、接口密钥。测试阶段，可能还有改动。",
        ),
    ),
)
"""Newest change first."""
