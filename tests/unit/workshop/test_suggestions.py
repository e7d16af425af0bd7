"""Usual items with usual hours, and what a mistyped VIN may have been."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest

from chedang.fiction.vehicles import make_vin
from chedang.records.model import PartText, ProjectText, RecordState, RecordText
from chedang.terms.vin import check_character
from chedang.workshop.suggestions import UsualItem, UsualPart, usual_of
from chedang.workshop.vin_typos import meant

VIN = make_vin(Random("typed in a hurry"))


@dataclass(frozen=True)
class Record:
    """What is read of a stored version."""

    text: RecordText
    state: RecordState = RecordState.ACTIVE


def job(
    *hours: str, part: tuple[str, str, str] = ("机油", "OIL-4L", "4"), state: RecordState = RecordState.ACTIVE
) -> Record:
    text = RecordText(projects=tuple(ProjectText("更换机油", each) for each in hours), parts=(PartText(*part),))
    return Record(text, state)


def test_usual_hours_are_the_median_of_the_last_twenty() -> None:
    # Given twenty jobs of late, and older ones with other hours
    late = [job("0.5") for _ in range(9)] + [job("0.8") for _ in range(11)]
    usual = usual_of([*late, *[job("9") for _ in range(50)]])
    assert usual.items == (UsualItem("更换机油", "0.8", 70),)
    # A value that falls between two is rounded to a tenth; what is no number of hours does not count
    assert usual_of([job("0.5", "0.8")]).items[0].hours == "0.6"
    assert usual_of([job("半小时", "0", "-1", "380000")]).items[0].hours == ""


def test_parts_are_told_apart_by_code_and_come_with_their_usual_quantity() -> None:
    records = [
        job(part=("机油", "OIL-4L", "4")),
        job(part=("机油", "OIL-4L", "4")),
        job(part=("机油", "OIL-4L", "5")),
        job(part=("机油", "OIL-1L", "1")),
        job(part=("机油", "OIL-1L", "1"), state=RecordState.VOID),
    ]
    assert usual_of(records).parts == (
        UsualPart("机油", "OIL-4L", "4", 3),
        UsualPart("机油", "OIL-1L", "1", 1),
    )


@pytest.mark.parametrize(
    "typed",
    [
        VIN[:5] + ("7" if VIN[5] != "7" else "8") + VIN[6:],
        VIN[:12] + VIN[13:],
        VIN[:12] + "7" + VIN[12:],
        VIN.lower()[:16] + " ?",
    ],
    ids=["wrong", "missing", "too many", "unreadable"],
)
def test_a_known_car_one_slip_away_is_offered(typed: str) -> None:
    assert meant(typed, {VIN, make_vin(Random("another car"))}) == (VIN,)


def test_neighbours_exchanged_are_put_back() -> None:
    place = next(at for at in range(9, 16) if VIN[at] != VIN[at + 1])
    typed = VIN[:place] + VIN[place + 1] + VIN[place] + VIN[place + 2 :]
    assert meant(typed, {VIN}) == (VIN,)


def test_letters_that_no_vin_has_are_put_right_without_knowing_the_car() -> None:
    with_zero = "LSVAA4182E2184001"
    right = with_zero[:8] + check_character(with_zero) + with_zero[9:]
    assert meant(right.replace("0", "O"), ()) == (right,)


def test_a_car_that_nobody_knows_gets_what_makes_its_check_digit_right() -> None:
    place = next(at for at in range(9, 16) if VIN[at] != VIN[at + 1])
    typed = VIN[:place] + VIN[place + 1] + VIN[place] + VIN[place + 2 :]
    offered = meant(typed, ())
    assert offered[0] == VIN
    assert len(offered) <= 3


def test_nothing_is_offered_for_what_is_right_or_far_from_everything() -> None:
    assert meant(VIN, {VIN}) == ()
    assert meant("", {VIN}) == ()
    assert meant("LSV", {VIN}) == ()
