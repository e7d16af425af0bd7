"""预期上传量 against a truth that we make ourselves: seeded falls are found, and quiet shops are left alone."""

from __future__ import annotations

import math
import sys
from random import Random
from typing import NamedTuple

import pytest

from chedang.quality.expectation import (
    Expectation,
    ShopWeeks,
    judge_shops,
    load_expectation_parameters,
    lower_bound,
)

PARAMETERS = load_expectation_parameters()
SHOPS = 900
FALLEN = 90
HOLIDAY = 0.15
"""What is left of everybody's work in the week of Spring Festival."""


class World(NamedTuple):
    """Shops week by week, the oldest first, and which of them fall in the last four weeks."""

    weeks: dict[str, list[int]]
    areas: dict[str, tuple[str, ...]]
    fallen: frozenset[str]
    rates: dict[str, float]


def _poisson(random: Random, mean: float) -> int:
    if mean > 60:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    product, count, least = random.random(), 0, math.exp(-mean)
    while product > least:
        product *= random.random()
        count += 1
    return count


def _world(*, holiday: int | None = None, weeks: int = 34) -> World:
    """Weekly rates from 3 to 200, a spread of a fifth beyond chance, a season of the year, one week of holiday.

    ``holiday`` counts from the end: 0 is the newest week. Of 900 shops 90 fall by 70 % in the last four weeks.
    """
    random = Random("expected volume")
    made, areas, rates = {}, {}, {}
    fallen = frozenset(f"shop-{number:03}" for number in random.sample(range(SHOPS), FALLEN))
    for number in range(SHOPS):
        code = f"shop-{number:03}"
        rates[code] = math.exp(random.uniform(math.log(3), math.log(200)))
        city, category = f"33{number % 5:02}", f"{number % 3 + 1:02}"
        areas[code] = ("33", city, f"{city}/{category}")
        made[code] = []
        for week in range(weeks):
            back = weeks - 1 - week
            mean = rates[code] * (1 + 0.2 * math.sin(2 * math.pi * week / 52)) * random.gammavariate(25, 1 / 25)
            mean *= HOLIDAY if back == holiday else 1
            mean *= 0.3 if code in fallen and back < 4 else 1
            made[code].append(_poisson(random, mean))
    return World(made, areas, fallen, rates)


def _judged(world: World, back: int) -> dict[str, Expectation]:
    """What would have been said ``back`` weeks before the newest."""
    shops = []
    for code, weeks in world.weeks.items():
        counts = tuple(reversed(weeks[: len(weeks) - back]))[: PARAMETERS.weeks]
        shops.append(ShopWeeks(code, world.areas[code], counts))
    return {each.company_code: each for each in judge_shops(shops, PARAMETERS)}


@pytest.mark.parametrize("holiday", [None, 0, 2], ids=["ordinary weeks", "holiday now", "holiday two weeks ago"])
def test_of_falls_by_seventy_per_cent_nine_in_ten_are_found_and_of_quiet_shop_weeks_one_in_a_hundred_at_most(
    holiday: int | None,
) -> None:
    world = _world(holiday=holiday)
    found: set[str] = set()
    judgeable: set[str] = set()
    quiet, false = 0, 0
    for back in (3, 2, 1, 0):
        for code, each in _judged(world, back).items():
            if code in world.fallen:
                judgeable |= {code} if back == 0 else set()
                found |= {code} if each.is_falling else set()
            else:
                quiet += 1
                false += each.is_falling
    recall, false_share = len(found & judgeable) / len(judgeable), false / quiet
    sys.stdout.write(f"recall {recall:.3f} of {len(judgeable)}, false alarms {false_share:.5f} of {quiet} shop-weeks\n")
    assert quiet > 3 * 700
    assert len(judgeable) > 0.75 * FALLEN
    assert recall >= 0.9
    assert false_share <= 0.01


def test_a_week_in_which_everybody_rests_raises_no_question() -> None:
    world = _world(holiday=0)
    resting = [each for code, each in _judged(world, 0).items() if code not in world.fallen and each.weeks == 1]
    assert all(each.season < 0.3 for each in resting)
    assert sum(each.is_falling for each in resting) <= 0.01 * len(resting)


def test_a_shop_that_alone_stops_within_a_busy_area_is_found_at_once() -> None:
    areas = ("33", "3301", "3301/02")
    steady = [ShopWeeks(f"steady-{n}", areas, (40,) * PARAMETERS.weeks) for n in range(30)]
    stopped = ShopWeeks("stopped", areas, (2, *(40,) * (PARAMETERS.weeks - 1)))
    judged = {each.company_code: each for each in judge_shops([*steady, stopped], PARAMETERS)}
    assert judged["stopped"].is_falling
    assert judged["stopped"].weeks == 1
    assert judged["stopped"].expected == pytest.approx(40, rel=0.05)
    assert not any(judged[f"steady-{n}"].is_falling for n in range(30))


def test_a_new_shop_and_one_with_hardly_any_work_are_not_judged() -> None:
    areas = ("33", "3301", "3301/02")
    new = ShopWeeks("new", areas, (0, 30, 30, 30, 30, 30, 30))
    small = ShopWeeks("small", areas, (0,) * 4 + (1, 0, 0, 0) * 6)
    assert judge_shops([new, small], PARAMETERS) == []


def test_a_small_shop_is_judged_over_as_many_weeks_as_make_enough_records() -> None:
    areas = ("33", "3301", "3301/02")
    shops = [ShopWeeks(f"shop-{n}", areas, (n,) * PARAMETERS.weeks) for n in (6, 12, 30)]
    assert {each.company_code: each.weeks for each in judge_shops(shops, PARAMETERS)} == {
        "shop-6": 4,
        "shop-12": 2,
        "shop-30": 1,
    }


@pytest.mark.parametrize(("mean", "spread"), [(5, 0.001), (20, 0.04), (200, 0.04), (40, 0.5)])
def test_fewer_than_the_lower_bound_happens_by_chance_as_often_as_the_tail_says_at_most(
    mean: float, spread: float
) -> None:
    size = 1 / spread

    def chance(k: int) -> float:
        ways = math.lgamma(size + k) - math.lgamma(size) - math.lgamma(k + 1)
        return math.exp(ways - size * math.log1p(mean * spread) + k * math.log(mean / (size + mean)))

    bound = lower_bound(mean, spread, 0.01)
    assert sum(map(chance, range(bound))) <= 0.01 < sum(map(chance, range(bound + 1)))


@pytest.mark.parametrize("mean", [1_300, 3_000_000])
def test_a_bound_is_found_of_so_many_records_that_none_at_all_has_no_chance_that_can_be_written(mean: float) -> None:
    spread = 0.001 if mean < 1e6 else 0.0131
    bound = lower_bound(mean, spread, 0.015)
    deviation = math.sqrt(mean + spread * mean * mean)
    assert math.exp(-math.log1p(mean * spread) / spread) == 0
    assert (mean - bound) / deviation == pytest.approx(2.17, abs=0.05)  # of the normal distribution
