"""Kinds of papers that go with a filing, and the checklist of a class. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

LONGEST_NOTE: Final = 200


class AttachmentKind(StrEnum):
    """What a paper is."""

    LICENCE = "licence"
    """营业执照"""
    FILING_FORM = "filing_form"
    """汽车维修经营备案表"""
    PREMISES = "premises"
    """场地、设备照片"""
    PEOPLE = "people"
    """人员证书"""
    OTHER = "other"


class ChecklistClass(StrEnum):
    """For which kind of shop the conditions are: GB/T 16739.1-2023 has the first two, GB/T 16739.2-2023 the others."""

    FIRST = "first"
    """一类"""
    SECOND = "second"
    """二类"""
    MINOR = "minor"
    """三类 综合小修"""
    SPECIAL = "special"
    """三类 专项维修"""


class Answer(StrEnum):
    """What a shop says of one condition."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"


CLASSES_OF: Final = {
    "01": (ChecklistClass.FIRST,),
    "02": (ChecklistClass.SECOND,),
    "03": (ChecklistClass.MINOR, ChecklistClass.SPECIAL),
}
"""经营业务类别 → checklists that may be meant."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One condition, in our own words."""

    key: str
    text: str
    english: str
    classes: tuple[ChecklistClass, ...]
    evidence: AttachmentKind | None = None
    """Kind of paper that shows it."""
    clause: str = "待核"
    """Clause of the standard; 待核 while nobody here has read it."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """人员, 组织管理, 安全生产, 环境保护, 设施 or 设备."""

    key: str
    name: str
    english: str
    items: tuple[Item, ...]


class Checklist(msgspec.Struct, frozen=True, kw_only=True):
    """The conditions of all classes."""

    edition: str
    """Of our list, not of the standard."""
    standard: str
    groups: tuple[Group, ...]

    def of_class(self, wanted: ChecklistClass) -> tuple[Group, ...]:
        """Groups with the items that count for a class; empty groups are left out."""
        kept = (
            msgspec.structs.replace(group, items=tuple(item for item in group.items if wanted in item.classes))
            for group in self.groups
        )
        return tuple(group for group in kept if group.items)


class ItemAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to one item."""

    answer: Answer
    note: str = ""
    attachment: str = ""
    """Number of an attachment of the same shop; '' for none."""


def missing_items(groups: tuple[Group, ...], answers: dict[str, ItemAnswer]) -> tuple[Item, ...]:
    """Conditions that are not met, or of which nothing was said."""
    return tuple(
        item
        for group in groups
        for item in group.items
        if item.key not in answers or answers[item.key].answer is Answer.NO
    )
