"""What a mistyped VIN may have been meant to be."""

from __future__ import annotations

from random import Random

import pytest

from chedang.fiction.vehicles import make_vin
from chedang.terms import vin as vins
from chedang.terms.vin_typos import near

MEANT = make_vin(Random("meant"))


@pytest.mark.parametrize("place", range(9, 16))
def test_two_neighbours_that_were_swapped_are_found(place: int) -> None:
    typed = MEANT[:place] + MEANT[place + 1] + MEANT[place] + MEANT[place + 2 :]
    assert typed == MEANT or vins.check_character(typed) == typed[8] or MEANT in near(typed)


def test_a_character_taken_for_its_look_alike_is_found() -> None:
    vin = next(vin for seed in range(99) if "8" in (vin := make_vin(Random(seed)))[:8])
    place = vin.index("8")
    typed = vin[:place] + "B" + vin[place + 1 :]
    assert vins.check_character(typed) != typed[8]
    assert vin in near(typed, most=99)


def test_every_proposal_has_a_right_check_digit_and_there_are_few() -> None:
    typed = MEANT[:8] + ("1" if MEANT[8] != "1" else "2") + MEANT[9:]
    proposed = near(typed)
    assert proposed[-1] == MEANT
    assert len(proposed) <= 5
    assert all(vins.check_character(each) == each[8] for each in proposed)


@pytest.mark.parametrize("typed", ["", "无", MEANT, MEANT[:16], "LXXR9S194MB2O2903"])
def test_nothing_is_proposed_for_what_is_right_or_no_vin_at_all(typed: str) -> None:
    assert near(typed) == ()
