"""Likely slips and what was probably meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from chedang.intake.native.suggesting import suggest_days, suggest_mileage, suggest_vin, suggest_vin_of_own
from chedang.records.model import RepairRecord

NOTHING = RepairRecord(None, "", None, None, None, "", "", (), ())
TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("5500", "55000"),  # a digit short
        ("550001", "55000"),  # tenths taken for kilometres
        ("50550", "55050"),  # neighbours swapped
        ("5050", "50050"),  # a nought lost inside
        ("500050", "50050"),  # a nought too many
        ("34175", "54999"),  # miles
    ],
)
def test_a_slip_in_the_mileage_is_undone_where_that_fits(sent: str, meant: str) -> None:
    found = suggest_mileage(Decimal(sent), lambda value: value == Decimal(meant))
    assert [(each.pointer, each.value) for each in found] == [("/repairmileage", meant)]
    assert found[0].why


def test_no_slip_that_fits_means_no_suggestion() -> None:
    assert suggest_mileage(Decimal(48210), lambda _: False) == []


def test_at_most_three_are_offered() -> None:
    assert len(suggest_mileage(Decimal(48210), lambda _: True)) == 3


def days(repair_on: date | None, settled_on: date | None) -> dict[str, str]:
    record = msgspec.structs.replace(NOTHING, repair_on=repair_on, settled_on=settled_on)
    return {each.pointer: each.value for each in suggest_days(record, TODAY)}


def test_days_that_fit_are_left_alone() -> None:
    assert days(date(2026, 2, 27), date(2026, 3, 1)) == {}
    assert days(date(2025, 12, 27), date(2026, 1, 3)) == {}
    assert days(None, None) == {}


def test_a_mistyped_year_is_noticed() -> None:
    assert days(date(2026, 2, 27), date(2027, 3, 1)) == {"/settledate": "20260301"}
    assert days(date(2016, 2, 27), date(2026, 3, 1)) == {"/repairdate": "20260227"}
    assert days(date(2062, 2, 27), date(2062, 3, 1)) == {"/repairdate": "20260227", "/settledate": "20260301"}


def test_days_the_wrong_way_round_are_noticed() -> None:
    assert days(date(2026, 3, 1), date(2026, 2, 27)) == {"/repairdate": "20260227", "/settledate": "20260301"}


def test_the_29th_of_february_is_looked_for_in_years_that_have_it() -> None:
    assert days(None, date(2028, 2, 29)) == {}


def test_a_letter_for_a_digit_in_the_vin_is_undone() -> None:
    assert [each.value for each in suggest_vin("LZZ1A2B32GAO00123")] == ["LZZ1A2B32GA000123"]
    assert list(suggest_vin("LZZ1A2B32GA000123")) == []


def test_swapped_neighbours_give_a_vehicle_of_ones_own() -> None:
    own = frozenset({"LZZ1A2B32GA000123"})
    assert [each.value for each in suggest_vin_of_own("LZZ1A2B32GA000132", own)] == ["LZZ1A2B32GA000123"]
    assert list(suggest_vin_of_own("LZZ1A2B32GA000132", frozenset())) == []
