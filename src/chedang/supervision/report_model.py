"""半年报告 as data: its template, and the document that comes out of it and a frozen snapshot. Pure.

Every figure says where it stands in the snapshot (JSON pointers), by which formula it follows from there, and which
query counted it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
Value = int | Decimal | None


class Unit(StrEnum):
    """In what a figure is counted."""

    SHOPS = "shops"
    RECORDS = "records"
    PERCENT = "percent"
    TIMES = "times"
    CASES = "cases"
    PEOPLE = "people"
    MARKS = "marks"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """口径 of one indicator."""

    key: Key
    name: str
    """As texts name it in braces."""
    unit: Unit
    formula: str
    query: str
    """``file#statement``, of the package."""
    counts: tuple[str, ...]
    """Pointers within a part of the snapshot: one count, or numerator and denominator. ``*`` adds up the classes."""


class Rows(StrEnum):
    """Of what the rows of a table are."""

    CLASSES = "classes"
    AREAS = "areas"
    MONTHS = "months"
    MAKERS = "makers"
    VENDORS = "vendors"
    LINES = "lines"
    LEAGUE = "league"


class TableSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the template."""

    key: Key
    title: str
    rows: Rows
    columns: tuple[Key, ...]


class PartSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a chapter: a text that officers may change, or a table."""

    key: Key
    title: str = ""
    text: str = ""
    table: str = ""


class ChapterSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the guide's chapters."""

    title: str
    parts: tuple[PartSpec, ...]


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    version: int
    title: str
    sources: tuple[Source, ...]
    tables: tuple[TableSpec, ...]
    chapters: tuple[ChapterSpec, ...]

    @property
    def texts(self) -> dict[str, PartSpec]:
        """Text blocks by key, in the order of the report."""
        return {part.key: part for chapter in self.chapters for part in chapter.parts if not part.table}


class Figure(msgspec.Struct, frozen=True):
    """One figure as it is printed, and where it comes from."""

    ref: str
    """Names it within its report: ``text.coverage``, ``coverage_by_area.3.coverage``."""
    number: int
    """Of its indicator among the report's: what 〔12〕 refers to."""
    source: str
    value: Value
    words: str
    pointers: tuple[str, ...]
    """JSON pointers of its counts in the snapshot; a pattern with ``*`` stands for the sum over the classes."""


class Run(msgspec.Struct, frozen=True):
    """A piece of a sentence: words, or a figure."""

    words: str
    figure: Figure | None = None


class TableRow(msgspec.Struct, frozen=True):
    """One row."""

    name: str
    code: str
    """Division, class, month, maker or vendor."""
    figures: tuple[Figure, ...]


class Table(msgspec.Struct, frozen=True):
    """One table, numbered through the report."""

    number: int
    key: str
    title: str
    columns: tuple[tuple[str, int], ...]
    """Name of each column and the number of its indicator."""
    rows: tuple[TableRow, ...]


class Part(msgspec.Struct, frozen=True):
    """A piece of a chapter; paragraphs of a text block, or a table."""

    key: str
    title: str
    paragraphs: tuple[tuple[Run, ...], ...] = ()
    table: Table | None = None


class Chapter(msgspec.Struct, frozen=True):
    title: str
    parts: tuple[Part, ...]


class Reference(msgspec.Struct, frozen=True):
    """Line of the appendix: an indicator that the report uses."""

    number: int
    source: Source


class LeagueLine(msgspec.Struct, frozen=True):
    """评比: one division's place in the half-year, as it was when the report was frozen."""

    code: str
    rank: int
    score: Decimal
    months: int
    """How many months were assessed."""


class Frozen(msgspec.Struct, frozen=True):
    """Which snapshot, as a report names it."""

    public_id: str
    digest: str
    edition: int
    made_on: date


class Document(msgspec.Struct, frozen=True):
    """A whole report, ready to be written as a page or as a Word file."""

    title: str
    period: str
    authority: str
    frozen: Frozen
    template_version: int
    chapters: tuple[Chapter, ...]
    references: tuple[Reference, ...]

    def figures(self) -> dict[str, Figure]:
        """Every figure by its name."""
        found = {}
        for chapter in self.chapters:
            for part in chapter.parts:
                shown = [run.figure for paragraph in part.paragraphs for run in paragraph if run.figure]
                rows = part.table.rows if part.table else ()
                for figure in [*shown, *(figure for row in rows for figure in row.figures)]:
                    found[figure.ref] = figure
        return found
