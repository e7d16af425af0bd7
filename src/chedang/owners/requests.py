"""申请绑定: what could not be decided at once waits for an officer, at most two days, and gets a reason either way."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import IntegrityError, transaction

from chedang.access import allowances
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.access.rules import division_prefix
from chedang.owners import rules
from chedang.owners.access import cars_of, owner_binding
from chedang.owners.binding import bind_own_car, end_by_decision
from chedang.owners.binding_models import BindingRequestQuerySet
from chedang.owners.claims import Asked, ClaimDesk, find_by_code
from chedang.owners.evidence import Sighting, sight_by_plate, weigh
from chedang.owners.facts import Facts
from chedang.owners.limits import binding_limits
from chedang.owners.model import Proof, RequestState
from chedang.owners.models import BindingRequest
from chedang.platform.chance import new_public_id
from chedang.vehicles.registrations import RegistrationBasis, state_registration

_DAY: Final = timedelta(days=1)
_REQUESTS: Final = "bind:request"


class TooManyRequests(Exception):
    """The person has asked too often today, or has too many requests that wait."""


class CannotDecide(Exception):
    """The request is decided already, or no car fits it, or it would leave the car with two owners."""


class Reason(StrEnum):
    """Why an officer decided so."""

    LICENCE_SEEN = "licence_seen"
    PAPER_SEEN = "paper_seen"
    SHOP_ASKED = "shop_asked"
    OWNER_AGREED = "owner_agreed"
    NOT_PROVED = "not_proved"
    OWNER_OBJECTED = "owner_objected"
    NO_CAR = "no_car"
    OTHER = "other"


FOR_AGREEING: Final = (Reason.LICENCE_SEEN, Reason.PAPER_SEEN, Reason.SHOP_ASKED, Reason.OWNER_AGREED, Reason.OTHER)
FOR_REFUSING: Final = (Reason.NOT_PROVED, Reason.OWNER_OBJECTED, Reason.NO_CAR, Reason.OTHER)


class OwnersWord(StrEnum):
    """What the present owner says to another's request."""

    AGREES = "agrees"
    OBJECTS = "objects"


def ask_by_facts(desk: ClaimDesk, user: User, asked: Asked, *, now: datetime) -> BindingRequest:
    """Hand a try with facts to an officer; the request that waits already, if one does. Raises TooManyRequests.

    Also where no car fits: the person is answered in two days as for any other.
    """
    _count(desk, user, now)
    with desk.lend() as connection:
        sighting = sight_by_plate(connection, asked.plate_number, asked.vin_tail, node_code=desk.node_code)
    return _ask(desk, user, sighting, asked.plate_number, told=asked.facts, now=now)


def ask_by_code(desk: ClaimDesk, user: User, typed: str, *, now: datetime) -> BindingRequest:
    """Hand a claim to an officer: the code is right, but something speaks against binding at once.

    Raises UnknownCode, TooManyTries, TooManyRequests.
    """
    sighting = find_by_code(desk, user, typed, now=now)
    _count(desk, user, now)
    plate_number = sighting.visit.plate_number if sighting.visit else ""
    return _ask(desk, user, sighting, plate_number, told=None, now=now)


def requests_in_scope(officer: User) -> BindingRequestQuerySet:
    """Requests that this officer may see and decide: of the division and those below it."""
    return BindingRequest.objects.filter(division_code__startswith=division_prefix(officer.division_code))


def decide(
    desk: ClaimDesk,
    officer: User,
    request: BindingRequest,
    *,
    agrees: bool,
    reason: Reason,
    explanation: str,
    licence_province: str,
    organisation: str,
    now: datetime,
) -> None:
    """Answer a request, with a reason; written down. Raises CannotDecide.

    Agreeing ends the binding of whoever has the car now. ``licence_province`` is where the car is registered by the
    行驶证 that the officer saw, two digits, '' for none seen: it becomes the vehicle's 车籍.
    """
    with transaction.atomic():
        held = BindingRequest.objects.select_for_update().get(pk=request.pk)
        if not held.is_waiting or (agrees and not held.vin):
            raise CannotDecide
        record_event(
            officer,
            AuditAction.DECIDE_BINDING,
            Purpose.OWNERS_REQUEST,
            now=now,
            vin=held.vin,
            object_id=held.public_id,
            organisation=organisation,
        )
        held.state = str(RequestState.AGREED if agrees else RequestState.REFUSED)
        held.decided_by, held.decided_at = officer, now
        held.reason, held.explanation = str(reason), explanation
        held.licence_province = licence_province if agrees else ""
        held.save()
        if agrees:
            _hand_over(held, now)
            _state_registration(desk, held, now)


