"""How often a shop uploads, and whether it has been quiet for longer than usual. Pure (ours)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Final

import msgspec

DAYS_LOOKED_AT: Final = 15
_FEWEST_GAPS: Final = 3
_PATIENCE: Final = 2
"""Quiet for more than so many times the usual is worth a word."""
_ALWAYS_FINE_DAYS: Final = 3
"""A weekend and a day."""


class Rhythm(msgspec.Struct, frozen=True):
    """When a shop uploaded last, and what is usual."""

    last_on: date | None
    """``None``: never."""
    quiet_days: int
    usual_gap_days: int | None
    """The median number of days from one day with uploads to the next; ``None`` with too few of them."""

    @property
    def is_late(self) -> bool:
        """Quiet for so much longer than usual that somebody should look at the software."""
        usual = self.usual_gap_days or 1
        return self.last_on is not None and self.quiet_days > max(_ALWAYS_FINE_DAYS, _PATIENCE * usual)


def find_rhythm(days: Sequence[date], today: date) -> Rhythm:
    """From the last days with an upload, newest first."""
    if not days:
        return Rhythm(None, 0, None)
    gaps = [(later - earlier).days for later, earlier in pairwise(days)]
    usual = round(median(gaps)) if len(gaps) >= _FEWEST_GAPS else None
    return Rhythm(days[0], max((today - days[0]).days, 0), usual)
