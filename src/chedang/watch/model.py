"""布控 and 比中: what the police look for, and the records that were found. Pure.

Which clauses oblige the archive to help and to keep silent meanwhile (刑事诉讼法, 人民警察法, 个人信息保护法 35) was
not read here, 待核; see ADR 0051.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from chedang.terms.saying import SaidRefusal


class Basis(StrEnum):
    """What of a record is that of the vehicle looked for."""

    VIN = "vin"
    PLATE = "plate"
    """The plate alone: weaker, since plates are moved and forged."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A vehicle that is looked for: what is sealed. Never logged."""

    vin: str
    """'' when only the plate is known."""
    plate_number: str
    """Normalised; '' when only the VIN is known."""
    case_number: str


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line for the list."""

    wanted: Wanted
    since_on: date
    until_on: date | None = None
    """Its last day."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list, opened."""

    code: str
    division_code: str
    wanted: Wanted
    since_on: date
    until_on: date | None
    added_by: str
    added_at: datetime
    removed_by: str
    removed_at: datetime | None
    removal_reason: str

    def stands(self, today: date) -> bool:
        """Does it find records today?"""
        return self.removed_at is None and self.since_on <= today and (self.until_on is None or today <= self.until_on)


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was found: what is sealed. Never logged."""

    record_id: UUID
    version: int
    vin: str
    """As the record has it; ``~`` + company code when it has none."""
    plate_number: str
    company_code: str
    settled_on: date | None
    received_at: datetime


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One record that one entry found, opened."""

    code: str
    entry_code: str
    basis: Basis
    sighting: Sighting
    found_at: datetime
    received_by: str | None
    """Account that signed for it."""
    received_at: datetime | None


class WatchRefused(SaidRefusal):
    """Nothing was done; it says why."""
