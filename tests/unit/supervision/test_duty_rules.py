"""Which deed leads where in an order to correct, and what its words and bases are."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chedang.reviews.clocks import is_over
from chedang.supervision.duty_rules import NoSuchStep, latest_missed, next_state
from chedang.supervision.legal_bases import load_bases
from chedang.supervision.model import HOLDERS, DutyDeed, DutyParty, DutyState
from chedang.supervision.notice_texts import Gap, fill, gaps_of, load_templates, unknown_gaps
from chedang.terms.dates import SHANGHAI

SHOP, OFFICER = DutyParty.SHOP, DutyParty.OFFICER


def follow(
    state: DutyState,
    deed: DutyDeed,
    party: DutyParty,
    *,
    is_over: bool = False,
    is_asked: bool = False,
    is_decided: bool = False,
) -> DutyState:
    return next_state(state, deed, party, is_over=is_over, is_longer_asked=is_asked, is_longer_decided=is_decided)


def test_an_answer_is_taken_in_time_and_late_and_only_from_the_shop() -> None:
    for is_late in (False, True):
        assert follow(DutyState.WITH_SHOP, DutyDeed.ANSWER, SHOP, is_over=is_late) is DutyState.ANSWERED
        assert follow(DutyState.RETURNED, DutyDeed.ANSWER, SHOP, is_over=is_late) is DutyState.ANSWERED
    with pytest.raises(NoSuchStep):
        follow(DutyState.WITH_SHOP, DutyDeed.ANSWER, OFFICER)
    with pytest.raises(NoSuchStep):
        follow(DutyState.ANSWERED, DutyDeed.ANSWER, SHOP)


def test_a_longer_limit_is_asked_for_once_and_in_time_and_decided_once() -> None:
    ask, grant = DutyDeed.ASK_LONGER, DutyDeed.GRANT_LONGER
    assert follow(DutyState.WITH_SHOP, ask, SHOP) is DutyState.WITH_SHOP
    assert follow(DutyState.RETURNED, grant, OFFICER, is_asked=True, is_over=True) is DutyState.RETURNED
    for wrong in (
        {"deed": ask, "party": SHOP, "is_over": True},
        {"deed": ask, "party": SHOP, "is_asked": True, "is_decided": True},
        {"deed": grant, "party": OFFICER},
        {"deed": grant, "party": OFFICER, "is_asked": True, "is_decided": True},
        {"deed": DutyDeed.REFUSE_LONGER, "party": SHOP, "is_asked": True},
    ):
        with pytest.raises(NoSuchStep):
            follow(DutyState.WITH_SHOP, **wrong)  # type: ignore[arg-type]  # a table of keywords


def test_nothing_is_closed_as_not_done_before_its_limit_has_passed() -> None:
    for state in (DutyState.WITH_SHOP, DutyState.RETURNED, DutyState.ANSWERED):
        assert follow(state, DutyDeed.CLOSE_NOT_DONE, OFFICER, is_over=True) is DutyState.NOT_DONE
        with pytest.raises(NoSuchStep):
            follow(state, DutyDeed.CLOSE_NOT_DONE, OFFICER)


def test_what_is_closed_stays_closed() -> None:
    closed = [state for state, holder in HOLDERS.items() if holder is DutyParty.NOBODY]
    assert set(closed) == {DutyState.DONE, DutyState.NOT_DONE, DutyState.REVOKED}
    for state in closed:
        for deed in DutyDeed:
            for party in (SHOP, OFFICER):
                with pytest.raises(NoSuchStep):
                    follow(state, deed, party, is_over=True, is_asked=True)


def test_the_lists_and_the_clock_agree_on_the_second_when_a_limit_has_passed() -> None:
    due_at = datetime(2026, 11, 28, 0, 0, tzinfo=SHANGHAI)
    for milliseconds in (0, 999, 1000, 1001):
        now = due_at + timedelta(milliseconds=milliseconds)
        assert (due_at <= latest_missed(now)) == is_over(due_at, now) == (milliseconds >= 1000)


def test_every_template_has_only_gaps_that_can_be_filled() -> None:
    for template in load_templates().values():
        assert unknown_gaps(template.title + template.text) == []
    assert gaps_of(load_templates()["not_uploaded"].text) == [Gap.COMPANY_NAME, Gap.LAST_UPLOAD]
    assert unknown_gaps("{企业名称}，{余额}，{余额}") == ["余额"]


def test_a_gap_is_filled_and_words_of_a_shop_are_never_taken_for_a_gap() -> None:
    assert fill("{企业名称}：{最后上传}", {"企业名称": "{最后上传}"}) == "{最后上传}：{最后上传}"
    assert fill("{企业名称}，请上传。", {"企业名称": "甲店"}) == "甲店，请上传。"


def test_every_basis_names_its_rule_and_says_what_nobody_has_read() -> None:
    bases = load_bases()
    assert "archive_upload" in bases
    read = {basis.key for basis in bases.values() if "待核" not in basis.clause}
    assert read == {"not_filed", "business_conditions"}
    assert bases["not_filed"].words == "《中华人民共和国道路运输条例》第六十五条：从事维修经营未按规定备案"
