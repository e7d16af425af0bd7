"""疑似笔误: the slips with an odometer reading that clerks make, and the one that best explains a reading. Pure (ours).

How much a slip explains depends on how many other values it could have led to: two digits can be swapped in four
places, one digit be wrong in fifty ways. Whatever the readings around it allow, the likeliest is proposed (ADR 0027).
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from chedang.vehicles.model import OdometerReading, Typo, TypoKind

REPEATED: Final = frozenset({TypoKind.TENTHS_AS_KM, TypoKind.TENTH_OF_IT})
"""Slips that are a habit of a shop, and so may come twice in a row."""
# How often each slip is thought to happen, against one another. No counts of real slips were found (待核).
_WEIGHTS: Final = {
    TypoKind.SWAPPED: 1.0,
    TypoKind.WRONG_DIGIT: 2.0,
    TypoKind.DROPPED_DIGIT: 1.0,
    TypoKind.EXTRA_DIGIT: 1.0,
    TypoKind.TENTHS_AS_KM: 1.0,
    TypoKind.TENTH_OF_IT: 1.0,
    TypoKind.MILES: 0.3,
}
_ANOTHER_PLACE_WEIGHT: Final = -2.0
_KM_PER_MILE: Final = Decimal("1.609344")
_LONGEST_TRIP_KM: Final = 2_000
_LEAST_KM_BESIDE_A_TRIP: Final = 5_000
_LEAST_SPREAD_KM: Final = 100.0
_DATE: Final = re.compile(r"(?:20)?(\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")


class Slip(NamedTuple):
    """What a mistyped reading may have been, and by which slip it became what it is."""

    kind: TypoKind
    meant_km: Decimal


class Window(NamedTuple):
    """Between which values a reading would fit, and which it was to be expected to have."""

    low_km: Decimal
    high_km: Decimal
    expected_km: Decimal

    def holds(self, mileage_km: Decimal) -> bool:
        return self.low_km <= mileage_km <= self.high_km


class Explanation(NamedTuple):
    """A slip and how likely it is: the logarithm of a weight, 0 for one that leads to a single value, as expected."""

    weight: float
    typo: Typo


def explain(reading: OdometerReading, window: Window) -> Explanation | None:
    """The likeliest slip after whose correction the reading would fit; ``None`` when there is none."""
    likeliest = max(_weighed(reading.mileage_km, window), default=None)
    if likeliest is not None:
        weight, slip = likeliest
        return Explanation(weight, Typo(slip.kind, reading.record_id, slip.meant_km))
    if _is_from_another_place(reading, window):
        return Explanation(_ANOTHER_PLACE_WEIGHT, Typo(TypoKind.ANOTHER_PLACE, reading.record_id, None))
    return None


def _weighed(mileage_km: Decimal, window: Window) -> Iterator[tuple[float, Slip]]:
    """The slips that fit, each with the logarithm of its likelihood."""
    spread = max(float(window.high_km - window.low_km) / 6, _LEAST_SPREAD_KM)
    expected_km = float(window.expected_km)
    found, weights = slips(mileage_km), _weights(mileage_km)
    first, last = bisect_left(found, window.low_km, key=_meant_km), bisect_right(found, window.high_km, key=_meant_km)
    for slip in found[first:last]:
        yield weights[slip.kind] - abs(float(slip.meant_km) - expected_km) / spread, slip


def _meant_km(slip: Slip) -> Decimal:
    return slip.meant_km


@lru_cache(maxsize=4096)
def slips(mileage_km: Decimal) -> tuple[Slip, ...]:
    """Every value that one slip could have turned into this one, the smallest first."""
    found: dict[Decimal, TypoKind] = {}
    for kind, meant in _every_way(mileage_km, str(int(mileage_km))):
        if meant != mileage_km:
            found.setdefault(meant, kind)
    return tuple(sorted((Slip(kind, meant) for meant, kind in found.items()), key=_meant_km))


@lru_cache(maxsize=4096)
def _weights(mileage_km: Decimal) -> dict[TypoKind, float]:
    """Logarithm of how likely one value of each kind is: the more values a slip leads to, the less."""
    ways = Counter(slip.kind for slip in slips(mileage_km))
    return {kind: math.log(_WEIGHTS[kind] / count) for kind, count in ways.items()}


def _every_way(mileage_km: Decimal, digits: str) -> Iterator[tuple[TypoKind, Decimal]]:
    """The more telling slips first: a value that two of them lead to is put down to the first."""
    for text in _swapped(digits):
        yield TypoKind.SWAPPED, Decimal(text)
    yield TypoKind.TENTHS_AS_KM, mileage_km / 10
    yield TypoKind.TENTH_OF_IT, mileage_km * 10
    for text in _without_one(digits):
        yield TypoKind.EXTRA_DIGIT, Decimal(text)
    yield TypoKind.MILES, (mileage_km * _KM_PER_MILE).quantize(Decimal(1))
    for text in _with_another_digit(digits):
        yield TypoKind.WRONG_DIGIT, Decimal(text)
    for text in _with_one_more(digits):
        yield TypoKind.DROPPED_DIGIT, Decimal(text)


def _swapped(digits: str) -> Iterator[str]:
    for place in range(len(digits) - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if swapped[0] != "0":
            yield swapped


def _without_one(digits: str) -> Iterator[str]:
    """Without a zero, or without one of two equal neighbours."""
    for place in range(1, len(digits)):
        if digits[place] in {"0", digits[place - 1]}:
            yield digits[:place] + digits[place + 1 :]


def _with_another_digit(digits: str) -> Iterator[str]:
    for place in range(len(digits)):
        for digit in "0123456789" if place else "123456789":
            yield digits[:place] + digit + digits[place + 1 :]


def _with_one_more(digits: str) -> Iterator[str]:
    for place in range(len(digits) + 1):
        for digit in "0123456789" if place else "123456789":
            yield digits[:place] + digit + digits[place:]


def _is_from_another_place(reading: OdometerReading, window: Window) -> bool:
    """Does it look like a date near the day, or like a trip meter?"""
    if not window.holds(reading.mileage_km) and _is_date(str(int(reading.mileage_km)), reading.on):
        return True
    return reading.mileage_km < _LONGEST_TRIP_KM and window.low_km > _LEAST_KM_BESIDE_A_TRIP


def _is_date(digits: str, near: date) -> bool:
    found = _DATE.fullmatch(digits)
    return found is not None and abs(2000 + int(found[1]) - near.year) <= 1
