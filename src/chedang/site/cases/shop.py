"""A shop's pages: what owners report of its records and complain of, with the clock; correct, refuse, reply."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, ShopPost
from chedang.reviews import cases, corrections
from chedang.reviews.case_model import CaseKind, Deed, NotAllowed, Party
from chedang.reviews.cases import Actor
from chedang.reviews.models.cases import Case
from chedang.site.archive.connections import archive
from chedang.site.cases.amending import amend_form, correct, record_of
from chedang.site.cases.contacts import masked_contact
from chedang.site.cases.forms import AmendForm, ReasonForm
from chedang.site.cases.photos import show_photo
from chedang.site.cases.presentation import case_view, case_views, photo_views, shop_names, step_views
from chedang.site.cases.scope import cases_missed_by_shop, cases_of_shop, find_case
from chedang.site.guards import for_shop, person
from chedang.site.organisation import organisation_of

_LISTED = 20
_SHOWS = ("waiting", "missed", "all")


@require_safe
@for_shop(ShopPost.CLERK)
def list_cases(request: HttpRequest) -> HttpResponse:
    """What waits for the shop first, the longest overdue on top."""
    now = timezone.now()
    with archive() as connection:
        corrections.refresh_due(connection, now=now)
    found = cases_of_shop(person(request))
    waiting = found.filter(holder=Party.SHOP)
    missed = cases_missed_by_shop(person(request))
    show = request.GET.get("show", "") if request.GET.get("show") in _SHOWS else _SHOWS[0]
    newest_first = (F("submitted_at").desc(), "-pk")
    listed = {
        "waiting": waiting.order_by("due_at", "pk"),
        "missed": missed.order_by(*newest_first),
        "all": found.order_by(*newest_first),
    }[show]
    page = Paginator(listed, _LISTED).get_page(request.GET.get("page"))
    context = {
        "rows": case_views(list(page), now),
        "page": page,
        "show": show,
        "waiting": waiting.count(),
        "missed": missed.count(),
        "total": found.count(),
    }
    return render(request, "cases/shop_cases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_shop(ShopPost.CLERK)
def read_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case; the shop's answer is sent here."""
    shop, now = person(request), timezone.now()
    case = find_case(cases_of_shop(shop), number, now)
    record = record_of(case)
    is_post = request.method == "POST"
    deed = request.POST.get("deed", "") if is_post else ""
    form = amend_form(case, record, request.POST if deed == "correct" else None)
    reason = ReasonForm(request.POST if deed in {"refuse", "reply"} else None)
    problem = ""
    if is_post:
        is_correction = case.kind == CaseKind.CORRECTION
        action = AuditAction.ANSWER_CORRECTION if is_correction else AuditAction.HANDLE_COMPLAINT
        _write_down(request, case, action)
        try:
            if _answer(request, case, deed, form, reason):
                messages.success(request, _("已答复，车主会看到。"))
                return redirect("shop-case", number)
        except NotAllowed as fault:
            problem = fault.sentence
    else:
        _write_down(request, case, AuditAction.READ_OWN_RECORDS)
    context: dict[str, Any] = {
        "case": case_view(case, shop_names([case]).get(case.company_code, case.company_code), now),
        "steps": step_views(case),
        "photos": photo_views(case),
        "record": record,
        "contact": masked_contact(case),
        "amend_form": form,
        "reason_form": reason,
        "may_correct": form is not None and cases.may(case, Deed.CORRECT, Party.SHOP, now=now),
        "may_refuse": cases.may(case, Deed.REFUSE, Party.SHOP, now=now),
        "may_reply": cases.may(case, Deed.REPLY, Party.SHOP, now=now),
        "problem": problem,
        "photo_url": "shop-case-photo",
    }
    is_wrong = problem or (form is not None and form.errors) or reason.errors
    return render(request, "cases/shop_case.html", context, status=422 if is_wrong else 200)


@require_safe
@for_shop(ShopPost.CLERK)
def photo(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """A photo that the owner added; the owner sees who looked."""
    return show_photo(request, find_case(cases_of_shop(person(request)), number, timezone.now()), place)


def _answer(request: HttpRequest, case: Case, deed: str, form: AmendForm | None, reason: ReasonForm) -> bool:
    """Do what the shop decided; False when a form has to be mended. Raises NotAllowed."""
    shop = person(request)
    actor = Actor(Party.SHOP, shop, organisation_of(shop))
    if deed in {"correct", "void"}:
        return correct(case, actor, form, is_void=deed == "void", reason=request.POST.get("void_reason", ""))
    if not reason.is_valid():
        return False
    chosen = Deed.REPLY if deed == "reply" else Deed.REFUSE
    cases.act(case.number, chosen, actor, text=reason.cleaned_data["text"], now=timezone.now())
    return True


def _write_down(request: HttpRequest, case: Case, action: AuditAction) -> None:
    shop = person(request)
    record_event(
        shop,
        action,
        Purpose.OWN_BUSINESS,
        now=timezone.now(),
        vin=case.vin,
        object_id=case.number,
        organisation=organisation_of(shop),
    )
