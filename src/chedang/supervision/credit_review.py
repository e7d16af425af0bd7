"""What is done with a credit assessment once it is handed in: 初评, 复核, 公示, 异议, 公布, 改判 (ADR 0056).

Every deed holds the assessment first and is told how many steps the page showed: of two at once the second is told
that the first was quicker. Nobody confirms or decides what is their own. The history only grows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.rules import is_in_scope
from chedang.reviews.clocks import deadline, is_over
from chedang.supervision import credit_letters
from chedang.supervision.announcing import Author
from chedang.supervision.credit_model import read_snapshot
from chedang.supervision.credit_objections import ObjectionFiles
from chedang.supervision.credit_review_model import (
    BY_ANOTHER,
    FaultKind,
    MarkFault,
    Marks,
    NoSuchReviewStep,
    Result,
    ReviewDeed,
    ReviewState,
    change,
    next_state,
    read_result,
    start,
)
from chedang.supervision.credit_sheet import Sheet
from chedang.supervision.evidence import CleanFile
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.credit import CreditAssessment
from chedang.supervision.models.credit_review import CreditReview, CreditReviewStep
from chedang.terms.text import tidy

MOST_OBJECTION: Final = 1000
MOST_REASON: Final = 200
MOST_PUBLISHED: Final = 500
"""Of one batch: it is kept as a whole, within seconds."""
_ACTIONS: Final = {
    ReviewDeed.REVIEW: AuditAction.REVIEW_CREDIT,
    ReviewDeed.RETURN: AuditAction.REVIEW_CREDIT,
    ReviewDeed.CONFIRM: AuditAction.REVIEW_CREDIT,
    ReviewDeed.OBJECT: AuditAction.OBJECT_TO_CREDIT,
    ReviewDeed.DECIDE: AuditAction.DECIDE_CREDIT,
    ReviewDeed.PUBLISH: AuditAction.PUBLISH_CREDIT,
    ReviewDeed.CORRECT: AuditAction.DECIDE_CREDIT,
}


class Shop(msgspec.Struct, frozen=True):
    """The shop as the public list will name it."""

    company_name: str
    category_code: str


def result_of(assessment: CreditAssessment, sheet: Sheet) -> Result:
    """What stands: the newest finding, or the sheet as claimed when nobody reviewed it or its 初评 was returned."""
    review = CreditReview.objects.filter(assessment=assessment).first()
    return _basis(assessment, review, sheet)


def review(
    assessment_id: int, marks: Marks, author: Author, *, shop: Shop, sheet: Sheet, seen: int, now: datetime
) -> CreditReview:
    """初评: confirm or change every row, decide on the vetoes. Raises NotAllowed with what to mend."""
    with transaction.atomic():
        assessment, found = _hold(assessment_id, author)
        if assessment.is_draft:
            raise NotAllowed(_("企业还没有提交自评表。"))
        result = _change(_basis(assessment, found, sheet), marks)
        before = None if found is None else _said(found)
        if found is not None and _is_repeat(found, ReviewDeed.REVIEW, author, marks.note, result):
            return found
        state = _check_step(found, ReviewDeed.REVIEW, author, seen)
        standing = found or CreditReview(
            assessment=assessment,
            company_code=assessment.company_code,
            division_code=assessment.division_code,
            year=assessment.year,
        )
        standing.company_name, standing.category_code = shop.company_name, shop.category_code
        standing.reviewer = author.user
        _take(standing, ReviewDeed.REVIEW, author, Step(state, result, marks.note, before), now=now)
    return standing


def send_back(assessment_id: int, author: Author, words: str, *, seen: int, now: datetime) -> CreditReview:
    """退回初评, with a reason. Raises NotAllowed."""
    reason = _words(words, MOST_REASON, _("请写明退回的原因。"))
    return _step(assessment_id, ReviewDeed.RETURN, author, reason, seen=seen, now=now)


def confirm(assessment_id: int, author: Author, sheet: Sheet, *, seen: int, now: datetime) -> CreditReview:
    """复核通过: the shop is told, and its period for objections begins. Raises NotAllowed, also to the reviewer."""

    def alter(found: CreditReview) -> None:
        found.proposed_at, found.due_at = now, deadline(now, sheet.objection_days)

    return _step(assessment_id, ReviewDeed.CONFIRM, author, "", seen=seen, now=now, alter=alter)


def object_to(
    assessment_id: int,
    author: Author,
    words: str,
    files: Sequence[CleanFile],
    *,
    keep: ObjectionFiles,
    seen: int,
    now: datetime,
) -> CreditReview:
    """异议 of the shop, once, until the last second of the period. Raises NotAllowed."""
    text = _words(words, MOST_OBJECTION, _("请写明对哪一项有异议和理由。"))

    def alter(found: CreditReview) -> None:
        if is_over(found.due_at, now):
            raise NotAllowed(_("公示期已过，不能再提异议。"))
        found.objection, found.objected_at = text, now
        keep.add(found, files, now=now)

    return _step(assessment_id, ReviewDeed.OBJECT, author, text, seen=seen, now=now, alter=alter)


def decide(assessment_id: int, marks: Marks, author: Author, *, seen: int, now: datetime) -> CreditReview:
    """Answer the objection, keeping or changing rows; ``note`` is the answer. Raises NotAllowed."""
    note = _words(marks.note, MOST_REASON, _("请写明对异议的答复。"))

    def alter(found: CreditReview) -> None:
        found.decision = note

    return _step(assessment_id, ReviewDeed.DECIDE, author, note, seen=seen, now=now, alter=alter, marks=marks)


def correct(
    assessment_id: int,
    marks: Marks,
    author: Author,
    *,
    seen: int,
    now: datetime,
    tell_public: Callable[[Sequence[CreditReview]], None],
) -> CreditReview:
    """改判 of what is published; ``note`` is the reason, which everybody reads. Raises NotAllowed."""
    note = _words(marks.note, MOST_REASON, _("请写明改判的原因，会公开。"))

    def alter(found: CreditReview) -> None:
        found.former_grade, found.corrected_at, found.correction_reason = found.grade, now, note

    with transaction.atomic():
        found = _step(assessment_id, ReviewDeed.CORRECT, author, note, seen=seen, now=now, alter=alter, marks=marks)
        tell_public([found])
    return found


def publish(
    assessment_ids: Sequence[int],
    author: Author,
    *,
    now: datetime,
    tell_public: Callable[[Sequence[CreditReview]], None],
) -> int:
    """Publish a batch, all or none; those that are published already are passed over. Gives how many went out.

    ``tell_public`` puts the grades where the public finds shops, as the last thing before the batch is kept: a batch
    that failed half way may be sent again. Raises Overtaken for one that may not be published now, NotAllowed.
    """
    if not assessment_ids or len(assessment_ids) > MOST_PUBLISHED:
        raise NotAllowed(_("请选择要公布的企业，一次最多 500 家。"))
    published = []
    with transaction.atomic():
        for assessment_id in sorted(set(assessment_ids)):  # one order, so that two batches do not wait for each other
            _assessment, found = _hold(assessment_id, author)
            if found is None:
                raise Overtaken(_("选中的企业里有的现在不能公布，一家都没有公布。请刷新后再选。"))
            if found.state == ReviewState.PUBLISHED:
                continue
            if not CreditReview.objects.publishable(now).filter(pk=found.pk).exists():
                raise Overtaken(_("选中的企业里有的现在不能公布，一家都没有公布。请刷新后再选。"))
            found.published_at, before = now, _said(found)
            result = read_result(found.result)
            _take(found, ReviewDeed.PUBLISH, author, Step(ReviewState.PUBLISHED, result, "", before), now=now)
            published.append(found)
        tell_public(published)
    return len(published)


def _step(
    assessment_id: int,
    deed: ReviewDeed,
    author: Author,
    words: str,
    *,
    seen: int,
    now: datetime,
    alter: Callable[[CreditReview], None] = lambda _found: None,
    marks: Marks | None = None,
) -> CreditReview:
    with transaction.atomic():
        _assessment, found = _hold(assessment_id, author)
        if found is None:
            raise Overtaken(_("这份自评表还没有初评。"))
        before, result = _said(found), read_result(found.result)
        if marks is not None:
            result = _change(result, marks)
        if _is_repeat(found, deed, author, words, result):
            return found
        state = _check_step(found, deed, author, seen)
        alter(found)
        _take(found, deed, author, Step(state, result, words, before), now=now)
    return found


def _hold(assessment_id: int, author: Author) -> tuple[CreditAssessment, CreditReview | None]:
    assessment = CreditAssessment.objects.select_for_update().get(pk=assessment_id)
    user = author.user
    is_own = bool(user.company_code) and user.company_code == assessment.company_code
    if not is_own and not (user.division_code and is_in_scope(assessment.division_code, user.division_code)):
        raise NotAllowed(_("没有这份自评表。"))
    return assessment, CreditReview.objects.filter(assessment=assessment).first()


def _basis(assessment: CreditAssessment, found: CreditReview | None, sheet: Sheet) -> Result:
    if found is None or found.state == ReviewState.RETURNED:
        return start(read_snapshot(assessment.snapshot), sheet)
    return read_result(found.result)


def _check_step(found: CreditReview | None, deed: ReviewDeed, author: Author, seen: int) -> ReviewState:
    try:
        state = next_state(None if found is None else ReviewState(found.state), deed)
    except NoSuchReviewStep:
        raise Overtaken(_("这份考核的状态已经变了，请看过现在的状态再办。")) from None
    if seen != (0 if found is None else found.step_count):
        raise Overtaken(_("别人刚刚办过这份考核，请看过以后再办。"))
    if found is not None and deed in BY_ANOTHER and author.user.pk == found.reviewer_id:
        raise NotAllowed(_("初评人不能复核自己的评定，请另一位同事办理。"))
    return state


def _is_repeat(found: CreditReview, deed: ReviewDeed, author: Author, words: str, result: Result) -> bool:
    last = found.steps.order_by("-place").first()
    if last is None or (last.deed, last.actor_id, last.words) != (str(deed), author.user.pk, words):
        return False
    return read_result(last.result) == result


class Step(NamedTuple):
    """What a deed leads to."""

    state: ReviewState
    result: Result
    words: str
    before: dict[str, Any] | None


def _take(found: CreditReview, deed: ReviewDeed, author: Author, step: Step, *, now: datetime) -> None:
    found.state, found.result = step.state, step.result.as_json()
    found.points, found.grade = step.result.points, str(step.result.grade)
    if deed is not ReviewDeed.OBJECT:
        found.authority = author.organisation
    found.step_count += 1
    record_event(
        author.user,
        _ACTIONS[deed],
        Purpose.OWN_BUSINESS if deed is ReviewDeed.OBJECT else Purpose.SUPERVISION,
        now=now,
        object_id=found.assessment.public_id,
        organisation=author.organisation,
        reason=step.words[:MOST_REASON],
        before=step.before,
        after={"state": str(step.state)} | step.result.as_figures(),
    )
    found.save()
    CreditReviewStep.objects.create(
        review=found,
        place=found.step_count,
        at=now,
        deed=deed,
        actor=author.user,
        organisation=author.organisation,
        words=step.words,
        result=found.result,
        points=found.points,
        grade=found.grade,
    )
    credit_letters.tell_shop(found, deed, author, now=now)


def _said(found: CreditReview) -> dict[str, Any]:
    return {"state": found.state} | read_result(found.result).as_figures()


def _change(standing: Result, marks: Marks) -> Result:
    try:
        return change(standing, marks)
    except MarkFault as fault:
        raise BadMarks(_SENTENCES[fault.kind]() % {"name": fault.name}, fault.key) from fault


def _words(text: str, most: int, lacking: str) -> str:
    tidied = "\n".join(tidy(line) for line in text.splitlines()).strip()
    if not tidied:
        raise NotAllowed(lacking)
    if len(tidied) > most:
        raise NotAllowed(_("内容请控制在 %(most)d 个字以内。") % {"most": most})
    return tidied


class BadMarks(NotAllowed):
    """A row or veto that has to be mended; ``key`` names it."""

    def __init__(self, sentence: str, key: str) -> None:
        super().__init__(sentence)
        self.key = key


_SENTENCES: Final = {
    FaultKind.BOUNDS: lambda: _("“%(name)s”的得分请填 0 到满分之间的整数。"),
    FaultKind.NO_REASON: lambda: _("“%(name)s”改了分，请写明理由。"),
    FaultKind.NO_VETO_REASON: lambda: _("“%(name)s”请写明适用或者不适用的理由。"),
    FaultKind.TOO_LONG: lambda: _("理由和说明请控制在 200 个字以内。"),
}
