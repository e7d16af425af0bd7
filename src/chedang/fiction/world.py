"""A whole fictional province out of one number: its shops, its vehicles and what was done to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from chedang.fiction.jobs import FictionalJob, make_history
from chedang.fiction.shops import FictionalShop, make_shops
from chedang.fiction.vehicles import FictionalVehicle, make_vehicle

_PREFECTURES = {
    "A": "3301", "B": "3302", "C": "3303", "D": "3306", "E": "3305", "F": "3304", "G": "3307", "H": "3308",
    "J": "3310", "K": "3311", "L": "3309",
}  # fmt: skip
"""Letter of a Zhejiang plate → prefecture that issues it."""
_SHOPS_ON_THE_WAY = 2


@dataclass(frozen=True, slots=True)
class World:
    """Shops, vehicles, and all jobs in the order of their settlement."""

    shops: list[FictionalShop]
    vehicles: list[FictionalVehicle]
    jobs: list[FictionalJob]


def make_world(seed: int, *, until: date, shops: int = 20, vehicles: int = 500, years: int = 2) -> World:
    """Equal arguments give the equal world, on every machine. All jobs are settled by ``until``.

    Each vehicle draws from its own chance, so a world with more vehicles holds the smaller one.
    """
    all_shops = make_shops(Random(f"{seed}/shops"), shops)
    since = until - timedelta(days=365 * years)
    all_vehicles: list[FictionalVehicle] = []
    jobs: list[FictionalJob] = []
    for number in range(vehicles):
        random = Random(f"{seed}/vehicle/{number}")
        vehicle = make_vehicle(random)
        all_vehicles.append(vehicle)
        jobs += make_history(random, vehicle, _visited(random, vehicle, all_shops), since=since, until=until)
    jobs.sort(key=lambda job: (job.text.settle_date, job.vehicle.vin))
    return World(all_shops, all_vehicles, jobs)


def _visited(random: Random, vehicle: FictionalVehicle, shops: list[FictionalShop]) -> list[FictionalShop]:
    """The shops of the vehicle's own city, and one or two on its way."""
    plate_number = vehicle.plate_number
    prefecture = _PREFECTURES.get(plate_number[1]) if plate_number.startswith("浙") else None
    at_home = [shop for shop in shops if shop.registration.division_code[:4] == prefecture]
    on_the_way = random.sample(shops, min(_SHOPS_ON_THE_WAY, len(shops)))
    return at_home * 2 + on_the_way
