"""A grid of cells to rows of elements: find the heading, read what stands below it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

from chedang.intake.files.cells import read_cell
from chedang.intake.files.headings import (
    ELEMENTS,
    HEADER_ATTRIBUTES,
    NUMBER,
    PART_ATTRIBUTES,
    PARTS_LIST,
    PROJECT_ATTRIBUTES,
    PROJECTS_LIST,
    Columns,
    chinese_name,
    count_known,
    read_columns,
)
from chedang.intake.files.model import ANSWER_HEADINGS, MAX_ROWS, Cell, FileUnreadable, SourceRow
from chedang.records.model import Finding, Level, PartText, ProjectText
from chedang.terms.text import tidy

MAX_COLUMNS = 200
_HEADING_WITHIN_ROWS = 20
_LEAST_KNOWN = 3
"""So many elements a heading must name: one word may stand in any title."""
_LAST_ROW = 50_000
"""Blank rows count up to here: formats without content often run to the end of a sheet."""
_SUMS = frozenset({"合计", "总计", "小计", "共计"})

Grid = Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """The heading of a grid and its rows, read when they are asked for."""

    header_row: int
    width: int
    columns: Columns
    rows: Iterator[SourceRow]
    sums: list[int]
    """Rows that only add up others (合计), filled while the rows are taken."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Chinese names of the elements for which there is no column."""
        present = set(self.columns.elements.values())
        return tuple(chinese_name(wire) for wire in ELEMENTS if wire not in present)

    @property
    def answer_columns(self) -> tuple[int, int]:
        """Where result and reason go: over an earlier answer, else behind the last heading."""
        free = self.width
        found = []
        for heading in ANSWER_HEADINGS:
            column = self.columns.answers.get(heading)
            if column is None:
                column, free = free, free + 1
            found.append(column)
        return found[0], found[1]


def too_many_rows() -> FileUnreadable:
    """The file holds more than one upload takes."""
    return FileUnreadable(f"文件超过 {MAX_ROWS:,} 行。请拆成几个文件分别上传，同一张结算清单的各行放在同一个文件里。")


def find_heading(top: Sequence[Sequence[Cell]]) -> tuple[int, int]:
    """Place (from 0) of the heading among the first rows, and how many elements it names; (-1, 0) when none does."""
    known = [count_known(cell for cell in row if isinstance(cell, str)) for row in top]
    most = max(known, default=0)
    return (known.index(most), most) if most >= _LEAST_KNOWN else (-1, 0)


def read_table(grid: Grid, *, epoch: date | None = None, is_ragged: bool = False) -> Table:
    """Find the heading within the first rows, and read the rows below it.

    ``is_ragged`` says that a row longer than the heading is a fault (a delimiter inside a text that nobody quoted), not
    a remark beside the table. Raises FileUnreadable, also while the rows are taken, when there are more than MAX_ROWS.
    """
    rest = iter(grid)
    top = list(islice(rest, _HEADING_WITHIN_ROWS))
    place, known = find_heading(top)
    if not known:
        raise FileUnreadable(
            "没有找到表头。请让表头在前 20 行之内，列名用“结算清单编号”“车架号”“送修日期”等；可下载模板对照。"
        )
    headings = [tidy(cell) if isinstance(cell, str) else "" for cell in top[place][:MAX_COLUMNS]]
    columns = read_columns(headings)
    if NUMBER not in columns.elements.values():
        raise FileUnreadable("表头缺少“结算清单编号”（或结算单号、工单号）一列：没有它分不清哪几行是同一次维修。")
    width = max((column + 1 for column, heading in enumerate(headings) if heading), default=0)
    below = enumerate(chain(top[place + 1 :], rest), place + 2)
    sums: list[int] = []
    read = _row_reader(columns, epoch, width if is_ragged else None)
    return Table(place + 1, width, columns, _read_rows(below, read, sums), sums)


def _read_rows(
    below: Iterator[tuple[int, Sequence[Cell]]], read: Callable[[int, Sequence[Cell]], SourceRow], sums: list[int]
) -> Iterator[SourceRow]:
    count = 0
    for number, cells in below:
        if number > _LAST_ROW:
            raise too_many_rows()
        row = read(number, cells)
        if not (row.header or row.parts or row.projects or row.findings):
            continue
        if any(isinstance(cell, str) and cell.strip(" :：\u3000") in _SUMS for cell in cells):
            sums.append(number)
            continue
        count += 1
        if count > MAX_ROWS:
            raise too_many_rows()
        yield row


def file_finding(code: str, field: str, line: int | str, **args: str) -> Finding:
    """A finding about the file itself; ``line`` is the row, or the rows, as people number them."""
    return Finding(code, Level.ERROR, field, {"line": str(line), **args})


def cell_finding(code: str, field: str, wire_name: str, line: int, text: str) -> Finding:
    """A finding about one cell, which names the element and what stands there."""
    return file_finding(code, field, line, element=chinese_name(wire_name), wire=wire_name, text=text[:40])


def _row_reader(
    columns: Columns, epoch: date | None, longest: int | None
) -> Callable[[int, Sequence[Cell]], SourceRow]:
    """A reader of rows, with the look-ups done once; more filled cells than ``longest`` are a fault."""
    by_wire = {wire: column for column, wire in columns.elements.items()}
    groups = (
        (HEADER_ATTRIBUTES, "/basicInfo/"),
        (PART_ATTRIBUTES, f"/{PARTS_LIST}/0/"),
        (PROJECT_ATTRIBUTES, f"/{PROJECTS_LIST}/0/"),
    )

    def read_group(
        cells: Sequence[Cell], names: Mapping[str, str], at: str, number: int, found: list[Finding]
    ) -> dict[str, str]:
        texts = {}
        for wire in names:
            column = by_wire.get(wire)
            if column is None or column >= len(cells) or cells[column] is None:
                continue
            text, fault = read_cell(cells[column], wire, epoch=epoch)
            if fault:
                found.append(cell_finding(fault, at + wire, wire, number, text))
            if text:
                texts[wire] = text
        return texts

    def read(number: int, cells: Sequence[Cell]) -> SourceRow:
        found: list[Finding] = []
        header, part, project = (read_group(cells, names, at, number, found) for names, at in groups)
        if longest is not None and any(cells[longest:]):
            args = {"cells": str(len(cells)), "columns": str(longest)}
            found.append(file_finding("FILE_ROW_TOO_LONG", "/basicInfo", number, **args))
        return SourceRow(
            number,
            header,
            (PartText(**{PART_ATTRIBUTES[wire]: text for wire, text in part.items()}),) if part else (),
            (ProjectText(**{PROJECT_ATTRIBUTES[wire]: text for wire, text in project.items()}),) if project else (),
            tuple(found),
        )

    return read
