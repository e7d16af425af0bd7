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
    """里程判断: the three states in which a verdict comes (ours, ADR 0027)."""

    REASONABLE = "合理"
    ILLOGICAL = "不合逻辑"
    NOT_JUDGED = "不予判断"


class OdometerReason(StrEnum):
    """理由代码: what a verdict rests on (ours, ADR 0027). Stable: a code is never used for anything else."""

    FITS = "fits"
    """合理: every reading fits the one before."""
    TYPO = "typo"
    """A single reading does not fit, a likely slip explains it, and the others fit without it."""
    STRAY = "stray"
    """A single reading does not fit, no slip explains it, but it cannot be the trace of a fall."""
    REPLACED = "replaced"
    """A record says that the odometer was replaced where the readings break off."""
    FALL = "fall"
    """不合逻辑: a fall with readings on both sides that bear it out."""
    TOO_FAST = "too_fast"
    """不合逻辑: farther than one can drive, with readings on both sides that bear it out."""
    FALL_NOT_BORNE_OUT = "fall_not_borne_out"
    """不予判断: a fall that only one reading shows; it may be a slip or not."""
    CONTRADICTION = "contradiction"
    """不予判断: readings contradict each other and nothing tells which is wrong."""
    TOO_FEW = "too_few"
    """不予判断: fewer than two readings with a day."""


class OdometerReading(msgspec.Struct, frozen=True):
    """送修里程 of one record on the day it was read."""

    record_id: UUID
    on: date
    """送修日期, else 结算日期."""
    mileage_km: Decimal
    says_replaced: bool = False
    """Does the record say that the odometer was replaced (更换里程表、仪表总成)?"""


class ConflictKind(StrEnum):
    """Why two readings do not fit together."""

    FALL = "fall"
    """The later one is smaller."""
    TOO_FAST = "too_fast"
    """No vehicle goes that far in that time."""


class TypoKind(StrEnum):
    """A slip that a clerk is likely to make with an odometer reading (ours, ADR 0027). Stable codes."""

    SWAPPED = "swapped"
    """Two neighbouring digits the other way round."""
    WRONG_DIGIT = "wrong_digit"
    DROPPED_DIGIT = "dropped_digit"
    EXTRA_DIGIT = "extra_digit"
    """A digit typed twice, or one zero too many."""
    TENTHS_AS_KM = "tenths_as_km"
    """The tenths were read as kilometres: ten times too much."""
    TENTH_OF_IT = "tenth_of_it"
    """A tenth of it: the last digit taken for tenths, or the last one left out."""
    MILES = "miles"
    """Miles written as kilometres."""
    ANOTHER_PLACE = "another_place"
    """Read from another place: the trip meter, or a date."""


class Typo(msgspec.Struct, frozen=True):
    """疑似笔误: the slip that best explains a reading. A guess for people, never applied."""

    kind: TypoKind
    record_id: UUID
    """Record whose reading is likely mistyped."""
    proposed_km: Decimal | None
    """What was probably meant; ``None`` where that cannot be told (another place)."""


class OdometerConflict(msgspec.Struct, frozen=True):
    """Two readings, of two records, that do not fit together."""

    kind: ConflictKind
    earlier: OdometerReading
    later: OdometerReading
    likely_typo: Typo | None = None
    """The slip in one of the two that would explain it."""


class OdometerVerdict(msgspec.Struct, frozen=True):
    """What the readings say together. Never a claim about who did what: it says which readings do not fit."""

    state: OdometerState
    sentence: str
    """Chinese, for people."""
    sentence_en: str
    readings: tuple[OdometerReading, ...]
    """In the order of time; those that were judged."""
    conflicts: tuple[OdometerConflict, ...]
    """Pairs of records that do not fit: those that decide the state first, each group oldest first."""
    doubtful: frozenset[UUID]
    """Records whose reading may be the wrong one (有疑问)."""
    reasons: tuple[OdometerReason, ...]
    """What the state rests on, the deciding one first; never empty."""


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
