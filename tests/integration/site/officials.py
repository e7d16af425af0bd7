"""Officials, their browsers and what they did, for tests of their pages."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.test import Client

from chedang.access import second_factor
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import (
    AuditEvent,
    User,
)
from chedang.access.sessions import note_session

NOW = datetime.now(UTC)
_numbers = count(1)


def account(role: str, division_code: str = "", **columns: Any) -> User:
    user = User(username=f"{role}-{next(_numbers)}", display_name="某人", role=role, password="!")
    user.division_code, user.company_code = division_code, "330106000000001" if role == "shop" else ""
    for name, value in columns.items():
        setattr(user, name, value)
    user.save()
    return user


def browser(user: User, *, is_verified: bool = True) -> Client:
    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False)
    client.force_login(user)
    key = client.session.session_key or ""
    note_session(user, key, browser="Chrome", system="Linux", now=datetime.now(UTC))
    if is_verified:
        second_factor.mark_verified(key, now=datetime.now(UTC))
    return client


def hand_code(user: User, client: Client) -> Client:
    """The 启用码 was handed over and typed."""
    typed = client.post("/account/second-factor", {"code": second_factor.enrolment_code(user)})
    assert typed["Location"] == "/account/second-factor"
    return client


def event(actor: User, action: AuditAction = AuditAction.SIGN_IN, *, at: datetime = NOW, vin: str = "") -> AuditEvent:
    return record_event(
        actor, action, Purpose.SUPERVISION, now=at, vin=vin, reason="日常抽查", before={"a": 1}, after={"a": 2}
    )
