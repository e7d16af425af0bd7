from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from chedang.site.owner.phone import staying


def visit(session: SessionStore) -> bool:
    """A page that looks at the session; whether the session is stored anew."""
    request = RequestFactory().get("/")
    request.session = session
    session.modified = False
    session.get("anything")
    staying.StayingMiddleware(lambda _request: HttpResponse())(request)
    return session.modified


def test_a_session_that_was_asked_to_last_begins_its_thirty_days_anew_once_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staying.timezone, "now", lambda: datetime(2026, 11, 22, 15, 59, tzinfo=UTC))
    session = SessionStore()
    staying.keep_signed_in(session)
    assert session.get_expiry_age() == 30 * 24 * 3600
    assert not visit(session)
    monkeypatch.setattr(staying.timezone, "now", lambda: datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
    assert visit(session)
    assert not visit(session)


def test_any_other_session_is_left_alone() -> None:
    assert not visit(SessionStore())
