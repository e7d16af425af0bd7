"""动态口令: an official shows the second factor before anything opens, and enrols one when there is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chedang.access import second_factor
from chedang.access.actions import record_event
from chedang.access.model import OFFICIALS, AuditAction, Role
from chedang.access.models import OpenSession, User
from chedang.access.rules import account_purpose, is_session_over
from chedang.access.sessions import rename
from chedang.platform.qr import qr_svg
from chedang.site.account import throttle
from chedang.site.guards import person
from chedang.site.organisation import organisation_of
from chedang.site.settings import NODE, OFFICIALS_IDLE, OFFICIALS_SESSION
from chedang.site.wanted import wanted_page

_OPEN_MEANWHILE: Final = frozenset({"second-factor", "sign-out", "switch-size", "switch-language"})
_A_MINUTE: Final = timedelta(minutes=1)
_ENROLMENT: Final = "enrolment"
"""Where the session keeps the 启用码 that was typed: a reset makes it wrong."""


class CodeForm(forms.Form):
    """One code of the device, or a 备用码."""

    code = forms.CharField(
        label=gettext_lazy("动态口令"),
        help_text=gettext_lazy("手机上显示的 6 位数字，每 30 秒换一次。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填写动态口令。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class EnrolmentForm(CodeForm):
    """The 启用码."""

    def __init__(self, given: QueryDict | None = None) -> None:
        super().__init__(given)
        field = self.fields["code"]
        field.label = _("启用码")
        field.help_text = _("安全管理员交给您的 10 位字母和数字，不分大小写。")
        field.error_messages["required"] = _("请填写启用码。")
        field.widget.attrs["autocomplete"] = "off"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("code")
def show_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; for a person without a device, enrol one first, with the 启用码 that was handed over."""
    user = person(request)
    if user.role not in OFFICIALS:
        return redirect("home")
    session = open_session(request)
    if second_factor.is_enrolled(user):
        if session is not None and session.verified_at is not None:
            left = second_factor.recovery_codes_left(user)
            return render(request, "account/second_factor_stands.html", {"left": left})
        return _ask(request, user)
    try:
        if not second_factor.opens_enrolment(user, request.session.get(_ENROLMENT, "")):
            return _ask_for_enrolment(request, user)
        return _enrol(request, user)
    except LookupError:  # enrolled by a request that came at the same time
        return redirect("second-factor")


def open_session(request: HttpRequest) -> OpenSession | None:
    """What is known of the session of this browser."""
    return OpenSession.objects.filter(session_key=request.session.session_key or "").first()


def needs_code(request: HttpRequest, user: User) -> bool:
    """Whether the second factor is still to be shown in this session."""
    if user.role not in OFFICIALS or NODE.second_factor == "off":
        return False
    session = open_session(request)
    return session is None or session.verified_at is None


def note_refusal(user: User, cause: str) -> None:
    """Write down that somebody failed to sign in as this official.

    ``cause`` is ``password``, ``code``, or ``unconfirmed`` where the password was right.
    """
    record_event(
        user,
        AuditAction.REFUSE_SIGN_IN,
        account_purpose(Role(user.role)),
        now=timezone.now(),
        organisation=organisation_of(user),
        reason=cause,
    )


def _let_in(request: HttpRequest) -> None:
    """The session goes on under a new key: the one that the password alone had opened opens nothing any more."""
    half = request.session.session_key or ""
    request.session.cycle_key()
    rename(half, request.session.session_key or "")
    second_factor.mark_verified(request.session.session_key or "", now=timezone.now())


def _ask(request: HttpRequest, user: User) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _is_right(form, user, second_factor.verify):
        _let_in(request)
        record_event(user, AuditAction.SIGN_IN, account_purpose(Role(user.role)), now=timezone.now())
        return redirect(_wanted(request) or "home")
    context = {"form": form, "next": _wanted(request), "is_demonstration": _is_demonstration(user)}
    return render(request, "account/second_factor.html", context, status=422 if form.errors else 200)


