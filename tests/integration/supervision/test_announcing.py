"""公告: two officers, one history, nobody outruns the other; and the list of software."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from msgspec.structs import replace
from tests.integration.supervision.letters import make_user

from chedang.supervision import announcing, software_list
from chedang.supervision.announcement_model import (
    AnnouncementDeed,
    AnnouncementKind,
    AnnouncementState,
    NoSuchStep,
    next_state,
)
from chedang.supervision.announcing import Author, Papers, Words
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.announcements import Announcement, AnnouncementStep
from chedang.supervision.software_list import NewSoftware
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=SHANGHAI)
ID = "00112233445566ff"
WORDS = Words(AnnouncementKind.POLICY, "关于及时上传的通知", "请各企业\n\n及时上传。", "虚构〔2026〕1号")
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
Deed = AnnouncementDeed


@pytest.fixture
def desk(django_database: str) -> Iterator[dict[str, Author]]:
    people = {
        "first": make_user("regulator", "first", division_code="330100"),
        "second": make_user("regulator", "second", division_code="330100"),
        "above": make_user("regulator", "above", division_code="330000"),
        "foreign": make_user("regulator", "foreign", division_code="330200"),
    }
    yield {name: Author(user, f"{name}机关") for name, user in people.items()}
    connections.close_all()


def act(author: Author, deed: Deed, seen: int, **given: Any) -> Announcement:
    return announcing.act(ID, deed, author, seen=seen, now=given.pop("now", NOW), **given)


def published(desk: dict[str, Author], **given: Any) -> Announcement:
    announcing.write(ID, WORDS, desk["first"], seen=0, now=NOW)
    act(desk["first"], Deed.SUBMIT, 1)
    act(desk["second"], Deed.CHECK, 2)
    return act(desk["first"], Deed.PUBLISH, 3, **given)


def test_it_is_public_after_a_second_officer_has_checked_it_and_from_its_day_on(desk: dict[str, Author]) -> None:
    found = published(desk, shown_from=NOW + timedelta(days=2))
    assert found.state == AnnouncementState.PUBLISHED
    assert not Announcement.objects.public(NOW + timedelta(days=1)).exists()
    assert Announcement.objects.public(NOW + timedelta(days=2)).get().title == WORDS.title
    deeds = [(step.deed, step.actor.username) for step in found.steps.all()]
    assert deeds == [("write", "first"), ("submit", "first"), ("check", "second"), ("publish", "first")]


def test_whoever_wrote_on_it_cannot_check_it(desk: dict[str, Author]) -> None:
    announcing.write(ID, WORDS, desk["first"], seen=0, now=NOW)
    announcing.write(ID, Words(WORDS.kind, "改过的标题", WORDS.text), desk["second"], seen=1, now=NOW)
    act(desk["first"], Deed.SUBMIT, 2)
    for author in (desk["first"], desk["second"]):
        with pytest.raises(NotAllowed, match="起草人不能复核"):
            act(author, Deed.CHECK, 3)
    assert act(desk["above"], Deed.CHECK, 3).state == AnnouncementState.CHECKED


def test_checked_words_cannot_change_unless_it_is_returned(desk: dict[str, Author]) -> None:
    announcing.write(ID, WORDS, desk["first"], seen=0, now=NOW)
    act(desk["first"], Deed.SUBMIT, 1)
    act(desk["second"], Deed.CHECK, 2)
    other = Words(WORDS.kind, "改过的标题", WORDS.text)
    with pytest.raises(Overtaken):
        announcing.write(ID, other, desk["first"], seen=3, now=NOW)
    with pytest.raises(NotAllowed, match="请写明原因"):
        act(desk["above"], Deed.RETURN, 3)
    act(desk["above"], Deed.RETURN, 3, words="日期有误")
    assert announcing.write(ID, other, desk["first"], seen=4, now=NOW).title == "改过的标题"
    assert AnnouncementStep.objects.get(place=3).title == WORDS.title


def test_a_foreign_officer_finds_nothing_and_writes_over_nothing(desk: dict[str, Author]) -> None:
    announcing.write(ID, WORDS, desk["first"], seen=0, now=NOW)
    with pytest.raises(NotAllowed):
        act(desk["foreign"], Deed.SUBMIT, 1)
    for name in ("foreign", "above"):
        with pytest.raises(NotAllowed, match="本机关"):
            announcing.write(ID, Words(WORDS.kind, "别的", "别的"), desk[name], seen=1, now=NOW)
    with pytest.raises(NotAllowed, match="本机关"):
        act(desk["above"], Deed.DROP, 1)


def test_a_draft_saved_twice_at_once_is_one(desk: dict[str, Author]) -> None:
    start = Barrier(2)

    def one(_press: int) -> int:
        start.wait()
        try:
            return announcing.write(ID, WORDS, desk["first"], seen=0, now=NOW).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(one, range(2)))) == 1
    assert Announcement.objects.get().step_count == 1


def test_the_same_deed_again_is_a_repeat_and_of_two_at_once_one_is_late(desk: dict[str, Author]) -> None:
    announcing.write(ID, WORDS, desk["first"], seen=0, now=NOW)
    announcing.write(ID, WORDS, desk["first"], seen=0, now=NOW)
    act(desk["first"], Deed.SUBMIT, 1)
    act(desk["first"], Deed.SUBMIT, 1)
    assert Announcement.objects.get().step_count == 2
    start = Barrier(2)

    def one(name: str, deed: Deed) -> str:
        start.wait()
        try:
            return str(act(desk[name], deed, 2, words="日期有误" if deed is Deed.RETURN else "").state)
        except Overtaken:
            return "late"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(one, ("second", "above"), (Deed.CHECK, Deed.RETURN)))
    assert answers in (["checked", "late"], ["draft", "late"])
    assert Announcement.objects.get().step_count == 3


def test_a_withdrawn_one_keeps_its_reason(desk: dict[str, Author]) -> None:
    published(desk)
    found = act(desk["above"], Deed.WITHDRAW, 4, words="文号写错")
    assert (found.state, found.withdrawal_reason) == (AnnouncementState.WITHDRAWN, "文号写错")
    assert not Announcement.objects.public(NOW).exists()


def test_papers_are_pdfs_of_drafts(desk: dict[str, Author], tmp_path: Path) -> None:
    papers = Papers(tmp_path)
    announcing.write(ID, WORDS, desk["first"], seen=0, now=NOW)
    with pytest.raises(NotAllowed):
        papers.add(ID, "图", b"GIF89a", desk["first"], now=NOW)
    paper = papers.add(ID, "全文", PDF, desk["first"], now=NOW)
    assert papers.read(paper) == PDF
    assert papers.add(ID, "全文", PDF, desk["first"], now=NOW) == paper
    assert papers.add(ID, "全文", PDF + b" ", desk["first"], now=NOW) != paper
    with pytest.raises(Overtaken):
        papers.add(ID, "全文", PDF, desk["above"], now=NOW)
    act(desk["first"], Deed.SUBMIT, 1)
    with pytest.raises(Overtaken):
        papers.take_off(ID, paper.file_id, desk["first"])
    assert papers.read(paper) == PDF


@pytest.mark.parametrize(
    "words", [Words(WORDS.kind, " ", "有"), Words(WORDS.kind, "有", "\n"), Words(WORDS.kind, "长" * 101, "有")]
)
def test_without_words_there_is_no_announcement(desk: dict[str, Author], words: Words) -> None:
    with pytest.raises(NotAllowed):
        announcing.write(ID, words, desk["first"], seen=0, now=NOW)


def test_nothing_leads_out_of_the_last_states() -> None:
    for state in (AnnouncementState.WITHDRAWN, AnnouncementState.DROPPED):
        for deed in Deed:
            with pytest.raises(NoSuchStep):
                next_state(state, deed)


def test_a_software_stands_on_the_list_from_its_first_day_to_its_last(desk: dict[str, Author]) -> None:
    today, officer = date(2026, 11, 20), desk["first"].user
    new = NewSoftware("虚构维修管家", "虚构软件有限公司", "3.1", "原生接口", date(2027, 11, 20))
    entry = software_list.put_on(new, officer, authority="杭州", today=today)
    assert software_list.put_on(new, officer, authority="杭州", today=today).pk == entry.pk
    assert list(software_list.listed(date(2027, 11, 20))) == [entry]
    assert list(software_list.listed(date(2027, 11, 21))) == []
    with pytest.raises(NotAllowed):
        software_list.take_off(entry.public_id, "不再符合", desk["above"].user, today=today)
    with pytest.raises(NotAllowed):
        software_list.take_off(entry.public_id, " ", officer, today=today)
    software_list.take_off(entry.public_id, "不再符合", officer, today=date(2026, 12, 1))
    assert list(software_list.listed(date(2026, 11, 30))) == [entry]
    assert list(software_list.listed(date(2026, 12, 1))) == []
    assert software_list.put_on(new, officer, authority="杭州", today=date(2026, 12, 2)).pk != entry.pk


def test_a_software_whose_time_is_over_is_listed_anew_and_a_standing_one_does_not_change(
    desk: dict[str, Author],
) -> None:
    officer = desk["first"].user
    new = NewSoftware("虚构维修管家", "虚构软件有限公司", "3.1", "原生接口", date(2027, 11, 20))
    first = software_list.put_on(new, officer, authority="杭州", today=date(2026, 11, 20))
    later = replace(new, until_on=date(2032, 11, 30))
    with pytest.raises(Overtaken, match="先移出"):
        software_list.put_on(
            replace(new, until_on=date(2028, 1, 1)), officer, authority="杭州", today=date(2027, 11, 20)
        )
    second = software_list.put_on(later, officer, authority="杭州", today=date(2027, 11, 30))  # five years to the day
    assert second.pk != first.pk
    assert list(software_list.listed(date(2027, 11, 30))) == [second]
    assert list(software_list.listed(date(2027, 11, 20))) == [first]
    first.refresh_from_db()
    assert (first.ended_on, first.end_reason) == (date(2027, 11, 21), "有效期满")


@pytest.mark.parametrize("until_on", [date(2026, 11, 20), date(2031, 11, 21), date(2032, 1, 1)])
def test_a_software_is_listed_for_a_day_to_come_within_five_years(desk: dict[str, Author], until_on: date) -> None:
    new = NewSoftware("虚构维修管家", "虚构软件有限公司", "3.1", "", until_on)
    with pytest.raises(NotAllowed):
        software_list.put_on(new, desk["first"].user, authority="杭州", today=date(2026, 11, 20))
