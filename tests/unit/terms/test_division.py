"""行政区划: history, levels, names, provenance of the packaged table."""

from __future__ import annotations

import runpy
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from chedang.terms import division
from chedang.terms.division import Division, Level

SCRIPT = Path(__file__).parents[3] / "dev" / "make_divisions.py"


def test_a_county_abolished_in_2021_still_validates_as_historic() -> None:
    assert division.find("330103") == Division("330103", "下城区", Level.COUNTY, 1983, 2021)
    assert division.is_county("330103")
    assert division.is_current("330103", date(2021, 3, 1))
    assert not division.is_current("330103", date(2022, 1, 1))


def test_the_county_that_followed_is_current_from_its_first_year() -> None:
    assert not division.is_current("330113", date(2020, 12, 31))
    assert division.is_current("330113", date(2021, 4, 9))


def test_a_renamed_county_gives_its_newest_name_and_is_current_under_each() -> None:
    found = division.find("340102")
    assert found is not None
    assert (found.name, found.valid_from) == ("瑶海区", 2002)
    assert division.is_current("340102", date(1999, 1, 1))
    assert division.is_current("340102", date(2024, 1, 1))


def test_a_code_given_again_was_not_current_in_between() -> None:
    assert [division.is_current("330502", date(year, 6, 1)) for year in (1985, 1995, 2005)] == [True, False, True]


@pytest.mark.parametrize("code", ["", "3301", "330199", "999999", "3301061", "杭州市", "３３０１０６", "660000"])
def test_a_code_that_never_was_is_unknown(code: str) -> None:
    assert division.find(code) is None
    assert not division.is_current(code, date(2024, 1, 1))
    assert not division.is_county(code)
    assert division.full_name(code) == ""


@pytest.mark.parametrize(
    ("code", "level", "county"),
    [
        ("330000", Level.PROVINCE, False),
        ("330100", Level.PREFECTURE, False),
        ("330106", Level.COUNTY, True),
        ("441900", Level.PREFECTURE, True),
        ("442000", Level.PREFECTURE, True),
        ("460400", Level.PREFECTURE, True),
        ("620200", Level.PREFECTURE, True),
        ("429004", Level.COUNTY, True),
    ],
)
def test_counties_and_cities_without_counties_count_as_county(code: str, level: Level, county: bool) -> None:
    found = division.find(code)
    assert found is not None
    assert found.level is level
    assert division.is_county(code) is county


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330106", "浙江省杭州市西湖区"),
        ("330103", "浙江省杭州市下城区"),
        ("330100", "浙江省杭州市"),
        ("330101", "浙江省杭州市"),
        ("330000", "浙江省"),
        ("110105", "北京市朝阳区"),
        ("500229", "重庆市城口县"),
        ("429004", "湖北省仙桃市"),
        ("441900", "广东省东莞市"),
        ("659012", "新疆维吾尔自治区白杨市"),
        ("232761", "黑龙江省大兴安岭地区加格达奇区"),
    ],
)
def test_a_full_name_reads_as_on_a_letter(code: str, name: str) -> None:
    assert division.full_name(code) == name


@pytest.mark.parametrize(
    ("code", "province"),
    [("330103000056746", "33"), ("660101", "66"), ("00", "00"), ("99", None), ("", None), ("3", None)],
)
def test_the_first_two_digits_name_the_node(code: str, province: str | None) -> None:
    assert division.province_code(code) == province


def test_every_province_of_the_standard_is_a_node() -> None:
    table = resources.files("chedang.terms").joinpath("data", "divisions.csv").read_text(encoding="utf-8")
    provinces = {line[:2] for line in table.splitlines()[1:] if line[2:6] == "0000"}
    assert set(division.PROVINCES) == provinces | {"00", "66"}
    for code in provinces:
        found = division.find(code + "0000")
        assert found is not None
        assert found.name.startswith(division.PROVINCES[code].name)


def test_thirty_one_provinces_have_plates() -> None:
    characters = [province.plate_character for code, province in division.PROVINCES.items() if code != "66"]
    with_plates = [character for character in characters if character]
    assert len(with_plates) == len(set(with_plates)) == 31


def test_every_period_of_the_table_makes_sense() -> None:
    table = resources.files("chedang.terms").joinpath("data", "divisions.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in table.splitlines()[1:]]
    assert len(rows) > 7_000
    for code, name, first, last in rows:
        assert len(code) == 6
        assert code.isdigit()
        assert name
        assert not first or not last or first <= last, code


def test_the_packaged_table_is_what_the_script_derives() -> None:
    packaged = resources.files("chedang.terms").joinpath("data", "divisions.csv").read_text(encoding="utf-8")
    derived = runpy.run_path(str(SCRIPT))["render"]()
    assert packaged == derived, "run dev/make_divisions.py"


def test_counties_of_a_place_are_those_of_today() -> None:
    found = division.counties("3201")
    assert "320106" in found  # 鼓楼区
    assert not {"320100", "320101", "320103"} & set(found)  # the city, 市辖区, a district that is no more
    assert division.counties("4419") == ["441900"]  # 东莞 has none
