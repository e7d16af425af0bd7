"""What an official does is written down before it is done, with the authority that the person stands for."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.site.organisation import organisation_of


def write_down(
    official: User,
    action: AuditAction,
    object_id: str,
    *,
    purpose: Purpose = Purpose.SUPERVISION,
    vin: str = "",
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """See ``access.actions.record_event``; now, and for the official's own authority."""
    record_event(
        official,
        action,
        purpose,
        now=timezone.now(),
        vin=vin,
        object_id=object_id,
        organisation=organisation_of(official),
        reason=reason,
        before=before,
        after=after,
    )
