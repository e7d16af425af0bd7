"""Laws of the terms that hold for any text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from chedang.terms import credit_code, dates, division, enterprise_code, numbers, plate, vin
from chedang.terms.codes import ECONOMIC_CATEGORY
from chedang.terms.text import clean

VIN_CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
CREDIT_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

anything = st.one_of(
    st.text(st.characters(exclude_categories=())),  # lone surrogates too
    st.text("无牌使领警学挂应急民航京浙粤新WJVABOIQ019 ·-*★Ｏ０ａ\u3000\u200b\x00\n", max_size=12),
    st.text("0123456789-/:.,年月日TZ+ eE万公里km", max_size=24),
)


@st.composite
def valid_vins(draw: st.DrawFn) -> str:
    number = draw(st.text(VIN_CHARACTERS, min_size=17, max_size=17))
    number = number[:8] + vin.check_character(number) + number[9:]
    assume(vin.opens_file(number))
    return number


@pytest.mark.parametrize("normalise", [clean, vin.normalise, plate.normalise, credit_code.normalise])
@given(text=anything)
@example(text="ŉß\u1e9eﬁ")
def test_normalising_twice_changes_nothing(normalise: Callable[[str], str], text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    "judge",
    [
        clean,
        vin.judge,
        vin.opens_file,
        vin.model_year_candidates,
        vin.suggest,
        vin.region,
        vin.mask,
        plate.read,
        plate.display,
        plate.mask,
        credit_code.judge,
        credit_code.is_valid,
        division.find,
        division.full_name,
        division.province_code,
        enterprise_code.is_acceptable,
        enterprise_code.division_prefix,
        dates.parse_day,
        numbers.parse_decimal,
        ECONOMIC_CATEGORY.code_of,
    ],
    ids=lambda judge: f"{judge.__module__}.{judge.__qualname__}",
)
@given(text=anything)
def test_judging_never_raises(judge: Callable[[str], object], text: str) -> None:
    judge(text)


@given(text=anything)
def test_a_verdict_is_consistent_with_the_file_it_opens(text: str) -> None:
    verdict = vin.judge(text)
    harmless = {
        None,
        vin.VinProblem.CHECK_DIGIT_BINDING,
        vin.VinProblem.CHECK_DIGIT_ADVISORY,
        vin.VinProblem.TAIL_PATTERN,
    }
    assert vin.opens_file(verdict.vin) == (verdict.problem in harmless)


@given(number=valid_vins(), place=st.integers(0, 16), other=st.sampled_from(VIN_CHARACTERS))
def test_the_check_digit_detects_a_substitution_where_the_arithmetic_can(number: str, place: int, other: str) -> None:
    changed = number[:place] + other + number[place + 1 :]
    assume(vin.opens_file(changed))
    before = number[place]
    # Every weight but the check digit's own is prime to 11, so only letters of equal value pass unseen.
    detectable = other != before if place == 8 else _value(other) != _value(before)
    suspicious = vin.judge(changed).problem in {
        vin.VinProblem.CHECK_DIGIT_BINDING,
        vin.VinProblem.CHECK_DIGIT_ADVISORY,
    }
    assert suspicious == detectable


def _value(character: str) -> int:
    """Value by the table of the standard, written out a second time."""
    groups = ["AJ1", "BKS2", "CLT3", "DMU4", "ENV5", "FW6", "GPX7", "HY8", "RZ9"]
    return next((value for value, group in enumerate(groups, 1) if character in group), 0)


@given(number=valid_vins(), letters=st.lists(st.sampled_from("OQ"), min_size=17, max_size=17))
def test_a_typing_error_is_corrected_back(number: str, letters: list[str]) -> None:
    typed = "".join({"0": letter, "1": "I"}.get(char, char) for char, letter in zip(number, letters, strict=True))
    assert vin.suggest(typed) == (number if typed != number else None)


@given(number=valid_vins(), settle_year=st.integers(1985, 2039))
def test_a_model_year_is_a_candidate_and_not_after_the_next_year(number: str, settle_year: int) -> None:
    year = vin.model_year(number, settle_year)
    assert year is None or (year in vin.model_year_candidates(number) and year <= settle_year + 1)


@st.composite
def plates_by_pattern(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(sorted(plate._PATTERNS)))
    return draw(st.from_regex(plate._PATTERNS[kind], fullmatch=True))


@given(number=plates_by_pattern())
def test_exactly_one_kind_matches_every_plate(number: str) -> None:
    matching = [kind for kind, pattern in plate._PATTERNS.items() if re.fullmatch(pattern, number)]
    found = plate.read(number)
    assert found is not None
    assert matching == [found.kind]


@given(number=plates_by_pattern())
def test_a_plate_shown_is_read_back(number: str) -> None:
    assert plate.read(plate.display(number)) == plate.read(number)


@given(
    head=st.text("0123456789", min_size=8, max_size=8),
    tail=st.text(CREDIT_CHARACTERS, min_size=10, max_size=10),
    repair=st.booleans(),
)
def test_a_second_opinion_agrees_on_credit_codes_that_begin_with_digits(head: str, tail: str, repair: bool) -> None:
    code = head + tail
    if repair:
        code = code[:17] + credit_code.check_character(code)
    assume(len(set(code)) > 2)
    assert credit_code.is_valid(code) == uscc.is_valid(code)


@given(
    code=st.text(CREDIT_CHARACTERS, min_size=17, max_size=17),
    place=st.integers(0, 16),
    other=st.sampled_from(CREDIT_CHARACTERS),
)
def test_the_credit_check_character_detects_every_substitution(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    assert (credit_code.check_character(changed) == credit_code.check_character(code)) == (changed == code)


@given(day=st.dates(date(1990, 1, 1), date(2100, 12, 31)), form=st.sampled_from(["%Y%m%d", "%Y-%m-%d", "%Y/%m/%d"]))
def test_every_day_written_is_read_back(day: date, form: str) -> None:
    assert dates.parse_day(day.strftime(form)) == day
    assert dates.parse_day(f"{day.year}年{day.month}月{day.day}日") == day
    assert dates.parse_licence_end(day.strftime(form)) == day


@given(value=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_every_decimal_written_is_read_back(value: Decimal) -> None:
    assert numbers.parse_decimal(f"{value:f}") == value
    assert numbers.parse_decimal(f"{value:,f} 公里") == value
