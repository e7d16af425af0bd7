"""Numbers of the quality figures and the badge: ``data/quality.toml``, typed. All ours (ADR 0043)."""

from __future__ import annotations

from functools import cache

from chedang.platform.shipped import read_shipped
from chedang.quality.model import Parameters


@cache
def load_parameters() -> Parameters:
    """The shipped numbers."""
    return read_shipped("chedang.quality", "quality.toml", Parameters)
