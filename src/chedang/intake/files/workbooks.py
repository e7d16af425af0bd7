"""xlsx: what stands in its cells, read row by row, with bombs refused before anything is unpacked into memory.

openpyxl streams the rows. A reader that makes a dense table first can be made to ask for hundreds of gigabytes by a
file of 5 KB with one cell in the last corner of a sheet.
"""

from __future__ import annotations

import codecs
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Any

from chedang.intake.files.model import Cell, FileUnreadable
from chedang.intake.files.tables import MAX_COLUMNS, find_heading
from chedang.terms.saying import said

_MAX_UNPACKED_BYTES = 64 * 1024 * 1024
_MAX_PART_BYTES = 4 * 1024 * 1024
"""For each part that is neither a sheet nor the shared texts: styles and the like become many objects."""
_MAX_PARTS = 2_000
_MAX_CELLS = 1_000_000
_PIECE_BYTES = 256 * 1024
_DOCUMENT_TYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_SAMPLE_ROWS = 20

_TOO_LARGE = said("这个 xlsx 解开后过大，或者单元格过多，不像维修记录表。请把要上传的行复制到一个新表格后重新上传。")
_DAMAGED = said("这个 xlsx 文件已损坏，读不出来。请用表格软件打开后另存为 xlsx 再上传。")


def check_package(raw: bytes) -> None:
    """Unpack every part piece by piece, keeping nothing, and count. Raises FileUnreadable for bombs and damage.

    Sizes in the directory are not believed: a part is unpacked to its real end, and its checksum is verified.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            parts = package.infolist()
            if len(parts) > _MAX_PARTS or len({part.filename for part in parts}) != len(parts):
                raise FileUnreadable(_TOO_LARGE)
            left = _MAX_UNPACKED_BYTES
            for part in parts:
                left -= _measure(package, part, left)
    # What zipfile raises: RuntimeError for a part under a password or packed in a way that it does not know, OSError
    # for an offset that lies nowhere in the file.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as fault:
        raise FileUnreadable(_DAMAGED) from fault


def _measure(package: zipfile.ZipFile, part: zipfile.ZipInfo, allowed: int) -> int:
    """Unpacked bytes of a part."""
    is_bulk = part.filename.startswith("xl/worksheets/") or part.filename.endswith("sharedStrings.xml")
    is_read = part.filename.endswith((".xml", ".rels"))
    if is_read and not is_bulk:
        allowed = min(allowed, _MAX_PART_BYTES)
    declared, part.file_size = part.file_size, allowed + 2 * _PIECE_BYTES
    total = cells = 0
    with package.open(part) as source:
        while piece := source.read(_PIECE_BYTES):
            if is_read and total == 0 and piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise FileUnreadable(_DAMAGED)
            if is_read and _DOCUMENT_TYPE.search(piece):
                raise FileUnreadable(_DAMAGED)
            total += len(piece)
            cells += piece.count(b"<c ") + piece.count(b":c ")
            if total > allowed or cells > _MAX_CELLS:
                raise FileUnreadable(_TOO_LARGE)
    part.file_size = declared
    if total != declared:
        raise FileUnreadable(_DAMAGED)
    return total


class Workbook:
    """An open xlsx with the one sheet that holds the jobs."""

    def __init__(self, book: Any, sheet: Any, others: tuple[str, ...]) -> None:
        self._sheet = sheet
        self.sheet_name = str(sheet.title)
        self.others = others
        """Names of the other visible sheets in which something stands that looks like a heading."""
        self.epoch: date = book.epoch.date()

    @property
    def part_name(self) -> str:
        """Name of the sheet's part within the package."""
        return str(self._sheet._worksheet_path).lstrip("/")

    def rows(self) -> Iterator[Sequence[Cell]]:
        """Rows of values, blank ones too, so that they count as a spreadsheet counts them."""
        return _rows(self._sheet)


@contextmanager
def open_workbook(raw: bytes) -> Iterator[Workbook]:
    """Open a checked xlsx at the first sheet with a heading, else at the first sheet. Raises FileUnreadable."""
    # Imported late: most commands of the command line read no workbook.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on styles and extensions that we do not use
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, SyntaxError, IndexError) as fault:
        raise FileUnreadable(_DAMAGED) from fault
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        if not sheets:
            raise FileUnreadable(said("这个 xlsx 里没有工作表。"))
        with_heading = [sheet for sheet in sheets if _has_heading(sheet)]
        chosen = (with_heading or sheets)[0]
        yield Workbook(book, chosen, tuple(str(sheet.title) for sheet in with_heading[1:]))
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[Sequence[Cell]]:
    sheet.reset_dimensions()  # some programs write a wrong one, and rows would be missing
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a day that cannot be: the cell is then an error value
            yield from sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
    except (KeyError, ValueError, TypeError, AttributeError, SyntaxError, IndexError, OverflowError) as fault:
        raise FileUnreadable(_DAMAGED) from fault


def _has_heading(sheet: Any) -> bool:
    return find_heading(list(islice(_rows(sheet), _SAMPLE_ROWS)))[1] > 0
