"""初评, 复核, 公示, 异议, 公布: two people, seconds of a deadline, races, letters; and shops that handed in nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chedang.access.models import AuditEvent, User
from chedang.supervision import credit, credit_review
from chedang.supervision.announcing import Author
from chedang.supervision.credit_model import CreditState, Figure
from chedang.supervision.credit_objections import ObjectionFiles
from chedang.supervision.credit_review import BadMarks, Shop
from chedang.supervision.credit_review_model import Marks, ReviewState, TypedRow
from chedang.supervision.credit_sheet import load_sheet
from chedang.supervision.evidence import clean_files
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.credit import CreditAssessment
from chedang.supervision.models.credit_review import CreditReview, CreditReviewStep
from chedang.terms.dates import SHANGHAI

NOW = datetime(2026, 4, 20, 10, 0, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
SHEET = load_sheet()
SHOP = "330106000000001"
FIGURES: dict[str, Figure] = {}
WESTLAKE = Shop("西湖汽修", "02")


class People:
    """Two officers of the county, one of another, who manages the shop."""

    def __init__(self) -> None:
        self.first, self.second, self.elsewhere = (
            Author(_user(name, role="regulator", division_code=code), f"{code} 机关")
            for name, code in (("first", "330106"), ("second", "330106"), ("elsewhere", "330212"))
        )
        self.shop = Author(_user("manager", role="shop", company_code=SHOP), "西湖汽修")


def _user(name: str, **columns: str) -> User:
    return User.objects.create(username=name, display_name=name, password="!", **columns)


@pytest.fixture
def people(django_database: str) -> People:
    return People()


@pytest.fixture
def files(tmp_path: Path) -> ObjectionFiles:
    return ObjectionFiles(tmp_path)


def hand_in(people: People, year: int = 2025) -> CreditAssessment:
    """What the shop hands in, opened by an officer."""
    draft = credit.find_or_begin(SHOP, "330106", year, now=NOW)
    credit.submit(draft.pk, SHEET, FIGURES, people.shop.user, organisation="", now=NOW)
    return credit.open_as_officer(draft.pk, people.first.user, organisation="", now=NOW)


def review(people: People, assessment: CreditAssessment, seen: int = 0, **keywords: Any) -> CreditReview:
    marks = keywords.pop("marks", Marks(note="核对无误"))
    return credit_review.review(
        assessment.pk, marks, keywords.pop("by", people.first), shop=WESTLAKE, sheet=SHEET, seen=seen, now=NOW
    )


def propose(people: People, now: datetime = NOW) -> CreditReview:
    assessment = hand_in(people)
    review(people, assessment)
    return credit_review.confirm(assessment.pk, people.second, SHEET, seen=1, now=now)


def nobody(_published: Sequence[CreditReview]) -> None:
    """Tell no public."""


def photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (20, 20), (9, 9, 9)).save(written, "PNG")
    return written.getvalue()


def test_a_review_is_confirmed_by_another_and_a_change_needs_a_reason(people: People) -> None:
    assessment = hand_in(people)
    key = "calibration"
    with pytest.raises(BadMarks) as fault:
        review(people, assessment, marks=Marks({key: TypedRow(20)}))
    assert fault.value.key == key
    marks = Marks({key: TypedRow(20, "现场看过证书")}, {}, "有材料")
    found = review(people, assessment, marks=marks)
    assert review(people, assessment, marks=marks).step_count == 1  # the same page once more
    assert found.points == (assessment.points or 0) + 20
    with pytest.raises(NotAllowed, match="初评人不能复核"):
        credit_review.confirm(assessment.pk, people.first, SHEET, seen=1, now=NOW)
    credit_review.send_back(assessment.pk, people.second, "证书照片不清楚", seen=1, now=NOW)
    again = review(people, assessment, seen=2, by=people.second)
    assert again.points == assessment.points  # begins from the sheet again
    with pytest.raises(NotAllowed):  # whoever reviewed last
        credit_review.confirm(assessment.pk, people.second, SHEET, seen=3, now=NOW)
    confirmed = credit_review.confirm(assessment.pk, people.first, SHEET, seen=3, now=NOW)
    assert confirmed.state == ReviewState.PROPOSED
    assert [step.deed for step in confirmed.steps.all()] == ["review", "return", "review", "confirm"]
    event = AuditEvent.objects.filter(action="credit:review").order_by("pk").first()
    assert event is not None
    assert event.after is not None
    assert event.after["changed"] == {key: 20}


def test_of_two_officers_at_once_the_second_is_told(people: People) -> None:
    assessment = hand_in(people)
    review(people, assessment)
    with pytest.raises(Overtaken):
        review(people, assessment, by=people.second, marks=Marks(note="我也评"))
    credit_review.confirm(assessment.pk, people.second, SHEET, seen=1, now=NOW)
    with pytest.raises(Overtaken):
        credit_review.send_back(assessment.pk, people.second, "再看看", seen=1, now=NOW)
    with pytest.raises(NotAllowed):
        credit_review.send_back(assessment.pk, people.elsewhere, "外地", seen=2, now=NOW)


def test_the_period_ends_with_the_last_second_of_its_last_working_day(people: People, files: ObjectionFiles) -> None:
    # 2026-04-20 and ten working days: 1 to 5 May are holidays, 9 May is worked
    found = propose(people)
    assert found.due_at == datetime(2026, 5, 8, 0, 0, tzinfo=SHANGHAI)
    late: dict[str, Any] = {"keep": files, "seen": 2, "now": found.due_at + SECOND}
    with pytest.raises(NotAllowed, match="公示期已过"):
        credit_review.object_to(found.assessment_id, people.shop, "迟了", [], **late)
    assert CreditReview.objects.publishable(found.due_at + SECOND).exists()
    assert not CreditReview.objects.within_period(found.due_at + SECOND).exists()
    just = found.due_at + SECOND - timedelta(microseconds=1)
    assert CreditReview.objects.within_period(just).exists()
    with pytest.raises(Overtaken):
        credit_review.publish([found.assessment_id], people.first, now=just, tell_public=nobody)
    objected = credit_review.object_to(found.assessment_id, people.shop, "返修率算错", [], **late | {"now": just})
    assert objected.state == ReviewState.OBJECTED


def test_a_shop_objects_once_and_another_than_the_reviewer_decides(people: People, files: ObjectionFiles) -> None:
    found = propose(people)
    given: dict[str, Any] = {"keep": files, "seen": 2, "now": NOW}
    number, cleaned = found.assessment_id, clean_files([photo()])
    with pytest.raises(NotAllowed):
        credit_review.object_to(number, people.shop, " ", [], **given)
    credit_review.object_to(number, people.shop, "附了检定证书", cleaned, **given)
    again = credit_review.object_to(number, people.shop, "附了检定证书", cleaned, **given)
    file = again.files.get()  # one, though it was sent twice
    assert files.read(file) == cleaned[0].content
    with pytest.raises(Overtaken):
        credit_review.object_to(number, people.shop, "还有一条", [], **given | {"seen": 3})
    marks = Marks({"calibration": TypedRow(50, "证书有效")}, {}, "异议成立")
    with pytest.raises(NotAllowed, match="初评人"):
        credit_review.decide(number, marks, people.first, seen=3, now=NOW)
    decided = credit_review.decide(number, marks, people.second, seen=3, now=NOW)
    assert (decided.state, decided.points, decided.decision) == ("decided", found.points + 50, "异议成立")
    assert CreditReview.objects.publishable(NOW).exists()  # at once: the objection was what the period is for


def test_a_batch_is_published_whole_or_not_and_a_wrong_grade_is_corrected_in_the_open(people: People) -> None:
    found = propose(people)
    after = NOW + timedelta(days=30)
    told: list[str] = []

    def tell(published: Sequence[CreditReview]) -> None:
        told.extend(each.grade for each in published)

    def fail(_published: Sequence[CreditReview]) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        credit_review.publish([found.assessment_id], people.first, now=after, tell_public=fail)
    found.refresh_from_db()
    assert found.state == ReviewState.PROPOSED  # nothing is kept of a batch that broke
    assert credit_review.publish([found.assessment_id], people.first, now=after, tell_public=tell) == 1
    assert credit_review.publish([found.assessment_id], people.first, now=after, tell_public=tell) == 0
    assert told == [found.grade]
    rows = {row.key: TypedRow(row.most, "补查材料") for row in SHEET.indicators}
    marks = Marks(rows, {}, "材料补查属实")
    with pytest.raises(NotAllowed, match="原因"):
        credit_review.correct(found.assessment_id, Marks(rows), people.second, seen=3, now=after, tell_public=tell)
    corrected = credit_review.correct(found.assessment_id, marks, people.second, seen=3, now=after, tell_public=tell)
    assert (corrected.grade, corrected.former_grade, corrected.correction_reason) == ("AAA", "B", "材料补查属实")
    assert told == ["B", "AAA"]
    step = CreditReviewStep.objects.first()
    assert step is not None
    for change in (step.save, step.delete, CreditReviewStep.objects.all().delete):
        with pytest.raises(TypeError):
            change()


def test_a_shop_that_handed_in_nothing_is_taken_up_after_the_last_day(people: People) -> None:
    officer = people.first.user
    given: dict[str, Any] = {"sheet": SHEET, "figures": FIGURES, "organisation": ""}
    last = datetime(2026, 3, 31, 23, 59, 59, tzinfo=SHANGHAI)
    with pytest.raises(NotAllowed, match="截止日期"):
        credit.take_up(SHOP, "330106", 2025, officer, **given, now=last)
    with pytest.raises(NotAllowed):
        credit.take_up(SHOP, "330106", 2025, people.elsewhere.user, **given, now=last + SECOND)
    begun = credit.take_up(SHOP, "330106", 2025, officer, **given, now=last + SECOND)
    assert credit.take_up(SHOP, "330106", 2025, officer, **given, now=NOW).pk == begun.pk
    assert (begun.state, begun.is_by_officer) == (CreditState.OPENED, True)
    assert begun.points == sum(row.without for row in SHEET.indicators)
    assert review(people, begun).points == begun.points


def test_an_assessment_that_was_handed_in_is_not_taken_up(people: People) -> None:
    hand_in(people)
    given: dict[str, Any] = {"sheet": SHEET, "figures": FIGURES, "organisation": "", "now": NOW}
    with pytest.raises(Overtaken):
        credit.take_up(SHOP, "330106", 2025, people.first.user, **given)
