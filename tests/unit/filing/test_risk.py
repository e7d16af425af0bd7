"""Points for whom to visit, and draws that anybody can do again."""

from __future__ import annotations

import hashlib

import pytest

from chedang.filing.risk import RiskFigures, draw, load_scale, order_by_lot, score, suggest

SHOP = "330106000000001"
SHOPS = [f"33010600000000{n}" for n in range(9)]


def points(**figures: int | None) -> int:
    return score(RiskFigures(company_code=SHOP, **figures), load_scale()).points


def test_the_points_that_ship_rise_and_add_up_to_a_hundred() -> None:
    assert points(years=9, doubtful=100, silent=400, complaints=50, orders=50) == 100
    assert points(years=0, doubtful=0, silent=0, complaints=0, orders=0) == 0


@pytest.mark.parametrize(("years", "expected"), [(0, 0), (1, 10), (2, 20), (3, 30), (40, 30), (None, 0)])
def test_a_factor_gives_the_points_of_the_highest_step_reached(years: int | None, expected: int) -> None:
    assert points(years=years) == expected


def test_the_weightiest_reason_comes_first_and_names_its_figure() -> None:
    parts = score(RiskFigures(company_code=SHOP, years=1, silent=31), load_scale()).parts
    assert [(part.factor.key, part.figure, part.points) for part in parts] == [("silent", 31, 20), ("years", 1, 10)]


def test_shops_below_the_line_are_not_suggested_and_equal_ones_stand_by_code() -> None:
    every = [
        RiskFigures(company_code=SHOPS[3], years=3),
        RiskFigures(company_code=SHOPS[1], years=3),
        RiskFigures(company_code=SHOPS[2], years=3, complaints=9),
        RiskFigures(company_code=SHOPS[0], years=2),
    ]
    assert [each.company_code for each in suggest(every, load_scale(), limit=9)] == [SHOPS[2], SHOPS[1], SHOPS[3]]
    assert [each.company_code for each in suggest(every, load_scale(), limit=1)] == [SHOPS[2]]


def test_a_draw_is_the_same_again_by_hand() -> None:
    by_hand = sorted(SHOPS, key=lambda code: hashlib.sha256(f"seed/{code}".encode()).hexdigest())
    drawn = draw("seed", SHOPS, ["4", "5", "6"], 3)
    assert [code for code, _officers in drawn] == by_hand[:3]
    second = sorted("456", key=lambda key: hashlib.sha256(f"seed/2/{key}".encode()).hexdigest())
    assert drawn[1][1] == tuple(second[:2])
    assert drawn == draw("seed", SHOPS[::-1], ["6", "5", "4"], 3)
    assert drawn != draw("another", SHOPS, ["4", "5", "6"], 3)


def test_a_draw_takes_whoever_there_is_and_needs_two_officers() -> None:
    assert {code for code, _officers in draw("seed", SHOPS, ["1", "2"], 50)} == set(SHOPS)
    with pytest.raises(ValueError, match="two officers"):
        draw("seed", SHOPS, ["1"], 1)
    with pytest.raises(ValueError, match="once"):
        order_by_lot("seed", ["1", "1"])
