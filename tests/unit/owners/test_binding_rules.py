"""When a car is bound at once: a table of every doubt, and what counts as a fact of the paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from chedang.owners.facts import FactKind, Facts, known_facts, normalise_number, right_facts
from chedang.owners.limits import binding_limits
from chedang.owners.rules import Doubt, Evidence, doubts

TWO = frozenset({FactKind.NUMBER, FactKind.MILEAGE})
CLEAR = Evidence(
    by_code=False,
    candidates=1,
    facts_known=3,
    facts_right=TWO,
    plate_is_newest=True,
    record_is_unsure=False,
    is_bound_to_another=False,
    had_another_owner=False,
    tries_left=True,
    own_cars=0,
    most_own_cars=5,
)
BY_CODE = msgspec.structs.replace(CLEAR, by_code=True, facts_right=frozenset())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"facts_right": frozenset(FactKind)}, ()),
        ({"own_cars": 4}, ()),
        ({"facts_known": 2}, ()),
        ({"facts_right": frozenset({FactKind.MILEAGE})}, (Doubt.ONE_FACT,)),
        ({"facts_right": frozenset()}, (Doubt.FACTS_DIFFER,)),
        ({"facts_known": 1, "facts_right": frozenset({FactKind.NUMBER})}, (Doubt.NO_FACTS,)),
        ({"candidates": 0}, (Doubt.NO_CAR,)),
        ({"candidates": 2}, (Doubt.SEVERAL_CARS,)),
        ({"plate_is_newest": False}, (Doubt.OLD_PLATE,)),
        ({"record_is_unsure": True}, (Doubt.UNSURE_RECORD,)),
        ({"is_bound_to_another": True}, (Doubt.BOUND,)),
        ({"had_another_owner": True}, (Doubt.HAD_OWNER,)),
        ({"is_bound_to_another": True, "had_another_owner": True}, (Doubt.BOUND,)),
        ({"tries_left": False}, (Doubt.TRIES_USED,)),
        ({"own_cars": 5}, (Doubt.MANY_CARS,)),
        ({"facts_right": frozenset(), "candidates": 2, "tries_left": False},
         (Doubt.FACTS_DIFFER, Doubt.SEVERAL_CARS, Doubt.TRIES_USED)),
    ],
)  # fmt: skip
def test_each_doubt_keeps_a_car_from_being_bound_at_once(change, expected):
    assert doubts(msgspec.structs.replace(CLEAR, **change)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ()),
        ({"facts_known": 0}, ()),
        ({"candidates": 0}, (Doubt.NO_CAR,)),
        ({"is_bound_to_another": True}, (Doubt.BOUND,)),
        ({"had_another_owner": True}, (Doubt.HAD_OWNER,)),
        ({"plate_is_newest": False, "record_is_unsure": True}, (Doubt.OLD_PLATE, Doubt.UNSURE_RECORD)),
        ({"own_cars": 7}, (Doubt.MANY_CARS,)),
    ],
)
def test_a_claim_code_needs_no_facts_and_has_the_other_doubts(change, expected):
    assert doubts(msgspec.structs.replace(BY_CODE, **change)) == expected


@pytest.mark.parametrize(
    ("told", "is_right"),
    [
        ("XH-2026-7Q4K9D", True), ("7Q4K9D", True), ("7q4k9d", True), ("７Ｑ４Ｋ９Ｄ", True), (" 7q-4k 9d ", True),
        ("26-7Q4K9D", True), ("Q4K9D", False), ("7Q4K9E", False), ("XH-2026", False), ("------", False),
    ],
)  # fmt: skip
def test_the_last_six_characters_of_a_number_suffice(told, is_right):
    found = right_facts(Facts(number=told), number="XH-2026-7Q4K9D", mileage_km=None, settled_on=None)
    assert (FactKind.NUMBER in found) is is_right


def test_a_short_number_must_be_whole_and_an_empty_one_is_never_right():
    assert right_facts(Facts(number="A12"), number="a-12", mileage_km=None, settled_on=None) == {FactKind.NUMBER}
    assert right_facts(Facts(number="12"), number="A12", mileage_km=None, settled_on=None) == frozenset()
    assert right_facts(Facts(number=""), number="", mileage_km=None, settled_on=None) == frozenset()
    assert normalise_number("结-12/甲") == "结12甲"


@pytest.mark.parametrize(
    ("told", "read", "is_right"),
    [("48210", "48210", True), ("48210", "48210.5", True), ("48210.5", "48210.5", True), ("48200", "48210", False),
     ("48211", "48210.5", False), ("0", None, False)],
)  # fmt: skip
def test_a_mileage_is_right_as_printed_with_or_without_its_tenth(told, read, is_right):
    mileage_km = None if read is None else Decimal(read)
    found = right_facts(Facts(mileage_km=Decimal(told)), number="", mileage_km=mileage_km, settled_on=None)
    assert bool(found) is is_right


def test_a_day_is_right_when_it_is_the_day_of_settlement():
    on = date(2026, 9, 14)
    assert right_facts(Facts(settled_on=on), number="", mileage_km=None, settled_on=on) == {FactKind.SETTLED_ON}
    assert right_facts(Facts(settled_on=on), number="", mileage_km=None, settled_on=date(2026, 9, 15)) == frozenset()
    assert right_facts(Facts(), number="", mileage_km=None, settled_on=None) == frozenset()


def test_what_a_record_lacks_is_not_counted_as_known():
    assert known_facts(number="", mileage_km=None, settled_on=None) == 0
    assert known_facts(number="A1", mileage_km=Decimal(0), settled_on=date(2026, 9, 14)) == 3


def test_the_limits_that_ship_can_be_read():
    assert binding_limits().facts.wrong_per_car == 20
    assert binding_limits().codes.valid_days == 180
