"""Devices: which one signed in with a number before, and in words which browser it is."""

from __future__ import annotations

import re
import secrets
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from chedang.access.phones import digest_of
from chedang.site.settings import NODE

_COOKIE = f"chedang_device_{NODE.node.code}"
_SALT = "chedang.device"
_LASTS_SECONDS = 400 * 24 * 3600
_MOST_NUMBERS = 4
"""A family's telephone; the oldest is forgotten."""


class Browser(NamedTuple):
    """Families of browser and system; '' for one that is not known."""

    browser: str
    system: str


_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("AlipayClient", "Alipay"),
    ("Edg(e|A|iOS)?/", "Edge"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("QQBrowser", "QQ Browser"),
    ("UCBrowser", "UC Browser"),
    ("OPR/", "Opera"),
    ("Firefox/|FxiOS", "Firefox"),
    ("Chrome/|CriOS", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS|OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def browser_of(request: HttpRequest) -> Browser:
    """Families as the browser names itself; only these, never the whole text, are kept."""
    text = request.headers.get("User-Agent", "")[:1000]
    return Browser(_first(_BROWSERS, text), _first(_SYSTEMS, text))


def device_of(request: HttpRequest, number: str) -> str:
    """Name of this device if it signed in with this very number before, else ''."""
    return _read(request).get(digest_of(number), "")


def remember_device(request: HttpRequest, response: HttpResponse, number: str) -> None:
    """Let the device show later that it signed in with ``number``. The cookie opens nothing by itself."""
    known, digest = _read(request), digest_of(number)
    name = known.pop(digest, "") or secrets.token_urlsafe(16)
    kept = dict(list(known.items())[-(_MOST_NUMBERS - 1) :]) | {digest: name}
    response.set_cookie(
        _COOKIE,
        signing.dumps(kept, salt=_SALT),
        max_age=_LASTS_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _read(request: HttpRequest) -> dict[str, str]:
    try:
        known = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_LASTS_SECONDS)
    except signing.BadSignature:
        return {}
    return {str(digest): str(name) for digest, name in known.items()}


def _first(families: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in families if re.search(pattern, text)), "")
