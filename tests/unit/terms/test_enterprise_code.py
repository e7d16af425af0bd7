"""维修企业编码."""

from __future__ import annotations

import pytest

from chedang.terms import enterprise_code


def test_an_issued_code_is_county_and_serial() -> None:
    code = enterprise_code.compose("330106", 56_746)
    assert code == "330106000056746"
    assert enterprise_code.is_issued_form(code)
    assert enterprise_code.compose("330106", 999_999_999) == "330106999999999"


@pytest.mark.parametrize(("division", "serial"), [("33010", 1), ("3301061", 1), ("33010A", 1), ("３３０１０６", 1)])
def test_a_code_needs_six_digits_of_a_division(division: str, serial: int) -> None:
    with pytest.raises(ValueError, match="six digits"):
        enterprise_code.compose(division, serial)


@pytest.mark.parametrize("serial", [0, -1, 1_000_000_000])
def test_a_serial_has_at_most_nine_digits(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        enterprise_code.compose("330106", serial)


@pytest.mark.parametrize("code", ["330103000056746", "123456789012", "99999900005674"])
def test_codes_of_deployed_systems_are_acceptable(code: str) -> None:
    assert enterprise_code.is_acceptable(code)


@pytest.mark.parametrize(
    "code", ["", "12345678901", "1234567890123456", "33010600005674A", "330106000056746\n", "３" * 15]
)
def test_other_texts_are_not(code: str) -> None:
    assert not enterprise_code.is_acceptable(code)
    assert not enterprise_code.is_issued_form(code)


def test_the_prefix_names_a_division_of_any_time_or_none() -> None:
    historic = enterprise_code.division_prefix("330103000056746")
    assert historic is not None
    assert historic.name == "下城区"
    assert enterprise_code.division_prefix("999999000056746") is None
