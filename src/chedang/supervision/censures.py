"""通报: drafted from an order that was not done, told to the shop, checked by a second officer, published, taken off.

The shop is heard before (申辩): nothing is published until its working days are over or it has spoken. The checker is
of the drafter's authority or one above it and never the drafter; the database refuses the same person too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.access.rules import is_in_scope
from chedang.reviews.clocks import deadline, is_over, last_day
from chedang.supervision import notices
from chedang.supervision.case_steps import Officer, check_seen, is_repeat, lock, note, public_words, words
from chedang.supervision.enforcement_limits import limits
from chedang.supervision.enforcement_model import (
    CHECKERS_DEEDS,
    SHOWN,
    STANDING,
    CensureDeed,
    CensureState,
    may_be_censured,
    next_censure_state,
)
from chedang.supervision.model import DutyKind, DutyState, NotAllowed, NoticeKind, Overtaken
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.enforcement import CaseQuerySet, Censure
from chedang.supervision.models.notices import new_notice_id
from chedang.supervision.notices import Writing
from chedang.terms.dates import day_in_china
from chedang.terms.spoken import in_groups

SYSTEM: Final = Officer(None, "系统")
_NEEDS_WORDS: Final = frozenset(
    {CensureDeed.CHANGE, CensureDeed.SEND_BACK, CensureDeed.WITHDRAW, CensureDeed.DROP, CensureDeed.OBJECT}
)
_MOST_REASON: Final = 200
"""What the audit trail keeps of it."""
_EVENT_COLUMNS: Final = ("state", "what", "ends_on", "rectified_on")


def draft(public_id: str, duty_code: str, what: str, actor: Officer, *, company_name: str, now: datetime) -> Censure:
    """Write a public notice about an order that was not done, under a name that the page drew; again gives the same.

    Raises NotAllowed: another kind of order or state, not this officer's, or one stands already.
    """
    officer, text = _user(actor), public_words(what)
    with transaction.atomic():
        duty = Duty.objects.select_for_update().filter(code=duty_code).first()
        if duty is None or not is_in_scope(duty.authority_code, officer.division_code):
            raise NotAllowed(_("这一件不由您的机关办理。"))
        standing = Censure.objects.filter(duty=duty, state__in=[str(state) for state in STANDING]).first()
        if standing is not None and standing.public_id == public_id and standing.drafted_by_id == officer.pk:
            return standing
        if standing is not None:
            raise Overtaken(_("这一件已经有通报，请打开那一份。"))
        if Censure.objects.filter(public_id=public_id).exists():  # ended since: an old page was sent again
            raise Overtaken(_("这份通报已经办结，请从责令改正重新起草。"))
        if not may_be_censured(DutyKind(duty.kind), DutyState(duty.state)):
            raise NotAllowed(_("只有按逾期未改正办结的责令改正才能通报。"))
        censure = Censure(
            public_id=public_id,
            company_code=duty.company_code,
            company_name=company_name,
            division_code=duty.division_code,
            authority_code=officer.division_code,
            authority=actor.organisation,
            duty=duty,
            state=CensureState.DRAFT,
            what=text,
            basis_words=duty.basis_words,
            drafted_at=now,
            drafted_by=officer,
        )
        _event(officer, censure, {}, now=now, organisation=actor.organisation)
        note(censure, CensureDeed.DRAFT, actor, now=now, state=CensureState.DRAFT, after=_said(censure))
    return censure


def change(public_id: str, actor: Officer, what: str, *, seen: int, now: datetime) -> Censure:
    """Write a draft anew; who does so is its drafter from then on. Raises NotAllowed."""
    text = public_words(what)

    def rewrite(censure: Censure) -> None:
        censure.what, censure.drafted_by, censure.drafted_at = text, _user(actor), now

    return _take(public_id, CensureDeed.CHANGE, actor, text, seen=seen, now=now, alter=rewrite)


def submit(public_id: str, actor: Officer, *, seen: int, now: datetime) -> Censure:
    """Give a draft to a second officer, and tell the shop, which may object. Raises NotAllowed."""

    def tell(censure: Censure) -> None:
        censure.submitted_at = now
        if censure.objected_at is None:
            censure.object_until = deadline(now, limits().censure.objection_days)
            _tell_shop(censure, actor, now)

    return _take(public_id, CensureDeed.SUBMIT, actor, "", seen=seen, now=now, alter=tell)


def object_to(public_id: str, actor: Officer, company_code: str, text: str, *, seen: int, now: datetime) -> Censure:
    """申辩 of the shop, once, while the notice is with its checker. Raises NotAllowed; for another shop too."""

    def take(censure: Censure) -> None:
        if censure.company_code != company_code:
            raise NotAllowed(_("没有这一件。"))
        censure.objection, censure.objected_at = words(text), now

    return _take(public_id, CensureDeed.OBJECT, actor, text, seen=seen, now=now, alter=take, is_officer=False)


def send_back(public_id: str, actor: Officer, reason: str, *, seen: int, now: datetime) -> Censure:
    """退回 to the drafter, with a reason; the second officer only. Raises NotAllowed."""
    return _take(public_id, CensureDeed.SEND_BACK, actor, reason, seen=seen, now=now)


def publish(public_id: str, actor: Officer, *, seen: int, now: datetime) -> Censure:
    """Agree, and put it on the public list; the second officer only, after the shop was heard. Raises NotAllowed."""

    def show(censure: Censure) -> None:
        censure.checked_by, censure.published_at = _user(actor), now
        censure.ends_on = day_in_china(now) + timedelta(days=limits().censure.public_days - 1)

    return _take(public_id, CensureDeed.PUBLISH, actor, "", seen=seen, now=now, alter=show)


def end(public_id: str, deed: CensureDeed, actor: Officer, reason: str, *, seen: int, now: datetime) -> Censure:
    """DROP one that is not published yet, or WITHDRAW a published one, with a reason. Raises NotAllowed."""
    if deed not in {CensureDeed.DROP, CensureDeed.WITHDRAW}:
        raise NotAllowed(_("没有这个操作。"))
    return _take(public_id, deed, actor, reason, seen=seen, now=now)


def mark_rectified(public_id: str, actor: Officer, *, seen: int, now: datetime) -> Censure:
    """已改正 after all: it stays on the list with the day. Raises NotAllowed."""

    def mark(censure: Censure) -> None:
        censure.rectified_on = day_in_china(now)

    return _take(public_id, CensureDeed.MARK_RECTIFIED, actor, "", seen=seen, now=now, alter=mark)


def take_off(now: datetime) -> int:
    """Take those off the public list whose last day is over; gives how many."""
    over = Censure.objects.filter(state__in=[str(state) for state in SHOWN], ends_on__lt=day_in_china(now))
    rows = list(over.values_list("public_id", "step_count"))
    for public_id, seen in rows:
        _take(public_id, CensureDeed.END, SYSTEM, "", seen=seen, now=now, is_officer=False)
    return len(rows)


def published(now: datetime) -> CaseQuerySet:
    """What everybody may read today, the newest first."""
    shown = Censure.objects.filter(state__in=[str(state) for state in SHOWN], ends_on__gte=day_in_china(now))
    return shown.order_by("-published_at", "-pk")


def may(censure: Censure, deed: CensureDeed, officer: User, *, now: datetime) -> bool:
    """Whether a page should offer the deed to this officer."""
    return may_decide(censure, officer) and _following(censure, deed, officer, now) is not None


def may_decide(censure: Censure, officer: User) -> bool:
    """Whether the officer's authority is the one that drafted it, or above it."""
    return is_in_scope(censure.authority_code, officer.division_code)


