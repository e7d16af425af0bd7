"""What is done to an order to correct: issue it, take it a step on. Every step is a row of history.

A step takes the order's row first and is told how many steps the page showed: of two at once the second sees that the
first was quicker, and nothing is done twice. The same deed with the same words by the same person again is a repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chedang.access.models import User
from chedang.access.rules import is_in_scope
from chedang.reviews.clocks import deadline, is_over
from chedang.supervision.conditions import CheckKind, Condition
from chedang.supervision.duty_rules import FEWEST_DAYS, MOST_DAYS, MOST_TEXT, NoSuchStep, latest_missed, next_state
from chedang.supervision.evidence import CleanFile, Evidence
from chedang.supervision.legal_bases import load_bases
from chedang.supervision.model import (
    SHOP_STATES,
    DutyDeed,
    DutyKind,
    DutyParty,
    DutyState,
    NotAllowed,
    Overtaken,
)
from chedang.supervision.models.duties import Duty, DutyQuerySet, DutyStep
from chedang.terms.text import tidy

_MOST_LINKS: Final = 50
_WORDLESS: Final = frozenset({DutyDeed.ACCEPT, DutyDeed.GRANT_LONGER})
"""Deeds that may go without words."""


class DutyActor(NamedTuple):
    """Who acts, and for whom."""

    party: DutyParty
    user: User
    organisation: str
    """Name of the authority or enterprise."""


class NewDuty(msgspec.Struct, frozen=True):
    """An order as its officer wrote it."""

    kind: DutyKind
    company_code: str
    division_code: str
    """Of the shop."""
    what: str
    days: int
    """Working days of the limit."""
    basis: str = ""
    """Key of a legal basis; needed for 责令改正."""
    records: tuple[tuple[UUID, str], ...] = ()
    """Id and 结算清单编号 of records that it is about, of the shop's own."""
    case_numbers: tuple[str, ...] = ()
    condition: Condition | None = None
    """What the system shall check by itself."""


Change = Callable[[Duty], None]


def issue(code: str, new: NewDuty, officer: User, *, organisation: str, now: datetime) -> Duty:
    """Issue an order under a code that the page drew; the same once more gives the one that stands. Raises NotAllowed.

    The officer's division must hold the shop's.
    """
    what = _words(new.what)
    if not what:
        raise NotAllowed(_("请写明需要改正的内容。"))
    _check_days(new.days)
    basis = load_bases().get(new.basis)
    if new.kind is DutyKind.ORDER and basis is None:
        raise NotAllowed(_("责令改正必须选择依据。"))
    if not is_in_scope(new.division_code, officer.division_code):
        raise NotAllowed(_("这家企业不在您的辖区。"))
    if len(new.records) > _MOST_LINKS or len(new.case_numbers) > _MOST_LINKS:
        raise NotAllowed(_("一次最多写 50 条记录和 50 件反馈。"))
    if new.condition is not None and new.condition.kind is CheckKind.MENDED and not new.records:
        raise NotAllowed(_("选了“所列记录都已更正”，请写明是哪些结算清单编号。"))
    with transaction.atomic():
        duty, is_new = Duty.objects.get_or_create(
            code=code,
            defaults={
                "kind": new.kind,
                "state": DutyState.WITH_SHOP,
                "company_code": new.company_code,
                "division_code": new.division_code,
                "authority_code": officer.division_code,
                "authority": organisation,
                "basis": basis.key if basis else "",
                "basis_words": basis.words if basis else "",
                "what": what,
                "record_numbers": [[str(record_id), number] for record_id, number in new.records],
                "case_numbers": list(new.case_numbers),
                "issued_at": now,
                "issued_by": officer,
                "due_at": deadline(now, new.days),
                "condition": None if new.condition is None else msgspec.to_builtins(new.condition),
            },
        )
        if is_new:
            _note(duty, DutyDeed.ISSUE, DutyActor(DutyParty.OFFICER, officer, organisation), "", now=now)
        elif (duty.issued_by_id, duty.company_code, duty.what) != (officer.pk, new.company_code, what):
            raise Overtaken(_("这个编号已经用过，请重新打开页面再发。"))
    return duty


def answer(
    code: str,
    actor: DutyActor,
    text: str,
    files: Sequence[CleanFile],
    *,
    evidence: Evidence,
    seen: int,
    now: datetime,
) -> Duty:
    """The shop says what it did, with evidence. Late is noted, and taken. Raises NotAllowed."""

    def change(duty: Duty) -> None:
        duty.answered_at, duty.is_answered_late = now, is_over(duty.due_at, now)
        evidence.add(duty, duty.step_count + 1, files, now=now)

    return _take(code, DutyDeed.ANSWER, actor, text=text, seen=seen, now=now, change=change, file_count=len(files))


def ask_longer(code: str, actor: DutyActor, days: int, reason: str, *, seen: int, now: datetime) -> Duty:
    """申请延期 by so many working days, once in an order and before its limit has passed. Raises NotAllowed."""
    _check_days(days)

    def change(duty: Duty) -> None:
        duty.longer_asked_at, duty.longer_days = now, days

    return _take(code, DutyDeed.ASK_LONGER, actor, text=reason, seen=seen, now=now, change=change)


