"""号牌号码: the kinds of Chinese plates (GA 36-2018), their colours and the province they name (车籍).

A plate is personal data: never log one, show :func:`mask` where the whole is not needed.
"""

from __future__ import annotations

import re
from enum import StrEnum, unique
from functools import lru_cache
from typing import Final

import msgspec

from chedang.terms.division import PROVINCES
from chedang.terms.text import clean

PROVINCE_CODES: Final = {
    province.plate_character: code for code, province in PROVINCES.items() if province.plate_character and code != "66"
}
"""First character of a plate → two-digit province (GB/T 2260). 新 stands for Xinjiang (65) and for 兵团 (66);
the plate alone cannot tell them apart, 65 is our default."""

_SEPARATORS: Final = " -_.·•・･‧∙⋅‐‑–—"
_NORMAL: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", _SEPARATORS)
_LONGEST_TEXT: Final = 32


@unique
class PlateKind(StrEnum):
    """Kinds of plates as told apart by their number alone."""

    ORDINARY = "ordinary"
    NEW_ENERGY_SMALL = "new_energy_small"
    NEW_ENERGY_LARGE = "new_energy_large"
    TRAILER = "trailer"
    LEARNER = "learner"
    POLICE = "police"
    HONG_KONG_MACAU = "hong_kong_macau"
    EMERGENCY = "emergency"
    EMBASSY = "embassy"
    CONSULATE = "consulate"
    CIVIL_AVIATION = "civil_aviation"
    ARMED_POLICE = "armed_police"
    MILITARY = "military"
    NONE = "none"
    """The shop says that the vehicle carries no plate (yet)."""

    @property
    def label(self) -> str:
        """The kind in Chinese, for people."""
        return _LABELS[self]


_LABELS: Final = {
    PlateKind.ORDINARY: "普通号牌",
    PlateKind.NEW_ENERGY_SMALL: "小型新能源汽车号牌",
    PlateKind.NEW_ENERGY_LARGE: "大型新能源汽车号牌",
    PlateKind.TRAILER: "挂车号牌",
    PlateKind.LEARNER: "教练汽车号牌",
    PlateKind.POLICE: "警用汽车号牌",
    PlateKind.HONG_KONG_MACAU: "港澳入出境车号牌",
    PlateKind.EMERGENCY: "应急救援专用号牌",
    PlateKind.EMBASSY: "使馆汽车号牌",
    PlateKind.CONSULATE: "领馆汽车号牌",
    PlateKind.CIVIL_AVIATION: "民航号牌",
    PlateKind.ARMED_POLICE: "武警号牌",
    PlateKind.MILITARY: "军用号牌",
    PlateKind.NONE: "无号牌",
}

_PROVINCE: Final = f"[{''.join(PROVINCE_CODES)}]"
_ISSUER: Final = "[A-HJ-Z]"
_SERIAL: Final = "[A-HJ-NP-Z0-9]"
_PATTERNS: Final = {
    PlateKind.ORDINARY: f"{_PROVINCE}{_ISSUER}{_SERIAL}{{5}}",
    PlateKind.NEW_ENERGY_SMALL: f"{_PROVINCE}{_ISSUER}[A-HJK]{_SERIAL}[0-9]{{4}}",
    PlateKind.NEW_ENERGY_LARGE: f"{_PROVINCE}{_ISSUER}[0-9]{{5}}[A-HJK]",
    PlateKind.TRAILER: f"{_PROVINCE}{_ISSUER}{_SERIAL}{{4}}挂",
    PlateKind.LEARNER: f"{_PROVINCE}{_ISSUER}{_SERIAL}{{4}}学",
    PlateKind.POLICE: f"{_PROVINCE}{_ISSUER}{_SERIAL}{{4}}警",
    PlateKind.HONG_KONG_MACAU: f"粤Z{_SERIAL}{{4}}[港澳]",
    PlateKind.EMERGENCY: f"{_PROVINCE}[XS][0-9]{{4}}应急",
    PlateKind.EMBASSY: "[0-9]{6}使|使[0-9]{6}",
    PlateKind.CONSULATE: f"{_PROVINCE}{_ISSUER}[0-9]{{4}}领|{_PROVINCE}[0-9]{{5}}领",
    PlateKind.CIVIL_AVIATION: f"民航{_SERIAL}{{5}}",
    PlateKind.ARMED_POLICE: f"WJ{_PROVINCE}?[0-9]{{4}}[0-9TDSHBXJ]",
    PlateKind.MILITARY: "[VZKHBSLJNGCE][A-Z][0-9]{5}",
    PlateKind.NONE: (
        "无|无牌|无牌照|无牌车|无号牌|无车牌|未上牌|未上牌照|未上户|未挂牌|待上牌|暂无牌照|"
        "临牌|临时牌|临时牌照|临时号牌|新车|新车未上牌|新车无牌"
    ),
}
_ANY: Final = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))

