"""反馈 (更正): which deed leads where, who has it, and where it goes by itself when nobody answers. Pure.

企业 5 个工作日 → 县级 10 → 市级 15, counted from the submission (ours; RDW and DVSA have clocks like it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from chedang.records.model import RecordState, StoredVersion
from chedang.reviews.case_model import ANSWERED_FIELDS, CaseState, Deed, NoSuchStep, Party, Topic

STAGE_DAYS: Final[Mapping[CaseState, int]] = {
    CaseState.WITH_SHOP: 5,
    CaseState.WITH_COUNTY: 10,
    CaseState.WITH_CITY: 15,
}
"""Working days from the submission until each has to have answered."""
OWN_DAYS: Final = 5
"""Working days that an authority has at least from when the case reached it."""
OWNER_DAYS: Final = 10
"""Working days in which the owner may object to an answer; then the case closes by itself."""
REOPEN_DAYS: Final = 60
"""Days after closing in which a case may be re-opened, once."""

HOLDERS: Final[Mapping[CaseState, Party]] = {
    CaseState.WITH_SHOP: Party.SHOP,
    CaseState.REFUSED_BY_SHOP: Party.OWNER,
    CaseState.WITH_COUNTY: Party.COUNTY,
    CaseState.WITH_CITY: Party.CITY,
    CaseState.CORRECTED: Party.OWNER,
    CaseState.REFUSED: Party.OWNER,
    CaseState.CLOSED: Party.NOBODY,
}
UNDECIDED: Final = frozenset(
    {CaseState.WITH_SHOP, CaseState.REFUSED_BY_SHOP, CaseState.WITH_COUNTY, CaseState.WITH_CITY}
)
"""States in which a new version of the record would settle the case."""

_NEXT: Final[Mapping[tuple[CaseState, Deed, Party], CaseState]] = {
    (CaseState.WITH_SHOP, Deed.CORRECT, Party.SHOP): CaseState.CORRECTED,
    (CaseState.WITH_SHOP, Deed.REFUSE, Party.SHOP): CaseState.REFUSED_BY_SHOP,
    (CaseState.WITH_SHOP, Deed.ESCALATE, Party.CLOCK): CaseState.WITH_COUNTY,
    (CaseState.REFUSED_BY_SHOP, Deed.AGREE, Party.OWNER): CaseState.CLOSED,
    (CaseState.REFUSED_BY_SHOP, Deed.ASK_COUNTY, Party.OWNER): CaseState.WITH_COUNTY,
    (CaseState.REFUSED_BY_SHOP, Deed.CLOSE, Party.CLOCK): CaseState.CLOSED,
    (CaseState.REFUSED_BY_SHOP, Deed.CORRECT, Party.SHOP): CaseState.CORRECTED,
    # The shop may still put it right while an authority has it.
    (CaseState.WITH_COUNTY, Deed.CORRECT, Party.SHOP): CaseState.CORRECTED,
    (CaseState.WITH_COUNTY, Deed.CORRECT, Party.COUNTY): CaseState.CORRECTED,
    (CaseState.WITH_COUNTY, Deed.REFUSE, Party.COUNTY): CaseState.REFUSED,
    (CaseState.WITH_COUNTY, Deed.ESCALATE, Party.CLOCK): CaseState.WITH_CITY,
    (CaseState.WITH_CITY, Deed.CORRECT, Party.SHOP): CaseState.CORRECTED,
    (CaseState.WITH_CITY, Deed.CORRECT, Party.CITY): CaseState.CORRECTED,
    (CaseState.WITH_CITY, Deed.REFUSE, Party.CITY): CaseState.REFUSED,
    (CaseState.CORRECTED, Deed.AGREE, Party.OWNER): CaseState.CLOSED,
    (CaseState.CORRECTED, Deed.CLOSE, Party.CLOCK): CaseState.CLOSED,
    (CaseState.REFUSED, Deed.AGREE, Party.OWNER): CaseState.CLOSED,
    (CaseState.REFUSED, Deed.CLOSE, Party.CLOCK): CaseState.CLOSED,
} | {(state, Deed.CORRECT, Party.ARCHIVE): CaseState.CORRECTED for state in UNDECIDED}

ON_TIME_OUT: Final[Mapping[CaseState, Deed]] = {state: deed for state, deed, party in _NEXT if party is Party.CLOCK}
"""What a passed deadline does. With the city there is nobody above: the case stays, and is overdue."""


def next_state(state: CaseState, deed: Deed, by: Party, *, decided_by: Party = Party.NOBODY) -> CaseState:
    """Where ``deed`` leads. ``decided_by`` matters to re-opening: it goes one level above. Raises NoSuchStep."""
    if (
        deed is Deed.REOPEN
        and by is Party.OWNER
        and state in {CaseState.CORRECTED, CaseState.REFUSED, CaseState.CLOSED}
    ):
        return CaseState.WITH_CITY if decided_by in {Party.COUNTY, Party.CITY} else CaseState.WITH_COUNTY
    following = _NEXT.get((state, deed, by))
    if following is None:
        raise NoSuchStep
    return following


class Asked(NamedTuple):
    """What a correction asks for, as far as the archive can see whether it was done."""

    topic: Topic
    version: int
    """Of the record as the owner saw it."""


def is_put_right(asked: Asked, reported: StoredVersion | None, newest: StoredVersion, vin: str) -> bool:
    """Did the record change in what the owner spoke of since then? ``reported`` is the version that the owner saw.

    A record that is void or stands under another VIN is right for whoever says that it is not of this car.
    """
    if newest.version <= asked.version:
        return False
    if newest.state is RecordState.VOID or newest.vin != vin:
        return True
    if reported is None or asked.topic is Topic.NO_SUCH_VISIT:
        return False
    fields = ANSWERED_FIELDS[asked.topic]
    return any(getattr(reported.text, name) != getattr(newest.text, name) for name in fields)
