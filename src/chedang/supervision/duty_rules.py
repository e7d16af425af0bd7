"""责令改正: which deed leads where, what limits may be set, and when one has passed. Pure.

States, deeds and numbers are ours; docs/reference/duty-states.md shows them to readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from chedang.supervision.model import OPEN_STATES, DutyDeed, DutyParty, DutyState

FEWEST_DAYS: Final = 1
MOST_DAYS: Final = 60
"""Working days of a limit, and of a longer one."""
USUAL_DAYS: Final = 10
MOST_EVIDENCE: Final = 6
"""Files that one answer may bring."""
MOST_TEXT: Final = 1000
_SECOND: Final = timedelta(seconds=1)

_NEXT: Final[Mapping[tuple[DutyState, DutyDeed], DutyState]] = {
    (DutyState.WITH_SHOP, DutyDeed.ANSWER): DutyState.ANSWERED,
    (DutyState.RETURNED, DutyDeed.ANSWER): DutyState.ANSWERED,
    (DutyState.WITH_SHOP, DutyDeed.ASK_LONGER): DutyState.WITH_SHOP,
    (DutyState.RETURNED, DutyDeed.ASK_LONGER): DutyState.RETURNED,
    (DutyState.WITH_SHOP, DutyDeed.GRANT_LONGER): DutyState.WITH_SHOP,
    (DutyState.RETURNED, DutyDeed.GRANT_LONGER): DutyState.RETURNED,
    (DutyState.WITH_SHOP, DutyDeed.REFUSE_LONGER): DutyState.WITH_SHOP,
    (DutyState.RETURNED, DutyDeed.REFUSE_LONGER): DutyState.RETURNED,
    (DutyState.ANSWERED, DutyDeed.ACCEPT): DutyState.DONE,
    (DutyState.ANSWERED, DutyDeed.RETURN): DutyState.RETURNED,
    (DutyState.WITH_SHOP, DutyDeed.CLOSE_NOT_DONE): DutyState.NOT_DONE,
    (DutyState.RETURNED, DutyDeed.CLOSE_NOT_DONE): DutyState.NOT_DONE,
    (DutyState.ANSWERED, DutyDeed.CLOSE_NOT_DONE): DutyState.NOT_DONE,
    (DutyState.WITH_SHOP, DutyDeed.REVOKE): DutyState.REVOKED,
    (DutyState.RETURNED, DutyDeed.REVOKE): DutyState.REVOKED,
    (DutyState.ANSWERED, DutyDeed.REVOKE): DutyState.REVOKED,
    **{(state, DutyDeed.CHECK): state for state in OPEN_STATES},
    **{(state, DutyDeed.FIXED): DutyState.DONE for state in OPEN_STATES},
}
_FOUND_FIXED: Final = frozenset({DutyState.WITH_SHOP, DutyState.RETURNED})
"""From these an officer confirms what 复查 found, without waiting for the shop's words."""
_SHOPS_DEEDS: Final = frozenset({DutyDeed.ANSWER, DutyDeed.ASK_LONGER})
_SYSTEMS_DEEDS: Final = frozenset({DutyDeed.CHECK, DutyDeed.FIXED})
_LONGER_DECISIONS: Final = frozenset({DutyDeed.GRANT_LONGER, DutyDeed.REFUSE_LONGER})


class NoSuchStep(Exception):
    """The deed does not lead anywhere from here, or not for this party."""


def next_state(
    state: DutyState,
    deed: DutyDeed,
    party: DutyParty,
    *,
    is_over: bool,
    is_longer_asked: bool,
    is_longer_decided: bool,
    is_found_fixed: bool = False,
) -> DutyState:
    """Where ``deed`` leads. Raises NoSuchStep.

    A longer limit is asked for once, before the limit has passed, and decided once. Nothing is closed as not done
    before the limit has passed. An answer is taken after the limit too: late is better than never. What 复查 found put
    right may be accepted before the shop has answered.
    """
    following = _NEXT.get((state, deed))
    if deed is DutyDeed.ACCEPT and is_found_fixed and state in _FOUND_FIXED:
        following = DutyState.DONE
    is_right_party = party is _doer(deed)
    is_too_late = deed is DutyDeed.ASK_LONGER and (is_over or is_longer_asked)
    is_too_early = deed is DutyDeed.CLOSE_NOT_DONE and not is_over
    is_not_asked = deed in _LONGER_DECISIONS and (not is_longer_asked or is_longer_decided)
    if following is None or not is_right_party or is_too_late or is_too_early or is_not_asked:
        raise NoSuchStep
    return following


def _doer(deed: DutyDeed) -> DutyParty:
    if deed in _SHOPS_DEEDS:
        return DutyParty.SHOP
    return DutyParty.SYSTEM if deed in _SYSTEMS_DEEDS else DutyParty.OFFICER


def latest_missed(now: datetime) -> datetime:
    """A limit at or before this has passed: what is done within the very second of a limit is in time."""
    return now - _SECOND
