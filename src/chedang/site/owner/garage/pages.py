"""我的车: the cars of a person, the ways to bind one more, and requests that wait."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access.model import Role
from chedang.access.models import User
from chedang.owners import binding, claims, requests
from chedang.owners.claims import TooManyTries, UnknownCode
from chedang.owners.limits import binding_limits
from chedang.owners.model import Access, Kind
from chedang.owners.models import Binding, BindingRequest
from chedang.owners.requests import CannotDecide, OwnersWord, TooManyRequests
from chedang.site.client_address import client_address
from chedang.site.guards import for_roles, person
from chedang.site.owner.cars import for_car
from chedang.site.owner.garage.desk import claim_desk, unhurried
from chedang.site.owner.garage.forms import CodeForm, FactsForm
from chedang.site.owner.garage.presentation import garage_view, request_view, sighting_view
from chedang.site.owner.handing.promised import take_what_was_promised
from chedang.site.owner.phone.forms import PhoneForm


@require_safe
@never_cache
@for_roles(Role.OWNER)
def garage(request: HttpRequest) -> HttpResponse:
    """The cars, and what waits."""
    take_what_was_promised(person(request), now=timezone.now())
    return render(request, "garage/garage.html", garage_view(person(request), timezone.now()))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_roles(Role.OWNER)
def bind(request: HttpRequest) -> HttpResponse:
    """Three ways: a claim code, facts of the last visit, an officer."""
    if request.method != "POST":
        return _bind_page(request, CodeForm(), FactsForm())
    if "code" in request.POST:
        code_form = CodeForm(request.POST)
        if code_form.is_valid():
            return redirect("claim", code_form.cleaned_data["code"])
        return _bind_page(request, code_form, FactsForm(), status=422)
    form = FactsForm(request.POST)
    if not form.is_valid():
        return _bind_page(request, CodeForm(), form, status=422)
    return _ask_officer(request, form) if "ask" in request.POST else _try_facts(request, form)


def _try_facts(request: HttpRequest, form: FactsForm) -> HttpResponse:
    try:
        with unhurried():
            bound = claims.claim_by_facts(
                claim_desk(), person(request), form.asked(), network=client_address(request), now=timezone.now()
            )
    except TooManyTries as fault:
        return _too_many(request, fault)
    if bound is None:
        return _bind_page(request, CodeForm(), form, is_not_at_once=True)
    return _bound(request, bound)


def _ask_officer(request: HttpRequest, form: FactsForm) -> HttpResponse:
    try:
        with unhurried():
            made = requests.ask_by_facts(claim_desk(), person(request), form.asked(), now=timezone.now())
    except TooManyRequests:
        return _too_many_requests(request)
    return redirect("my-request", made.public_id)


def _bind_page(
    request: HttpRequest, code_form: CodeForm, form: FactsForm, *, is_not_at_once: bool = False, status: int = 200
) -> HttpResponse:
    context = {
        "code_form": code_form,
        "form": form,
        "is_not_at_once": is_not_at_once,
        "hours": binding_limits().requests.clock_hours,
    }
    return render(request, "garage/bind.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR code of a settlement list leads: sign in, see whether it is one's car, bind it.

    A visitor learns nothing about the code before signing in.
    """
    if not request.user.is_authenticated:
        return render(request, "garage/claim_sign_in.html", {"form": PhoneForm(), "next": request.path})
    user = person(request)
    if user.role != Role.OWNER:
        raise PermissionDenied(_("认领码供车主绑定自己的车，请用车主的手机号码登录。"))
    try:
        return _claim(request, user, code) if request.method == "POST" else _show_claim(request, user, code)
    except UnknownCode:
        return render(request, "garage/unknown_code.html", {"days": binding_limits().codes.valid_days}, status=404)
    except TooManyTries as fault:
        return _too_many(request, fault)
    except TooManyRequests:
        return _too_many_requests(request)


def _show_claim(request: HttpRequest, user: User, code: str) -> HttpResponse:
    sighting = claims.look_at_code(claim_desk(), user, code, now=timezone.now())
    return render(request, "garage/claim.html", {"car": sighting_view(sighting), "code": code})


def _claim(request: HttpRequest, user: User, code: str) -> HttpResponse:
    now = timezone.now()
    if "ask" in request.POST:
        return redirect("my-request", requests.ask_by_code(claim_desk(), user, code, now=now).public_id)
    bound = claims.claim_by_code(claim_desk(), user, code, now=now)
    if bound is None:
        context = {"code": code, "hours": binding_limits().requests.clock_hours}
        return render(request, "garage/claim_not_at_once.html", context)
    return _bound(request, bound)


def _bound(request: HttpRequest, bound: Binding) -> HttpResponse:
    messages.success(request, _("已绑定，这是您的车的维修档案。"))
    return redirect("my-car", bound.public_id)


def _too_many(request: HttpRequest, fault: TooManyTries) -> HttpResponse:
    hours = max(1, round(fault.wait.total_seconds() / 3600))
    return render(request, "garage/too_many.html", {"hours": hours}, status=429)


def _too_many_requests(request: HttpRequest) -> HttpResponse:
    return render(request, "garage/too_many_requests.html", {"limits": binding_limits().requests}, status=429)


@require_safe
@never_cache
@for_roles(Role.OWNER)
def read_request(request: HttpRequest, request_id: str) -> HttpResponse:
    """How one's request stands."""
    held = BindingRequest.objects.filter(public_id=request_id, user=person(request)).first()
    if held is None:
        raise Http404
    return render(request, "garage/request.html", {"asked": request_view(held, timezone.now())})


@require_POST
@for_roles(Role.OWNER)
def withdraw(request: HttpRequest, request_id: str) -> HttpResponse:
    """Take one's request back."""
    held = BindingRequest.objects.filter(public_id=request_id, user=person(request)).first()
    if held is None:
        raise Http404
    requests.withdraw(held, now=timezone.now())
    messages.success(request, _("申请已撤回。"))
    return redirect("garage")


@require_POST
@for_roles(Role.OWNER)
def say(request: HttpRequest, request_id: str) -> HttpResponse:
    """The present owner agrees or objects to another's request."""
    held = BindingRequest.objects.waiting().filter(public_id=request_id).first()
    word = request.POST.get("word")
    if held is None or word not in list(OwnersWord):
        raise Http404
    try:
        requests.tell_owners_word(held, person(request), OwnersWord(word), now=timezone.now())
    except CannotDecide:
        raise Http404 from None
    messages.success(request, _("您的意见已转给办理机构。"))
    return redirect("garage")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_car
def end_binding(request: HttpRequest, access: Access) -> HttpResponse:
    """解除绑定, after one page that says what ends with it."""
    if access.kind is Kind.COMPANY:
        raise PermissionDenied(_("单位车辆由单位的管理人员从清单中移除。"))
    if request.method != "POST":
        return render(request, "garage/end.html", {"access": access, "is_own": access.kind is Kind.OWN})
    held = Binding.objects.get(public_id=access.car_id)
    binding.end_binding(person(request), held, now=timezone.now())
    messages.success(request, _("已解除绑定。"))
    return redirect("garage")
