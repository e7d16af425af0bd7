"""Sign in with a phone and a code: two typed fields on two pages, and the third is one's own."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chedang.access import codes
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.access.phones import account_of
from chedang.access.sessions import note_session
from chedang.site.owner.phone.asking import dead_code, forget_secret, send_code, session_secret, wrong_code
from chedang.site.owner.phone.devices import browser_of, device_of, remember_device
from chedang.site.owner.phone.forms import CodeForm, PhoneForm
from chedang.site.owner.phone.staying import keep_signed_in
from chedang.site.settings import NODE, OWNERS_SIGN_IN
from chedang.site.wanted import wanted_page
from chedang.terms import phone

_NEXT = "next_after_code"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The phone; the start page has this form too."""
    if request.user.is_authenticated:
        return redirect("home")
    if not OWNERS_SIGN_IN:
        return render(request, "phone/not_offered.html", status=404)
    if request.method != "POST":
        return _ask_for_phone(request, PhoneForm())
    return _send_again(request) if "again" in request.POST else _send_first(request, PhoneForm(request.POST))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code; a right one signs in."""
    if request.user.is_authenticated:
        return redirect("home")
    if not session_secret(request):
        return redirect("phone-sign-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _sign_in_with(request, form)
        except ValidationError as refusal:
            form.add_error("code", refusal)
    return _ask_for_code(request, form)


def _ask_for_phone(request: HttpRequest, form: PhoneForm) -> HttpResponse:
    return render(request, "phone/sign_in.html", {"form": form, "next": wanted_page(request, "phone-sign-in")})


def _ask_for_code(request: HttpRequest, form: CodeForm) -> HttpResponse:
    waiting = _waiting(request)
    if waiting is None and not form.is_bound:
        messages.info(request, _("没有还能用的验证码，请重新获取。"))
        return redirect("phone-sign-in")
    number = "" if waiting is None else phone.mask(waiting.number)
    return render(request, "phone/code.html", {"form": form, "number": number, "shows_outbox": NODE.sms == "outbox"})


def _waiting(request: HttpRequest) -> codes.Pending | None:
    """The code that this browser may still give."""
    return codes.pending(session_secret(request), codes.Matter.SIGN_IN, now=timezone.now())


def _send(request: HttpRequest, number: str) -> None:
    send_code(request, number, codes.Matter.SIGN_IN, device=device_of(request, number))


def _send_first(request: HttpRequest, form: PhoneForm) -> HttpResponse:
    if not form.is_valid():
        return _ask_for_phone(request, form)
    number = form.cleaned_data["number"]
    try:
        _send(request, number)
    except ValidationError as refusal:
        waiting = _waiting(request)
        if waiting is None or waiting.number != number:
            form.add_error("number", refusal)
            return _ask_for_phone(request, form)
        messages.warning(request, refusal.messages[0])  # pressed twice: the code of the first is on its way
    request.session[_NEXT] = wanted_page(request, "phone-sign-in")
    return redirect("phone-code")


def _send_again(request: HttpRequest) -> HttpResponse:
    waiting = _waiting(request)
    if waiting is not None:
        try:
            _send(request, waiting.number)
        except ValidationError as refusal:
            messages.warning(request, refusal.messages[0])
        else:
            messages.success(request, _("又发了一条短信，请用最新的验证码。"))
    return redirect("phone-code")


def _sign_in_with(request: HttpRequest, form: CodeForm) -> HttpResponse:
    """Raises ValidationError for a code that opens nothing."""
    now = timezone.now()
    typed = {codes.Matter.SIGN_IN: form.cleaned_data["code"]}
    try:
        number = codes.use_codes(session_secret(request), typed, now=now)[codes.Matter.SIGN_IN]
    except codes.WrongCode as wrong:
        raise wrong_code(wrong.tries_left[codes.Matter.SIGN_IN]) from None
    except codes.DeadCode:
        raise dead_code() from None
    user = account_of(number, now=now)
    if not user.is_active:
        raise ValidationError(_("这个账户已停用，请联系当地道路运输管理机构。"))
    record_event(user, AuditAction.SIGN_IN, Purpose.OWN_VEHICLE, now=now)
    wanted = request.session.pop(_NEXT, "")
    _open_session(request, user, is_own_phone=form.cleaned_data["is_own_phone"])
    response = redirect(wanted or "home")
    remember_device(request, response, number)
    return response


def _open_session(request: HttpRequest, user: User, *, is_own_phone: bool) -> None:
    forget_secret(request)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if is_own_phone:
        keep_signed_in(request.session)
    note_this_session(request, user)


def note_this_session(request: HttpRequest, user: User) -> None:
    """Let the person see this sign-in among the own ones."""
    browser = browser_of(request)
    key = request.session.session_key or ""
    note_session(user, key, browser=browser.browser, system=browser.system, now=timezone.now())
