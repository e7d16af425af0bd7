"""统一社会信用代码: vectors, traps, and a second opinion."""

from __future__ import annotations

import pytest

from chedang.terms import credit_code
from chedang.terms.credit_code import CreditCodeProblem

VECTORS = ["91110108551385082Q", "91110000600037341L"]


def _complete(body: str) -> str:
    return body + credit_code.check_character(body)


@pytest.mark.parametrize("code", VECTORS)
def test_the_published_vectors_are_without_problem(code: str) -> None:
    assert credit_code.judge(code, check_organisation=True) is None
    assert credit_code.is_valid(code)


def test_a_remainder_of_zero_gives_the_check_character_zero() -> None:
    # Weight 1 at the first place: among 31 bodies that differ there alone, each remainder occurs once.
    bodies = [first + "1330106MA0000000" for first in "0123456789ABCDEFGHJKLMNPQRTUWXY"]
    codes = [_complete(body) for body in bodies]
    assert sorted(code[-1] for code in codes) == sorted("0123456789ABCDEFGHJKLMNPQRTUWXY")
    zero = next(code for code in codes if code.endswith("0"))
    values = {c: i for i, c in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
    assert sum(values[c] * 3**place for place, c in enumerate(zero[:17])) % 31 == 0
    assert credit_code.is_valid(zero)


@pytest.mark.parametrize("beginning", ["Y1", "A1", "N1", "92", "93", "51", "12"])
def test_letters_may_stand_for_the_registering_authority(beginning: str) -> None:
    assert credit_code.is_valid(_complete(beginning + "330106" + "MA27XG4R8"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", CreditCodeProblem.EMPTY),
        (" - ", CreditCodeProblem.EMPTY),
        ("无", CreditCodeProblem.PLACEHOLDER),
        ("n/a", CreditCodeProblem.PLACEHOLDER),
        ("330106000012345", CreditCodeProblem.LENGTH),
        ("91110108551385082", CreditCodeProblem.LENGTH),
        ("91110108551385082QQ", CreditCodeProblem.LENGTH),
        ("9111010855I385082Q", CreditCodeProblem.CHARACTERS),
        ("9111010855O385082Q", CreditCodeProblem.CHARACTERS),
        ("91A10108551385082Q", CreditCodeProblem.CHARACTERS),
        ("9111010855车385082Q", CreditCodeProblem.CHARACTERS),
        ("0" * 18, CreditCodeProblem.DUMMY),
        ("91110108551385083Q", CreditCodeProblem.CHECK_CHARACTER),
        ("91110108551385082R", CreditCodeProblem.CHECK_CHARACTER),
    ],
)
def test_each_fault_has_its_own_name(text: str, problem: CreditCodeProblem) -> None:
    assert credit_code.judge(text) is problem
    assert not credit_code.is_valid(text)


def test_the_organisation_code_is_checked_on_request_only() -> None:
    code = _complete("91330106" + "551385081")
    assert credit_code.judge(code) is None
    assert credit_code.judge(code, check_organisation=True) is CreditCodeProblem.ORGANISATION_CHECK


@pytest.mark.parametrize(
    ("organisation", "check"),
    [("55138508", "2"), ("60003734", "1"), ("00000000", "0"), ("00000040", "6"), ("00000005", "1"), ("00000006", "X")],
)
def test_the_organisation_check_knows_ten_and_eleven(organisation: str, check: str) -> None:
    assert credit_code.organisation_check_character(organisation) == check


def test_writing_variants_are_one_code() -> None:
    assert credit_code.normalise(" ９1110108-551385082q ") == "91110108551385082Q"


def test_no_check_is_computed_for_what_is_no_code() -> None:
    with pytest.raises(ValueError, match="17 characters"):
        credit_code.check_character("9111")
    with pytest.raises(ValueError, match="eight"):
        credit_code.organisation_check_character("车")
