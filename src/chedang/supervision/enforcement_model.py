"""通报, 移送 and the sanction ledger (处罚台账): states, what leads where, and who may do it. Pure. States are ours."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from chedang.supervision.model import DutyKind, DutyState


class CensureState(StrEnum):
    """Where a public notice is. Only a published or rectified one is on the public list."""

    DRAFT = "draft"
    CHECKING = "checking"
    """待复核: the shop has been told and may object; a second officer has to agree."""
    PUBLISHED = "published"
    RECTIFIED = "rectified"
    """已改正: put right after it was published; stays on the list with the day."""
    ENDED = "ended"
    """公示期满."""
    WITHDRAWN = "withdrawn"
    """已撤下: it should not have been published."""
    DROPPED = "dropped"
    """不通报: given up before it was published."""


class CensureDeed(StrEnum):
    """What somebody did in a public notice; one row of its history each."""

    DRAFT = "draft"
    CHANGE = "change"
    SUBMIT = "submit"
    OBJECT = "object"
    """申辩 of the shop, once."""
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    DROP = "drop"
    MARK_RECTIFIED = "mark_rectified"
    WITHDRAW = "withdraw"
    END = "end"


SHOWN: Final = frozenset({CensureState.PUBLISHED, CensureState.RECTIFIED})
STANDING: Final = frozenset(set(CensureState) - {CensureState.WITHDRAWN, CensureState.DROPPED})
"""Of one order there is one of these at most."""
_NEXT: Final[Mapping[tuple[CensureState, CensureDeed], CensureState]] = {
    (CensureState.DRAFT, CensureDeed.CHANGE): CensureState.DRAFT,
    (CensureState.DRAFT, CensureDeed.SUBMIT): CensureState.CHECKING,
    (CensureState.DRAFT, CensureDeed.DROP): CensureState.DROPPED,
    (CensureState.CHECKING, CensureDeed.OBJECT): CensureState.CHECKING,
    (CensureState.CHECKING, CensureDeed.SEND_BACK): CensureState.DRAFT,
    (CensureState.CHECKING, CensureDeed.PUBLISH): CensureState.PUBLISHED,
    (CensureState.CHECKING, CensureDeed.DROP): CensureState.DROPPED,
    (CensureState.PUBLISHED, CensureDeed.MARK_RECTIFIED): CensureState.RECTIFIED,
    (CensureState.PUBLISHED, CensureDeed.WITHDRAW): CensureState.WITHDRAWN,
    (CensureState.PUBLISHED, CensureDeed.END): CensureState.ENDED,
    (CensureState.RECTIFIED, CensureDeed.WITHDRAW): CensureState.WITHDRAWN,
    (CensureState.RECTIFIED, CensureDeed.END): CensureState.ENDED,
}
CHECKERS_DEEDS: Final = frozenset({CensureDeed.SEND_BACK, CensureDeed.PUBLISH})
"""For a second officer alone."""


def next_censure_state(
    state: CensureState, deed: CensureDeed, *, is_drafter: bool, is_heard: bool, is_objected: bool
) -> CensureState | None:
    """Where ``deed`` leads; ``None`` for nowhere.

    ``is_heard``: the time to object is over, or the shop has objected. Nothing is published before, and never by the
    officer who drafted it.
    """
    following = _NEXT.get((state, deed))
    is_own = deed in CHECKERS_DEEDS and is_drafter
    is_unheard = deed is CensureDeed.PUBLISH and not is_heard
    is_again = deed is CensureDeed.OBJECT and is_objected
    return None if is_own or is_unheard or is_again else following


def may_be_censured(kind: DutyKind, state: DutyState) -> bool:
    """通报 follows from a 责令改正 that was closed as not done (规定 2019, art. 53), from nothing else."""
    return kind is DutyKind.ORDER and state is DutyState.NOT_DONE


class HandOverResult(StrEnum):
    """What the enforcement body (行政执法机构) made of a case."""

    WAITING = "waiting"
    FILED = "filed"
    """立案."""
    NOT_FILED = "not_filed"
    """不予立案."""
    DECIDED = "decided"
    """作出处罚决定: stands in the ledger."""


HAND_OVER_RESULTS: Final[Mapping[HandOverResult, frozenset[HandOverResult]]] = {
    HandOverResult.WAITING: frozenset({HandOverResult.FILED, HandOverResult.NOT_FILED, HandOverResult.DECIDED}),
    HandOverResult.FILED: frozenset({HandOverResult.DECIDED, HandOverResult.NOT_FILED}),
    HandOverResult.NOT_FILED: frozenset(),
    HandOverResult.DECIDED: frozenset(),
}
"""Result → those that may follow it."""


class SanctionKind(StrEnum):
    """种类; the words of 行政处罚法 art. 9 (2021), 待核, and 责令改正 beside them."""

    WARNING = "warning"
    ORDER = "order"
    CENSURE = "censure"
    FINE = "fine"
    CONFISCATION = "confiscation"
    SUSPENSION = "suspension"


MONEY_KINDS: Final = frozenset({SanctionKind.FINE, SanctionKind.CONFISCATION})


class SanctionState(StrEnum):
    """Does a sanction count?"""

    IN_FORCE = "in_force"
    APPEALED = "appealed"
    """行政复议 or 行政诉讼 is under way; it counts until it is withdrawn."""
    WITHDRAWN = "withdrawn"


class SanctionDeed(StrEnum):
    """What was done in the ledger; one row of history with before and after each."""

    ENTER = "enter"
    CORRECT = "correct"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    """维持 after an appeal."""
    WITHDRAW = "withdraw"
    PAY = "pay"
    """已缴清."""


_SANCTION_NEXT: Final[Mapping[tuple[SanctionState, SanctionDeed], SanctionState]] = {
    (SanctionState.IN_FORCE, SanctionDeed.CORRECT): SanctionState.IN_FORCE,
    (SanctionState.IN_FORCE, SanctionDeed.APPEAL): SanctionState.APPEALED,
    (SanctionState.IN_FORCE, SanctionDeed.WITHDRAW): SanctionState.WITHDRAWN,
    (SanctionState.IN_FORCE, SanctionDeed.PAY): SanctionState.IN_FORCE,
    (SanctionState.APPEALED, SanctionDeed.CORRECT): SanctionState.APPEALED,
    (SanctionState.APPEALED, SanctionDeed.UPHOLD): SanctionState.IN_FORCE,
    (SanctionState.APPEALED, SanctionDeed.WITHDRAW): SanctionState.WITHDRAWN,
    (SanctionState.APPEALED, SanctionDeed.PAY): SanctionState.APPEALED,
}


def next_sanction_state(state: SanctionState, deed: SanctionDeed, *, is_payable: bool) -> SanctionState | None:
    """Where ``deed`` leads; ``None`` for nowhere. ``is_payable``: there is an amount that is not paid yet."""
    if deed is SanctionDeed.PAY and not is_payable:
        return None
    return _SANCTION_NEXT.get((state, deed))
