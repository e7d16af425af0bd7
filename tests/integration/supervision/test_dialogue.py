"""Notices and orders to correct on a real database: who gets them, receipts, limits to the second, races, retention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections
from tests.integration.supervision.letters import CODE, DUE, ISSUED, SECOND, Letters, make_user
from tests.unit.platform.test_images import photo

from chedang.platform.sealed_files import SealedFiles
from chedang.reviews.clocks import last_day
from chedang.site.databases import named_database
from chedang.supervision import duties, notices
from chedang.supervision.counting import SupervisionCounts, counts_of, overdue
from chedang.supervision.model import DutyDeed, DutyKind, DutyState, NotAllowed, NoticeState, Overtaken
from chedang.supervision.models.duties import Duty, DutyEvidence, DutyStep
from chedang.supervision.models.notices import Notice, Recipient

DAY = timedelta(days=1)
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture
def letters(database_url: str, tmp_path: Path) -> Iterator[Letters]:
    with named_database(database_url, "default"):
        made = Letters.make(database_url, tmp_path)
        yield made
        made.province.connection.close()


def test_a_notice_to_all_reaches_the_approved_shops_of_the_division_with_their_own_words(letters: Letters) -> None:
    codes, names = letters.province.shops, letters.province.names
    letters.province.upload("one", letters.province.family_car, date(2026, 11, 2), "1000")
    letters.province.connection.commit()
    sent = letters.send(text="{企业名称}：{最后上传}，{有疑问记录}，{逾期反馈}，{备案到期}。")
    assert (sent.state, sent.recipient_count) == (NoticeState.SENT, 2)
    assert letters.recipient(sent, "two").fills == {
        "企业名称": names["two"],
        "最后上传": "从未上传",
        "有疑问记录": "0",
        "逾期反馈": "0",
        "备案到期": letters.recipient(sent, "two").fills["备案到期"],
    }
    assert letters.recipient(sent).fills["最后上传"] == "2026-11-02（18 天前）"
    of_silent = letters.send(silent_days=30)
    assert list(of_silent.recipients.values_list("company_code", flat=True)) == [codes["two"]]
    assert notices.would_reach(of_silent, now=ISSUED) == 1


def test_a_shop_of_another_division_or_class_gets_nothing_whoever_names_it(letters: Letters) -> None:
    codes = letters.province.shops
    chosen = letters.send(is_to_all=False, audience=(codes["one"], codes["ningbo"], codes["waiting"], "000"))
    assert set(chosen.recipients.values_list("company_code", flat=True)) == {codes["one"], codes["waiting"]}
    with pytest.raises(NotAllowed, match="没有符合条件的企业"):
        letters.send(audience=("99",))
    with pytest.raises(NotAllowed, match="没有符合条件的企业"):
        letters.send(is_to_all=False, audience=(codes["ningbo"],))
    assert set(Notice.objects.in_scope(letters.elsewhere)) == set()
    assert chosen in Notice.objects.in_scope(letters.city)


def test_what_was_sent_is_sent_once_and_never_changed(letters: Letters) -> None:
    draft = letters.draft()
    again = letters.draft(public_id=draft.public_id, title="请尽快上传")
    assert (again.pk, again.title) == (draft.pk, "请尽快上传")
    for _each in range(2):
        sent = notices.send(draft.public_id, letters.county, now=ISSUED)
    assert sent.recipient_count == Recipient.objects.count() == 2
    with pytest.raises(Overtaken):
        letters.draft(public_id=draft.public_id)
    with pytest.raises(Overtaken):
        notices.drop_draft(draft.public_id, letters.county)
    for words in ({"title": " "}, {"text": "{余额}"}, {"is_to_all": False}, {"title": "字" * 101}):
        with pytest.raises(NotAllowed):
            letters.draft(**words)
    with pytest.raises(NotAllowed, match="现在不能发出"):
        notices.send(letters.draft().public_id, letters.city, now=ISSUED)


def test_the_first_reader_stays_the_reader(letters: Letters) -> None:
    notice = letters.send(asks_acknowledgement=True)
    code = letters.province.shops["one"]
    assert counts_of(code, ISSUED) == SupervisionCounts(1, 0, 0)
    notices.read(letters.recipient(notice), letters.clerk, now=ISSUED + SECOND)
    notices.read(letters.recipient(notice), letters.manager, now=ISSUED + DAY)
    for reader, at in ((letters.manager, ISSUED + DAY), (letters.clerk, ISSUED + 2 * DAY)):
        notices.acknowledge(letters.recipient(notice), reader, now=at)
    row = letters.recipient(notice)
    assert (row.read_at, row.read_by) == (ISSUED + SECOND, letters.clerk)
    assert (row.acknowledged_at, row.acknowledged_by) == (ISSUED + DAY, letters.manager)
    assert counts_of(code, ISSUED).unread_notices == 0


def test_a_withdrawn_notice_stays_with_its_reason_and_is_nothing_to_do(letters: Letters) -> None:
    notice = letters.send(letters.city)
    with pytest.raises(NotAllowed, match="上级机关"):
        notices.withdraw(notice.public_id, letters.county, "写错了", now=ISSUED)
    with pytest.raises(NotAllowed, match="原因"):
        notices.withdraw(notice.public_id, letters.city, " ", now=ISSUED)
    for _each in range(2):
        taken = notices.withdraw(notice.public_id, letters.city, "写错了", now=ISSUED + DAY)
    assert (taken.state, taken.withdrawal_reason, taken.withdrawn_at) == ("withdrawn", "写错了", ISSUED + DAY)
    assert Recipient.objects.filter(notice=notice).count() == 2
    assert counts_of(letters.province.shops["one"], ISSUED).unread_notices == 0
    with pytest.raises(NotAllowed):
        notices.acknowledge(letters.recipient(notice), letters.clerk, now=ISSUED)


def test_a_notice_goes_with_its_receipts_after_two_years(letters: Letters) -> None:
    letters.send()
    assert notices.forget_old(ISSUED + notices.KEPT) == 0
    assert notices.forget_old(ISSUED + notices.KEPT + SECOND) == 1
    assert not Recipient.objects.exists()


def test_an_order_goes_its_way_and_its_history_only_grows(letters: Letters) -> None:
    duty = letters.issue()
    assert (duty.state, duty.due_at, duty.step_count) == (DutyState.WITH_SHOP, DUE, 1)
    assert "待核" in duty.basis_words
    assert letters.issue().pk == duty.pk  # the button pressed twice
    answered = letters.answer(seen=1, now=ISSUED + DAY, files=(photo(), PDF))
    assert (answered.state, answered.is_answered_late) == (DutyState.ANSWERED, False)
    county = letters.officer(letters.county)
    returned = duties.return_answer(CODE, county, 2, "还缺三条", seen=2, now=ISSUED + 3 * DAY)
    assert (returned.state, last_day(returned.due_at)) == (DutyState.RETURNED, date(2026, 11, 25))
    letters.answer("补齐了", seen=3, now=ISSUED + 4 * DAY)
    done = duties.close(CODE, DutyDeed.ACCEPT, county, "", seen=4, now=ISSUED + 5 * DAY)
    assert (done.state, done.closed_at) == (DutyState.DONE, ISSUED + 5 * DAY)
    steps = list(DutyStep.objects.filter(duty=duty).values_list("place", "deed", "evidence_count"))
    assert steps == [(1, "issue", 0), (2, "answer", 2), (3, "return", 0), (4, "answer", 0), (5, "accept", 0)]
    step = DutyStep.objects.filter(duty=duty)[0]
    for change in (step.save, step.delete, DutyStep.objects.all().delete, lambda: DutyStep.objects.update(text="")):
        with pytest.raises(TypeError):
            change()


def test_an_order_needs_its_basis_its_words_and_a_shop_of_the_division(letters: Letters) -> None:
    for wrong in ({"basis": ""}, {"basis": "none"}, {"what": " "}, {"days": 0}, {"days": 61}, {"what": "字" * 1001}):
        with pytest.raises(NotAllowed):
            letters.issue(**wrong)
    with pytest.raises(NotAllowed, match="辖区"):
        letters.issue(letters.elsewhere)
    assert not Duty.objects.exists()
    assert letters.issue(kind=DutyKind.URGE, basis="").basis == ""
    with pytest.raises(Overtaken):
        letters.issue(what="别的")


def test_a_limit_passes_with_its_second_and_only_then_it_may_be_closed_as_not_done(letters: Letters) -> None:
    duty, code = letters.issue(), letters.province.shops["one"]
    county = letters.officer(letters.county)
    for now, is_overdue in ((DUE, 0), (DUE + timedelta(milliseconds=999), 0), (DUE + SECOND, 1)):
        assert counts_of(code, now) == SupervisionCounts(0, 1, is_overdue)
        assert overdue(Duty.objects.in_scope(letters.city), now).count() == is_overdue
        assert duties.waiting_for_officer(Duty.objects.all(), now).count() == is_overdue
        assert duties.may(duty, DutyDeed.CLOSE_NOT_DONE, county.party, now=now) is bool(is_overdue)
    with pytest.raises(NotAllowed):
        duties.close(CODE, DutyDeed.CLOSE_NOT_DONE, county, "没有改", seen=1, now=DUE)
    late = letters.answer(seen=1, now=DUE + SECOND)
    assert (late.state, late.is_answered_late) == (DutyState.ANSWERED, True)
    closed = duties.close(CODE, DutyDeed.CLOSE_NOT_DONE, county, "没有改", seen=2, now=DUE + DAY)
    assert closed.state == DutyState.NOT_DONE
    assert counts_of(code, DUE + DAY) == SupervisionCounts(0, 0, 0)


def test_a_longer_limit_counts_from_the_end_of_the_first(letters: Letters) -> None:
    letters.issue()
    county = letters.officer(letters.county)
    asked = duties.ask_longer(CODE, letters.shop, 3, "等配件", seen=1, now=ISSUED)
    assert (asked.state, asked.due_at) == (DutyState.WITH_SHOP, DUE)
    assert duties.waiting_for_officer(Duty.objects.all(), ISSUED).count() == 1
    given = duties.decide_longer(CODE, county, "", is_granted=True, seen=2, now=ISSUED + DAY)
    assert last_day(given.due_at) == date(2026, 12, 2)
    with pytest.raises(NotAllowed):
        duties.ask_longer(CODE, letters.shop, 3, "还要等", seen=3, now=ISSUED + DAY)
    letters.issue(code="22222222")
    duties.ask_longer("22222222", letters.shop, 3, "等配件", seen=1, now=ISSUED)
    with pytest.raises(NotAllowed, match="理由"):
        duties.decide_longer("22222222", county, "", is_granted=False, seen=2, now=ISSUED)
    refused = duties.decide_longer("22222222", county, "期限已够", is_granted=False, seen=2, now=ISSUED)
    assert refused.due_at == DUE
    assert duties.waiting_for_officer(Duty.objects.all(), ISSUED).count() == 0


def test_a_county_sees_what_the_city_ordered_and_decides_nothing(letters: Letters) -> None:
    duty = letters.issue(letters.city)
    letters.answer(seen=1, now=ISSUED)
    assert duty in Duty.objects.in_scope(letters.county)
    assert duty not in Duty.objects.in_scope(letters.elsewhere)
    for user in (letters.county, letters.elsewhere):
        with pytest.raises(NotAllowed, match="办理"):
            duties.close(CODE, DutyDeed.ACCEPT, letters.officer(user), "", seen=2, now=ISSUED)
    province = make_user("regulator", "province", division_code="330000")
    assert duties.close(CODE, DutyDeed.ACCEPT, letters.officer(province), "", seen=2, now=ISSUED).state == "done"


def test_evidence_is_sealed_for_its_order_and_gone_thirty_days_after_the_end(letters: Letters, tmp_path: Path) -> None:
    letters.issue()
    for wrong in (b"no photo", b"%PDF-1.7 cut off", b"%PDF-" + b"x" * (8 << 20) + b"%%EOF"):
        with pytest.raises(NotAllowed):
            letters.answer(seen=1, now=ISSUED, files=(wrong,))
    with pytest.raises(NotAllowed, match="6 个"):
        letters.answer(seen=1, now=ISSUED, files=(PDF,) * 7)
    letters.answer(seen=1, now=ISSUED, files=(PDF,))
    letters.answer(seen=1, now=ISSUED, files=(PDF,))  # the page sent twice
    (row,) = DutyEvidence.objects.select_related("duty")
    (path,) = (tmp_path / "duty-evidence").iterdir()
    assert PDF not in path.read_bytes()
    assert SealedFiles(tmp_path, "duty-evidence").get(row.file_id, f"22222222/{row.file_id}") is None
    duties.close(CODE, DutyDeed.REVOKE, letters.officer(letters.county), "发错了", seen=2, now=ISSUED)
    assert letters.evidence.remove_old(ISSUED + 30 * DAY - SECOND) == 0
    assert letters.evidence.read(row) == PDF
    assert letters.evidence.remove_old(ISSUED + 30 * DAY) == 1
    row.refresh_from_db()
    assert letters.evidence.read(row) is None
    assert not path.exists()


def test_of_two_officers_at_once_one_decides_and_the_other_is_told(letters: Letters) -> None:
    letters.issue()
    letters.answer(seen=1, now=ISSUED)
    start = Barrier(2)

    def accept() -> str:
        start.wait()
        actor = letters.officer(letters.county)
        return _told(lambda: duties.close(CODE, DutyDeed.ACCEPT, actor, "", seen=2, now=ISSUED))

    def give_back() -> str:
        start.wait()
        actor = letters.officer(letters.city)
        return _told(lambda: duties.return_answer(CODE, actor, 3, "还缺", seen=2, now=ISSUED))

    told = _at_once(accept, give_back)
    assert sorted(told) in (["done", "overtaken"], ["overtaken", "returned"])
    assert Duty.objects.get(code=CODE).step_count == DutyStep.objects.count() == 3


def test_a_notice_sent_by_two_at_once_is_delivered_once(letters: Letters) -> None:
    draft = letters.draft()
    start = Barrier(2)

    def send() -> str:
        start.wait()
        return _told(lambda: notices.send(draft.public_id, letters.county, now=ISSUED))

    assert _at_once(send, send) == ["sent", "sent"]
    assert Recipient.objects.count() == 2


def _told(deed: Callable[[], Duty | Notice]) -> str:
    try:
        return str(deed().state)
    except Overtaken:
        return "overtaken"
    finally:
        connections.close_all()


def _at_once(*deeds: Callable[[], str]) -> list[str]:
    with ThreadPoolExecutor(len(deeds)) as threads:
        return [done.result() for done in [threads.submit(deed) for deed in deeds]]
