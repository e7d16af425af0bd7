"""What of an order to correct the system checks by itself (复查): conditions, counts for them, the verdict. Pure.

All ours: the rules ask for a re-inspection and leave it to people. A condition speaks of records alone; whatever else
was ordered stays for the officer to judge.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

MOST_RECORDS: Final = 9999
MOST_PERCENT: Final = 100


class CheckKind(StrEnum):
    """By what an order counts as put right."""

    UPLOADED = "uploaded"
    """So many new records came in since the order was issued."""
    MENDED = "mended"
    """None of the records that the order names has an error or a doubt; a void one has none."""
    CONNECTED = "connected"
    """A record of the shop has come in at all."""
    ERROR_SHARE = "error_share"
    """Of the new records since the order less than so many percent have an error, and there are enough to say so."""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be so, as it stands with the order."""

    kind: CheckKind
    wanted: Annotated[int, Meta(ge=1, le=MOST_RECORDS)] = 1
    """Records of UPLOADED; percent of ERROR_SHARE."""
    least: Annotated[int, Meta(ge=1, le=MOST_RECORDS)] = 1
    """ERROR_SHARE: of fewer new records no share is taken; one good record must not end an order."""


class Counted(msgspec.Struct, frozen=True):
    """What the records say at one instant."""

    received: int = 0
    """New records since the order was issued, without void ones."""
    errors: int = 0
    """Of these with an error."""
    named: int = 0
    """Records that the order names and that are there."""
    doubtful: int = 0
    """Of these with an error or a doubt."""
    is_connected: bool = False


def is_met(condition: Condition, counted: Counted) -> bool:
    """Is the condition met by these figures?"""
    match condition.kind:
        case CheckKind.UPLOADED:
            return counted.received >= condition.wanted
        case CheckKind.MENDED:
            return counted.named > 0 and counted.doubtful == 0
        case CheckKind.CONNECTED:
            return counted.is_connected
        case CheckKind.ERROR_SHARE:
            return counted.received >= condition.least and counted.errors * 100 < condition.wanted * counted.received


def sentence(condition: Condition, counted: Counted) -> str:
    """The figures in a Chinese sentence for the order's history, whatever the page's language."""
    verdict = "达到要求" if is_met(condition, counted) else "没有达到要求"
    match condition.kind:
        case CheckKind.UPLOADED:
            found = f"发出以来新收到 {counted.received} 条，要求不少于 {condition.wanted} 条"
        case CheckKind.MENDED:
            found = f"所列 {counted.named} 条记录中，仍有错误或疑问的 {counted.doubtful} 条，要求 0 条"
        case CheckKind.CONNECTED:
            found = "已收到过维修记录" if counted.is_connected else "还没有收到过维修记录"
        case CheckKind.ERROR_SHARE:
            found = (
                f"发出以来新收到 {counted.received} 条，有错误的 {counted.errors} 条，"
                f"要求不少于 {condition.least} 条、有错误的低于 {condition.wanted}%"
            )
    return f"{found}：{verdict}。"
