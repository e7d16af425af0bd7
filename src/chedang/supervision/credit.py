"""What is done with a self-assessment: fill it in, attach, hand it in, take it back, open it.

Every change locks the assessment, so that nothing is changed while it is handed in, and nothing taken back that the
authority has opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.access.rules import is_in_scope
from chedang.supervision.credit_evidence import CreditFiles, standing
from chedang.supervision.credit_model import CreditDeed, CreditState, Figure, FrozenPart, FrozenRow, Snapshot
from chedang.supervision.credit_rules import Assessment, Row, assess, values_of
from chedang.supervision.credit_sheet import Indicator, Kind, Sheet
from chedang.supervision.model import NotAllowed, Overtaken
from chedang.supervision.models.credit import CreditAssessment, CreditEvidence, CreditStep
from chedang.terms.dates import SHANGHAI

_PLACES: Final = 2


class Filled(msgspec.Struct, frozen=True):
    """A sheet as it stands now."""

    assessment: Assessment
    figures: Mapping[str, Figure]
    stated: Mapping[str, Decimal | None]
    photos: Mapping[str, int]


def years_open(now: datetime) -> tuple[int, int]:
    """The year that can be handed in, which is over, and the running one, of which there is a foretaste (ours)."""
    today = now.astimezone(SHANGHAI).date()
    return today.year - 1, today.year


def period_of(year: int) -> tuple[date, date]:
    """First and last day of a year that is assessed."""
    return date(year, 1, 1), date(year, 12, 31)


def find_or_begin(company_code: str, division_code: str, year: int, *, now: datetime) -> CreditAssessment:
    """The shop's sheet of a year, begun when there is none. Raises NotAllowed for a year that is not open."""
    found = CreditAssessment.objects.of_shop(company_code).filter(year=year).first()
    if found is not None:
        return found
    if year not in years_open(now):
        raise NotAllowed(_("这个年度没有自评表。"))
    defaults = {"division_code": division_code, "changed_at": now}
    return CreditAssessment.objects.get_or_create(company_code=company_code, year=year, defaults=defaults)[0]


def fill(draft: CreditAssessment, sheet: Sheet, figures: Mapping[str, Figure]) -> Filled:
    """The sheet with what is counted, stated and attached now."""
    photos: dict[str, int] = {}
    for key in standing(draft).values_list("indicator", flat=True):
        photos[key] = photos.get(key, 0) + 1
    stated = {row.key: _number(draft.stated.get(row.key, "")) for row in sheet.indicators if row.kind is Kind.STATED}
    counted = {key: figure.value for key, figure in figures.items()}
    return Filled(assess(sheet, values_of(sheet, counted, stated, photos.keys())), figures, stated, photos)


def read_stated(indicator: Indicator, text: str) -> str:
    """What was typed, as it is kept; '' for nothing. Raises NotAllowed with what to do."""
    typed = text.strip()
    value = _number(typed)
    if typed and (value is None or not indicator.least <= value <= indicator.greatest):
        bounds = {"name": indicator.name, "least": indicator.least, "greatest": indicator.greatest}
        raise NotAllowed(_("“%(name)s”请填 %(least)s 到 %(greatest)s 之间的数。") % bounds)
    return typed


def save(assessment_id: int, sheet: Sheet, typed: Mapping[str, str], revision: int, *, now: datetime) -> None:
    """Keep what a shop stated, as :func:`read_stated` gave it.

    Raises Overtaken when somebody else changed the draft since ``revision``, NotAllowed when it is handed in.
    """
    with transaction.atomic():
        draft = _draft(assessment_id)
        kept = {row.key: typed.get(row.key, "") for row in sheet.indicators if row.kind is Kind.STATED}
        if kept == draft.stated:
            return  # the same form once more
        if draft.revision != revision:
            raise Overtaken(_("别人刚才改过这张表。您填的内容还在下面，请核对后再保存一次。"))
        draft.stated, draft.changed_at, draft.revision = kept, now, draft.revision + 1
        draft.save(update_fields=["stated", "changed_at", "revision"])


