"""Rows of a table that grow by the table's own buttons, without scripts."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from chedang.site.shop.book.forms import PART_COLUMNS, OrderTyping
from chedang.site.shop.rows import Pick, is_empty, press, read_rows

_PICK = Pick("机油", {"name": "机油", "code": "OIL-1"})
_ANOTHER = QueryDict("parts-name=机滤&parts-code=F-1&parts-brand=&parts-quantity=1")


def test_a_pick_fills_the_first_empty_row_and_leaves_the_rest_of_it_empty() -> None:
    rows = read_rows(QueryDict("parts-name=&parts-kind=oem"), "parts", PART_COLUMNS)
    assert press(QueryDict("parts-pick=0"), "parts", PART_COLUMNS, rows, [_PICK])
    (row,) = rows
    assert set(row) == {column.name for column in PART_COLUMNS}
    assert {name: text for name, text in row.items() if text} == {"name": "机油", "code": "OIL-1"}


def test_a_pick_beside_what_was_typed_makes_a_new_row() -> None:
    rows = read_rows(_ANOTHER, "parts", PART_COLUMNS)
    assert press(QueryDict("parts-pick=0"), "parts", PART_COLUMNS, rows, [_PICK])
    assert [row["name"] for row in rows] == ["机滤", "机油"]


def test_an_added_row_has_every_column() -> None:
    rows = read_rows(_ANOTHER, "parts", PART_COLUMNS)
    assert press(QueryDict("parts-add=1"), "parts", PART_COLUMNS, rows, [])
    assert set(rows[1]) == set(rows[0])
    assert is_empty(rows[1], PART_COLUMNS)


@pytest.mark.parametrize("pressed", ["parts-pick=9", "parts-pick=-1", "parts-pick=²", "parts-remove=7"])
def test_a_row_that_is_not_there_changes_nothing(pressed: str) -> None:
    rows = read_rows(_ANOTHER, "parts", PART_COLUMNS)
    assert press(QueryDict(pressed), "parts", PART_COLUMNS, rows, [_PICK])
    assert len(rows) == 1


def test_an_order_can_be_read_after_a_pick() -> None:
    typing = OrderTyping.sent(QueryDict("parts-name="))
    assert typing.press(QueryDict("parts-pick=0"), {"parts": [_PICK]})
    (part,) = typing.content().parts
    assert (part.name, part.code, part.brand) == ("机油", "OIL-1", "")
