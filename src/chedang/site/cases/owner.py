"""The owner's pages: report what is wrong or missing, complain, see who has it and until when, decide."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from chedang.access import allowances
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.enterprises import known
from chedang.enterprises.model import ReviewState, Source
from chedang.owners.access import bindings_of
from chedang.owners.handovers import handed_over_on
from chedang.owners.model import Access
from chedang.platform.sealing import Digester, Sealer
from chedang.reviews import cases, complaints, corrections
from chedang.reviews.case_model import CaseKind, CaseState, Category, Deed, NotAllowed, Party, Topic
from chedang.reviews.cases import Actor
from chedang.reviews.complaints import Grievance
from chedang.reviews.corrections import MissingVisit, Said
from chedang.reviews.evidence import KEPT_DAYS, MOST_PHOTOS
from chedang.reviews.model import Visit
from chedang.reviews.models.cases import Case
from chedang.site.archive.connections import archive
from chedang.site.archive.models import Enterprise as EnterpriseRow
from chedang.site.cases.forms import ComplaintForm, MediationForm, MissingForm, SaidForm, WordsForm
from chedang.site.cases.photos import evidence, is_too_long, photos_of, show_photo, take_photos
from chedang.site.cases.presentation import case_view, case_views, photo_views, shop_names, step_views
from chedang.site.guards import for_roles, person
from chedang.site.owner.cars import for_own_car, purpose_of
from chedang.site.owner.visits import look_at_visit
from chedang.site.settings import NODE
from chedang.vehicles.rules import day_in_file

_DAY = timedelta(days=1)
_SHOPS_SHOWN = 20
_LISTED = 20
_CHOICES = tuple(topic for topic in Topic if topic is not Topic.MISSING)
_TOO_LARGE = gettext_lazy("照片加起来太大，请每张不超过 8 MB，最多 3 张。")
_OWNER_DEEDS = {
    "agree": Deed.AGREE,
    "ask_county": Deed.ASK_COUNTY,
    "reopen": Deed.REOPEN,
}


@csrf_exempt  # the form's token is checked below, once the handler is in place: it stands in the same body
@require_http_methods(["GET", "HEAD", "POST"])
@for_own_car
def report_mistake(request: HttpRequest, access: Access, record_id: UUID) -> HttpResponse:
    """这条不对: big choices; the tap on one of them sends."""
    take_photos(request)
    return _report_mistake(request, access, record_id)


@csrf_protect
def _report_mistake(request: HttpRequest, access: Access, record_id: UUID) -> HttpResponse:
    visit = _visit(request, access, record_id, since=access.shops_hidden_before)
    sent = request.POST.get("topic", "")
    forms = [SaidForm(topic, request.POST if topic == sent else None) for topic in _CHOICES]
    form = next((each for each in forms if each.topic == sent), None)
    problem = str(_TOO_LARGE) if request.method == "POST" and is_too_long(request) else ""
    if form is not None and form.is_valid() and not problem:
        said = Said(form.topic, form.cleaned_data.get("value", ""), form.cleaned_data["text"])
        try:
            _take_turn(request, "correction:account", corrections.MOST_A_DAY)
            record_event(
                person(request),
                AuditAction.REPORT_MISTAKE,
                purpose_of(access),
                now=timezone.now(),
                vin=access.vin,
                object_id=str(record_id),
            )
            case = corrections.report_mistake(
                person(request),
                visit,
                said,
                photos_of(request),
                evidence=evidence(),
                plate_number=access.plate_number,
                node_code=NODE.node.code,
                now=timezone.now(),
            )
        except NotAllowed as fault:
            problem = fault.sentence
        else:
            return _sent(request, case)
    context = {
        "access": access,
        "visit": visit,
        "shop_name": _shop_name(visit.company_code),
        "forms": forms,
        "form": form,
        "problem": problem,
        "most": MOST_PHOTOS,
    }
    return render(
        request, "cases/report_mistake.html", context, status=422 if problem or (form and form.errors) else 200
    )


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
@for_own_car
def report_missing(request: HttpRequest, access: Access) -> HttpResponse:
    """A visit that is not in the file: first the shop, then the day."""
    take_photos(request)
    return _report_missing(request, access)


@csrf_protect
def _report_missing(request: HttpRequest, access: Access) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    shop = _approved().filter(company_code=given.get("shop", "")).first()
    query = request.GET.get("q", "").strip()
    form = MissingForm(request.POST) if request.method == "POST" and shop else MissingForm()
    problem = str(_TOO_LARGE) if request.method == "POST" and is_too_long(request) else ""
    if request.method == "POST" and shop is None and not problem:
        problem = _("请先选择维修企业。")
    if "q" in request.GET and not query and shop is None:
        problem = _("请写企业名称里的几个字。")
    if request.method == "POST" and shop and form.is_valid() and not problem:
        visit = MissingVisit(
            vin=access.vin,
            plate_number=access.plate_number,
            company_code=shop.company_code,
            division_code=shop.division_code,
            on=form.cleaned_data["on"],
            settlement_list_number=form.cleaned_data["settlement_list_number"],
            text=form.cleaned_data["text"],
        )
        try:
            return _sent(request, _open_missing(request, access, visit))
        except NotAllowed as fault:
            problem = fault.sentence
    context = {
        "access": access,
        "shop": shop,
        "query": query,
        "shops": list(_approved().filter(company_name__icontains=query)[:_SHOPS_SHOWN]) if query and not shop else [],
        "form": form,
        "problem": problem,
        "most": MOST_PHOTOS,
    }
    return render(request, "cases/report_missing.html", context, status=422 if problem or form.errors else 200)


def _open_missing(request: HttpRequest, access: Access, visit: MissingVisit) -> Case:
    # That a record is there already would name the shop of a former owner's visit.
    if access.shops_hidden_before is not None and visit.on < access.shops_hidden_before:
        raise NotAllowed(_before_handover())
    _take_turn(request, "correction:account", corrections.MOST_A_DAY)
    now = timezone.now()
    record_event(person(request), AuditAction.REPORT_MISTAKE, purpose_of(access), now=now, vin=access.vin)
    with archive() as connection:
        return corrections.report_missing(
            connection,
            person(request),
            visit,
            photos_of(request),
            evidence=evidence(),
            node_code=NODE.node.code,
            now=now,
        )


@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
@for_own_car
def complain(request: HttpRequest, access: Access, record_id: UUID) -> HttpResponse:
    """投诉 about one settled job."""
    take_photos(request)
    return _complain(request, access, record_id)


@csrf_protect
def _complain(request: HttpRequest, access: Access, record_id: UUID) -> HttpResponse:
    visit = _visit(request, access, record_id, since=handed_over_on(access))
    form = ComplaintForm(request.POST) if request.method == "POST" else ComplaintForm()
    problem = str(_TOO_LARGE) if request.method == "POST" and is_too_long(request) else ""
    if request.method == "POST" and not problem and form.is_valid():
        given = form.cleaned_data
        grievance = Grievance(Category(given["category"]), given["demand"], given["text"], given["contact"])
        try:
            return _sent(request, _open_complaint(request, access, visit, grievance))
        except NotAllowed as fault:
            problem = fault.sentence
    context = {
        "access": access,
        "visit": visit,
        "shop_name": _shop_name(visit.company_code),
        "form": form,
        "problem": problem,
        "most": MOST_PHOTOS,
    }
    return render(request, "cases/complain.html", context, status=422 if problem or form.errors else 200)


def _open_complaint(request: HttpRequest, access: Access, visit: Visit, grievance: Grievance) -> Case:
    _take_turn(request, "complaint:account", complaints.MOST_A_DAY)
    now = timezone.now()
    record_event(
        person(request),
        AuditAction.MAKE_COMPLAINT,
        purpose_of(access),
        now=now,
        vin=access.vin,
        object_id=str(visit.record_id),
    )
    return complaints.complain(
        person(request),
        visit,
        grievance,
        photos_of(request),
        evidence=evidence(),
        sealer=Sealer(NODE.data_dir, complaints.SEALING_PURPOSE),
        plate_number=access.plate_number,
        node_code=NODE.node.code,
        now=now,
    )


@require_safe
@for_roles(Role.OWNER)
def list_cases(request: HttpRequest) -> HttpResponse:
    """Everything that this person reported or complained of, newest first."""
    now = timezone.now()
    _run_clocks(now)
    page = Paginator(_own(request).order_by("-submitted_at", "-pk"), _LISTED).get_page(request.GET.get("page"))
    context = {"rows": case_views(list(page), now), "page": page}
    return render(request, "cases/my_cases.html", context)


@csrf_exempt  # as above: photos may be added
@require_http_methods(["GET", "HEAD", "POST"])
@for_roles(Role.OWNER)
def read_case(request: HttpRequest, number: str) -> HttpResponse:
    """How one case stands; what the owner decides or adds is sent here."""
    take_photos(request)
    return _read_case(request, number)


@csrf_protect
def _read_case(request: HttpRequest, number: str) -> HttpResponse:
    case = _own(request).filter(number=number).first()
    if case is None:
        raise Http404
    problem = str(_TOO_LARGE) if request.method == "POST" and is_too_long(request) else ""
    if request.method == "POST" and not problem:
        try:
            messages.success(request, _do(request, case))
            return redirect("my-case", number)
        except NotAllowed as fault:
            problem = fault.sentence
    return _case_page(request, case.number, problem)


def _case_page(request: HttpRequest, number: str, problem: str) -> HttpResponse:
    now = timezone.now()
    with archive() as connection:
        case = corrections.refresh(connection, number, now=now)
    binding = bindings_of(person(request), now=now).filter(vin=case.vin).first()
    may = {deed.value: cases.may(case, deed, Party.OWNER, now=now) for deed in Deed}
    photos = photo_views(case)
    context = {
        "case": case_view(case, shop_names([case]).get(case.company_code, case.company_code), now),
        "steps": step_views(case, for_owner=True),
        "photos": photos,
        "kept_days": KEPT_DAYS,
        "may": may,
        "may_add": case.state != CaseState.CLOSED,
        "may_add_photos": sum(photo.removed_at is None for _place, photo in photos) < MOST_PHOTOS,
        "is_mediated": case.state == CaseState.MEDIATED,
        "car_id": binding.public_id if binding else "",
        "words_form": WordsForm(),
        "mediation_form": MediationForm(),
        "problem": problem,
    }
    return render(request, "cases/my_case.html", context, status=422 if problem else 200)


def _do(request: HttpRequest, case: Case) -> str:
    """What the owner decided; gives the sentence to tell. Raises NotAllowed."""
    deed = request.POST.get("deed", "")
    owner, now = person(request), timezone.now()
    is_correction = case.kind == CaseKind.CORRECTION
    action = AuditAction.REPORT_MISTAKE if is_correction else AuditAction.MAKE_COMPLAINT
    record_event(owner, action, Purpose.OWN_VEHICLE, now=now, vin=case.vin, object_id=case.number)
    actor = Actor(Party.OWNER, owner)
    text = request.POST.get("text", "").replace("\0", "").strip()[: corrections.MOST_TEXT]  # a form with photos
    if deed in {"solved", "unsolved"}:
        form = MediationForm(request.POST)
        if not form.is_valid():
            raise NotAllowed(_("请选择满意程度。"))
        complaints.judge_mediation(
            case.number,
            actor,
            is_solved=deed == "solved",
            satisfaction=form.cleaned_data["satisfaction"],
            text=text,
            now=now,
        )
        return _("已记下您的意见，办理人员会办结这件投诉。")
    if deed in _OWNER_DEEDS:
        cases.act(case.number, _OWNER_DEEDS[deed], actor, text=text, now=now)
        return _("已记下您的决定。")
    _add(request, case, text)
    return _("已补充。")


def _add(request: HttpRequest, case: Case, text: str) -> None:
    photos = evidence().clean(photos_of(request))
    if not text and not photos:
        raise NotAllowed(_("请写几句话，或者选一张照片。"))
    corrections.add(case.number, person(request), text, photos, evidence=evidence(), now=timezone.now())


@require_safe
@for_roles(Role.OWNER)
def photo(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """One of the owner's own photos."""
    case = _own(request).filter(number=number).first()
    if case is None:
        raise Http404
    return show_photo(request, case, place)