def attach(
    assessment_id: int, indicator: Indicator, cleaned: bytes, *, files: CreditFiles, now: datetime
) -> CreditEvidence:
    """Add a photo to a draft. Raises NotAllowed."""
    if not indicator.takes_evidence:
        raise NotAllowed(_("这一项由系统统计，不用附材料。"))
    with transaction.atomic():
        return files.add(_draft(assessment_id), indicator.key, cleaned, now=now)


def take_out(assessment_id: int, photo_id: int, *, now: datetime) -> None:
    """Take a photo out of a draft; once more does nothing. Its file goes within a day. Raises NotAllowed."""
    with transaction.atomic():
        standing(_draft(assessment_id)).filter(pk=photo_id).update(removed_at=now)


def submit(
    assessment_id: int, sheet: Sheet, figures: Mapping[str, Figure], by: User, *, organisation: str, now: datetime
) -> CreditAssessment:
    """Hand a draft in with the figures of this moment; again does nothing. Raises NotAllowed in the year itself."""
    with transaction.atomic():
        draft = _held(assessment_id)
        if draft.state != CreditState.DRAFT:
            return draft
        if draft.year >= years_open(now)[1]:
            raise NotAllowed(_("这个年度还没有结束，明年 1 月 1 日起可以提交。"))
        snapshot = freeze(sheet, fill(draft, sheet, figures), now)
        draft.state, draft.snapshot, draft.submitted_at = CreditState.SUBMITTED, snapshot.as_json(), now
        draft.points, draft.grade, draft.revision = snapshot.points, snapshot.grade, draft.revision + 1
        draft.save()
        _note(draft, CreditDeed.SUBMIT, by, organisation, now)
    return draft


def take_back(assessment_id: int, by: User, *, organisation: str, now: datetime) -> None:
    """Make a draft of what was handed in. Again does nothing. Raises NotAllowed once the authority has opened it."""
    with transaction.atomic():
        handed_in = _held(assessment_id)
        if handed_in.state == CreditState.OPENED:
            raise NotAllowed(_("主管部门已经打开这张自评表，不能撤回。需要更正请联系主管部门。"))
        if handed_in.state == CreditState.DRAFT:
            return
        handed_in.state, handed_in.snapshot, handed_in.submitted_at = CreditState.DRAFT, None, None
        handed_in.points, handed_in.grade, handed_in.changed_at = None, "", now
        handed_in.revision += 1
        handed_in.save()
        _note(handed_in, CreditDeed.TAKE_BACK, by, organisation, now)


def open_as_officer(assessment_id: int, by: User, *, organisation: str, now: datetime) -> CreditAssessment:
    """An officer reads it: from now on it stays. Raises NotAllowed when the shop has just taken it back."""
    with transaction.atomic():
        handed_in = _held(assessment_id)
        if handed_in.state == CreditState.DRAFT:
            raise NotAllowed(_("企业刚刚撤回了这张自评表。"))
        if handed_in.state == CreditState.SUBMITTED:
            handed_in.state, handed_in.opened_at = CreditState.OPENED, now
            handed_in.save(update_fields=["state", "opened_at"])
            _note(handed_in, CreditDeed.OPEN, by, organisation, now)
    return handed_in


