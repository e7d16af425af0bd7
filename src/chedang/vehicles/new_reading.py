"""Does one more odometer reading fit into the file of its vehicle? (ours, ADR 0014)

The answer is for a shop that has not stored anything, about a vehicle that it only says it has: it tells of this one
reading whether it fits and in which direction it does not, never what stands in the file, nor whether there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

import msgspec

from chedang.platform.database import load_queries
from chedang.records.identity import decode_content
from chedang.records.limits import OdometerLimits
from chedang.records.store import Connection
from chedang.vehicles.model import OdometerReading
from chedang.vehicles.odometer import judge_odometer
from chedang.vehicles.odometer_replaced import says_replaced

_SQL = load_queries("chedang.vehicles", "readings.sql")


class ReadingState(StrEnum):
    """What is said of one reading."""

    FITS = "fits"
    """Nothing speaks against it; also where there is nothing to compare it with."""
    DOUBTFUL = "doubtful"
    NOT_JUDGED = "not_judged"


class ReadingReason(StrEnum):
    """Why a reading is doubtful, without a figure of the file; or why it was not judged."""

    BELOW_EARLIER = "below_earlier"
    ABOVE_LATER = "above_later"
    TOO_FAR = "too_far"
    INCOMPLETE = "incomplete"
    ASKED_TOO_OFTEN = "asked_too_often"
    NOT_APPROVED = "not_approved"


class ReadingVerdict(msgspec.Struct, frozen=True):
    """``state`` and what it rests on."""

    state: ReadingState
    reasons: tuple[ReadingReason, ...] = ()


def read_readings(connection: Connection, vin: str, *, without: str | UUID | None) -> list[OdometerReading]:
    """Readings in the file of a vehicle, but for those of one record: the one that would be replaced."""
    rows = connection.execute(_SQL["read_readings"], {"vin": vin, "without": without})
    return [
        OdometerReading(record_id, on, mileage_km, says_replaced(decode_content(content)))
        for record_id, on, mileage_km, content in rows
    ]


def judge_reading(
    reading: OdometerReading, others: Sequence[OdometerReading], limits: OdometerLimits
) -> ReadingVerdict:
    """Judge one reading by the others of its vehicle, which are believed as ADR 0027 says."""
    verdict = judge_odometer([*others, reading], limits)
    if reading.record_id not in verdict.doubtful:
        return ReadingVerdict(ReadingState.FITS)
    tolerance_km = limits.fall_tolerance_km
    reasons = []
    if any(other.on <= reading.on and other.mileage_km > reading.mileage_km + tolerance_km for other in others):
        reasons.append(ReadingReason.BELOW_EARLIER)
    if any(other.on >= reading.on and other.mileage_km < reading.mileage_km - tolerance_km for other in others):
        reasons.append(ReadingReason.ABOVE_LATER)
    return ReadingVerdict(ReadingState.DOUBTFUL, tuple(reasons) or (ReadingReason.TOO_FAR,))
