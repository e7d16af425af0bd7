"""What is filed of a shop, and how it changes, on a real database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest
from django.db import connections
from tests.unit.platform.test_images import photo

from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent, User
from chedang.enterprises import actions, amending, known, store
from chedang.enterprises.errors import NotRejected, RegistrationRefused, RegistrationTaken
from chedang.enterprises.model import Enterprise, ReviewState
from chedang.fiction.shops import make_shop
from chedang.filing import applying, changes, checklists
from chedang.filing.attachments import KEPT_DAYS, MOST_ATTACHMENTS, Papers, attachments_of, take_off
from chedang.filing.counting import FilingCounts, counts_of
from chedang.filing.filing_model import FilingRefused, StepKind
from chedang.filing.history import By, edits_asked, edits_of, last_changes, note, steps_of
from chedang.filing.models import FilingAttachment, FilingChange, FilingStep
from chedang.filing.paper_model import Answer, AttachmentKind, ChecklistClass, ItemAnswer
from chedang.platform.announcements import read_announcements
from chedang.platform.database import connect

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # a Friday
DAY = timedelta(days=1)
PASSWORD = "a-Long-password-7"
TEXT, OTHER = (msgspec.structs.replace(make_shop(Random(n), n).registration, password=PASSWORD) for n in (51, 52))


@pytest.fixture(autouse=True)
def desk(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in a directory of their own."""
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def shop(connection: psycopg.Connection[Any]) -> Enterprise:
    return actions.register(connection, TEXT, now=NOW).enterprise


@pytest.fixture
def manager(shop: Enterprise) -> By:
    return By(applying.give_account(shop, "manager", PASSWORD, "某甲", now=NOW), shop.company_name)


@pytest.fixture
def officer() -> By:
    columns = {"role": "regulator", "division_code": "330106", "password": "!"}
    return By(User.objects.create(username="officer", display_name="某乙", **columns), "西湖区道路运输管理机构")


def refresh(connection: psycopg.Connection[Any], shop: Enterprise) -> Enterprise:
    return store.find_by_code(connection, shop.company_code)


def kinds(shop: Enterprise) -> list[str]:
    return [step.kind for step in steps_of(shop.company_code)]


def test_a_key_field_keeps_its_old_value_until_the_officer_agrees(connection, shop, manager, officer):
    done = changes.change(connection, shop.company_code, {"company_name": "换名汽车维修有限公司"}, manager, now=NOW)
    assert done.at_once == ()
    assert refresh(connection, shop) == shop
    assert counts_of(shop.company_code) == FilingCounts(1, 0, None)
    assert done.waiting.due_on == date(2026, 11, 27)  # five working days after a Friday
    changes.agree(connection, done.waiting.public_id, officer, now=NOW + DAY)
    assert refresh(connection, shop).company_name == "换名汽车维修有限公司"
    assert counts_of(shop.company_code).open_changes == 0
    assert kinds(shop) == ["agreed", "asked", "filed"]
    agreed = steps_of(shop.company_code)[0]
    assert [(edit.field, edit.before, edit.after) for edit in edits_of(agreed)] == [
        ("company_name", TEXT.company_name, "换名汽车维修有限公司")
    ]
    assert last_changes(steps_of(shop.company_code))["company_name"].actor == officer.user
    assert last_changes(steps_of(shop.company_code))["address"].actor == manager.user


def test_what_others_know_of_the_shop_is_told_anew_when_name_class_or_division_change(
    connection, shop, manager, officer
):
    texts = {"company_name": "另一名称汽修", "category": "01", "division_code": "330212"}
    asked = changes.change(connection, shop.company_code, texts, manager, now=NOW).waiting
    connection.execute("truncate announcement")
    changes.agree(connection, asked.public_id, officer, now=NOW)
    assert [row.key for row in read_announcements(connection, after=0, limit=9)] == [shop.company_code]
    told = msgspec.json.decode(known.read_notice(connection, shop.company_code))
    assert (told["company_name"], told["category_code"], told["division_code"]) == ("另一名称汽修", "01", "330212")


