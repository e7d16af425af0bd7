"""谁看过我的档案: who looked at a vehicle, by the audit events that name it. Holds personal data: never logged."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from chedang.access.models import AuditEvent, User


def looks_of_others(vin: str, reader: User, *, since: datetime | None = None) -> QuerySet[AuditEvent]:
    """Everything that anybody but ``reader`` did with this vehicle, the newest first; ``since`` then, if given."""
    looks = _looks(vin).exclude(actor=reader)
    return looks if since is None else looks.filter(at__gte=since)


def looks_of(vin: str, reader: User) -> QuerySet[AuditEvent]:
    """The same of ``reader`` alone."""
    return _looks(vin).filter(actor=reader)


def _looks(vin: str) -> QuerySet[AuditEvent]:
    if not vin:
        raise ValueError("events without a vehicle belong to nobody's file")
    return AuditEvent.objects.filter(vin=vin).order_by("-at", "-pk")
