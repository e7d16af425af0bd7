"""A county for its officer to look after: shops that upload as they should, and shops that do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import msgspec

from chedang.fiction.habits import Habit, spoil
from chedang.fiction.jobs import make_job
from chedang.fiction.provinces import FictionalProvince
from chedang.fiction.shops import FictionalShop, make_shop
from chedang.fiction.vehicles import FictionalVehicle, make_vehicle
from chedang.records.model import RecordText

_FIRST_NUMBER = 100
"""Beyond those of the province's shops."""
_FIRST_SERIAL = 9_001
_WEEKS = 40
"""Of uploads, counted back from the last day."""
_SILENT_DAYS = (8, 9, 9, 10, 11, 12, 13, 14, 16, 17, 19, 20, 22, 25, 29, 33, 38, 47, 61, 80, 95)
"""More than twenty shops, some in each step of the work queue."""
_STEADY, _NEVER = 5, 3
_BETWEEN_DAYS = {"steady": 5, "silent": 9, "fewer": 2, "faulty": 2}
_FEWER_SINCE_DAYS = 28
_FAULTY_SINCE_DAYS = 60
_FEWER, _FAULTY = 0.1, 0.5
"""Shares of the jobs since then."""
_VEHICLES = 6


@dataclass(frozen=True, slots=True)
class CountyShop:
    """One shop, and what it uploaded on which day."""

    shop: FictionalShop
    company_code: str
    filed_on: date
    uploads: tuple[tuple[date, RecordText], ...]


@dataclass(frozen=True, slots=True)
class _Days:
    since: date
    last_on: date
    """Of the shop's last upload."""
    until: date


def make_county(division_code: str, province: FictionalProvince, *, until: date) -> list[CountyShop]:
    """Shops of one county: most have been silent for a while, three never began, one uploads less than it used to and
    one with many errors. Equal arguments give the equal county.

    Raises StopIteration for a county in which the fictional province has no place.
    """
    place = next(place for place in province.places if place.division_code == division_code)
    there = replace(province, places=(place,))
    manners = [("silent", days) for days in _SILENT_DAYS] + [("fewer", 1), ("faulty", 1)]
    manners += [("steady", 1)] * _STEADY + [("never", 0)] * _NEVER
    shops = []
    for number, (manner, quiet_days) in enumerate(manners):
        random = Random(f"{division_code}/county/{number}")
        shop = make_shop(random, _FIRST_NUMBER + number, there)
        since = until - timedelta(weeks=_WEEKS if number % 3 else _WEEKS // 2)
        days = _Days(since, until - timedelta(days=quiet_days), until)
        uploads = () if manner == "never" else tuple(_uploads(random, shop, manner, days, there))
        shops.append(CountyShop(shop, f"{division_code}{_FIRST_SERIAL + number:09d}", since, uploads))
    return shops


def _uploads(
    random: Random, shop: FictionalShop, manner: str, days: _Days, province: FictionalProvince
) -> Iterator[tuple[date, RecordText]]:
    vehicles = [make_vehicle(random, province) for _ in range(_VEHICLES)]
    on = days.since + timedelta(days=random.randrange(7))
    while on < days.last_on:
        left = (days.until - on).days
        is_late_fault = manner == "faulty" and left < _FAULTY_SINCE_DAYS
        if manner != "fewer" or left > _FEWER_SINCE_DAYS or random.random() < _FEWER:
            text = _job(random, shop, random.choice(vehicles), on, days.since)
            if is_late_fault and random.random() < _FAULTY:
                text = spoil(random, Habit.PLACEHOLDER_VIN, text)
            yield on, text
        between_days = _BETWEEN_DAYS[manner]
        on += timedelta(days=1 if is_late_fault else random.randint(between_days - 1, between_days + 1))
    yield days.last_on, _job(random, shop, vehicles[0], days.last_on, days.since)


def _job(random: Random, shop: FictionalShop, vehicle: FictionalVehicle, on: date, since: date) -> RecordText:
    text = make_job(random, vehicle, shop, repaired_on=on, settled_on=on)
    return msgspec.structs.replace(text, mileage=str(vehicle.start_km + (on - since).days * vehicle.km_per_day))
