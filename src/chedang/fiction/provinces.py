"""Where a fictional province lies: counties for its shops, letters for its plates (every province that has plates)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from chedang.terms import division

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I, no O
_ELSEWHERE = ("沪A", "苏E", "皖A", "赣E", "闽C", "粤B", "京N", "浙A")
_CAPITAL_WEIGHT = 4
"""How much more often a capital's plate is seen than that of another city."""


@dataclass(frozen=True, slots=True)
class Place:
    """One county in which shops may lie. ``name`` begins the name of a shop."""

    division_code: str
    name: str
    postal_code: str = "000000"


@dataclass(frozen=True, slots=True)
class FictionalProvince:
    """What shops and vehicles of one province draw from."""

    code: str
    plate_character: str
    places: tuple[Place, ...]
    cities: Mapping[str, int]
    """Letter of a plate → how often it is seen next to the others."""
    prefectures: Mapping[str, str]
    """Letter of a plate → four digits of the prefecture that issues it."""
    area_code: str
    """Of telephone numbers that belong to nobody."""

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """Beginnings of plates of other provinces."""
        return tuple(office for office in _ELSEWHERE if office[0] != self.plate_character)


@cache
def province(code: str) -> FictionalProvince:
    """The province of a node. Raises ValueError for one without shops or plates of its own (00, 71, 81, 82)."""
    if code == ZHEJIANG.code:
        return ZHEJIANG
    character = division.PROVINCES[code].plate_character
    if character is None:
        raise ValueError(f"node {code} has no shops and plates to make up")
    places = _places(code)
    prefectures = dict(zip(_LETTERS, dict.fromkeys(place.division_code[:4] for place in places), strict=False))
    weights = {letter: _CAPITAL_WEIGHT if letter == "A" else 1 for letter in prefectures}
    return FictionalProvince(code, character, places, weights, prefectures, area_code="0000")


def _places(code: str) -> tuple[Place, ...]:
    """Counties of today, one of each prefecture in turn."""
    by_prefecture: dict[str, list[Place]] = {}
    for county in division.counties(_DIVISIONS_OF.get(code, code)):
        by_prefecture.setdefault(county[:4], []).append(Place(county, _short_name(county)))
    return tuple(place for turn in zip_longest(*by_prefecture.values()) for place in turn if place)


def _short_name(county: str) -> str:
    """``320106`` → 南京鼓楼; the province stands in for a prefecture that names no place: 上海黄浦."""
    whole_province, prefecture, whole = (
        division.full_name(code) for code in (f"{county[:2]}0000", f"{county[:4]}00", county)
    )
    city = prefecture.removeprefix(whole_province) or division.PROVINCES[county[:2]].name
    own = whole.removeprefix(prefecture)
    return _without_kind(city) + (_without_kind(own) if own else "")


def _without_kind(name: str) -> str:
    kind = next((kind for kind in ("地区", "市", "区", "县") if name.endswith(kind)), "")
    is_telling = len(name) - len(kind) > 1 and not name.endswith(("自治县", "自治州"))
    return name.removesuffix(kind) if is_telling else name


def _zhejiang(places: Iterable[tuple[str, str, str]]) -> FictionalProvince:
    return FictionalProvince(
        code="33",
        plate_character="浙",
        places=tuple(Place(*place) for place in places),
        cities={"A": 6, "B": 4, "C": 3, "D": 2, "E": 2, "F": 2, "G": 3, "H": 1, "J": 2, "K": 1, "L": 1},
        prefectures={
            "A": "3301", "B": "3302", "C": "3303", "D": "3306", "E": "3305", "F": "3304", "G": "3307", "H": "3308",
            "J": "3310", "K": "3311", "L": "3309",
        },
        area_code="0571",
    )  # fmt: skip


_DIVISIONS_OF = {"66": "659"}
"""Cities of 兵团 stand in the table of 新疆."""

ZHEJIANG = _zhejiang((
    ("330106", "杭州", "310000"), ("330212", "宁波", "315000"), ("330302", "温州", "325000"),
    ("330402", "嘉兴", "314000"), ("330502", "湖州", "313000"), ("330602", "绍兴", "312000"),
    ("330702", "金华", "321000"), ("330802", "衢州", "324000"), ("330902", "舟山", "316000"),
    ("331002", "台州", "318000"), ("331102", "丽水", "323000"), ("330109", "杭州萧山", "311200"),
    ("330113", "杭州临平", "311100"), ("330782", "义乌", "322000"), ("330213", "宁波奉化", "315500"),
    ("330382", "乐清", "325600"), ("330481", "海宁", "314400"), ("330681", "诸暨", "311800"),
    ("330105", "杭州拱墅", "310000"), ("330203", "宁波海曙", "315000"),
))  # fmt: skip
