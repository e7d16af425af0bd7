"""A self-assessment from draft to the officer's desk: two people at it, figures frozen, no way back once opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chedang.access.models import User
from chedang.supervision import credit
from chedang.supervision.credit_evidence import MOST_PHOTOS, CreditFiles, standing
from chedang.supervision.credit_model import CreditState, Figure, read_snapshot
from chedang.supervision.credit_sheet import load_sheet
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.credit import CreditAssessment, CreditStep
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
SHEET = load_sheet()
SHOP, OTHER_SHOP = "330106000000001", "330106000000002"
FIGURES = {"corrections_overdue": Figure(Decimal(1), "现在有 1 件反馈超过答复期限。"), "review_score": Figure(None, "")}


@pytest.fixture
def people(django_database: str) -> tuple[User, User]:
    """Who manages the shop, and an officer of its county."""
    return tuple(  # type: ignore[return-value]  # two of them
        User.objects.create(username=role, display_name=role, role=role, password="!", **columns)
        for role, columns in (("shop", {"company_code": SHOP}), ("regulator", {"division_code": "330106"}))
    )


@pytest.fixture
def files(tmp_path: Path) -> CreditFiles:
    return CreditFiles(tmp_path)


def begin(year: int = 2025) -> CreditAssessment:
    return credit.find_or_begin(SHOP, "330106", year, now=NOW)


def photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(written, "PNG")
    return written.getvalue()


def test_a_draft_is_begun_once_and_only_for_years_that_are_open(people: tuple[User, User]) -> None:
    assert begin().pk == begin().pk
    assert begin(2026).pk != begin().pk
    with pytest.raises(NotAllowed):
        begin(2024)
    with pytest.raises(NotAllowed):
        begin(2027)


def test_what_is_stated_is_bounded_and_two_people_do_not_overwrite_each_other(people: tuple[User, User]) -> None:
    hours = SHEET.find("training_hours")
    assert hours is not None
    assert [credit.read_stated(hours, text) for text in (" 12 ", "0.25", "", "400")] == ["12", "0.25", "", "400"]
    for typed in ("-1", "401", "1.234", "十二", "NaN", "1e3", "Infinity"):
        with pytest.raises(NotAllowed):
            credit.read_stated(hours, typed)
    draft = begin()
    credit.save(draft.pk, SHEET, {"training_hours": "12"}, 0, now=NOW)
    with pytest.raises(Overtaken):
        credit.save(draft.pk, SHEET, {"training_hours": "20"}, 0, now=NOW)
    credit.save(draft.pk, SHEET, {"training_hours": "12"}, 0, now=NOW)  # the same form once more: nothing to do
    draft.refresh_from_db()
    assert (draft.stated["training_hours"], draft.revision) == ("12", 1)


def test_a_stated_value_that_needs_a_photo_has_points_with_it_only(
    people: tuple[User, User], files: CreditFiles
) -> None:
    draft, hours, price = begin(), SHEET.find("training_hours"), SHEET.find("prices_published")
    score = SHEET.find("review_score")
    assert hours
    assert price
    assert score
    credit.save(draft.pk, SHEET, {"training_hours": "24"}, 0, now=NOW)
    draft.refresh_from_db()
    before = credit.fill(draft, SHEET, FIGURES).assessment.points
    cleaned = files.clean(photo())
    kept = credit.attach(draft.pk, hours, cleaned, files=files, now=NOW)
    credit.attach(draft.pk, price, cleaned, files=files, now=NOW)
    assert credit.fill(draft, SHEET, FIGURES).assessment.points - before == hours.most + price.most
    assert files.read(kept) == cleaned
    with pytest.raises(NotAllowed):
        credit.attach(draft.pk, score, cleaned, files=files, now=NOW)
    for _again in range(MOST_PHOTOS - 1):
        credit.attach(draft.pk, price, cleaned, files=files, now=NOW)
    with pytest.raises(NotAllowed):
        credit.attach(draft.pk, price, cleaned, files=files, now=NOW)
    credit.take_out(draft.pk, kept.pk, now=NOW)
    credit.take_out(draft.pk, kept.pk, now=NOW + timedelta(days=1))
    kept.refresh_from_db()
    assert (kept.removed_at, files.read(kept)) == (NOW, None)
    assert files.remove_old(NOW + timedelta(days=365 * 20)) == 1
    assert standing(draft).count() == MOST_PHOTOS
    with pytest.raises(NotAllowed):
        files.clean(b"no picture")


def test_handed_in_taken_back_handed_in_again_opened_and_then_it_stays(
    people: tuple[User, User], files: CreditFiles
) -> None:
    manager, officer = people
    draft, hours = begin(), SHEET.find("training_hours")
    assert hours
    deed: dict[str, Any] = {"organisation": "一家店", "now": NOW}
    # handed in twice by a double click: once; the figures are those of that moment
    credit.submit(draft.pk, SHEET, FIGURES, manager, **deed)
    credit.submit(draft.pk, SHEET, {}, manager, **deed)
    handed_in = CreditAssessment.objects.get(pk=draft.pk)
    snapshot = read_snapshot(handed_in.snapshot)
    row = next(row for part in snapshot.parts for row in part.rows if row.key == "corrections_overdue")
    assert (row.value, row.points, row.basis) == (Decimal(1), 48, "现在有 1 件反馈超过答复期限。")
    assert (handed_in.points, handed_in.grade, snapshot.counted_on) == (snapshot.points, "B", "2026-11-20")
    assert sum(part.points for part in snapshot.parts) == snapshot.points
    # nothing can be changed now
    with pytest.raises(NotAllowed):
        credit.save(draft.pk, SHEET, {"training_hours": "1"}, handed_in.revision, now=NOW)
    with pytest.raises(NotAllowed):
        credit.attach(draft.pk, hours, files.clean(photo()), files=files, now=NOW)
    # back, and in again
    credit.take_back(draft.pk, manager, **deed)
    credit.take_back(draft.pk, manager, **deed)
    with pytest.raises(NotAllowed):
        credit.open_as_officer(draft.pk, officer, organisation="区局", now=NOW)
    assert CreditAssessment.objects.in_scope(officer).count() == 0
    credit.submit(draft.pk, SHEET, FIGURES, manager, **deed)
    # opened: no way back, however often
    credit.open_as_officer(draft.pk, officer, organisation="区局", now=NOW)
    credit.open_as_officer(draft.pk, officer, organisation="区局", now=NOW + timedelta(days=1))
    with pytest.raises(NotAllowed):
        credit.take_back(draft.pk, manager, **deed)
    opened = CreditAssessment.objects.in_scope(officer).get()
    assert (opened.state, opened.opened_at) == (CreditState.OPENED, NOW)
    assert [step.deed for step in opened.steps.all()] == ["submit", "take_back", "submit", "open"]


def test_a_running_year_cannot_be_handed_in_and_history_is_never_changed(people: tuple[User, User]) -> None:
    manager, _officer = people
    with pytest.raises(NotAllowed):
        credit.submit(begin(2026).pk, SHEET, FIGURES, manager, organisation="", now=NOW)
    credit.submit(begin().pk, SHEET, FIGURES, manager, organisation="", now=NOW)
    step = CreditStep.objects.get()
    for change in (step.save, step.delete, CreditStep.objects.all().delete):
        with pytest.raises(TypeError):
            change()
    with pytest.raises(TypeError):
        CreditStep.objects.update(deed="open")


def test_an_officer_sees_those_of_the_division_only(people: tuple[User, User]) -> None:
    manager, officer = people
    credit.submit(begin().pk, SHEET, FIGURES, manager, organisation="", now=NOW)
    foreign = credit.find_or_begin(OTHER_SHOP, "330212", 2025, now=NOW)
    credit.submit(foreign.pk, SHEET, FIGURES, manager, organisation="", now=NOW)
    assert [row.company_code for row in CreditAssessment.objects.in_scope(officer)] == [SHOP]
