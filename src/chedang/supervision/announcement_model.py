"""公告 as data: kinds, states, and which deed leads where. Pure. Nothing is published by one person alone (ours)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class AnnouncementKind(StrEnum):
    """What it is, as the public finds it."""

    POLICY = "policy"
    """政策法规."""
    STANDARD = "standard"
    """标准规范."""
    NOTICE = "notice"
    """通知公告."""
    FIGURES = "figures"
    """数据公布: analyses and figures."""


class AnnouncementState(StrEnum):
    """Where it is."""

    DRAFT = "draft"
    CHECKING = "checking"
    """待复核: a second officer has to agree."""
    CHECKED = "checked"
    """已复核: nothing of it may change; it may be published."""
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    """已撤下: its page says so, with the reason, and shows no more of it."""
    DROPPED = "dropped"
    """已放弃: a draft that was never published."""


class AnnouncementDeed(StrEnum):
    """What somebody did; one row of its history each."""

    WRITE = "write"
    SUBMIT = "submit"
    """送复核."""
    RETURN = "return"
    """退回, with a reason."""
    CHECK = "check"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    DROP = "drop"
    """放弃: a draft that nobody wants any more."""


class NoSuchStep(Exception):
    """The deed leads nowhere from here."""


_NEXT: Final[Mapping[tuple[AnnouncementState, AnnouncementDeed], AnnouncementState]] = {
    (AnnouncementState.DRAFT, AnnouncementDeed.WRITE): AnnouncementState.DRAFT,
    (AnnouncementState.DRAFT, AnnouncementDeed.DROP): AnnouncementState.DROPPED,
    (AnnouncementState.DRAFT, AnnouncementDeed.SUBMIT): AnnouncementState.CHECKING,
    (AnnouncementState.CHECKING, AnnouncementDeed.RETURN): AnnouncementState.DRAFT,
    (AnnouncementState.CHECKING, AnnouncementDeed.CHECK): AnnouncementState.CHECKED,
    (AnnouncementState.CHECKED, AnnouncementDeed.RETURN): AnnouncementState.DRAFT,
    (AnnouncementState.CHECKED, AnnouncementDeed.PUBLISH): AnnouncementState.PUBLISHED,
    (AnnouncementState.PUBLISHED, AnnouncementDeed.WITHDRAW): AnnouncementState.WITHDRAWN,
}
BY_ANOTHER: Final = frozenset({AnnouncementDeed.RETURN, AnnouncementDeed.CHECK})
"""Deeds of somebody who neither wrote on it nor submitted it."""
WITH_WORDS: Final = frozenset({AnnouncementDeed.RETURN, AnnouncementDeed.WITHDRAW})
"""Deeds that say why."""


def next_state(state: AnnouncementState, deed: AnnouncementDeed) -> AnnouncementState:
    """Where ``deed`` leads. Raises NoSuchStep."""
    following = _NEXT.get((state, deed))
    if following is None:
        raise NoSuchStep
    return following


def open_deeds(state: AnnouncementState) -> list[AnnouncementDeed]:
    """What may be done in this state."""
    return [deed for (where, deed) in _NEXT if where is state]
