"""备案变更: key fields wait for an officer, the others change at once, what was refused is filed again (ADR 0036).

What stands is written to the archive last, inside the desk's transaction: were the desk's own rows lost after it, doing
the same again changes nothing more and writes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from chedang.access.saying import words_of
from chedang.enterprises import amending, store
from chedang.enterprises.errors import (
    EnterpriseNotFound,
    NotRejected,
    RegistrationRefused,
    RegistrationTaken,
)
from chedang.enterprises.store import Connection
from chedang.filing import cancelling
from chedang.filing.cancelling_model import CANCELLED_CODE
from chedang.filing.filing_model import (
    DECISION_WORKING_DAYS,
    KEY_FIELDS,
    ChangeState,
    Edit,
    FilingRefused,
    StepKind,
    edits_between,
)
from chedang.filing.history import By, edits_asked, note, seal_change
from chedang.filing.models.filings import FilingChange
from chedang.filing.staff import lock_shop
from chedang.platform.workdays import add_working_days
from chedang.terms.dates import day_in_china


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a form of changes."""

    at_once: tuple[Edit, ...]
    waiting: FilingChange | None
    """The request that now waits for the officer."""


def change(connection: Connection, company_code: str, texts: Mapping[str, str], by: By, *, now: datetime) -> Changed:
    """Take what a shop wants to be different: element of a registration → text. Safe to repeat.

    Raises FilingRefused: by the rules of a registration, because nothing differs, or because another request waits.
    """
    with transaction.atomic():
        lock_shop(company_code)
        edits = _edits(connection, company_code, texts, now=now)
        key = tuple(edit for edit in edits if edit.field in KEY_FIELDS)
        _refuse_cancelling(company_code, key)
        free = tuple(edit for edit in edits if edit.field not in KEY_FIELDS)
        waiting = _ask(company_code, key, by, now=now) if key else None
        if free:
            note(company_code, StepKind.CHANGED, by, now=now, edits=free)
            _amend(connection, company_code, free, now=now)
    return Changed(free, waiting)


def withdraw(company_code: str, public_id: UUID, by: By, *, now: datetime) -> None:
    """The shop takes its request back; one that was decided or withdrawn already stays as it is."""
    with transaction.atomic():
        asked = _lock(public_id)
        if asked is not None and asked.company_code == company_code and asked.state == ChangeState.WAITING:
            _settle(asked, ChangeState.WITHDRAWN, StepKind.WITHDRAWN, by, now=now)


def agree(connection: Connection, public_id: UUID, by: By, *, now: datetime) -> FilingChange:
    """Let a change stand. Safe to repeat. Raises FilingRefused when it was decided otherwise, or cannot stand."""
    with transaction.atomic():
        asked = _undecided(public_id, ChangeState.AGREED)
        if asked.state == ChangeState.WAITING:
            edits = edits_asked(asked)
            _settle(asked, ChangeState.AGREED, StepKind.AGREED, by, now=now, edits=edits)
            if any(edit.field == "operation_state" for edit in edits):
                cancelling.note_refiled(asked.company_code, now=now)
            _amend(connection, asked.company_code, edits, now=now)
    return asked


def refuse(public_id: UUID, reason: str, by: By, *, now: datetime) -> FilingChange:
    """Let the old values stand; the shop reads why. Safe to repeat. Raises FilingRefused."""
    reason = reason.strip()
    if not reason:
        raise FilingRefused(_("请写明不同意的原因，企业才知道怎样改正。"))
    with transaction.atomic():
        asked = _undecided(public_id, ChangeState.REFUSED)
        if asked.state == ChangeState.WAITING:
            _settle(asked, ChangeState.REFUSED, StepKind.REFUSED, by, now=now, reason=reason)
    return asked


def file_again(connection: Connection, company_code: str, texts: Mapping[str, str], by: By, *, now: datetime) -> None:
    """After 审核不成功: mend whatever was wrong and wait for the next decision. Raises FilingRefused."""
    with transaction.atomic():
        lock_shop(company_code)
        edits = _edits(connection, company_code, texts, now=now, may_be_none=True)
        for asked in FilingChange.objects.select_for_update().filter(
            company_code=company_code, state=ChangeState.WAITING
        ):
            _settle(asked, ChangeState.WITHDRAWN, StepKind.WITHDRAWN, by, now=now)
        note(company_code, StepKind.FILED_AGAIN, by, now=now, edits=edits)
        try:
            amending.file_again(connection, company_code, _texts(edits), now=now)
        except NotRejected as fault:
            raise FilingRefused(_("现在不是“审核不成功”，不需要重新提交。")) from fault
        except RegistrationTaken as fault:
            raise FilingRefused(words_of(fault)) from fault


