"""里程判断: three states with reasons; a slip is named, a rollback is called illogical, and both records are named."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chedang.records.limits import load_limits
from chedang.vehicles.model import (
    ConflictKind,
    OdometerReading,
    OdometerReason,
    OdometerState,
    OdometerVerdict,
    Typo,
    TypoKind,
)
from chedang.vehicles.odometer import judge_odometer

LIMITS = load_limits().odometer
FIRST = date(2020, 1, 1)
REASONABLE, ILLOGICAL, NOT_JUDGED = OdometerState


def readings(*thousands_km: float, days_apart: int = 180, replaced_at: int | None = None) -> list[OdometerReading]:
    return [
        OdometerReading(
            UUID(int=place),
            FIRST + timedelta(days=days_apart * place),
            Decimal(str(km)) * 1000,
            says_replaced=place == replaced_at,
        )
        for place, km in enumerate(thousands_km)
    ]


def judged(*thousands_km: float, days_apart: int = 180, replaced_at: int | None = None) -> OdometerVerdict:
    return judge_odometer(readings(*thousands_km, days_apart=days_apart, replaced_at=replaced_at), LIMITS)


def doubtful(verdict: OdometerVerdict) -> set[int]:
    """Places of the doubtful readings."""
    return {record_id.int for record_id in verdict.doubtful}


def typos(verdict: OdometerVerdict) -> list[Typo]:
    return [conflict.likely_typo for conflict in verdict.conflicts if conflict.likely_typo is not None]


@pytest.mark.parametrize("thousands_km", [(), (10,)])
def test_fewer_than_two_readings_are_not_judged(thousands_km: tuple[float, ...]) -> None:
    verdict = judged(*thousands_km)

    assert (verdict.state, verdict.reasons) == (NOT_JUDGED, (OdometerReason.TOO_FEW,))
    assert verdict.sentence.startswith("有里程又有日期的记录不到两条")


def test_readings_that_increase_are_reasonable() -> None:
    verdict = judged(5, 10, 10, 48.21)

    assert (verdict.state, verdict.reasons) == (REASONABLE, (OdometerReason.FITS,))
    assert verdict.sentence == "4 次读数依次增加，最近一次 48,210 千米。"
    assert verdict.sentence_en == "4 readings increase one after another; the latest is 48,210 km."
    assert (doubtful(verdict), verdict.conflicts) == (set(), ())


def test_a_fall_within_the_tolerance_is_rounding() -> None:
    assert judged(10, 9.9).state is REASONABLE
    assert judged(10, 9.899).state is NOT_JUDGED


@pytest.mark.parametrize(
    ("thousands_km", "place", "kind", "meant_km"),
    [
        ((10.1, 20.2, 303.05, 40.4, 50.5), 2, TypoKind.TENTHS_AS_KM, "30305"),
        ((31.1, 35.2, 93.405, 43.3, 47.1), 2, TypoKind.SWAPPED, "39405"),
        ((31.1, 39.2, 399.405, 39.6, 47.1), 2, TypoKind.EXTRA_DIGIT, "39405"),
        ((31.1, 35.2, 24.54, 43.3, 47.1), 2, TypoKind.MILES, "39493"),
        ((31.1, 35.2, 3.945, 43.3, 47.1), 2, TypoKind.TENTH_OF_IT, "39450"),
        ((131.1, 135.2, 139.405, 183.3, 147.1, 151.9), 3, TypoKind.WRONG_DIGIT, "143300"),
        ((131.1, 135.2, 13.947, 143.3, 147.1), 2, TypoKind.TENTH_OF_IT, "139470"),
        ((50.1, 60.2, 0.3567, 80.3, 90.4), 2, TypoKind.ANOTHER_PLACE, None),
    ],
)
def test_a_single_reading_that_a_slip_explains_is_named_and_the_rest_is_reasonable(
    thousands_km: tuple[float, ...], place: int, kind: TypoKind, meant_km: str | None
) -> None:
    verdict = judged(*thousands_km)

    assert (verdict.state, verdict.reasons) == (REASONABLE, (OdometerReason.TYPO,))
    assert doubtful(verdict) == {place}
    assert typos(verdict) == [Typo(kind, UUID(int=place), Decimal(meant_km) if meant_km else None)]
    assert verdict.sentence.endswith(f"其余 {len(thousands_km) - 1} 次读数依次增加。")


def test_a_slip_is_said_with_what_was_probably_meant() -> None:
    verdict = judged(31.1, 35.2, 93.405, 43.3, 47.1)

    assert verdict.sentence == (
        "2020年12月26日的读数 93,405 千米与前后不符。疑似相邻两位打颠倒，可能是 39,405 千米。其余 4 次读数依次增加。"
    )
    assert verdict.sentence_en == (
        "The reading of 93,405 km on 2020-12-26 does not fit. Likely two neighbouring digits swapped: "
        "perhaps 39,405 km. The other 4 readings increase one after another."
    )


def test_correcting_the_slip_leaves_nothing_of_it() -> None:
    assert judged(31.1, 35.2, 39.405, 43.3, 47.1).reasons == (OdometerReason.FITS,)


def test_a_low_reading_without_a_slip_cannot_be_a_fall_that_lasted() -> None:
    verdict = judged(50.1, 60.2, 31.7, 60.25, 90.4)

    assert (verdict.state, verdict.reasons, doubtful(verdict)) == (REASONABLE, (OdometerReason.STRAY,), {2})
    assert typos(verdict) == []
    assert "其中一个可能抄错" in verdict.sentence


@pytest.mark.parametrize(
    ("thousands_km", "places"),
    [
        ((10, 20, 30, 3), {3}),  # the last: the next one will tell
        ((50, 90, 30), {2}),
        ((90, 30, 35, 40), {0}),  # the first: nothing before it bears it out
        ((10, 20, 38, 20.3, 30, 40), {2}),  # driven to, then less: one reading cannot tell a rollback from a slip
    ],
)
def test_a_fall_that_only_one_reading_shows_is_not_judged(thousands_km: tuple[float, ...], places: set[int]) -> None:
    verdict = judged(*thousands_km)

    assert (verdict.state, verdict.reasons) == (NOT_JUDGED, (OdometerReason.FALL_NOT_BORNE_OUT,))
    assert doubtful(verdict) == places
    assert "但只有一次读数如此" in verdict.sentence
    assert "only one reading shows it" in verdict.sentence_en


@pytest.mark.parametrize(
    ("thousands_km", "places"),
    [
        ((90, 30), {0, 1}),
        ((47.1, 58.77, 48.22, 60.2), {1, 2}),  # either of two
    ],
)
def test_readings_that_contradict_each_other_are_not_judged(thousands_km: tuple[float, ...], places: set[int]) -> None:
    verdict = judged(*thousands_km)

    assert (verdict.state, verdict.reasons) == (NOT_JUDGED, (OdometerReason.CONTRADICTION,))
    assert doubtful(verdict) == places
    assert verdict.sentence.endswith("分不出其中哪一个抄错。")


@pytest.mark.parametrize(
    ("thousands_km", "fall"),
    [
        ((50, 90, 30, 35), (1, 2)),
        ((10, 50, 90, 30, 35, 40), (2, 3)),
        ((50, 90, 30, 300, 35, 40, 45), (1, 2)),  # a slip after the rollback does not hide it
        ((50, 90, 5, 30, 35), (1, 2)),
        ((80, 90, 30, 35, 10, 12), (1, 2)),  # twice
    ],
)
def test_a_fall_borne_out_on_both_sides_is_illogical_and_both_records_are_named(
    thousands_km: tuple[float, ...], fall: tuple[int, int]
) -> None:
    verdict = judged(*thousands_km)

    assert (verdict.state, verdict.reasons[0]) == (ILLOGICAL, OdometerReason.FALL)
    conflict = verdict.conflicts[0]
    assert conflict.kind is ConflictKind.FALL
    assert (conflict.earlier.record_id.int, conflict.later.record_id.int) == fall
    assert set(fall) <= doubtful(verdict)
    assert f"{conflict.later.mileage_km:,.0f} 千米，小于" in verdict.sentence
    assert f"{conflict.earlier.mileage_km:,.0f} 千米" in verdict.sentence
    assert f"{conflict.later.on}" in verdict.sentence_en


def test_the_sentence_names_days_and_readings_and_blames_nobody() -> None:
    verdict = judged(50, 90, 30, 35.5)

    assert verdict.sentence == (
        "2020年12月26日的读数 30,000 千米，小于2020年6月29日的 90,000 千米，而且另有读数分别与这两个读数相符。"
        "里程表换过的，请维修企业注明。"
    )


def test_a_rollback_and_a_slip_are_both_told() -> None:
    verdict = judged(50, 90, 30, 300.5, 35, 40, 45)

    assert verdict.reasons == (OdometerReason.FALL, OdometerReason.TYPO)
    assert [conflict.likely_typo is None for conflict in verdict.conflicts] == [True, False]
    assert doubtful(verdict) == {1, 2, 3}


def test_a_reading_copied_on_the_same_day_bears_nothing_out() -> None:
    """Two records of one visit repeat one glance at the odometer."""
    copied = [*readings(10.1, 20.2, 303.05, 40.4, 50.5)]
    copied.append(OdometerReading(UUID(int=9), copied[2].on, copied[2].mileage_km))
    verdict = judge_odometer(copied, LIMITS)

    assert (verdict.state, doubtful(verdict)) == (REASONABLE, {2, 9})


def test_two_readings_cut_in_the_same_way_that_come_back_to_the_line_are_slips() -> None:
    verdict = judged(31.1, 35.2, 3.945, 4.33, 47.1, 51.3)

    assert (verdict.state, verdict.reasons, doubtful(verdict)) == (REASONABLE, (OdometerReason.TYPO,), {2, 3})


def test_farther_than_one_can_drive_is_illogical_where_both_sides_are_borne_out() -> None:
    verdict = judged(10, 12, 480, 500, days_apart=30)

    assert (verdict.state, verdict.reasons) == (ILLOGICAL, (OdometerReason.TOO_FAST,))
    assert verdict.conflicts[0].kind is ConflictKind.TOO_FAST
    assert "跑不了这么远，而且另有读数" in verdict.sentence


def test_a_newest_reading_too_far_away_without_a_slip_is_not_judged() -> None:
    assert judged(10.3, 12.4, 14.5, 477.7, days_apart=30).reasons == (OdometerReason.CONTRADICTION,)


@pytest.mark.parametrize("replaced_at", [2, 3])
def test_a_replaced_odometer_explains_a_fall(replaced_at: int) -> None:
    verdict = judged(50, 70, 90, 1, 9, replaced_at=replaced_at)

    assert (verdict.state, verdict.reasons) == (REASONABLE, (OdometerReason.REPLACED,))
    assert (verdict.conflicts, doubtful(verdict)) == ((), set())
    assert "写明更换了里程表" in verdict.sentence


def test_a_replaced_odometer_explains_a_fall_that_one_reading_shows() -> None:
    assert judged(90, 1, replaced_at=0).reasons == (OdometerReason.REPLACED,)


def test_an_odometer_replaced_at_another_time_explains_nothing() -> None:
    verdict = judged(50, 70, 90, 30, 35, 40, replaced_at=0)

    assert (verdict.state, verdict.reasons) == (ILLOGICAL, (OdometerReason.FALL,))


def test_readings_of_one_day_have_no_order_among_them() -> None:
    assert judged(11, 10.5, 10.9, days_apart=0).state is REASONABLE


def test_only_the_newest_readings_are_looked_at() -> None:
    verdict = judged(900, *(index / 10 for index in range(LIMITS.most_readings)), days_apart=1)

    assert verdict.state is REASONABLE
    assert len(verdict.readings) == LIMITS.most_readings