def _own(request: HttpRequest) -> Any:
    return Case.objects.filter(owner=person(request)).select_related("correction", "complaint")


def _visit(request: HttpRequest, access: Access, record_id: UUID, *, since: date | None) -> Visit:
    """The visit. Raises Http404, and PermissionDenied for one before ``since``: the page would name its shop."""
    found = look_at_visit(person(request), access, record_id)
    if found is None:
        raise Http404
    visit, record = found
    if since is not None and day_in_file(record) < since:
        raise PermissionDenied(_before_handover())
    return visit


def _before_handover() -> str:
    return _("这次维修在您成为车主之前。记录有误影响到您的，请带行驶证到县级道路运输管理机构，或拨打 12328。")


def _shop_name(company_code: str) -> str:
    with archive() as connection:
        shop = known.find_all(connection, {company_code}).get(company_code)
    return shop.company_name if shop else company_code


def _approved() -> Any:
    return (
        EnterpriseRow.objects.filter(review_state=ReviewState.APPROVED)
        .exclude(source=Source.MAKER)
        .order_by("company_name")
    )


def _take_turn(request: HttpRequest, kind: str, most: int) -> None:
    """One of so many a day. Raises NotAllowed."""
    digest = Digester(NODE.data_dir, "case-limits").digest(str(person(request).pk))
    if allowances.take(kind, digest, most=most, within=_DAY, now=timezone.now()):
        raise NotAllowed(_("今天提交的已经够多，请明天再来，或拨打 12328。"))


def _sent(request: HttpRequest, case: Case) -> HttpResponse:
    messages.success(request, _("已提交，编号 %(number)s。打 12328 询问时报这个编号。") % {"number": case.number})
    return redirect("my-case", case.number)


def _run_clocks(now: Any) -> None:
    with archive() as connection:
        corrections.refresh_due(connection, now=now)
