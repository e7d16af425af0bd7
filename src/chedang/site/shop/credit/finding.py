"""The authority's finding on a sheet, as shop and officer see it: row by row with reasons, vetoes, history, effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy

from chedang.reviews.clocks import last_day
from chedang.site.shop.credit.presentation import GradeView, grade_view, language, value_text
from chedang.supervision.credit_consequences import Consequence, consequences_of
from chedang.supervision.credit_evidence import standing
from chedang.supervision.credit_model import Snapshot
from chedang.supervision.credit_review_model import Result, ReviewDeed, ReviewedVeto, ReviewState, read_result
from chedang.supervision.credit_sheet import Grade
from chedang.supervision.models.credit import CreditAssessment
from chedang.supervision.models.credit_review import CreditObjectionFile, CreditReview, CreditReviewStep

STATES: Final = {
    ReviewState.RETURNED: ("doubt", "!", gettext_lazy("退回初评")),
    ReviewState.REVIEWED: ("doubt", "!", gettext_lazy("待复核")),
    ReviewState.PROPOSED: ("open", "–", gettext_lazy("公示中")),
    ReviewState.OBJECTED: ("doubt", "!", gettext_lazy("异议待决")),
    ReviewState.DECIDED: ("open", "✓", gettext_lazy("异议已答复，待公布")),
    ReviewState.PUBLISHED: ("good", "✓", gettext_lazy("已公布")),
}
_DEEDS: Final = {
    ReviewDeed.REVIEW: gettext_lazy("初评"),
    ReviewDeed.RETURN: gettext_lazy("退回初评"),
    ReviewDeed.CONFIRM: gettext_lazy("复核通过，开始公示"),
    ReviewDeed.OBJECT: gettext_lazy("企业提出异议"),
    ReviewDeed.DECIDE: gettext_lazy("答复异议"),
    ReviewDeed.PUBLISH: gettext_lazy("公布"),
    ReviewDeed.CORRECT: gettext_lazy("改判"),
}


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One indicator: what the shop handed in beside what the authority gives."""

    key: str
    name: str
    value: str
    basis: str
    claimed: int
    points: int
    most: int
    reason: str
    photos: tuple[UUID, ...]
    typed_points: str
    typed_reason: str
    is_wrong: bool

    @property
    def is_changed(self) -> bool:
        return self.points != self.claimed


@dataclass(frozen=True, slots=True)
class FoundPart:
    """One dimension."""

    name: str
    points: int
    most: int
    rows: tuple[FoundRow, ...]


@dataclass(frozen=True, slots=True)
class VetoView:
    """One veto."""

    veto: ReviewedVeto
    text: str
    typed_applies: bool
    typed_reason: str
    is_wrong: bool


def found_parts(
    assessment: CreditAssessment,
    snapshot: Snapshot,
    result: Result,
    typed: Mapping[str, str] | None = None,
    wrong: str = "",
) -> tuple[FoundPart, ...]:
    """Every row; ``typed``: what a form brought, to be shown again; ``wrong``: key of the row to mend."""
    photos: dict[str, list[UUID]] = {}
    for photo in standing(assessment):
        photos.setdefault(photo.indicator, []).append(photo.file_id)
    by_key = {row.key: row for row in result.rows}
    parts = []
    for part in snapshot.parts:
        rows = []
        for frozen in part.rows:
            row = by_key[frozen.key]
            rows.append(
                FoundRow(
                    key=row.key,
                    name=row.name,
                    value=value_text(frozen.value, frozen.unit),
                    basis=frozen.basis,
                    claimed=row.claimed,
                    points=row.points,
                    most=row.most,
                    reason=row.reason,
                    photos=tuple(photos.get(row.key, ())),
                    typed_points=str(row.points) if typed is None else typed.get(f"points-{row.key}", ""),
                    typed_reason="" if typed is None else typed.get(f"reason-{row.key}", ""),
                    is_wrong=row.key == wrong,
                )
            )
        parts.append(FoundPart(part.name, sum(row.points for row in rows), part.most, tuple(rows)))
    return tuple(parts)


def veto_views(result: Result, typed: Mapping[str, str] | None = None, wrong: str = "") -> tuple[VetoView, ...]:
    """Every veto, as it stands or as a form brought it."""
    return tuple(
        VetoView(
            veto,
            veto.text_en if language().startswith("en") and veto.text_en else veto.text,
            veto.applies if typed is None else f"veto-{veto.key}" in typed,
            "" if typed is None else typed.get(f"why-{veto.key}", ""),
            veto.key == wrong,
        )
        for veto in result.vetoes
    )


def finding_context(review: CreditReview) -> dict[str, Any]:
    """What is shown of a review to either side: state, grade, vetoes that apply, effects, files, last day."""
    result = read_result(review.result)
    return {
        "review": review,
        "state": STATES[ReviewState(review.state)],
        "result": result,
        "found_grade": grade_view(review.grade),
        "applied": [veto for veto in veto_views(result) if veto.veto.applies],
        "consequences": consequence_views(review.grade),
        "files": files_of(review),
        "due_on": last_day(review.due_at) if review.due_at else None,
    }


def consequence_views(grade: str) -> list[tuple[Consequence, str]]:
    """Each with its words in the language of the page."""
    return [(each, each.in_language(language())) for each in consequences_of(Grade(grade))]


def files_of(review: CreditReview) -> list[CreditObjectionFile]:
    """Of the objection, in the order they came."""
    return list(review.files.all())


def review_steps(review: CreditReview) -> list[tuple[CreditReviewStep, Any, GradeView]]:
    """History: the step, what was done, the grade after it."""
    return [(step, _DEEDS[ReviewDeed(step.deed)], grade_view(step.grade)) for step in review.steps.all()]
