"""Long tables as files for spreadsheets: xlsx and csv, written row by row, so that their length costs no memory.

Texts are texts: what a person typed into a name must not become a formula in the table of whoever opens it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

import xlsxwriter  # type: ignore[import-untyped] # carries no types of its own

from chedang.terms.dates import SHANGHAI

Cell = str | int | Decimal | date | datetime | None
Progress = Callable[[int], None]
"""Is told, now and then, how many rows are written."""

CONTENT_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""By the ending of a file's name: what this module writes."""
TOLD_EVERY: Final = 500
"""Rows from one telling to the next."""
_SHEET: Final = "数据"
_NOTES_SHEET: Final = "说明"
_LONGEST_TEXT: Final = 32_767
"""Characters that a cell of xlsx holds."""
_MOST_ROWS: Final = 1_048_575
"""Rows that a sheet of xlsx holds below its heading."""
NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no file of XML inside can hold."""
_FORMULA: Final = re.compile(r"^[\s]*[=+\-@\t\r\n＝＋－＠]")


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    WHOLE = "whole"
    SHARE = "share"
    """Per cent with one place; the heading names the unit."""
    POINTS = "points"
    """With two places."""
    DAY = "day"
    INSTANT = "instant"


class Column(NamedTuple):
    """One column of a table."""

    heading: str
    kind: Kind = Kind.WHOLE
    width: int = 12
    """In characters."""


_FORMATS: Final = {
    Kind.TEXT: "@",
    Kind.WHOLE: "#,##0",
    Kind.SHARE: "0.0",
    Kind.POINTS: "0.00",
    Kind.DAY: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm",
}


class TooManyRows(Exception):
    """A sheet of xlsx cannot hold so many; a csv can."""


def write_xlsx(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    notes: Sequence[tuple[str, str]],
    progress: Progress = lambda _rows: None,
) -> int:
    """Write a workbook with two sheets, 说明 (``notes``: what, how) and 数据; gives how many rows there are.

    Instants are written as clocks in China show them. Raises TooManyRows, OSError.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(path, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        _write_notes(book, notes, bold)
        return _write_rows(book, columns, rows, bold, progress)


def _write_notes(book: Any, notes: Sequence[tuple[str, str]], bold: Any) -> None:
    sheet, wrapped = book.add_worksheet(_NOTES_SHEET), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 90)
    for place, (what, how) in enumerate(notes):
        sheet.write_string(place, 0, _as_text(what), bold)
        sheet.write_string(place, 1, _as_text(how), wrapped)


def _write_rows(
    book: Any, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], bold: Any, progress: Progress
) -> int:
    sheet = book.add_worksheet(_SHEET)
    sheet.freeze_panes(1, 1)
    formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, _as_text(column.heading), bold)
    formats_by_place = [formats[column.kind] for column in columns]
    count = 0
    for count, row in enumerate(rows, 1):
        if count > _MOST_ROWS:
            raise TooManyRows
        for place, (cell, form) in enumerate(zip(row, formats_by_place, strict=True)):
            _write_cell(sheet, count, place, cell, form)
        if count % TOLD_EVERY == 0:
            progress(count)
    progress(count)
    return count


def _write_cell(sheet: Any, row: int, place: int, cell: Cell, form: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, place, _as_text(cell), form)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell.astimezone(SHANGHAI), form)
    elif isinstance(cell, date):
        sheet.write_datetime(row, place, cell, form)
    else:
        sheet.write_number(row, place, cell, form)


def write_csv(
    path: Path, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, progress: Progress = lambda _rows: None
) -> int:
    """Write the same table as csv in UTF-8 with a mark that tells spreadsheets so; gives how many rows there are."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(column.heading) for column in columns])
        for count, row in enumerate(rows, 1):
            writer.writerow([_as_csv(cell) for cell in row])
            if count % TOLD_EVERY == 0:
                progress(count)
    progress(count)
    return count


def harmless(text: str) -> str:
    """A text for a csv that no spreadsheet takes for a formula: an apostrophe goes before one that begins like it."""
    text = _as_text(text)
    return f"'{text}" if _FORMULA.match(text) else text


def _as_csv(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _as_text(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)[:_LONGEST_TEXT]
