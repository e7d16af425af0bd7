"""车辆识别代号 VIN (GB 16735-2019, ISO 3779): reading, check digit, model year, typing errors.

A VIN is personal data: never log one, show :func:`mask` where the whole is not needed.
"""

from __future__ import annotations

import re
from enum import StrEnum, unique
from operator import mul
from typing import Final

import msgspec

from chedang.terms import plate
from chedang.terms.text import clean

LENGTH: Final = 17
PLACEHOLDERS: Final = frozenset(
    {
        "0",
        "无",
        "无VIN",
        "无车架号",
        "暂无",
        "没有",
        "未知",
        "不详",
        "未填",
        "空",
        "N/A",
        "NA",
        "NULL",
        "NONE",
        "VIN",
        "TEST",
        "测试",
    }
)
"""What shop software writes when it has no VIN, normalised. A node may pass its own set to :func:`judge`."""

_LEGAL = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_DROPPED: Final = " -*★☆"
_NORMAL: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", _DROPPED)

_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES: Final = bytes.maketrans(
    b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ", bytes([*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)])
)
_CHECK_CHARACTERS: Final = "0123456789X"
_CHECK_DIGIT_BINDS: Final = frozenset("L1245")

_YEAR_CODES: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_YEAR: Final = 1980
_CYCLE_YEARS: Final = 30

_TYPING_ERRORS: Final = str.maketrans("OIQ", "010")
_COUNTING: Final = "1234567890" * 3


@unique
class VinProblem(StrEnum):
    """The first thing wrong with a VIN, gravest first."""

    EMPTY = "empty"
    PLACEHOLDER = "placeholder"
    """The shop's software had none and wrote a filler."""
    PLATE_IN_VIN_FIELD = "plate_in_vin_field"
    """Columns were swapped: this is a plate."""
    LENGTH = "length"
    CHARACTERS = "characters"
    """17 characters, but not all of them legal (I, O and Q never are)."""
    DUMMY = "dummy"
    """Formally a VIN, evidently typed to fill the field: at most three different characters, or 1234567…"""
    CHECK_DIGIT_BINDING = "check_digit_binding"
    """Wrong check digit where the maker's country requires one (China, United States, Canada)."""
    CHECK_DIGIT_ADVISORY = "check_digit_advisory"
    """Wrong check digit where none is required: a doubt, no error."""
    TAIL_PATTERN = "tail_pattern"
    """Made in China, but the last three characters are not digits: a doubt, no error."""


class VinVerdict(msgspec.Struct, frozen=True):
    """A normalised VIN and the first problem found in it; ``None`` is none."""

    vin: str
    problem: VinProblem | None


@unique
class Region(StrEnum):
    """Where the maker is registered, by the first character (ISO 3780)."""

    CHINA = "中国"
    ASIA = "亚洲"
    AFRICA = "非洲"
    EUROPE = "欧洲"
    NORTH_AMERICA = "北美洲"
    OCEANIA = "大洋洲"
    SOUTH_AMERICA = "南美洲"


_REGIONS: Final = {
    character: region
    for characters, region in (
        ("ABCDEFGH", Region.AFRICA),
        ("JKMNPR", Region.ASIA),
        ("L", Region.CHINA),
        ("STUVWXYZ", Region.EUROPE),
        ("12345", Region.NORTH_AMERICA),
        ("67", Region.OCEANIA),
        ("89", Region.SOUTH_AMERICA),
    )
    for character in characters
}


def normalise(text: str) -> str:
    """Upper case, half width, without blanks, ``-`` and the ``*`` or ``★`` that frame a stamped VIN."""
    if text.isascii() and text.isalnum() and text.isupper():
        return text
    return clean(text).translate(_NORMAL)


def _is_legal(vin: str) -> bool:
    return _LEGAL.fullmatch(vin) is not None


def _is_dummy(vin: str) -> bool:
    return len(set(vin)) <= 3 or vin in _COUNTING


