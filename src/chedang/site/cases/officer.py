"""An officer's pages: cases of the division, what waits for this officer, decisions, the sheet for 12328."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.reviews import case_figures, cases, complaints, corrections
from chedang.reviews.case_model import CaseKind, Deed, NotAllowed, Party
from chedang.reviews.cases import Actor, overdue
from chedang.reviews.models.cases import Case
from chedang.site.archive.connections import archive
from chedang.site.cases.amending import amend_form, correct, record_of
from chedang.site.cases.contacts import whole_contact
from chedang.site.cases.forms import AmendForm, DismissForm, ReasonForm
from chedang.site.cases.photos import show_photo
from chedang.site.cases.presentation import case_view, case_views, photo_views, shop_names, step_views
from chedang.site.cases.scope import cases_in_scope, find_case, party_of, waiting_for
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.written import write_down

_LISTED = 50
_TABS = {
    "waiting": gettext_lazy("等我办"),
    "overdue": gettext_lazy("超期"),
    "open": gettext_lazy("未办结"),
    "all": gettext_lazy("全部"),
}
_FIGURES = {
    "opened": gettext_lazy("近一年的反馈"),
    "decided": gettext_lazy("近一年已有结果的反馈"),
    "in_time": gettext_lazy("近一年按时有结果的反馈"),
    "overdue_corrections": gettext_lazy("超期的反馈"),
}
_PLAIN_DEEDS = {"accept": Deed.ACCEPT, "forward": Deed.FORWARD, "mediate": Deed.MEDIATE, "close": Deed.CLOSE}
_NEEDS_WORDS = {Deed.MEDIATE, Deed.REFUSE}


@require_safe
@for_roles(Role.REGULATOR)
def list_cases(request: HttpRequest) -> HttpResponse:
    """Cases of the division; each tab, and each public figure, is a list of its own."""
    officer, now = person(request), timezone.now()
    with archive() as connection:
        corrections.refresh_due(connection, now=now)
    show = request.GET.get("show", "")
    show = show if show in _TABS or show in _FIGURES else "waiting"
    in_scope = cases_in_scope(officer)
    division = request.GET.get("division", "")
    of_tabs = _within(in_scope, division) if division else in_scope
    # A public figure is counted by the very code; on a tab a division stands for all below it.
    counted = in_scope.filter(division_code=division) if division and show in _FIGURES else of_tabs
    listed = _select(show, counted, officer, now).order_by("due_at", "submitted_at", "pk")
    page = Paginator(listed, _LISTED).get_page(request.GET.get("page"))
    context = {
        "division": division_name(division or officer.division_code),
        "show": show,
        "title": _TABS.get(show) or _FIGURES[show],
        "tabs": [(key, name, _select(key, of_tabs, officer, now).count()) for key, name in _TABS.items()],
        "count": page.paginator.count,
        "page": page,
        "rows": case_views(list(page), now),
        "division_code": division,
    }
    return render(request, "cases/officer_cases.html", context)


def _within(found: QuerySet[Case], division: str) -> QuerySet[Case]:
    try:
        return found.filter(division_code__startswith=division_prefix(division))
    except ValueError:
        return found.none()


def _select(show: str, found: QuerySet[Case], officer: User, now: Any) -> QuerySet[Case]:
    if show == "waiting":
        return found.filter(waiting_for(officer))
    if show == "overdue":
        return overdue(found, now)
    if show == "open":
        return found.filter(closed_at=None)
    if show == "all":
        return found
    return case_figures.select(show.removesuffix("_corrections"), found, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case; the officer's decision is sent here. Every look is written down: the owner sees it."""
    officer, now = person(request), timezone.now()
    case = find_case(cases_in_scope(officer), number, now)
    _write_down(officer, case)
    record = record_of(case)
    is_post = request.method == "POST"
    deed = request.POST.get("deed", "") if is_post else ""
    form = amend_form(case, record, request.POST if deed == "correct" else None)
    reason = ReasonForm(request.POST if deed in {"refuse", "mediate"} else None)
    dismissal = DismissForm(request.POST if deed == "dismiss" else None, auto_id="dismiss_%s")
    problem = ""
    if is_post:
        try:
            if _decide(request, case, deed, form, reason, dismissal):
                messages.success(request, _("已办理，车主会看到。"))
                return redirect("officer-case", number)
        except NotAllowed as fault:
            problem = fault.sentence
    party = party_of(officer, case)
    context: dict[str, Any] = {
        "case": case_view(case, shop_names([case]).get(case.company_code, case.company_code), now),
        "steps": step_views(case),
        "photos": photo_views(case),
        "record": record,
        "contact": whole_contact(case),
        "satisfaction": case.complaint.satisfaction if case.kind == CaseKind.COMPLAINT else None,
        "amend_form": form,
        "reason_form": reason,
        "dismiss_form": dismissal,
        "may": {each.value: cases.may(case, each, party, now=now) for each in Deed},
        "problem": problem,
        "photo_url": "officer-case-photo",
    }
    is_wrong = problem or (form is not None and form.errors) or reason.errors or dismissal.errors
    return render(request, "cases/officer_case.html", context, status=422 if is_wrong else 200)