def _ask_for_enrolment(request: HttpRequest, user: User) -> HttpResponse:
    """Nobody sees the secret to come without the 启用码: a password may be known to whoever made the account."""
    form = EnrolmentForm(request.POST if request.method == "POST" else None)

    def check(user: User, code: str, *, now: object) -> bool:
        return second_factor.opens_enrolment(user, code)

    if form.is_bound and form.is_valid() and _is_right(form, user, check, wrong=_("启用码不对，请向安全管理员核对。")):
        request.session[_ENROLMENT] = form.cleaned_data["code"]
        wanted = _wanted(request)
        return redirect(f"{resolve_url('second-factor')}{'?' + urlencode({'next': wanted}) if wanted else ''}")
    context = {"form": form, "next": _wanted(request)}
    return render(request, "account/enrolment_code.html", context, status=422 if form.errors else 200)


def _enrol(request: HttpRequest, user: User) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    codes: list[str] | None = None
    if form.is_bound and form.is_valid():

        def confirm(user: User, code: str, *, now: object) -> bool:
            nonlocal codes
            codes = second_factor.confirm(user, code, now=timezone.now())
            return codes is not None

        _is_right(form, user, confirm)
    if codes is not None:
        del request.session[_ENROLMENT]
        _let_in(request)
        purpose, now = account_purpose(Role(user.role)), timezone.now()
        record_event(
            user,
            AuditAction.ENROL_SECOND_FACTOR,
            purpose,
            now=now,
            before={"enrolled": False},
            after={"enrolled": True},
        )
        record_event(user, AuditAction.SIGN_IN, purpose, now=now)
        return render(request, "account/recovery_codes.html", {"codes": codes})
    secret = second_factor.offered_secret(user)
    context = {
        "form": form,
        "next": _wanted(request),
        "qr": mark_safe(  # noqa: S308 - drawn by us of an address that we made
            qr_svg(second_factor.provisioning_address(user, secret), label=_("用手机的动态口令应用扫描"))
        ),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
    return render(request, "account/second_factor_enrol.html", context, status=422 if form.errors else 200)


def _is_right(form: CodeForm, user: User, check: Callable[..., bool], *, wrong: str = "") -> bool:
    """Check the code unless the account must wait; says in the form what is wrong."""
    matter = second_factor.matter_of(user)
    wait = throttle.claim(matter)
    if wait:
        minutes = math.ceil(wait.total_seconds() / 60)
        sentence = ngettext(
            "动态口令连续输错次数过多，请 %(minutes)d 分钟后再试。",
            "动态口令连续输错次数过多，请 %(minutes)d 分钟后再试。",
            minutes,
        )
        form.add_error("code", ValidationError(sentence % {"minutes": minutes}))
        return False
    if not check(user, form.cleaned_data["code"], now=timezone.now()):
        note_refusal(user, "code")
        form.add_error("code", wrong or _("动态口令不对，或已经用过。请等手机换成下一个再填。"))
        return False
    throttle.forget(matter)
    return True


def _is_demonstration(user: User) -> bool:
    """Whether the outbox shows this fictional person's code."""
    return NODE.sms == "outbox" and user.username.startswith("demo-")


def _wanted(request: HttpRequest) -> str:
    return wanted_page(request, "second-factor")


class SecondFactorMiddleware:
    """An official's session opens nothing before the second factor was shown, nor after it stood idle or grew old."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Pages that are open to everybody stay open."""
        user = request.user
        if not isinstance(user, User) or user.role not in OFFICIALS or not getattr(view, "login_required", True):
            return None
        now, session = timezone.now(), open_session(request)
        is_over = session is None or is_session_over(
            session.began_at, session.used_at, now, idle=OFFICIALS_IDLE, longest=OFFICIALS_SESSION
        )
        if session is None or is_over or user.awaits_confirmation:
            logout(request)
            messages.info(request, _("登录已经结束，请重新登录。"))
            return _leads_back("sign-in", request)
        if session.used_at is None or now - session.used_at >= _A_MINUTE:
            OpenSession.objects.filter(pk=session.pk).update(used_at=now)
        if session.verified_at is not None or NODE.second_factor == "off":
            return None
        match = request.resolver_match
        if match and match.url_name in _OPEN_MEANWHILE:
            return None
        return _leads_back("second-factor", request)


def _leads_back(name: str, request: HttpRequest) -> HttpResponse:
    """To the page of this name, and from there to the one that was asked for."""
    is_look = request.method in {"GET", "HEAD"}
    query = f"?{urlencode({'next': request.get_full_path()})}" if is_look else ""
    return redirect(f"{resolve_url(name)}{query}")