def check_character(vin: str) -> str:
    """Compute what position 9 of a normalised VIN should be: a digit, or X for ten.

    Position 9 itself does not count. Raises ValueError unless there are 17 legal characters.
    Source: GB 16735-2019 (check digit annex; clause number 待核).
    """
    if not _is_legal(vin):
        raise ValueError("a VIN has 17 characters out of A-Z and 0-9 without I, O and Q")
    return _compute_check(vin)


def _compute_check(legal_vin: str) -> str:
    values = legal_vin.encode("ascii").translate(_VALUES)
    return _CHECK_CHARACTERS[sum(map(mul, values, _WEIGHTS)) % 11]


def judge(text: str, placeholders: frozenset[str] = PLACEHOLDERS) -> VinVerdict:
    """Normalise any text and say what is wrong with it as a VIN. Never raises.

    The check digit binds vehicles made in China, the United States and Canada. Mexico (3) counts as advisory:
    what it builds for Europe carries none.
    """
    vin = normalise(text)
    return VinVerdict(vin, _find_problem(vin, text, placeholders))


def _find_problem(vin: str, text: str, placeholders: frozenset[str]) -> VinProblem | None:
    if not _is_legal(vin):
        return _say_why_illegal(vin, text, placeholders)
    if _is_dummy(vin):
        return VinProblem.DUMMY
    if _compute_check(vin) != vin[8]:
        binding = vin[0] in _CHECK_DIGIT_BINDS
        return VinProblem.CHECK_DIGIT_BINDING if binding else VinProblem.CHECK_DIGIT_ADVISORY
    if vin[0] == "L" and not vin[14:].isdigit():
        return VinProblem.TAIL_PATTERN
    return None


def _say_why_illegal(vin: str, text: str, placeholders: frozenset[str]) -> VinProblem:
    if not vin:
        return VinProblem.EMPTY
    if vin in placeholders:
        return VinProblem.PLACEHOLDER
    if not vin.isascii() and (found := plate.read(text)) and found.kind is not plate.PlateKind.NONE:
        return VinProblem.PLATE_IN_VIN_FIELD  # only with a Chinese character: LA12345 may be a cut-off VIN
    return VinProblem.CHARACTERS if len(vin) == LENGTH else VinProblem.LENGTH


def opens_file(vin: str) -> bool:
    """Say whether a normalised VIN may open a vehicle's file: 17 legal characters and no dummy.

    A wrong check digit does not stop it: the record would be lost to the vehicle for one typing error.
    """
    return _is_legal(vin) and not _is_dummy(vin)


def model_year_candidates(vin: str) -> tuple[int, ...]:
    """The years position 10 may mean, oldest first: two cycles of 30 from 1980; () when it means none.

    Vehicles of European specification may carry no year there.
    """
    place = _YEAR_CODES.find(vin[9]) if _is_legal(vin) else -1
    return (_FIRST_YEAR + place, _FIRST_YEAR + _CYCLE_YEARS + place) if place >= 0 else ()


def model_year(vin: str, settle_year: int) -> int | None:
    """The latest candidate a job settled in ``settle_year`` allows: at most the year after it."""
    return max((year for year in model_year_candidates(vin) if year <= settle_year + 1), default=None)


def suggest(vin: str) -> str | None:
    """Correct O→0, I→1, Q→0 in a normalised VIN, if that makes the check digit right; else ``None``.

    To be offered to the shop, never applied silently.
    """
    corrected = vin.translate(_TYPING_ERRORS)
    if corrected == vin or not opens_file(corrected) or _compute_check(corrected) != corrected[8]:
        return None
    return corrected


def region(vin: str) -> Region | None:
    """Region of the maker by the first character; ``None`` for an empty text or the unused 0, I, O, Q."""
    return _REGIONS.get(vin[:1])


def mask(vin: str) -> str:
    """Show the last 6 of a VIN and asterisks before; of anything else than 17 characters its last third."""
    shown = 6 if len(vin) == LENGTH else len(vin) // 3
    return "*" * (len(vin) - shown) + vin[len(vin) - shown :]
