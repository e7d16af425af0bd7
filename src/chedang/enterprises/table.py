"""The table of shops that move in with the accounts they have: reading a CSV file as offices make it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from chedang.enterprises.model import WIRE_NAMES, AccountText, RegistrationText
from chedang.terms.saying import SaidRefusal, said
from chedang.terms.text import clean

COMPANY_CODE = "companycode"
REQUIRED_COLUMNS = (
    COMPANY_CODE,
    "companypassword",
    "companyname",
    "companyadministrativedivisioncode",
    "companycategory",
)
ACCOUNT_COLUMNS = {"kind": "accountkind", "name": "account", "secret": "accountsecret", "chain_code": "chaincode"}
"""Field of :class:`AccountText` → column; all optional."""
_KNOWN_COLUMNS = frozenset(WIRE_NAMES.values()) | {COMPANY_CODE} | frozenset(ACCOUNT_COLUMNS.values())
# Taken as they stand: no cleaning that could make two of them one.
_VERBATIM = frozenset({"companypassword", "accountsecret"})


class TableUnreadable(SaidRefusal):
    """The file as a whole cannot be read; it says why."""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of the table."""

    line: int
    """Row of the table as a spreadsheet numbers it; the heading is 1."""
    company_code: str
    text: RegistrationText
    given: frozenset[str]
    """Attributes of ``text`` that the line really fills; the others are not known, not empty."""
    account: AccountText = field(default_factory=AccountText)
    complaint: str = ""
    """Why the line cannot be read as a row; '' when it can."""


@dataclass(frozen=True, slots=True)
class ImportTable:
    """The rows, and the columns that mean nothing to us."""

    rows: tuple[ImportRow, ...]
    ignored_columns: tuple[str, ...]


def read_table(raw: bytes) -> ImportTable:
    """Read a CSV file in UTF-8 (with or without BOM) or GB18030; comma, semicolon or tab; columns in any order.

    Raises TableUnreadable when it is no such file or a required column is missing.
    """
    lines = csv.reader(io.StringIO(decode(raw), newline=""), delimiter=delimiter_of(raw), strict=True)
    try:
        columns = [clean(cell).lower() for cell in next(lines, [])]
    except csv.Error as error:
        raise TableUnreadable(said("文件第一行不是 CSV 表头。")) from error
    _check_columns(columns)
    rows = tuple(_read_rows(lines, columns))
    return ImportTable(rows, tuple(column for column in columns if column and column not in _KNOWN_COLUMNS))


def decode(raw: bytes) -> str:
    """Text of a file as offices keep it: UTF-8 or GB18030. Raises TableUnreadable."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableUnreadable(said("文件不是 UTF-8 或 GB18030 编码的 CSV 文本，请另存为 CSV 后再导入。"))


def delimiter_of(raw: bytes) -> str:
    """What separates the cells of the heading; all three are ASCII in either encoding."""
    heading = raw.split(b"\n", 1)[0]
    return max((",", ";", "\t"), key=lambda delimiter: heading.count(delimiter.encode()))


def _check_columns(columns: list[str]) -> None:
    missing = [column for column in REQUIRED_COLUMNS if column not in columns]
    if missing:
        raise TableUnreadable(said("表头缺少列：%(names)s。", names=tuple(missing)))
    repeated = sorted({column for column in columns if column in _KNOWN_COLUMNS and columns.count(column) > 1})
    if repeated:
        raise TableUnreadable(said("表头有重复的列：%(names)s。", names=tuple(repeated)))


def _read_rows(lines: Iterator[list[str]], columns: list[str]) -> Iterator[ImportRow]:
    for line in count(2):
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error:
            yield ImportRow(line, "", RegistrationText(), frozenset(), complaint="这一行的引号不成对，或单元格过长。")
            continue
        if any(cell.strip() for cell in cells):
            yield _read_row(line, cells, columns)


def _read_row(line: int, cells: list[str], columns: list[str]) -> ImportRow:
    values = {
        column: cell if column in _VERBATIM else clean(cell)
        for column, cell in zip(columns, cells, strict=False)
        if column in _KNOWN_COLUMNS
    }
    company_code = values.pop(COMPANY_CODE, "")
    attributes = {attribute: values[wire] for attribute, wire in WIRE_NAMES.items() if values.get(wire)}
    text = RegistrationText(**attributes)
    complaint = ""
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        complaint = f"这一行有 {len(cells)} 列，表头只有 {len(columns)} 列。"
    account = AccountText(**{attribute: values.get(column, "") for attribute, column in ACCOUNT_COLUMNS.items()})
    return ImportRow(line, company_code, text, frozenset(attributes), account, complaint)
