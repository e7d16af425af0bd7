"""里程判断: do the odometer readings of one vehicle fit together? Pure (ours, ADR 0009).

One reading that does not fit among others that do is a doubt: mostly a typing error. A fall between two readings each
of which is borne out by its neighbour is what a rollback looks like, and only that is called illogical.
"""

from __future__ import annotations

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
        return _verdict(OdometerState.NOT_JUDGED, judged, (), frozenset())
    outliers, kept = _set_outliers_apart(judged, limits)
    remaining = _conflicts(kept, limits)
    if not remaining and not outliers:
        return _verdict(OdometerState.REASONABLE, judged, (), frozenset())
    doubtful = outliers | _doubtful(remaining, kept, limits)
    rollbacks = tuple(fall for fall in _falls(remaining) if all(_borne_out(fall, kept, limits)))
    if rollbacks:
        return _verdict(OdometerState.ILLOGICAL, judged, rollbacks, doubtful)
    return _verdict(OdometerState.DOUBTFUL, judged, _conflicts(judged, limits), doubtful)


def _conflict(earlier: OdometerReading, later: OdometerReading, limits: OdometerLimits) -> OdometerConflict | None:
    """Why two readings do not fit together; ``None`` when they do."""
    driven_km = later.mileage_km - earlier.mileage_km
    if driven_km < -limits.fall_tolerance_km:
        return OdometerConflict(ConflictKind.FALL, earlier, later)
    if driven_km > max((later.on - earlier.on).days, 1) * limits.most_km_per_day:
        return OdometerConflict(ConflictKind.TOO_FAST, earlier, later)
    return None


def _conflicts(readings: Readings, limits: OdometerLimits) -> tuple[OdometerConflict, ...]:
    return tuple(conflict for pair in pairwise(readings) if (conflict := _conflict(*pair, limits)))


def _falls(conflicts: Iterable[OdometerConflict]) -> tuple[OdometerConflict, ...]:
    return tuple(conflict for conflict in conflicts if conflict.kind is ConflictKind.FALL)


def _set_outliers_apart(readings: Readings, limits: OdometerLimits) -> tuple[frozenset[UUID], Readings]:
    """Take out single readings whose neighbours fit together without them, until there are none.

    Where it may be either of two, both are named and one is taken out.
    """
    outliers: set[UUID] = set()
    kept = list(readings)
    place = 1
    while place < len(kept):
        earlier, later = kept[place - 1], kept[place]
        if _conflict(earlier, later, limits) is None:
            place += 1
            continue
        earlier_is_out = place >= 2 and _conflict(kept[place - 2], later, limits) is None
        later_is_out = place + 1 < len(kept) and _conflict(earlier, kept[place + 1], limits) is None
        if earlier_is_out:
            outliers.add(earlier.record_id)
        if later_is_out:
            outliers.add(later.record_id)
        if earlier_is_out or later_is_out:
            del kept[place if later_is_out else place - 1]
            place = max(place - 1, 1)
        else:
            place += 1
    return frozenset(outliers), tuple(kept)


def _borne_out(conflict: OdometerConflict, kept: Readings, limits: OdometerLimits) -> tuple[bool, bool]:
    """Does the reading before bear out the earlier one, and the reading after the later one?"""
    place = kept.index(conflict.earlier)
    before, after = kept[max(place - 1, 0) : place], kept[place + 2 : place + 3]
    return (
        any(_conflict(reading, conflict.earlier, limits) is None for reading in before),
        any(_conflict(conflict.later, reading, limits) is None for reading in after),
    )


def _doubtful(conflicts: Iterable[OdometerConflict], kept: Readings, limits: OdometerLimits) -> frozenset[UUID]:
    """Of each conflict the reading that nothing bears out; both where that does not tell them apart."""
    doubtful: set[UUID] = set()
    for conflict in conflicts:
        earlier_stands, later_stands = _borne_out(conflict, kept, limits)
        if later_stands or not earlier_stands:
            doubtful.add(conflict.earlier.record_id)
        if earlier_stands or not later_stands:
            doubtful.add(conflict.later.record_id)
    return frozenset(doubtful)


def _verdict(
    state: OdometerState, readings: Readings, conflicts: tuple[OdometerConflict, ...], doubtful: frozenset[UUID]
) -> OdometerVerdict:
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
    return OdometerVerdict(state, chinese, english, readings, conflicts, doubtful)


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
        chinese += "而且前后的读数分别与这两个读数相符。里程表换过的，请维修企业注明。"
        english += ", and the readings before and after bear both out. A replaced odometer should be noted."
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