def take_up(
    company_code: str,
    division_code: str,
    year: int,
    by: User,
    *,
    sheet: Sheet,
    figures: Mapping[str, Figure],
    organisation: str,
    now: datetime,
) -> CreditAssessment:
    """未自评: after the last day, take up a shop that handed in nothing, with what is counted and nothing else.

    Again gives what stands. Raises NotAllowed before the day is over, for a shop outside of the officer's division and
    for one that has handed in; what the shop had begun is kept beside it and counts for nothing.
    """
    if now.astimezone(SHANGHAI).date() <= sheet.last_day_of(year):
        raise NotAllowed(_("还没有过自评的截止日期，企业还可以提交。"))
    if not is_in_scope(division_code, by.division_code):
        raise NotAllowed(_("这家企业不在您的辖区。"))
    with transaction.atomic():
        begun = find_or_begin(company_code, division_code, year, now=now)
        assessment = _held(begun.pk)
        if assessment.is_by_officer:
            return assessment
        if not assessment.is_draft:
            raise Overtaken(_("企业刚刚提交了自评表，请按自评表初评。"))
        counted = {key: figure.value for key, figure in figures.items()}
        filled = Filled(assess(sheet, values_of(sheet, counted, {}, ())), figures, {}, {})
        snapshot = freeze(sheet, filled, now)
        assessment.state, assessment.snapshot, assessment.is_by_officer = CreditState.OPENED, snapshot.as_json(), True
        assessment.points, assessment.grade, assessment.revision = (
            snapshot.points, snapshot.grade, assessment.revision + 1
        )  # fmt: skip
        assessment.submitted_at = assessment.opened_at = now
        record_event(
            by,
            AuditAction.REVIEW_CREDIT,
            Purpose.SUPERVISION,
            now=now,
            object_id=assessment.public_id,
            organisation=organisation,
            before={"state": str(CreditState.DRAFT)},
            after={"state": str(CreditState.OPENED), "is_by_officer": True, "points": snapshot.points},
        )
        assessment.save()
        _note(assessment, CreditDeed.BEGIN, by, organisation, now)
    return assessment


def freeze(sheet: Sheet, filled: Filled, now: datetime) -> Snapshot:
    """What is handed in."""
    by_key = {row.indicator.key: row for row in filled.assessment.rows}
    parts = {part.key: part for part in filled.assessment.parts}
    return Snapshot(
        sheet_name=sheet.name,
        sheet_version=sheet.version,
        counted_on=now.astimezone(SHANGHAI).date().isoformat(),
        points=filled.assessment.points,
        total=sheet.total,
        grade=str(filled.assessment.grade),
        parts=tuple(
            FrozenPart(
                name=dimension.name,
                points=parts[dimension.key].points,
                most=dimension.most,
                rows=tuple(_frozen(by_key[row.key], filled) for row in dimension.indicators),
            )
            for dimension in sheet.dimensions
        ),
    )


def _frozen(row: Row, filled: Filled) -> FrozenRow:
    indicator, figure = row.indicator, filled.figures.get(row.indicator.key)
    return FrozenRow(
        key=indicator.key,
        name=indicator.name,
        kind=indicator.kind,
        unit=indicator.unit,
        value=filled.stated.get(indicator.key) if indicator.kind is Kind.STATED else row.value,
        points=row.points,
        most=indicator.most,
        basis=figure.basis if figure and indicator.kind is Kind.COUNTED else "",
        photos=filled.photos.get(indicator.key, 0),
    )


def _number(text: str) -> Decimal | None:
    """A plain number of at most two places; ``None`` for nothing and for what is none."""
    try:
        value = Decimal(text) if text.isascii() else None
    except InvalidOperation:
        return None
    if value is None or not value.is_finite() or int(value.as_tuple().exponent) < -_PLACES:
        return None
    return value


def _held(assessment_id: int) -> CreditAssessment:
    return CreditAssessment.objects.select_for_update().get(pk=assessment_id)


def _draft(assessment_id: int) -> CreditAssessment:
    held = _held(assessment_id)
    if held.state != CreditState.DRAFT:
        raise NotAllowed(_("这张自评表已经提交，要改请先撤回。"))
    return held


def _note(assessment: CreditAssessment, deed: CreditDeed, by: User, organisation: str, now: datetime) -> None:
    snapshot = assessment.snapshot if deed in {CreditDeed.SUBMIT, CreditDeed.BEGIN} else None
    CreditStep.objects.create(
        assessment=assessment, at=now, deed=deed, actor=by, organisation=organisation, snapshot=snapshot
    )
