"""What a file of jobs means: rows as they stand, the jobs they make, and where in the file things stand. Pure.

Everything here may hold VINs and plates, and columns that nobody asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from chedang.records.model import Finding, PartText, ProjectText, RecordText
from chedang.terms.saying import SaidRefusal

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_ROWS = 10_000
"""Rows below the heading, or objects; the native interface takes as many lines in a batch."""

RESULT_HEADING = "上传结果"
REASON_HEADING = "原因与改法"
ANSWER_HEADINGS = (RESULT_HEADING, REASON_HEADING)
"""What the answer adds beside each row, as headings of columns or as members."""

Cell = str | int | float | bool | Decimal | date | datetime | time | timedelta | None
"""A cell as the reader of its format gives it."""


class FileFormat(StrEnum):
    """A format that is read, and in which the answer is given; the value is the ending of the name."""

    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"


class FileUnreadable(SaidRefusal):
    """The file as a whole cannot be used; it says why and what to do."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a table or one object of a JSON file, element by element."""

    number: int
    """Row as a spreadsheet numbers it, line of an ndjson file, or place in a JSON array; counts from 1."""
    header: dict[str, str]
    """Texts of the eight header elements that are filled, by wire name."""
    parts: tuple[PartText, ...] = ()
    projects: tuple[ProjectText, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_whole: bool = False
    """The row is a whole job with lists of its own; it is never joined with another row."""
    unknown: tuple[str, ...] = ()
    """Members of a JSON object that mean nothing to us."""


@dataclass(frozen=True, slots=True)
class FileJob:
    """One settled job out of the file: what may be sent, or why it cannot be."""

    number: str
    """结算清单编号, '' when there is none."""
    rows: tuple[int, ...]
    """Rows of the file that belong to it, ascending."""
    text: RecordText | None
    """``None`` when the findings of the file forbid to send it."""
    findings: tuple[Finding, ...] = ()
    """What the file itself spoilt; empty when the job may be sent."""
    part_rows: tuple[int, ...] = ()
    """The row that carried each part, and below each item, in the order of ``text``."""
    project_rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand in the file, so that it can be handed back with answers beside them."""

    file_format: FileFormat
    header_row: int = 0
    """Row of the heading, counted from 1; 0 in JSON files."""
    width: int = 0
    """Columns up to the last heading."""
    answer_columns: tuple[int, int] = (0, 0)
    """Columns for result and reason, counted from 0: those of an earlier answer, or the two behind the last heading."""
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its jobs in the order of their first rows, and what the user is to be told."""

    layout: Layout
    jobs: tuple[FileJob, ...]
    row_count: int
    """Filled rows."""
    ignored_columns: tuple[str, ...] = ()
    """Headings that mean nothing to us or repeat an element; their content is neither sent nor kept."""
    missing_columns: tuple[str, ...] = ()
    """Elements for which there is no column, by their Chinese names."""
    notices: tuple[str, ...] = ()
    """Other things worth telling, as Chinese sentences."""

    @property
    def sendable(self) -> tuple[FileJob, ...]:
        """Jobs that may be sent."""
        return tuple(job for job in self.jobs if job.text is not None)
