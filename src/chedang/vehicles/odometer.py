"""里程判断: do the odometer readings of one vehicle fit together? Pure (ours, ADR 0009).

As many readings as possible are believed: the longest chain in which each fits the one before. One reading off the
chain is a doubt, mostly a typing error. A fall whose both ends are borne out by another reading is what a rollback
looks like, and only that is called illogical.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from chedang.records.limits import OdometerLimits
from chedang.vehicles.model import (
    ConflictKind,
    OdometerConflict,
    OdometerReading,
    OdometerReason,
    OdometerState,
    OdometerVerdict,
)

Readings = tuple[OdometerReading, ...]


def judge_odometer(readings: Iterable[OdometerReading], limits: OdometerLimits) -> OdometerVerdict:
    """Judge the readings of one vehicle, in any order. Fewer than two are not judged."""
    # Readings of one day have no order among them: the smaller comes first.
    ordered = tuple(sorted(readings, key=lambda reading: (reading.on, reading.mileage_km, reading.record_id)))
    judged = ordered[-limits.most_readings :]
    if len(judged) < 2:
        return _verdict(OdometerState.NOT_JUDGED, judged, (), ())
    conflicts = tuple(conflict for pair in pairwise(judged) if (conflict := _conflict(*pair, limits)))
    if not conflicts:
        return _verdict(OdometerState.REASONABLE, judged, (), ())
    chain = _Chain(judged, limits)
    rollbacks = tuple(fall for fall in _falls(conflicts) if chain.bears_out(fall))
    if not rollbacks:
        return _verdict(OdometerState.NOT_JUDGED, judged, conflicts, chain.uncertain())
    ends = [reading for fall in rollbacks for reading in (fall.earlier, fall.later)]
    return _verdict(OdometerState.ILLOGICAL, judged, rollbacks, [*ends, *chain.outliers()])


def _conflict(earlier: OdometerReading, later: OdometerReading, limits: OdometerLimits) -> OdometerConflict | None:
    """Why two readings do not fit together; ``None`` when they do."""
    driven_km = later.mileage_km - earlier.mileage_km
    if driven_km < -limits.fall_tolerance_km:
        return OdometerConflict(ConflictKind.FALL, earlier, later)
    if driven_km > max((later.on - earlier.on).days, 1) * limits.most_km_per_day:
        return OdometerConflict(ConflictKind.TOO_FAST, earlier, later)
    return None


def _falls(conflicts: Iterable[OdometerConflict]) -> tuple[OdometerConflict, ...]:
    return tuple(conflict for conflict in conflicts if conflict.kind is ConflictKind.FALL)


class _Chain:
    """A longest chain of readings in which each fits the one before; the work grows with the square of their number."""

    def __init__(self, readings: Readings, limits: OdometerLimits) -> None:
        self._readings = readings
        self._limits = limits
        count = len(readings)
        self._from_start, before = [1] * count, [-1] * count
        self._to_end = [1] * count
        for late in range(count):
            for early in range(late):
                if self._from_start[early] >= self._from_start[late] and self._fit(early, late):
                    self._from_start[late], before[late] = self._from_start[early] + 1, early
        for early in reversed(range(count)):
            for late in range(early + 1, count):
                if self._to_end[late] >= self._to_end[early] and self._fit(early, late):
                    self._to_end[early] = self._to_end[late] + 1
        self._length = max(self._from_start)
        # Of several longest chains the one that ends last: newer readings are the likelier to be cared for.
        place = max(place for place in range(count) if self._from_start[place] == self._length)
        self._members: set[int] = set()
        while place >= 0:
            self._members.add(place)
            place = before[place]

    def _fit(self, early: int, late: int) -> bool:
        return _conflict(self._readings[early], self._readings[late], self._limits) is None

    def uncertain(self) -> list[OdometerReading]:
        """Readings that are not on every longest chain: any of them may be the wrong one."""
        places = range(len(self._readings))
        on_one = [p for p in places if self._from_start[p] + self._to_end[p] == self._length + 1]
        rivals = Counter(self._from_start[place] for place in on_one)
        certain = {place for place in on_one if rivals[self._from_start[place]] == 1}
        return [self._readings[place] for place in places if place not in certain]

    def outliers(self) -> list[OdometerReading]:
        """Readings off the chain that no neighbour bears out."""
        places = range(len(self._readings))
        return [self._readings[place] for place in places if not self._stands(place, -1) and not self._stands(place, 1)]

    def bears_out(self, fall: OdometerConflict) -> bool:
        """Is either end of the fall, a pair of neighbours, borne out by another reading?"""
        place = self._readings.index(fall.earlier)
        return self._stands(place, -1) and self._stands(place + 1, 1)

    def _stands(self, place: int, step: int) -> bool:
        """On the chain together with others, or off it together with the neighbour in that direction."""
        if place in self._members:
            return self._length > 1
        neighbour = place + step
        if not 0 <= neighbour < len(self._readings) or neighbour in self._members:
            return False
        return self._fit(min(place, neighbour), max(place, neighbour))


def _verdict(
    state: OdometerState,
    readings: Readings,
    conflicts: tuple[OdometerConflict, ...],
    doubtful_readings: Iterable[OdometerReading],
) -> OdometerVerdict:
    doubtful: frozenset[UUID] = frozenset(reading.record_id for reading in doubtful_readings)
    if conflicts:
        chinese, english = _say_conflict(state, (*_falls(conflicts), *conflicts)[0])
        if len(doubtful) > 2:
            chinese += f"可能不对的读数一共有 {len(doubtful)} 个。"
            english += f" In all {len(doubtful)} readings may be wrong."
    elif state is OdometerState.REASONABLE:
        latest = readings[-1]
        chinese = f"{len(readings)} 次读数依次增加，最近一次 {_km(latest)} 千米。"
        english = f"{len(readings)} readings increase one after another; the latest is {_km(latest)} km."
    else:
        chinese = "有里程又有日期的记录不到两条，还不能判断里程是否合理。"
        english = "Fewer than two records have both a mileage and a date, so the odometer cannot be judged yet."
    return OdometerVerdict(state, chinese, english, readings, conflicts, doubtful, (_reason(state, conflicts),))


def _reason(state: OdometerState, conflicts: tuple[OdometerConflict, ...]) -> OdometerReason:
    if state is OdometerState.ILLOGICAL:
        return OdometerReason.FALL
    if conflicts:
        return OdometerReason.CONTRADICTION
    return OdometerReason.FITS if state is OdometerState.REASONABLE else OdometerReason.TOO_FEW


def _say_conflict(state: OdometerState, conflict: OdometerConflict) -> tuple[str, str]:
    """Name both readings, in Chinese and in English."""
    earlier, later = conflict.earlier, conflict.later
    if conflict.kind is ConflictKind.TOO_FAST:
        chinese = (
            f"从{_day(earlier.on)}的 {_km(earlier)} 千米到{_day(later.on)}的 {_km(later)} 千米，两次之间跑不了这么远，"
        )
        english = (
            f"From {_km(earlier)} km on {earlier.on} to {_km(later)} km on {later.on} is too far to drive in between"
        )
    else:
        chinese = f"{_day(later.on)}的读数 {_km(later)} 千米，小于{_day(earlier.on)}的 {_km(earlier)} 千米，"
        english = f"The reading of {_km(later)} km on {later.on} is below the {_km(earlier)} km of {earlier.on}"
    if state is OdometerState.ILLOGICAL:
        chinese += "而且另有读数分别与这两个读数相符。里程表换过的，请维修企业注明。"
        english += ", and other readings bear both out. A replaced odometer should be noted."
    else:
        chinese += "其中一个可能抄错。"
        english += "; one of the two may be mistyped."
    return chinese, english


def _km(reading: OdometerReading) -> str:
    """48210.0 → 48,210; 48210.5 → 48,210.5"""
    return f"{_without_zeros(reading.mileage_km):,f}"


def _without_zeros(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
