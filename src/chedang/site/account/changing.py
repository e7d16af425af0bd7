"""更改密码: a person's own password; whoever came with a one-time password is led here before anything else."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chedang.access import sessions
from chedang.access.models import User
from chedang.site.account import throttle
from chedang.site.guards import person
from chedang.site.owner.phone.pages import note_this_session

_OPEN_MEANWHILE = frozenset({"change-password", "second-factor", "sign-out", "switch-size", "switch-language"})


class NewPasswordFields(forms.Form):
    """A new password, typed twice. A form that has one names the account it is for with ``password_user``."""

    new_password = forms.CharField(
        label=gettext_lazy("新密码"),
        help_text=gettext_lazy("至少 10 个字符，不要用生日、电话或常见的密码。"),
        max_length=128,
        strip=False,
        error_messages={"required": gettext_lazy("请填写新密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("再填一次新密码"),
        max_length=128,
        strip=False,
        error_messages={"required": gettext_lazy("请再填一次新密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def password_user(self) -> User | None:
        """Whose name the password must not resemble."""
        return None

    def clean(self) -> dict[str, Any]:
        """Both are the same and hard to guess."""
        given: dict[str, Any] = super().clean() or {}
        password, again = given.get("new_password"), given.get("again")
        if password and again and password != again:
            self.add_error("again", _("两次填的不一样，请再填一次。"))
        elif password:
            try:
                validate_password(password, self.password_user())
            except ValidationError as refusal:
                self.add_error("new_password", refusal)
        return given


class ChangePasswordForm(NewPasswordFields):
    """The present password, unless it was for one use, and a new one."""

    field_order = ("present", "new_password", "again")

    present = forms.CharField(
        label=gettext_lazy("现在的密码"),
        max_length=128,
        strip=False,
        error_messages={"required": gettext_lazy("请填写现在的密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, given: Any, user: User) -> None:
        super().__init__(given)
        self._user = user
        if user.must_change_password:
            del self.fields["present"]

    def password_user(self) -> User:
        """Whoever is signed in."""
        return self._user

    def clean_present(self) -> str:
        """The right one; guesses wait as on the sign-in page."""
        present: str = self.cleaned_data["present"]
        wait = throttle.claim(self._user.username)
        if wait:
            minutes = math.ceil(wait.total_seconds() / 60)
            sentence = ngettext(
                "密码连续输错次数过多，请 %(minutes)d 分钟后再试。",
                "密码连续输错次数过多，请 %(minutes)d 分钟后再试。",
                minutes,
            )
            raise ValidationError(sentence % {"minutes": minutes})
        if not self._user.check_password(present):
            raise ValidationError(_("现在的密码不对，请核对后再填。"))
        throttle.forget(self._user.username)
        return present


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("present", "new_password", "again")
def change_password(request: HttpRequest) -> HttpResponse:
    """Another password for the own account; all other browsers are signed out."""
    user = person(request)
    if not (user.has_usable_password() or user.must_change_password):
        messages.info(request, _("您用手机验证码登录，没有密码可改。"))
        return redirect("home")
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, user)
    if request.method == "POST" and form.is_valid():
        _change(request, user, form.cleaned_data["new_password"])
        messages.success(request, _("密码已更改，别的设备已全部退出。"))
        return redirect("home")
    context = {"form": form, "is_first": user.must_change_password}
    return render(request, "account/change_password.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, user: User, password: str) -> None:
    before = request.session.session_key or ""
    sessions.end_others(user, keep=before)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    update_session_auth_hash(request, user)
    note_this_session(request, user)
    sessions.take_over(before, request.session.session_key or "")


class OneTimePasswordMiddleware:
    """Leads whoever signed in with a one-time password to the page where it is changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: object, _kwargs: object
    ) -> HttpResponse | None:
        """Pages that are open to everybody stay open."""
        user = request.user
        if not isinstance(user, User) or not user.must_change_password or not getattr(view, "login_required", True):
            return None
        match = request.resolver_match
        return None if match and match.url_name in _OPEN_MEANWHILE else redirect("change-password")
