"""A whole fictional province out of one number: its shops, its vehicles and what was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from chedang.fiction.jobs import FictionalJob, make_following_job, make_history
from chedang.fiction.provinces import ZHEJIANG, FictionalProvince
from chedang.fiction.shops import FictionalShop, make_shops
from chedang.fiction.vehicles import FictionalVehicle, make_vehicle

_SHOPS_ON_THE_WAY = 2
_DAYS_TO_A_JOURNEY = 3


@dataclass(frozen=True, slots=True)
class World:
    """Shops, vehicles, and all jobs in the order of their settlement."""

    province: FictionalProvince
    shops: list[FictionalShop]
    vehicles: list[FictionalVehicle]
    jobs: list[FictionalJob]


def make_world(
    seed: int,
    *,
    until: date,
    shops: int = 20,
    vehicles: int = 500,
    years: int = 2,
    province: FictionalProvince = ZHEJIANG,
) -> World:
    """Equal arguments give the equal world, on every machine. All jobs are settled by ``until``.

    Each vehicle draws from its own chance, so a world with more vehicles holds the smaller one.
    """
    all_shops = make_shops(Random(f"{seed}/shops"), shops, province)
    since = until - timedelta(days=365 * years)
    all_vehicles: list[FictionalVehicle] = []
    jobs: list[FictionalJob] = []
    for number in range(vehicles):
        random = Random(f"{seed}/vehicle/{number}")
        vehicle = make_vehicle(random, province)
        all_vehicles.append(vehicle)
        visited = _visited(random, vehicle, all_shops, province)
        jobs += make_history(random, vehicle, visited, since=since, until=until)
    jobs.sort(key=lambda job: (job.text.settle_date, job.vehicle.vin))
    return World(province, all_shops, all_vehicles, jobs)


def last_jobs(world: World, *, at_least: int = 1) -> list[FictionalJob]:
    """The last job of each vehicle with so many, all of them under one plate of the province and its own VIN."""
    found: dict[str, list[FictionalJob]] = {}
    for job in world.jobs:
        found.setdefault(job.vehicle.vin, []).append(job)
    histories = (found.get(vehicle.vin, []) for vehicle in world.vehicles)
    return [jobs[-1] for jobs in histories if len(jobs) >= at_least and _is_at_home(world, jobs)]


def make_visits(world: World, shops: Sequence[FictionalShop], *, until: date, count: int = 30) -> list[FictionalJob]:
    """Jobs done to ``count`` vehicles of the world on a journey, in ``shops`` of elsewhere, after all others."""
    visits: list[FictionalJob] = []
    for last in last_jobs(world):
        random = Random(f"{world.province.code}/visit/{last.vehicle.vin}")
        days = (until - datetime.strptime(last.text.settle_date, "%Y%m%d").date()).days  # noqa: DTZ007 - a day
        shop = random.choice(shops)
        if days > _DAYS_TO_A_JOURNEY and not shop.habits:
            visits.append(FictionalJob(shop, last.vehicle, make_following_job(last, shop, settled_on=until)))
    return visits[:count]


def _is_at_home(world: World, jobs: Sequence[FictionalJob]) -> bool:
    vehicle = jobs[0].vehicle
    own = (vehicle.vin, vehicle.plate_number)
    is_of_the_province = vehicle.plate_number.startswith(world.province.plate_character)
    return is_of_the_province and all((job.text.vin, job.text.plate_number) == own for job in jobs)


def _visited(
    random: Random, vehicle: FictionalVehicle, shops: list[FictionalShop], province: FictionalProvince
) -> list[FictionalShop]:
    """The shops of the vehicle's own city, and one or two on its way."""
    plate_number = vehicle.plate_number
    is_of_the_province = plate_number.startswith(province.plate_character)
    prefecture = province.prefectures.get(plate_number[1]) if is_of_the_province else None
    at_home = [shop for shop in shops if shop.registration.division_code[:4] == prefecture]
    on_the_way = random.sample(shops, min(_SHOPS_ON_THE_WAY, len(shops)))
    return at_home * 2 + on_the_way
