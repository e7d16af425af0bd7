"""现场勘验 as data: why a shop is visited, what is said of each condition, what comes out. States are ours. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from chedang.filing.paper_model import Group, Item

OFFICERS: Final = 2
"""执法两人: 行政处罚法 (2021) asks for no fewer than two (article 待核)."""
LONGEST_REMARK: Final = 500
MOST_PHOTOS: Final = 60
"""Of one inspection, those taken off included (ours)."""
KEPT_YEARS: Final = 3
"""How long the photos of an inspection stay after it was finished or dropped (ours; 待核)."""


class InspectionReason(StrEnum):
    """Why a shop is visited."""

    FILING = "filing"
    """新备案."""
    CHANGE = "change"
    """备案变更."""
    ORDER = "order"
    """整改复查."""
    RISK = "risk"
    """建议抽查: by points."""
    COMPLAINT = "complaint"
    """投诉."""
    RANDOM = "random"
    """双随机."""


class InspectionState(StrEnum):
    """Where an inspection stands."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    """Something was said of a condition, or a photo taken."""
    FINISHED = "finished"
    """Nothing of it changes any more; what was wrong is put right by a step beside it."""
    DROPPED = "dropped"


OPEN: Final = (InspectionState.PLANNED, InspectionState.UNDER_WAY)


class Verdict(StrEnum):
    """What the officers say of one condition."""

    MET = "met"
    """符合."""
    NOT_MET = "not_met"
    """不符合."""
    NOT_APPLICABLE = "na"
    """不适用."""


class Presence(StrEnum):
    """What is kept instead of the signature of the shop, which would name a person."""

    PRESENT = "present"
    """企业负责人在场，已确认."""
    REFUSED = "refused"
    """企业负责人在场，拒绝签字."""
    ABSENT = "absent"
    """企业负责人不在场."""


class Outcome(StrEnum):
    """What comes out."""

    MET = "met"
    """符合."""
    TO_CORRECT = "to_correct"
    """存在问题，需要改正."""


class InspectionStepKind(StrEnum):
    """What happened to an inspection."""

    PLANNED = "planned"
    MOVED = "moved"
    """Another day, or other officers."""
    DROPPED = "dropped"
    FINISHED = "finished"
    AMENDED = "amended"
    """补充说明 after it was finished."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What an officer says of one condition; ``client_id`` is the phone's own number, so that it counts once."""

    client_id: UUID
    item: str
    verdict: Verdict
    note: str = ""


def outcome_of(verdicts: dict[str, Verdict]) -> Outcome:
    """One condition that is not met is to be corrected."""
    return Outcome.TO_CORRECT if Verdict.NOT_MET in verdicts.values() else Outcome.MET


def unsaid(groups: tuple[Group, ...], verdicts: dict[str, Verdict]) -> tuple[Item, ...]:
    """Conditions of which nothing was said yet."""
    return tuple(item for group in groups for item in group.items if item.key not in verdicts)


def not_met(groups: tuple[Group, ...], verdicts: dict[str, Verdict]) -> tuple[Item, ...]:
    """Conditions that are not met, in the order of the list."""
    return tuple(item for group in groups for item in group.items if verdicts.get(item.key) is Verdict.NOT_MET)
