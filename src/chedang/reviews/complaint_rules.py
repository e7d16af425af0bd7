"""投诉: which deed leads where, who has it, and its deadlines. Pure.

States and deadlines as authorities use them: 受理 5, 答复 10, 办结 45 个工作日 (ours, 待核).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chedang.reviews.case_model import CaseState, Deed, NoSuchStep, Party

ACCEPT_DAYS: Final = 5
"""Working days from the submission until an officer has accepted or refused."""
REPLY_DAYS: Final = 10
"""Working days that the shop has from when it was forwarded."""
CLOSE_DAYS: Final = 45
"""Working days from the submission until the case is to be closed."""
OWNER_DAYS: Final = 10
"""Working days in which the owner says whether it is solved; then the case closes by itself."""
REOPEN_DAYS: Final = 60

HOLDERS: Final[Mapping[CaseState, Party]] = {
    CaseState.SUBMITTED: Party.COUNTY,
    CaseState.ACCEPTED: Party.COUNTY,
    CaseState.FORWARDED: Party.SHOP,
    CaseState.REPLIED: Party.COUNTY,
    CaseState.MEDIATED: Party.OWNER,
    CaseState.SOLVED: Party.COUNTY,
    CaseState.UNSOLVED: Party.COUNTY,
    CaseState.REFUSED: Party.OWNER,
    CaseState.HANDED_OVER: Party.HOTLINE,
    CaseState.CLOSED: Party.NOBODY,
}
_HANDED_OVER_FROM: Final = (
    CaseState.SUBMITTED,
    CaseState.ACCEPTED,
    CaseState.FORWARDED,
    CaseState.REPLIED,
    CaseState.MEDIATED,
    CaseState.UNSOLVED,
)
_NEXT: Final[Mapping[tuple[CaseState, Deed, Party], CaseState]] = {
    (CaseState.SUBMITTED, Deed.ACCEPT, Party.COUNTY): CaseState.ACCEPTED,
    (CaseState.SUBMITTED, Deed.DISMISS, Party.COUNTY): CaseState.REFUSED,
    (CaseState.ACCEPTED, Deed.FORWARD, Party.COUNTY): CaseState.FORWARDED,
    (CaseState.FORWARDED, Deed.REPLY, Party.SHOP): CaseState.REPLIED,
    # A shop that does not answer does not hold the mediation up.
    (CaseState.FORWARDED, Deed.MEDIATE, Party.COUNTY): CaseState.MEDIATED,
    (CaseState.REPLIED, Deed.MEDIATE, Party.COUNTY): CaseState.MEDIATED,
    (CaseState.MEDIATED, Deed.SOLVED, Party.OWNER): CaseState.SOLVED,
    (CaseState.MEDIATED, Deed.UNSOLVED, Party.OWNER): CaseState.UNSOLVED,
    (CaseState.MEDIATED, Deed.CLOSE, Party.CLOCK): CaseState.CLOSED,
    (CaseState.SOLVED, Deed.CLOSE, Party.COUNTY): CaseState.CLOSED,
    (CaseState.UNSOLVED, Deed.CLOSE, Party.COUNTY): CaseState.CLOSED,
    (CaseState.UNSOLVED, Deed.MEDIATE, Party.COUNTY): CaseState.MEDIATED,
    (CaseState.REFUSED, Deed.AGREE, Party.OWNER): CaseState.CLOSED,
    (CaseState.REFUSED, Deed.CLOSE, Party.CLOCK): CaseState.CLOSED,
    (CaseState.HANDED_OVER, Deed.CLOSE, Party.COUNTY): CaseState.CLOSED,
} | {(state, Deed.HAND_OVER, Party.COUNTY): CaseState.HANDED_OVER for state in _HANDED_OVER_FROM}

ON_TIME_OUT: Final[Mapping[CaseState, Deed]] = {state: deed for state, deed, party in _NEXT if party is Party.CLOCK}
"""What a passed deadline does; in the other states the case stays, and is overdue."""


def next_state(state: CaseState, deed: Deed, by: Party) -> CaseState:
    """Where ``deed`` leads; an authority of any level acts as COUNTY. Raises NoSuchStep."""
    if deed is Deed.REOPEN and by is Party.OWNER and state in {CaseState.REFUSED, CaseState.CLOSED}:
        return CaseState.SUBMITTED
    following = _NEXT.get((state, deed, by))
    if following is None:
        raise NoSuchStep
    return following
