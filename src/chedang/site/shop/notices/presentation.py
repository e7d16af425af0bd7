"""Notices and orders as their pages show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chedang.enterprises import known
from chedang.platform.workdays import working_days_between
from chedang.reviews.clocks import is_over, last_day
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.shop.notices import words
from chedang.supervision.conditions import CheckKind, Condition
from chedang.supervision.model import OPEN_STATES, SHOP_STATES, DutyDeed, DutyKind, DutyState, NoticeKind, NoticeState
from chedang.supervision.models.duties import Duty, DutyEvidence, DutyStep
from chedang.supervision.models.notices import Notice, Recipient
from chedang.supervision.notice_texts import fill
from chedang.terms.dates import day_in_china
from chedang.terms.spoken import in_groups


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice as a shop or an officer reads it."""

    public_id: str
    kind: str
    title: str
    text: str
    authority: str
    tone: str
    sign: str
    word: str
    sent_at: datetime | None
    is_withdrawn: bool
    withdrawal_reason: str
    withdrawn_at: datetime | None
    asks_acknowledgement: bool
    read_at: datetime | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DutyView:
    """One order as every page says it."""

    code: str
    """For addresses."""
    number: str
    """For people: ``7K2M-9QXD``."""
    kind: str
    tone: str
    sign: str
    word: str
    shop_name: str
    company_code: str
    division: str
    authority: str
    basis: str
    what: str
    issued_at: datetime
    due_on: str
    deadline: str
    is_overdue: bool
    is_longer_asked: bool
    """A longer limit is asked for and nobody has decided."""
    longer_days: int | None
    is_answered_late: bool
    records: list[tuple[str, str]]
    cases: list[str]
    check: str
    """What the system checks by itself; '' for nothing."""
    is_found_fixed: bool
    """By the records it is put right, and an officer has to confirm it."""
    seen: int
    """How many steps there are: what a form sends back."""


@dataclass(frozen=True, slots=True)
class DutyStepView:
    """One row of the history with its files."""

    at: datetime
    who: str
    what: str
    text: str
    due_on: str
    """The limit, where the step set one."""
    files: list[tuple[int, DutyEvidence]]


def notice_view(notice: Notice, recipient: Recipient | None = None) -> NoticeView:
    """For a shop with what is filled in for it; for an officer with the gaps."""
    fills = recipient.fills if recipient else {}
    tone, sign, word = words.NOTICE_STATES[NoticeState(notice.state)]
    return NoticeView(
        public_id=notice.public_id,
        kind=str(words.NOTICE_KINDS[NoticeKind(notice.kind)]),
        title=fill(notice.title, fills),
        text=fill(notice.text, fills),
        authority=notice.authority,
        tone=tone,
        sign=sign,
        word=str(word),
        sent_at=notice.sent_at,
        is_withdrawn=notice.state == NoticeState.WITHDRAWN,
        withdrawal_reason=notice.withdrawal_reason,
        withdrawn_at=notice.withdrawn_at,
        asks_acknowledgement=notice.asks_acknowledgement,
        read_at=recipient.read_at if recipient else None,
        acknowledged_at=recipient.acknowledged_at if recipient else None,
    )


def names_of(company_codes: Collection[str]) -> dict[str, str]:
    """Names of shops by code; of an unknown one its code."""
    with archive() as connection:
        found = known.find_all(connection, set(company_codes))
    return {code: found[code].company_name if code in found else code for code in company_codes}


def duty_views(duties: Iterable[Duty], now: datetime) -> list[DutyView]:
    """A page of a list."""
    listed = list(duties)
    names = names_of({duty.company_code for duty in listed})
    return [duty_view(duty, names[duty.company_code], now) for duty in listed]


def duty_view(duty: Duty, shop_name: str, now: datetime) -> DutyView:
    """One order."""
    tone, sign, word = words.DUTY_STATES[DutyState(duty.state)]
    is_with_shop = duty.state in SHOP_STATES
    return DutyView(
        code=duty.code,
        number=in_groups(duty.code),
        kind=str(words.DUTY_KINDS[DutyKind(duty.kind)]),
        tone=tone,
        sign=sign,
        word=str(word),
        shop_name=shop_name,
        company_code=duty.company_code,
        division=division_name(duty.division_code),
        authority=duty.authority,
        basis=duty.basis_words,
        what=duty.what,
        issued_at=duty.issued_at,
        due_on=_day(duty.due_at),
        deadline=_deadline(duty, now) if is_with_shop else "",
        is_overdue=is_with_shop and is_over(duty.due_at, now),
        is_longer_asked=is_with_shop and duty.longer_asked_at is not None and duty.longer_decided_at is None,
        longer_days=duty.longer_days,
        is_answered_late=duty.is_answered_late,
        records=[(record_id, number) for record_id, number in duty.record_numbers],
        cases=list(duty.case_numbers),
        check=_check(duty),
        is_found_fixed=duty.found_fixed_at is not None and duty.state in OPEN_STATES,
        seen=duty.step_count,
    )


def step_views(duty: Duty) -> list[DutyStepView]:
    """The history, oldest first. People are named by what they stand for, never by name."""
    files: dict[int, list[tuple[int, DutyEvidence]]] = {}
    for place, file in enumerate(evidence_of(duty), start=1):
        files.setdefault(file.step_place, []).append((place, file))
    views, due_at = [], None
    for step in DutyStep.objects.filter(duty=duty):
        due_on = _day(step.due_at) if step.due_at != due_at else ""
        due_at = step.due_at
        what = str(words.DUTY_DEEDS[DutyDeed(step.deed)])
        views.append(DutyStepView(step.at, step.organisation, what, step.text, due_on, files.get(step.place, [])))
    return views


def evidence_of(duty: Duty) -> list[DutyEvidence]:
    """All files of an order, removed ones too; the first has place 1."""
    return list(DutyEvidence.objects.filter(duty=duty).select_related("duty"))


def _day(due_at: datetime) -> str:
    return date_format(last_day(due_at), "DATE_FORMAT")


def _check(duty: Duty) -> str:
    if duty.condition is None:
        return ""
    condition = msgspec.convert(duty.condition, Condition)
    name = str(words.CHECKS[condition.kind])
    if condition.kind is CheckKind.ERROR_SHARE:
        return _("%(name)s %(percent)d，记录不少于 %(least)d 条") % {
            "name": name,
            "percent": condition.wanted,
            "least": condition.least,
        }
    return f"{name} {condition.wanted}" if condition.kind is CheckKind.UPLOADED else name


def _deadline(duty: Duty, now: datetime) -> str:
    on, today = last_day(duty.due_at), day_in_china(now)
    told = {"day": date_format(on, "DATE_FORMAT")}
    if is_over(duty.due_at, now):
        days = working_days_between(on, today)
        return _("应在%(day)s 24:00 前改正并答复，已超过 %(days)d 个工作日") % {**told, "days": days}
    return _("须在%(day)s 24:00 前改正并答复，还有 %(days)d 个工作日") % {
        **told,
        "days": working_days_between(today, on),
    }
