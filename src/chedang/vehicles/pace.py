"""How fast a vehicle gathers kilometres, by the readings that its verdict believes. Pure (ours, ADR 0028)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from statistics import median
from typing import Final

import msgspec

from chedang.vehicles.model import OdometerReading, OdometerVerdict

_LONGEST_MEMORY: Final = timedelta(days=3 * 365)
"""How one drove before says little of how one drives now."""
_SHORTEST_SPAN: Final = timedelta(days=28)
"""Two readings closer than this say more of a journey than of a habit."""
_MOST_READINGS: Final = 40
_LONGEST_GUESS: Final = timedelta(days=2 * 365)
"""Farther than this from the last reading nothing is estimated."""


class Pace(msgspec.Struct, frozen=True):
    """The newest believed reading and the kilometres a day since then, as far as they are known."""

    latest: OdometerReading | None = None
    km_per_day: Decimal | None = None
    """Median over pairs of readings; ``None`` for too few or too close ones."""

    def mileage_on(self, day: date) -> Decimal | None:
        """Estimated mileage, by the pace on or back from the newest reading; ``None`` when unknown."""
        if self.latest is None:
            return None
        since = day - self.latest.on
        if not since:
            return self.latest.mileage_km
        if self.km_per_day is None or abs(since) > _LONGEST_GUESS:
            return None
        driven_km = (self.km_per_day * since.days).quantize(Decimal(1), ROUND_HALF_UP)
        return max(self.latest.mileage_km + driven_km, Decimal(0))

    def day_of(self, mileage_km: Decimal) -> date | None:
        """Day on which the vehicle is likely to reach a mileage; ``None`` when unknown or far away."""
        if self.latest is None or not self.km_per_day:
            return None
        days = (mileage_km - self.latest.mileage_km) / self.km_per_day
        return self.latest.on + timedelta(days=int(days)) if abs(days) <= _LONGEST_GUESS.days * 5 else None


def find_pace(verdict: OdometerVerdict) -> Pace:
    """Read the pace off the readings of a verdict; doubtful ones have no say."""
    readings = _rising(believed_readings(verdict))
    if not readings:
        return Pace()
    latest = readings[-1]
    recent = [reading for reading in readings if latest.on - reading.on <= _LONGEST_MEMORY][-_MOST_READINGS:]
    slopes = [
        (later.mileage_km - earlier.mileage_km) / (later.on - earlier.on).days
        for earlier, later in combinations(recent, 2)
        if later.on - earlier.on >= _SHORTEST_SPAN
    ]
    return Pace(latest, max(Decimal(median(slopes)), Decimal(0)) if slopes else None)


def believed_readings(verdict: OdometerVerdict) -> tuple[OdometerReading, ...]:
    """The readings that the verdict does not doubt, in the order of time."""
    return tuple(reading for reading in verdict.readings if reading.record_id not in verdict.doubtful)


def _rising(readings: Sequence[OdometerReading]) -> list[OdometerReading]:
    """The newest run without a fall: after a replaced odometer only the new one counts."""
    run: list[OdometerReading] = []
    for reading in reversed(readings):
        if run and reading.mileage_km > run[-1].mileage_km:
            break
        run.append(reading)
    return run[::-1]
