"""The same file handed back, with 上传结果 and 原因与改法 beside each row. Pure.

What we write is text, never a formula. An xlsx keeps every byte of its parts except the one sheet, and that one all its
cells: two cells are put into each row where they belong.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from chedang.intake.files import csvs
from chedang.intake.files.jsons import decode_document, objects_of
from chedang.intake.files.model import ANSWER_HEADINGS, REASON_HEADING, RESULT_HEADING, FileFormat, Layout

_ORIGINAL = "原文"
_LONGEST_CELL = 32_767
# What XML 1.0 cannot hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ROW_NUMBER = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class RowNote:
    """What is to stand beside one row."""

    result: str
    reason: str = ""


def write_answer(raw: bytes, layout: Layout, notes: Mapping[int, RowNote]) -> bytes:
    """The file ``raw``, which was read as ``layout`` tells, with ``notes`` by row number. Its format stays."""
    match layout.file_format:
        case FileFormat.XLSX:
            return _answer_workbook(raw, layout, notes)
        case FileFormat.CSV:
            return _answer_csv(raw, layout, notes)
        case FileFormat.JSON:
            return _answer_json(raw, notes)
        case FileFormat.NDJSON:
            return _answer_lines(raw, notes)


def _answer_csv(raw: bytes, layout: Layout, notes: Mapping[int, RowNote]) -> bytes:
    text, _encoding = csvs.decode(raw)
    rows = _with_notes(csvs.read_cells(text, layout.delimiter), layout, notes)
    return csvs.write_cells(rows, encoding=layout.encoding, delimiter=layout.delimiter, line_end=csvs.line_end_of(text))


def _with_notes(rows: Iterator[Sequence[str]], layout: Layout, notes: Mapping[int, RowNote]) -> Iterator[list[str]]:
    for number, cells in enumerate(rows, 1):
        beside = _beside(number, layout.header_row, notes)
        row = list(cells)
        if beside is not None:
            row += [""] * (layout.width - len(row))
            for column, text in sorted(zip(layout.answer_columns, beside, strict=True)):
                # Behind the headings nothing is replaced: a row that is too long keeps what it has.
                row[column : column + (column < layout.width)] = [text]
        yield row


def _beside(number: int, header_row: int, notes: Mapping[int, RowNote]) -> tuple[str, str] | None:
    """The two texts for a row, ``None`` for one to which nothing is to be said."""
    if number == header_row:
        return RESULT_HEADING, REASON_HEADING
    note = notes.get(number)
    return (note.result, note.reason) if note else None


def _answer_json(raw: bytes, notes: Mapping[int, RowNote]) -> bytes:
    text, encoding = csvs.decode(raw)
    document = decode_document(text, parse_float=float)
    records = objects_of(document)
    for place, record in enumerate(records):
        note = notes.get(place + 1)
        if note is None:
            continue
        if isinstance(record, dict):
            record.update(_members(note))
        else:
            records[place] = {_ORIGINAL: record, **_members(note)}
    return json.dumps(document, ensure_ascii=False, indent=2).encode(encoding, "replace")


def _answer_lines(raw: bytes, notes: Mapping[int, RowNote]) -> bytes:
    text, encoding = csvs.decode(raw)
    lines = text.split("\n")
    for place, line in enumerate(lines):
        note = notes.get(place + 1)
        if note is None:
            continue
        try:
            record: Any = json.loads(line)
        except (ValueError, RecursionError):
            record = line
        answered = record if isinstance(record, dict) else {_ORIGINAL: record}
        lines[place] = json.dumps(answered | _members(note), ensure_ascii=False)
    return "\n".join(lines).encode(encoding, "replace")


def _members(note: RowNote) -> dict[str, str]:
    return dict(zip(ANSWER_HEADINGS, (note.result, note.reason), strict=True))


def _answer_workbook(raw: bytes, layout: Layout, notes: Mapping[int, RowNote]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as package,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as answered,
    ):
        for part in package.infolist():
            content = package.read(part)
            if part.filename == layout.sheet:
                content = _SheetEditor(layout.header_row, layout.answer_columns, notes).edit(content)
            answered.writestr(part, content, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


class _SheetEditor:
    """Puts cells into the rows of a sheet's XML by place, leaving every other byte as it is."""

    def __init__(self, header_row: int, columns: tuple[int, int], notes: Mapping[int, RowNote]) -> None:
        self._header_row = header_row
        self._columns = columns
        self._notes = notes
        self._edits: list[tuple[int, int, bytes]] = []
        """From byte, to byte, what stands there instead; ascending."""
        self._row = 0
        self._column = -1
        self._waiting: list[tuple[int, str]] = []
        """Cells of this row that were not put in yet: column and text."""
        self._cell_from: int | None = None
        self._prefix = ""

    def edit(self, sheet: bytes) -> bytes:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        self._parser = parser
        self._sheet = sheet
        parser.Parse(sheet, True)
        pieces = []
        place = 0
        for start, end, text in self._edits:
            pieces += [sheet[place:start], text]
            place = end
        return b"".join([*pieces, sheet[place:]])

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        prefix, _, name = tag.rpartition(":")
        if name == "row":
            self._prefix = f"{prefix}:" if prefix else ""
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
            beside = _beside(self._row, self._header_row, self._notes)
            self._waiting = sorted(zip(self._columns, beside, strict=True)) if beside else []
        elif name == "c" and self._waiting:
            self._meet_cell(attributes.get("r", ""))

    def _meet_cell(self, reference: str) -> None:
        self._column = _column_of(reference) if reference else self._column + 1
        here = self._parser.CurrentByteIndex
        while self._waiting and self._waiting[0][0] < self._column:
            self._put(*self._waiting.pop(0), here, here)
        if self._waiting and self._waiting[0][0] == self._column:
            self._cell_from = here

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        here = self._parser.CurrentByteIndex
        if name == "c" and self._cell_from is not None:
            # The index of an end tag is where it begins; of an empty element it is where the element begins.
            self._put(*self._waiting.pop(0), self._cell_from, self._sheet.index(b">", here) + 1)
            self._cell_from = None
        elif name == "row":
            while self._waiting:
                self._put(*self._waiting.pop(0), here, here)

    def _put(self, column: int, text: str, start: int, end: int) -> None:
        if not text:
            self._edits.append((start, end, b""))
            return
        from openpyxl.utils import get_column_letter

        safe = escape(_NOT_XML.sub("", text)[:_LONGEST_CELL])
        at, p = f"{get_column_letter(column + 1)}{self._row}", self._prefix
        cell = f'<{p}c r="{at}" t="inlineStr"><{p}is><{p}t xml:space="preserve">{safe}</{p}t></{p}is></{p}c>'
        self._edits.append((start, end, cell.encode()))


def _column_of(reference: str) -> int:
    """Column, counted from 0, of a reference such as ``P5``."""
    from openpyxl.utils import column_index_from_string

    return int(column_index_from_string(_ROW_NUMBER.sub("", reference))) - 1
