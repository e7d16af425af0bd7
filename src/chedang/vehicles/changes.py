"""What changed from one version of a record to the next, element by element. Pure."""

from __future__ import annotations

import msgspec

from chedang.records.model import PartText, ProjectText, RecordText
from chedang.terms import vin as vins

_VIN_CHARACTERS_SHOWN = 3


class ElementChange(msgspec.Struct, frozen=True):
    """One of the 13 elements before and after; '' for what was not there."""

    element: str
    """Name of the field of :class:`RecordText`."""
    before: str
    after: str


def find_changes(before: RecordText, after: RecordText) -> tuple[ElementChange, ...]:
    """Elements that differ, in the order of the standard, lists last. A VIN is told by its last three characters."""
    elements = [name for name in RecordText.__struct_fields__ if name not in ("parts", "projects")]
    changes = [
        ElementChange(name, _shown(name, before), _shown(name, after))
        for name in elements
        if getattr(before, name) != getattr(after, name)
    ]
    if before.parts != after.parts:
        changes.append(ElementChange("parts", _list_parts(before.parts), _list_parts(after.parts)))
    if before.projects != after.projects:
        changes.append(ElementChange("projects", _list_projects(before.projects), _list_projects(after.projects)))
    return tuple(changes)


def _shown(name: str, text: RecordText) -> str:
    value: str = getattr(text, name)
    if name != "vin" or not value:
        return value
    vin = vins.normalise(value)
    return f"******{vin[-_VIN_CHARACTERS_SHOWN:]}" if len(vin) == vins.LENGTH else "******"


def _list_parts(parts: tuple[PartText, ...]) -> str:
    return "；".join(" ".join(filter(None, (part.name, part.code, part.quantity))) for part in parts)


def _list_projects(projects: tuple[ProjectText, ...]) -> str:
    return "；".join(" ".join(filter(None, (project.name, project.hours))) for project in projects)
