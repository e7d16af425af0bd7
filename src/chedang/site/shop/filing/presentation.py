"""A filing as pages show it. Names persons: their numbers are masked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chedang.access.models import User
from chedang.enterprises.model import Enterprise
from chedang.filing import checklists
from chedang.filing.attachments import PDF, attachments_of
from chedang.filing.filing_model import (
    DECISION_WORKING_DAYS,
    FIELDS,
    KEY_FIELDS,
    ChangeState,
    Edit,
    StepKind,
    texts_of,
)
from chedang.filing.history import edits_asked, edits_of, last_changes, steps_of
from chedang.filing.models.filings import FilingChange, FilingStep
from chedang.filing.models.papers import FilingAttachment
from chedang.filing.paper_model import Answer, AttachmentKind, ChecklistClass, missing_items
from chedang.filing.words import (
    ANSWER_NAMES,
    ATTACHMENT_NAMES,
    CHANGE_STATES,
    CLASS_NAMES,
    FIELD_NAMES,
    STEP_NAMES,
)
from chedang.platform.workdays import add_working_days
from chedang.site.enterprise_view import division_name
from chedang.site.figures import day_text
from chedang.terms import phone as phones
from chedang.terms.codes import ECONOMIC_CATEGORY, ENTERPRISE_CATEGORY, OPERATION_STATE
from chedang.terms.dates import day_in_china

_TABLES = {
    "category": ENTERPRISE_CATEGORY,
    "economic_category": ECONOMIC_CATEGORY,
    "operation_state": OPERATION_STATE,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One element as it stands."""

    name: str
    value: str
    is_key: bool
    changed_at: datetime | None
    changed_by: str


@dataclass(frozen=True, slots=True)
class EditView:
    """One element before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of the history."""

    at: datetime
    word: str
    who: str
    edits: tuple[EditView, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A request to change key fields."""

    public_id: str
    company_code: str
    word: str
    tone: str
    sign: str
    is_waiting: bool
    edits: tuple[EditView, ...]
    asked_at: datetime
    due_on: date
    is_late: bool
    decided_at: datetime | None
    organisation: str
    reason: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper of a filing."""

    file_id: str
    kind: str
    is_pdf: bool
    size_kb: int
    added_at: datetime


def shown(field: str, text: str) -> str:
    """One element in words; numbers of persons masked, nothing as a dash."""
    if field == "division_code" and text:
        return division_name(text)
    if field in _TABLES:
        return _TABLES[field].name(text) or text or "–"
    if field.endswith("_phone"):
        return phones.mask(text) if text else "–"
    if field.endswith("_date") and text:
        return day_text(text)
    return text or "–"


def rows_of(shop: Enterprise, steps: Sequence[FilingStep]) -> list[Row]:
    """Every element, with who changed it last and when."""
    texts, changed = texts_of(shop), last_changes(steps)
    return [
        Row(
            name=str(FIELD_NAMES[field]),
            value=shown(field, texts[field]),
            is_key=field in KEY_FIELDS,
            changed_at=changed[field].at if field in changed else None,
            changed_by=who_of(changed[field]) if field in changed else "",
        )
        for field in FIELD_NAMES
        if field in FIELDS
    ]


def edit_views(edits: Sequence[Edit]) -> tuple[EditView, ...]:
    """Edits in words."""
    return tuple(
        EditView(str(FIELD_NAMES[edit.field]), shown(edit.field, edit.before), shown(edit.field, edit.after))
        for edit in edits
        if edit.field in FIELD_NAMES
    )


def who_of(step: FilingStep) -> str:
    """Who took a step: the person of the shop, or the authority."""
    actor = step.actor
    if isinstance(actor, User) and actor.role == "shop":
        return f"{step.organisation} {actor.display_name}".strip()
    return step.organisation or (actor.display_name if actor else "")


def step_views(steps: Sequence[FilingStep]) -> list[StepView]:
    """The history in words."""
    return [_step_view(step) for step in steps]


def _step_view(step: FilingStep) -> StepView:
    kind, text = StepKind(step.kind), step.text
    if kind in {StepKind.ATTACHED, StepKind.DETACHED}:
        text = str(ATTACHMENT_NAMES[AttachmentKind(text)])
    elif kind is StepKind.CHECKED:
        text = f"V{text}"
    # Where everything is new, the elements stand above already.
    edits = () if kind is StepKind.FILED else edit_views(edits_of(step))
    return StepView(step.at, str(STEP_NAMES[kind]), who_of(step), edits, text)


def change_view(change: FilingChange, now: datetime) -> ChangeView:
    """A request as both sides read it."""
    word, tone, sign = CHANGE_STATES[ChangeState(change.state)]
    is_waiting = change.state == ChangeState.WAITING
    return ChangeView(
        public_id=str(change.public_id),
        company_code=change.company_code,
        word=str(word),
        tone=tone,
        sign=sign,
        is_waiting=is_waiting,
        edits=edit_views(edits_asked(change)),
        asked_at=change.asked_at,
        due_on=change.due_on,
        is_late=is_waiting and day_in_china(now) > change.due_on,
        decided_at=change.decided_at,
        organisation=change.organisation,
        reason=change.reason,
    )


def decision_due_on(since: datetime) -> date:
    """By when a filing that waits since then should be decided."""
    return add_working_days(day_in_china(since), DECISION_WORKING_DAYS)


def paper_views(company_code: str) -> list[PaperView]:
    """Papers on the list."""
    return [_paper_view(each) for each in attachments_of(company_code)]


def _paper_view(attachment: FilingAttachment) -> PaperView:
    return PaperView(
        file_id=str(attachment.file_id),
        kind=str(ATTACHMENT_NAMES[AttachmentKind(attachment.kind)]),
        is_pdf=attachment.media_type == PDF,
        size_kb=max(1, attachment.size_bytes // 1024),
        added_at=attachment.added_at,
    )


def papers_context(company_code: str, language: str) -> dict[str, Any]:
    """What an officer sees beside a filing: papers, checklist, history."""
    return {
        "papers": paper_views(company_code),
        "checklist": checklist_view(company_code, language),
        "steps": step_views(steps_of(company_code)),
    }


def checklist_view(company_code: str, language: str) -> dict[str, Any] | None:
    """The newest answers by group, with what is missing; ``None`` when the shop never answered."""
    row = checklists.newest_answers(company_code)
    if row is None:
        return None
    answers = checklists.answers_in(row)
    groups = checklists.load_checklist().of_class(ChecklistClass(row.class_key))
    is_english = language.startswith("en")
    missing = missing_items(groups, answers)
    return {
        "class_name": CLASS_NAMES[ChecklistClass(row.class_key)],
        "version": row.version,
        "answered_at": row.answered_at,
        "missing": [item.english if is_english else item.text for item in missing],
        "groups": [
            {
                "name": group.english if is_english else group.name,
                "rows": [
                    {
                        "text": item.english if is_english else item.text,
                        "clause": item.clause,
                        "answer": ANSWER_NAMES[answers[item.key].answer] if item.key in answers else "",
                        "tone": _tone(answers[item.key].answer if item.key in answers else None),
                        "note": answers[item.key].note if item.key in answers else "",
                        "paper": answers[item.key].attachment if item.key in answers else "",
                    }
                    for item in group.items
                ],
            }
            for group in groups
        ],
    }


def _tone(answer: Answer | None) -> tuple[str, str]:
    """Tone and sign of an answer."""
    if answer is Answer.YES:
        return "good", "✓"
    return ("open", "–") if answer is Answer.NOT_APPLICABLE else ("wrong-tone", "✕")
