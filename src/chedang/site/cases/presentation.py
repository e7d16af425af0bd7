"""A case as its pages show it. What each role may see is decided here: no page gets the owner, a shop no phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chedang.enterprises import known
from chedang.platform.workdays import working_days_between
from chedang.reviews.case_model import CaseKind, CaseState, Category, Deed, Party, RefusalReason, Topic
from chedang.reviews.clocks import is_over, last_day
from chedang.reviews.models.cases import Case, CasePhoto, CaseStep
from chedang.site.archive.connections import archive
from chedang.site.cases import words
from chedang.site.enterprise_view import division_name
from chedang.terms.dates import day_in_china


@dataclass(frozen=True, slots=True)
class StepView:
    """One row of the history."""

    at: datetime
    who: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """What every page says of a case."""

    number: str
    kind: str
    kind_word: str
    topic: str
    """What it is about, in words."""
    tone: str
    sign: str
    word: str
    shop_name: str
    division: str
    plate_number: str
    visit_on: date | None
    submitted_at: datetime
    holder: str
    deadline: str
    """The next deadline in words; '' when nobody has to do anything."""
    is_overdue: bool
    said_value: str
    text: str
    demand: str
    settlement_list_number: str
    refusal_reason: str
    hotline_number: str
    new_version: int | None
    is_voidable: bool
    """Whether the report says that the record should not be there at all."""


def shop_names(cases: Iterable[Case]) -> dict[str, str]:
    """Names of the shops, by code."""
    codes = {case.company_code for case in cases}
    with archive() as connection:
        return {code: shop.company_name for code, shop in known.find_all(connection, codes).items()}


def case_views(cases: list[Case], now: datetime) -> list[CaseView]:
    """A page of a list."""
    names = shop_names(cases)
    return [case_view(case, names.get(case.company_code, case.company_code), now) for case in cases]


def case_view(case: Case, shop_name: str, now: datetime) -> CaseView:
    """One case."""
    is_correction = case.kind == CaseKind.CORRECTION
    correction = case.correction if is_correction else None
    complaint = None if is_correction else case.complaint
    state = CaseState(case.state)
    is_dismissed = complaint is not None and state is CaseState.REFUSED
    tone, sign, word = words.DISMISSED if is_dismissed else words.STATES[state]
    topic = words.TOPICS[Topic(correction.topic)] if correction else words.CATEGORIES[Category(_category(case))]
    refusal = complaint.refusal_reason if complaint else ""
    return CaseView(
        number=case.number,
        kind=case.kind,
        kind_word=str(words.KINDS[CaseKind(case.kind)]),
        topic=str(topic),
        tone=tone,
        sign=sign,
        word=str(word),
        shop_name=shop_name,
        division=division_name(case.division_code),
        plate_number=case.plate_number,
        visit_on=case.visit_on,
        submitted_at=case.submitted_at,
        holder=str(words.HOLDERS[Party(case.holder)]),
        deadline=_deadline(case, now),
        is_overdue=case.decided_at is None
        and (case.missed > 0 or (is_over(case.due_at, now) and case.holder != Party.OWNER)),
        said_value=correction.said_value if correction else "",
        text=correction.text if correction else complaint.text if complaint else "",
        demand=complaint.demand if complaint else "",
        settlement_list_number=correction.settlement_list_number if correction else "",
        refusal_reason=str(words.REASONS[RefusalReason(refusal)]) if refusal else "",
        hotline_number=complaint.hotline_number if complaint else "",
        new_version=correction.new_version if correction else None,
        is_voidable=correction is not None and correction.topic in {Topic.NOT_MY_CAR, Topic.NO_SUCH_VISIT},
    )


def step_views(case: Case, *, for_owner: bool = False) -> list[StepView]:
    """The history, oldest first. People are named by what they stand for, never by name."""
    return [
        StepView(step.at, _who(step, for_owner=for_owner), _what(step), step.text)
        for step in CaseStep.objects.filter(case=case)
    ]


def photo_views(case: Case) -> list[tuple[int, CasePhoto]]:
    """Photos with their place, 1 first; removed ones too, so that the page can say so."""
    return list(enumerate(CasePhoto.objects.filter(case=case), start=1))


def _category(case: Case) -> str:
    return str(case.complaint.category)


def _who(step: CaseStep, *, for_owner: bool) -> str:
    if step.party == Party.OWNER and for_owner:
        return _("您")
    return step.organisation or str(words.HOLDERS[Party(step.party)])


def _what(step: CaseStep) -> str:
    return str(words.BY_ARCHIVE if step.party == Party.ARCHIVE else words.DEEDS[Deed(step.deed)])


def _deadline(case: Case, now: datetime) -> str:
    if case.due_at is None:
        return ""
    on = last_day(case.due_at)
    told = {"day": date_format(on, "DATE_FORMAT"), "who": words.HOLDERS[Party(case.holder)]}
    if is_over(case.due_at, now):
        days = working_days_between(on, day_in_china(now))
        return _("%(who)s应在%(day)s 24:00 前办理，已超过 %(days)d 个工作日") % {**told, "days": days}
    days = working_days_between(day_in_china(now), on)
    if case.holder == Party.OWNER:
        return _("请在%(day)s 24:00 前决定，还有 %(days)d 个工作日；到期自动办结") % {**told, "days": days}
    return _("%(who)s须在%(day)s 24:00 前办理，还有 %(days)d 个工作日") % {**told, "days": days}
