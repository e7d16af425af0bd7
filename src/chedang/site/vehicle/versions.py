"""What changed from one version of a record to the next, with the names that people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from chedang.vehicles.changes import ElementChange
from chedang.vehicles.views import VersionView

ELEMENT_LABELS = {
    "company_name": _("维修企业名称"),
    "vin": _("车架号"),
    "plate_number": _("车牌号码"),
    "repair_date": _("送修日期"),
    "mileage": _("送修里程"),
    "settle_date": _("结算日期"),
    "fault_description": _("故障描述"),
    "settlement_list_number": _("结算清单编号"),
    "parts": _("配件"),
    "projects": _("维修项目"),
}
"""Fields of :class:`chedang.records.model.RecordText` in words."""


@dataclass(frozen=True, slots=True)
class Change:
    """One element before and after; '' for what was not there."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class OlderVersion:
    """A version that has been replaced, and what replaced it."""

    version: VersionView
    changes: list[Change]


def older_versions(versions: Sequence[VersionView]) -> list[OlderVersion]:
    """The replaced versions as they come, each with what the version after it changed."""
    return [
        OlderVersion(
            version,
            [Change(str(ELEMENT_LABELS[change.element]), change.before, change.after) for change in version.changes],
        )
        for version in versions
    ]


def _change(change: ElementChange) -> Change:
    return Change(str(ELEMENT_LABELS[change.element]), change.before, change.after)
