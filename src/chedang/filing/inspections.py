"""What is done with inspections: planned, moved, answered item by item, finished once, amended beside it.

Whoever writes locks the inspection's row. Answers and photos carry a number of the phone's own: what was sent again
after a lost line is the row that is there. Only the two officers named write on the spot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.model import Role
from chedang.access.models import User
from chedang.access.rules import division_prefix, is_in_scope
from chedang.enterprises.model import Enterprise
from chedang.filing.checklists import load_checklist
from chedang.filing.filing_model import FilingRefused
from chedang.filing.history import By
from chedang.filing.inspection_model import (
    LONGEST_REMARK,
    OFFICERS,
    OPEN,
    InspectionReason,
    InspectionState,
    InspectionStepKind,
    Presence,
    Said,
    Verdict,
    outcome_of,
    unsaid,
)
from chedang.filing.models.inspections import (
    Inspection,
    InspectionAnswer,
    InspectionDraw,
    InspectionStep,
)
from chedang.filing.paper_model import CLASSES_OF, LONGEST_NOTE, ChecklistClass, Group
from chedang.terms.text import tidy

_ANY_CLASS: Final = (ChecklistClass.FIRST, ChecklistClass.SECOND, ChecklistClass.MINOR, ChecklistClass.SPECIAL)


@dataclass(frozen=True, slots=True)
class Visit:
    """What is planned."""

    reason: InspectionReason
    planned_on: date
    officers: tuple[User, ...]
    class_key: ChecklistClass | None = None
    """Which checklist, where the class of the shop leaves a choice."""


class InspectionOvertaken(FilingRefused):
    """Somebody else was quicker: what stands now is to be looked at first."""


def classes_of(category_code: str) -> tuple[ChecklistClass, ...]:
    """Checklists that may be meant for a shop of this class."""
    return CLASSES_OF.get(category_code, _ANY_CLASS)


def groups_of(inspection: Inspection) -> tuple[Group, ...]:
    """The conditions that this inspection is about."""
    return load_checklist().of_class(ChecklistClass(inspection.class_key))


def officers_for(planner: User, division_code: str) -> list[User]:
    """Who may be sent to a shop of this division: officials of the planner's division and below who answer for it."""
    found = User.objects.filter(
        role=Role.REGULATOR, is_active=True, division_code__startswith=division_prefix(planner.division_code)
    ).order_by("display_name", "pk")
    return [user for user in found if is_in_scope(division_code, user.division_code)]


def plan(
    public_id: str, shop: Enterprise, visit: Visit, by: By, *, draw: InspectionDraw | None = None, now: datetime
) -> Inspection:
    """Plan a visit under a name of the caller's choice; again under it gives what is there. Raises FilingRefused."""
    planner, chosen = _actor(by), _two(visit.officers)
    possible = classes_of(shop.category_code)
    if any(each not in officers_for(planner, shop.division_code) for each in chosen):
        raise FilingRefused(_("所选的执法人员不能到这家企业勘验，请重新选择。"))
    with transaction.atomic():
        columns = {
            "company_code": shop.company_code,
            "division_code": shop.division_code,
            "reason": str(visit.reason),
            "planned_on": visit.planned_on,
            "class_key": str(visit.class_key if visit.class_key in possible else possible[0]),
            "edition": load_checklist().edition,
            "draw": draw,
            "planned_by": planner,
            "planned_at": now,
        }
        inspection, is_new = Inspection.objects.get_or_create(public_id=public_id, defaults=columns)
        if inspection.company_code != shop.company_code:
            raise FilingRefused(_("没有这次勘验。"))
        if not is_new:
            return inspection
        inspection.officers.set(chosen)
        _note(inspection, InspectionStepKind.PLANNED, by, now=now)
    return inspection


def move(
    inspection: Inspection, planned_on: date, officers: Iterable[User], by: By, *, seen: int, now: datetime
) -> None:
    """Another day or other officers; nothing is written where nothing differs. Raises FilingRefused."""
    chosen = _two(officers)
    with transaction.atomic():
        held = _open(inspection, seen)
        if held.planned_on == planned_on and set(held.officers.all()) == set(chosen):
            return
        if any(each not in officers_for(_actor(by), held.division_code) for each in chosen):
            raise FilingRefused(_("所选的执法人员不能到这家企业勘验，请重新选择。"))
        before, held.planned_on = held.planned_on, planned_on
        held.save(update_fields=["planned_on"])
        held.officers.set(chosen)
        _note(held, InspectionStepKind.MOVED, by, now=now, text=f"{before.isoformat()} → {planned_on.isoformat()}")


def drop(inspection: Inspection, why: str, by: By, *, seen: int, now: datetime) -> None:
    """It does not take place. Safe to repeat. Raises FilingRefused."""
    words = _words(why, _("请写明取消的原因，不超过 500 个字。"))
    with transaction.atomic():
        if _lock(inspection).state == InspectionState.DROPPED:
            return
        held = _open(inspection, seen)
        held.state, held.closed_at = str(InspectionState.DROPPED), now
        held.save(update_fields=["state", "closed_at"])
        _note(held, InspectionStepKind.DROPPED, by, now=now, text=words)


