"""An officer's side of 责令改正 and 督办: issue, look at answers, return, decide on longer limits, close."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access.model import AuditAction, Role
from chedang.access.models import User
from chedang.enterprises.model import Enterprise
from chedang.filing.inspection_model import InspectionState
from chedang.filing.models.inspections import Inspection
from chedang.platform.chance import new_code
from chedang.records import identity
from chedang.records import store as records
from chedang.reviews.models.cases import Case
from chedang.site.archive.connections import archive
from chedang.site.enterprise_view import division_name
from chedang.site.guards import for_roles, person
from chedang.site.organisation import organisation_of
from chedang.site.regulator.inspections.presentation import finding_list
from chedang.site.regulator.scope import enterprise_in_scope
from chedang.site.shop.notices.files import show_file
from chedang.site.shop.notices.forms import DutyForm, ReasonForm, ReturnForm
from chedang.site.shop.notices.presentation import duty_view, duty_views, names_of, step_views
from chedang.site.typed import seen_of
from chedang.site.written import write_down
from chedang.supervision import duties, reminding
from chedang.supervision.counting import overdue
from chedang.supervision.credit_consequences import order_text
from chedang.supervision.credit_review_model import read_result
from chedang.supervision.duties import DutyActor, NewDuty
from chedang.supervision.duty_rules import MOST_TEXT, USUAL_DAYS
from chedang.supervision.enforcement_model import STANDING, may_be_censured
from chedang.supervision.model import OPEN_STATES, DutyDeed, DutyKind, DutyParty, DutyState, NotAllowed, Overtaken
from chedang.supervision.models.credit_review import CreditReview
from chedang.supervision.models.duties import Duty, DutyQuerySet
from chedang.terms.spoken import read_code
from chedang.terms.text import clean

_LISTED: Final = 50
_CODE_LENGTH: Final = 8
_CLOSING: Final = {
    "accept": DutyDeed.ACCEPT,
    "close_not_done": DutyDeed.CLOSE_NOT_DONE,
    "revoke": DutyDeed.REVOKE,
}
_WITH_REASON: Final = frozenset({"close_not_done", "revoke", "refuse_longer"})


@require_safe
@for_roles(Role.REGULATOR)
def list_duties(request: HttpRequest) -> HttpResponse:
    """Orders to shops of the division; each number opens its list."""
    officer, now = person(request), timezone.now()
    lists = _lists(officer)
    show = request.GET.get("show", "")
    show = show if show in lists else "waiting"
    found = lists[show][1]
    company_code = request.GET.get("shop", "")
    if company_code:
        found = found.filter(company_code=company_code)
    page = Paginator(found.order_by("due_at", "pk"), _LISTED).get_page(request.GET.get("page"))
    context = {
        "division": division_name(officer.division_code),
        "show": show,
        "title": lists[show][0],
        "tabs": [(key, name, each.count()) for key, (name, each) in lists.items()],
        "page": page,
        "rows": duty_views(page, now),
    }
    return render(request, "supervision/officer_duties.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def issue(request: HttpRequest) -> HttpResponse:
    """Write an order to one shop of the division; ``?shop=`` names it."""
    officer, now = person(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    shop = enterprise_in_scope(officer, given.get("shop", ""))
    code = read_code(given.get("code", ""), _CODE_LENGTH) or new_code(_CODE_LENGTH)
    what = _found_on_spot(officer, shop, given.get("inspection", "")) or _lost_points(
        officer, shop, given.get("credit", "")
    )
    initial = {"days": USUAL_DAYS, "what": what}
    form = DutyForm(request.POST if request.method == "POST" else None, initial=initial)
    problem = ""
    if request.method == "POST" and form.is_valid() and (new := _new_duty(form, shop)) is not None:
        organisation = organisation_of(officer)
        after = {"kind": str(new.kind), "company_code": shop.company_code, "days": new.days, "basis": new.basis}
        write_down(officer, AuditAction.ISSUE_ORDER, code, after=after)
        try:
            duty = duties.issue(code, new, officer, organisation=organisation, now=now)
        except NotAllowed as fault:
            problem = fault.sentence
        else:
            reminding.link_order(duty, officer, organisation=organisation, now=now)
            messages.success(request, _("已发出，企业登录后会看到。"))
            return redirect("officer-duty", duty.code)
    context = {"form": form, "shop": shop, "code": code, "problem": problem}
    is_wrong = problem or form.errors
    return render(request, "supervision/officer_issue.html", context, status=422 if is_wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.REGULATOR)
def read_duty(request: HttpRequest, code: str) -> HttpResponse:
    """One order with its history; what the officer decides is sent here."""
    officer, now = person(request), timezone.now()
    duty = get_object_or_404(Duty.objects.in_scope(officer), code=code)
    deed = request.POST.get("deed", "") if request.method == "POST" else ""
    return_form = ReturnForm(request.POST if deed == "return" else None, auto_id="return_%s")
    reasons = {name: ReasonForm(request.POST if deed == name else None, auto_id=f"{name}_%s") for name in _WITH_REASON}
    problem, status = "", 422
    if deed:
        try:
            if _decide(request, duty, deed, return_form, reasons):
                messages.success(request, _("已办理，企业会看到。"))
                return redirect("officer-duty", code)
        except NotAllowed as fault:
            problem, status = fault.sentence, 409 if isinstance(fault, Overtaken) else 422
            duty.refresh_from_db()
    may_decide = duties.may_decide(duty, officer)
    context = {
        "duty": duty_view(duty, names_of([duty.company_code])[duty.company_code], now),
        "steps": step_views(duty),
        "return_form": return_form,
        "reasons": reasons,
        "may": {each.value: may_decide and duties.may(duty, each, DutyParty.OFFICER, now=now) for each in DutyDeed},
        "may_decide": may_decide,
        "may_censure": may_be_censured(DutyKind(duty.kind), DutyState(duty.state)),
        "censure": duty.censures.filter(state__in=[str(state) for state in STANDING]).first(),
        "company_code": duty.company_code,
        "problem": problem,
        "file_url": "officer-duty-evidence",
    }
    is_wrong = problem or return_form.errors or any(form.errors for form in reasons.values())
    return render(request, "supervision/officer_duty.html", context, status=status if is_wrong else 200)


@require_safe
@for_roles(Role.REGULATOR)
def evidence(request: HttpRequest, code: str, place: int) -> HttpResponse:
    """A file that the shop handed in; the look is written down."""
    return show_file(request, get_object_or_404(Duty.objects.in_scope(person(request)), code=code), place)


def duties_waiting(officer: User) -> DutyQuerySet:
    """Orders of the division that an officer has to look at now."""
    return duties.waiting_for_officer(Duty.objects.in_scope(officer), timezone.now())


def _lists(officer: User) -> dict[str, tuple[str, DutyQuerySet]]:
    found, now = Duty.objects.in_scope(officer), timezone.now()
    return {
        "waiting": (_("等核对"), duties.waiting_for_officer(found, now)),
        "overdue": (_("逾期"), overdue(found, now)),
        "open": (_("未办结"), found.filter(state__in=OPEN_STATES)),
        "not_done": (_("逾期未改正"), found.filter(state=DutyState.NOT_DONE)),
        "all": (_("全部"), found),
    }


def _decide(
    request: HttpRequest, duty: Duty, deed: str, return_form: ReturnForm, reasons: dict[str, ReasonForm]
) -> bool:
    """Do what the officer decided; False when a form has to be mended. Raises NotAllowed."""
    form: forms.Form | None = return_form if deed == "return" else reasons.get(deed)
    if form is not None and not form.is_valid():
        return False
    officer, now = person(request), timezone.now()
    text = form.cleaned_data["text"] if form is not None else ""
    is_closing = deed in _CLOSING
    action = AuditAction.CLOSE_ORDER if is_closing else AuditAction.ISSUE_ORDER
    before = {"state": duty.state, "due_at": duty.due_at, "steps": duty.step_count}
    write_down(officer, action, duty.code, before=before, after={"deed": deed})
    actor, seen = DutyActor(DutyParty.OFFICER, officer, organisation_of(officer)), seen_of(request)
    if is_closing:
        duties.close(duty.code, _CLOSING[deed], actor, text, seen=seen, now=now)
    elif deed == "return":
        duties.return_answer(duty.code, actor, return_form.cleaned_data["days"], text, seen=seen, now=now)
    elif deed in {"grant_longer", "refuse_longer"}:
        is_granted = deed == "grant_longer"
        duties.decide_longer(duty.code, actor, text, is_granted=is_granted, seen=seen, now=now)
    else:
        raise NotAllowed(_("没有这个操作。"))
    return True


def _found_on_spot(officer: User, shop: Enterprise, public_id: str) -> str:
    """What an inspection of the shop found, for the order to begin with; '' without one."""
    inspection = Inspection.objects.in_scope(officer).filter(
        public_id=public_id, company_code=shop.company_code, state=InspectionState.FINISHED
    )
    return "".join(finding_list(each) for each in inspection)[:MOST_TEXT]


def _lost_points(officer: User, shop: Enterprise, public_id: str) -> str:
    """The rows that lost points in a published credit assessment, for the order to begin with; '' without one."""
    review = CreditReview.objects.in_scope(officer).published()
    found = review.filter(assessment__public_id=public_id, company_code=shop.company_code).first()
    return order_text(found.year, read_result(found.result))[:MOST_TEXT] if found else ""


def _new_duty(form: DutyForm, shop: Enterprise) -> NewDuty | None:
    """What was written, with its records and cases found; ``None`` when one is not the shop's."""
    given = form.cleaned_data
    found = _records_of(form, shop.company_code, given["records"])
    cases = [clean(line) for line in given["cases"].splitlines() if line.strip()]
    known = set(Case.objects.filter(company_code=shop.company_code, number__in=cases).values_list("number", flat=True))
    for number in cases:
        if number not in known:
            form.add_error("cases", _("没有找到这家企业的反馈或投诉 %(number)s，请核对编号。") % {"number": number})
    if form.errors:
        return None
    return NewDuty(
        kind=given["kind"],
        company_code=shop.company_code,
        division_code=shop.division_code,
        what=given["what"],
        days=given["days"],
        basis=given["basis"],
        records=tuple(found),
        case_numbers=tuple(cases),
        condition=form.condition,
    )


def _records_of(form: DutyForm, company_code: str, typed: str) -> list[tuple[UUID, str]]:
    found = []
    with archive() as connection:
        for number in filter(None, map(clean, typed.splitlines())):
            record_id = UUID(identity.record_id(company_code, number, b""))
            if records.find_record(connection, record_id) is None:
                sentence = _("没有找到这家企业结算清单编号为 %(number)s 的记录，请核对。")
                form.add_error("records", sentence % {"number": number})
            found.append((record_id, number))
    return found