_COLOURS: Final[dict[PlateKind, tuple[str, ...]]] = {
    PlateKind.ORDINARY: ("1", "2"),
    PlateKind.NEW_ENERGY_SMALL: ("94",),
    PlateKind.NEW_ENERGY_LARGE: ("93",),
    PlateKind.TRAILER: ("2",),
    PlateKind.LEARNER: ("2",),
    PlateKind.POLICE: ("4",),
    PlateKind.HONG_KONG_MACAU: ("3",),
    PlateKind.EMERGENCY: ("4",),
    PlateKind.EMBASSY: ("3",),
    PlateKind.CONSULATE: ("3",),
    PlateKind.CIVIL_AVIATION: ("5",),
    PlateKind.ARMED_POLICE: ("4",),
    PlateKind.MILITARY: ("4",),
    PlateKind.NONE: (),
}
_WITHOUT_PROVINCE: Final = frozenset({PlateKind.EMBASSY, PlateKind.CIVIL_AVIATION, PlateKind.MILITARY, PlateKind.NONE})
_BLOCKED: Final = frozenset({PlateKind.EMBASSY, PlateKind.CONSULATE, PlateKind.MILITARY, PlateKind.ARMED_POLICE})
_DOTTED: Final = re.compile(f"{_PROVINCE}{_ISSUER}(?![0-9]{{4}}应急)")


class Plate(msgspec.Struct, frozen=True):
    """A plate that fits one of the kinds."""

    number: str
    """Normalised; '' for kind ``NONE``."""
    kind: PlateKind
    colour_codes: tuple[str, ...]
    """Colours this kind comes in, as JT/T 415-2021 codes (5.4.12); () for kind ``NONE``."""
    province_code: str | None
    """Two-digit province the plate names (车籍); ``None`` for kinds that name none."""

    @property
    def is_query_blocked(self) -> bool:
        """True for plates whose holder is not to be looked up: diplomatic, military, armed police (ours)."""
        return self.kind in _BLOCKED


def normalise(text: str) -> str:
    """Upper case, half width, without blanks, dots and dashes: ``浙a·12345`` → ``浙A12345``."""
    return clean(text).translate(_NORMAL)


def read(text: str) -> Plate | None:
    """Tell the kind of a plate by its number; ``None`` when no kind fits. Never raises.

    Source: GA 36-2018 as secondary sources quote it; the standard's own text was not read (待核).
    """
    return _read(text) if len(text) <= _LONGEST_TEXT else _read_number(normalise(text))


def _read_number(number: str) -> Plate | None:
    found = _ANY.fullmatch(number) if number else None
    if found is None or found.lastgroup is None:
        return None
    kind = PlateKind(found.lastgroup)
    if kind is PlateKind.NONE:
        number = ""
    return Plate(number, kind, _COLOURS[kind], _read_province(number, kind))


@lru_cache(maxsize=16_384)
def _read(text: str) -> Plate | None:
    """Remember what short texts mean: plates repeat, and what is remembered stays small."""
    return _read_number(normalise(text))


def _read_province(number: str, kind: PlateKind) -> str | None:
    if kind in _WITHOUT_PROVINCE:
        return None
    place = 2 if kind is PlateKind.ARMED_POLICE else 0
    return PROVINCE_CODES.get(number[place])


def display(number: str) -> str:
    """The number as it stands on the vehicle, ``浙A·12345``; other than province and letter: unchanged."""
    return f"{number[:2]}·{number[2:]}" if _DOTTED.match(number) else number


def mask(number: str) -> str:
    """Show the first and last two characters, ``浙A***45``; of a text shorter than a plate nothing."""
    if len(number) < 7:
        return "*" * len(number)
    return number[:2] + "*" * (len(number) - 4) + number[-2:]
