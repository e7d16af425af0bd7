"""csv as spreadsheets and shop software write it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import count, islice

from chedang.intake.files.model import FileUnreadable
from chedang.intake.files.tables import find_heading

DELIMITERS = (",", ";", "\t")
_ENCODINGS = ("utf-8-sig", "gb18030")
_BOM = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE_ROWS = 20
_LIVE = ("=", "+", "-", "@", "\t", "\r")
_GUARD = "'"


def decode(raw: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8 with or without BOM, UTF-16 with BOM, else GB18030. Raises FileUnreadable."""
    encodings = ("utf-16",) if raw.startswith(_UTF_16_MARKS) else _ENCODINGS
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            is_marked = encoding != "utf-8-sig" or raw.startswith(_BOM)
            return text, encoding if is_marked else "utf-8"
    raise FileUnreadable(
        "文件不是 UTF-8 或 GB18030 编码的 CSV 文本，也不是 xlsx。请用表格软件另存为 xlsx 或 CSV 后再上传。"
    )


def sniff_delimiter(text: str) -> str:
    """The delimiter under which a heading is found; a title above it may contain none or others."""
    return max(DELIMITERS, key=lambda delimiter: find_heading(list(islice(_lenient(text, delimiter), _SAMPLE_ROWS)))[1])


def _lenient(text: str, delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            yield next(rows)
        except (StopIteration, csv.Error):
            return


def read_cells(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    """Rows of cells; an apostrophe that guards a formula is taken off. Raises FileUnreadable for a stray quote."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in count(1):
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as fault:
            raise FileUnreadable(
                f"第 {number} 行的双引号不成对，后面的内容分不清属于哪一格。请补上或删去这一行的双引号后重新上传。"
            ) from fault
        yield [unguard(cell) for cell in cells]


def write_cells(rows: Iterator[Sequence[str]], *, encoding: str, delimiter: str, line_end: str) -> bytes:
    """The file again. A cell that a spreadsheet would take for a formula is guarded by an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([guard(cell) for cell in row] for row in rows)
    return out.getvalue().encode(encoding)


def line_end_of(text: str) -> str:
    """How the file ends its first line."""
    first = text.find("\n")
    return "\n" if first > 0 and text[first - 1] != "\r" else "\r\n"


def guard(cell: str) -> str:
    """Keep a spreadsheet from carrying out a text: ``=1+1`` becomes ``'=1+1``; plain numbers stay."""
    if cell.startswith(_LIVE) and not _is_number(cell):
        return _GUARD + cell
    return cell


def unguard(cell: str) -> str:
    """The text behind a guard."""
    return cell[1:] if cell.startswith(_GUARD) and cell[1:].startswith(_LIVE) else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
