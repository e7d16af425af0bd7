"""注销备案 as data. States and terms are ours; by 机动车维修管理规定 a shop that ends tells (article 待核). Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from chedang.enterprises.model import ReviewState

CANCELLED_CODE: Final = "6"
"""经营状态 (terms.codes.OPERATION_STATE) of a cancelled shop: what archive, searches and figures go by."""
IN_BUSINESS_CODE: Final = "1"
"""经营状态 营业."""
REVERSIBLE: Final = timedelta(days=30)
"""How long an officer may take a cancellation back (ours). After that the shop files again."""


class CancelReason(StrEnum):
    """Why a filing ends."""

    CLOSED = "closed"
    """不再经营."""
    MOVED = "moved"
    """迁往其他区县."""
    MERGED = "merged"
    """并入其他企业."""
    UNREACHABLE = "unreachable"
    """查无此企业; only an officer says so."""
    OTHER = "other"


OF_SHOPS: Final = (CancelReason.CLOSED, CancelReason.MOVED, CancelReason.MERGED, CancelReason.OTHER)


class CancelState(StrEnum):
    """Where a cancellation stands."""

    ASKED = "asked"
    """By the shop; an officer decides."""
    CANCELLED = "cancelled"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """By the shop, before anybody decided."""
    RESTORED = "restored"
    """Taken back by an officer within the term."""
    REFILED = "refiled"
    """The shop is in business again by a change that an officer agreed to."""


class Ending(msgspec.Struct, frozen=True):
    """Why a shop ends, in whose words, and its last day of business."""

    reason: CancelReason
    text: str
    ended_on: date


class FilingState(StrEnum):
    """备案状态 as offices name it."""

    WAITING = "waiting"
    """待备案."""
    FILED = "filed"
    """已备案."""
    UNFILED = "unfiled"
    """未备案."""
    CANCELLED = "cancelled"
    """已注销."""


def filing_state(review_state: ReviewState, operation_state_code: str) -> FilingState:
    """What the review and the 经营状态 of a shop come to."""
    if review_state is ReviewState.APPROVED:
        return FilingState.CANCELLED if operation_state_code == CANCELLED_CODE else FilingState.FILED
    return FilingState.WAITING if review_state is ReviewState.PENDING else FilingState.UNFILED


def may_restore(decided_at: datetime, now: datetime) -> bool:
    """Is the term not over yet in which an officer may take a cancellation back?"""
    return now < decided_at + REVERSIBLE
