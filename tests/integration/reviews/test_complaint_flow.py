"""投诉: its deadlines, what is masked and removed, and the public figures, on a real database."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from tests.integration.reviews.case_world import COUNTY_DUE, SECOND, SHOP_DUE, SUBMITTED, World

from chedang.platform.sealing import CannotOpen, Sealer
from chedang.reviews import case_figures, cases, complaints
from chedang.reviews.case_model import CaseState, Category, Deed, NotAllowed, Party, RefusalReason, Topic
from chedang.reviews.clocks import last_day
from chedang.reviews.complaints import Grievance
from chedang.reviews.models.cases import Case
from chedang.reviews.models.complaints import Complaint

PHONE = "14200001234"


@pytest.fixture
def sealer(tmp_path: Path) -> Sealer:
    return Sealer(tmp_path, complaints.SEALING_PURPOSE)


def complain(world: World, sealer: Sealer, *, now: datetime = SUBMITTED) -> Case:
    return complaints.complain(
        world.owner,
        world.visit(),
        Grievance(Category.QUALITY, "免费返工", "更换后仍漏油", PHONE),
        (),
        evidence=world.evidence,
        sealer=sealer,
        plate_number=world.car.plate_number,
        node_code="33",
        now=now,
    )


def test_each_stage_has_its_deadline_and_nobodys_silence_but_the_owners_ends_it(world: World, sealer: Sealer) -> None:
    case = complain(world, sealer)
    assert case.number == "33-T2611-000001"
    days = [last_day(case.due_at)] if case.due_at else []
    for deed, actor in ((Deed.ACCEPT, world.county), (Deed.FORWARD, world.county), (Deed.REPLY, world.shop)):
        moved = cases.act(case.number, deed, actor, text="", now=SUBMITTED)
        days += [last_day(moved.due_at)] if moved.due_at else []
    # 5 and 10 working days after Friday, 20 November; 45 from the submission, over the year's end without a notice yet
    assert (days[0], days[2], days[1] == days[3]) == (date(2026, 11, 27), date(2026, 12, 4), True)
    mediated = cases.act(case.number, Deed.MEDIATE, world.county, text="同意返工", now=SUBMITTED)
    assert mediated.due_at == COUNTY_DUE
    seen = world.look(case, COUNTY_DUE + SECOND)
    assert (seen.state, seen.outcome, seen.closed_at) == (CaseState.CLOSED, CaseState.CLOSED, COUNTY_DUE)


def test_an_unanswered_complaint_stays_where_it_is_and_is_overdue(world: World, sealer: Sealer) -> None:
    case = complain(world, sealer)
    later = SHOP_DUE + timedelta(days=30)
    assert world.look(case, later).state == CaseState.SUBMITTED
    assert cases.overdue(Case.objects.all(), later).get() == case
    assert cases.due_numbers(later) == []


def test_a_refusal_needs_a_reason_of_at_most_250_characters(world: World, sealer: Sealer) -> None:
    case = complain(world, sealer)
    for text in ("", " ", "字" * 251):
        with pytest.raises(NotAllowed, match="250"):
            complaints.dismiss(case.number, world.county, RefusalReason.NO_FACTS, text, now=SUBMITTED)
    refused = complaints.dismiss(case.number, world.county, RefusalReason.NO_FACTS, "字" * 250, now=SUBMITTED)
    assert (refused.state, Complaint.objects.get(case=refused).refusal_reason) == ("refused", "no_facts")
    reopened = cases.act(case.number, Deed.REOPEN, world.me, text="", now=SUBMITTED + timedelta(days=1))
    assert (reopened.state, reopened.begun_at) == (CaseState.SUBMITTED, SUBMITTED + timedelta(days=1))


def test_a_contact_is_sealed_for_its_case_and_forgotten_after_the_end(world: World, sealer: Sealer) -> None:
    case = complain(world, sealer)
    assert complaints.contact_of(case, sealer) == PHONE
    sealed = bytes(Complaint.objects.get(case=case).contact_sealed or b"")
    assert PHONE.encode() not in sealed
    with pytest.raises(CannotOpen):
        sealer.open(sealed, "33-T2611-000002")
    complaints.dismiss(case.number, world.county, RefusalReason.OTHER, "不属于", now=SUBMITTED)
    cases.act(case.number, Deed.AGREE, world.me, text="", now=SUBMITTED)
    assert complaints.forget_contacts(SUBMITTED + timedelta(days=29)) == 0
    assert complaints.forget_contacts(SUBMITTED + timedelta(days=30)) == 1
    assert complaints.contact_of(Case.objects.get(pk=case.pk), sealer) == ""


def test_the_owner_says_whether_it_is_solved_and_the_officer_closes_it(world: World, sealer: Sealer) -> None:
    case = complain(world, sealer)
    for deed in (Deed.ACCEPT, Deed.FORWARD, Deed.MEDIATE):
        cases.act(case.number, deed, world.county, text="调解", now=SUBMITTED)
    with pytest.raises(NotAllowed):
        complaints.judge_mediation(case.number, world.me, is_solved=True, satisfaction=6, text="", now=SUBMITTED)
    unsolved = complaints.judge_mediation(
        case.number, world.me, is_solved=False, satisfaction=2, text="没有返工", now=SUBMITTED
    )
    assert (unsolved.outcome, unsolved.is_agreed) == (CaseState.UNSOLVED, False)
    again = cases.act(case.number, Deed.MEDIATE, world.county, text="再约", now=SUBMITTED)
    assert (again.outcome, again.decided_at) == ("", None)
    handed_over = complaints.hand_over(case.number, world.county, "ZJ-1", now=SUBMITTED)
    assert (handed_over.holder, handed_over.due_at) == (Party.HOTLINE, None)


def test_public_figures_are_the_lists_behind_them(world: World, sealer: Sealer) -> None:
    complain(world, sealer)  # no correction
    in_time, late, silent = (world.report(topic) for topic in (Topic.MILEAGE, Topic.DATE, Topic.ITEMS))
    answered_at = SUBMITTED + timedelta(days=4)  # two working days later
    world.amend(in_time, world.shop, now=answered_at, mileage="12000")
    assert world.look(late, SHOP_DUE + SECOND).state == CaseState.WITH_COUNTY
    cases.act(late.number, Deed.REFUSE, world.county, text="没有依据", now=COUNTY_DUE)
    now = COUNTY_DUE + SECOND
    world.look(silent, now)
    (row,) = case_figures.by_county(now=now)
    told = (row.division_code, row.opened, row.decided, row.in_time, row.overdue, row.median_working_days)
    assert told == ("330106", 3, 2, 1, 1, 6.0)  # 2 and 10 working days
    for name in case_figures.SELECTIONS:
        assert case_figures.select(name, Case.objects.all(), now=now).count() == getattr(row, name)
    (shop,) = case_figures.by_shop(now=now)
    assert (shop.company_code, shop.overdue) == (world.shop_code, 1)
    a_year_later = now + timedelta(days=366)
    assert [row.opened for row in case_figures.by_county(now=a_year_later)] == [0]  # still overdue, so still told
