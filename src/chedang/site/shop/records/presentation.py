"""One record as its shop reads it: elements in the order of the settlement list, versions, findings with what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from django.utils.translation import gettext_lazy as _

from chedang.records.model import Finding, RecordState, RecordText, StoredVersion
from chedang.site.figures import day_text
from chedang.site.findings import Flag, describe_findings
from chedang.site.vehicle.versions import ELEMENT_LABELS, Change
from chedang.vehicles.changes import ElementChange, find_changes
from chedang.workshop.explanations import Said, codes_to_explain

IN_ORDER: Final = (
    "settlement_list_number",
    "plate_number",
    "vin",
    "mileage",
    "repair_date",
    "settle_date",
    "fault_description",
    "projects",
    "parts",
    "company_name",
)
"""Elements in the order in which a settlement list shows them."""
_BY_WIRE_NAME: Final = {field.encode_name: field.name for field in msgspec.structs.fields(RecordText)}
_WHY: Final = {
    "settlement_list_number": _("编号把结算清单和这条记录连在一起，以后更正、作废都认它。"),
    "plate_number": _("车主和主管机关按车牌号码找这辆车。"),
    "vin": _("记录按车架号归入车辆档案，错一位车主就看不到，或者归到别人的车上。"),
    "mileage": _("里程用来判断里程表是否合理，也用来推算下次保养。"),
    "repair_date": _("日期决定记录在档案里的先后。"),
    "settle_date": _("质保期从结算日期起算，记录的先后也按它排。"),
    "fault_description": _("车主看档案时，先看车为什么来修。"),
    "projects": _("做了什么、用了多少工时，质保和返修时要核对。"),
    "parts": _("换了什么、什么编码、多少数量，质保和召回时要核对。"),
    "company_name": _("名称与备案一致，车主才认得是本店。"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding: what, why it matters, what to do, and what the shop has said of it."""

    flag: Flag
    element: str
    label: str
    why: str
    said: Said | None
    can_explain: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One version, with what it changed."""

    number: int
    received_at: datetime
    actor: str
    reason: str
    is_void: bool
    changes: list[Change]


def element_of(finding: Finding) -> str:
    """Name of the field of :class:`RecordText` that a finding is about; '' for none."""
    pieces = finding.field.split("/")
    name = pieces[2] if len(pieces) > 2 and pieces[1] == "basicInfo" else pieces[1] if len(pieces) > 1 else ""
    return _BY_WIRE_NAME.get(name, "")


def present_marks(record: StoredVersion, said: Mapping[str, Said]) -> list[Mark]:
    """Findings, errors first; notes last and without buttons."""
    to_explain = codes_to_explain(record.findings)
    marks = []
    for finding in record.findings:
        (flag,) = describe_findings([finding])
        element = element_of(finding)
        label = str(ELEMENT_LABELS.get(element, ""))
        can_explain = finding.code in to_explain and record.state is RecordState.ACTIVE
        marks.append(Mark(flag, element, label, str(_WHY.get(element, "")), said.get(finding.code), can_explain))
    return sorted(marks, key=lambda mark: ("wrong-tone", "doubt", "open").index(mark.flag.tone))


def present_versions(versions: Sequence[StoredVersion]) -> list[Version]:
    """All versions, newest first, each with what it changed of the one before."""
    before: StoredVersion | None = None
    shown = []
    for version in versions:
        changes = change_rows(before.text, version.text) if before else []
        is_void = version.state is RecordState.VOID
        shown.append(Version(version.version, version.received_at, version.actor, version.reason, is_void, changes))
        before = version
    return shown[::-1]


def change_rows(before: RecordText, after: RecordText) -> list[Change]:
    """What differs, with the names that people read; the VIN whole, for the shop that typed it."""
    return [
        Change(str(ELEMENT_LABELS[change.element]), *_values(change, before, after))
        for change in find_changes(before, after)
    ]


def _values(change: ElementChange, before: RecordText, after: RecordText) -> tuple[str, str]:
    if change.element == "vin":
        return before.vin, after.vin
    return change.before, change.after


def facts_of(record: StoredVersion) -> list[tuple[str, str, Any]]:
    """Elements that are one value, as received, in the order of the settlement list: name, label, value.

    Days that can be read stand in words.
    """
    names = [name for name in IN_ORDER if name not in {"projects", "parts"}]
    return [(name, str(ELEMENT_LABELS[name]), _fact(name, getattr(record.text, name))) for name in names]


def _fact(name: str, text: str) -> str:
    return day_text(text) if name in {"repair_date", "settle_date"} else text
