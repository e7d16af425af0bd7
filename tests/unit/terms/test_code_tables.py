"""Code tables: names, synonyms, conversions without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.terms import codes
from chedang.terms.codes import CodeMap, CodeTable

TABLES = [value for value in vars(codes).values() if isinstance(value, CodeTable)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_every_code_and_name_is_found_again(table: CodeTable) -> None:
    assert len(table) == len(list(table.items())) > 0
    for code, name in table.items():
        assert code in table
        assert table.name(code) == name
        assert table.code_of(code) == code
        assert table.code_of(f" {name}\u3000") == code


@pytest.mark.parametrize(
    ("table", "size"),
    [
        (codes.ECONOMIC_CATEGORY, 33),
        (codes.ENTERPRISE_CATEGORY, 3),
        (codes.MANAGED_CATEGORY, 5),
        (codes.OPERATION_STATE, 7),
        (codes.PLATE_COLOUR, 10),
        (codes.TOLL_PLATE_COLOUR, 8),
        (codes.PLATE_TYPE, 24),
        (codes.FUEL, 14),
        (codes.USE, 18),
        (codes.REPAIR_CATEGORY, 8),
        (codes.ASSOCIATION_REPAIR_CATEGORY, 7),
        (codes.PART_KIND, 7),
    ],
    ids=lambda value: value.title if isinstance(value, CodeTable) else "",
)
def test_no_code_of_the_field_is_missing(table: CodeTable, size: int) -> None:
    assert len(table) == size


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        (codes.OPERATION_STATE, "营业", "1"),
        (codes.OPERATION_STATE, "7", "9"),
        (codes.ECONOMIC_CATEGORY, "个体自营", "175"),
        (codes.ECONOMIC_CATEGORY, "有限责任（公司）", "150"),
        (codes.ECONOMIC_CATEGORY, "国有", "110"),
        (codes.ECONOMIC_CATEGORY, "集体", "120"),
        (codes.ECONOMIC_CATEGORY, "私营", "170"),
        (codes.ENTERPRISE_CATEGORY, "一类", "01"),
        (codes.ENTERPRISE_CATEGORY, "一类维修企业", "01"),
        (codes.ENTERPRISE_CATEGORY, "１", "01"),
        (codes.ENTERPRISE_CATEGORY, "45", "03"),
        (codes.PLATE_COLOUR, "蓝色", "1"),
        (codes.PLATE_COLOUR, "渐变绿", "94"),
        (codes.REPAIR_CATEGORY, "整车修理", "50"),
        (codes.PART_KIND, "原厂件", "OEM"),
        (codes.PART_KIND, "oem", "OEM"),
    ],
)
def test_words_written_instead_of_codes_are_understood(table: CodeTable, text: str, code: str) -> None:
    assert table.code_of(text) == code


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (codes.OPERATION_STATE, ""),
        (codes.OPERATION_STATE, "空壳"),
        (codes.ENTERPRISE_CATEGORY, "46"),
        (codes.PLATE_COLOUR, "绿牌"),
        (codes.PLATE_COLOUR, "0"),
        (codes.ECONOMIC_CATEGORY, "合资"),
    ],
)
def test_words_of_no_or_two_meanings_are_no_code(table: CodeTable, text: str) -> None:
    assert table.code_of(text) is None


def test_an_unknown_code_has_no_name() -> None:
    assert codes.OPERATION_STATE.name("8") is None


def test_a_word_cannot_mean_two_codes() -> None:
    with pytest.raises(ValueError, match="乙"):
        CodeTable("试", {"1": "甲", "2": "乙"}, {"乙": "1"})
    with pytest.raises(ValueError, match="丙"):
        CodeTable("试", {"1": "甲"}, {"丙": "3"})


@pytest.mark.parametrize(
    ("mapping", "left", "right", "left_only", "right_only"),
    [
        (codes.TOLL_PLATE_COLOURS, codes.PLATE_COLOUR, codes.TOLL_PLATE_COLOUR, {"5", "91", "92"}, {"6"}),
        (
            codes.ASSOCIATION_REPAIR_CATEGORIES,
            codes.REPAIR_CATEGORY,
            codes.ASSOCIATION_REPAIR_CATEGORY,
            {"90"},
            set[str](),
        ),
        (codes.MANAGED_CATEGORIES, codes.ENTERPRISE_CATEGORY, codes.MANAGED_CATEGORY, set[str](), {"46", "47"}),
    ],
    ids=["plate colours", "repair categories", "enterprise categories"],
)
def test_a_conversion_there_and_back_loses_nothing(
    mapping: CodeMap, left: CodeTable, right: CodeTable, left_only: set[str], right_only: set[str]
) -> None:
    assert {code for code in left if mapping.forward(code) is None} == left_only
    assert {code for code in right if mapping.backward(code) is None} == right_only
    for code in set(left) - left_only:
        assert mapping.backward(mapping.forward(code) or "") == code
    for code in set(right) - right_only:
        assert mapping.forward(mapping.backward(code) or "") == code


def test_repair_categories_keep_their_names_across_the_systems() -> None:
    for code, name in codes.ASSOCIATION_REPAIR_CATEGORY.items():
        assert codes.REPAIR_CATEGORY.name(codes.ASSOCIATION_REPAIR_CATEGORIES.backward(code) or "") == name


def test_the_two_plate_colour_systems_agree_on_the_colour() -> None:
    for code, name in codes.TOLL_PLATE_COLOUR.items():
        if (ours := codes.TOLL_PLATE_COLOURS.backward(code)) and ours != "9":
            assert codes.PLATE_COLOUR.code_of(name) == ours


def test_a_map_is_one_to_one_between_known_codes() -> None:
    table = CodeTable("试", {"1": "甲", "2": "乙"})
    with pytest.raises(ValueError, match="one to one"):
        CodeMap(table, table, {"1": "1", "2": "1"})
    with pytest.raises(ValueError, match="unknown"):
        CodeMap(table, table, {"1": "3"})


@pytest.mark.parametrize(
    ("code", "name"),
    [("K33", "轿车"), ("K31", "小型载客"), ("H11", "载货"), ("X99", "其他"), ("A1", None), ("", None)],
)
def test_a_vehicle_type_is_told_by_its_longest_known_beginning(code: str, name: str | None) -> None:
    assert codes.find_vehicle_type(code) == name


def test_plate_kinds_use_known_colours() -> None:
    from chedang.terms import plate

    samples = ["浙A12345", "浙AD12345", "浙A12345D", "浙A1234挂", "浙A1234警", "粤Z1234港", "民航A1234"]
    used = {code for text in samples if (found := plate.read(text)) for code in found.colour_codes}
    assert used <= set(codes.PLATE_COLOUR)
    assert len(used) >= 6


CONVERSIONS = pytest.mark.parametrize(
    ("mapping", "left", "right"),
    [
        (codes.TOLL_PLATE_COLOURS, codes.PLATE_COLOUR, codes.TOLL_PLATE_COLOUR),
        (codes.ASSOCIATION_REPAIR_CATEGORIES, codes.REPAIR_CATEGORY, codes.ASSOCIATION_REPAIR_CATEGORY),
    ],
    ids=["plate colours", "repair categories"],
)


@CONVERSIONS
@given(data=st.data())
def test_a_word_of_either_system_means_the_same_in_both(
    mapping: CodeMap, left: CodeTable, right: CodeTable, data: st.DataObject
) -> None:
    words = sorted(word for word in {*left.words(), *right.words()} if not word.isascii())
    word = data.draw(st.sampled_from(words))
    blanks = data.draw(st.sampled_from(["", " ", "\u3000", "\ufeff"]))
    here, there = left.code_of(blanks + word), right.code_of(word + blanks)
    if here is not None:
        assert mapping.forward(here) == there
    if there is not None:
        assert mapping.backward(there) == here


@CONVERSIONS
@given(text=st.one_of(st.text(max_size=4), st.integers(0, 100).map(str)))
def test_whatever_is_converted_comes_back_as_it_was(
    mapping: CodeMap, left: CodeTable, right: CodeTable, text: str
) -> None:
    for there, back in ((mapping.forward, mapping.backward), (mapping.backward, mapping.forward)):
        converted = there(text)
        assert converted is None or back(converted) == text
    assert (mapping.forward(text) is not None) <= (text in left)
    assert (mapping.backward(text) is not None) <= (text in right)


@CONVERSIONS
def test_no_code_is_folded_into_another(mapping: CodeMap, left: CodeTable, right: CodeTable) -> None:
    converted = [code for code in map(mapping.forward, left) if code is not None]
    assert len(converted) == len(set(converted))
    assert set(converted) == {code for code in right if mapping.backward(code) is not None}
