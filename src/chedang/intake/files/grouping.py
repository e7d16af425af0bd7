"""Rows to jobs: rows that share a 结算清单编号 are one settled job. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import msgspec

from chedang.intake.files.headings import HEADER_ATTRIBUTES, NUMBER, PARTS_LIST, PROJECTS_LIST, chinese_name
from chedang.intake.files.model import FileJob, SourceRow
from chedang.intake.files.tables import file_finding
from chedang.records.limits import fold, load_limits
from chedang.records.model import Finding, PartText, ProjectText, RecordText
from chedang.terms import plate, vin
from chedang.terms.dates import parse_day
from chedang.terms.numbers import parse_decimal
from chedang.terms.text import clean

_NAMED_ROWS = 20
"""A sentence names at most so many rows."""


@dataclass(slots=True)
class _Draft:
    """A job while its rows come in."""

    number: str
    rows: list[int] = field(default_factory=list)
    header: dict[str, str] = field(default_factory=dict)
    given_in: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Every row that fills a header element, and with what."""
    parts: list[tuple[int, PartText]] = field(default_factory=list)
    projects: list[tuple[int, ProjectText]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    whole: SourceRow | None = None

    def add(self, row: SourceRow) -> None:
        self.rows.append(row.number)
        self.findings += row.findings
        for wire, text in row.header.items():
            self.header.setdefault(wire, text)
            self.given_in.setdefault(wire, []).append((row.number, text))
        self.parts += ((row.number, part) for part in row.parts)
        self.projects += ((row.number, project) for project in row.projects)

    def add_repetition(self, row: SourceRow) -> None:
        """A whole record came again under the same number: the same is the same, anything else is a contradiction."""
        self.rows.append(row.number)
        first = self.whole
        if first is None or (row.header, row.parts, row.projects) != (first.header, first.parts, first.projects):
            self.findings.append(file_finding("FILE_RECORDS_DIFFER", f"/basicInfo/{NUMBER}", _name_rows(self.rows)))
        self.findings += row.findings

    def finish(self) -> FileJob:
        if not self.number and not self.findings:
            self.findings.append(file_finding("FILE_NUMBER_MISSING", f"/basicInfo/{NUMBER}", _name_rows(self.rows)))
        self.findings += self._find_contradictions()
        text = RecordText(
            **{HEADER_ATTRIBUTES[wire]: text for wire, text in self.header.items()},
            parts=tuple(part for _row, part in self.parts),
            projects=tuple(project for _row, project in self.projects),
        )
        return FileJob(
            self.number,
            tuple(sorted(set(self.rows))),
            None if self.findings else text,
            tuple(self.findings),
            tuple(row for row, _part in self.parts),
            tuple(row for row, _project in self.projects),
        )

    def _find_contradictions(self) -> Iterable[Finding]:
        for wire, given in self.given_in.items():
            first = given[0][1]
            differing = [row for row, text in given if text != first and not _mean_the_same(wire, first, text)]
            if differing:
                yield file_finding(
                    "FILE_ROWS_DIFFER",
                    f"/basicInfo/{wire}",
                    _name_rows([given[0][0], *differing]),
                    element=chinese_name(wire),
                    wire=wire,
                )


def group_rows(rows: Iterable[SourceRow]) -> tuple[FileJob, ...]:
    """Make jobs of rows, in the order of their first rows.

    A row without number that fills no header element goes with the row above it (a merged cell covers several rows).
    Rows of one job that contradict each other, and rows whose number cannot be told, make a job that is not sent.
    """
    drafts: list[_Draft] = []
    by_number: dict[str, _Draft] = {}
    above: _Draft | None = None
    for row in rows:
        number = clean(row.header.get(NUMBER, ""))
        is_spoilt = any(finding.field == f"/basicInfo/{NUMBER}" for finding in row.findings)
        if not row.is_whole and above is not None and not row.header and not is_spoilt:
            above.add(row)
            continue
        draft = by_number.get(number) if number and not is_spoilt else None
        if draft is None:
            draft = _Draft(number, whole=row if row.is_whole else None)
            drafts.append(draft)
            if number and not is_spoilt:
                by_number[number] = draft
            draft.add(row)
        elif row.is_whole or draft.whole is not None:
            draft.add_repetition(row)
        else:
            draft.add(row)
        above = None if row.is_whole else draft
    return tuple(draft.finish() for draft in drafts)


def _mean_the_same(wire: str, one: str, other: str) -> bool:
    """Whether two spellings of a header element mean the same: 2026-09-14 and 20260914, 浙A·12345 and 浙A12345."""
    match load_limits().element[wire].kind:
        case "day":
            return parse_day(one) is not None and parse_day(one) == parse_day(other)
        case "decimal":
            return parse_decimal(one) is not None and parse_decimal(one) == parse_decimal(other)
        case "vin":
            return vin.normalise(one) == vin.normalise(other)
        case "plate":
            return plate.normalise(one) == plate.normalise(other)
        case _:
            return fold(one) == fold(other)


def _name_rows(rows: list[int]) -> str:
    named = "、".join(map(str, rows[:_NAMED_ROWS]))
    return named if len(rows) <= _NAMED_ROWS else f"{named}…"


def row_of(job: FileJob, pointer: str) -> int:
    """The row of the file to which a finding belongs: that of its part or item, else the first of the job."""
    pieces = pointer.split("/")
    rows = {PARTS_LIST: job.part_rows, PROJECTS_LIST: job.project_rows}.get(pieces[1] if len(pieces) > 1 else "", ())
    place = int(pieces[2]) if len(pieces) > 2 and pieces[2].isdecimal() else len(rows)
    return rows[place] if place < len(rows) else job.rows[0]


def fill_company_name(jobs: Iterable[FileJob], name: str) -> tuple[FileJob, ...]:
    """The jobs with 维修企业名称 filled in where they have none: few shops keep a column for their own name."""
    return tuple(
        replace(job, text=msgspec.structs.replace(job.text, company_name=name))
        if job.text is not None and not job.text.company_name
        else job
        for job in jobs
    )