def waiting_change(company_code: str) -> FilingChange | None:
    """The request of a shop that an officer has not decided."""
    return FilingChange.objects.filter(company_code=company_code, state=ChangeState.WAITING).first()


def _edits(
    connection: Connection, company_code: str, texts: Mapping[str, str], *, now: datetime, may_be_none: bool = False
) -> tuple[Edit, ...]:
    shop = store.find_by_code(connection, company_code)
    if shop is None:
        raise FilingRefused(_("没有这家企业。"))
    registration, findings = amending.read_amended(connection, shop, texts, now=now)
    if registration is None:
        raise FilingRefused(_("请改正下面的内容。"), findings)
    edits = edits_between(shop, registration)
    if not edits and not may_be_none:
        raise FilingRefused(_("内容和现在登记的一样，没有要变更的。"))
    if amending.is_taken(connection, shop, registration):
        raise FilingRefused(words_of(RegistrationTaken()))
    return edits


def _refuse_cancelling(company_code: str, edits: tuple[Edit, ...]) -> None:
    """注销 has its own request; a cancelled shop files again by saying that it is in business."""
    after = next((edit.after for edit in edits if edit.field == "operation_state"), None)
    if after == CANCELLED_CODE:
        raise FilingRefused(_("不再经营的，请用“注销备案”申请，不要改经营状态。"))
    if edits and after is None and cancelling.standing_of(company_code) is not None:
        raise FilingRefused(_("备案已经注销。要继续经营的，请把经营状态改为营业，一并重新备案。"))


def _ask(company_code: str, edits: tuple[Edit, ...], by: By, *, now: datetime) -> FilingChange:
    """The caller holds the shop's lock."""
    if by.user is None:
        raise FilingRefused(_("请先登录。"))
    waiting = waiting_change(company_code)
    if waiting is not None:
        if edits_asked(waiting) == edits:
            return waiting
        raise FilingRefused(_("已有一件变更申请在等审核。请等它办结，或先撤回再重新申请。"))
    public_id = uuid4()
    asked = FilingChange.objects.create(
        public_id=public_id,
        company_code=company_code,
        fields=[edit.field for edit in edits],
        edits_sealed=seal_change(edits, public_id),
        asked_by=by.user,
        asked_at=now,
        due_on=add_working_days(day_in_china(now), DECISION_WORKING_DAYS),
    )
    note(company_code, StepKind.ASKED, by, now=now, edits=edits, change=asked)
    return asked


def _amend(connection: Connection, company_code: str, edits: Sequence[Edit], *, now: datetime) -> None:
    try:
        amending.amend_registration(connection, company_code, _texts(edits), now=now)
    except RegistrationRefused as fault:
        raise FilingRefused(_("按现在的规则不能这样登记。"), fault.findings) from fault
    except (RegistrationTaken, EnterpriseNotFound) as fault:
        raise FilingRefused(words_of(fault)) from fault


def _texts(edits: Sequence[Edit]) -> dict[str, str]:
    return {edit.field: edit.after for edit in edits}


def _lock(public_id: UUID) -> FilingChange | None:
    return FilingChange.objects.select_for_update().filter(public_id=public_id).first()


def _undecided(public_id: UUID, wanted: ChangeState) -> FilingChange:
    """The request, held; also one that was decided as is wanted now."""
    asked = _lock(public_id)
    if asked is None:
        raise FilingRefused(_("没有这件变更申请。"))
    if asked.state == ChangeState.WITHDRAWN:
        raise FilingRefused(_("企业已经撤回这件申请。"))
    if asked.state not in {ChangeState.WAITING, wanted}:
        raise FilingRefused(_("这件申请已经由他人办结。"))
    return asked


def _settle(
    asked: FilingChange,
    state: ChangeState,
    kind: StepKind,
    by: By,
    *,
    now: datetime,
    edits: Sequence[Edit] = (),
    reason: str = "",
) -> None:
    asked.state, asked.decided_by, asked.decided_at = str(state), by.user, now
    asked.organisation, asked.reason = by.organisation[:100], reason[:200]
    asked.save()
    note(asked.company_code, kind, by, now=now, edits=edits, change=asked, text=reason)