def say(inspection: Inspection, said: Sequence[Said], by: By, *, now: datetime) -> int:
    """Keep what an officer says of conditions; gives how many were new. What was sent before counts once.

    Raises FilingRefused: not one of its officers, an unknown condition, a note too long; InspectionOvertaken when it is
    finished or dropped.
    """
    known = {item.key for group in groups_of(inspection) for item in group.items}
    if any(each.item not in known for each in said):
        raise FilingRefused(_("清单里没有这一项，请刷新页面。"))
    if any(len(each.note) > LONGEST_NOTE for each in said):
        raise FilingRefused(_("说明请控制在 200 个字以内。"))
    with transaction.atomic():
        held = _lock(inspection)
        there = set(
            held.answers.filter(client_id__in=[each.client_id for each in said]).values_list("client_id", flat=True)
        )
        fresh = [each for each in said if each.client_id not in there]
        if not fresh:
            return 0
        begin(held, by, now=now)
        for each in fresh:
            InspectionAnswer.objects.create(
                inspection=held,
                client_id=each.client_id,
                item=each.item,
                verdict=str(each.verdict),
                note=tidy(each.note),
                said_by=_actor(by),
                said_at=now,
            )
    return len(fresh)


def finish(inspection: Inspection, presence: Presence, remark: str, by: By, *, seen: int, now: datetime) -> Inspection:
    """办结: from now on nothing of it changes. Safe to repeat. Raises FilingRefused, InspectionOvertaken.

    ``seen`` is how many answers the officer had before them: what came in since is to be read first.
    """
    if len(remark) > LONGEST_REMARK:
        raise FilingRefused(_("勘验意见请控制在 500 个字以内。"))
    with transaction.atomic():
        held = _lock(inspection)
        if held.state == InspectionState.FINISHED:
            return held
        begin(held, by, now=now)
        if held.answers.count() != seen:
            raise InspectionOvertaken(_("另一位执法人员刚刚又记了几项，请看过最新内容再办结。"))
        verdicts = {key: answer for key, (answer, _note_text) in answers_of(held).items()}
        if left := unsaid(groups_of(held), verdicts):
            raise FilingRefused(_("还有 %(n)d 项没有填，填完才能办结。") % {"n": len(left)})
        held.presence, held.outcome = str(presence), str(outcome_of(verdicts))
        held.remark, held.state, held.closed_at = tidy(remark), str(InspectionState.FINISHED), now
        held.save(update_fields=["presence", "outcome", "remark", "state", "closed_at"])
        _note(held, InspectionStepKind.FINISHED, by, now=now)
    return held


def amend(inspection: Inspection, text: str, by: By, *, now: datetime) -> None:
    """补充说明 beside a finished inspection; the same words again are the ones there. Raises FilingRefused."""
    words = _words(text, _("请写明要补充什么，不超过 500 个字。"))
    with transaction.atomic():
        held = _lock(inspection)
        if held.state != InspectionState.FINISHED:
            raise FilingRefused(_("还没有办结，请直接改正。"))
        _must_be_named(held, by)
        last = held.steps.order_by("-at", "-pk").first()
        if last is None or (last.kind, last.text) != (InspectionStepKind.AMENDED, words):
            _note(held, InspectionStepKind.AMENDED, by, now=now, text=words)


def begin(held: Inspection, by: By, *, now: datetime) -> None:
    """Somebody writes on the spot; the caller holds the row. Raises FilingRefused, InspectionOvertaken."""
    _must_be_named(held, by)
    if held.state not in OPEN:
        raise InspectionOvertaken(_("这次勘验已经办结或取消，不能再改。"))
    if held.state == InspectionState.PLANNED:
        held.state, held.begun_at = str(InspectionState.UNDER_WAY), now
        held.save(update_fields=["state", "begun_at"])


def answers_of(inspection: Inspection) -> dict[str, tuple[Verdict, str]]:
    """Condition → what was said of it last, with the note."""
    rows = inspection.answers.order_by("pk").values_list("item", "verdict", "note")
    return {item: (Verdict(verdict), note) for item, verdict, note in rows}


def is_named(inspection: Inspection, user: User) -> bool:
    """Is this one of the two officers?"""
    return inspection.officers.filter(pk=user.pk).exists()


def last_finished(company_codes: Iterable[str]) -> dict[str, datetime]:
    """When these shops were inspected last; those never inspected are absent."""
    found = Inspection.objects.filter(company_code__in=list(company_codes), state=InspectionState.FINISHED)
    rows = found.order_by("closed_at").values_list("company_code", "closed_at")
    return {code: at for code, at in rows if at is not None}


def lock_inspection(inspection: Inspection) -> Inspection:
    """Hold one inspection still; inside a transaction."""
    return _lock(inspection)


def _lock(inspection: Inspection) -> Inspection:
    return Inspection.objects.select_for_update().get(pk=inspection.pk)


def _open(inspection: Inspection, seen: int) -> Inspection:
    """The row, held. Raises InspectionOvertaken when it is closed, or somebody did something meanwhile."""
    held = _lock(inspection)
    if held.state not in OPEN or held.steps.count() != seen:
        raise InspectionOvertaken(_("别人刚刚办理过，请看过最新内容再决定。"))
    return held


def _must_be_named(held: Inspection, by: By) -> None:
    if not is_named(held, _actor(by)):
        raise FilingRefused(_("只有列名的两位执法人员可以填写。"))


def _two(officers: Iterable[User]) -> list[User]:
    chosen = list({user.pk: user for user in officers}.values())
    if len(chosen) != OFFICERS:
        raise FilingRefused(_("现场勘验要有两位执法人员，请选两位不同的人。"))
    return chosen


def _actor(by: By) -> User:
    if by.user is None:
        raise FilingRefused(_("请先登录。"))
    return by.user


def _words(text: str, sentence: str) -> str:
    words = tidy(text)
    if not words or len(words) > LONGEST_REMARK:
        raise FilingRefused(sentence)
    return words


def _note(inspection: Inspection, kind: InspectionStepKind, by: By, *, now: datetime, text: str = "") -> None:
    InspectionStep.objects.create(
        inspection=inspection,
        at=now,
        kind=str(kind),
        actor=_actor(by),
        organisation=by.organisation[:100],
        text=text,
    )
