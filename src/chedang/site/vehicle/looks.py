"""Who looked at a vehicle's file, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from chedang.access.model import AuditAction, Purpose, Role
from chedang.access.models import ROLE_NAMES, AuditEvent
from chedang.reviews.case_model import is_case_number
from chedang.site.organisation import authority_name

_BEFORE_BINDING: Final = (AuditAction.LOOK_UP_VEHICLE, AuditAction.ASK_FOR_BINDING)
"""What somebody does who would have the car bound and has not yet."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look in words."""

    who: str
    at: datetime
    what: str
    purpose: str
    number: int
    """查阅编号, to name the look to the authority."""
    case_number: str = ""
    """Of the 反馈 or 投诉 that the look was for. Any other 事由 is free text that may hold names: never shown."""


def present_looks(events: Iterable[AuditEvent]) -> list[Look]:
    """Put looks into words."""
    return [present_look(event) for event in events]


def present_look(event: AuditEvent) -> Look:
    """Who, when, what and why."""
    case_number = event.reason if is_case_number(event.reason) else ""
    return Look(_who(event), event.at, event.get_action_display(), event.get_purpose_display(), event.pk, case_number)


def _who(event: AuditEvent) -> str:
    """The organisation, never a person's name; for events from before it was written down, by role and division."""
    if event.organisation:
        return event.organisation
    if event.actor is None:
        return _("凭分享码的访客")
    if event.role == Role.REGULATOR:
        return authority_name(event.actor.division_code)
    if event.role == Role.OWNER and event.action in _BEFORE_BINDING:
        return _("申请绑定这辆车的人")
    if event.role == Role.OWNER:
        return _("经车主同意的人") if event.purpose == Purpose.BY_CONSENT else _("当时绑定这辆车的人")
    return str(ROLE_NAMES[Role(event.role)])
