"""Fictional repair histories: what one vehicle has done to it, where, when and at what mileage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import msgspec

from chedang.fiction.catalogue import JobKind, Power, job_kinds
from chedang.fiction.habits import spoil
from chedang.fiction.shops import FictionalShop
from chedang.fiction.vehicles import FictionalVehicle
from chedang.records.model import PartText, ProjectText, RecordText

_SERVICE_EVERY_KM = 7_500
_SHORTEST_PAUSE_DAYS = 45
_LONGEST_PAUSE_DAYS = 165


@dataclass(frozen=True, slots=True)
class FictionalJob:
    """One settled job on its way from a shop: the 13 elements as that shop sends them."""

    shop: FictionalShop
    vehicle: FictionalVehicle
    text: RecordText


def make_history(
    random: Random, vehicle: FictionalVehicle, shops: Sequence[FictionalShop], *, since: date, until: date
) -> list[FictionalJob]:
    """All jobs of a vehicle settled from ``since`` to ``until``, oldest first; mostly in one shop of the list."""
    regular = random.choice(shops)
    jobs: list[FictionalJob] = []
    repaired_on = since + timedelta(days=random.randint(0, _LONGEST_PAUSE_DAYS))
    while (settled_on := repaired_on + timedelta(days=_days_in_shop(random))) <= until:
        shop = regular if random.random() < 0.8 else random.choice(shops)
        text = make_job(random, vehicle, shop, repaired_on=repaired_on, settled_on=settled_on)
        text = _as_it_was_then(vehicle, text, repaired_on, since, until)
        jobs.append(FictionalJob(shop, vehicle, _with_habits(random, shop, text)))
        repaired_on = settled_on + timedelta(days=_pause_days(random, vehicle))
    return jobs


def make_job(
    random: Random, vehicle: FictionalVehicle, shop: FictionalShop, *, repaired_on: date, settled_on: date
) -> RecordText:
    """One flawless job, at the vehicle's mileage at the beginning of its history."""
    kind = _choose(random, vehicle.power)
    return RecordText(
        company_name=shop.registration.company_name,
        vin=vehicle.vin,
        plate_number=vehicle.plate_number,
        repair_date=f"{repaired_on:%Y%m%d}",
        mileage=str(vehicle.start_km),
        settle_date=f"{settled_on:%Y%m%d}",
        fault_description=kind.fault,
        settlement_list_number=f"{shop.number_prefix}{settled_on:%Y%m%d}{random.randrange(16**6):06X}",
        parts=tuple(PartText(*part) for part in kind.parts),
        projects=tuple(ProjectText(*project) for project in kind.projects),
    )


def make_following_job(job: FictionalJob, shop: FictionalShop, *, settled_on: date) -> RecordText:
    """A flawless job on the vehicle of ``job`` some days later, in ``shop``; always the same for the same arguments."""
    random = Random(f"{job.vehicle.vin}/{settled_on}")
    text = make_job(random, job.vehicle, shop, repaired_on=settled_on - timedelta(days=1), settled_on=settled_on)
    return msgspec.structs.replace(text, mileage=str(int(job.text.mileage) + job.vehicle.km_per_day))


def _as_it_was_then(
    vehicle: FictionalVehicle, text: RecordText, repaired_on: date, since: date, until: date
) -> RecordText:
    """Mileage and plate on that day."""
    days = (repaired_on - since).days
    is_second_half = days > (until - since).days // 2
    mileage_km = vehicle.start_km + days * vehicle.km_per_day
    if is_second_half:
        mileage_km -= vehicle.rolled_back_km
    plate_number = vehicle.plate_number
    if vehicle.earlier_plate_number is not None and not is_second_half:
        plate_number = vehicle.earlier_plate_number
    return msgspec.structs.replace(text, mileage=str(mileage_km), plate_number=plate_number)


def _with_habits(random: Random, shop: FictionalShop, text: RecordText) -> RecordText:
    for habit in shop.habits:
        if random.random() < habit.share:
            text = spoil(random, habit, text)
    return text


def _choose(random: Random, power: Power) -> JobKind:
    kinds = job_kinds(power)
    return random.choices(kinds, weights=[kind.weight for kind in kinds])[0]


def _days_in_shop(random: Random) -> int:
    return random.choices((0, 1, 2, 4), weights=(70, 20, 7, 3))[0]


def _pause_days(random: Random, vehicle: FictionalVehicle) -> int:
    """Days until the next visit: service by mileage, or something breaks before."""
    due = _SERVICE_EVERY_KM // vehicle.km_per_day
    pause = min(max(due, _SHORTEST_PAUSE_DAYS), _LONGEST_PAUSE_DAYS)
    return random.randint(pause // 2, pause * 5 // 4)
