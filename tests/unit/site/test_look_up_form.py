"""What people may type to find a vehicle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.site.owner.garage.forms import FactsForm
from chedang.site.vehicle.forms import LookUpForm

WHY = {"purpose": "supervision", "reason": "日常抽查"}


@pytest.mark.parametrize(
    ("plate", "tail"),
    [
        ("浙A12345", "123456"),
        (" 浙 a·1 2345 ", " 12-34 56"),
        ("浙Ａ１２３４５", "１２３４５６"),
        ("浙a.12345", "*123456*"),
        ("浙A12345", "LXWA1B282LB123456"),
    ],
)
def test_plate_and_tail_are_normalised(plate: str, tail: str) -> None:
    form = LookUpForm(WHY | {"plate": plate, "vin_tail": tail})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == WHY | {"plate": "浙A12345", "vin_tail": "123456"}


@pytest.mark.parametrize("tail", ["12345", "1234567", "12O456", "12I456", "12Q456", "12四456", "12 45", ""])
def test_a_tail_that_cannot_be_right_is_refused(tail: str) -> None:
    assert "vin_tail" in LookUpForm({"plate": "浙A12345", "vin_tail": tail}).errors


@pytest.mark.parametrize("plate", ["", "12345", "无牌", "使123456", "WJ1234T", "A" * 50])
def test_a_plate_that_cannot_be_looked_up_is_refused(plate: str) -> None:
    assert "plate" in LookUpForm(WHY | {"plate": plate, "vin_tail": "123456"}).errors


@pytest.mark.parametrize("reason", ["", "查", "张某 13800000000 投诉", "长" * 61])
def test_a_look_needs_a_purpose_and_a_reason_without_a_phone(reason: str) -> None:
    given_plate = {"plate": "浙A12345", "vin_tail": "123456"}
    assert "reason" in LookUpForm(given_plate | {"purpose": "enforcement", "reason": reason}).errors
    for purpose in ("", "own_vehicle", "administration"):
        assert "purpose" in LookUpForm(given_plate | {"purpose": purpose, "reason": "抽查"}).errors


@pytest.mark.parametrize(
    "reason", ["核查浙A12345", "查 浙 a·D12345 号车", "LXWA1B282LB123456 被举报", "lxwa1b282lb123456"]
)
def test_a_reason_names_no_car(reason: str) -> None:
    assert "reason" in LookUpForm(WHY | {"plate": "浙A12345", "vin_tail": "123456", "reason": reason}).errors


@pytest.mark.parametrize("reason", ["33-F2611-000001", "浙交执（2026）123 号", "执法 2026-0123", "京A 字头车辆抽查"])
def test_a_case_number_is_no_car(reason: str) -> None:
    assert LookUpForm(WHY | {"plate": "浙A12345", "vin_tail": "123456", "reason": reason}).is_valid()


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_the_form(plate: str, tail: str, reason: str) -> None:
    LookUpForm({"plate": plate, "vin_tail": tail, "purpose": reason, "reason": reason}).is_valid()


def test_an_owner_who_binds_a_car_is_asked_for_no_purpose() -> None:
    assert {"purpose", "reason"}.isdisjoint(FactsForm().fields)
    assert {"purpose", "reason"} <= set(LookUpForm().fields)