def test_contacts_change_at_once_and_only_key_fields_wait(connection, shop, manager):
    texts = {"linkman_phone": "14200000077", "email": "a@example.com", "address": "新地址 1 号"}
    done = changes.change(connection, shop.company_code, texts, manager, now=NOW)
    now_is = refresh(connection, shop)
    assert (now_is.linkman_phone, now_is.email, now_is.address) == ("14200000077", "a@example.com", TEXT.address)
    assert [edit.field for edit in done.at_once] == ["linkman_phone", "email"]
    assert [edit.field for edit in edits_asked(done.waiting)] == ["address"]


def test_nothing_of_a_person_stands_open_in_the_history(connection, shop, manager, database_url):
    texts = {"linkman_phone": "14200000088", "superintendent_name": "某新负责人"}
    changes.change(connection, shop.company_code, texts, manager, now=NOW)
    for query in ("select s::text from filing_step s", "select c::text from filing_change c"):
        rows = connection.execute(query).fetchall()
        held = "".join(row[0] for row in rows)
        assert rows
        assert "14200000088" not in held
        assert "某新负责人".encode().hex() not in held
        assert "某新负责人" not in held


def test_one_request_at_a_time_and_the_same_again_is_the_same(connection, shop, manager):
    first = changes.change(connection, shop.company_code, {"address": "新地址 1 号"}, manager, now=NOW)
    again = changes.change(connection, shop.company_code, {"address": "新地址 1 号"}, manager, now=NOW + DAY)
    assert again.waiting.pk == first.waiting.pk
    with pytest.raises(FilingRefused, match="已有一件"):
        changes.change(connection, shop.company_code, {"address": "新地址 2 号"}, manager, now=NOW)
    changes.withdraw(shop.company_code, first.waiting.public_id, manager, now=NOW)
    changes.withdraw(shop.company_code, first.waiting.public_id, manager, now=NOW)
    assert kinds(shop) == ["withdrawn", "asked", "filed"]
    assert changes.change(connection, shop.company_code, {"address": "新地址 2 号"}, manager, now=NOW).waiting


def test_another_shops_request_is_not_taken_back(connection, shop, manager):
    asked = changes.change(connection, shop.company_code, {"address": "新地址 1 号"}, manager, now=NOW).waiting
    changes.withdraw("330106000009999", asked.public_id, manager, now=NOW)
    assert changes.waiting_change(shop.company_code) == asked


def test_a_refusal_needs_a_reason_and_is_read_by_the_shop(connection, shop, manager, officer):
    asked = changes.change(connection, shop.company_code, {"address": "新地址 1 号"}, manager, now=NOW).waiting
    with pytest.raises(FilingRefused, match="原因"):
        changes.refuse(asked.public_id, "  ", officer, now=NOW)
    changes.refuse(asked.public_id, "与营业执照不一致", officer, now=NOW)
    assert changes.refuse(asked.public_id, "再说一次", officer, now=NOW).reason == "与营业执照不一致"
    assert refresh(connection, shop).address == TEXT.address
    assert counts_of(shop.company_code).refused_changes == 1
    with pytest.raises(FilingRefused, match="已经由他人办结"):
        changes.agree(connection, asked.public_id, officer, now=NOW)


def test_two_officers_who_decide_at_once_decide_once(connection, shop, manager, officer, database_url):
    asked = changes.change(connection, shop.company_code, {"address": "新地址 1 号"}, manager, now=NOW).waiting
    outcomes: list[str] = []

    def decide(agrees: bool) -> None:
        try:
            with connect(database_url) as own:
                if agrees:
                    changes.agree(own, asked.public_id, officer, now=NOW)
                else:
                    changes.refuse(asked.public_id, "不符", officer, now=NOW)
            outcomes.append("done")
        except FilingRefused:
            outcomes.append("too late")
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=decide, args=(agrees,)) for agrees in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "too late"]
    is_agreed = FilingChange.objects.get().state == "agreed"
    assert refresh(connection, shop).address == ("新地址 1 号" if is_agreed else TEXT.address)


