"""号牌: every kind with numbers that fit and numbers that do not."""

from __future__ import annotations

import pytest

from chedang.terms import plate
from chedang.terms.plate import PlateKind

FITTING: dict[PlateKind, list[str]] = {
    PlateKind.ORDINARY: ["浙A12345", "沪B-12345", "粤b·A1B2C", "京O00123", "新A 98765", "川UABCDE"],
    PlateKind.NEW_ENERGY_SMALL: ["浙AD12345", "粤BF·A1234", "沪ak00001", "京AB12345"],
    PlateKind.NEW_ENERGY_LARGE: ["浙A12345D", "粤B·00001F", "京A98765K"],
    PlateKind.TRAILER: ["浙A1234挂", "鲁B·AB12挂", "冀C0001挂"],
    PlateKind.LEARNER: ["浙A1234学", "苏E·0A12学", "皖A9999学"],
    PlateKind.POLICE: ["浙A1234警", "京A·0001警", "沪AB123警"],
    PlateKind.HONG_KONG_MACAU: ["粤Z1234港", "粤Z·AB12港", "粤Z0001澳"],
    PlateKind.EMERGENCY: ["浙X1234应急", "京S0001应急", "川X·9999应急"],
    PlateKind.EMBASSY: ["224001使", "使224001", "使·101002"],
    PlateKind.CONSULATE: ["沪A0012领", "粤12345领", "沪·02001领"],
    PlateKind.CIVIL_AVIATION: ["民航A1234", "民航·00001", "民航12345"],
    PlateKind.ARMED_POLICE: ["WJ浙1234X", "WJ12345", "wj·京00010"],
    PlateKind.MILITARY: ["VA12345", "KB·00001", "ez98765"],
    PlateKind.NONE: ["无", "无牌", "未上牌", "临牌", "新车"],
}

MISFITS: dict[PlateKind, list[str]] = {
    PlateKind.ORDINARY: ["浙A1234", "浙I12345", "浙A1234I", "浙A1234O", "台A12345", "A12345", "浙112345"],
    PlateKind.NEW_ENERGY_SMALL: ["浙AL12345", "浙AD1234A", "浙ADI1234", "浙AD123456"],
    PlateKind.NEW_ENERGY_LARGE: ["浙A12345L", "浙A1234AD", "浙A123456D", "浙A123456"],
    PlateKind.TRAILER: ["浙A12345挂", "浙A123挂", "A1234挂", "浙AI234挂"],
    PlateKind.LEARNER: ["浙A12345学", "浙A123学", "学A1234", "浙AO234学"],
    PlateKind.POLICE: ["浙A12345警", "浙A123警", "警A1234", "浙AI234警"],
    PlateKind.HONG_KONG_MACAU: ["浙Z1234港", "粤Z12345港", "粤Z1234台", "粤A1234澳"],
    PlateKind.EMERGENCY: ["浙A1234应急", "浙X123应急", "浙X12345应急", "浙XA234应急", "浙X1234应"],
    PlateKind.EMBASSY: ["22400使", "2240012使", "使22400A", "使224001使"],
    PlateKind.CONSULATE: ["沪A012领", "沪A0012A领", "领001234", "123456领"],
    PlateKind.CIVIL_AVIATION: ["民航1234", "民航123456", "民航A123I", "民A12345"],
    PlateKind.ARMED_POLICE: ["WJ1234A", "WJ浙123456", "WJ台12345", "WJ1234"],
    PlateKind.MILITARY: ["AA12345", "VA1234", "VA123456", "V1A2345", "VA1234A"],
    PlateKind.NONE: ["", " ", "N/A", "0", "无无", "有牌", "新"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FITTING.items() for text in texts])
def test_a_fitting_number_is_of_its_kind(kind: PlateKind, text: str) -> None:
    found = plate.read(text)
    assert found is not None
    assert found.kind is kind
    assert found.number == ("" if kind is PlateKind.NONE else plate.normalise(text))


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in MISFITS.items() for text in texts])
def test_a_misfit_is_of_no_kind(kind: PlateKind, text: str) -> None:
    assert plate.read(text) is None, kind


@pytest.mark.parametrize("table", [FITTING, MISFITS])
def test_every_kind_has_at_least_three_vectors(table: dict[PlateKind, list[str]]) -> None:
    assert set(table) == set(PlateKind)
    assert all(len(texts) >= 3 for texts in table.values())


@pytest.mark.parametrize(
    ("text", "colours", "province"),
    [
        ("浙A12345", ("1", "2"), "33"),
        ("浙AD12345", ("94",), "33"),
        ("浙A12345D", ("93",), "33"),
        ("鲁A1234挂", ("2",), "37"),
        ("皖A1234学", ("2",), "34"),
        ("京A1234警", ("4",), "11"),
        ("粤Z1234港", ("3",), "44"),
        ("川X1234应急", ("4",), "51"),
        ("224001使", ("3",), None),
        ("沪A0012领", ("3",), "31"),
        ("粤12345领", ("3",), "44"),
        ("民航A1234", ("5",), None),
        ("WJ浙12345", ("4",), "33"),
        ("WJ12345", ("4",), None),
        ("VA12345", ("4",), None),
        ("新A12345", ("1", "2"), "65"),
        ("无牌", (), None),
    ],
)
def test_a_kind_tells_colour_and_province(text: str, colours: tuple[str, ...], province: str | None) -> None:
    found = plate.read(text)
    assert found is not None
    assert (found.colour_codes, found.province_code) == (colours, province)


def test_a_long_text_is_no_plate_but_a_padded_plate_is_one() -> None:
    assert plate.read("浙A12345" * 100_000) is None
    padded = plate.read(" " * 100 + "浙A12345")
    assert padded is not None
    assert padded.number == "浙A12345"


@pytest.mark.parametrize("kind", PlateKind)
def test_every_kind_has_a_label_for_people(kind: PlateKind) -> None:
    assert kind.label.endswith("号牌")


def test_holders_of_diplomatic_and_military_plates_are_not_looked_up() -> None:
    blocked = {kind for kind, texts in FITTING.items() if (found := plate.read(texts[0])) and found.is_query_blocked}
    assert blocked == {PlateKind.EMBASSY, PlateKind.CONSULATE, PlateKind.ARMED_POLICE, PlateKind.MILITARY}


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("浙A12345", "浙A·12345"),
        ("浙AD12345", "浙A·D12345"),
        ("粤Z1234港", "粤Z·1234港"),
        ("浙X1234应急", "浙X1234应急"),
        ("粤12345领", "粤12345领"),
        ("224001使", "224001使"),
        ("VA12345", "VA12345"),
        ("", ""),
    ],
)
def test_a_number_is_shown_as_on_the_vehicle(number: str, shown: str) -> None:
    assert plate.display(number) == shown
    assert plate.normalise(shown) == number


@pytest.mark.parametrize(
    ("number", "masked"), [("浙A12345", "浙A***45"), ("浙AD12345", "浙A****45"), ("无牌", "**"), ("", "")]
)
def test_a_masked_number_shows_its_ends(number: str, masked: str) -> None:
    assert plate.mask(number) == masked
