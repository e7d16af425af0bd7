"""注销备案 for officers: at the shop's request or by themselves, and back within the term."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.enterprises.model import Enterprise
from chedang.filing import cancelling
from chedang.filing.cancelling_model import (
    CANCELLED_CODE,
    REVERSIBLE,
    CancelReason,
    CancelState,
    Ending,
    filing_state,
    may_restore,
)
from chedang.filing.filing_model import FilingRefused
from chedang.filing.history import steps_of
from chedang.filing.models.cancelling import FilingCancellation
from chedang.filing.words import CANCEL_REASONS, CANCEL_STATES, FILING_STATES
from chedang.records import worklist
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import enterprise_view
from chedang.site.guards import for_roles, person
from chedang.site.regulator.inspections.forms import EndingForm, WordsForm
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.shop.filing.presentation import step_views
from chedang.site.shop.filing.wiring import acting
from chedang.terms.dates import day_in_china

_LABELS: Final = {"keep": gettext_lazy("不同意的原因"), "restore": gettext_lazy("恢复的原因")}


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def cancel(request: HttpRequest, company_code: str) -> HttpResponse:
    """What stands, what the shop asked for, and the forms that fit."""
    officer, now = person(request), timezone.now()
    shop = enterprise_in_scope(officer, company_code)
    there = cancelling.open_or_standing(shop.company_code)
    deed = request.POST.get("deed", "") if request.method == "POST" else ""
    form = EndingForm(
        request.POST if deed == "cancel" else None, reasons=tuple(CancelReason), initial=_initial(there, now)
    )
    words = {
        name: WordsForm(request.POST if deed == name else None, label=label, auto_id=f"{name}_%s")
        for name, label in _LABELS.items()
    }
    problem = ""
    chosen: forms.Form | None = form if deed == "cancel" else words.get(deed)
    if chosen is not None and chosen.is_valid():
        try:
            _do(officer, shop, deed, chosen, now)
        except FilingRefused as refused:
            problem = refused.sentence
            there = cancelling.open_or_standing(shop.company_code)
        else:
            messages.success(request, _("已办理，企业会看到。"))
            return redirect("officer-cancel-filing", shop.company_code)
    is_wrong = bool(problem) or (chosen is not None and bool(chosen.errors))
    state = filing_state(shop.review_state, shop.operation_state_code)
    context = {
        "enterprise": enterprise_view(shop),
        "state": FILING_STATES[state],
        "may_cancel": state == "filed",
        "row": cancellation_view(there or cancelling.newest_of(shop.company_code), now),
        "form": form,
        "keep_form": words["keep"],
        "restore_form": words["restore"],
        "problem": problem,
        "is_wrong": is_wrong,
        "days": REVERSIBLE.days,
        "since": _since(there),
        "steps": step_views(steps_of(shop.company_code)),
    }
    return render(request, "inspections/cancel.html", context, status=422 if is_wrong else 200)


def _initial(there: FilingCancellation | None, now: datetime) -> dict[str, Any]:
    if there is None:
        return {"ended_on": day_in_china(now)}
    return {"reason": there.reason, "text": there.text, "ended_on": there.ended_on}


def _do(officer: User, shop: Enterprise, deed: str, form: forms.Form, now: datetime) -> None:
    """Raises FilingRefused."""
    by, given = acting(officer), form.cleaned_data
    text = given["text"]
    before = {"operation_state": shop.operation_state_code}
    _write_down(officer, shop.company_code, deed, text, now, before=before)
    with archive() as connection:
        if deed == "cancel":
            ending = Ending(given["reason"], text, given["ended_on"])
            cancelling.cancel(connection, shop.company_code, ending, by, now=now)
        elif deed == "restore":
            cancelling.restore(connection, shop.company_code, text, by, now=now)
        else:
            cancelling.keep(shop.company_code, text, by, now=now)


def _write_down(
    officer: User, company_code: str, deed: str, text: str, now: datetime, *, before: dict[str, str]
) -> None:
    after = {"deed": deed} | ({"operation_state": CANCELLED_CODE} if deed == "cancel" else {})
    record_event(
        officer,
        AuditAction.CANCEL_FILING,
        Purpose.SUPERVISION,
        now=now,
        object_id=company_code,
        organisation=acting(officer).organisation,
        reason=text,
        before=before,
        after=after,
    )


def cancellation_view(row: FilingCancellation | None, now: datetime) -> dict[str, Any] | None:
    """A cancellation as both sides read it."""
    if row is None:
        return None
    state = CancelState(row.state)
    word, tone, sign = CANCEL_STATES[state]
    is_standing = state is CancelState.CANCELLED and row.decided_at is not None
    return {
        "word": word,
        "tone": tone,
        "sign": sign,
        "state": state.value,
        "is_asked": state is CancelState.ASKED,
        "is_standing": is_standing,
        "may_restore": is_standing and row.decided_at is not None and may_restore(row.decided_at, now),
        "until": row.decided_at + REVERSIBLE if row.decided_at else None,
        "reason": CANCEL_REASONS[CancelReason(row.reason)],
        "text": row.text,
        "ended_on": row.ended_on,
        "asked_at": row.asked_at,
        "due_on": row.due_on,
        "is_late": state is CancelState.ASKED and row.due_on is not None and day_in_china(now) > row.due_on,
        "decided_at": row.decided_at,
        "organisation": row.organisation,
        "answer": row.answer,
    }


def _since(there: FilingCancellation | None) -> Any:
    """Records that came in since the last day of business: late ones, or a sign that the shop goes on."""
    if there is None or there.state != CancelState.CANCELLED:
        return None
    with archive() as connection:
        return worklist.count_settled_after(connection, there.company_code, there.ended_on)
