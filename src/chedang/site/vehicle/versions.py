"""What changed from one version of a record to the next, element by element."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from chedang.records.model import PartText, ProjectText, RecordText, StoredVersion
from chedang.site.findings import mask_vin

_LABELS = {
    "company_name": _("维修企业名称"),
    "vin": _("车架号"),
    "plate_number": _("车牌号码"),
    "repair_date": _("送修日期"),
    "mileage": _("送修里程"),
    "settle_date": _("结算日期"),
    "fault_description": _("故障描述"),
    "settlement_list_number": _("结算清单编号"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One element before and after; '' for what was not there."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OlderVersion:
    """A version that has been replaced, and what replaced it."""

    version: StoredVersion
    changes: list[Change]


def older_versions(newest: StoredVersion, older: tuple[StoredVersion, ...]) -> list[OlderVersion]:
    """The replaced versions, newest first, each with what the version after it changed."""
    successors = (newest, *older)
    return [
        OlderVersion(version, find_changes(version.text, after.text))
        for version, after in zip(older, successors, strict=False)
    ]


def find_changes(before: RecordText, after: RecordText) -> list[Change]:
    """Elements that differ, in the order of the standard."""
    changes = [
        Change(str(label), _shown(name, before), _shown(name, after))
        for name, label in _LABELS.items()
        if getattr(before, name) != getattr(after, name)
    ]
    if before.parts != after.parts:
        changes.append(Change(str(_("配件")), _list_parts(before.parts), _list_parts(after.parts)))
    if before.projects != after.projects:
        changes.append(Change(str(_("维修项目")), _list_projects(before.projects), _list_projects(after.projects)))
    return changes


def _shown(name: str, text: RecordText) -> str:
    value: str = getattr(text, name)
    return mask_vin(value) if name == "vin" else value


def _list_parts(parts: tuple[PartText, ...]) -> str:
    return "；".join(" ".join(filter(None, (part.name, part.code, part.quantity))) for part in parts)


def _list_projects(projects: tuple[ProjectText, ...]) -> str:
    return "；".join(" ".join(filter(None, (project.name, project.hours))) for project in projects)
