"""What is done with accounts: a look is written down, a try to sign in is counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from chedang.access.model import AuditAction, Purpose
from chedang.access.models import AuditEvent, SignInTry, User


def record_event(
    actor: User | None,
    action: AuditAction,
    purpose: Purpose,
    *,
    now: datetime,
    vin: str = "",
    object_id: str = "",
    object_digest: str = "",
    organisation: str = "",
    reason: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Write down what ``actor`` does and why; before it is done, so that a failure cannot hide it.

    ``actor`` is ``None`` for a visitor with a share code. ``organisation`` is the authority or enterprise that the
    actor stands for, as a name. ``reason`` is what the actor typed as the cause. ``before`` and ``after`` hold what the
    act changes, by name of the column or matter: values that JSON knows, days and instants; no VIN, plate, phone, name.
    """
    return AuditEvent.objects.create(
        at=now,
        actor=actor,
        role=actor.role if actor else "",
        organisation=organisation,
        action=action,
        purpose=purpose,
        vin=vin,
        object_id=object_id,
        object_digest=object_digest,
        reason=reason,
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
    )


def count_recent(actor: User, action: AuditAction, *, since: datetime) -> int:
    """How often ``actor`` did this since then."""
    return AuditEvent.objects.filter(actor=actor, action=action, at__gte=since).count()


def claim_sign_in_try(username_digest: str, *, now: datetime) -> timedelta:
    """Count one try for this account name before its password is checked; zero: go on.

    A positive answer is the time to wait, and the try is not counted. Counting first keeps many tries at the same
    moment from passing together.
    """
    return SignInTry.objects.claim(username_digest, now)


def forget_sign_in_tries(username_digest: str) -> None:
    """The right password was given."""
    SignInTry.objects.filter(username_digest=username_digest).delete()
