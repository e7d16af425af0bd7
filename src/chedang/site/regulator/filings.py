"""An officer's queue of filings and changes, the oldest first, and the decision on a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.enterprises.filed import ExpiringCounts
from chedang.enterprises.model import ReviewState
from chedang.filing import changes
from chedang.filing.cancelling_model import CancelState
from chedang.filing.counting import expiring_counts
from chedang.filing.filing_model import DECISION_WORKING_DAYS, ChangeState, FilingRefused, StepKind
from chedang.filing.models.cancelling import FilingCancellation
from chedang.filing.models.filings import FilingChange, FilingStep
from chedang.filing.models.papers import FilingAttachment
from chedang.filing.words import FIELD_NAMES
from chedang.site.archive.connections import archive
from chedang.site.decisions import note_reading
from chedang.site.enterprise_view import category_name, division_name, enterprise_view
from chedang.site.guards import for_roles, person
from chedang.site.registration_words import finding_words
from chedang.site.regulator.scope import enterprise_in_scope, enterprises_in_scope
from chedang.site.shop.filing.forms import DecisionForm
from chedang.site.shop.filing.papers import show
from chedang.site.shop.filing.presentation import change_view, decision_due_on, papers_context
from chedang.site.shop.filing.wiring import acting
from chedang.terms.dates import day_in_china


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue."""

    since: datetime
    company_code: str
    change_id: UUID | None
    """``None`` for a filing that waits for a decision, and for a request to cancel one."""
    due_on: date
    is_ending: bool = False
    """注销 is asked for."""
    fields: tuple[str, ...] = ()
    """Elements that a change is about."""


@require_safe
@for_roles(Role.REGULATOR)
def list_filings(request: HttpRequest) -> HttpResponse:
    """New filings and changes of the division and below."""
    officer, today = person(request), day_in_china(timezone.now())
    only_changes = request.GET.get("show") == "changes"
    waiting = [each for each in waiting_filings(officer) if each.change_id or each.is_ending or not only_changes]
    page = Paginator(waiting, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    shops = enterprises_in_scope(officer).in_bulk([each.company_code for each in page])
    context = {
        "division": division_name(officer.division_code),
        "count": page.paginator.count,
        "show": "changes" if only_changes else "",
        "expiring": _expiring(officer),
        "page": page,
        "working_days": DECISION_WORKING_DAYS,
        "rows": [
            {
                "waiting": each,
                "shop": shops[each.company_code],
                "division": division_name(shops[each.company_code].division_code),
                "category": category_name(shops[each.company_code].category_code),
                "fields": [FIELD_NAMES[name] for name in each.fields if name in FIELD_NAMES],
                "is_late": today > each.due_on,
            }
            for each in page
            if each.company_code in shops
        ],
    }
    return render(request, "filing/queue.html", context)


def _expiring(officer: User) -> ExpiringCounts:
    with archive() as connection:
        return expiring_counts(connection, officer, now=timezone.now())


def waiting_filings(officer: User) -> list[Waiting]:
    """What waits for this officer's authority, the longest waiting first."""
    pending = dict(
        enterprises_in_scope(officer)
        .filter(review_state=ReviewState.PENDING.value)
        .values_list("company_code", "created_at")
    )
    again = FilingStep.objects.filter(company_code__in=pending, kind=StepKind.FILED_AGAIN)
    since = pending | dict(again.order_by().values_list("company_code").annotate(at=Max("at")))
    found = [Waiting(at, code, None, decision_due_on(at)) for code, at in since.items()]
    asked = FilingChange.objects.filter(
        state=ChangeState.WAITING, company_code__in=enterprises_in_scope(officer).order_by().values("company_code")
    )
    found += [
        Waiting(each.asked_at, each.company_code, each.public_id, each.due_on, fields=tuple(each.fields))
        for each in asked
    ]
    found += [
        Waiting(each.asked_at, each.company_code, None, each.due_on, is_ending=True)
        for each in _endings(officer)
        if each.asked_at is not None and each.due_on is not None
    ]
    return sorted(found, key=lambda each: (each.since, each.company_code))


def _endings(officer: User) -> QuerySet[FilingCancellation]:
    """注销 that shops of the division asked for."""
    in_scope = enterprises_in_scope(officer).order_by().values("company_code")
    return FilingCancellation.objects.filter(state=CancelState.ASKED, company_code__in=in_scope)


def count_changes(officer: User) -> int:
    """How many changes and requests to cancel wait; new filings are counted by themselves."""
    in_scope = enterprises_in_scope(officer).order_by().values("company_code")
    asked = FilingChange.objects.filter(state=ChangeState.WAITING, company_code__in=in_scope)
    return asked.count() + _endings(officer).count()


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """One change beside what stands; the decision is sent here."""
    officer, now = person(request), timezone.now()
    asked = FilingChange.objects.filter(public_id=change_id).first()
    if asked is None:
        raise Http404
    shop = enterprise_in_scope(officer, asked.company_code)
    note_reading(officer, shop.company_code)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    problem = ""
    if form.is_bound and form.is_valid():
        try:
            _decide(request, officer, asked, form, now)
            return redirect("officer-filings")
        except FilingRefused as refused:
            problem = _("；").join([refused.sentence, *map(finding_words, refused.findings)])
            asked.refresh_from_db()
    context: dict[str, Any] = {
        "enterprise": enterprise_view(shop),
        "change": change_view(asked, now),
        "form": form,
        "problem": problem,
    } | papers_context(shop.company_code, get_language() or "")
    return render(request, "filing/officer_change.html", context, status=422 if form.errors or problem else 200)


def _decide(request: HttpRequest, officer: User, asked: FilingChange, form: DecisionForm, now: datetime) -> None:
    """Raises FilingRefused."""
    by, is_agreed = acting(officer), request.POST.get("decision") == "agree"
    record_event(
        officer,
        AuditAction.DECIDE_CHANGE,
        Purpose.SUPERVISION,
        now=now,
        object_id=str(asked.public_id),
        organisation=by.organisation,
        before={"state": asked.state, "fields": sorted(asked.fields)},
        after={"state": (ChangeState.AGREED if is_agreed else ChangeState.REFUSED).value},
    )
    if is_agreed:
        with archive() as connection:
            changes.agree(connection, asked.public_id, by, now=now)
        messages.success(request, _("已同意，变更马上生效。"))
    else:
        changes.refuse(asked.public_id, form.cleaned_data["reason"], by, now=now)
        messages.success(request, _("未同意，原来的内容继续有效，企业会看到原因。"))


@require_safe
@for_roles(Role.REGULATOR)
def read_attachment(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """A paper of a shop of the division."""
    attachment = FilingAttachment.objects.filter(file_id=file_id).first()
    if attachment is None:
        raise Http404
    enterprise_in_scope(person(request), attachment.company_code)
    return show(request, attachment)
