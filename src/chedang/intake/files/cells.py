"""One cell to the text of one element, and what spreadsheets do to numbers on the way. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from chedang.intake.files.headings import NUMBER
from chedang.intake.files.model import Cell
from chedang.records.limits import load_limits
from chedang.terms.dates import FIRST_YEAR, LAST_YEAR
from chedang.terms.text import tidy

DIGITS_LOST: Final = "FILE_DIGITS_LOST"
CELL_IS_DATE: Final = "FILE_CELL_IS_DATE"
CELL_IS_ERROR: Final = "FILE_CELL_IS_ERROR"

_EXACT_DIGITS: Final = 15
"""Digits that a spreadsheet keeps of a number; it puts zeros in the place of the others."""
# As a spreadsheet writes it. Codes such as 06E115561 are codes: no sign, or more than one digit before the E.
_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9](?:\.[0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
_WHOLE: Final = re.compile(r"([0-9]+)\.0+")


class CellText(NamedTuple):
    """The text, and the code of the finding that forbids to use it ('' for none)."""

    text: str
    fault: str = ""


def read_cell(cell: Cell, wire_name: str, *, epoch: date | None = None) -> CellText:
    """Text of an element. ``epoch`` is the day 0 of a spreadsheet's serial days, ``None`` outside spreadsheets."""
    match cell:
        case None:
            return CellText("")
        case str():
            return _read_text(tidy(cell), wire_name)
        case bool():
            return CellText("TRUE" if cell else "FALSE")
        case int() | float() | Decimal():
            return _read_number(cell, wire_name, epoch)
        case datetime() | date():
            is_day = _kind(wire_name) == "day"
            return CellText(f"{cell:%Y%m%d}" if is_day else f"{cell:%Y-%m-%d}", "" if is_day else CELL_IS_DATE)
        case time() | timedelta():
            return CellText(str(cell), CELL_IS_DATE)


def _kind(wire_name: str) -> str:
    return load_limits().element[wire_name].kind


def _read_text(text: str, wire_name: str) -> CellText:
    if text.startswith("#") and text.upper() in _ERRORS:
        return CellText(text, CELL_IS_ERROR)
    if _SCIENTIFIC.fullmatch(text):
        return CellText(text, DIGITS_LOST)
    if wire_name == NUMBER or _kind(wire_name) in {"day", "decimal"}:
        whole = _WHOLE.fullmatch(text)
        return CellText(whole[1] if whole else text)
    return CellText(text)


def _read_number(number: float | Decimal, wire_name: str, epoch: date | None) -> CellText:
    value = Decimal(str(number))
    if not value.is_finite():
        return CellText(str(number), CELL_IS_ERROR)
    if epoch is not None:
        if _kind(wire_name) == "day" and (day := _serial_day(value, epoch)):
            return CellText(f"{day:%Y%m%d}")
        if abs(value) >= 10**_EXACT_DIGITS:
            return CellText(f"{value:.5E}", DIGITS_LOST)
        # 0.1 + 0.2 is 0.3 for whoever looks at the sheet.
        value = Decimal(f"{float(value):.{_EXACT_DIGITS}g}")
    plain = f"{value:f}"
    return CellText(plain.rstrip("0").rstrip(".") if "." in plain else plain)


def _serial_day(value: Decimal, epoch: date) -> date | None:
    """The day that a number stands for in a column of days (the cell lost its format); 20260914 is no such number."""
    if not 0 < value < 100_000:
        return None
    day = epoch + timedelta(days=int(value))
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
