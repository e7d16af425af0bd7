"""How a binding ends: at once, and with it everything that hangs on it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from chedang.access.models import User
from chedang.owners.handing_models import FleetMember, Invitation, Transfer
from chedang.owners.model import RequestState
from chedang.owners.models import Binding, BindingRequest

CLOSED: Final = "closed"
"""The account was closed."""


def end_with_all(binding: Binding, *, why: str, now: datetime) -> None:
    """End a binding, every consent that rests on it, and what was offered or promised by it; safe to repeat.

    Share codes ask the binding whether it still stands, and need no end of their own; certificates stand until their
    own end (ADR 0031). ``why`` is a short word for the record (``unbound``, ``transfer``, ``revoked`` …).
    """
    with transaction.atomic():
        Binding.objects.filter(pk=binding.pk, ended_at=None).update(ended_at=now, ended_why=why)
        Binding.objects.filter(granted_by=binding.pk, ended_at=None).update(ended_at=now, ended_why=why)
        Invitation.objects.filter(binding=binding.pk, accepted_as=None, revoked_at=None).update(revoked_at=now)
        Transfer.objects.filter(binding=binding.pk, taken_at=None, cancelled_at=None).update(cancelled_at=now)
    binding.refresh_from_db()


def leave_all(user: User, *, now: datetime) -> None:
    """End whatever an account that is being closed may see or waits for: nobody is left to whom it could be given."""
    with transaction.atomic():
        for binding in Binding.objects.filter(user=user, ended_at=None):
            end_with_all(binding, why=CLOSED, now=now)
        FleetMember.objects.filter(user=user, ended_at=None).update(ended_at=now)
        BindingRequest.objects.waiting().filter(user=user).update(
            state=str(RequestState.WITHDRAWN), reason=CLOSED, decided_at=now
        )
