from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.terms import phone

NUMBER = "14200000001"


@pytest.mark.parametrize(
    "text",
    [
        "14200000001",
        " 142 0000 0001 ",
        "142-0000-0001",
        "１４２０００００００１",
        "+86 142 0000 0001",
        "0086-14200000001",
        "8614200000001",
        "(+86)14200000001",
        "\u200b142\u30000000\u30000001",
    ],
)
def test_the_ways_people_write_a_number_are_one_number(text: str) -> None:
    assert phone.normalise(text) == NUMBER


@pytest.mark.parametrize(
    "text", ["", "1420000000", "142000000011", "24200000001", "12200000001", "0571-88880001", "٣" * 11]
)
def test_what_is_no_mobile_number_is_told_apart(text: str) -> None:
    assert not phone.is_mobile(phone.normalise(text))


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = phone.normalise(text)
    assert phone.normalise(once) == once


def test_a_mask_keeps_three_and_four_digits_of_a_number_and_nothing_of_less() -> None:
    assert phone.mask(NUMBER) == "142****0001"
    assert phone.mask("1420000") == "*******"


def test_a_gateway_gets_the_number_with_its_country() -> None:
    assert phone.international(NUMBER) == "+8614200000001"
