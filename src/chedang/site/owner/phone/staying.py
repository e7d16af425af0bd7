"""How long an owner stays signed in: 30 days from the last visit on the own phone, else as everybody."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from chedang.terms.dates import day_in_china

_KEPT_SECONDS = 30 * 24 * 3600
_LAST_DAY = "kept_on"


def keep_signed_in(session: SessionBase) -> None:
    """Let the session last 30 days from each day on which it is used."""
    session.set_expiry(_KEPT_SECONDS)
    session[_LAST_DAY] = _today()


class StayingMiddleware:
    """Once a day stores a session that was asked to last, so that its 30 days begin anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        session = request.session
        if session.accessed and _LAST_DAY in session and session[_LAST_DAY] != _today():
            session[_LAST_DAY] = _today()
        return response


def _today() -> str:
    return day_in_china(timezone.now()).isoformat()
