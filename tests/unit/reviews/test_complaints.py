"""Which step of a 投诉 leads where."""

from __future__ import annotations

import pytest

from chedang.reviews.case_model import CaseState, Deed, NoSuchStep, Party
from chedang.reviews.complaint_rules import HOLDERS, ON_TIME_OUT, next_state


def test_a_complaint_goes_its_whole_way() -> None:
    state = CaseState.SUBMITTED
    steps = [
        (Deed.ACCEPT, Party.COUNTY),
        (Deed.FORWARD, Party.COUNTY),
        (Deed.REPLY, Party.SHOP),
        (Deed.MEDIATE, Party.COUNTY),
        (Deed.UNSOLVED, Party.OWNER),
        (Deed.MEDIATE, Party.COUNTY),
        (Deed.SOLVED, Party.OWNER),
        (Deed.CLOSE, Party.COUNTY),
        (Deed.REOPEN, Party.OWNER),
    ]
    for deed, party in steps:
        state = next_state(state, deed, party)
    assert state is CaseState.SUBMITTED


@pytest.mark.parametrize("state", HOLDERS)
def test_the_hotline_takes_what_is_under_way_and_nothing_that_ended(state: CaseState) -> None:
    ended = {CaseState.CLOSED, CaseState.REFUSED, CaseState.SOLVED, CaseState.HANDED_OVER}
    if state in ended:
        with pytest.raises(NoSuchStep):
            next_state(state, Deed.HAND_OVER, Party.COUNTY)
    else:
        assert next_state(state, Deed.HAND_OVER, Party.COUNTY) is CaseState.HANDED_OVER


def test_a_shop_can_only_reply_and_an_owner_cannot_accept_his_own() -> None:
    leads = [(state, deed) for state in HOLDERS for deed in Deed if _leads(state, deed, Party.SHOP)]
    assert leads == [(CaseState.FORWARDED, Deed.REPLY)]
    assert not _leads(CaseState.SUBMITTED, Deed.ACCEPT, Party.OWNER)


def test_only_an_owners_silence_closes_by_itself() -> None:
    assert {HOLDERS[state] for state in ON_TIME_OUT} == {Party.OWNER}
    assert {next_state(state, deed, Party.CLOCK) for state, deed in ON_TIME_OUT.items()} == {CaseState.CLOSED}


def _leads(state: CaseState, deed: Deed, party: Party) -> bool:
    try:
        next_state(state, deed, party)
    except NoSuchStep:
        return False
    return True
