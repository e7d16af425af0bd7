"""行政区划代码 (GB/T 2260): what a code names, and whether it did so on a given day.

Old codes live on inside enterprise codes and credit codes, so a code that existed at some time is good; one that
is no longer current deserves a warning at most. The table reaches back to the first edition of the standard.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from enum import StrEnum, unique
from functools import cache
from importlib import resources
from typing import Final

import msgspec


class Province(msgspec.Struct, frozen=True):
    """A node of the national system: a province, 兵团, or the ministry itself."""

    code: str
    """Two digits."""
    name: str
    """Short: 浙江, 内蒙古."""
    plate_character: str | None
    """First character of its plates; ``None`` where mainland plates have none."""


PROVINCES: Final[Mapping[str, Province]] = {
    code: Province(code, name, character)
    for code, name, character in (
        ("00", "部级", None), ("11", "北京", "京"), ("12", "天津", "津"), ("13", "河北", "冀"), ("14", "山西", "晋"),
        ("15", "内蒙古", "蒙"), ("21", "辽宁", "辽"), ("22", "吉林", "吉"), ("23", "黑龙江", "黑"),
        ("31", "上海", "沪"), ("32", "江苏", "苏"), ("33", "浙江", "浙"), ("34", "安徽", "皖"), ("35", "福建", "闽"),
        ("36", "江西", "赣"), ("37", "山东", "鲁"), ("41", "河南", "豫"), ("42", "湖北", "鄂"), ("43", "湖南", "湘"),
        ("44", "广东", "粤"), ("45", "广西", "桂"), ("46", "海南", "琼"), ("50", "重庆", "渝"), ("51", "四川", "川"),
        ("52", "贵州", "贵"), ("53", "云南", "云"), ("54", "西藏", "藏"), ("61", "陕西", "陕"), ("62", "甘肃", "甘"),
        ("63", "青海", "青"), ("64", "宁夏", "宁"), ("65", "新疆", "新"), ("66", "兵团", "新"), ("71", "台湾", None),
        ("81", "香港", None), ("82", "澳门", None),
    )
}  # fmt: skip
"""By two-digit code. GB/T 2260, but for 66 (新疆生产建设兵团, usage of transport systems) and 00 (ours)."""


@unique
class Level(StrEnum):
    """Level of a division, as its code says it."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class Division(msgspec.Struct, frozen=True):
    """One name of one code and the years it held."""

    code: str
    name: str
    level: Level
    valid_from: int | None
    """First year, ``None``: since the first edition of the standard."""
    valid_until: int | None
    """Last year, that of the change included; ``None``: still."""

    def covers(self, year: int) -> bool:
        """Say whether the code had this name in (some part of) a year."""
        return (self.valid_from or year) <= year <= (self.valid_until or year)


_WITHOUT_COUNTIES: Final = frozenset({"441900", "442000", "460400", "620200"})
"""东莞, 中山, 儋州, 嘉峪关: prefecture-level cities without counties; their own code stands for one."""

_NO_PLACE: Final = frozenset({"市辖区", "县", "市区", "林区"})
_NO_PLACE_ENDING: Final = ("直辖县级行政单位", "直辖行政单位")


@cache
def _load() -> Mapping[str, tuple[Division, ...]]:
    """Read the packaged table: all names of each code, the newest last."""
    text = resources.files("chedang.terms").joinpath("data", "divisions.csv").read_text(encoding="utf-8")
    table: dict[str, tuple[Division, ...]] = {}
    for code, name, first, last in list(csv.reader(text.splitlines()))[1:]:
        period = Division(code, name, _tell_level(code), int(first) if first else None, int(last) if last else None)
        table[code] = (*table.get(code, ()), period)
    return {
        code: tuple(sorted(periods, key=lambda period: period.valid_until or 9999)) for code, periods in table.items()
    }


def _tell_level(code: str) -> Level:
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.PREFECTURE if code.endswith("00") else Level.COUNTY


def find(code: str) -> Division | None:
    """The newest name of a six-digit code; ``None`` when it never was one of GB/T 2260.

    The statistical bureau's codes of development zones (…71 and up) are not of GB/T 2260.
    """
    periods = _load().get(code)
    return periods[-1] if periods else None


def is_current(code: str, on: date) -> bool:
    """Say whether the code was in force in the year of a day; the table knows years only."""
    return any(period.covers(on.year) for period in _load().get(code, ()))


def is_county(code: str) -> bool:
    """Say whether a code was ever one of a county, or of a city that has no counties (东莞 …)."""
    found = find(code)
    return found is not None and (found.level is Level.COUNTY or code in _WITHOUT_COUNTIES)


def counties(prefix: str) -> list[str]:
    """Codes of the counties of today, and of cities that have none, that begin with some digits; in their order."""
    return [
        code
        for code, periods in sorted(_load().items())
        if code.startswith(prefix)
        and periods[-1].valid_until is None
        and periods[-1].name not in _NO_PLACE
        and is_county(code)
    ]


def province_code(code: str) -> str | None:
    """Two-digit node of a division or enterprise code; ``None`` when no node has it."""
    return code[:2] if code[:2] in PROVINCES else None


def full_name(code: str) -> str:
    """Name with what it belongs to, ``浙江省杭州市西湖区``; levels that name no place are left out.

    Newest names throughout. '' for a code that never was.
    """
    if code not in _load():
        return ""
    codes = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
    names = [found.name for found in map(find, codes) if found]
    return "".join(name for name in names if name not in _NO_PLACE and not name.endswith(_NO_PLACE_ENDING))
