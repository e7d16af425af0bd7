"""Inspections on a real database: two officers, a lost line, a finish that stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
from django.db import connections
from tests.unit.platform.test_images import photo

from chedang.access.models import User
from chedang.enterprises import actions
from chedang.enterprises.model import Enterprise
from chedang.fiction.shops import make_shop
from chedang.filing import inspections
from chedang.filing.counting import inspections_due
from chedang.filing.filing_model import FilingRefused
from chedang.filing.history import By
from chedang.filing.inspection_model import InspectionReason, InspectionState, Presence, Said, Verdict
from chedang.filing.inspection_pdf import inspection_pdf
from chedang.filing.inspection_photos import KEPT, InspectionPhotos, photos_of, take_off
from chedang.filing.inspections import InspectionOvertaken, Visit
from chedang.filing.models import Inspection, InspectionAnswer, InspectionPhoto

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = msgspec.structs.replace(make_shop(Random(51), 51).registration, password="a-Long-password-7")


@pytest.fixture(autouse=True)
def desk(django_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))


@pytest.fixture
def shop(database_url: str) -> Iterator[Enterprise]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield actions.register(connection, TEXT, now=NOW).enterprise


def official(name: str, division_code: str) -> User:
    return User.objects.create(
        username=name, display_name=f"某{name}", role="regulator", division_code=division_code, password="!"
    )


@pytest.fixture
def pair(shop: Enterprise) -> tuple[By, By]:
    """Two officials of the shop's county."""
    return tuple(By(official(name, shop.division_code), "县运管所") for name in ("jia", "yi"))  # type: ignore[return-value]


@pytest.fixture
def visit(shop: Enterprise, pair: tuple[By, By]) -> Inspection:
    planned = Visit(InspectionReason.FILING, date(2026, 11, 20), (pair[0].user, pair[1].user))  # type: ignore[arg-type]
    return inspections.plan("abcdefgh2345", shop, planned, pair[0], now=NOW)


def items(visit: Inspection) -> list[str]:
    return [item.key for group in inspections.groups_of(visit) for item in group.items]


def said(item: str, verdict: Verdict = Verdict.MET, note: str = "", number: UUID | None = None) -> Said:
    return Said(client_id=number or uuid4(), item=item, verdict=verdict, note=note)


def say_all(visit: Inspection, by: By) -> int:
    return inspections.say(visit, [said(key) for key in items(visit)], by, now=NOW)


def test_an_answer_sent_again_counts_once_and_a_later_one_takes_its_place(visit, pair):
    key, number = items(visit)[0], uuid4()
    first = said(key, Verdict.NOT_MET, "缺一名检验员", number)
    assert inspections.say(visit, [first], pair[0], now=NOW) == 1
    assert inspections.say(visit, [first], pair[0], now=NOW + DAY) == 0
    assert inspections.answers_of(visit) == {key: (Verdict.NOT_MET, "缺一名检验员")}
    inspections.say(visit, [said(key, Verdict.MET)], pair[1], now=NOW)
    assert inspections.say(visit, [first], pair[0], now=NOW) == 0  # the line came back late
    assert inspections.answers_of(visit)[key] == (Verdict.MET, "")
    visit.refresh_from_db()
    assert (visit.state, visit.begun_at) == (InspectionState.UNDER_WAY, NOW)


def test_only_the_two_named_write_and_only_what_the_list_has(shop, visit, pair):
    stranger = By(official("bing", shop.division_code), "县运管所")
    with pytest.raises(FilingRefused, match="列名"):
        inspections.say(visit, [said(items(visit)[0])], stranger, now=NOW)
    with pytest.raises(FilingRefused, match="没有这一项"):
        inspections.say(visit, [said("nothing")], pair[0], now=NOW)
    with pytest.raises(FilingRefused, match="200"):
        inspections.say(visit, [said(items(visit)[0], note="长" * 201)], pair[0], now=NOW)


def test_a_visit_needs_two_officials_who_answer_for_the_shop(shop, pair):
    elsewhere = official("wai", "440106")
    assert inspections.officers_for(pair[0].user, shop.division_code) == [pair[0].user, pair[1].user]
    for chosen in ((pair[0].user,), (pair[0].user, pair[0].user), (pair[0].user, elsewhere)):
        with pytest.raises(FilingRefused, match="执法人员"):
            inspections.plan("other", shop, Visit(InspectionReason.RISK, date(2026, 11, 21), chosen), pair[0], now=NOW)
    assert not Inspection.objects.exists()


def test_planning_again_under_a_name_is_the_visit_that_is_there(shop, visit, pair):
    other = Visit(InspectionReason.RISK, date(2026, 12, 1), (pair[0].user, pair[1].user))
    assert inspections.plan(visit.public_id, shop, other, pair[0], now=NOW).reason == "filing"
    assert Inspection.objects.count() == 1
    assert inspections_due(pair[0].user, NOW).count() == 1
    assert inspections_due(pair[0].user, NOW - DAY).count() == 0


