"""The one place that says which cars a person may see now."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db.models import Q

from chedang.access.models import User
from chedang.owners.model import Access, FleetRole
from chedang.owners.models import Binding, BindingQuerySet, FleetMember


def may_read(user: User, car_id: str, *, now: datetime) -> Access | None:
    """What lets ``user`` see the car of this address; ``None`` for one that is unknown, ended or not theirs."""
    binding = bindings_of(user, now=now).filter(public_id=car_id).first()
    return None if binding is None else _access(binding, _roles(user))


def cars_of(user: User, *, now: datetime) -> list[Access]:
    """Every car that ``user`` may see, the newest binding first."""
    roles = _roles(user)
    return [_access(binding, roles) for binding in bindings_of(user, now=now).order_by("-bound_at", "-pk")]


def bindings_of(user: User, *, now: datetime) -> BindingQuerySet:
    """Bindings that count for this person: the own ones and those of the person's companies."""
    return Binding.objects.active(now).filter(Q(user=user) | Q(fleet__in=list(_roles(user))))


def owner_binding(vin: str, *, now: datetime) -> Binding | None:
    """The binding of the car's present owner, person or company; ``None`` while nobody has bound it."""
    return Binding.objects.active(now).filter(vin=vin, kind__in=("own", "company")).first()


def _roles(user: User) -> dict[int, str]:
    """Companies of a person, by key, and the role there."""
    return dict(FleetMember.objects.filter(user=user, ended_at=None).values_list("fleet_id", "role"))


def _access(binding: Binding, roles: dict[int, str]) -> Access:
    is_viewer = binding.fleet_id is not None and roles.get(binding.fleet_id) != FleetRole.MANAGER
    return msgspec.structs.replace(binding.as_access(), is_viewer=is_viewer)
