"""Reminders on a real database: one condition for count, list and notice; the ladder; the end when it is put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from pypdf import PdfReader
from tests.integration.supervision.letters import CODE, ISSUED, SECOND, Letters

from chedang.access import sms
from chedang.filing import staff_phones
from chedang.platform.workdays import add_working_days
from chedang.reviews.clocks import deadline
from chedang.site.databases import named_database
from chedang.supervision import notices, reminding, reminding_fixed, reminding_letters, reminding_sms, shops
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.notices import Notice, Recipient
from chedang.supervision.models.reminders import Reminder, ReminderStep
from chedang.supervision.reminding import Words
from chedang.supervision.reminding_model import Concern, ReminderDeed, ReminderState, Rung
from chedang.supervision.shops import ShopQuery
from chedang.terms.dates import day_in_china

DAY = timedelta(days=1)
TODAY = day_in_china(ISSUED)
NOTICE = "0123456789abcdef"
WORDS = Words("请上传", "{企业名称}：{最后上传}，{近期上传}，{有错误记录}。", template="not_uploaded")
SILENT = ShopQuery("330106", concern=Concern.SILENT)


class Desk:
    """A county with two counted shops and a neighbour."""

    def __init__(self, letters: Letters) -> None:
        self.letters = letters
        for name in ("one", "two", "ningbo"):
            self.see(name)

    def see(self, name: str, *, silent_days: int | None = 20, **columns: Any) -> None:
        """What the worker has counted of a shop."""
        connection, code = self.letters.province.connection, self.letters.province.shops[name]
        last_on = None if silent_days is None else TODAY - silent_days * DAY
        given = {
            "company_code": code,
            "company_name": self.letters.province.names[name],
            "division_code": "330212" if name == "ningbo" else "330106",
            "category_code": "02",
            "is_filed": True,
            "is_in_business": True,
            "filed_on": TODAY - 100 * DAY,
            "vendor": "",
            "maker_code": "",
            "first_on": last_on and TODAY - 90 * DAY,
            "last_on": last_on,
        } | columns
        self._put("counted_shop", given)
        connection.commit()

    def judge(self, name: str, **columns: Any) -> None:
        """What the nightly count found about a shop."""
        given = {
            "company_code": self.letters.province.shops[name],
            "counted_on": TODAY,
            "weeks": 1,
            "observed": 3,
            "expected": 30,
            "lower_bound": 14,
            "season": 1,
            "is_falling": True,
            "standing": 0,
            "faulty": 0,
            "doubtful": 0,
        } | columns
        self._put("shop_expectation", given)
        self.letters.province.connection.commit()

    def _put(self, table: str, given: dict[str, Any]) -> None:
        names, places = ", ".join(given), ", ".join(f"%({name})s" for name in given)
        update = ", ".join(f"{name} = excluded.{name}" for name in given)
        self.letters.province.connection.execute(
            f"insert into {table} ({names}) values ({places}) on conflict (company_code) do update set {update}",  # noqa: S608 - our own names
            given,
        )

    def remind(self, wanted: ShopQuery = SILENT, *, code: str = NOTICE, now: datetime = ISSUED) -> Notice:
        return reminding.remind(code, wanted, WORDS, self.letters.county, authority="某机关", now=now)

    def case(self, name: str = "one") -> Reminder:
        return Reminder.objects.get(company_code=self.letters.province.shops[name])

    def deeds(self, name: str = "one") -> list[tuple[str, str]]:
        return list(ReminderStep.objects.filter(reminder=self.case(name)).values_list("deed", "text"))


@pytest.fixture
def desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    with named_database(database_url, "default"):
        letters = Letters.make(database_url, tmp_path)
        yield Desk(letters)
        letters.province.connection.close()


def test_a_number_of_the_queue_is_that_of_its_list_and_of_those_who_are_reminded(desk: Desk) -> None:
    desk.see("two", silent_days=40)
    rows = shops.tally("330106", now=ISSUED)
    assert [(row.over_days, row.upto_days, row.shops, row.waiting, row.longest_days) for row in rows] == [
        (30, None, 1, 1, 40),
        (15, 30, 1, 1, 20),
    ]
    for row in rows:
        wanted = ShopQuery("330106", row.concern, row.over_days, row.upto_days, reminded="no")
        assert shops.count(wanted, now=ISSUED) == row.waiting == len(shops.list_shops(wanted, now=ISSUED, limit=9))
        assert reminding.reach(wanted, now=ISSUED).due == row.waiting
    over_thirty = ShopQuery("330106", Concern.SILENT, 30)
    sent = desk.remind(over_thirty)
    assert [each.company_code for each in sent.recipients.all()] == [desk.letters.province.shops["two"]]
    assert [(row.shops, row.waiting) for row in shops.tally("330106", now=ISSUED)] == [(1, 0), (1, 1)]
    assert [(row.concern, row.shops) for row in shops.tally("330000", now=ISSUED)] == [
        (Concern.SILENT, 1),
        (Concern.SILENT, 2),
    ]


def test_every_concern_is_told_from_what_was_counted_and_by_no_other_word(desk: Desk) -> None:
    desk.see("one", silent_days=None)
    desk.see("two", silent_days=2)
    desk.judge("two", standing=100, faulty=11, doubtful=30)
    listed = {each.company_code: each for each in shops.list_shops(ShopQuery("330106"), now=ISSUED, limit=9)}
    one, two = (listed[desk.letters.province.shops[name]] for name in ("one", "two"))
    assert (one.concern, two.concern, two.observed, two.expected) == (Concern.UNCONNECTED, Concern.FALLING, 3, 30)
    counts = {each.concern: each.shops for each in shops.tally("330106", now=ISSUED)}
    assert counts == {Concern.UNCONNECTED: 1, Concern.FALLING: 1, Concern.ERRORS: 1}
    desk.judge("two", standing=100, faulty=10, doubtful=21, is_falling=False)
    desk.see("one", silent_days=None, filed_on=TODAY - 29 * DAY)
    counts = {each.concern: each.shops for each in shops.tally("330106", now=ISSUED)}
    assert counts == {Concern.DOUBTS: 1}
    desk.see("two", silent_days=40, is_in_business=False)
    assert shops.tally("330106", now=ISSUED) == []


def test_a_list_is_read_page_by_page_from_a_key(desk: Desk) -> None:
    desk.see("one", silent_days=None)
    first = shops.list_shops(ShopQuery("330000"), now=ISSUED, limit=1)
    rest = shops.list_shops(ShopQuery("330000"), now=ISSUED, limit=9, after=first[0].key)
    codes = desk.letters.province.shops
    assert first[0].company_code == codes["one"]
    assert {each.company_code for each in rest} == {codes["two"], codes["ningbo"]}
    wanted = ShopQuery("330000", name=desk.letters.province.names["ningbo"][2:6])
    assert codes["ningbo"] in {each.company_code for each in shops.list_shops(wanted, now=ISSUED, limit=9)}


def test_pressed_twice_it_is_sent_once_and_again_only_after_a_week(desk: Desk) -> None:
    sent = desk.remind()
    assert desk.remind().pk == sent.pk
    assert (sent.recipient_count, Recipient.objects.count(), Reminder.objects.count()) == (2, 2, 2)
    fills = Recipient.objects.get(company_code=desk.letters.province.shops["one"]).fills
    assert fills["近期上传"] == fills["有错误记录"] == "没有统计"
    with pytest.raises(NotAllowed, match="没有要提醒的企业"):
        desk.remind(code="1" * 16, now=ISSUED + 6 * DAY)
    assert Notice.objects.count() == 1
    assert reminding.reach(SILENT, now=ISSUED + 6 * DAY) == reminding.Reach(2, 0, 2, 0, "")
    city = desk.letters.city
    again = reminding.remind("2" * 16, SILENT, WORDS, city, authority="市机关", now=ISSUED + 7 * DAY)
    assert (desk.case().authority, desk.case().authority_code) == ("市机关", "330100")
    assert (again.recipient_count, Reminder.objects.count()) == (2, 2)
    assert [deed for deed, _text in desk.deeds()] == [ReminderDeed.NOTICE, ReminderDeed.NOTICE_AGAIN]
    with pytest.raises(Overtaken):
        desk.remind(code="2" * 16)


def test_two_officers_at_one_list_open_one_case_a_shop(desk: Desk) -> None:
    together = Barrier(2)

    def press(code: str) -> int:
        together.wait()
        try:
            return desk.remind(code=code).recipient_count
        except NotAllowed:
            return 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        sent = list(threads.map(press, ("3" * 16, "4" * 16)))
    assert sum(sent) == Reminder.objects.count() == Recipient.objects.count() == 2


def test_a_shop_of_another_division_is_never_reminded_whoever_names_it(desk: Desk) -> None:
    codes = tuple(desk.letters.province.shops.values())
    sent = desk.remind(ShopQuery("330106", Concern.SILENT, codes=codes))
    assert desk.letters.province.shops["ningbo"] not in set(sent.recipients.values_list("company_code", flat=True))
    with pytest.raises(NotAllowed):
        reminding.end(desk.case().public_id, desk.letters.elsewhere, "不对", organisation="别处", now=ISSUED)
    assert set(Reminder.objects.in_scope(desk.letters.elsewhere)) == set()


def test_an_unread_notice_is_followed_by_one_sms_after_three_working_days_and_not_by_night(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[tuple[str, str]] = []

    class Sender:
        def send(self, number: str, text: str) -> None:
            texts.append((number, text))

    monkeypatch.setattr(sms, "sender", Sender)
    staff_phones.give(desk.letters.manager, "14200001111", now=ISSUED)
    desk.letters.manager.shop_post = "manager"
    desk.letters.manager.save()
    desk.remind()
    due = deadline(ISSUED, 3)
    assert day_in_china(due) == add_working_days(TODAY, 3) + DAY
    morning = due + timedelta(hours=8)
    assert reminding_sms.climb(morning - DAY) == 0
    assert reminding_sms.climb(due + SECOND) == 0
    assert reminding_sms.climb(morning - SECOND) == 0
    assert reminding_sms.climb(due - timedelta(hours=4) + DAY) == 0
    assert reminding_sms.climb(morning) == 1
    assert reminding_sms.climb(morning + DAY) == 0
    ((number, text),) = texts
    assert number == "14200001111"
    assert desk.letters.province.names["one"] not in text
    assert desk.deeds("two")[-1] == (ReminderDeed.SMS_NOT_SENT, "no_phone")
    assert desk.deeds() == [(ReminderDeed.NOTICE, ""), (ReminderDeed.SMS, "")]
    assert ReminderStep.objects.filter(deed=ReminderDeed.SMS, actor=None, organisation="").count() == 1
    assert reminding_sms.send(desk.case().pk, desk.letters.county, organisation="某机关", now=due) is None


def test_a_notice_that_was_read_is_followed_by_no_sms(desk: Desk) -> None:
    sent = desk.remind(ShopQuery("330106", Concern.SILENT, codes=(desk.letters.province.shops["one"],)))
    notices.read(desk.letters.recipient(sent), desk.letters.clerk, now=ISSUED + SECOND)
    assert reminding_sms.climb(ISSUED + 30 * DAY) == 0
    assert desk.case().rung == Rung.NOTICE
    wanted = ShopQuery("330106", Concern.SILENT, reminded="unread")
    assert shops.count(wanted, now=ISSUED) == 0


def test_what_could_not_be_sent_is_said_in_the_history(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.remind()
    monkeypatch.setattr(sms, "sender", lambda: None)
    assert reminding_sms.send(desk.case().pk, desk.letters.county, organisation="某机关", now=ISSUED) == "no_way"
    assert desk.deeds()[-1] == (ReminderDeed.SMS_NOT_SENT, "no_way")
    # A worker that fell in between leaves a mark, and the next one says so
    lost = desk.case("two")
    lost.rung, lost.sms_claimed_at = Rung.SMS, ISSUED
    lost.save()
    reminding_sms.climb(ISSUED + timedelta(hours=1))
    assert desk.deeds("two")[-1] == (ReminderDeed.SMS_NOT_SENT, "interrupted")
    # The list does not claim either that one was sent
    listed = shops.list_shops(ShopQuery("330106", Concern.SILENT, reminded="yes"), now=ISSUED, limit=9)
    assert {shop.is_sms_lost for shop in listed if shop.rung is Rung.SMS} == {True}


def test_letters_go_to_many_shops_in_one_file_once_with_the_facts_of_the_day(desk: Desk) -> None:
    desk.judge("one", standing=50, faulty=20, doubtful=20, is_falling=False)
    desk.remind()
    desk.remind(ShopQuery("330106", Concern.ERRORS), code="5" * 16)
    codes = [desk.letters.province.shops[name] for name in ("one", "two", "ningbo")]
    desk.see("one", silent_days=25)
    letter, again = (
        reminding_letters.write_letter("6" * 16, codes, desk.letters.county, authority="某机关", now=ISSUED)
        for _press in range(2)
    )
    assert again.pk == letter.pk
    assert [len(sheet["facts"]) for sheet in letter.sheets] == [4, 2]
    pdf = reminding_letters.letter_pdf(letter)
    assert pdf == reminding_letters.letter_pdf(letter)
    pages = [page.extract_text().replace("\n", "") for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) == 2
    said = next(text for text in pages if desk.letters.province.shops["one"] in text)
    assert desk.letters.province.names["one"] in said
    assert "已经 25 天没有上传" in said
    assert "某机关于2026年11月20日发出提醒" in said
    assert set(Reminder.objects.values_list("rung", flat=True)) == {Rung.LETTER}
    with pytest.raises(NotAllowed, match="没有等改正的提醒"):
        reminding_letters.write_letter("7" * 16, codes[2:], desk.letters.county, authority="某机关", now=ISSUED)


Mend = Callable[[Desk], None]


@pytest.mark.parametrize(
    ("concern", "begin", "still", "mend"),
    [
        (
            Concern.SILENT,
            lambda desk: None,
            lambda desk: desk.see("one", silent_days=8),
            lambda desk: desk.see("one", silent_days=7),
        ),
        (
            Concern.UNCONNECTED,
            lambda desk: desk.see("one", silent_days=None),
            lambda desk: desk.judge("one", weeks=None, is_falling=False),
            lambda desk: desk.see("one", silent_days=0),
        ),
        (
            Concern.FALLING,
            lambda desk: (desk.see("one", silent_days=1), desk.judge("one")),
            lambda desk: desk.judge("one", is_falling=False, counted_on=TODAY - DAY),
            lambda desk: desk.judge("one", is_falling=False, observed=28),
        ),
        (
            Concern.ERRORS,
            lambda desk: (desk.see("one", silent_days=1), desk.judge("one", is_falling=False, standing=100, faulty=11)),
            lambda desk: desk.judge("one", is_falling=False, standing=19, faulty=0),
            lambda desk: desk.judge("one", is_falling=False, standing=100, faulty=10),
        ),
        (
            Concern.DOUBTS,
            lambda desk: (
                desk.see("one", silent_days=1),
                desk.judge("one", is_falling=False, standing=100, doubtful=21),
            ),
            lambda desk: desk.judge("one", is_falling=True, standing=100, doubtful=30),
            lambda desk: desk.judge("one", is_falling=False, standing=100, doubtful=20),
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, Concern) else "",
)
def test_a_case_closes_itself_when_the_figures_are_right_again_and_not_before(
    desk: Desk, concern: Concern, begin: Mend, still: Mend, mend: Mend
) -> None:
    begin(desk)
    only = ShopQuery("330106", concern, codes=(desk.letters.province.shops["one"],))
    desk.remind(only)
    still(desk)
    assert reminding_fixed.close_fixed(ISSUED) == 0
    mend(desk)
    assert reminding_fixed.close_fixed(ISSUED) == 1
    assert reminding_fixed.close_fixed(ISSUED) == 0
    case = desk.case()
    assert (case.state, case.closed_at) == (ReminderState.FIXED, ISSUED)
    last = case.steps.last()
    assert last is not None
    assert (last.deed, last.actor) == (ReminderDeed.FIXED, None)
    assert last.figures["last_on"]


def test_a_shop_that_left_business_is_reminded_no_further(desk: Desk) -> None:
    desk.remind()
    desk.see("one", is_in_business=False)
    assert reminding_fixed.close_fixed(ISSUED) == 1
    assert desk.case().state == ReminderState.ENDED
    assert desk.deeds()[-1] == (ReminderDeed.ENDED, "not_supervised")


def test_an_order_is_written_into_the_open_cases_of_its_shop_and_an_officer_may_end_one_with_a_reason(
    desk: Desk,
) -> None:
    desk.remind()
    duty = desk.letters.issue()
    assert reminding.link_order(duty, desk.letters.county, organisation="某机关", now=ISSUED) == 1
    assert reminding.link_order(duty, desk.letters.county, organisation="某机关", now=ISSUED) == 0
    assert desk.case().duty == duty
    assert desk.deeds()[-1] == (ReminderDeed.ORDER, CODE)
    case = desk.case()
    with pytest.raises(NotAllowed, match="请写明"):
        reminding.end(case.public_id, desk.letters.county, " ", organisation="某机关", now=ISSUED)
    reminding.end(case.public_id, desk.letters.county, "已停业装修", organisation="某机关", now=ISSUED)
    with pytest.raises(Overtaken):
        reminding.end(case.public_id, desk.letters.county, "已停业装修", organisation="某机关", now=ISSUED)
    assert desk.deeds()[-1] == (ReminderDeed.ENDED, "已停业装修")
