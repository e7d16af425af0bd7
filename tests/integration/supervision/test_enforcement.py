"""Public notices, hand-overs, the sanction ledger and evidence packs on a real database."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import IntegrityError, connections, transaction
from django.utils import translation
from tests.integration.supervision.letters import CODE, DUE, ISSUED, SECOND, Letters, make_user

from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent, User
from chedang.enterprises import store as enterprises
from chedang.exchange.signing import Signer
from chedang.platform.zips import zip_pieces
from chedang.site.databases import named_database
from chedang.site.regulator.enforcement.packing import index_html, word_of
from chedang.supervision import censures, duties, handovers, sanctions
from chedang.supervision.case_steps import Officer
from chedang.supervision.enforcement_model import (
    CensureDeed,
    CensureState,
    HandOverResult,
    SanctionDeed,
    SanctionKind,
    SanctionState,
)
from chedang.supervision.evidence_cover import count_rows, cover_pdf
from chedang.supervision.evidence_pack import FromItsDesk, Pack, files_of, gather
from chedang.supervision.handovers import HandOverFiles, NewHandOver
from chedang.supervision.model import DutyDeed, DutyKind, DutyState, NotAllowed, NoticeKind, Overtaken
from chedang.supervision.models.enforcement import CaseStep, Censure, HandOver, Sanction
from chedang.supervision.models.notices import Recipient
from chedang.supervision.sanctions import Documents, NewSanction, OutsideRange

DAY = timedelta(days=1)
CLOSED = DUE + DAY
NAME = "abcdefgh2345"
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture
def letters(database_url: str, tmp_path: Path) -> Iterator[Letters]:
    with named_database(database_url, "default"):
        made = Letters.make(database_url, tmp_path)
        yield made
        made.province.connection.close()


def by(user: User) -> Officer:
    return Officer(user, f"{user.username}的机关")


def not_done(letters: Letters, code: str = CODE) -> None:
    letters.issue(code=code)
    officer = letters.officer(letters.county)
    duties.close(code, DutyDeed.CLOSE_NOT_DONE, officer, "没有改", seen=1, now=CLOSED)


def drafted(letters: Letters, *, public_id: str = NAME) -> Censure:
    not_done(letters)
    return censures.draft(public_id, CODE, "逾期没有补传", by(letters.county), company_name="某店", now=CLOSED)


def checking(letters: Letters) -> Censure:
    drafted(letters)
    return censures.submit(NAME, by(letters.county), seen=1, now=CLOSED)


def enter(
    letters: Letters,
    tmp_path: Path,
    *,
    name: str = NAME,
    officer: User | None = None,
    shop: tuple[str, str] = ("ningbo", "330212"),
    **words: Any,
) -> Sanction:
    given = {
        "item": "archive_upload",
        "kind": SanctionKind.FINE,
        "decision_number": "甬交罚〔2026〕1号",
        "decided_on": date(2026, 11, 18),
        "amount_yuan": Decimal(500),
    }
    return sanctions.enter(
        name,
        NewSanction(**given | words),
        by(officer or letters.elsewhere),
        company_code=letters.province.shops[shop[0]],
        company_name="某店",
        division_code=shop[1],
        documents=Documents(tmp_path),
        document=PDF,
        now=ISSUED,
    )


def test_a_censure_goes_from_two_officers_to_the_public_and_off_again(letters: Letters) -> None:
    colleague = make_user("regulator", "colleague", division_code="330106")
    assert drafted(letters).state == CensureState.DRAFT
    again = censures.draft(NAME, CODE, "逾期没有补传", by(letters.county), company_name="某店", now=CLOSED)
    assert again.step_count == 1  # the button pressed twice
    with pytest.raises(Overtaken):
        censures.draft("another23456", CODE, "逾期", by(colleague), company_name="某店", now=CLOSED)
    for seen in (1, 1):
        sent = censures.submit(NAME, by(letters.county), seen=seen, now=CLOSED)
    assert (sent.state, sent.step_count) == (CensureState.CHECKING, 2)
    notice = Recipient.objects.get(company_code=letters.province.shops["one"]).notice
    assert "逾期没有补传" in notice.text
    assert notice.asks_acknowledgement
    assert not censures.published(CLOSED).exists()
    with pytest.raises(NotAllowed, match="起草的人"):
        censures.publish(NAME, by(letters.county), seen=2, now=CLOSED + 30 * DAY)
    with pytest.raises(NotAllowed):  # the shop is still being heard, to the last second
        censures.publish(NAME, by(colleague), seen=2, now=sent.object_until or CLOSED)
    assert sent.object_until is not None
    shown_at = sent.object_until + SECOND
    shown = censures.publish(NAME, by(colleague), seen=2, now=shown_at)
    assert (shown.state, shown.checked_by, list(censures.published(shown_at))) == ("published", colleague, [shown])
    rectified = censures.mark_rectified(NAME, by(letters.county), seen=3, now=shown_at + DAY)
    assert rectified.rectified_on is not None
    assert rectified.ends_on is not None
    assert censures.take_off(shown_at + 364 * DAY) == 0
    assert list(censures.published(shown_at + 364 * DAY)) == [shown]
    assert not censures.published(shown_at + 365 * DAY).exists()  # off by the day, not by the worker
    assert censures.take_off(shown_at + 365 * DAY) == 1
    assert censures.take_off(shown_at + 365 * DAY) == 0
    steps = list(CaseStep.objects.filter(censure__public_id=NAME).values_list("deed", flat=True))
    assert steps == ["draft", "submit", "publish", "mark_rectified", "end"]
    events = AuditEvent.objects.filter(action=AuditAction.CENSURE).order_by("pk")
    assert [(each.before or {}).get("state") for each in events] == [None, "draft", "checking", "published"]
    with pytest.raises(TypeError):
        CaseStep.objects.all().delete()


def test_a_shop_is_heard_and_then_the_checker_may_act_at_once(letters: Letters) -> None:
    checking(letters)
    shop, code = by(letters.clerk), letters.province.shops["one"]
    with pytest.raises(NotAllowed):
        censures.object_to(NAME, shop, letters.province.shops["two"], "不是我们", seen=2, now=CLOSED)
    heard = censures.object_to(NAME, shop, code, "软件坏了，已经报修", seen=2, now=CLOSED)
    assert heard.objection == "软件坏了，已经报修"
    with pytest.raises(NotAllowed):
        censures.object_to(NAME, shop, code, "还有", seen=3, now=CLOSED)
    back = censures.send_back(NAME, by(letters.city), "请写明条数", seen=3, now=CLOSED)
    assert back.state == CensureState.DRAFT
    with pytest.raises(NotAllowed, match="车牌"):
        censures.change(NAME, by(letters.county), "车主电话 13900000000", seen=4, now=CLOSED)
    censures.change(NAME, by(letters.county), "逾期没有补传 12 条", seen=4, now=CLOSED)
    censures.submit(NAME, by(letters.county), seen=5, now=CLOSED)
    assert censures.publish(NAME, by(letters.city), seen=6, now=CLOSED).what == "逾期没有补传 12 条"
    assert Recipient.objects.filter(company_code=code).count() == 1  # it was heard already
    taken = censures.end(NAME, CensureDeed.WITHDRAW, by(letters.city), "企业没有错", seen=7, now=CLOSED)
    assert taken.state == CensureState.WITHDRAWN
    assert not censures.published(CLOSED).exists()
    anew = censures.draft("another23456", CODE, "逾期", by(letters.city), company_name="某店", now=CLOSED)
    assert anew.state == CensureState.DRAFT


def test_a_censure_needs_an_order_that_was_not_done_and_ones_own_division(letters: Letters) -> None:
    letters.issue()
    for officer in (letters.county, letters.elsewhere):
        with pytest.raises(NotAllowed):
            censures.draft(NAME, CODE, "逾期", by(officer), company_name="某店", now=CLOSED)
    letters.issue(code="22222222", kind=DutyKind.URGE, basis="")
    urge = letters.officer(letters.county)
    duties.close("22222222", DutyDeed.CLOSE_NOT_DONE, urge, "没有改", seen=1, now=CLOSED)
    with pytest.raises(NotAllowed, match="责令改正才能通报"):
        censures.draft(NAME, "22222222", "逾期", by(letters.county), company_name="某店", now=CLOSED)
    not_done(letters, "33333333")
    censures.draft(NAME, "33333333", "逾期", by(letters.city), company_name="某店", now=CLOSED)
    with pytest.raises(NotAllowed, match="办理"):  # a county does not act on what the city drafted
        censures.submit(NAME, by(letters.county), seen=1, now=CLOSED)
    assert set(Censure.objects.in_scope(letters.elsewhere)) == set()
    with pytest.raises(IntegrityError), transaction.atomic():
        Censure.objects.filter(public_id=NAME).update(checked_by=letters.city)


def test_of_two_checkers_at_once_one_publishes_and_the_other_is_told(letters: Letters) -> None:
    sent = checking(letters)
    now = (sent.object_until or CLOSED) + SECOND
    colleague = make_user("regulator", "colleague", division_code="330106")
    start = Barrier(2)

    def publish() -> str:
        start.wait()
        return _told(lambda: censures.publish(NAME, by(colleague), seen=2, now=now))

    def give_back() -> str:
        start.wait()
        return _told(lambda: censures.send_back(NAME, by(letters.city), "还缺", seen=2, now=now))

    with ThreadPoolExecutor(2) as threads:
        told = [done.result() for done in [threads.submit(publish), threads.submit(give_back)]]
    assert sorted(told) in (["overtaken", "published"], ["draft", "overtaken"])
    assert CaseStep.objects.count() == 3


def _told(deed: Callable[[], Any]) -> str:
    try:
        return str(deed().state)
    except Overtaken:
        return "overtaken"
    finally:
        connections.close_all()


def test_a_fine_outside_the_local_range_has_to_be_confirmed(letters: Letters, tmp_path: Path) -> None:
    with pytest.raises(OutsideRange, match="300 至 1000 元"):
        enter(letters, tmp_path, amount_yuan=Decimal(1001))
    with pytest.raises(NotAllowed, match="辖区"):
        enter(letters, tmp_path, officer=letters.county)
    for wrong in (
        {"amount_yuan": None},
        {"kind": SanctionKind.WARNING},
        {"decided_on": date(2027, 1, 1)},
        {"item": "none"},
        {"decision_number": " "},
    ):
        with pytest.raises(NotAllowed):
            enter(letters, tmp_path, **wrong)
    outside = enter(letters, tmp_path, amount_yuan=Decimal(1001), outside_reason="两次")
    assert "宁波" in outside.range_words
    assert outside.outside_reason == "两次"
    assert enter(letters, tmp_path).pk == outside.pk  # the button pressed twice
    with pytest.raises(Overtaken, match="文号"):
        enter(letters, tmp_path, name="another23456")
    documents = Documents(tmp_path)
    assert documents.read(outside) == PDF
    (path,) = (tmp_path / "sanction-documents").iterdir()
    assert PDF not in path.read_bytes()


def test_the_ledger_keeps_what_stood_before(letters: Letters, tmp_path: Path) -> None:
    enter(letters, tmp_path)
    new = NewSanction("archive_upload", SanctionKind.FINE, "甬交罚〔2026〕1号", date(2026, 11, 18), Decimal(300))
    officer = by(letters.elsewhere)
    with pytest.raises(NotAllowed):
        sanctions.correct(NAME, new, officer, " ", seen=1, now=ISSUED)
    sanctions.correct(NAME, new, officer, "看错一位", seen=1, now=ISSUED)
    assert sanctions.correct(NAME, new, officer, "看错一位", seen=1, now=ISSUED).step_count == 2
    other = msgspec.structs.replace(new, amount_yuan=Decimal(400))
    with pytest.raises(Overtaken):  # from another page, in the same words
        sanctions.correct(NAME, other, officer, "看错一位", seen=1, now=ISSUED)
    sanctions.decide(NAME, SanctionDeed.APPEAL, officer, "企业申请复议", seen=2, now=ISSUED)
    with pytest.raises(Overtaken):
        sanctions.decide(NAME, SanctionDeed.WITHDRAW, officer, "撤销", seen=2, now=ISSUED)
    with pytest.raises(NotAllowed, match="办理"):
        sanctions.decide(NAME, SanctionDeed.WITHDRAW, by(letters.city), "撤销", seen=3, now=ISSUED)
    code = letters.province.shops["ningbo"]
    assert sanctions.sanctions_of(code, date(2026, 1, 1), date(2026, 11, 18)).count() == 1
    assert sanctions.sanctions_of(code, date(2026, 11, 19), date(2026, 12, 31)).count() == 0
    paid = sanctions.decide(NAME, SanctionDeed.PAY, officer, "", seen=3, now=ISSUED)
    assert paid.paid_on == date(2026, 11, 20)
    sanctions.decide(NAME, SanctionDeed.WITHDRAW, officer, "复议撤销", seen=4, now=ISSUED)
    assert sanctions.sanctions_of(code, date(2026, 1, 1), date(2026, 11, 18)).count() == 0
    changed = CaseStep.objects.get(deed="correct")
    assert (changed.before["amount_yuan"], changed.after["amount_yuan"]) == ("500.00", "300.00")
    events = AuditEvent.objects.filter(action=AuditAction.CHANGE_SANCTION).order_by("pk")
    assert [each.after["state"] for each in events if each.after] == [
        "in_force", "in_force", "appealed", "appealed", "withdrawn",
    ]  # fmt: skip


def test_cases_handed_over_at_once_get_numbers_of_their_own_and_their_files_stay(
    letters: Letters, tmp_path: Path
) -> None:
    files, start = HandOverFiles(tmp_path), Barrier(2)

    def hand(name: str, user: User) -> HandOver:
        new = NewHandOver("archive_upload", "市执法队", "长期不上传", date(2026, 9, 1), date(2026, 11, 20))
        code = letters.province.shops["one"]
        return handovers.hand_over(
            name, new, by(user), lambda row: f"file of {row.number}".encode(),
            company_code=code, company_name="某店", division_code="330106", files=files, now=ISSUED,
        )  # fmt: skip

    def at_once(name: str) -> str:
        start.wait()
        try:
            return hand(name, letters.county).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        numbers = [done.result() for done in [threads.submit(at_once, name) for name in (NAME, "another23456")]]
    assert sorted(numbers) == ["YS330106-2026-0001", "YS330106-2026-0002"]
    row = hand(NAME, letters.county)
    assert HandOver.objects.count() == 2
    content = files.read(row)
    assert content == f"file of {row.number}".encode()
    assert row.file_digest == hashlib.sha256(content).hexdigest()
    with pytest.raises(NotAllowed, match="辖区"):
        hand("third2345678", letters.elsewhere)
    officer, on = by(letters.county), date(2026, 11, 20)
    with pytest.raises(NotAllowed, match="日期"):
        handovers.enter_result(NAME, HandOverResult.FILED, on - DAY, officer, "", seen=1, now=ISSUED)
    handovers.enter_result(NAME, HandOverResult.FILED, on, officer, "立案号 1", seen=1, now=ISSUED)
    with pytest.raises(Overtaken):
        handovers.enter_result(NAME, HandOverResult.NOT_FILED, on, by(letters.city), "", seen=1, now=ISSUED)
    handovers.enter_result(NAME, HandOverResult.DECIDED, on, officer, "", seen=2, now=ISSUED)
    with pytest.raises(NotAllowed, match="不能办"):
        handovers.enter_result(NAME, HandOverResult.NOT_FILED, on, officer, "", seen=3, now=ISSUED)


def packed(letters: Letters, made_at: Any = ISSUED) -> tuple[Pack, bytes]:
    shop = enterprises.find_by_code(letters.province.connection, letters.province.shops["one"])
    assert shop is not None
    desk = FromItsDesk(1, 2, (("2026-11-02", 3, 2, 1),))
    pack = gather(shop, date(2026, 10, 1), date(2026, 11, 20), desk=desk, authority="某机关", made_at=made_at)
    pieces = files_of(pack, Signer(bytes(32)), cover=cover_pdf(pack), index=index_html, word=word_of)
    return pack, b"".join(zip_pieces(pieces, made_at=pack.made_at))


def test_a_pack_is_signed_complete_and_the_same_twice(letters: Letters) -> None:
    car = letters.province.family_car
    letters.province.upload("one", car, date(2026, 11, 2), "1000", number="NO-1")
    letters.province.upload("one", car, date(2026, 8, 2), "900", number="NO-0")
    letters.province.upload("two", car, date(2026, 11, 3), "1100", number="NO-2")
    letters.province.connection.commit()
    letters.send()
    letters.issue()
    pack, content = packed(letters)
    assert (pack.received, pack.notice_count, pack.unread_count, pack.duty_count) == (1, 1, 1, 1)
    assert pack.expected.jobs == Decimal("0.6")  # one in 91 days, 51 days long
    assert content == packed(letters)[1]
    with ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files["manifest.json"])
    named = {row["name"]: row["sha256"] for row in manifest["files"]}
    assert set(files) - set(named) == {"manifest.json", "manifest.sig", "node-key.pem", "核验方法.txt"}
    assert all(hashlib.sha256(files[name]).hexdigest() == digest for name, digest in named.items())
    key = load_pem_public_key(files["node-key.pem"])
    assert isinstance(key, Ed25519PublicKey)
    key.verify(files["manifest.sig"], files["manifest.json"])
    records = files["收到的记录.csv"].decode()
    assert "NO-1" in records
    assert not any(each in records for each in ("NO-0", "NO-2", car.vin, car.plate_number))
    row = letters.province.connection.execute(
        "select encode(content_digest, 'hex') from record_head where record_id = "
        "(select record_id from record_version where settlement_list_number = 'NO-1')"
    ).fetchone()
    assert row is not None
    assert row[0] in records
    whole = b"".join(files.values()).decode(errors="ignore")
    assert not any(each in whole for each in (car.vin, car.plate_number, "county（county）"))


def test_a_pack_calls_kinds_states_and_deeds_by_their_names(letters: Letters, tmp_path: Path) -> None:
    checking(letters)
    enter(letters, tmp_path, officer=letters.county, shop=("one", "330106"))
    letters.send()
    pack, content = packed(letters, CLOSED + DAY)
    counted = dict(count_rows(pack))
    assert counted["通报（到制作时全部，含没有发布的）"] == counted["处罚（到制作时全部，含已撤销的）"] == "1 件"
    with ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name).decode(errors="ignore") for name in archive.namelist()}
    with translation.override("en"):
        assert word_of(SanctionDeed.WITHDRAW) == "撤销处罚" != word_of(CensureDeed.WITHDRAW)
    said = {"责令改正.csv": "逾期未改正，办结", "责令改正经过.csv": "发出", "通报.csv": "待复核", "处罚.csv": "罚款",
            "通报处罚移送经过.csv": "送复核，并告知企业", "通知和回执.csv": "提醒", "index.html": "待复核"}  # fmt: skip
    assert all(word in files[name] for name, word in said.items())
    codes = {*DutyDeed, *DutyState, *CensureDeed, *CensureState, *SanctionKind, *SanctionState, *NoticeKind}
    cells = {
        cell for name in said if name != "index.html" for row in csv.reader(files[name].splitlines()) for cell in row
    }
    assert not codes & cells
    assert not any(code in files["index.html"] for code in ("not_done", "checking", "in_force"))


def test_a_pack_of_a_shop_with_many_records_needs_the_memory_of_a_piece(letters: Letters) -> None:
    letters.province.upload("one", letters.province.family_car, date(2026, 11, 2), "1000", number="NO-1")
    connection = letters.province.connection
    connection.execute(
        "insert into record_version select vin, gen_random_uuid(), version, state, company_code, "
        "'NO-' || n, plate_number, repair_on, settled_on, mileage_km, content, findings, error_count, warn_count, "
        "origin, dialect, actor, reason, received_at + n * interval '1 millisecond' "
        "from record_version, generate_series(2, 12000) as n where settlement_list_number = 'NO-1'"
    )
    connection.execute(
        "insert into record_head (record_id, vin, version, content_digest, state) "
        "select record_id, vin, version, sha256(record_id::text::bytea), state from record_version "
        "where settlement_list_number <> 'NO-1'"
    )
    connection.execute("analyze record_version, record_head")
    connection.commit()
    shop = enterprises.find_by_code(connection, letters.province.shops["one"])
    assert shop is not None
    span = (date(2026, 10, 1), date(2026, 11, 20))
    pack = gather(shop, *span, desk=FromItsDesk(), authority="某机关", made_at=ISSUED)
    assert pack.received == 12_000
    pieces = zip_pieces(
        files_of(pack, Signer(bytes(32)), cover=b"", index=lambda _pack: "", word=word_of), made_at=ISSUED
    )
    next(pieces)
    tracemalloc.start()
    size = sum(len(piece) for piece in pieces)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 400_000
    assert most < 8 << 20


def test_a_button_pressed_twice_at_once_enters_once_and_a_number_is_used_once(letters: Letters, tmp_path: Path) -> None:
    start = Barrier(2)

    def at_once(name: str) -> str:
        start.wait()
        try:
            return enter(letters, tmp_path, name=name).public_id
        except Overtaken:
            return "overtaken"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert {each.result() for each in [threads.submit(at_once, NAME) for _ in range(2)]} == {NAME}
        Sanction.objects.update(decision_number="甬交罚〔2026〕9号")
        names = [threads.submit(at_once, name) for name in ("another23456", "third2345678")]
        assert sorted(each.result() for each in names)[1:] in (["overtaken"], ["third2345678"])
    assert Sanction.objects.count() == 2
    with pytest.raises(NotAllowed, match="没有这一件"):  # a name that belongs to another shop's
        sanctions.enter(
            NAME, NewSanction("archive_upload", SanctionKind.WARNING, "3号", date(2026, 11, 18)), by(letters.county),
            company_code=letters.province.shops["one"], company_name="某店", division_code="330106",
            documents=Documents(tmp_path), now=ISSUED,
        )  # fmt: skip


def test_an_old_page_of_a_censure_that_was_dropped_is_told_so(letters: Letters) -> None:
    drafted(letters)
    censures.end(NAME, CensureDeed.DROP, by(letters.county), "写错了", seen=1, now=CLOSED)
    with pytest.raises(Overtaken):
        censures.draft(NAME, CODE, "逾期没有补传", by(letters.county), company_name="某店", now=CLOSED)
