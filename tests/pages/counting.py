"""Figures as the worker would have them by now."""

from __future__ import annotations

from chedang.platform.clock import system_clock
from chedang.platform.database import connect
from chedang.quality import tallying


def count_statistics(database_url: str) -> None:
    """Count what changed in a province of 33 since the last time."""
    with connect(database_url, autocommit=True) as connection:
        while tallying.refresh_shops(connection, clock=system_clock):
            pass
        while tallying.follow(connection, clock=system_clock, node_code="33"):
            pass
