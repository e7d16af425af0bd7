"""People of a shop sign in with a phone and a code. Owners do so elsewhere, also with the same phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

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
from chedang.access.codes import Matter
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.enterprises import known
from chedang.filing.staff_phones import accounts_of
from chedang.site.archive.connections import archive
from chedang.site.owner.phone.asking import dead_code, forget_secret, send_code, session_secret, wrong_code
from chedang.site.owner.phone.devices import device_of, remember_device
from chedang.site.owner.phone.forms import PhoneForm
from chedang.site.owner.phone.pages import note_this_session
from chedang.site.settings import NODE, OWNERS_SIGN_IN
from chedang.site.shop.staff.forms import ShopCodeForm
from chedang.terms import phone

_PROVED = "proved_staff_phone"
_CHOICE_LASTS = timedelta(minutes=10)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The phone. The answer is the same whether a shop has it or not: only the code's reader learns that."""
    if request.user.is_authenticated:
        return redirect("home")
    if not OWNERS_SIGN_IN:
        return render(request, "phone/not_offered.html", status=404)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        try:
            send_code(request, number, Matter.SHOP_SIGN_IN, device=device_of(request, number))
        except ValidationError as refusal:
            if waiting_number(request, Matter.SHOP_SIGN_IN) != number:
                form.add_error("number", refusal)
                return render(request, "staff/sign_in.html", {"form": form})
            messages.warning(request, refusal.messages[0])  # pressed twice: the code of the first is on its way
        return redirect("shop-phone-code")
    return render(request, "staff/sign_in.html", {"form": form})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code; a right one signs in, or lets one choose between shops."""
    if request.user.is_authenticated:
        return redirect("home")
    form = ShopCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _enter(request, prove_number(request, Matter.SHOP_SIGN_IN, form.cleaned_data["code"]))
        except ValidationError as refusal:
            form.add_error("code", refusal)
    return code_page(request, form, Matter.SHOP_SIGN_IN, back="shop-phone-sign-in")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Which of the shops that know the phone which was proved just now."""
    accounts = _proved_accounts(request)
    if not accounts:
        messages.info(request, _("请重新获取验证码。"))
        return redirect("shop-phone-sign-in")
    chosen = next((user for user in accounts if user.company_code == request.POST.get("shop")), None)
    if request.method == "POST" and chosen is not None:
        return _open_session(request, chosen)
    with archive() as connection:
        shops = known.find_all(connection, {user.company_code for user in accounts})
    rows = [(user, shops[user.company_code].company_name if user.company_code in shops else "") for user in accounts]
    return render(request, "staff/choose.html", {"rows": rows})


def code_page(request: HttpRequest, form: ShopCodeForm, matter: Matter, *, back: str) -> HttpResponse:
    """Asks for the code that waits; with none, leads ``back`` to the page that sends one."""
    number = waiting_number(request, matter)
    if not number and not form.is_bound:
        messages.info(request, _("没有还能用的验证码，请重新获取。"))
        return redirect(back)
    title = _("填写验证码，开通账户") if matter is Matter.SHOP_ENROL else _("填写验证码，登录企业账户")
    context: dict[str, Any] = {"form": form, "number": phone.mask(number), "back": back, "title": title}
    return render(request, "staff/code.html", context | {"shows_outbox": NODE.sms == "outbox"})


def waiting_number(request: HttpRequest, matter: Matter) -> str:
    """The number whose code this browser may still give; '' for none."""
    waiting = codes.pending(session_secret(request), matter, now=timezone.now()) if session_secret(request) else None
    return "" if waiting is None else waiting.number


def prove_number(request: HttpRequest, matter: Matter, typed: str) -> str:
    """The number that a right code proves. Raises ValidationError."""
    try:
        return codes.use_codes(session_secret(request), {matter: typed}, now=timezone.now())[matter]
    except codes.WrongCode as wrong:
        raise wrong_code(wrong.tries_left[matter]) from None
    except codes.DeadCode:
        raise dead_code() from None


def _enter(request: HttpRequest, number: str) -> HttpResponse:
    """Raises ValidationError when no shop has the number, which only its holder learns."""
    accounts = accounts_of(number)
    if not accounts:
        raise ValidationError(
            _("没有企业把这个手机号码登记为自己的人员。请找本店负责人添加；车主请到“车主登录”。"), code="unknown"
        )
    if len(accounts) == 1:
        response = _open_session(request, accounts[0])
    else:
        until = timezone.now() + _CHOICE_LASTS
        request.session[_PROVED] = {"users": [user.pk for user in accounts], "until": until.isoformat()}
        response = redirect("shop-choose")
    remember_device(request, response, number)
    return response


def _proved_accounts(request: HttpRequest) -> list[User]:
    """Accounts of the phone that this browser proved just now, those that a phone opens still."""
    proved = request.session.get(_PROVED)
    if not proved or datetime.fromisoformat(proved["until"]) <= timezone.now():
        return []
    found = User.objects.filter(pk__in=proved["users"], is_active=True, staff_phone__isnull=False)
    return list(found.order_by("company_code"))


def _open_session(request: HttpRequest, user: User) -> HttpResponse:
    record_event(user, AuditAction.SIGN_IN, Purpose.OWN_BUSINESS, now=timezone.now())
    enter_as(request, user)
    return redirect("home")


def enter_as(request: HttpRequest, user: User) -> None:
    """Let this browser be signed in as ``user``."""
    forget_secret(request)
    request.session.pop(_PROVED, None)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    note_this_session(request, user)