def tell_owners_word(request: BindingRequest, owner: User, word: OwnersWord, *, now: datetime) -> None:
    """The present owner agrees or objects; an officer still decides. Raises CannotDecide for anybody else."""
    if not about_cars_of(owner, now=now).filter(pk=request.pk).exists():
        raise CannotDecide
    record_event(
        owner, AuditAction.ASK_FOR_BINDING, Purpose.OWN_VEHICLE, now=now, vin=request.vin, object_id=request.public_id
    )
    BindingRequest.objects.waiting().filter(pk=request.pk).update(owner_said=str(word), owner_said_at=now)


def withdraw(request: BindingRequest, *, now: datetime) -> None:
    """The person takes a request back; a decided one stays as it is."""
    BindingRequest.objects.waiting().filter(pk=request.pk).update(state=str(RequestState.WITHDRAWN), decided_at=now)


def about_cars_of(user: User, *, now: datetime) -> BindingRequestQuerySet:
    """Requests of others that wait, for cars of this person and of companies that this person manages."""
    own = {car.vin for car in cars_of(user, now=now) if car.is_owner}
    return BindingRequest.objects.waiting().filter(vin__in=own).exclude(user=user)


def close_hopeless(now: datetime) -> int:
    """Refuse those for which no car was found and whose time is over; returns how many. Done by the worker."""
    return (
        BindingRequest.objects.waiting()
        .filter(vin="", due_at__lte=now)
        .update(state=str(RequestState.REFUSED), reason=str(Reason.NO_CAR), decided_at=now)
    )


def _count(desk: ClaimDesk, user: User, now: datetime) -> None:
    limits = binding_limits().requests
    if BindingRequest.objects.waiting().filter(user=user).count() >= limits.most_waiting:
        raise TooManyRequests
    digest = desk.digester.digest(f"account {user.pk}")
    if allowances.take(_REQUESTS, digest, most=limits.per_day, within=_DAY, now=now):
        raise TooManyRequests


def _ask(
    desk: ClaimDesk, user: User, sighting: Sighting, plate_number: str, *, told: Facts | None, now: datetime
) -> BindingRequest:
    evidence = weigh(sighting, user, told=told, plate_number=plate_number, tries_left=True, now=now)
    # Nothing against it: the tries at this car were used up, or the person prefers an officer.
    doubts = rules.doubts(evidence) or (rules.Doubt.TRIES_USED,)
    visit = sighting.visit
    public_id = new_public_id()
    record_event(user, AuditAction.ASK_FOR_BINDING, Purpose.OWN_VEHICLE, now=now, vin=sighting.vin, object_id=public_id)
    columns = {
        "public_id": public_id,
        "doubts": ",".join(doubts),
        "facts_given": ",".join(sorted(told.given)) if told else "",
        "facts_right": ",".join(sorted(evidence.facts_right)),
        "has_code": told is None,
        "company_code": visit.company_code if visit else "",
        "visited_on": sighting.visited_on,
        "division_code": sighting.division_code or f"{desk.node_code}0000",
        "asked_at": now,
        "due_at": now + timedelta(hours=binding_limits().requests.clock_hours),
    }
    vin = sighting.vin if evidence.candidates else ""
    try:
        with transaction.atomic():
            return BindingRequest.objects.create(user=user, vin=vin, plate_number=plate_number, **columns)
    except IntegrityError:
        return BindingRequest.objects.waiting().get(user=user, vin=vin, plate_number=plate_number)


def _hand_over(request: BindingRequest, now: datetime) -> None:
    present = owner_binding(request.vin, now=now)
    if present is not None and present.user_id != request.user_id:
        end_by_decision(request.vin, now=now)
    if bind_own_car(request.user, request.vin, request.plate_number, Proof.OFFICER, now=now) is None:
        raise CannotDecide


def _state_registration(desk: ClaimDesk, request: BindingRequest, now: datetime) -> None:
    if request.licence_province:
        with desk.lend() as connection:
            state_registration(
                connection,
                request.vin,
                request.licence_province,
                RegistrationBasis.DRIVING_LICENCE,
                stated_by=desk.node_code,
                now=now,
            )
