"""The vehicle's file as data. Pure. Holds personal data (VIN, plates): never logged."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from chedang.records.model import Level, StoredVersion
from chedang.vehicles.home import Home


class FileEntry(msgspec.Struct, frozen=True):
    """One repair in the file: the newest version of its record and, newest first, the versions before it."""

    newest: StoredVersion
    older: tuple[StoredVersion, ...]
    on: date
    """Where it stands in the file: 结算日期, else 送修日期, else the day of receipt; never after that day."""

    @property
    def is_doubtful(self) -> bool:
        """Did the rules find an error or a doubt in the newest version?"""
        return any(finding.level is not Level.INFO for finding in self.newest.findings)


class PlateSpan(msgspec.Struct, frozen=True):
    """One plate that the vehicle's records carry, and from when to when."""

    plate_number: str
    first_seen_on: date
    last_seen_on: date
    record_count: int


class OdometerState(StrEnum):
    """里程判断: the four states in which a verdict comes (ours)."""

    REASONABLE = "合理"
    DOUBTFUL = "有疑问"
    ILLOGICAL = "不合逻辑"
    NOT_JUDGED = "不予判断"


class OdometerReading(msgspec.Struct, frozen=True):
    """送修里程 of one record on the day it was read."""

    record_id: UUID
    on: date
    """送修日期, else 结算日期."""
    mileage_km: Decimal


class ConflictKind(StrEnum):
    """Why two readings do not fit together."""

    FALL = "fall"
    """The later one is smaller."""
    TOO_FAST = "too_fast"
    """No vehicle goes that far in that time."""


class OdometerConflict(msgspec.Struct, frozen=True):
    """Two readings, of two records, that do not fit together."""

    kind: ConflictKind
    earlier: OdometerReading
    later: OdometerReading


class OdometerVerdict(msgspec.Struct, frozen=True):
    """What the readings say together. Never a claim about who did what: it says which readings do not fit."""

    state: OdometerState
    sentence: str
    """One Chinese sentence for people."""
    sentence_en: str
    readings: tuple[OdometerReading, ...]
    """In the order of time; those that were judged."""
    conflicts: tuple[OdometerConflict, ...]
    """The pairs of records that the sentence is about, oldest first."""
    doubtful: frozenset[UUID]
    """Records whose reading may be the wrong one."""


class VehicleFile(msgspec.Struct, frozen=True):
    """一车一档: what is known of one vehicle from the records that may be shown."""

    vin: str
    entries: tuple[FileEntry, ...]
    """Newest first."""
    held_back_count: int
    """Records kept out because their enterprise is not approved (yet)."""
    plates: tuple[PlateSpan, ...]
    """Newest first."""
    home: Home
    """车籍 by what is shown."""
    odometer: OdometerVerdict


class Vehicle(msgspec.Struct, frozen=True):
    """Row of the vehicle index: enough to find a file and say how large it is, over all active records."""

    vin: str
    plate_number: str
    """On the newest record that carries one; '' for none."""
    home_province_code: str
    """车籍: two digits, 00 for a vehicle of an embassy; '' when nothing is known."""
    record_count: int
    first_settled_on: date | None
    last_settled_on: date | None
    last_mileage_km: Decimal | None
    refreshed_at: datetime
