"""The owner's account: where one is signed in, another phone, an end."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chedang.access import codes, sessions
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import User
from chedang.access.phones import NumberTaken, close_account, masked_phone, number_of, set_phone
from chedang.owners.access import cars_of
from chedang.owners.ending import leave_all
from chedang.site.guards import for_roles, person
from chedang.site.owner.phone.asking import dead_code, forget_secret, send_code, session_secret, wrong_code
from chedang.site.owner.phone.devices import device_of, remember_device
from chedang.site.owner.phone.forms import ChangeForm, NewPhoneForm
from chedang.site.settings import NODE, OWNERS_SIGN_IN
from chedang.terms import phone

_FIELDS = {codes.Matter.OLD_PHONE: "old_code", codes.Matter.NEW_PHONE: "new_code"}


@for_roles(Role.OWNER)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Phone, open sessions, and what can be done about them."""
    user = person(request)
    rows = [
        {"row": row, "is_this": row.session_key == request.session.session_key}
        for row in sessions.open_sessions(user, now=timezone.now())
    ]
    context = {"number": masked_phone(user), "rows": rows, "can_change": OWNERS_SIGN_IN}
    return render(request, "phone/account.html", context)


@for_roles(Role.OWNER)
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of the own sessions, or all but this."""
    user, number = person(request), request.POST.get("session", "")
    keep = request.session.session_key or ""
    if number.isascii() and number.isdigit() and len(number) < 19:
        ended = sessions.end_one(user, int(number), keep=keep)
    else:
        ended = sessions.end_others(user, keep=keep)
    told = ngettext("已退出 %(count)d 台设备。", "已退出 %(count)d 台设备。", ended) % {"count": ended}
    messages.success(request, told if ended else _("没有别的设备登录着。"))
    return redirect("account")


@for_roles(Role.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def change_phone(request: HttpRequest) -> HttpResponse:
    """The new number; a code goes to it and one to the present number."""
    user = person(request)
    present = number_of(user)
    form = NewPhoneForm(request.POST or None, present=present)
    if request.method == "POST" and form.is_valid():
        try:
            _send_codes(request, user, present, form.cleaned_data["number"])
        except ValidationError as refusal:
            form.add_error("number", refusal)
        else:
            return redirect("account-phone-codes")
    return render(request, "phone/change.html", {"form": form, "number": phone.mask(present)})


@for_roles(Role.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def change_codes(request: HttpRequest) -> HttpResponse:
    """Both codes; when both are right the account has the new phone."""
    user = person(request)
    present = number_of(user)
    waiting = codes.pending(session_secret(request), codes.Matter.NEW_PHONE, now=timezone.now())
    form = ChangeForm(request.POST or None, has_old=bool(present))
    if waiting is None and not form.is_bound:
        return redirect("account-phone")
    if request.method == "POST" and form.is_valid():
        response = redirect("account")
        if _change(request, user, form, response):
            return response
    context = {
        "form": form,
        "old_number": phone.mask(present),
        "new_number": "" if waiting is None else phone.mask(waiting.number),
        "shows_outbox": NODE.sms == "outbox",
    }
    return render(request, "phone/change_codes.html", context)


@for_roles(Role.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Close the account; not while a car is bound, which somebody must own in the archive's eyes."""
    user, now = person(request), timezone.now()
    cars = [car for car in cars_of(user, now=now) if car.is_owner]
    if request.method == "POST" and not cars:
        record_event(user, AuditAction.CLOSE_ACCOUNT, Purpose.OWN_VEHICLE, now=now)
        with transaction.atomic():
            leave_all(user, now=now)
            close_account(user)
        logout(request)
        messages.success(request, _("账户已注销，手机号码已删除。"))
        return redirect("start")
    return render(request, "phone/close.html", {"car_count": len(cars)})


def _send_codes(request: HttpRequest, user: User, present: str, number: str) -> None:
    """The new number first: its limits are the stricter ones. Raises ValidationError."""
    send_code(request, number, codes.Matter.NEW_PHONE, device=device_of(request, number))
    if present:
        send_code(request, present, codes.Matter.OLD_PHONE, device=f"account {user.pk}")


def _change(request: HttpRequest, user: User, form: ChangeForm, response: HttpResponse) -> bool:
    """Give the account its new phone; what stands against it goes into the form."""
    now = timezone.now()
    typed = {matter: form.cleaned_data[field] for matter, field in _FIELDS.items() if field in form.cleaned_data}
    try:
        number = codes.use_codes(session_secret(request), typed, now=now)[codes.Matter.NEW_PHONE]
        record_event(user, AuditAction.CHANGE_PHONE, Purpose.OWN_VEHICLE, now=now)
        set_phone(user, number, now=now)
    except codes.WrongCode as wrong:
        for matter, tries_left in wrong.tries_left.items():
            form.add_error(_FIELDS[matter], wrong_code(tries_left))
    except codes.DeadCode:
        form.add_error(None, dead_code())
    except NumberTaken:
        form.add_error(None, _("这个手机号码已有自己的账户，不能换成它。请先用它登录并注销那个账户。"))
    else:
        forget_secret(request)
        sessions.end_others(user, keep=request.session.session_key or "")
        remember_device(request, response, number)
        messages.success(request, _("手机号码已更换，别的设备已全部退出。"))
        return True
    return False
