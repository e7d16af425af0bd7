"""A file of dealers comes back as the lines that a person would type."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest

from chedang.enterprises.maker_rules import MOST_DEALERS, read_dealers
from chedang.intake.files.model import FileUnreadable
from chedang.site.maker.dealer_file import MAX_BYTES, read_lines


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_taken_as_it_stands_whatever_its_encoding(encoding: str) -> None:
    raw = "企业编码,品牌\r\n330106000000012,青禾\r\n".encode(encoding)
    dealers, problems = read_dealers(read_lines(raw), ["青禾"])
    assert [(each.line, each.company_code) for each in dealers] == [(2, "330106000000012")]
    assert problems == ()


def test_codes_that_a_spreadsheet_keeps_as_numbers_are_written_out() -> None:
    raw = workbook(
        ["维修企业编码", "品牌"], [330106000000012, "青禾", "备注"], ["330106000000013", "青禾"], [None, None]
    )
    assert read_lines(raw).splitlines() == ["维修企业编码,品牌", "330106000000012,青禾", "330106000000013,青禾"]


def test_no_more_rows_are_read_than_an_application_may_have() -> None:
    raw = workbook(*([330106000000000 + number] for number in range(MOST_DEALERS + 50)))
    assert len(read_lines(raw).splitlines()) == MOST_DEALERS + 2


def test_what_is_too_large_or_no_table_gets_a_sentence() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/sharedStrings.xml", b"<a/>" * 2_000_000)
    for raw in (bytes(MAX_BYTES + 1), bomb.getvalue(), b"PK nothing", b"\x00\x01\xff", workbook()[:-40]):
        with pytest.raises(FileUnreadable, match=r"。$"):
            read_lines(raw)
