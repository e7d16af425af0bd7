"""`/api/v1/changes`: the interface about itself."""

from __future__ import annotations

from litestar import get

from chedang.intake.native.lifecycle import LIFECYCLE, LifecycleJson


@get("/changes", name="changes", sync_to_thread=False)
def changes() -> LifecycleJson:
    """各版本所处阶段、停用日期和改动。"""
    return LIFECYCLE
