"""现场勘验 for officers: lists, planning, one inspection with what is decided about it. All within the division."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.filing import inspections
from chedang.filing.filing_model import FilingRefused
from chedang.filing.inspection_model import OPEN, InspectionReason, InspectionState, Presence
from chedang.filing.inspection_pdf import inspection_pdf
from chedang.filing.inspections import InspectionOvertaken, Visit
from chedang.filing.models.inspections import Inspection, InspectionQuerySet
from chedang.filing.words import PRESENCES
from chedang.platform.chance import drawn_public_id, new_public_id
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.inspections.forms import MoveForm, VisitForm, WordsForm
from chedang.site.regulator.inspections.presentation import inspection_row, inspection_rows, sheet_of
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.shop.filing.wiring import acting
from chedang.site.shop.notices.presentation import names_of
from chedang.site.typed import whole_number
from chedang.terms.dates import day_in_china

_LISTED: Final = 50
_DONE_WITHIN: Final = timedelta(days=365)


@require_safe
@for_roles(Role.REGULATOR)
def list_inspections(request: HttpRequest) -> HttpResponse:
    """Visits of the division; each number opens its list."""
    officer, now = person(request), timezone.now()
    company_code = request.GET.get("shop", "")
    lists = _lists(officer, now, company_code)
    show = request.GET.get("show", "")
    show = show if show in lists else "due"
    found = lists[show][1].prefetch_related("officers")
    page = Paginator(found, _LISTED).get_page(request.GET.get("page"))
    context = {
        "division": division_name(officer.division_code),
        "show": show,
        "title": lists[show][0],
        "tabs": [(key, name, each.count()) for key, (name, each) in lists.items()],
        "page": page,
        "rows": inspection_rows(list(page), now),
        "company_code": company_code,
    }
    return render(request, "inspections/officer_list.html", context)


def _lists(officer: User, now: datetime, company_code: str) -> dict[str, tuple[str, InspectionQuerySet]]:
    found, today = Inspection.objects.in_scope(officer), day_in_china(now)
    if company_code:
        found = found.filter(company_code=company_code)
    waiting = found.filter(state__in=OPEN).order_by("planned_on", "pk")
    closed = found.exclude(state__in=OPEN).order_by("-closed_at", "-pk")
    recent = closed.filter(state=InspectionState.FINISHED, closed_at__gte=now - _DONE_WITHIN)
    return {
        "due": (_("今天和逾期"), waiting.filter(planned_on__lte=today)),
        "today": (_("今天"), waiting.filter(planned_on=today)),
        "overdue": (_("逾期未勘验"), waiting.filter(planned_on__lt=today)),
        "planned": (_("以后"), waiting.filter(planned_on__gt=today)),
        "mine": (_("我的"), waiting.filter(officers=officer)),
        "done": (_("一年内办结"), recent),
        "to_correct": (_("一年内要改正"), recent.filter(outcome="to_correct")),
        "dropped": (_("已取消"), closed.filter(state=InspectionState.DROPPED)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a visit to one shop of the division; ``?shop=`` names it, ``?reason=`` says why."""
    officer, now = person(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    shop = enterprise_in_scope(officer, given.get("shop", ""))
    public_id = drawn_public_id(given.get("id", ""))
    officers = inspections.officers_for(officer, shop.division_code)
    initial = {"reason": given.get("reason", ""), "planned_on": day_in_china(now) + timedelta(days=1)}
    if any(each.pk == officer.pk for each in officers):
        initial["first"] = officer.pk
    form = VisitForm(
        request.POST if request.method == "POST" else None,
        officers=officers,
        classes=inspections.classes_of(shop.category_code),
        initial=initial,
    )
    problem = ""
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        visit = Visit(asked["reason"], asked["planned_on"], form.officers(), asked.get("class_key") or None)
        try:
            _plan(officer, public_id, shop, visit, now)
        except FilingRefused as refused:
            problem = refused.sentence
        else:
            messages.success(request, _("已安排，列名的执法人员在“现场勘验”里看得到。"))
            return redirect("officer-inspection", public_id)
    context = {"form": form, "shop": shop, "id": public_id, "problem": problem, "officer_count": len(officers)}
    return render(request, "inspections/plan.html", context, status=422 if form.errors or problem else 200)


def _plan(officer: User, public_id: str, shop: Any, visit: Visit, now: datetime) -> None:
    """Raises FilingRefused."""
    after = {"state": "planned", "reason": str(visit.reason), "planned_on": visit.planned_on.isoformat()}
    write_down(officer, public_id, now=now, after=after)
    inspections.plan(public_id, shop, visit, acting(officer), now=now)


@require_safe
@for_roles(Role.REGULATOR)
def read(request: HttpRequest, public_id: str) -> HttpResponse:
    """The sheet: to be filled by its two officers while it is open, to be read by everybody of the division."""
    inspection = own(request, public_id)
    _note_reading(person(request), inspection)
    return inspection_page(request, inspection)


@require_POST
@for_roles(Role.REGULATOR)
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Another day, other officers, off the list, or a supplement to what is finished."""
    inspection, officer, now = own(request, public_id), person(request), timezone.now()
    deed = request.POST.get("deed", "")
    found = _deed_form(request, inspection, deed)
    if not found.is_valid():
        return inspection_page(request, inspection, given={f"{deed}_form": found}, status=422)
    by, seen = acting(officer), whole_number(request.POST.get("seen"), -1)
    before = {"state": inspection.state, "planned_on": inspection.planned_on.isoformat()}
    after = {"deed": deed, "planned_on": str(found.cleaned_data.get("planned_on") or inspection.planned_on)}
    write_down(officer, public_id, now=now, before=before, after=after, reason=found.cleaned_data.get("text", ""))
    try:
        if isinstance(found, MoveForm):
            inspections.move(inspection, found.cleaned_data["planned_on"], found.officers(), by, seen=seen, now=now)
        elif deed == "drop":
            inspections.drop(inspection, found.cleaned_data["text"], by, seen=seen, now=now)
        else:
            inspections.amend(inspection, found.cleaned_data["text"], by, now=now)
    except FilingRefused as refused:
        return refused_page(request, inspection, refused)
    messages.success(request, _("已记下。"))
    return redirect("officer-inspection", public_id)


def _deed_form(request: HttpRequest, inspection: Inspection, deed: str) -> forms.Form:
    """Raises Http404 for a deed that no page offers."""
    if deed == "move":
        return _move_form(person(request), inspection, request.POST)
    if deed not in _LABELS:
        raise Http404
    return WordsForm(request.POST, label=_LABELS[deed], auto_id=f"{deed}_%s")


_LABELS: Final = {"drop": gettext_lazy("取消的原因"), "amend": gettext_lazy("补充说明")}


@require_safe
@for_roles(Role.REGULATOR)
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """勘验记录 as PDF, once it is finished."""
    inspection = get_object_or_404(Inspection.objects.in_scope(person(request)), public_id=public_id, state="finished")
    _note_reading(person(request), inspection)
    return paper_of(inspection)


def paper_of(inspection: Inspection) -> HttpResponse:
    """The PDF to keep."""
    name = names_of([inspection.company_code])[inspection.company_code]
    headers = {"Content-Disposition": f'attachment; filename="inspection-{inspection.public_id}.pdf"'}
    return HttpResponse(inspection_pdf(inspection, shop_name=name), content_type="application/pdf", headers=headers)


def own(request: HttpRequest, public_id: str) -> Inspection:
    """An inspection of the officer's division. Raises Http404 for any other."""
    return get_object_or_404(Inspection.objects.in_scope(person(request)), public_id=public_id)


def inspection_page(
    request: HttpRequest,
    inspection: Inspection,
    *,
    problem: str = "",
    status: int = 200,
    typed: Mapping[str, Any] | None = None,
    given: Mapping[str, forms.Form] | None = None,
) -> HttpResponse:
    """The page; ``given`` are forms as they came back, by the name of the deed."""
    officer, now = person(request), timezone.now()
    row = inspection_row(inspection, names_of([inspection.company_code])[inspection.company_code], now)
    may_fill = row.is_open and inspections.is_named(inspection, officer)
    shown: dict[str, forms.Form] = {
        "move_form": _move_form(officer, inspection),
        "drop_form": WordsForm(label=_LABELS["drop"], auto_id="drop_%s"),
        "amend_form": WordsForm(label=_LABELS["amend"], auto_id="amend_%s"),
    } | dict(given or {})
    context: dict[str, Any] = {
        "row": row,
        "inspection": inspection,
        "may_fill": may_fill,
        "is_named": inspections.is_named(inspection, officer),
        "is_finished": inspection.state == InspectionState.FINISHED,
        "problem": problem,
        "form_id": new_public_id(),
        "presences": [(each.value, PRESENCES[each]) for each in Presence],
        "typed": typed or {},
        "account": officer.pk,
        "re_check": InspectionReason.ORDER.value,
    }
    wrong = any(form.errors for form in shown.values())
    return render(
        request,
        "inspections/officer_one.html",
        context | sheet_of(inspection) | shown | {"is_wrong": wrong or problem},
        status=status,
    )


def refused_page(request: HttpRequest, inspection: Inspection, refused: FilingRefused) -> HttpResponse:
    """What stands now, and why it was not done."""
    inspection.refresh_from_db()
    status = 409 if isinstance(refused, InspectionOvertaken) else 422
    return inspection_page(request, inspection, problem=refused.sentence, status=status, typed=request.POST)


def write_down(
    officer: User,
    public_id: str,
    *,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """An officer is about to do something to an inspection."""
    record_event(
        officer,
        AuditAction.INSPECT,
        Purpose.SUPERVISION,
        now=now,
        object_id=public_id,
        organisation=organisation_of(officer),
        reason=reason,
        before=before,
        after=after,
    )


def _move_form(officer: User, inspection: Inspection, given: Any = None) -> MoveForm:
    named = list(inspection.officers.all())
    initial = {"planned_on": inspection.planned_on} | dict(
        zip(("first", "second"), [user.pk for user in named], strict=False)
    )
    officers = inspections.officers_for(officer, inspection.division_code)
    return MoveForm(given, officers=officers, initial=initial, auto_id="move_%s")


def _note_reading(officer: User, inspection: Inspection) -> None:
    record_event(
        officer,
        AuditAction.READ_INSPECTION,
        Purpose.SUPERVISION,
        now=timezone.now(),
        object_id=inspection.public_id,
        organisation=organisation_of(officer),
    )
