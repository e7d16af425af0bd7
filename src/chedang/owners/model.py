"""What binds a person to a car, as data. Pure. Holds VINs and plates: never logged."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """As what somebody sees a car."""

    OWN = "own"
    """本人车辆."""
    CONSENT = "consent"
    """他人车辆: by the owner's consent, for a time."""
    COMPANY = "company"
    """单位车辆: of a company's roster."""


class Proof(StrEnum):
    """How a binding was proved."""

    CLAIM_CODE = "claim_code"
    """认领码: scanned or typed from the settlement list."""
    VISIT_FACTS = "visit_facts"
    """Plate, end of the VIN and two facts of the last visit that only the paper shows."""
    OFFICER = "officer"
    """An officer decided on the request."""
    TRANSFER = "transfer"
    """过户码 of the owner before."""
    CONSENT = "consent"
    """The owner agreed."""
    ROSTER = "roster"
    """单位车辆清单."""


class Scope(StrEnum):
    """How much somebody sees by another's consent or share code."""

    VERDICT = "verdict"
    """里程判断 and how many records there are, nothing else."""
    BUYER = "buyer"
    """The buyer's view: no plate, no shop, months instead of days."""
    FULL = "full"
    """What the owner sees."""


class FleetRole(StrEnum):
    """What a person may do in a company."""

    MANAGER = "manager"
    """Cars and people of the company, and all that an owner may do."""
    VIEWER = "viewer"
    """See the files of its cars, nothing else."""


class Access(msgspec.Struct, frozen=True):
    """What lets a person see one car now. Made by ``owners.access`` only."""

    car_id: str
    """Public name of the binding: stands in addresses, tells nothing."""
    vin: str
    plate_number: str
    """At the time of binding, normalised; '' for none."""
    kind: Kind
    scope: Scope
    shops_hidden_before: date | None = None
    """过户日: shops of visits before this day are hidden, the former owner did not agree to show them."""
    is_viewer: bool = False
    """A person of a company who may see its cars' files and nothing else."""

    @property
    def is_owner(self) -> bool:
        """May do what an owner may: share, certify, review, correct, hand over."""
        return self.kind is not Kind.CONSENT and not self.is_viewer


class RequestState(StrEnum):
    """What became of a request for a binding."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """The person took it back, or has bound the car in another way meanwhile."""
