"""注销备案: by the shop's request or by an officer, and back within a term (ADR 0053).

What stands is the shop's 经营状态, which the archive, searches and figures go by; the review's state stays, so that
records that were held in files stay there and late ones of days before are still taken. As with changes, the archive
is written last: doing the same again after a fault changes nothing more there and writes the desk's rows.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from chedang.enterprises import store
from chedang.enterprises.model import Enterprise, ReviewState
from chedang.enterprises.store import Connection
from chedang.filing.cancelling_model import (
    CANCELLED_CODE,
    IN_BUSINESS_CODE,
    OF_SHOPS,
    CancelReason,
    CancelState,
    Ending,
    may_restore,
)
from chedang.filing.filing_model import DECISION_WORKING_DAYS, ChangeState, Edit, FilingRefused, StepKind
from chedang.filing.history import By, note
from chedang.filing.models.cancelling import FilingCancellation
from chedang.filing.models.filings import FilingChange
from chedang.filing.staff import lock_shop
from chedang.platform.workdays import add_working_days
from chedang.terms.dates import day_in_china
from chedang.terms.text import tidy

_LONGEST = 200


def ask(connection: Connection, company_code: str, ending: Ending, by: By, *, now: datetime) -> FilingCancellation:
    """The shop asks; an officer decides. The same again is the request there. Raises FilingRefused."""
    if ending.reason not in OF_SHOPS:
        raise FilingRefused(_("请选择注销的原因。"))
    words = _words(ending.text, is_needed=ending.reason is CancelReason.OTHER)
    with transaction.atomic():
        lock_shop(company_code)
        _approved(connection, company_code)
        there = open_or_standing(company_code)
        if there is not None:
            if there.state == CancelState.ASKED and (there.reason, there.text, there.ended_on) == (
                ending.reason,
                words,
                ending.ended_on,
            ):
                return there
            raise FilingRefused(_("已有一件注销申请在等审核，或备案已经注销。"))
        asked = FilingCancellation.objects.create(
            public_id=uuid4(),
            company_code=company_code,
            state=str(CancelState.ASKED),
            reason=str(ending.reason),
            text=words,
            ended_on=ending.ended_on,
            asked_by=by.user,
            asked_at=now,
            due_on=add_working_days(day_in_china(now), DECISION_WORKING_DAYS),
        )
        note(company_code, StepKind.CANCEL_ASKED, by, now=now, text=words)
    return asked


def take_back(company_code: str, by: By, *, now: datetime) -> None:
    """The shop withdraws its request; one that was decided stays as it is."""
    with transaction.atomic():
        lock_shop(company_code)
        asked = open_or_standing(company_code)
        if asked is not None and asked.state == CancelState.ASKED:
            _settle(asked, CancelState.WITHDRAWN, by, now=now)
            note(company_code, StepKind.CANCEL_BACK, by, now=now)


def keep(company_code: str, why: str, by: By, *, now: datetime) -> None:
    """不同意注销; the shop reads why. Safe to repeat. Raises FilingRefused."""
    words = _words(why, is_needed=True)
    with transaction.atomic():
        lock_shop(company_code)
        asked = open_or_standing(company_code)
        if asked is None or asked.state != CancelState.ASKED:
            newest = newest_of(company_code)
            if newest is not None and (newest.state, newest.answer) == (CancelState.REFUSED, words):
                return
            raise FilingRefused(_("没有等审核的注销申请，可能已经由他人办结。"))
        _settle(asked, CancelState.REFUSED, by, now=now, answer=words)
        note(company_code, StepKind.CANCEL_KEPT, by, now=now, text=words)


def cancel(connection: Connection, company_code: str, ending: Ending, by: By, *, now: datetime) -> FilingCancellation:
    """Cancel a filing, at the shop's request where there is one. Safe to repeat. Raises FilingRefused."""
    words = _words(ending.text, is_needed=ending.reason in {CancelReason.OTHER, CancelReason.UNREACHABLE})
    if ending.ended_on > day_in_china(now):
        raise FilingRefused(_("终止经营的日期不能晚于今天。"))
    with transaction.atomic():
        lock_shop(company_code)
        there = open_or_standing(company_code)
        if there is not None and there.state == CancelState.CANCELLED:
            return there
        shop = _approved(connection, company_code)
        row = there or FilingCancellation(public_id=uuid4(), company_code=company_code)
        row.reason, row.text, row.ended_on = str(ending.reason), words, ending.ended_on
        row.operation_state_before = shop.operation_state_code
        _settle(row, CancelState.CANCELLED, by, now=now)
        edits = (Edit("operation_state", shop.operation_state_code, CANCELLED_CODE),)
        _close_changes(company_code, by, now=now)
        note(company_code, StepKind.CANCELLED, by, now=now, edits=edits, text=words)
        _set_state(connection, company_code, CANCELLED_CODE, now=now)
    return row


