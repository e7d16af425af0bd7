"""A company's roster: each line proves its own car, as a person would (ours, ADR 0034)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec
from django.db import IntegrityError, transaction

from chedang.access import allowances
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.owners import rules
from chedang.owners.claims import ClaimDesk, give_back_at_car, take_at_car
from chedang.owners.ending import end_with_all
from chedang.owners.evidence import Sighting, sight_by_code, sight_by_plate, weigh
from chedang.owners.handing_limits import handing_limits
from chedang.owners.handovers import MOVED_IN, hidden_before
from chedang.owners.model import Kind, Proof
from chedang.owners.models import Binding, Fleet
from chedang.owners.roster_table import RosterLine
from chedang.platform.chance import new_public_id
from chedang.records.store import Connection

_WRONG_LINES: Final = "roster:account"
_WRONG_OF_NETWORK: Final = "roster:network"
_DAY: Final = timedelta(days=1)


class LineOutcome(StrEnum):
    """What became of a line. One word for everything that did not prove the car."""

    BOUND = "bound"
    ALREADY = "already"
    """The company has it."""
    NOT_PROVED = "not_proved"
    UNREADABLE = "unreadable"
    TOO_MANY = "too_many"
    """Too many lines proved nothing today; this one was not tried."""


class TriedLine(NamedTuple):
    """A line and its outcome."""

    line: RosterLine
    outcome: LineOutcome


def take_roster(
    desk: ClaimDesk, fleet: Fleet, lines: Iterable[RosterLine], *, by: User, network: str, now: datetime
) -> Iterator[TriedLine]:
    """Try the lines in their order, each for itself. Gives one outcome a line, when it is done.

    ``network`` is the address that the list came from.
    """
    limits = handing_limits().fleet
    counters = (
        (_WRONG_LINES, desk.digester.digest(f"account {by.pk}"), limits.wrong_lines_per_account),
        (_WRONG_OF_NETWORK, desk.digester.digest(f"network {network}"), limits.wrong_lines_per_network),
    )
    is_stopped = False
    for line in lines:
        if line.complaint:
            yield TriedLine(line, LineOutcome.UNREADABLE)
            continue
        is_stopped = is_stopped or any(
            allowances.take(kind, digest, most=most, within=_DAY, now=now) for kind, digest, most in counters
        )
        outcome = LineOutcome.TOO_MANY if is_stopped else _try(desk, fleet, line, by=by, now=now)
        if outcome in {LineOutcome.BOUND, LineOutcome.ALREADY}:
            for kind, digest, _most in counters:
                allowances.give_back(kind, digest)
        yield TriedLine(line, outcome)


def move_in(fleet: Fleet, own: Binding, *, by: User, now: datetime) -> Binding:
    """A person's own car becomes the company's; consents, share codes and offers of before end."""
    with transaction.atomic():
        former = Binding.objects.select_for_update().get(pk=own.pk, ended_at=None)
        record_event(
            by, AuditAction.BIND_VEHICLE, Purpose.OWN_VEHICLE, now=now, vin=former.vin, object_id=fleet.public_id
        )
        end_with_all(former, why=MOVED_IN, now=now)
        return _create(fleet, former.vin, former.plate_number, now)


def _try(desk: ClaimDesk, fleet: Fleet, line: RosterLine, *, by: User, now: datetime) -> LineOutcome:
    with desk.lend() as connection:
        sighting = _sight(connection, desk, line, now)
    if sighting.vin and Binding.objects.active(now).filter(fleet=fleet, vin=sighting.vin).exists():
        return LineOutcome.ALREADY
    plate_number = (sighting.visit.plate_number if sighting.visit else "") if line.code else line.plate_number
    typed = f"{line.plate_number}/{line.vin_tail}"
    car = desk.digester.digest(f"car {sighting.vin or typed}")
    tries_left = bool(line.code) or take_at_car(car, now=now)
    record_event(
        by,
        AuditAction.ASK_FOR_BINDING,
        Purpose.OWN_VEHICLE,
        now=now,
        vin=sighting.vin,
        object_digest=desk.digester.digest(line.code or typed),
    )
    told = None if line.code else line.facts
    evidence = weigh(sighting, by, told=told, plate_number=plate_number, tries_left=tries_left, now=now)
    # A company's cars are not counted among those of the person who brings the list.
    if rules.doubts(msgspec.structs.replace(evidence, own_cars=0)):
        return LineOutcome.NOT_PROVED
    if not line.code:
        give_back_at_car(car)
    return _bind(fleet, sighting.vin, plate_number, by=by, now=now)


def _sight(connection: Connection, desk: ClaimDesk, line: RosterLine, now: datetime) -> Sighting:
    if line.code:
        return sight_by_code(connection, desk.code_key, line.code, node_code=desk.node_code, now=now)
    return sight_by_plate(connection, line.plate_number, line.vin_tail, node_code=desk.node_code)


def _bind(fleet: Fleet, vin: str, plate_number: str, *, by: User, now: datetime) -> LineOutcome:
    try:
        with transaction.atomic():
            record_event(by, AuditAction.BIND_VEHICLE, Purpose.OWN_VEHICLE, now=now, vin=vin, object_id=fleet.public_id)
            for own in Binding.objects.select_for_update().filter(user=by, vin=vin, ended_at=None):
                end_with_all(own, why=MOVED_IN, now=now)
            _create(fleet, vin, plate_number, now)
    except IntegrityError:  # somebody bound it in this moment
        return LineOutcome.NOT_PROVED
    return LineOutcome.BOUND


def _create(fleet: Fleet, vin: str, plate_number: str, now: datetime) -> Binding:
    return Binding.objects.create(
        public_id=new_public_id(),
        fleet=fleet,
        vin=vin,
        plate_number=plate_number,
        kind=str(Kind.COMPANY),
        proof=str(Proof.ROSTER),
        bound_at=now,
        shops_hidden_before_on=hidden_before(vin, fleet=fleet),
    )