def may_object(censure: Censure) -> bool:
    """Whether the shop may still say something."""
    return censure.state == CensureState.CHECKING and censure.objected_at is None


def _take(
    public_id: str,
    deed: CensureDeed,
    actor: Officer,
    text: str,
    *,
    seen: int,
    now: datetime,
    alter: Callable[[Censure], None] = lambda _censure: None,
    is_officer: bool = True,
) -> Censure:
    said = words(text)
    with transaction.atomic():
        censure = lock(Censure, public_id)
        if is_repeat(censure, deed, actor, said, seen):
            return censure
        check_seen(censure, seen)
        if is_officer and not may_decide(censure, _user(actor)):
            raise NotAllowed(_("这一件由%(authority)s办理。") % {"authority": censure.authority})
        if deed in CHECKERS_DEEDS and censure.drafted_by_id == _user(actor).pk:
            raise NotAllowed(_("起草的人不能复核自己的通报，请另一位同事复核。"))
        if not said and deed in _NEEDS_WORDS:
            raise NotAllowed(_("请写明情况或理由。"))
        following = _following(censure, deed, actor.user, now)
        if following is None:
            raise NotAllowed(_("这一步现在不能办，请看最新进展。"))
        before = _said(censure)
        alter(censure)
        censure.state = following
        if actor.user is not None:
            _event(actor.user, censure, before, now=now, organisation=actor.organisation, reason=said)
        note(censure, deed, actor, now=now, state=following, text=said, before=before, after=_said(censure))
    return censure


def _following(censure: Censure, deed: CensureDeed, user: User | None, now: datetime) -> CensureState | None:
    return next_censure_state(
        CensureState(censure.state),
        deed,
        is_drafter=user is not None and user.pk == censure.drafted_by_id,
        is_heard=censure.objected_at is not None or is_over(censure.object_until, now),
        is_objected=censure.objected_at is not None,
    )


def _tell_shop(censure: Censure, actor: Officer, now: datetime) -> None:
    """A notice with a receipt, so that nobody is named in public without having been told."""
    officer, until = _user(actor), last_day(censure.object_until or now)
    text = (
        f"责令改正 {in_groups(censure.duty.code)} 到期没有改正，拟按规定通报。拟通报的内容：\n{censure.what}\n"
        f"依据：{censure.basis_words}\n"
        f"有不同意见的，请在 {until:%Y-%m-%d} 24:00 以前，在“处罚和通报”中打开这份通报写明申辩意见；复核人会看到。"
    )
    writing = Writing(
        kind=NoticeKind.NOTICE,
        title="拟通报告知",
        text=text.replace("{", "｛").replace("}", "｝"),
        asks_acknowledgement=True,
        audience=(censure.company_code,),
    )
    public_id = new_notice_id()
    notices.draft(public_id, writing, officer, authority=actor.organisation, now=now)
    notices.send(public_id, officer, now=now)


def _said(censure: Censure) -> dict[str, Any]:
    return {name: _plain(getattr(censure, name)) for name in _EVENT_COLUMNS}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value) if value is not None else None


def _event(
    actor: User, censure: Censure, before: dict[str, Any], *, now: datetime, organisation: str, reason: str = ""
) -> None:
    is_shop = bool(actor.company_code)
    record_event(
        actor,
        AuditAction.CENSURE,
        Purpose.OWN_BUSINESS if is_shop else Purpose.ENFORCEMENT,
        now=now,
        object_id=censure.public_id,
        organisation=organisation,
        reason=reason[:_MOST_REASON],
        before=before,
        after=_said(censure),
    )


def _user(actor: Officer) -> User:
    if actor.user is None:
        raise NotAllowed(_("请先登录。"))
    return actor.user
