"""How a binding ends: at once, and with it everything that hangs on it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from chedang.owners.handing_models import Invitation, Transfer
from chedang.owners.models import Binding


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
