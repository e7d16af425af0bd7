"""Asking for codes from a page: who asks, and what a refusal says."""

from __future__ import annotations

import math
import secrets

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from chedang.access import codes
from chedang.access.sms import NotSent
from chedang.site.client_address import client_address

_SECRET = "asks_as"  # noqa: S105 - a name


def session_secret(request: HttpRequest) -> str:
    """What only this browser session holds; '' before it asked for a code."""
    return str(request.session.get(_SECRET, ""))


def forget_secret(request: HttpRequest) -> None:
    """The codes of this session are used up."""
    request.session.pop(_SECRET, None)


def send_code(request: HttpRequest, number: str, matter: codes.Matter, *, device: str) -> None:
    """Send a code for ``matter``; raises django's ValidationError that says why none was sent and what next."""
    if not session_secret(request):
        request.session[_SECRET] = secrets.token_urlsafe(16)
    asker = codes.Asker(session_secret(request), client_address(request), device)
    try:
        codes.ask_code(number, matter, asker, now=timezone.now())
    except codes.TooMany as too_many:
        raise ValidationError(_too_many(math.ceil(too_many.wait.total_seconds() / 60))) from None
    except NotSent:
        raise ValidationError(_("短信现在发不出去，没有发出验证码。请过几分钟再试。"), code="not_sent") from None


def _too_many(minutes: int) -> ValidationError:
    return ValidationError(
        ngettext_lazy(
            "要验证码的次数太多，没有再发。请 %(minutes)d 分钟后再试；已收到的验证码 5 分钟内仍可用。",
            "要验证码的次数太多，没有再发。请 %(minutes)d 分钟后再试；已收到的验证码 5 分钟内仍可用。",
            minutes,
        ),
        code="wait",
        params={"minutes": minutes},
    )


def wrong_code(tries_left: int) -> ValidationError:
    """What a wrong code is answered."""
    if not tries_left:
        return dead_code()
    return ValidationError(
        ngettext_lazy(
            "验证码不对，还可以试 %(count)d 次。请看最新的一条短信。",
            "验证码不对，还可以试 %(count)d 次。请看最新的一条短信。",
            tries_left,
        ),
        code="wrong",
        params={"count": tries_left},
    )


def dead_code() -> ValidationError:
    """What a code is answered that nothing can make good."""
    return ValidationError(_("这个验证码不能再用：超过了 5 分钟，或者输错了 5 次。请重新获取。"), code="dead")
