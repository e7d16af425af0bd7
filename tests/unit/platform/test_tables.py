"""Tables for spreadsheets: what stands in the cells, and that no text becomes a formula."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from chedang.platform.tables import TOLD_EVERY, Cell, Column, Kind, harmless, write_csv, write_xlsx

_COLUMNS = (
    Column("企业名称", Kind.TEXT, 30),
    Column("记录数"),
    Column("合格率（%）", Kind.SHARE),
    Column("最后上传", Kind.DAY),
    Column("更新到", Kind.INSTANT),
)
_AT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)  # as a database gives it; half past nine in China
_ROWS: list[tuple[Cell, ...]] = [
    ("=HYPERLINK(0)", 1234, Decimal("89.1"), date(2026, 11, 22), _AT),
    ("西湖\x00汽修", 0, None, None, None),
]


def test_a_workbook_holds_typed_cells_under_a_frozen_heading_behind_its_notes(tmp_path: Path) -> None:
    told: list[int] = []
    path = tmp_path / "a.xlsx"
    notes = [("范围", "浙江省"), ("=1+1", "=2+2")]
    assert write_xlsx(path, _COLUMNS, _ROWS, notes=notes, progress=told.append) == 2
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["说明", "数据"]
    assert [[cell.value for cell in row] for row in book["说明"].iter_rows()] == [list(note) for note in notes]
    sheet = book["数据"]
    assert sheet.freeze_panes == "B2"
    assert [cell.value for cell in sheet[1]] == [column.heading for column in _COLUMNS]
    first = sheet[2]
    assert [cell.data_type for cell in first] == ["s", "n", "n", "d", "d"], "a text is no formula"
    assert [cell.value for cell in first] == [
        "=HYPERLINK(0)", 1234, 89.1, datetime(2026, 11, 22), datetime(2026, 11, 22, 9, 30),  # noqa: DTZ001 - of xlsx
    ]  # fmt: skip
    assert (first[1].number_format, first[2].number_format, first[3].number_format) == ("#,##0", "0.0", "yyyy-mm-dd")
    assert [cell.value for cell in sheet[3]] == ["西湖�汽修", 0, None, None, None]
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["B"].width
    assert told == [2]


def test_a_csv_is_read_as_utf_8_and_has_the_same_cells(tmp_path: Path) -> None:
    path, told = tmp_path / "a.csv", list[int]()
    many = _ROWS * TOLD_EVERY
    assert write_csv(path, _COLUMNS, many, progress=told.append) == len(many)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [column.heading for column in _COLUMNS]
    assert rows[1] == ["'=HYPERLINK(0)", "1234", "89.1", "2026-11-22", "2026-11-22 09:30"]
    assert rows[2] == ["西湖�汽修", "0", "", "", ""]
    assert told == [TOLD_EVERY, 2 * TOLD_EVERY, 2 * TOLD_EVERY]


@pytest.mark.parametrize("typed", ["=1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r=1"])
def test_what_a_spreadsheet_could_take_for_a_formula_gets_an_apostrophe(typed: str) -> None:
    assert harmless(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["", "西湖汽修", "330106000900012", "A=1", "2026-11-22"])
def test_an_ordinary_text_stays_as_it_is(typed: str) -> None:
    assert harmless(typed) == typed
