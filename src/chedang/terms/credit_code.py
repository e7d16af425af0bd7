"""统一社会信用代码 (GB 32100-2015): 18 characters, the last one a check over the others.

Own rules, not python-stdnum's: see docs/adr/0001-own-identifier-rules.md.
"""

from __future__ import annotations

import re
from enum import StrEnum, unique
from operator import mul
from typing import Final

from chedang.terms.text import clean

LENGTH: Final = 18

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_LEGAL = re.compile(f"[{_ALPHABET}]{{2}}[0-9]{{6}}[{_ALPHABET}]{{10}}")
_PLACEHOLDERS: Final = frozenset({"0", "无", "暂无", "没有", "未知", "N/A", "NA", "NULL", "NONE"})
_NORMAL: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", " -")

_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


@unique
class CreditCodeProblem(StrEnum):
    """The first thing wrong with a credit code."""

    EMPTY = "empty"
    """None given: small shops (class 3, individuals) may have none."""
    PLACEHOLDER = "placeholder"
    LENGTH = "length"
    CHARACTERS = "characters"
    """A letter that is never used (I, O, S, V, Z), or other than digits where the division stands (3 to 8)."""
    DUMMY = "dummy"
    """At most two different characters. Eighteen zeros have the right check character."""
    CHECK_CHARACTER = "check_character"
    ORGANISATION_CHECK = "organisation_check"
    """The check inside the organisation code (9 to 17) is wrong; looked at only on request."""


def normalise(text: str) -> str:
    """Upper case, half width, without blanks and ``-``."""
    return clean(text).translate(_NORMAL)


def check_character(code: str) -> str:
    """Compute character 18 out of the first 17, normalised. Raises ValueError when one of them is not of the 31.

    A remainder of 0 gives ``0``, not an index beyond the alphabet. Source: GB 32100-2015.
    """
    body = code[: LENGTH - 1]
    if len(body) < LENGTH - 1 or not _VALUES.keys() >= set(body):
        raise ValueError("a credit code begins with 17 characters of 0-9 and A-Y without I, O, S, V")
    total = sum(_VALUES[character] * weight for character, weight in zip(body, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def organisation_check_character(organisation_code: str) -> str:
    """Compute the ninth character of an organisation code out of its first eight: 10 is X, 11 is 0.

    Raises ValueError unless these are digits and capitals. Source: GB 11714.
    """
    body = organisation_code[:8]
    if not re.fullmatch(r"[0-9A-Z]{8}", body):
        raise ValueError("an organisation code begins with eight digits or capitals")
    return "0123456789X"[-sum(map(mul, (int(character, 36) for character in body), _ORGANISATION_WEIGHTS)) % 11]


def judge(text: str, *, check_organisation: bool = False) -> CreditCodeProblem | None:
    """Say what is wrong with any text as a credit code; ``None`` is nothing. Never raises.

    ``check_organisation`` asks for the check inside the organisation code too. It is no part of validity: the
    last character already covers those nine.
    """
    code = normalise(text)
    if not code:
        return CreditCodeProblem.EMPTY
    if code in _PLACEHOLDERS:
        return CreditCodeProblem.PLACEHOLDER
    if len(code) != LENGTH:
        return CreditCodeProblem.LENGTH
    if not _LEGAL.fullmatch(code):
        return CreditCodeProblem.CHARACTERS
    return _find_wrong_check(code, check_organisation=check_organisation)


def _find_wrong_check(code: str, *, check_organisation: bool) -> CreditCodeProblem | None:
    if len(set(code)) <= 2:
        return CreditCodeProblem.DUMMY
    if check_character(code) != code[-1]:
        return CreditCodeProblem.CHECK_CHARACTER
    if check_organisation and organisation_check_character(code[8:]) != code[16]:
        return CreditCodeProblem.ORGANISATION_CHECK
    return None


def is_valid(text: str) -> bool:
    """Say whether a text is a credit code without problem, the organisation code's own check aside."""
    return judge(text) is None
