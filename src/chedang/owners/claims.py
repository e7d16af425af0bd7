"""The two ways to bind one's car without waiting: a claim code, or facts that only the last visit's paper shows.

A try that does not succeed has one outcome, whatever the reason: no such car, another's car, wrong facts, too many
tries at this car. Limits stop the guesser; none closes the claim code or the request to an officer to the owner.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

import msgspec

from chedang.access import allowances
from chedang.access.actions import record_event
from chedang.access.model import AuditAction, Purpose
from chedang.access.models import User
from chedang.owners import rules
from chedang.owners.binding import bind_own_car
from chedang.owners.evidence import Sighting, sight_by_code, sight_by_plate, weigh
from chedang.owners.facts import Facts
from chedang.owners.limits import binding_limits
from chedang.owners.model import Proof
from chedang.owners.models import Binding
from chedang.platform.sealing import Digester
from chedang.records.store import Connection

_DAY: Final = timedelta(days=1)
_MONTH: Final = timedelta(days=30)
_CODES_OF_ACCOUNT: Final = "bind:code:account"
_FACTS_OF_ACCOUNT: Final = "bind:facts:account"
_FACTS_OF_NETWORK: Final = "bind:facts:network"
_FACTS_OF_CAR: Final = "bind:facts:car"
_FACTS_OF_CAR_MONTH: Final = "bind:facts:car-month"


class TooManyTries(Exception):
    """The account or its network address has tried too often; ``wait`` says how long."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait


class UnknownCode(Exception):
    """No code that counts now: wrong, void, too old, of another province, or of a shop not approved."""


class Asked(msgspec.Struct, frozen=True):
    """What a person typed: plate and end of the VIN normalised, and facts of the last visit. Never stored whole."""

    plate_number: str
    vin_tail: str
    facts: Facts


class ClaimDesk(msgspec.Struct, frozen=True):
    """What the deeds need of their process."""

    lend: Callable[[], AbstractContextManager[Connection]]
    """Lends a connection to the archive's stores for one deed."""
    code_key: bytes
    """The node's key for claim codes."""
    digester: Digester
    """For the keys of limits and for what is written down of a try."""
    node_code: str


def claim_by_facts(desk: ClaimDesk, user: User, asked: Asked, *, network: str, now: datetime) -> Binding | None:
    """Bind the car if nothing speaks against it; ``None`` for every other outcome.

    ``network`` is the address that the request came from. Raises TooManyTries, which tells of the person's own tries
    only. The same steps are taken whatever is found.
    """
    limits = binding_limits().facts
    account, address = desk.digester.digest(f"account {user.pk}"), desk.digester.digest(f"network {network}")
    _take(_FACTS_OF_ACCOUNT, account, limits.wrong_per_account, now)
    _take(_FACTS_OF_NETWORK, address, limits.wrong_per_network, now)
    with desk.lend() as connection:
        sighting = sight_by_plate(connection, asked.plate_number, asked.vin_tail, node_code=desk.node_code)
    typed = f"{asked.plate_number}/{asked.vin_tail}"
    car = desk.digester.digest(f"car {sighting.vin or typed}")
    tries_left = take_at_car(car, now=now)
    _write_down(desk, user, sighting, typed, now)
    evidence = weigh(sighting, user, told=asked.facts, plate_number=asked.plate_number, tries_left=tries_left, now=now)
    if rules.doubts(evidence):
        return None
    bound = bind_own_car(user, sighting.vin, asked.plate_number, Proof.VISIT_FACTS, now=now)
    if bound is not None:  # only wrong tries count
        allowances.give_back(_FACTS_OF_ACCOUNT, account)
        allowances.give_back(_FACTS_OF_NETWORK, address)
        give_back_at_car(car)
    return bound


def take_at_car(car_digest: str, *, now: datetime) -> bool:
    """Take one try with facts at a car, whoever tries and in whatever way; says whether there was one left."""
    limits = binding_limits().facts
    waits = (
        allowances.take(_FACTS_OF_CAR, car_digest, most=limits.wrong_per_car, within=_DAY, now=now),
        allowances.take(_FACTS_OF_CAR_MONTH, car_digest, most=limits.wrong_per_car_month, within=_MONTH, now=now),
    )
    return not any(waits)


def give_back_at_car(car_digest: str) -> None:
    """The try was right: only wrong ones count."""
    allowances.give_back(_FACTS_OF_CAR, car_digest)
    allowances.give_back(_FACTS_OF_CAR_MONTH, car_digest)


def look_at_code(desk: ClaimDesk, user: User, typed: str, *, now: datetime) -> Sighting:
    """The car that a code leads to, for the person to recognise it; written down. Raises UnknownCode, TooManyTries."""
    sighting = find_by_code(desk, user, typed, now=now)
    record_event(
        user,
        AuditAction.LOOK_UP_VEHICLE,
        Purpose.OWN_VEHICLE,
        now=now,
        vin=sighting.vin,
        object_digest=desk.digester.digest(typed),
    )
    return sighting


def find_by_code(desk: ClaimDesk, user: User, typed: str, *, now: datetime) -> Sighting:
    """What a code leads to. Raises UnknownCode, TooManyTries.

    Wrong codes count against the account alone: thousands of telephones share one network address, a code has 58 bits,
    and an account costs a telephone number.
    """
    account = desk.digester.digest(f"account {user.pk}")
    _take(_CODES_OF_ACCOUNT, account, binding_limits().codes.wrong_per_account, now)
    with desk.lend() as connection:
        sighting = sight_by_code(connection, desk.code_key, typed, node_code=desk.node_code, now=now)
    if sighting.visit is None:
        raise UnknownCode
    allowances.give_back(_CODES_OF_ACCOUNT, account)
    return sighting


def claim_by_code(desk: ClaimDesk, user: User, typed: str, *, now: datetime) -> Binding | None:
    """Bind the car of a code; ``None`` when an officer has to decide. Raises UnknownCode, TooManyTries."""
    sighting = find_by_code(desk, user, typed, now=now)
    _write_down(desk, user, sighting, typed, now)
    plate_number = sighting.visit.plate_number if sighting.visit else ""
    evidence = weigh(sighting, user, told=None, plate_number=plate_number, tries_left=True, now=now)
    if rules.doubts(evidence):
        return None
    return bind_own_car(user, sighting.vin, plate_number, Proof.CLAIM_CODE, now=now)


def _take(kind: str, digest: str, most: int, now: datetime) -> None:
    if wait := allowances.take(kind, digest, most=most, within=_DAY, now=now):
        raise TooManyTries(wait)


def _write_down(desk: ClaimDesk, user: User, sighting: Sighting, typed: str, now: datetime) -> None:
    """Every try, also one that finds nothing; the owner of the car sees it."""
    digest = desk.digester.digest(typed)
    record_event(
        user, AuditAction.ASK_FOR_BINDING, Purpose.OWN_VEHICLE, now=now, vin=sighting.vin, object_digest=digest
    )
