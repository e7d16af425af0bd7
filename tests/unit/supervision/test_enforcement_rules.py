"""Conditions, censures, ranges of fines and masked VINs, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from chedang.supervision.conditions import CheckKind, Condition, Counted, is_met, sentence
from chedang.supervision.enforcement_limits import limits
from chedang.supervision.enforcement_model import (
    CHECKERS_DEEDS,
    CensureDeed,
    CensureState,
    SanctionDeed,
    SanctionState,
    may_be_censured,
    next_censure_state,
    next_sanction_state,
)
from chedang.supervision.evidence_pack import mask_vin
from chedang.supervision.legal_bases import load_bases
from chedang.supervision.model import DutyKind, DutyState
from chedang.supervision.sanction_items import load_amounts, load_items, range_for


@pytest.mark.parametrize(
    ("condition", "counted", "met"),
    [
        (Condition(CheckKind.UPLOADED, 3), Counted(received=3), True),
        (Condition(CheckKind.UPLOADED, 3), Counted(received=2), False),
        (Condition(CheckKind.MENDED), Counted(named=2, doubtful=0), True),
        (Condition(CheckKind.MENDED), Counted(named=2, doubtful=1), False),
        (Condition(CheckKind.MENDED), Counted(named=0, doubtful=0), False),
        (Condition(CheckKind.CONNECTED), Counted(is_connected=True), True),
        (Condition(CheckKind.CONNECTED), Counted(), False),
        (Condition(CheckKind.ERROR_SHARE, 10), Counted(received=100, errors=9), True),
        (Condition(CheckKind.ERROR_SHARE, 10), Counted(received=100, errors=10), False),
        (Condition(CheckKind.ERROR_SHARE, 10), Counted(received=0, errors=0), False),
        (Condition(CheckKind.ERROR_SHARE, 10, least=20), Counted(received=19, errors=0), False),
        (Condition(CheckKind.ERROR_SHARE, 10, least=20), Counted(received=20, errors=1), True),
    ],
)
def test_a_condition_is_met_by_its_figures_and_says_them(condition: Condition, counted: Counted, met: bool) -> None:
    assert is_met(condition, counted) is met
    assert sentence(condition, counted).endswith("：达到要求。" if met else "：没有达到要求。")


def test_only_an_order_that_was_not_done_is_censured() -> None:
    able = {(kind, state) for kind, state in product(DutyKind, DutyState) if may_be_censured(kind, state)}
    assert able == {(DutyKind.ORDER, DutyState.NOT_DONE)}


def test_a_drafter_never_checks_their_own_and_nothing_is_published_unheard() -> None:
    for state, deed, is_drafter, is_heard, is_objected in product(
        CensureState, CensureDeed, (True, False), (True, False), (True, False)
    ):
        following = next_censure_state(state, deed, is_drafter=is_drafter, is_heard=is_heard, is_objected=is_objected)
        if is_drafter and deed in CHECKERS_DEEDS:
            assert following is None
        if following is CensureState.PUBLISHED:
            assert (state, deed, is_drafter, is_heard) == (CensureState.CHECKING, CensureDeed.PUBLISH, False, True)
        if is_objected and deed is CensureDeed.OBJECT:
            assert following is None
        if state in {CensureState.ENDED, CensureState.WITHDRAWN, CensureState.DROPPED}:
            assert following is None


def test_what_is_withdrawn_stays_so_and_is_paid_once() -> None:
    assert all(next_sanction_state(SanctionState.WITHDRAWN, deed, is_payable=True) is None for deed in SanctionDeed)
    assert next_sanction_state(SanctionState.IN_FORCE, SanctionDeed.PAY, is_payable=False) is None
    assert next_sanction_state(SanctionState.APPEALED, SanctionDeed.UPHOLD, is_payable=True) is SanctionState.IN_FORCE


def test_the_eight_items_are_there_and_are_those_that_an_order_cites() -> None:
    eight = [key for key, item in load_items().items() if item.eight]
    assert len(eight) == 8
    assert set(eight) <= set(load_bases())
    assert all("待核" in load_items()[key].clause for key in eight)
    assert load_items()["archive_upload"].check == "records"
    assert {each.item for each in load_amounts()} <= set(load_items())
    assert limits().censure.objection_days == 3


@pytest.mark.parametrize(
    ("item", "division_code", "on", "bounds"),
    [
        ("archive_upload", "330212", date(2026, 1, 1), (300, 1000)),  # 宁波
        ("archive_upload", "330212", date(2020, 12, 31), None),
        ("archive_upload", "330106", date(2026, 1, 1), None),  # 杭州: not known
        ("archive_upload", "310104", date(2026, 1, 1), (200, 2000)),  # 上海
        ("emission_report", "370702", date(2026, 1, 1), (3000, 3000)),  # 潍坊: 1000 a vehicle, three of them
        ("not_filed", "330106", date(2026, 1, 1), (3000, 10000)),
        ("counterfeit_parts", "330106", date(2026, 1, 1), (20000, 50000)),
        ("warranty", "330106", date(2026, 1, 1), None),
    ],
)
def test_an_amount_is_held_against_the_range_of_the_place(
    item: str, division_code: str, on: date, bounds: tuple[int, int] | None
) -> None:
    found = range_for(item, division_code, on)
    assert (found.bounds(vehicles=3, gains_yuan=Decimal(0)) if found else None) == bounds


def test_large_gains_make_the_fine_a_multiple_of_them() -> None:
    found = range_for("completion_certificate", "330106", date(2026, 1, 1))
    assert found is not None
    assert found.bounds(vehicles=1, gains_yuan=Decimal(2999)) == (5000, 20000)
    assert found.bounds(vehicles=1, gains_yuan=Decimal(3000)) == (6000, 30000)


def test_a_vin_in_a_pack_looks_no_car_up() -> None:
    assert mask_vin("LXXAA11A3R1000017") == "LXX**********0017"
    assert mask_vin("~330106000001") == ""