def test_another_shops_credit_code_is_refused_when_asked_and_when_decided(connection, shop, manager, officer):
    texts = {"unified_credit_code": OTHER.unified_credit_code}
    asked = changes.change(connection, shop.company_code, texts, manager, now=NOW).waiting
    actions.register(connection, OTHER, now=NOW)
    with pytest.raises(FilingRefused, match="另一家企业"):
        changes.agree(connection, asked.public_id, officer, now=NOW)
    asked.refresh_from_db()
    assert asked.state == "waiting"
    changes.refuse(asked.public_id, "已由另一家登记", officer, now=NOW)
    with pytest.raises(FilingRefused, match="另一家企业"):
        changes.change(connection, shop.company_code, texts, manager, now=NOW)


def test_what_the_rules_refuse_is_not_asked_and_nothing_is_no_change(connection, shop, manager):
    with pytest.raises(FilingRefused) as refused:
        changes.change(connection, shop.company_code, {"company_name": "", "division_code": "9"}, manager, now=NOW)
    assert {finding.code for finding in refused.value.findings} >= {"NAME_MISSING", "DIVISION_UNUSABLE"}
    with pytest.raises(FilingRefused, match="一样"):
        changes.change(connection, shop.company_code, {"company_name": TEXT.company_name}, manager, now=NOW)


def test_a_refused_shop_mends_everything_at_once_and_waits_again(connection, shop, manager, officer):
    with pytest.raises(NotRejected):
        amending.file_again(connection, shop.company_code, {}, now=NOW)
    asked = changes.change(connection, shop.company_code, {"address": "新地址 1 号"}, manager, now=NOW).waiting
    actions.reject(connection, shop.company_code, by="officer", now=NOW, reason="名称不符")
    changes.file_again(connection, shop.company_code, {"company_name": "改正后汽修"}, manager, now=NOW + DAY)
    now_is = refresh(connection, shop)
    assert (now_is.review_state, now_is.company_name, now_is.review_reason) == (
        ReviewState.PENDING,
        "改正后汽修",
        "名称不符",
    )
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    with pytest.raises(FilingRefused, match="不需要重新提交"):
        changes.file_again(connection, shop.company_code, {}, manager, now=NOW)
    assert kinds(shop) == ["filed_again", "withdrawn", "asked", "filed"]


def test_amending_raises_what_a_registration_raises(connection, shop):
    with pytest.raises(RegistrationRefused):
        amending.amend_registration(connection, shop.company_code, {"company_name": ""}, now=NOW)
    actions.register(connection, OTHER, now=NOW)
    texts = {"road_transport_license": OTHER.road_transport_license}
    with pytest.raises(RegistrationTaken):
        amending.amend_registration(connection, shop.company_code, texts, now=NOW)
    amended = amending.amend_registration(connection, shop.company_code, {}, now=NOW)
    assert amended.before == amended.after == shop


