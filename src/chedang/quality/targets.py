"""覆盖率目标: which share of the shops of a class should be connected, and who says so. Data: ``data/targets.toml``."""

from __future__ import annotations

from functools import cache

import msgspec

from chedang.platform.shipped import read_shipped


class Target(msgspec.Struct, frozen=True):
    """The target of one class."""

    category: str
    """经营业务类别."""
    percent: int
    source: str
    """Document that sets it."""


class _Targets(msgspec.Struct, frozen=True):
    version: str
    target: tuple[Target, ...]


@cache
def coverage_targets() -> dict[str, Target]:
    """Targets in force, by 经营业务类别; a class without one is absent."""
    return {target.category: target for target in read_shipped("chedang.quality", "targets.toml", _Targets).target}
