"""Requests for bindings that wait for an officer: within the division, overdue ones first."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.phones import masked_phone
from chedang.enterprises import known
from chedang.owners import requests
from chedang.owners.access import owner_binding
from chedang.owners.models import BindingRequest
from chedang.owners.requests import CannotDecide, Reason
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.owner.garage.desk import claim_desk
from chedang.site.owner.garage.forms import DecisionForm
from chedang.site.owner.garage.presentation import evidence_view, request_view


@require_safe
@for_roles(Role.REGULATOR)
def list_requests(request: HttpRequest) -> HttpResponse:
    """What waits, the longest waiting first."""
    officer, now = person(request), timezone.now()
    waiting = requests.requests_in_scope(officer).waiting()
    page = Paginator(waiting, settings.RECORDS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "division": division_name(officer.division_code),
        "count": page.paginator.count,
        "overdue": waiting.filter(due_at__lte=now).count(),
        "page": page,
        "rows": [request_view(each, now, for_officer=True) for each in page],
    }
    return render(request, "garage/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_request(request: HttpRequest, number: int) -> HttpResponse:
    """One request with the evidence, and the decision. One of another division is not there."""
    officer = person(request)
    held = requests.requests_in_scope(officer).filter(pk=number).first()
    if held is None:
        raise Http404
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _decide(request, held, form)
    _write_down(officer, held)
    return _page(request, held, form, status=422 if form.is_bound else 200)


def _decide(request: HttpRequest, held: BindingRequest, form: DecisionForm) -> HttpResponse:
    officer, told = person(request), form.cleaned_data
    agrees = told["decision"] == "agree"
    try:
        requests.decide(
            claim_desk(),
            officer,
            held,
            agrees=agrees,
            reason=Reason(told["reason"]),
            explanation=told["explanation"],
            licence_province=told["licence_province"],
            organisation=organisation_of(officer),
            now=timezone.now(),
        )
    except CannotDecide:
        messages.error(request, _("这件申请已经办结，或没有相符的车辆，不能同意绑定。"))
        return redirect("binding-request", held.pk)
    messages.success(
        request, _("已同意绑定，申请人可以看到车辆档案。") if agrees else _("已答复不同意，申请人会看到理由。")
    )
    return redirect("binding-queue")


def _page(request: HttpRequest, held: BindingRequest, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    with archive() as connection:
        shop = known.find_all(connection, [held.company_code]).get(held.company_code)
    context = {
        "asked": evidence_view(held, now),
        "applicant": masked_phone(held.user) or held.user.display_name,
        "has_owner": bool(held.vin) and owner_binding(held.vin, now=now) is not None,
        "shop_name": shop.company_name if shop else held.company_code,
        "form": form,
    }
    return render(request, "garage/decide.html", context, status=status)


def _write_down(officer: User, held: BindingRequest) -> None:
    record_event(
        officer,
        AuditAction.LOOK_UP_VEHICLE,
        Purpose.OWNERS_REQUEST,
        now=timezone.now(),
        vin=held.vin,
        object_id=held.public_id,
        organisation=organisation_of(officer),
    )
