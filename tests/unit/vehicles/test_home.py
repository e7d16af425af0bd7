"""车籍: registration, plate, earlier plate, place of the shop, in that order; and what each kind of plate says."""

from __future__ import annotations

import pytest

from chedang.vehicles.home import (
    Home,
    HomeBasis,
    Sighting,
    came_in_at,
    province_of_record,
    province_of_shop,
    resolve_home,
)


def by_plates(*numbers: str, shop: str = "31", at: str = "33") -> Home:
    """Home of a vehicle whose records, newest first, carry these plates and all came in at one node."""
    return resolve_home("", [Sighting(number, at) for number in numbers], shop)


@pytest.mark.parametrize(
    ("number", "province"),
    [
        ("浙A12345", "33"), ("苏E0A001", "32"), ("京O12345", "11"),  # ordinary
        ("浙AD12345", "33"), ("沪ADA1234", "31"), ("渝AF12345", "50"),  # new energy, small
        ("浙A12345D", "33"), ("苏A12345F", "32"), ("粤B12345D", "44"),  # new energy, large
        ("浙A1234挂", "33"), ("冀B12A4挂", "13"), ("鲁Q1234挂", "37"),  # trailer
        ("浙A1234学", "33"), ("苏E12B4学", "32"), ("川A1234学", "51"),  # learner
        ("浙A1234警", "33"), ("京A1234警", "11"), ("黑A1B34警", "23"),  # police
        ("粤Z1234港", "44"), ("粤Z1234澳", "44"), ("粤ZA12B港", "44"),  # Hong Kong, Macau
        ("浙X1234应急", "33"), ("京S1234应急", "11"), ("藏X0001应急", "54"),  # emergency
        ("沪A1234领", "31"), ("粤A0001领", "44"), ("川12345领", "51"),  # consulate
        ("WJ浙12345", "33"), ("WJ京1234T", "11"), ("WJ藏0001X", "54"),  # armed police of a province
        ("浙a·12345", "33"), ("苏 E 00001", "32"), ("沪A－12345", "31"),  # as people type them
    ],
)  # fmt: skip
def test_a_plate_that_names_a_province_decides(number: str, province: str) -> None:
    assert by_plates(number) == Home(province, HomeBasis.PLATE)


@pytest.mark.parametrize("number", ["123456使", "使123456", "224001使"])
def test_a_vehicle_of_an_embassy_stays_with_the_ministry(number: str) -> None:
    assert by_plates(number) == Home("00", HomeBasis.PLATE)
    assert by_plates(number, "浙A12345") == Home("00", HomeBasis.PLATE)
    assert by_plates("浙A12345", number) == Home("33", HomeBasis.PLATE)


@pytest.mark.parametrize(
    "number",
    [
        "民航A1234", "民航00001", "民航B12C4",  # civil aviation
        "VA12345", "KB00001", "ZC54321",  # military
        "WJ12345", "WJ1234T", "WJ00010",  # armed police of no province
        "临牌", "临时号牌", "临时牌照",  # temporary
        "无", "未上牌", "新车", "",  # none
        "whatever", "浙A123", "浙I12345",  # no plate at all
    ],
)  # fmt: skip
def test_a_plate_that_names_nothing_leaves_it_to_what_was_known_before(number: str) -> None:
    assert by_plates(number, "浙A12345", "苏E00001") == Home("33", HomeBasis.EARLIER_PLATE)
    assert by_plates(number, number, "123456使") == Home("00", HomeBasis.EARLIER_PLATE)
    assert by_plates(number) == Home("31", HomeBasis.SHOP)
    assert by_plates(number, shop="") == Home("", HomeBasis.UNKNOWN)


@pytest.mark.parametrize("number", ["新A12345", "新AD12345", "WJ新12345"])
@pytest.mark.parametrize(
    ("nodes", "province"),
    [
        (["33"], "65"),
        (["65"], "65"),
        (["66"], "66"),
        (["33", "66"], "66"),
        (["66", "65"], "66"),
        (["65", "66"], "65"),
        (["00", "33"], "65"),
    ],
)
def test_xin_is_bingtuan_when_the_newest_record_of_either_says_so(number: str, nodes: list[str], province: str) -> None:
    assert resolve_home("", [Sighting(number, node) for node in nodes], "33") == Home(province, HomeBasis.PLATE)


def test_a_record_at_bingtuan_with_another_plate_says_nothing_about_xin() -> None:
    sightings = [Sighting("新A12345", "65"), Sighting("浙A12345", "66"), Sighting("新B12345", "66")]

    assert resolve_home("", sightings, "65") == Home("65", HomeBasis.PLATE)
    assert resolve_home("", sightings[1:], "65") == Home("33", HomeBasis.PLATE)


@pytest.mark.parametrize("registered", ["66", "65", "32"])
@pytest.mark.parametrize("plates", [["新A12345"], ["浙A12345", "沪A12345"], ["123456使"], ["无"], []])
def test_a_stated_registration_goes_before_everything(registered: str, plates: list[str]) -> None:
    sightings = [Sighting(number, "33") for number in plates]

    assert resolve_home(registered, sightings, "33") == Home(registered, HomeBasis.REGISTRATION)


def test_without_any_record_nothing_is_known() -> None:
    assert resolve_home("", [], "") == Home("", HomeBasis.UNKNOWN)


@pytest.mark.parametrize(("origin", "node"), [("local", "33"), ("32", "32"), ("00", "00")])
def test_a_local_record_came_in_here(origin: str, node: str) -> None:
    assert came_in_at(origin, "33") == node


@pytest.mark.parametrize(
    ("company_code", "known_node", "province"),
    [
        ("330102000000001", "", "33"),
        ("330102000000001", "32", "32"),
        ("330102000000001", "00", "33"),
        ("660102000000001", "", "66"),
        ("990102000000001", "", ""),
        ("990102000000001", "65", "65"),
    ],
)
def test_a_shop_is_where_it_is_registered_else_where_its_code_says(
    company_code: str, known_node: str, province: str
) -> None:
    assert province_of_shop(company_code, known_node) == province
    assert province_of_record(company_code, "00", known_node) == province
    assert province_of_record(company_code, "37", known_node) == "37"
