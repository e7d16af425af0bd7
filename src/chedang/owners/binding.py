"""Binding a car to its owner, and ending that. Everything here is one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.owners.ending import end_with_all
from chedang.owners.handovers import OWNERS, hidden_before
from chedang.owners.model import Kind, Proof, RequestState
from chedang.owners.models import Binding, BindingRequest
from chedang.platform.chance import new_public_id

ENDED_BY_OWNER: Final = "unbound"
ENDED_BY_DECISION: Final = "decision"
BOUND_AS_OWN: Final = "bound_as_own"
"""A consent that is no longer needed: the person has bound the car as the owner."""
BOUND_MEANWHILE: Final = "bound_meanwhile"


def bind_own_car(user: User, vin: str, plate_number: str, proof: Proof, *, now: datetime) -> Binding | None:
    """Make ``user`` the owner of the car, and write it down; the binding that stands when that is so already.

    ``None`` when another person or a company has bound it: of two at one moment one gets it. Requests of the person
    for the car are settled by it.
    """
    with transaction.atomic():
        standing = Binding.objects.filter(user=user, vin=vin, ended_at=None).select_for_update().first()
        if standing is not None and standing.kind == Kind.OWN:
            return standing
        if standing is not None:
            end_with_all(standing, why=BOUND_AS_OWN, now=now)
        bound = _create(user, vin, plate_number, proof, now)
        if bound is None:
            transaction.set_rollback(True)
            return None
        if proof is not Proof.OFFICER:  # what an officer does is written down as such
            record_event(
                user, AuditAction.BIND_VEHICLE, Purpose.OWN_VEHICLE, now=now, vin=vin, object_id=bound.public_id
            )
        BindingRequest.objects.waiting().filter(user=user, vin=vin).update(
            state=str(RequestState.WITHDRAWN), reason=BOUND_MEANWHILE, decided_at=now
        )
    return bound


def end_binding(user: User, binding: Binding, *, now: datetime) -> None:
    """解除绑定, at once and with everything that was granted under it; written down."""
    with transaction.atomic():
        record_event(
            user,
            AuditAction.END_BINDING,
            Purpose.OWN_VEHICLE,
            now=now,
            vin=binding.vin,
            object_id=binding.public_id,
        )
        end_with_all(binding, why=ENDED_BY_OWNER, now=now)


def end_by_decision(vin: str, *, now: datetime) -> None:
    """End the present owner's binding and its grants: an officer gave the car to another. Within a transaction."""
    present = Binding.objects.active(now).filter(vin=vin, kind__in=OWNERS)
    for binding in present.select_for_update():
        end_with_all(binding, why=ENDED_BY_DECISION, now=now)


def _create(user: User, vin: str, plate_number: str, proof: Proof, now: datetime) -> Binding | None:
    try:
        with transaction.atomic():
            return Binding.objects.create(
                public_id=new_public_id(),
                user=user,
                vin=vin,
                plate_number=plate_number,
                kind=str(Kind.OWN),
                proof=str(proof),
                shops_hidden_before_on=hidden_before(vin, user=user),
                bound_at=now,
            )
    except IntegrityError:
        return None
