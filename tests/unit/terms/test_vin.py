"""VIN: vectors, problems, model years, suggestions."""

from __future__ import annotations

import pytest

from chedang.terms import vin
from chedang.terms.vin import Region, VinProblem

VALID = ["1M8GDM9AXKP042788", "LSJA24U62JG269225", "LDC613P23A1305189"]


@pytest.mark.parametrize("number", VALID)
def test_the_published_vectors_are_without_problem(number: str) -> None:
    assert vin.judge(number) == vin.VinVerdict(number, None)
    assert vin.check_character(number) == number[8]
    assert vin.opens_file(number)


def test_the_arithmetic_of_seventeen_ones_is_right_yet_it_is_a_dummy() -> None:
    ones = "1" * 17
    assert vin.check_character(ones) == "1"
    assert vin.judge(ones).problem is VinProblem.DUMMY
    assert not vin.opens_file(ones)


def test_a_european_vin_without_check_digit_gets_a_doubt_only() -> None:
    assert vin.check_character("WVWZZZ3CZEE140287") == "7"
    assert vin.judge("WVWZZZ3CZEE140287").problem is VinProblem.CHECK_DIGIT_ADVISORY
    assert vin.opens_file("WVWZZZ3CZEE140287")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", VinProblem.EMPTY),
        (" \u3000-*★ ", VinProblem.EMPTY),
        ("无", VinProblem.PLACEHOLDER),
        ("n/a", VinProblem.PLACEHOLDER),
        ("0", VinProblem.PLACEHOLDER),
        ("浙A12345", VinProblem.PLATE_IN_VIN_FIELD),
        ("浙a·d12345", VinProblem.PLATE_IN_VIN_FIELD),
        ("使224001", VinProblem.PLATE_IN_VIN_FIELD),
        ("LA12345", VinProblem.LENGTH),
        ("LSJA24U62JG26922", VinProblem.LENGTH),
        ("LSJA24U62JG2692255", VinProblem.LENGTH),
        ("机油", VinProblem.LENGTH),
        ("LSJA24U62JG26922O", VinProblem.CHARACTERS),
        ("LSJA24U62JG26922车", VinProblem.CHARACTERS),
        ("12345678901234567", VinProblem.DUMMY),
        ("00000000000000000", VinProblem.DUMMY),
        ("LLLLLLLLLLLLLLLLL", VinProblem.DUMMY),
        ("LSJA24U63JG269225", VinProblem.CHECK_DIGIT_BINDING),
        ("1M8GDM9A0KP042788", VinProblem.CHECK_DIGIT_BINDING),
        ("2M8GDM9A0KP042788", VinProblem.CHECK_DIGIT_BINDING),
        ("4M8GDM9A0KP042788", VinProblem.CHECK_DIGIT_BINDING),
        ("5M8GDM9A0KP042788", VinProblem.CHECK_DIGIT_BINDING),
        ("3M8GDM9A0KP042788", VinProblem.CHECK_DIGIT_ADVISORY),
        ("JM8GDM9A0KP042788", VinProblem.CHECK_DIGIT_ADVISORY),
    ],
)
def test_each_fault_has_its_own_name(text: str, problem: VinProblem) -> None:
    assert vin.judge(text).problem is problem


def test_three_different_characters_are_a_dummy_and_four_are_none() -> None:
    assert vin.judge("L1L1L1L1L1L1L1L12").problem is VinProblem.DUMMY
    assert vin.judge("L1L1L1L1L1L1L1L23").problem is not VinProblem.DUMMY


@pytest.mark.parametrize("tail", ["A25", "2A5", "22A"])
def test_a_chinese_vin_should_end_in_three_digits(tail: str) -> None:
    body = "LSJA24U6{}JG269" + tail
    lettered = body.format(vin.check_character(body.format("0")))
    assert vin.judge(lettered).problem is VinProblem.TAIL_PATTERN
    assert vin.opens_file(lettered)
    imported = "W" + lettered[1:]
    imported = imported[:8] + vin.check_character(imported) + imported[9:]
    assert vin.judge(imported).problem is None


