"""A file of dealers to the lines that a person would paste, so that a page can show them again for mending."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from itertools import islice
from typing import Final

from chedang.enterprises.maker_rules import MOST_DEALERS
from chedang.intake.files.model import Cell, FileUnreadable
from chedang.intake.files.workbooks import check_package, open_workbook
from chedang.site.shop.upload_handler import BoundedMemoryHandler

MAX_BYTES: Final = 512 * 1024
"""Anybody may send one, so it is small: 3,000 dealers with long names fit in."""
_MAX_UNPACKED_BYTES: Final = 4 * 1024 * 1024
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
TOO_LARGE: Final = "文件过大。请只保留维修企业编码和品牌两列后重新上传。"
_NO_TABLE: Final = "文件应为 xlsx 或 csv，第一列维修企业编码，第二列品牌。"


class SmallFileHandler(BoundedMemoryHandler):
    """Takes files of that size."""

    most_bytes = MAX_BYTES


def read_lines(raw: bytes) -> str:
    """The rows of an xlsx or csv file as lines. Raises FileUnreadable with a Chinese sentence."""
    if len(raw) > MAX_BYTES:
        raise FileUnreadable(TOO_LARGE)
    return _read_workbook(raw) if raw.startswith(b"PK") else _read_text(raw)


def _read_text(raw: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileUnreadable(_NO_TABLE)


def _read_workbook(raw: bytes) -> str:
    _refuse_large(raw)
    check_package(raw)
    with open_workbook(raw) as book:
        return "\n".join(_line(row) for row in islice(book.rows(), MOST_DEALERS + 2))


def _refuse_large(raw: bytes) -> None:
    """By what the package says of itself; that it says the truth is checked after."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            unpacked_bytes = sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, OSError) as fault:
        raise FileUnreadable(_NO_TABLE) from fault
    if unpacked_bytes > _MAX_UNPACKED_BYTES:
        raise FileUnreadable(TOO_LARGE)


def _line(row: Sequence[Cell]) -> str:
    """The first two cells; a code that the spreadsheet keeps as a number is written out."""
    return ",".join("" if cell is None else _text(cell) for cell in row[:2]).strip(",")


def _text(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
