"""The sign-in form."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from chedang.access.model import OFFICIALS
from chedang.access.models import User
from chedang.site.account import throttle
from chedang.site.account.second_factor import note_refusal


class SignInForm(AuthenticationForm):
    """Account name and password; after repeated wrong passwords the account waits."""

    username = forms.CharField(
        label=_("账户名"),
        max_length=64,
        error_messages={"required": _("请填写账户名。")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        error_messages={"required": _("请填写密码。")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages: dict[str, Any] = {  # noqa: RUF012 - Django declares it for the instance
        "invalid_login": _("账户名或密码不对，请核对后再试。连续输错 5 次后要等待几分钟。"),
        "inactive": _("这个账户已停用，请联系系统管理员。"),
        "unconfirmed": _("这个账户还要等安全管理员确认角色和范围，确认后才能登录。"),
    }

    def clean(self) -> dict[str, Any]:
        """Check the password unless the account must wait."""
        username = self.cleaned_data.get("username")
        if username is None or self.cleaned_data.get("password") is None:
            return self.cleaned_data
        wait = throttle.claim(username)
        if wait:
            minutes = math.ceil(wait.total_seconds() / 60)
            raise ValidationError(
                ngettext_lazy(
                    "密码连续输错次数过多，请 %(minutes)d 分钟后再试。忘记密码请联系系统管理员。",
                    "密码连续输错次数过多，请 %(minutes)d 分钟后再试。忘记密码请联系系统管理员。",
                    minutes,
                ),
                code="wait",
                params={"minutes": minutes},
            )
        try:
            cleaned = super().clean()
        except ValidationError as refusal:
            _note_refusal(username, "unconfirmed" if refusal.code == "unconfirmed" else "password")
            raise
        throttle.forget(username)
        return dict(cleaned)

    def confirm_login_allowed(self, user: User) -> None:
        """Not switched off, and of an official confirmed."""
        super().confirm_login_allowed(user)
        if user.role in OFFICIALS and user.awaits_confirmation:
            raise ValidationError(self.error_messages["unconfirmed"], code="unconfirmed")


def _note_refusal(username: str, cause: str) -> None:
    """Officials' failures are listed for their superiors; of a name that no official has, nothing is kept."""
    official = User.objects.filter(username=username, role__in=OFFICIALS).first()
    if official is not None:
        note_refusal(official, cause)
