"""Inspections as officers and shops read them. Officers are named: whoever inspects says who they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language

from chedang.access.models import User
from chedang.filing.inspection_model import (
    OPEN,
    InspectionReason,
    InspectionState,
    InspectionStepKind,
    Outcome,
    Presence,
    Verdict,
    not_met,
    unsaid,
)
from chedang.filing.inspection_photos import photos_of
from chedang.filing.inspections import answers_of, groups_of
from chedang.filing.models.inspections import Inspection
from chedang.filing.paper_model import ChecklistClass, Item
from chedang.filing.words import (
    CLASS_NAMES,
    INSPECTION_REASONS,
    INSPECTION_STATES,
    INSPECTION_STEPS,
    OUTCOMES,
    PRESENCES,
    VERDICTS,
)
from chedang.site.enterprise_view import division_name
from chedang.site.shop.notices.presentation import names_of
from chedang.terms.dates import day_in_china


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One inspection in a list."""

    public_id: str
    company_code: str
    shop_name: str
    division: str
    reason: str
    word: str
    tone: str
    sign: str
    planned_on: date
    closed_at: datetime | None
    is_open: bool
    is_overdue: bool
    officers: tuple[str, ...]
    outcome: tuple[str, str, str] | None
    """Word, tone, sign."""


def inspection_rows(found: Sequence[Inspection], now: datetime) -> list[InspectionRow]:
    """Inspections in the order given."""
    names = names_of([each.company_code for each in found])
    return [inspection_row(each, names[each.company_code], now) for each in found]


def inspection_row(inspection: Inspection, shop_name: str, now: datetime) -> InspectionRow:
    """One inspection, its shop's name being known."""
    word, tone, sign = INSPECTION_STATES[InspectionState(inspection.state)]
    is_open = inspection.state in OPEN
    return InspectionRow(
        public_id=inspection.public_id,
        company_code=inspection.company_code,
        shop_name=shop_name,
        division=division_name(inspection.division_code),
        reason=str(INSPECTION_REASONS[InspectionReason(inspection.reason)]),
        word=str(word),
        tone=tone,
        sign=sign,
        planned_on=inspection.planned_on,
        closed_at=inspection.closed_at,
        is_open=is_open,
        is_overdue=is_open and inspection.planned_on < day_in_china(now),
        officers=tuple(officer_name(user) for user in inspection.officers.all()),
        outcome=_outcome(inspection),
    )


def officer_name(user: User) -> str:
    """As on a record: the name of the account."""
    return user.display_name or user.username


def _outcome(inspection: Inspection) -> tuple[str, str, str] | None:
    if not inspection.outcome:
        return None
    word, tone, sign = OUTCOMES[Outcome(inspection.outcome)]
    return str(word), tone, sign


def sheet_of(inspection: Inspection) -> dict[str, Any]:
    """The checklist with answers and photos, what is left, what was not met, and the steps."""
    is_english = (get_language() or "").startswith("en")
    groups, answers, photos = groups_of(inspection), answers_of(inspection), photos_of(inspection)
    verdicts = {key: verdict for key, (verdict, _note) in answers.items()}
    presence = PRESENCES[Presence(inspection.presence)] if inspection.presence else ""
    return {
        "class_name": CLASS_NAMES[ChecklistClass(inspection.class_key)],
        "groups": [
            {
                "name": group.english if is_english else group.name,
                "items": [
                    {
                        "key": item.key,
                        "text": words_of(item, is_english=is_english),
                        "clause": item.clause,
                        "verdict": answers[item.key][0].value if item.key in answers else "",
                        "said": VERDICTS[answers[item.key][0]] if item.key in answers else None,
                        "note": answers[item.key][1] if item.key in answers else "",
                        "photos": [photo for photo in photos if photo.item == item.key],
                    }
                    for item in group.items
                ],
            }
            for group in groups
        ],
        "answered": len(verdicts),
        "item_count": sum(len(group.items) for group in groups),
        "left": [words_of(item, is_english=is_english) for item in unsaid(groups, verdicts)],
        "not_met": [
            (words_of(item, is_english=is_english), answers[item.key][1]) for item in not_met(groups, verdicts)
        ],
        "presence": presence,
        "verdicts": [(each.value, VERDICTS[each][0]) for each in Verdict],
        "steps": [
            {
                "word": INSPECTION_STEPS[InspectionStepKind(step.kind)],
                "text": step.text,
                "at": step.at,
                "who": f"{step.organisation} {officer_name(step.actor)}".strip(),
            }
            for step in inspection.steps.select_related("actor")
        ],
        "step_count": inspection.steps.count(),
        "answer_count": inspection.answers.count(),
    }


def words_of(item: Item, *, is_english: bool) -> str:
    """The condition in the reader's language."""
    return item.english if is_english else item.text


def finding_list(inspection: Inspection) -> str:
    """What was not met, one a line, in Chinese: the text that an order to correct begins with."""
    answers = answers_of(inspection)
    verdicts = {key: verdict for key, (verdict, _note) in answers.items()}
    lines = [
        f"{place}. 不符合：{item.text}" + (f"（{answers[item.key][1]}）" if answers[item.key][1] else "")
        for place, item in enumerate(not_met(groups_of(inspection), verdicts), start=1)
    ]
    return "\n".join(lines)
