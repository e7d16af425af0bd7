"""通报 on officers' pages: drafted from an order not done, checked by a second officer, published, taken off."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.model import Role
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.platform.chance import drawn_public_id
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.regulator.enforcement import words
from chedang.site.regulator.enforcement.common import actor, status_of
from chedang.site.regulator.enforcement.forms import CensureForm, TextForm
from chedang.site.regulator.enforcement.presentation import censure_view, objection_day, step_views
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.typed import seen_of
from chedang.supervision import censures
from chedang.supervision.enforcement_model import SHOWN, STANDING, CensureDeed, CensureState, may_be_censured
from chedang.supervision.model import DutyKind, DutyState, NotAllowed
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.enforcement import CaseQuerySet, Censure
from chedang.terms.spoken import in_groups

_LISTED: Final = 50
_WITH_REASON: Final = (CensureDeed.SEND_BACK, CensureDeed.DROP, CensureDeed.WITHDRAW)


@require_safe
@for_roles(Role.REGULATOR)
def list_censures(request: HttpRequest) -> HttpResponse:
    """Public notices about shops of the division; each number opens its list."""
    officer = person(request)
    lists = _lists(officer)
    show = request.GET.get("show", "")
    show = show if show in lists else "checking"
    found = lists[show][1]
    company_code = request.GET.get("shop", "")
    if company_code:
        found = found.filter(company_code=company_code)
    page = Paginator(found.order_by("-drafted_at", "-pk"), _LISTED).get_page(request.GET.get("page"))
    context = {
        "division": division_name(officer.division_code),
        "show": show,
        "title": lists[show][0],
        "tabs": [(key, name, each.count()) for key, (name, each) in lists.items()],
        "page": page,
        "rows": [censure_view(row) for row in page],
        "not_done": _may_be_drafted(officer)[:_LISTED],
    }
    return render(request, "enforcement/censures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def draft(request: HttpRequest) -> HttpResponse:
    """Draft one about an order of the division that was not done; ``?duty=`` names it."""
    officer, now = person(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    duty = get_object_or_404(Duty.objects.in_scope(officer), code=given.get("duty", ""))
    if not may_be_censured(DutyKind(duty.kind), DutyState(duty.state)):
        raise Http404
    shop = enterprise_in_scope(officer, duty.company_code)
    public_id = drawn_public_id(given.get("name", ""))
    form = CensureForm(request.POST if request.method == "POST" else None, initial={"text": duty.what})
    problem, status = "", 422
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            made = censures.draft(public_id, duty.code, text, actor(request), company_name=shop.company_name, now=now)
        except NotAllowed as fault:
            problem, status = fault.sentence, status_of(fault)
        else:
            messages.success(request, _("已存为草稿。看一遍，再送复核。"))
            return redirect("officer-censure", made.public_id)
    context = {"form": form, "shop": shop, "duty": duty, "number": in_groups(duty.code), "name": public_id}
    is_wrong = problem or form.errors
    return render(
        request, "enforcement/censure_draft.html", context | {"problem": problem}, status=status if is_wrong else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_censure(request: HttpRequest, public_id: str) -> HttpResponse:
    """One with its history; what is decided about it is sent here."""
    officer, now = person(request), timezone.now()
    censure = get_object_or_404(_of(officer), public_id=public_id)
    given = request.POST.get("deed", "") if request.method == "POST" else ""
    deed = CensureDeed(given) if given in set(CensureDeed) else None
    form = CensureForm(
        request.POST if deed is CensureDeed.CHANGE else None, auto_id="change_%s", initial={"text": censure.what}
    )
    reasons = {
        each.value: TextForm(request.POST if deed is each else None, auto_id=f"{each}_%s") for each in _WITH_REASON
    }
    problem, status = "", 422
    if request.method == "POST":
        try:
            if _decide(request, public_id, deed, form, reasons):
                messages.success(request, _("已办理。"))
                return redirect("officer-censure", public_id)
        except NotAllowed as fault:
            problem, status = fault.sentence, status_of(fault)
            censure.refresh_from_db()
    may = {each.value: censures.may(censure, each, officer, now=now) for each in CensureDeed}
    context = {
        "view": censure_view(censure),
        "number": in_groups(censure.duty.code),
        "steps": step_views(censure.steps.all(), words.CENSURE_DEEDS),
        "form": form,
        "reasons": reasons,
        "may": may,
        "may_decide": censures.may_decide(censure, officer),
        "is_mine": censure.drafted_by_id == officer.pk,
        "is_checking": censure.state == CensureState.CHECKING,
        "object_on": objection_day(censure),
        "problem": problem,
    }
    is_wrong = problem or form.errors or any(each.errors for each in reasons.values())
    return render(request, "enforcement/censure.html", context, status=status if is_wrong else 200)


def _decide(
    request: HttpRequest, public_id: str, deed: CensureDeed | None, form: CensureForm, reasons: dict[str, TextForm]
) -> bool:
    """Do what was decided; False when a form has to be mended. Raises NotAllowed."""
    by, seen, now = actor(request), seen_of(request), timezone.now()
    given: CensureForm | TextForm | None = form if deed is CensureDeed.CHANGE else reasons.get(str(deed))
    if given is not None and not given.is_valid():
        return False
    text = given.cleaned_data["text"] if given is not None else ""
    match deed:
        case CensureDeed.CHANGE:
            censures.change(public_id, by, text, seen=seen, now=now)
        case CensureDeed.SUBMIT:
            censures.submit(public_id, by, seen=seen, now=now)
        case CensureDeed.SEND_BACK:
            censures.send_back(public_id, by, text, seen=seen, now=now)
        case CensureDeed.PUBLISH:
            censures.publish(public_id, by, seen=seen, now=now)
        case CensureDeed.MARK_RECTIFIED:
            censures.mark_rectified(public_id, by, seen=seen, now=now)
        case CensureDeed.DROP | CensureDeed.WITHDRAW:
            censures.end(public_id, deed, by, text, seen=seen, now=now)
        case _:
            raise NotAllowed(_("没有这个操作。"))
    return True


def _of(officer: User) -> CaseQuerySet:
    return Censure.objects.in_scope(officer).select_related("duty")


def _lists(officer: User) -> dict[str, tuple[str, CaseQuerySet]]:
    found = _of(officer)
    return {
        "checking": (_("待复核"), found.filter(state=CensureState.CHECKING)),
        "draft": (_("草稿"), found.filter(state=CensureState.DRAFT)),
        "shown": (_("公示中"), found.filter(state__in=[str(state) for state in SHOWN])),
        "all": (_("全部"), found),
    }


def _may_be_drafted(officer: User) -> list[tuple[str, str]]:
    """Orders of the officer's to decide that were not done and about which nothing stands: code, number for people."""
    standing = Censure.objects.filter(state__in=[str(state) for state in STANDING]).values("duty_id")
    own = Duty.objects.in_scope(officer).filter(authority_code__startswith=division_prefix(officer.division_code))
    found = own.filter(kind=DutyKind.ORDER, state=DutyState.NOT_DONE).exclude(pk__in=standing)
    return [(code, in_groups(code)) for code in found.order_by("-closed_at").values_list("code", flat=True)[:_LISTED]]