def test_what_is_not_complete_or_not_seen_is_not_finished(visit, pair):
    count = say_all(visit, pair[0])
    left = items(visit)[1:]
    one = Inspection.objects.get()
    InspectionAnswer.objects.filter(item__in=left)._raw_delete("default")
    with pytest.raises(FilingRefused, match=f"还有 {len(left)} 项"):
        inspections.finish(one, Presence.PRESENT, "", pair[0], seen=1, now=NOW)
    assert say_all(visit, pair[0]) == count
    with pytest.raises(InspectionOvertaken, match="另一位"):
        inspections.finish(one, Presence.PRESENT, "", pair[0], seen=count, now=NOW)
    done = inspections.finish(one, Presence.REFUSED, "尽快补齐", pair[0], seen=count + 1, now=NOW)
    assert (done.state, done.presence, done.outcome) == ("finished", "refused", "met")


def test_a_finished_inspection_stays_and_is_amended_beside_it(visit, pair, tmp_path):
    count = say_all(visit, pair[0])
    inspections.finish(visit, Presence.PRESENT, "", pair[0], seen=count, now=NOW)
    inspections.finish(visit, Presence.ABSENT, "again", pair[1], seen=0, now=NOW + DAY)  # a lost answer, sent again
    visit.refresh_from_db()
    assert (visit.presence, visit.remark, visit.closed_at) == ("present", "", NOW)
    for deed in (
        lambda: inspections.say(visit, [said(items(visit)[0])], pair[0], now=NOW),
        lambda: InspectionPhotos(tmp_path).add(visit, items(visit)[0], uuid4(), photo(), pair[0], now=NOW),
        lambda: inspections.drop(visit, "错了", pair[0], seen=2, now=NOW),
    ):
        with pytest.raises(InspectionOvertaken):
            deed()
    before = inspection_pdf(visit, shop_name="甲店")
    assert before.startswith(b"%PDF")
    assert before == inspection_pdf(visit, shop_name="甲店")
    for _time in range(2):
        inspections.amend(visit, "第二项的说明写错了，应为两名。", pair[1], now=NOW + DAY)
    assert [step.kind for step in visit.steps.all()] == ["planned", "finished", "amended"]
    assert inspection_pdf(visit, shop_name="甲店") != before
    with pytest.raises(TypeError, match="never changed"):
        visit.steps.first().save()


def test_two_officers_who_finish_at_once_finish_once(visit, pair):
    count = say_all(visit, pair[0])
    said_of: list[str] = []
    gate = threading.Barrier(2)

    def finish(by: By, presence: Presence) -> None:
        gate.wait()
        said_of.append(inspections.finish(visit, presence, "", by, seen=count, now=NOW).presence)
        connections.close_all()

    threads = [
        threading.Thread(target=finish, args=(pair[place], each))
        for place, each in enumerate((Presence.PRESENT, Presence.REFUSED))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said_of) == 2
    assert len(set(said_of)) == 1
    assert visit.steps.filter(kind="finished").count() == 1


def test_a_visit_is_moved_or_dropped_by_who_saw_how_it_stands(visit, pair):
    chosen = (pair[0].user, pair[1].user)
    inspections.move(visit, date(2026, 11, 25), chosen, pair[0], seen=1, now=NOW)
    with pytest.raises(InspectionOvertaken):
        inspections.drop(visit, "企业停电", pair[1], seen=1, now=NOW)
    for _time in range(2):
        inspections.drop(visit, "企业停电", pair[1], seen=2, now=NOW)
    assert [step.kind for step in visit.steps.all()] == ["planned", "moved", "dropped"]


def test_a_photo_sent_again_is_one_is_sealed_and_goes_after_its_term(visit, pair, tmp_path):
    kept, number, key = InspectionPhotos(tmp_path), uuid4(), items(visit)[0]
    first = kept.add(visit, key, number, photo(), pair[0], now=NOW)
    assert kept.add(visit, key, number, photo(), pair[0], now=NOW + DAY).pk == first.pk
    second = kept.add(visit, key, uuid4(), photo(), pair[1], now=NOW)
    assert kept.read(first).startswith(b"\xff\xd8\xff")
    on_disk = [path.read_bytes() for path in (tmp_path / "inspection-photos").iterdir() if path.is_file()]
    assert on_disk
    assert all(not raw.startswith(b"\xff\xd8") for raw in on_disk)
    take_off(second, pair[0], now=NOW)
    assert photos_of(visit) == [first]
    with pytest.raises(FilingRefused, match="照片"):
        kept.add(visit, key, uuid4(), b"no photo", pair[0], now=NOW)
    inspections.finish(visit, Presence.ABSENT, "", pair[0], seen=say_all(visit, pair[0]), now=NOW)
    assert kept.remove_old(NOW + DAY) == 1
    assert kept.read(InspectionPhoto.objects.get(pk=first.pk)) is not None
    assert kept.remove_old(NOW + KEPT) == 1
    assert kept.read(InspectionPhoto.objects.get(pk=first.pk)) is None