def test_placeholders_can_be_replaced() -> None:
    assert vin.judge("补录", frozenset({"补录"})).problem is VinProblem.PLACEHOLDER
    assert vin.judge("无", frozenset()).problem is VinProblem.LENGTH


@pytest.mark.parametrize(
    "received",
    [
        "lsja24u62jg269225",
        " LSJA24U6 2JG269225",
        "ＬＳＪＡ２４Ｕ６２ＪＧ２６９２２５",
        "*LSJA24U62-JG269225*",
        "★LSJA24U62JG269225★",
    ],
)
def test_writing_variants_are_one_vin(received: str) -> None:
    assert vin.normalise(received) == "LSJA24U62JG269225"


@pytest.mark.parametrize("number", ["", "LSJA24U62JG26922", "LSJA24U62JG26922O", "LSJA24U62JG26922车"])
def test_no_check_character_is_computed_for_an_illegal_vin(number: str) -> None:
    with pytest.raises(ValueError, match="17 characters"):
        vin.check_character(number)
    assert not vin.opens_file(number)


def _with_year_code(code: str) -> str:
    return "LSJA24U62" + code + "G269225"


@pytest.mark.parametrize(
    ("code", "years"),
    [
        *((code, (1980 + i, 2010 + i)) for i, code in enumerate("ABCDEFGHJKLMNPRSTVWXY")),
        *((str(digit), (2000 + digit, 2030 + digit)) for digit in range(1, 10)),
        *((code, ()) for code in "UZ0IOQ"),
    ],
)
def test_position_ten_names_the_model_year(code: str, years: tuple[int, ...]) -> None:
    assert vin.model_year_candidates(_with_year_code(code)) == years


@pytest.mark.parametrize(
    ("code", "settle_year", "year"),
    [
        ("J", 2018, 2018),
        ("J", 2017, 2018),
        ("J", 2016, 1988),
        ("J", 1986, None),
        ("1", 2024, 2001),
        ("U", 2024, None),
    ],
)
def test_the_model_year_is_the_latest_the_job_allows(code: str, settle_year: int, year: int | None) -> None:
    assert vin.model_year(_with_year_code(code), settle_year) == year


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1M8GDM9AXKPO42788", "1M8GDM9AXKP042788"),
        ("1M8GDM9AXKPQ42788", "1M8GDM9AXKP042788"),
        ("IM8GDM9AXKP042788", "1M8GDM9AXKP042788"),
        ("LDC613P23AI3O5189", "LDC613P23A1305189"),
        ("LSJA24U62JG26922O", None),
        ("1M8GDM9AXKP042788", None),
        ("IIIIIIIIIIIIIIIII", None),
        ("O", None),
        ("", None),
    ],
)
def test_a_correction_is_offered_only_when_the_check_digit_confirms_it(typed: str, meant: str | None) -> None:
    assert vin.suggest(typed) == meant


@pytest.mark.parametrize(
    ("first", "region"),
    [
        ("A", Region.AFRICA),
        ("H", Region.AFRICA),
        ("J", Region.ASIA),
        ("R", Region.ASIA),
        ("L", Region.CHINA),
        ("S", Region.EUROPE),
        ("Z", Region.EUROPE),
        ("1", Region.NORTH_AMERICA),
        ("5", Region.NORTH_AMERICA),
        ("6", Region.OCEANIA),
        ("8", Region.SOUTH_AMERICA),
        ("0", None),
        ("O", None),
        ("", None),
    ],
)
def test_the_first_character_names_the_region(first: str, region: Region | None) -> None:
    assert vin.region(first + "SJA24U62JG269225" if first else "") is region


@pytest.mark.parametrize(
    ("number", "masked"),
    [("LSJA24U62JG269225", "***********269225"), ("浙A12345", "*****45"), ("无", "*"), ("", "")],
)
def test_a_masked_vin_shows_its_last_six_and_less_of_anything_shorter(number: str, masked: str) -> None:
    assert vin.mask(number) == masked
