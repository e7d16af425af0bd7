"""One more reading beside those of a vehicle's file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from chedang.records.limits import load_limits
from chedang.vehicles.model import OdometerReading
from chedang.vehicles.new_reading import ReadingReason, ReadingState, ReadingVerdict, judge_reading

LIMITS = load_limits().odometer
FITS = ReadingVerdict(ReadingState.FITS)
FILE = [
    OdometerReading(UUID(int=1), date(2025, 3, 1), Decimal(40_000)),
    OdometerReading(UUID(int=2), date(2025, 6, 1), Decimal(45_000)),
    OdometerReading(UUID(int=3), date(2025, 9, 1), Decimal(50_000)),
]


def judge(day: date, mileage_km: int, others: list[OdometerReading] = FILE) -> ReadingVerdict:
    return judge_reading(OdometerReading(UUID(int=9), day, Decimal(mileage_km)), others, LIMITS)


def test_nothing_to_compare_with_is_told_as_what_fits() -> None:
    assert judge(date(2026, 3, 1), 55_000, []) == FITS


def test_a_reading_that_goes_on_fits() -> None:
    assert judge(date(2026, 3, 1), 55_000) == FITS


def test_a_reading_below_an_earlier_one_is_doubtful() -> None:
    assert judge(date(2026, 3, 1), 5_500) == ReadingVerdict(ReadingState.DOUBTFUL, (ReadingReason.BELOW_EARLIER,))


def test_a_reading_above_a_later_one_is_doubtful() -> None:
    assert judge(date(2025, 4, 1), 60_000) == ReadingVerdict(ReadingState.DOUBTFUL, (ReadingReason.ABOVE_LATER,))


def test_a_reading_too_far_away_is_doubtful() -> None:
    assert judge(date(2025, 9, 2), 450_000) == ReadingVerdict(ReadingState.DOUBTFUL, (ReadingReason.TOO_FAR,))


def test_a_reading_is_not_to_blame_for_another_one_that_was_wrong() -> None:
    wrong = OdometerReading(UUID(int=4), date(2025, 10, 1), Decimal(500_000))
    assert judge(date(2026, 3, 1), 55_000, [*FILE, wrong]) == FITS