def restore(connection: Connection, company_code: str, why: str, by: By, *, now: datetime) -> FilingCancellation:
    """恢复备案 within the term: what stood before stands again. Safe to repeat. Raises FilingRefused."""
    words = _words(why, is_needed=True)
    with transaction.atomic():
        lock_shop(company_code)
        standing = standing_of(company_code)
        if standing is None:
            newest = newest_of(company_code)
            if newest is not None and newest.state == CancelState.RESTORED:
                return newest
            raise FilingRefused(_("这家企业的备案没有注销。"))
        if standing.decided_at is None or not may_restore(standing.decided_at, now):
            raise FilingRefused(_("注销已超过 30 天，不能恢复；企业要继续经营的，请提交备案变更重新备案。"))
        standing.state, standing.answer, standing.ended_at = str(CancelState.RESTORED), words, now
        standing.save()
        before = standing.operation_state_before or IN_BUSINESS_CODE
        edits = (Edit("operation_state", CANCELLED_CODE, before),)
        note(company_code, StepKind.RESTORED, by, now=now, edits=edits, text=words)
        _set_state(connection, company_code, before, now=now)
    return standing


def note_refiled(company_code: str, *, now: datetime) -> None:
    """An officer agreed that the shop is in business again; inside the caller's transaction."""
    FilingCancellation.objects.filter(company_code=company_code, state=CancelState.CANCELLED).update(
        state=str(CancelState.REFILED), ended_at=now
    )


def open_or_standing(company_code: str) -> FilingCancellation | None:
    """The request that waits, or the cancellation that stands; there is one at most."""
    states = (CancelState.ASKED, CancelState.CANCELLED)
    return FilingCancellation.objects.filter(company_code=company_code, state__in=states).first()


def standing_of(company_code: str) -> FilingCancellation | None:
    """The cancellation that stands."""
    return FilingCancellation.objects.filter(company_code=company_code, state=CancelState.CANCELLED).first()


def newest_of(company_code: str) -> FilingCancellation | None:
    """What was asked or decided last, whatever came of it."""
    return FilingCancellation.objects.filter(company_code=company_code).order_by("-pk").first()


def find(public_id: UUID) -> FilingCancellation | None:
    """One by its name."""
    return FilingCancellation.objects.filter(public_id=public_id).first()


def _approved(connection: Connection, company_code: str) -> Enterprise:
    shop = store.find_by_code(connection, company_code)
    if shop is None or shop.review_state is not ReviewState.APPROVED:
        raise FilingRefused(_("没有备案的企业，不需要注销。"))
    return shop


def _settle(row: FilingCancellation, state: CancelState, by: By, *, now: datetime, answer: str = "") -> None:
    row.state, row.decided_by, row.decided_at = str(state), by.user, now
    row.organisation, row.answer = by.organisation[:100], answer
    row.save()


def _close_changes(company_code: str, by: By, *, now: datetime) -> None:
    """A change that waits has nothing left to change."""
    for asked in FilingChange.objects.select_for_update().filter(company_code=company_code, state=ChangeState.WAITING):
        asked.state, asked.decided_by, asked.decided_at = str(ChangeState.REFUSED), by.user, now
        asked.organisation, asked.reason = by.organisation[:100], _("备案已注销。")
        asked.save()
        note(company_code, StepKind.REFUSED, by, now=now, change=asked, text=asked.reason)


def _set_state(connection: Connection, company_code: str, code: str, *, now: datetime) -> None:
    """Announced to whoever knows the shop."""
    with connection.transaction():
        store.save_operation_state(connection, store.lock(connection, company_code).company_code, code, now=now)


def _words(text: str, *, is_needed: bool) -> str:
    words = tidy(text)
    if len(words) > _LONGEST or (is_needed and not words):
        raise FilingRefused(_("请写明原因，不超过 200 个字。"))
    return words
