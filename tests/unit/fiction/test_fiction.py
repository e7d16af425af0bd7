"""Fictional data must pass for real data, and come out the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from random import Random

import pytest

from chedang.enterprises.rules import read_registration
from chedang.fiction.catalogue import Power, job_kinds
from chedang.fiction.habits import Habit, spoil
from chedang.fiction.jobs import FictionalJob
from chedang.fiction.provinces import province
from chedang.fiction.shops import make_credit_code, make_shops
from chedang.fiction.vehicles import make_plate, make_vehicle, make_vin
from chedang.fiction.world import last_jobs, make_visits, make_world
from chedang.terms import credit_code, plate, vin
from chedang.terms.division import PROVINCES

UNTIL = date(2026, 11, 22)


@pytest.fixture(scope="module")
def world():
    return make_world(33, until=UNTIL)


def test_every_vin_is_without_problem():
    random = Random(1)
    assert {vin.judge(make_vin(random)).problem for _ in range(2_000)} == {None}


def test_every_plate_is_of_a_kind_and_electric_ones_are_of_new_energy():
    random = Random(2)
    new_energy = {plate.PlateKind.NEW_ENERGY_SMALL, plate.PlateKind.NEW_ENERGY_LARGE}
    for power in (Power.FUEL, Power.ELECTRIC):
        found = [plate.read(make_plate(random, power)) for _ in range(2_000)]
        assert None not in found
        assert ({each.kind for each in found if each} == new_energy) is (power is Power.ELECTRIC)


def test_every_credit_code_is_right_down_to_the_organisation_code():
    random = Random(3)
    found = {credit_code.judge(make_credit_code(random, "330106"), check_organisation=True) for _ in range(2_000)}
    assert found == {None}


def test_every_shop_registers_without_finding():
    for shop in make_shops(Random(4), 45):
        assert read_registration(shop.registration, today=UNTIL)[1] == ()


def test_shops_differ_in_name_and_cover_all_classes():
    shops = make_shops(Random(5), 45)
    assert len({shop.registration.company_name for shop in shops}) == 45
    assert {shop.registration.category for shop in shops} == {"01", "02", "03"}


def test_the_catalogue_is_wide_enough():
    assert len({*job_kinds(Power.FUEL), *job_kinds(Power.ELECTRIC)}) >= 60


def test_the_same_seed_gives_the_same_world_and_another_another(world):
    assert make_world(33, until=UNTIL) == world
    assert make_world(34, until=UNTIL).vehicles != world.vehicles


def test_a_larger_world_holds_the_smaller_one(world):
    smaller = make_world(33, until=UNTIL, vehicles=50)
    assert world.vehicles[:50] == smaller.vehicles
    assert set(smaller.jobs) <= set(world.jobs)


def test_the_world_has_the_promised_size(world):
    assert (len(world.shops), len(world.vehicles)) == (20, 500)
    assert len({vehicle.vin for vehicle in world.vehicles}) == 500
    assert 3_000 <= len(world.jobs) <= 4_500
    assert min(Counter(job.vehicle.vin for job in world.jobs).values()) >= 1


def test_nothing_is_settled_before_it_came_in_or_after_the_day_of_the_world(world):
    for job in world.jobs:
        assert job.text.repair_date <= job.text.settle_date <= f"{UNTIL:%Y%m%d}"


def test_the_odometer_of_an_honest_car_only_rises_and_that_of_a_tampered_one_falls_once(world):
    readings: dict[str, list[int]] = {}
    for job in world.jobs:
        readings.setdefault(job.vehicle.vin, []).append(int(job.text.mileage))
    falls = {number: sum(later < earlier for earlier, later in pairwise(found)) for number, found in readings.items()}
    tampered = {vehicle.vin for vehicle in world.vehicles if vehicle.rolled_back_km}
    assert tampered
    assert {number for number, count in falls.items() if count} <= tampered
    assert sum(falls.values()) >= len(tampered) // 2


def test_a_settlement_number_stands_for_one_job_of_one_shop(world):
    numbers = [
        (job.shop.registration.company_name, job.text.settlement_list_number)
        for job in world.jobs
        if job.text.settlement_list_number
    ]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("habit", Habit)
def test_every_habit_is_seen_in_the_world_and_only_where_it_belongs(world, habit):
    owners = {shop.registration.company_name for shop in world.shops if habit in shop.habits}
    assert owners
    spoilt = {job.text.company_name for job in world.jobs if _shows(habit, job)}
    assert spoilt == owners


def _shows(habit: Habit, job: FictionalJob) -> bool:
    text = job.text
    shown = {
        Habit.PLACEHOLDER_VIN: text.vin == "无",
        Habit.PRICE_IN_HOURS: any(float(project.hours) > 100 for project in text.projects),
        Habit.FAULT_DASH: text.fault_description == "-",
        Habit.SHORT_VIN: 1 < len(text.vin) < 17 and text.vin.isascii(),
        Habit.PLATE_IN_VIN: text.vin == text.plate_number,
        Habit.MISSING_SETTLEMENT_NUMBER: text.settlement_list_number == "",
        Habit.WRONG_CHECK_DIGIT: vin.judge(text.vin).problem is vin.VinProblem.CHECK_DIGIT_BINDING,
    }
    return shown[habit]


@pytest.mark.parametrize("code", [code for code, each in PROVINCES.items() if each.plate_character])
def test_every_province_has_shops_and_plates_of_its_own(code):
    home = make_world(int(code), until=UNTIL, shops=25, vehicles=8, province=province(code))
    assert len({shop.registration.company_name for shop in home.shops}) == 25
    for shop in home.shops:
        assert read_registration(shop.registration, today=UNTIL)[1] == ()
        assert PROVINCES[code].plate_character == PROVINCES[shop.registration.division_code[:2]].plate_character
    assert None not in [plate.read(vehicle.plate_number) for vehicle in home.vehicles]
    assert last_jobs(home)


def test_a_node_without_plates_has_no_fictional_province():
    with pytest.raises(ValueError, match="00"):
        province("00")


def test_vehicles_on_a_journey_are_repaired_elsewhere_after_all_else(world):
    neighbour = make_world(32, until=UNTIL, shops=8, vehicles=40, province=province("32"))
    visits = make_visits(neighbour, world.shops, until=UNTIL, count=10)
    assert len(visits) == 10
    for visit in visits:
        assert visit.shop in world.shops
        assert visit.text.plate_number.startswith("苏")
        before = [job for job in neighbour.jobs if job.vehicle == visit.vehicle]
        assert all(job.text.settle_date < visit.text.settle_date for job in before)
        assert all(int(job.text.mileage) < int(visit.text.mileage) for job in before)


def test_a_habit_spoils_its_own_element_only(world):
    job = world.jobs[0]
    spoilt = spoil(Random(6), Habit.FAULT_DASH, job.text)
    assert spoilt.fault_description == "-"
    assert spoilt.vin == job.text.vin


def test_a_vehicle_can_be_made_alone():
    assert make_vehicle(Random(7)) == make_vehicle(Random(7))
