"""A file to jobs: :func:`read_file` finds out what it is and has it read. Pure."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import PurePath

from chedang.intake.files import csvs, jsons
from chedang.intake.files.grouping import group_rows
from chedang.intake.files.model import MAX_FILE_BYTES, FileFormat, FileUnreadable, Layout, ReadFile
from chedang.intake.files.tables import Table, read_table
from chedang.intake.files.workbooks import check_package, open_workbook

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_LINE_ENDINGS = (".ndjson", ".jsonl")
_NAMED_MEMBERS = 50


def read_file(raw: bytes, name: str = "") -> ReadFile:
    """Read a file of jobs. What it is, its content says; ``name`` only tells json from ndjson where both are possible.

    Raises FileUnreadable with a sentence for the user when the file as a whole cannot be used.
    """
    if len(raw) > MAX_FILE_BYTES:
        raise FileUnreadable(f"文件超过 {MAX_FILE_BYTES // 1024 // 1024} MB。请拆成几个文件分别上传。")
    if not raw.strip():
        raise FileUnreadable("文件是空的。")
    if raw.startswith(_OLD_OFFICE):
        raise FileUnreadable("这是旧版 xls，或者设了打开密码。请用表格软件另存为不设密码的 xlsx 后再上传。")
    if raw.startswith(_ZIP):
        return _read_workbook(raw)
    text, encoding = csvs.decode(raw)
    if text.lstrip()[:1] in {"{", "["}:
        return _read_json(text, encoding, name)
    return _read_csv(text, encoding)


def _read_workbook(raw: bytes) -> ReadFile:
    check_package(raw)
    with open_workbook(raw) as workbook:
        table = read_table(workbook.rows(), epoch=workbook.epoch)
        layout = _layout(table, FileFormat.XLSX, sheet=workbook.part_name)
        others = "、".join(f"“{name}”" for name in workbook.others)
        notice = f"只读取了工作表“{workbook.sheet_name}”，没有读取{others}。" if others else ""
        return _finish(table, layout, notice)


def _read_csv(text: str, encoding: str) -> ReadFile:
    delimiter = csvs.sniff_delimiter(text)
    table = read_table(csvs.read_cells(text, delimiter), is_ragged=True)
    return _finish(table, _layout(table, FileFormat.CSV, encoding=encoding, delimiter=delimiter), "")


def _layout(
    table: Table, file_format: FileFormat, *, encoding: str = "utf-8", delimiter: str = ",", sheet: str = ""
) -> Layout:
    return Layout(file_format, table.header_row, table.width, table.answer_columns, encoding, delimiter, sheet)


def _finish(table: Table, layout: Layout, notice: str) -> ReadFile:
    rows = list(table.rows)
    if not rows:
        raise FileUnreadable("表头下面没有内容。")
    sums = f"第 {'、'.join(map(str, table.sums))} 行是合计，没有上传。" if table.sums else ""
    notices = tuple(text for text in (notice, sums) if text)
    return ReadFile(layout, group_rows(rows), len(rows), table.columns.ignored, table.missing, notices)


def _read_json(text: str, encoding: str, name: str) -> ReadFile:
    jsons.check_structure(text)
    is_lines = PurePath(name).suffix.lower() in _LINE_ENDINGS or _looks_like_lines(text)
    rows = list(jsons.read_lines(text) if is_lines else jsons.read_document(text))
    if not rows:
        raise FileUnreadable("JSON 里没有记录。")
    layout = Layout(FileFormat.NDJSON if is_lines else FileFormat.JSON, encoding=encoding)
    unknown = dict.fromkeys(name for row in rows for name in row.unknown)
    return ReadFile(layout, group_rows(rows), len(rows), tuple(unknown)[:_NAMED_MEMBERS])


def _looks_like_lines(text: str) -> bool:
    """Whether the first line is a whole object and another one follows."""
    first, _, rest = text.lstrip().partition("\n")
    if not rest.strip():
        return False
    try:
        return isinstance(json.loads(first, parse_float=Decimal), dict)
    except (ValueError, RecursionError):
        return False