def decide_longer(code: str, actor: DutyActor, text: str, *, is_granted: bool, seen: int, now: datetime) -> Duty:
    """Give the longer limit, counted from the end of the present one, or say why not. Raises NotAllowed."""

    def change(duty: Duty) -> None:
        duty.longer_decided_at = now
        if is_granted and duty.longer_days is not None:
            last_moment = duty.due_at - timedelta(seconds=1)
            duty.due_at = deadline(last_moment, duty.longer_days)

    deed = DutyDeed.GRANT_LONGER if is_granted else DutyDeed.REFUSE_LONGER
    return _take(code, deed, actor, text=text, seen=seen, now=now, change=change)


def return_answer(code: str, actor: DutyActor, days: int, reason: str, *, seen: int, now: datetime) -> Duty:
    """退回: it is not put right yet; a new limit of so many working days runs from today. Raises NotAllowed."""
    _check_days(days)

    def change(duty: Duty) -> None:
        duty.due_at = deadline(now, days)
        if duty.longer_asked_at is not None and duty.longer_decided_at is None:
            duty.longer_decided_at = now

    return _take(code, DutyDeed.RETURN, actor, text=reason, seen=seen, now=now, change=change)


def close(code: str, deed: DutyDeed, actor: DutyActor, text: str, *, seen: int, now: datetime) -> Duty:
    """End an order: ACCEPT it as done, CLOSE_NOT_DONE after its limit, or REVOKE it. Raises NotAllowed."""

    def change(duty: Duty) -> None:
        duty.closed_at = now

    return _take(code, deed, actor, text=text, seen=seen, now=now, change=change)


def may(duty: Duty, deed: DutyDeed, party: DutyParty, *, now: datetime) -> bool:
    """Whether a page should offer the deed."""
    try:
        _following(duty, deed, party, now)
    except NoSuchStep:
        return False
    return True


def may_decide(duty: Duty, officer: User) -> bool:
    """Whether the officer's authority is the one that issued the order, or above it."""
    return is_in_scope(duty.authority_code, officer.division_code)


def waiting_for_officer(duties: DutyQuerySet, now: datetime) -> DutyQuerySet:
    """Of these the ones an officer has to look at: answered, found put right, a longer limit asked for, or overdue."""
    is_asked = Q(state__in=SHOP_STATES, longer_asked_at__isnull=False, longer_decided_at=None)
    is_overdue = Q(state__in=SHOP_STATES, due_at__lte=latest_missed(now))
    is_found_fixed = Q(state__in=SHOP_STATES, found_fixed_at__isnull=False)
    return duties.filter(Q(state=DutyState.ANSWERED) | is_asked | is_overdue | is_found_fixed)


def _take(
    code: str,
    deed: DutyDeed,
    actor: DutyActor,
    *,
    text: str,
    seen: int,
    now: datetime,
    change: Change,
    file_count: int = 0,
) -> Duty:
    words = _words(text)
    with transaction.atomic():
        duty = Duty.objects.select_for_update().filter(code=code).first()
        if duty is None:
            raise NotAllowed(_("没有这个编号的责令改正。"))
        if _is_repeat(duty, deed, actor, words, seen):
            return duty
        if duty.step_count != seen:
            raise Overtaken(_("您打开页面以后，别人已经办理过这一件，您的操作没有执行。请看最新进展再决定。"))
        if actor.party is DutyParty.OFFICER and not may_decide(duty, actor.user):
            raise NotAllowed(_("这一件由%(authority)s办理。") % {"authority": duty.authority})
        if not words and deed not in _WORDLESS:
            raise NotAllowed(_("请写明情况或理由。"))
        try:
            following = _following(duty, deed, actor.party, now)
        except NoSuchStep:
            raise NotAllowed(_("这一步现在不能办，请看最新进展。")) from None
        change(duty)
        duty.state = following
        _note(duty, deed, actor, words, now=now, file_count=file_count)
    return duty


def _is_repeat(duty: Duty, deed: DutyDeed, actor: DutyActor, words: str, seen: int) -> bool:
    """Whether the page was sent twice: the one step since then is this very one."""
    if duty.step_count != seen + 1:
        return False
    return DutyStep.objects.filter(duty=duty, place=duty.step_count, deed=deed, actor=actor.user, text=words).exists()


def _following(duty: Duty, deed: DutyDeed, party: DutyParty, now: datetime) -> DutyState:
    return next_state(
        DutyState(duty.state),
        deed,
        party,
        is_over=is_over(duty.due_at, now),
        is_longer_asked=duty.longer_asked_at is not None,
        is_longer_decided=duty.longer_decided_at is not None,
        is_found_fixed=duty.found_fixed_at is not None,
    )


def _note(duty: Duty, deed: DutyDeed, actor: DutyActor, text: str, *, now: datetime, file_count: int = 0) -> None:
    duty.step_count += 1
    duty.save()
    DutyStep.objects.create(
        duty=duty,
        place=duty.step_count,
        at=now,
        deed=deed,
        party=actor.party,
        actor=actor.user,
        organisation=actor.organisation,
        state=duty.state,
        due_at=duty.due_at,
        text=text,
        evidence_count=file_count,
    )


def _check_days(days: int) -> None:
    if not FEWEST_DAYS <= days <= MOST_DAYS:
        raise NotAllowed(_("期限请填 1 到 60 个工作日。"))


def _words(text: str) -> str:
    words = "\n".join(tidy(line) for line in text.splitlines()).strip()
    if len(words) > MOST_TEXT:
        raise NotAllowed(_("内容请控制在 1000 个字以内。"))
    return words
