"""Fictional odometer histories whose truth is known: honest ones, slips of each kind, roll-backs, replaced odometers.

A car is driven first: a true curve, day by day. Then somebody reads it at the counter, sometimes rounding. Last,
something may go wrong. Nothing here knows how readings are judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from random import Random

_FIRST_DAY = date(2017, 1, 1)
_MOST_KM_PER_DAY = 1_200
"""No car keeps up more for weeks."""


class Story(StrEnum):
    """What happened to the odometer or to one of its readings."""

    HONEST = "honest"
    SWAPPED = "two digits swapped"
    WRONG = "one digit wrong"
    DROPPED = "a digit dropped"
    DOUBLED = "a digit doubled"
    TENTHS = "tenths read as km"
    CUT = "last digit cut off"
    MILES = "miles for km"
    ELSEWHERE = "trip meter"
    ROLLED_BACK = "rolled back"
    REPLACED = "replaced, noted"


SLIPS = (
    Story.SWAPPED,
    Story.WRONG,
    Story.DROPPED,
    Story.DOUBLED,
    Story.TENTHS,
    Story.CUT,
    Story.MILES,
    Story.ELSEWHERE,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One reading as it was written down."""

    on: date
    mileage_km: Decimal
    notes_replacement: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The readings of one car in the order of time, and the truth about them."""

    story: Story
    readings: tuple[Shown, ...]
    true_km: tuple[Decimal, ...]
    """What each reading would be had nothing gone wrong after the day's work at the counter."""
    place: int | None
    """Of the slip, or of the first reading after the fall."""


def make_history(random: Random, story: Story) -> History:
    """One car with three to forty readings; a slip needs two, a fall three or more."""
    days, driven = _drive(random)
    honest = tuple(_write_down(random, km) for km in driven)
    if story is Story.HONEST:
        return History(story, _shown(days, honest), honest, None)
    if story is Story.ROLLED_BACK:
        return _roll_back(random, days, driven)
    if story is Story.REPLACED:
        return _replace(random, days, driven)
    place = random.randrange(len(honest))
    written = (*honest[:place], _slip(random, story, honest[place]), *honest[place + 1 :])
    return History(story, _shown(days, written), honest, place)


def _shown(days: list[date], written: tuple[Decimal, ...]) -> tuple[Shown, ...]:
    return tuple(Shown(day, km) for day, km in zip(days, written, strict=True))


def _drive(random: Random) -> tuple[list[date], list[float]]:
    """Days of the visits and the true mileage at each: a taxi comes every month, a private car twice a year."""
    is_taxi = random.random() < 0.12
    count = random.randint(8, 40) if is_taxi else random.randint(3, 16)
    pace = random.uniform(180, 480) if is_taxi else random.lognormvariate(3.5, 0.5)  # a median of 33 km a day
    gap_days = 30 if is_taxi else random.choice((90, 150, 180, 365))
    gaps = [_gap(random, gap_days) for _ in range(count)]
    first = _FIRST_DAY + timedelta(days=random.randrange(900))
    days = [first + timedelta(days=total) for total in accumulate(gaps)]
    start_km = random.choice((random.uniform(10, 3_000), random.uniform(3_000, 150_000)))
    paces = [min(pace * random.lognormvariate(-0.1, 0.45), _MOST_KM_PER_DAY) for _gap_days in gaps]
    steps = [gap * pace_then + random.uniform(0, 3) for gap, pace_then in zip(gaps, paces, strict=True)]
    return days, list(accumulate(steps, initial=start_km))[1:]


def _gap(random: Random, usual_days: int) -> int:
    """Days to the next visit: now and then the same day or week, now and then years."""
    chance = random.random()
    if chance < 0.05:
        return 0
    if chance < 0.12:
        return random.randint(1, 7)
    if chance < 0.16:
        return random.randint(400, 1_200)
    return max(1, round(usual_days * random.lognormvariate(0, 0.4)))


def _write_down(random: Random, km: float) -> Decimal:
    """As a clerk writes it: mostly whole kilometres, sometimes to the hundred or with the tenths."""
    chance = random.random()
    if chance < 0.06:
        return Decimal(round(km / 100) * 100)
    if chance < 0.09:
        return Decimal(int(km * 10)) / 10
    return Decimal(int(km))


def _slip(random: Random, story: Story, true_km: Decimal) -> Decimal:
    """The reading with one slip of this kind that changes it."""
    digits = str(int(true_km))
    match story:
        case Story.TENTHS:
            return Decimal(int(true_km) * 10 + random.randrange(10))
        case Story.CUT:
            return Decimal(digits[:-1] or "0")
        case Story.MILES:
            return Decimal(round(float(true_km) / 1.609344))
        case Story.ELSEWHERE:
            return Decimal(random.randrange(20, 9_999)) / 10
    return Decimal(_mistype(random, story, digits))


def _mistype(random: Random, story: Story, digits: str) -> str:
    for _attempt in range(50):
        place = random.randrange(len(digits))
        if story is Story.SWAPPED:
            text = digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :]
        elif story is Story.WRONG:
            text = digits[:place] + random.choice("0123456789") + digits[place + 1 :]
        elif story is Story.DROPPED:
            text = digits[:place] + digits[place + 1 :]
        else:
            text = digits[: place + 1] + digits[place:]
        if text not in ("", digits) and not text.startswith("0"):
            return text
    return f"{digits}0"


def _roll_back(random: Random, days: list[date], driven: list[float]) -> History:
    """From some visit on the odometer shows 20 to 80 % less than the one before; driven on from there."""
    place = random.randrange(1, len(driven))
    taken_km = driven[place - 1] * random.uniform(0.2, 0.8)
    shown = [km - taken_km if index >= place else km for index, km in enumerate(driven)]
    written = tuple(_write_down(random, km) for km in shown)
    return History(Story.ROLLED_BACK, _shown(days, written), written, place)


def _replace(random: Random, days: list[date], driven: list[float]) -> History:
    """A new instrument that begins at nothing, noted by the shop that put it in."""
    place = random.randrange(1, len(driven))
    shown = [km - driven[place - 1] if index >= place else km for index, km in enumerate(driven)]
    written = tuple(_write_down(random, km) for km in shown)
    readings = list(_shown(days, written))
    readings[place - 1] = Shown(days[place - 1], written[place - 1], notes_replacement=True)
    return History(Story.REPLACED, tuple(readings), written, place)