def test_the_history_is_never_changed(shop, manager):
    step = FilingStep.objects.get()
    for change in (step.save, step.delete, FilingStep.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        FilingStep.objects.update(text="x")


def test_the_manager_gets_one_account_however_often_the_answer_is_lost(shop, manager):
    again = applying.give_account(shop, "manager", PASSWORD, "某甲", now=NOW + DAY)
    assert again == manager.user
    assert kinds(shop) == ["filed"]
    assert AuditEvent.objects.filter(action=AuditAction.FILE_ENTERPRISE).count() == 1
    with pytest.raises(FilingRefused, match="已经备案"):
        applying.give_account(shop, "another", PASSWORD, "某丙", now=NOW)
    assert not applying.is_name_free("MANAGER")


def test_a_taken_name_leaves_the_shop_without_account_until_another_is_chosen(connection, shop, manager):
    other = actions.register(connection, OTHER, now=NOW).enterprise
    with pytest.raises(FilingRefused, match="已经有人用了"):
        applying.give_account(other, "manager", "another-Password-1", "某丙", now=NOW)
    assert applying.give_account(other, "someone", "another-Password-1", "某丙", now=NOW).company_code == (
        other.company_code
    )


def test_papers_are_sealed_listed_and_kept_for_some_time_after_they_are_taken_off(shop, manager, tmp_path):
    papers = Papers(tmp_path)
    row = papers.add(shop.company_code, AttachmentKind.LICENCE, papers.clean(photo()), manager, now=NOW)
    assert papers.read(row).startswith(b"\xff\xd8\xff")
    assert [each.pk for each in attachments_of(shop.company_code)] == [row.pk]
    assert not take_off("330106000009999", row.file_id, manager, now=NOW)
    assert take_off(shop.company_code, row.file_id, manager, now=NOW)
    assert not take_off(shop.company_code, row.file_id, manager, now=NOW)
    assert attachments_of(shop.company_code) == []
    row.refresh_from_db()
    assert papers.remove_old(NOW + timedelta(days=KEPT_DAYS - 1)) == 0
    assert papers.read(row) is not None
    assert papers.remove_old(NOW + timedelta(days=KEPT_DAYS)) == 1
    row.refresh_from_db()
    assert papers.read(row) is None
    assert kinds(shop) == ["detached", "attached", "filed"]


def test_a_shop_has_so_many_papers_and_no_more(shop, manager, tmp_path):
    papers = Papers(tmp_path)
    columns = {"company_code": shop.company_code, "kind": "other", "media_type": "image/jpeg", "size_bytes": 1}
    FilingAttachment.objects.bulk_create(
        FilingAttachment(file_id=f"{number:032x}", added_by=manager.user, added_at=NOW, **columns)
        for number in range(MOST_ATTACHMENTS)
    )
    with pytest.raises(FilingRefused, match="最多"):
        papers.add(shop.company_code, AttachmentKind.OTHER, papers.clean(photo()), manager, now=NOW)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html>", b"%PDF-1.7 /JavaScript %%EOF", b"\xff\xd8\xffbroken"])
def test_what_is_no_paper_is_refused_with_a_sentence(tmp_path, content):
    with pytest.raises(FilingRefused) as refused:
        Papers(tmp_path).clean(content)
    assert refused.value.sentence.endswith("。")


def test_answers_of_the_checklist_are_kept_by_version_and_count_what_is_missing(shop, manager, tmp_path):
    items = [item for group in checklists.load_checklist().of_class(ChecklistClass.SPECIAL) for item in group.items]
    all_yes = {item.key: ItemAnswer(answer=Answer.YES) for item in items}
    first = checklists.answer(shop.company_code, ChecklistClass.SPECIAL, all_yes, manager, now=NOW)
    assert (first.version, first.missing) == (1, 0)
    assert checklists.answer(shop.company_code, ChecklistClass.SPECIAL, all_yes, manager, now=NOW).version == 1
    some = all_yes | {items[0].key: ItemAnswer(answer=Answer.NO, note="下月补"), "unknown": all_yes[items[0].key]}
    del some[items[1].key]
    second = checklists.answer(shop.company_code, ChecklistClass.SPECIAL, some, manager, now=NOW)
    assert (second.version, second.missing) == (2, 2)
    assert counts_of(shop.company_code).checklist_missing == 2
    assert checklists.answers_in(second)[items[0].key].note == "下月补"
    assert "unknown" not in second.answers
    strange = {items[0].key: ItemAnswer(answer=Answer.YES, attachment="f" * 32)}
    with pytest.raises(FilingRefused, match="附件"):
        checklists.answer(shop.company_code, ChecklistClass.SPECIAL, strange, manager, now=NOW)
    long = {items[0].key: ItemAnswer(answer=Answer.YES, note="长" * 201)}
    with pytest.raises(FilingRefused, match="200"):
        checklists.answer(shop.company_code, ChecklistClass.SPECIAL, long, manager, now=NOW)


def test_what_was_sealed_for_one_shop_is_not_read_in_another(shop, manager):
    step = steps_of(shop.company_code)[0]
    step.company_code = "330106000009999"
    assert edits_of(step) == ()
    assert note(shop.company_code, StepKind.PROFILE, manager, now=NOW).fields == []
