"""A self-assessment as the pages show it, filled in or handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chedang.site.figures import number
from chedang.supervision.credit import Filled
from chedang.supervision.credit_model import FrozenRow, Snapshot
from chedang.supervision.credit_rules import Assessment, Row, Step
from chedang.supervision.credit_sheet import Grade, Indicator, Kind, Sheet, Unit
from chedang.supervision.models.credit import CreditAssessment, CreditStep

_TONES = {Grade.AAA: ("good", "✓"), Grade.AA: ("good", "✓"), Grade.A: ("doubt", "!"), Grade.B: ("wrong-tone", "✕")}


@dataclass(frozen=True, slots=True)
class RowView:
    """One indicator."""

    key: str
    name: str
    hint: str
    kind: str
    value: str
    """With its unit; '' where there is none."""
    points: int
    most: int
    basis: str
    url: str
    photos: int
    lacks_photo: bool
    """What was stated has no points without one."""

    @property
    def is_missing(self) -> bool:
        """Is there something left to state or to attach?"""
        return (self.kind == Kind.STATED and not self.value) or (self.kind == Kind.EVIDENCE and not self.photos)


@dataclass(frozen=True, slots=True)
class PartView:
    """One dimension."""

    name: str
    points: int
    most: int
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class GradeView:
    """A grade with word, tone and sign."""

    grade: str
    word: str
    tone: str
    sign: str


@dataclass(frozen=True, slots=True)
class StepView:
    """What would bring points."""

    sentence: str
    gain: int
    reaches: str


def language() -> str:
    """Of the page."""
    return get_language() or "zh-hans"


def grade_view(grade: str) -> GradeView:
    """AAA 优良, AA 合格, A 基本合格, B 不合格."""
    words = {Grade.AAA: _("优良"), Grade.AA: _("合格"), Grade.A: _("基本合格"), Grade.B: _("不合格")}
    known = Grade(grade)
    return GradeView(known.value, words[known], *_TONES[known])


def unit_word(unit: Unit) -> str:
    """What stands behind a number."""
    return {
        Unit.PERCENT: "%",
        Unit.TIMES: _("次"),
        Unit.CASES: _("件"),
        Unit.HOURS: _("学时"),
        Unit.MARKS: _("分"),
        Unit.MONTHS: _("个月"),
        Unit.PAPER: "",
    }[unit]


def value_text(value: Decimal | None, unit: Unit) -> str:
    """A value in words; '' for none."""
    if unit is Unit.PAPER:
        return _("已附") if value else _("未附")
    return "" if value is None else f"{number(value)} {unit_word(unit)}".strip()


def part_views(sheet: Sheet, filled: Filled) -> tuple[PartView, ...]:
    """The sheet as it stands now."""
    rows = {row.indicator.key: row for row in filled.assessment.rows}
    points = {part.key: part.points for part in filled.assessment.parts}
    return tuple(
        PartView(
            dimension.in_language(language()),
            points[dimension.key],
            dimension.most,
            tuple(_row_view(rows[each.key], filled) for each in dimension.indicators),
        )
        for dimension in sheet.dimensions
    )


def frozen_views(snapshot: Snapshot) -> tuple[PartView, ...]:
    """The sheet as it was handed in, in the words of that day."""
    return tuple(
        PartView(part.name, part.points, part.most, tuple(_frozen_view(row) for row in part.rows))
        for part in snapshot.parts
    )


def step_views(assessment: Assessment, steps: tuple[Step, ...], most: int = 6) -> list[StepView]:
    """What is nearest to the next grade, the best first."""
    rows = {row.indicator.key: row for row in assessment.rows}
    return [StepView(_sentence(step, rows[step.indicator.key]), step.gain, step.reaches or "") for step in steps[:most]]


def summary(assessment: Assessment, sheet: Sheet) -> dict[str, object]:
    """Points, grade and the way to the next one, for templates."""
    return {
        "points": assessment.points,
        "total": sheet.total,
        "grade": grade_view(assessment.grade),
        "next_grade": assessment.next_grade.value if assessment.next_grade else "",
        "to_next": assessment.points_to_next,
    }


def deeds_of(assessment: CreditAssessment) -> list[tuple[CreditStep, str, int | None]]:
    """History: the step, what was done, and the points handed in with it."""
    words = {
        "submit": _("提交"),
        "take_back": _("撤回"),
        "open": _("主管部门打开"),
        "begin": _("未自评，主管部门按统计数列入"),
    }
    return [
        (step, words[step.deed], step.snapshot["points"] if step.snapshot else None)
        for step in assessment.steps.order_by("pk")
    ]


def day_of(text: str) -> date:
    """An ISO day."""
    return date.fromisoformat(text)


def _row_view(row: Row, filled: Filled) -> RowView:
    indicator, figure = row.indicator, filled.figures.get(row.indicator.key)
    photos = filled.photos.get(indicator.key, 0)
    stated = filled.stated.get(indicator.key) if indicator.kind is Kind.STATED else row.value
    return RowView(
        key=indicator.key,
        name=indicator.in_language(language()),
        hint=_hint(indicator),
        kind=indicator.kind,
        value=value_text(stated, indicator.unit),
        points=row.points,
        most=indicator.most,
        basis=figure.basis if figure else "",
        url=figure.url if figure else "",
        photos=photos,
        lacks_photo=indicator.needs_evidence and stated is not None and not photos,
    )


def _frozen_view(row: FrozenRow) -> RowView:
    value = value_text(row.value, row.unit)
    return RowView(row.key, row.name, "", row.kind, value, row.points, row.most, row.basis, "", row.photos, False)


def _hint(indicator: Indicator) -> str:
    return indicator.hint_in(language())


def _sentence(step: Step, row: Row) -> str:
    indicator = step.indicator
    name = indicator.in_language(language())
    if indicator.kind is Kind.STATED and row.value is None:
        return _("填写“%(name)s”（如实填写）") % {"name": name}
    return indicator.deed_in(language(), number(step.amount))
