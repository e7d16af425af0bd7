"""Tables that officers upload, as rows of texts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer

from chedang.cli import emission
from chedang.emission.reading import read_number
from chedang.site.uploaded_table import MAX_BYTES, rows_of


def workbook(*cells: Any) -> bytes:
    book = openpyxl.Workbook()
    book.create_sheet("首页", 0).append(cells)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


def test_a_report_number_typed_as_a_number_is_no_number_rather_than_a_wrong_one() -> None:
    ((as_text, as_number, small),) = (
        row[:3] for row in rows_of(workbook("330402012611230930000210", 330402012611230930000210, 330402000000018))
    )
    assert read_number(as_text) == "330402012611230930000210"
    assert as_number == "3.304020E+23"
    assert read_number(as_number) is None
    assert small == "330402000000018"


def test_of_a_huge_file_no_more_is_read_than_shows_that_it_is_too_large(tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as stream:
        stream.truncate(100 * MAX_BYTES)
    assert len(emission._read(huge)) == MAX_BYTES + 1


def test_a_file_that_is_none_is_named_in_the_readers_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        emission._read(tmp_path)
    assert capsys.readouterr().err.startswith("无法读取")
