"""单位: companies, their people, and the cars of their rosters (ours, ADR 0034).

Setting up a company shows nobody a car: each car of a roster is proved as a person's own would be.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from chedang.access.models import User
from chedang.access.phones import digest_of, number_of
from chedang.owners.ending import end_with_all
from chedang.owners.handing_limits import handing_limits
from chedang.owners.handing_models import FleetMember
from chedang.owners.model import FleetRole
from chedang.owners.models import Binding, Fleet
from chedang.platform.chance import new_public_id
from chedang.terms import phone

LEFT: Final = "left"
UNBOUND: Final = "unbound"


class FleetRefused(Exception):
    """What cannot be done with a company; ``reason`` is one of the words below."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


TOO_MANY: Final = "too_many"
"""So many companies or people already."""
ALREADY: Final = "already"
"""That number belongs to the company already."""
LAST_MANAGER: Final = "last_manager"
"""Nobody would be left who may add anybody."""


def set_up(by: User, *, name: str, credit_code: str, now: datetime) -> Fleet:
    """Set a company up; whoever does is its first manager. Raises FleetRefused."""
    if Fleet.objects.filter(created_by=by).count() >= handing_limits().fleet.most_fleets:
        raise FleetRefused(TOO_MANY)
    number = number_of(by)
    with transaction.atomic():
        fleet = Fleet.objects.create(
            public_id=new_public_id(), name=name, credit_code=credit_code, created_by=by, created_at=now
        )
        FleetMember.objects.create(
            public_id=new_public_id(),
            fleet=fleet,
            user=by,
            phone_digest=digest_of(number),
            phone_end=number[-4:],
            role=str(FleetRole.MANAGER),
            added_at=now,
        )
    return fleet


def fleets_of(user: User) -> list[tuple[Fleet, FleetRole]]:
    """Companies of a person, with what the person may do there."""
    memberships = FleetMember.objects.filter(user=user, ended_at=None).select_related("fleet").order_by("added_at")
    return [(membership.fleet, FleetRole(membership.role)) for membership in memberships]


def find_fleet(user: User, public_id: str) -> tuple[Fleet, FleetRole] | None:
    """A company of this person; ``None`` for one that is unknown or another's."""
    membership = FleetMember.objects.filter(user=user, fleet__public_id=public_id, ended_at=None).first()
    return None if membership is None else (membership.fleet, FleetRole(membership.role))


def members_of(fleet: Fleet) -> Sequence[FleetMember]:
    """Its people, those who never signed in included."""
    return list(fleet.members.filter(ended_at=None).select_related("user").order_by("added_at", "pk"))


def cars_of_fleet(fleet: Fleet, *, now: datetime) -> Sequence[Binding]:
    """Its cars, by plate."""
    return list(Binding.objects.active(now).filter(fleet=fleet).order_by("plate_number", "pk"))


def add_member(fleet: Fleet, *, number: str, role: FleetRole, now: datetime) -> FleetMember:
    """Add the person of a mobile number; counts from the moment that person signs in. Raises FleetRefused."""
    bare = phone.normalise(number)
    with transaction.atomic():
        Fleet.objects.select_for_update().get(pk=fleet.pk)
        if fleet.members.filter(ended_at=None).count() >= handing_limits().fleet.most_members:
            raise FleetRefused(TOO_MANY)
        try:
            with transaction.atomic():
                return FleetMember.objects.create(
                    public_id=new_public_id(),
                    fleet=fleet,
                    phone_digest=digest_of(bare),
                    phone_end=bare[-4:],
                    role=str(role),
                    added_at=now,
                )
        except IntegrityError:
            raise FleetRefused(ALREADY) from None


def take_memberships(user: User, number: str, *, now: datetime) -> int:
    """Make what companies promised the person of ``number`` real; gives how many companies it is now more."""
    waiting = FleetMember.objects.filter(phone_digest=digest_of(number), user=None, ended_at=None, added_at__lte=now)
    return waiting.update(user=user)


def end_member(fleet: Fleet, member_id: str, *, now: datetime) -> bool:
    """A person leaves, and sees nothing of the company from now on; says whether there was one. Raises FleetRefused."""
    with transaction.atomic():
        Fleet.objects.select_for_update().get(pk=fleet.pk)
        member = fleet.members.filter(public_id=member_id, ended_at=None).first()
        if member is None:
            return False
        same = Q(pk=member.pk) if member.user_id is None else Q(user=member.user_id)  # added under two numbers, perhaps
        present = fleet.members.filter(ended_at=None)
        is_manager = present.filter(same, role=str(FleetRole.MANAGER)).exists()
        others = present.exclude(same).filter(role=str(FleetRole.MANAGER), user__isnull=False)
        if is_manager and not others.exists():
            raise FleetRefused(LAST_MANAGER)
        present.filter(same).update(ended_at=now)
    return True


def end_car(fleet: Fleet, car_id: str, *, now: datetime) -> bool:
    """A car leaves the company; says whether it was one of its cars."""
    car = Binding.objects.filter(fleet=fleet, public_id=car_id, ended_at=None).first()
    if car is not None:
        end_with_all(car, why=UNBOUND, now=now)
    return car is not None
