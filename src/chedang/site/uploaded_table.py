"""Tables that officers upload, CSV or xlsx, as rows of texts. No Django here: the command line reads them too."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from chedang.enterprises.table import TableUnreadable, decode, delimiter_of
from chedang.intake.files.model import FileUnreadable
from chedang.intake.files.workbooks import check_package, open_workbook
from chedang.terms.saying import said

MAX_BYTES: Final = 5 * 1024 * 1024
_MOST_ROWS: Final = 10_000
_ZIP: Final = b"PK\x03\x04"
_EXACT: Final = 1e15
"""A spreadsheet keeps 15 digits of a number."""


def rows_of(raw: bytes) -> list[list[str]]:
    """Rows of a CSV (UTF-8 or GB18030) or xlsx file. Raises TableUnreadable."""
    if len(raw) > MAX_BYTES:
        raise TableUnreadable(said("文件超过 %(most)s MB，请分成几个。", most=MAX_BYTES // 1024 // 1024))
    rows = list(islice(_xlsx(raw) if raw.startswith(_ZIP) else _csv(raw), _MOST_ROWS + 1))
    if len(rows) > _MOST_ROWS:
        raise TableUnreadable(said("文件超过 %(most)s 行，请分成几个。", most=_MOST_ROWS))
    return rows


def _csv(raw: bytes) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(decode(raw), newline=""), delimiter=delimiter_of(raw), strict=True)
    except csv.Error as fault:
        raise TableUnreadable(said("文件不是完整的 CSV。")) from fault


def _xlsx(raw: bytes) -> Iterator[list[str]]:
    try:
        check_package(raw)
        with open_workbook(raw) as book:
            for row in book.rows():
                yield [_text(cell) for cell in row]
    except FileUnreadable as fault:
        raise TableUnreadable(*fault.said) from fault


def _text(cell: Any) -> str:
    """A cell as a person reads it: a day without its midnight, a whole number without its point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and abs(cell) >= _EXACT:
        return f"{cell:.6E}"  # as the spreadsheet shows it; its last digits are lost, so no number may come of it
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(Decimal(str(cell)).normalize()) if isinstance(cell, float) else str(cell)
