"""How the repairs of one M-station fare at the re-test: for the credit sheet and for officers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from chedang.emission import store
from chedang.emission.store import Connection

AGAIN_DAYS: Final = 180
"""A vehicle that passed and fails again within so many days counts as failed soon after (ours)."""


class StationFigures(msgspec.Struct, frozen=True):
    """Tickets that a shop's repairs answer, by the day of settlement."""

    repaired: int
    retested: int
    passed: int
    """At the first re-test: each ticket has one, since a re-test that fails opens a ticket of its own."""
    passed_without_work: int
    """Passed after a repair with neither parts nor hours: the pattern of a repair on paper."""
    doubtful: int
    """Repairs without parts or without hours."""
    failed_soon_after: int
    """Passed, then failed a test within AGAIN_DAYS."""

    @property
    def first_pass_rate(self) -> Decimal | None:
        """一次复检合格率 = passed ÷ retested, 0 to 1; ``None`` without a re-test."""
        return _share(self.passed, self.retested)

    @property
    def without_work_rate(self) -> Decimal | None:
        """passed_without_work ÷ passed, 0 to 1; ``None`` without a pass."""
        return _share(self.passed_without_work, self.passed)


def station_figures(connection: Connection, company_code: str, first_on: date, last_on: date) -> StationFigures:
    """Figures of one shop for repairs settled from ``first_on`` to ``last_on``, both included."""
    return StationFigures(*store.shop_figures(connection, company_code, first_on, last_on, again_days=AGAIN_DAYS))


def _share(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / Decimal(whole) if whole else None
