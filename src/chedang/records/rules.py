"""The rules that judge a repair record: all findings, never the first only.

Pure: text, limits and the moment of receipt in, judgement out. Sentences and remedies stand in the catalogue, lengths
and thresholds in the limits. Elements of JT/T 1132.3 as deployed clients send them; the standard's own text was not
read (待核).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from chedang.records.bounds import bound
from chedang.records.elements import (
    Findings,
    make_note,
    read_day,
    read_decimal,
    read_mileage,
    read_plate,
    read_text,
    read_vin,
    remembering,
)
from chedang.records.limits import Limits, LimitsError, fold, load_limits
from chedang.records.model import (
    Finding,
    Judgement,
    Level,
    Part,
    PartText,
    Project,
    ProjectText,
    RecordText,
    RepairRecord,
)
from chedang.terms.dates import day_in_china

__all__ = ["Limits", "LimitsError", "find_emission_report", "judge", "load_limits", "refuses"]

Mode = Literal["compat", "strict"]

_HEADER = "/basicInfo/"
_EMISSION_REPORT = re.compile(r"报告编码\s*[:：]?\s*[{(\[]?\s*([0-9]{24})(?![0-9])")


def judge(text: RecordText, *, limits: Limits, registered_name: str, received_at: datetime) -> Judgement:
    """Bound, normalise and judge one settled job. Never raises for any text; the same input, the same judgement.

    ``registered_name`` is the name of the enterprise that the token belongs to, '' when it is not known;
    ``received_at`` is aware. Findings come in the order of the elements; what had to be cut comes first.
    """
    return _compile(limits)(text, registered_name, received_at)


def refuses(judgement: Judgement, mode: Mode) -> bool:
    """Does a node in this mode refuse the record? Strict: any error. Compat: never (ADR 0007)."""
    return mode == "strict" and any(finding.level is Level.ERROR for finding in judgement.findings)


def _part_size(row: PartText) -> int:
    return len(row.name) + len(row.code) + len(row.quantity)


def _project_size(row: ProjectText) -> int:
    return len(row.name) + len(row.hours)


class _Judge:
    """The table of limits made into readers, once per set of limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._clock_skew = timedelta(days=limits.clock_skew_days)
        self._read_name = remembering(read_text("companyname", limits), len)
        self._read_vin = read_vin(limits)
        self._read_plate = read_plate(limits)
        self._read_repair_day = read_day("repairdate", limits, "REPAIR_DATE_FUTURE")
        self._read_mileage = read_mileage(limits)
        self._read_settle_day = read_day("settledate", limits, "SETTLED_AFTER_RECEIPT")
        self._read_fault = remembering(read_text("faultdescription", limits), len)
        self._read_number = read_text("costlistcode", limits)
        self._read_part_name = read_text("partsname", limits)
        self._read_part_code = read_text("partscode", limits)
        self._read_quantity = read_decimal("partsquantity", limits)
        self._read_project_name = read_text("repairproject", limits)
        self._read_hours = read_decimal("workinghours", limits)
        self._read_part = remembering(self._read_part_anew, _part_size)
        self._read_project = remembering(self._read_project_anew, _project_size)
        self._note_name = make_note(limits, "companyname")
        self._note_settle_day = make_note(limits, "settledate")
        self._nothing_done = Finding("NOTHING_DONE", limits.levels["NOTHING_DONE"], "/repairprojectlist")

    def __call__(self, text: RecordText, registered_name: str, received_at: datetime) -> Judgement:
        text, cut = bound(text, self._limits)
        found = list(cut)
        self._judge_name(text.company_name, registered_name, found)
        vin = self._read_vin(text.vin, _HEADER, found)
        plate_number = self._read_plate(text.plate_number, _HEADER, found)
        latest = day_in_china(received_at) + self._clock_skew
        repair_on = self._read_repair_day(text.repair_date, _HEADER, found, latest)
        mileage_km = self._read_mileage(text.mileage, _HEADER, found)
        settled_on = self._read_settle_day(text.settle_date, _HEADER, found, latest)
        self._judge_order(repair_on, settled_on, found)
        fault_description = self._read_fault(text.fault_description, _HEADER, found)
        record = RepairRecord(
            vin=vin,
            plate_number=plate_number,
            repair_on=repair_on,
            mileage_km=mileage_km,
            settled_on=settled_on,
            fault_description=fault_description,
            settlement_list_number=self._read_number(text.settlement_list_number, _HEADER, found),
            parts=self._read_parts(text.parts, found),
            projects=self._read_projects(text.projects, found),
            emission_report_number=find_emission_report(fault_description),
        )
        if not record.parts and not record.projects:
            found.append(self._nothing_done)
        return Judgement(text, record, tuple(found))

    def _judge_name(self, name: str, registered_name: str, found: Findings) -> None:
        name = self._read_name(name, _HEADER, found)
        if name and registered_name and name != registered_name and fold(name) != fold(registered_name):
            self._note_name(found, "NAME_MISMATCH", _HEADER, registered=registered_name)

    def _judge_order(self, repair_on: date | None, settled_on: date | None, found: Findings) -> None:
        if repair_on is not None and settled_on is not None and settled_on < repair_on:
            self._note_settle_day(found, "SETTLED_BEFORE_REPAIR", _HEADER, settled=settled_on, repaired=repair_on)

    def _read_parts(self, rows: tuple[PartText, ...], found: Findings) -> tuple[Part, ...]:
        return tuple([self._read_part(row, f"/vehiclepartslist/{number}/", found) for number, row in enumerate(rows)])

    def _read_part_anew(self, row: PartText, at: str, found: Findings) -> Part:
        name = self._read_part_name(row.name, at, found)
        code = self._read_part_code(row.code, at, found)
        return Part(name, code, self._read_quantity(row.quantity, at, found))

    def _read_projects(self, rows: tuple[ProjectText, ...], found: Findings) -> tuple[Project, ...]:
        return tuple(
            [self._read_project(row, f"/repairprojectlist/{number}/", found) for number, row in enumerate(rows)]
        )

    def _read_project_anew(self, row: ProjectText, at: str, found: Findings) -> Project:
        name = self._read_project_name(row.name, at, found)
        return Project(name, self._read_hours(row.hours, at, found))


_compile = lru_cache(maxsize=8)(_Judge)


def find_emission_report(fault_description: str) -> str | None:
    """Number of the 尾气检测报告 that Zhejiang's shops write into the fault text, ``报告编码{24 digits}``."""
    if "报告编码" not in fault_description:
        return None
    found = _EMISSION_REPORT.search(fault_description)
    return found[1] if found else None