@require_safe
@for_roles(Role.REGULATOR)
def photo(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """A photo that the owner added; the owner sees who looked."""
    return show_photo(request, find_case(cases_in_scope(person(request)), number, timezone.now()), place)


@require_safe
@for_roles(Role.REGULATOR)
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """转 12328: everything the hotline needs, on one sheet to print."""
    case, view = _for_hotline(request, number)
    context = {"case": view, "steps": step_views(case), "contact": whole_contact(case)}
    return render(request, "cases/handover.html", context)


@require_safe
@for_roles(Role.REGULATOR)
def handover_json(request: HttpRequest, number: str) -> JsonResponse:
    """The same for machines."""
    case, view = _for_hotline(request, number)
    content = {
        "number": view.number,
        "category": case.complaint.category,
        "submitted_at": case.submitted_at.isoformat(),
        "company_code": case.company_code,
        "company_name": view.shop_name,
        "division_code": case.division_code,
        "plate_number": case.plate_number,
        "visit_on": case.visit_on.isoformat() if case.visit_on else None,
        "text": view.text,
        "demand": view.demand,
        "contact": whole_contact(case),
        "steps": [
            {"at": step.at.isoformat(), "who": step.who, "what": step.what, "text": step.text}
            for step in step_views(case)
        ],
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{view.number}.json"'
    return response


def _for_hotline(request: HttpRequest, number: str) -> tuple[Case, Any]:
    officer, now = person(request), timezone.now()
    case = find_case(cases_in_scope(officer), number, now)
    if case.kind != CaseKind.COMPLAINT:
        raise Http404
    _write_down(officer, case)
    return case, case_view(case, shop_names([case]).get(case.company_code, case.company_code), now)


def _decide(request: HttpRequest, case: Case, deed: str, form: AmendForm | None, *reasons: ReasonForm) -> bool:
    """Do what the officer decided; False when a form has to be mended. Raises NotAllowed."""
    officer, now = person(request), timezone.now()
    actor = Actor(party_of(officer, case), officer, organisation_of(officer))
    if actor.party is Party.NOBODY:
        raise NotAllowed(_("这件已经转到市级办理。"))
    reason, dismissal = reasons
    if deed in {"correct", "void"}:
        return correct(case, actor, form, is_void=deed == "void", reason=request.POST.get("void_reason", ""))
    if deed == "dismiss":
        if not dismissal.is_valid():
            return False
        given = dismissal.cleaned_data
        complaints.dismiss(case.number, actor, given["reason"], given["text"], now=now)
        return True
    if deed == "hand_over":
        complaints.hand_over(case.number, actor, request.POST.get("hotline_number", ""), now=now)
        return True
    chosen = _PLAIN_DEEDS.get(deed, Deed.REFUSE)
    if chosen in _NEEDS_WORDS and not reason.is_valid():
        return False
    text = reason.cleaned_data["text"] if chosen in _NEEDS_WORDS else ""
    cases.act(case.number, chosen, actor, text=text, now=now)
    return True


def _write_down(officer: User, case: Case) -> None:
    is_correction = case.kind == CaseKind.CORRECTION
    write_down(
        officer,
        AuditAction.ANSWER_CORRECTION if is_correction else AuditAction.HANDLE_COMPLAINT,
        case.number,
        purpose=Purpose.OWNERS_REQUEST,
        vin=case.vin,
        before={"state": case.state, "holder": case.holder},
    )
