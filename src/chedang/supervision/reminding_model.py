"""提醒的阶梯 as data: what a shop is reminded of, by which means, what happened. Pure but for reading what ships."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from functools import cache
from typing import Annotated

import msgspec
from msgspec import Meta

from chedang.platform.shipped import read_shipped

Days = Annotated[int, Meta(ge=1, le=366)]
Hour = Annotated[int, Meta(ge=0, le=24)]


class Concern(StrEnum):
    """What is wrong with a shop's uploads. Of the first three a shop has one at most, and of the last two."""

    SILENT = "silent"
    """未上传: connected, and nothing came in for days."""
    UNCONNECTED = "unconnected"
    """未对接: filed, in business, and nothing has ever come in."""
    FALLING = "falling"
    """上传量低于预期, see ``quality.expectation``."""
    ERRORS = "errors"
    """Too large a share with an error."""
    DOUBTS = "doubts"
    """Too large a share with an error or a doubt, but not ERRORS."""


class Rung(IntEnum):
    """How far up the ladder a reminder is."""

    NOTICE = 1
    SMS = 2
    LETTER = 3


class ReminderState(StrEnum):
    """Where a reminder is."""

    OPEN = "open"
    FIXED = "fixed"
    """已自行改正: the system saw it in the figures."""
    ENDED = "ended"
    """An officer ended it, or there is no reason any more to remind the shop."""


class ReminderDeed(StrEnum):
    """One row of a reminder's history."""

    NOTICE = "notice"
    NOTICE_AGAIN = "notice_again"
    SMS = "sms"
    SMS_NOT_SENT = "sms_not_sent"
    """Nothing reached a phone; the row says why."""
    LETTER = "letter"
    ORDER = "order"
    """责令改正 was issued for it."""
    FIXED = "fixed"
    ENDED = "ended"


class ReminderParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``data/reminding.toml``, which says what each means."""

    silent_days: tuple[Days, Days, Days]
    unconnected_days: Days
    again_days: Days
    sms_after_days: Days
    letter_after_days: Days
    sms_hours: tuple[Hour, Hour]
    sends_sms_by_itself: bool
    license_days: tuple[Days, Days]
    templates: Mapping[Concern, str]


@cache
def load_reminder_parameters() -> ReminderParameters:
    """The shipped numbers."""
    return read_shipped("chedang.supervision", "reminding.toml", ReminderParameters)
