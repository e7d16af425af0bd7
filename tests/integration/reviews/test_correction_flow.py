"""反馈: its clock, what settles it, and what stays behind, on a real database."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection as django_connection
from tests.integration.reviews.case_world import (
    CITY_DUE,
    COUNTY_DUE,
    SECOND,
    SHOP_DUE,
    SUBMITTED,
    VISIT_ON,
    World,
    make_user,
)
from tests.unit.platform.test_images import photo

from chedang.cli.desk_jobs import DESK_JOBS
from chedang.intake.outcomes import Refused
from chedang.platform.database import connect
from chedang.records.store import read_position
from chedang.reviews import cases, corrections
from chedang.reviews.case_model import CaseState, Deed, NotAllowed, Party, Topic
from chedang.reviews.corrections import MissingVisit
from chedang.reviews.models.cases import Case, CasePhoto, CaseStep
from chedang.reviews.models.corrections import Correction
from chedang.site.cases import jobs


def test_a_silent_shop_and_a_silent_county_pass_the_case_on_at_the_second(world: World) -> None:
    case = world.report(value="12000")
    assert (case.number, case.due_at) == ("33-F2611-000001", SHOP_DUE)
    assert world.look(case, SHOP_DUE).state == CaseState.WITH_SHOP
    assert world.look(case, SHOP_DUE + SECOND).state == CaseState.WITH_COUNTY
    assert world.look(case, COUNTY_DUE).due_at == COUNTY_DUE
    # Nobody looked for a week: what passed in between took effect at its own time.
    seen = world.look(case, CITY_DUE + timedelta(days=7))
    assert (seen.state, seen.due_at, seen.missed) == (CaseState.WITH_CITY, CITY_DUE, 2)
    assert world.history(seen)[1:] == [
        (Deed.ESCALATE, Party.CLOCK, SHOP_DUE),
        (Deed.ESCALATE, Party.CLOCK, COUNTY_DUE),
    ]
    assert cases.overdue(Case.objects.all(), CITY_DUE + SECOND).get() == seen


def test_an_answer_in_the_second_of_the_deadline_is_in_time_and_one_after_it_is_not(world: World) -> None:
    case, late = world.report(), world.report(Topic.ITEMS)
    cases.act(case.number, Deed.REFUSE, world.shop, text="里程按仪表照片登记", now=SHOP_DUE)
    with pytest.raises(NotAllowed):
        cases.act(late.number, Deed.REFUSE, world.shop, text="项目按工单登记", now=SHOP_DUE + SECOND)
    assert world.look(case, SHOP_DUE + SECOND).state == CaseState.REFUSED_BY_SHOP
    assert world.look(late, SHOP_DUE + SECOND).state == CaseState.WITH_COUNTY


def test_two_workers_at_once_take_a_case_one_step_each_time(world: World, django_database: str) -> None:
    numbers = [world.report(topic).number for topic in (Topic.MILEAGE, Topic.DATE, Topic.ITEMS)]

    def work() -> None:
        with connect(django_database, autocommit=True) as archive:
            corrections.refresh_due(archive, now=SHOP_DUE + SECOND)
        django_connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert CaseStep.objects.filter(deed=Deed.ESCALATE).count() == len(numbers)
    assert cases.due_numbers(SHOP_DUE + SECOND) == []


def test_the_shop_corrects_on_its_page_and_the_record_has_a_version_more(world: World) -> None:
    case = world.report(value="12000")
    assert world.notes()[world.record().record_id].is_open
    now = SUBMITTED + timedelta(hours=2)
    world.amend(case, world.shop, now=now, mileage="12000")
    newest = world.record()
    assert (newest.version, newest.text.mileage, newest.actor) == (2, "12000", world.shop.organisation)
    assert newest.reason == f"{case.number}：核对工单后更正"
    seen = world.look(case, now)
    assert (seen.state, seen.outcome, seen.working_days) == (CaseState.CORRECTED, CaseState.CORRECTED, 0)
    assert Correction.objects.get(case=seen).new_version == 2
    assert world.notes() == {}
    closed = cases.act(case.number, Deed.AGREE, world.me, text="", now=now + SECOND)
    assert (closed.state, closed.is_agreed) == (CaseState.CLOSED, True)


def test_a_correction_that_changes_nothing_or_brings_an_error_is_refused(world: World) -> None:
    case = world.report()
    with pytest.raises(NotAllowed, match="没有更正"):
        world.amend(case, world.shop, now=SUBMITTED, mileage="10000")
    world.connection.rollback()
    with pytest.raises(Refused) as refused:
        world.amend(case, world.shop, now=SUBMITTED, mileage="许多")
    world.connection.rollback()
    assert corrections.refused_because(refused.value.refusal.findings)
    assert (world.record().version, world.look(case, SUBMITTED).state) == (1, CaseState.WITH_SHOP)


def test_the_shops_own_software_settles_a_case_by_itself(world: World) -> None:
    case = world.report(value="12000")
    sent_at = SUBMITTED + timedelta(days=4)
    world.upload("12000", at=sent_at)
    corrections.follow(world.connection, now=SHOP_DUE + timedelta(days=9))
    seen = Case.objects.get(number=case.number)
    assert (seen.state, seen.missed, seen.decided_at) == (CaseState.CORRECTED, 0, sent_at)
    assert world.history(seen)[-1][:2] == (Deed.CORRECT, Party.ARCHIVE)
    assert corrections.follow(world.connection, now=SHOP_DUE) == 0


def test_another_change_of_the_record_settles_nothing(world: World) -> None:
    case = world.report(value="12000")
    world.upload("10000", at=SUBMITTED + timedelta(days=1), fault_description="更换机油、机滤和空气滤")
    corrections.follow(world.connection, now=SUBMITTED + timedelta(days=2))
    assert Case.objects.get(number=case.number).state == CaseState.WITH_SHOP


def test_an_officers_decision_is_a_version_in_the_authoritys_name(world: World) -> None:
    case = world.report(value="12000")
    now = SHOP_DUE + timedelta(hours=9)
    with pytest.raises(NotAllowed):
        world.amend(case, world.county, now=SUBMITTED, mileage="12000")
    world.connection.rollback()
    world.amend(case, world.county, now=now, mileage="12000")
    assert world.record().actor == world.county.organisation
    seen = world.look(case, now)
    assert (seen.state, seen.decided_by, seen.missed) == (CaseState.CORRECTED, Party.COUNTY, 1)


def test_a_record_of_no_visit_is_voided(world: World) -> None:
    case = world.report(Topic.NO_SUCH_VISIT)
    world.amend(case, world.shop, now=SUBMITTED + SECOND, is_void=True)
    assert world.record().state == "void"
    assert world.look(case, SUBMITTED + SECOND).state == CaseState.CORRECTED


def test_a_refusal_that_the_owner_does_not_accept_goes_up_and_is_marked_as_disputed(world: World) -> None:
    case = world.report()
    record_id = world.record().record_id
    refused_at = SUBMITTED + timedelta(days=3)
    cases.act(case.number, Deed.REFUSE, world.shop, text="里程按仪表登记", now=refused_at)
    asked = cases.act(case.number, Deed.ASK_COUNTY, world.me, text="仪表照片不是我的车", now=refused_at + SECOND)
    assert (asked.state, asked.due_at) == (CaseState.WITH_COUNTY, COUNTY_DUE)
    decided_at = refused_at + timedelta(days=1)
    cases.act(case.number, Deed.REFUSE, world.county, text="没有依据", now=decided_at)
    assert world.notes()[record_id].is_disputed
    reopened = cases.act(case.number, Deed.REOPEN, world.me, text="有新照片", now=decided_at + SECOND)
    assert reopened.state == CaseState.WITH_CITY
    cases.act(case.number, Deed.REFUSE, world.city, text="维持", now=decided_at + timedelta(days=1))
    with pytest.raises(NotAllowed, match="12328"):
        cases.act(case.number, Deed.REOPEN, world.me, text="", now=decided_at + timedelta(days=1))


def test_a_county_asked_late_still_has_its_own_working_days(world: World) -> None:
    case = world.report()
    cases.act(case.number, Deed.REFUSE, world.shop, text="不改", now=SHOP_DUE - SECOND)
    asked_at = SHOP_DUE + timedelta(days=6, hours=10)  # Friday, 4 December
    asked = cases.act(case.number, Deed.ASK_COUNTY, world.me, text="", now=asked_at)
    assert asked.due_at == CITY_DUE  # five working days after that Friday


def test_a_missing_visit_is_settled_when_its_record_appears(world: World) -> None:
    on = VISIT_ON + timedelta(days=5)
    visit = MissingVisit(world.car.vin, world.car.plate_number, world.shop_code, "330106", on)
    case = corrections.report_missing(
        world.connection, world.owner, visit, (), evidence=world.evidence, node_code="33", now=SUBMITTED
    )
    world.connection.commit()
    with pytest.raises(NotAllowed, match=case.number):
        corrections.report_missing(
            world.connection, world.owner, visit, (), evidence=world.evidence, node_code="33", now=SUBMITTED
        )
    world.upload("10400", at=SUBMITTED + timedelta(days=1), on=on, number="JS-2")
    corrections.follow(world.connection, now=SUBMITTED + timedelta(days=2))
    seen = Case.objects.get(number=case.number)
    assert seen.state == CaseState.CORRECTED
    assert Correction.objects.get(case=seen).new_version == 1
    with pytest.raises(NotAllowed, match="已经有"):
        corrections.report_missing(
            world.connection, world.owner, visit, (), evidence=world.evidence, node_code="33", now=SUBMITTED
        )


def test_the_same_report_twice_leads_to_the_first_and_a_foreign_shop_is_told_of(world: World) -> None:
    case = world.report()
    with pytest.raises(NotAllowed, match=case.number):
        world.report()
    with pytest.raises(NotAllowed, match="外省"):
        corrections.report_mistake(
            make_user("owner", "another"),
            world.visit("310105"),
            corrections.Said(Topic.DATE),
            (),
            evidence=world.evidence,
            plate_number="",
            node_code="33",
            now=SUBMITTED,
        )


def test_photos_are_sealed_bounded_and_gone_some_days_after_the_end(world: World, tmp_path: Path) -> None:
    case = world.report(photos=(photo(exif=True), photo("PNG")))
    kept = list(CasePhoto.objects.filter(case=case))
    folder = tmp_path / "case-photos"
    assert len(list(folder.iterdir())) == 2
    assert all(b"JFIF" not in path.read_bytes() for path in folder.iterdir())
    read = world.evidence.read(kept[0])
    assert read is not None
    assert b"a maker" not in read
    # One that is copied over another cannot be opened.
    (folder / str(kept[1].file_id)).write_bytes((folder / str(kept[0].file_id)).read_bytes())
    assert world.evidence.read(kept[1]) is None
    with pytest.raises(NotAllowed, match="照片最多 3 张"):
        world.evidence.add(case, world.evidence.clean([photo(), photo()]), now=SUBMITTED)
    with pytest.raises(NotAllowed, match="不是能读的照片"):
        world.report(Topic.DATE, photos=(b"<svg/>",))
    assert not Case.objects.filter(correction__topic=Topic.DATE).exists()
    closed_at = SUBMITTED + timedelta(days=1)
    cases.act(case.number, Deed.REFUSE, world.shop, text="不改", now=closed_at)
    cases.act(case.number, Deed.AGREE, world.me, text="", now=closed_at)
    assert world.evidence.remove_old(closed_at + timedelta(days=29)) == 0
    assert world.evidence.remove_old(closed_at + timedelta(days=30)) == 2
    assert list(folder.iterdir()) == []
    assert world.evidence.read(CasePhoto.objects.get(pk=kept[0].pk)) is None


def test_a_photo_that_no_case_names_is_removed_after_a_day(world: World, tmp_path: Path) -> None:
    case = world.report(photos=(photo(),))
    folder = tmp_path / "case-photos"
    (kept,) = folder.iterdir()
    orphan = folder / str(uuid4())
    orphan.write_bytes(b"sealed")
    now = datetime.now(UTC)
    assert world.evidence.remove_old(now) == 0
    assert world.evidence.remove_old(now + timedelta(days=1, minutes=1)) == 1
    assert list(folder.iterdir()) == [kept]
    assert world.evidence.read(case.photos.get()) is not None


def test_an_owner_adds_to_an_open_case_and_not_to_a_closed_one(world: World) -> None:
    case = world.report()
    corrections.add(case.number, world.owner, "仪表照片", [], evidence=world.evidence, now=SUBMITTED + SECOND)
    assert world.history(case)[-1][:2] == (Deed.ADD, Party.OWNER)
    assert world.look(case, SUBMITTED + SECOND).due_at == SHOP_DUE
    cases.act(case.number, Deed.REFUSE, world.shop, text="不改", now=SUBMITTED + SECOND)
    cases.act(case.number, Deed.AGREE, world.me, text="", now=SUBMITTED + SECOND)
    with pytest.raises(NotAllowed, match="办结"):
        corrections.add(case.number, world.owner, "再说", [], evidence=world.evidence, now=SUBMITTED + SECOND)


def test_the_workers_jobs_run_the_clocks_and_remove_what_is_old(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "archive", lambda: nullcontext(world.connection))
    monkeypatch.setattr(jobs, "evidence", lambda: world.evidence)
    silent, mended = world.report(Topic.ITEMS, photos=(photo(),)), world.report(Topic.MILEAGE)
    world.upload("12000", at=SUBMITTED + timedelta(days=1))
    done = [job for job in DESK_JOBS if job.work in {jobs.run_clocks, jobs.forget_evidence}]
    for job in done:
        job.work(SHOP_DUE + SECOND)
    states = [Case.objects.get(number=case.number).state for case in (silent, mended)]
    assert (len(done), states) == (2, [CaseState.WITH_COUNTY, CaseState.CORRECTED])
    cases.act(silent.number, Deed.REFUSE, world.county, text="没有依据", now=SHOP_DUE + SECOND)
    cases.act(silent.number, Deed.AGREE, world.me, text="", now=SHOP_DUE + SECOND)
    jobs.forget_evidence(SHOP_DUE + timedelta(days=31))
    assert CasePhoto.objects.get().removed_at is not None


def test_nobody_reads_a_whole_archive_for_no_report(world: World) -> None:
    assert corrections.follow(world.connection, now=SUBMITTED) == 0
    newest = world.connection.execute("select max(seq) from record_change").fetchone()
    assert newest == (read_position(world.connection, corrections.CONSUMER),)


def test_the_history_only_grows(world: World) -> None:
    step = world.report().steps.get()
    with pytest.raises(TypeError):
        step.save()
    with pytest.raises(TypeError):
        step.delete()
    with pytest.raises(TypeError):
        CaseStep.objects.update(text="")
    with pytest.raises(TypeError):
        CaseStep.objects.all().delete()
