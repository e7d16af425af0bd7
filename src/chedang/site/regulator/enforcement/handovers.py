"""移送 on officers' pages: hand a case over with its file, keep the register, enter what became of it."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.platform.chance import drawn_public_id
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.regulator.enforcement import words
from chedang.site.regulator.enforcement.common import actor, hand_over_files, status_of
from chedang.site.regulator.enforcement.forms import HandOverForm, ResultForm
from chedang.site.regulator.enforcement.packing import hand_over_file
from chedang.site.regulator.enforcement.presentation import hand_over_view, step_views
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.typed import seen_of
from chedang.supervision import handovers
from chedang.supervision.enforcement_model import HAND_OVER_RESULTS, HandOverResult
from chedang.supervision.handovers import NewHandOver
from chedang.supervision.model import NotAllowed
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.enforcement import HandOver
from chedang.terms.spoken import read_code

_LISTED: Final = 50
_CODE_LENGTH: Final = 8


@require_safe
@for_roles(Role.REGULATOR)
def list_hand_overs(request: HttpRequest) -> HttpResponse:
    """The register of hand-overs about shops of the division."""
    officer = person(request)
    found = HandOver.objects.in_scope(officer)
    lists = {"all": (_("全部"), found)} | {
        str(result): (str(told[2]), found.filter(result=result)) for result, told in words.RESULTS.items()
    }
    show = request.GET.get("show", "")
    show = show if show in lists else "all"
    listed = lists[show][1]
    company_code = request.GET.get("shop", "")
    if company_code:
        listed = listed.filter(company_code=company_code)
    page = Paginator(listed.order_by("-handed_at", "-pk"), _LISTED).get_page(request.GET.get("page"))
    context = {
        "division": division_name(officer.division_code),
        "show": show,
        "title": lists[show][0],
        "tabs": [(key, name, each.count()) for key, (name, each) in lists.items()],
        "page": page,
        "rows": [hand_over_view(row) for row in page],
    }
    return render(request, "enforcement/handovers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def hand_over(request: HttpRequest) -> HttpResponse:
    """Hand a case of one shop over; ``?shop=`` names it, ``?duty=`` the order that it follows from."""
    officer, now = person(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    shop = enterprise_in_scope(officer, given.get("shop", ""))
    public_id = drawn_public_id(given.get("name", ""))
    duty_code = read_code(given.get("duty", ""), _CODE_LENGTH) or ""
    form = HandOverForm(request.POST if request.method == "POST" else None)
    form.initial = {**form.initial, **_told_by_order(officer, shop.company_code, duty_code)}
    problem, status = "", 422
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        new = NewHandOver(
            said["item"], said["received_by"], said["what"], said["since"], said["until"], duty_code=duty_code
        )
        try:
            made = handovers.hand_over(
                public_id,
                new,
                actor(request),
                lambda row: hand_over_file(shop, row),
                company_code=shop.company_code,
                company_name=shop.company_name,
                division_code=shop.division_code,
                files=hand_over_files(),
                now=now,
            )
        except NotAllowed as fault:
            problem, status = fault.sentence, status_of(fault)
        else:
            messages.success(request, _("已移送。材料可以下载，交给接收机关。"))
            return redirect("officer-handover", made.public_id)
    context = {"form": form, "shop": shop, "name": public_id, "duty_code": duty_code, "problem": problem}
    is_wrong = problem or form.errors
    return render(request, "enforcement/handover_new.html", context, status=status if is_wrong else 200)


def _told_by_order(officer: User, company_code: str, duty_code: str) -> dict[str, str]:
    """What the order says already, for the officer to go on from."""
    duty = Duty.objects.in_scope(officer).filter(code=duty_code, company_code=company_code).first()
    return {"item": duty.basis, "what": duty.what} if duty else {}


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """One hand-over; its result is sent here."""
    officer, now = person(request), timezone.now()
    row = get_object_or_404(HandOver.objects.in_scope(officer).select_related("duty"), public_id=public_id)
    is_post = request.method == "POST"
    form = ResultForm(request.POST if is_post else None, initial={"on": timezone.localdate(now)})
    problem, status = "", 422
    if is_post and form.is_valid():
        said = form.cleaned_data
        try:
            handovers.enter_result(
                public_id, said["result"], said["on"], actor(request), said["text"], seen=seen_of(request), now=now
            )
        except NotAllowed as fault:
            problem, status = fault.sentence, status_of(fault)
            row.refresh_from_db()
        else:
            messages.success(request, _("结果已登记。"))
            return redirect("officer-handover", public_id)
    may_decide = handovers.may_decide(row, officer)
    context = {
        "view": hand_over_view(row),
        "steps": step_views(row.steps.all(), words.HAND_OVER_DEEDS),
        "form": form,
        "may_decide": may_decide,
        "may_enter": may_decide and bool(HAND_OVER_RESULTS[HandOverResult(row.result)]),
        "sanctions": list(row.sanctions.all()),
        "is_decided": row.result == HandOverResult.DECIDED,
        "problem": problem,
    }
    is_wrong = problem or (is_post and form.errors)
    return render(request, "enforcement/handover.html", context, status=status if is_wrong else 200)


@require_safe
@for_roles(Role.REGULATOR)
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file as it was handed over; fetching it is written down."""
    officer = person(request)
    row = get_object_or_404(HandOver.objects.in_scope(officer), public_id=public_id)
    record_event(
        officer,
        AuditAction.MAKE_EVIDENCE_PACK,
        Purpose.ENFORCEMENT,
        now=timezone.now(),
        object_id=row.number,
        organisation=actor(request).organisation,
    )
    content = hand_over_files().read(row)
    if content is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{row.number}.zip"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="application/zip", headers=headers)
