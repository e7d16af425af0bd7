"""How share codes and numbers of certificates are read from what people type."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stdnum.iso7064 import mod_37_36

from chedang.owners.certificate_numbers import check_character, new_number, read_number
from chedang.owners.proof_limits import proof_limits
from chedang.owners.share_codes import CODE_LENGTH, read_code
from chedang.platform.chance import new_code
from chedang.terms.spoken import ALPHABET, in_groups

NOW = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
"""The first of December in China."""
CODE = "7K2M9QXD3FHT4WZA"


def test_a_code_has_at_least_sixty_random_bits() -> None:
    assert len(ALPHABET) ** CODE_LENGTH > 2**60
    assert len({new_code(CODE_LENGTH) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        in_groups(CODE),
        in_groups(CODE).lower(),
        "  7k2m 9qxd　3fht 4wza ",
        "７Ｋ２Ｍ－９ＱＸＤ－３ＦＨＴ－４ＷＺＡ",
        "7K2M—9QXD·3FHT_4WZA。",
        f"http://localhost:8000/s/{in_groups(CODE)}",
        f"https://example.org/s/{CODE.lower()}/",
    ],
)
def test_a_code_is_read_however_it_is_typed_or_pasted(typed: str) -> None:
    assert read_code(typed) == CODE


@pytest.mark.parametrize("typed", ["", "/", "啊", "\ud800\x00", "A" * 100_000, "<script>"])
def test_whatever_is_typed_is_read_without_a_fault(typed: str) -> None:
    assert len(read_code(typed)) <= 200


def test_a_number_tells_node_and_month_in_china_and_carries_a_check_character_of_the_standard() -> None:
    for _ in range(50):
        number = new_number("33", now=NOW)
        assert number.startswith("33-2612-")
        assert [len(group) for group in number.split("-")] == [2, 4, 4, 4]
        assert mod_37_36.is_valid(number.replace("-", ""))
        assert read_number(f" {number.replace('-', ' ').lower()} ") == number


def test_a_slip_in_a_number_is_noticed() -> None:
    number = new_number("33", now=NOW).replace("-", "")
    for place, right in enumerate(number):
        for wrong in ALPHABET:
            if wrong != right:
                assert read_number(number[:place] + wrong + number[place + 1 :]) is None


@pytest.mark.parametrize("typed", ["", "33", "33-2611-OOOO-0000", "33-2611-7K2M-9QX", "啊" * 1000, "\ud800"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert read_number(typed) is None


def test_the_check_character_is_that_of_the_second_opinion() -> None:
    for body in ("3326117K2M9QX", "0026127654AAA", "A12425GABC1234002"):
        assert check_character(body) == mod_37_36.calc_check_digit(body)


def test_the_limits_are_those_the_owner_was_promised() -> None:
    share, certificate = proof_limits().share, proof_limits().certificate
    assert min(share.hours) == 1
    assert max(share.hours) == 30 * 24
    assert share.proposed_hours in share.hours
    assert 1 <= share.proposed_views <= share.most_views == 100
    assert share.most_live == 20
    assert certificate.valid_days == 90
    assert certificate.most_visits == 200
