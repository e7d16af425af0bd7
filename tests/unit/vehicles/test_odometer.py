"""里程判断: a typing error is a doubt, a rollback is called illogical, and both records are named."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.records.limits import load_limits
from chedang.vehicles.model import ConflictKind, OdometerReading, OdometerState, OdometerVerdict
from chedang.vehicles.odometer import judge_odometer

LIMITS = load_limits().odometer
FIRST = date(2020, 1, 1)


def readings(*thousands_km: float, days_apart: int = 180) -> list[OdometerReading]:
    return [
        OdometerReading(UUID(int=place), FIRST + timedelta(days=days_apart * place), Decimal(str(km)) * 1000)
        for place, km in enumerate(thousands_km)
    ]


def judged(*thousands_km: float, days_apart: int = 180) -> OdometerVerdict:
    return judge_odometer(readings(*thousands_km, days_apart=days_apart), LIMITS)


def doubtful(verdict: OdometerVerdict) -> set[int]:
    """Places of the doubtful readings."""
    return {record_id.int for record_id in verdict.doubtful}


@pytest.mark.parametrize("thousands_km", [(), (10,)])
def test_fewer_than_two_readings_are_not_judged(thousands_km: tuple[float, ...]) -> None:
    verdict = judged(*thousands_km)

    assert verdict.state is OdometerState.NOT_JUDGED
    assert verdict.sentence.startswith("有里程又有日期的记录不到两条")


def test_readings_that_increase_are_reasonable() -> None:
    verdict = judged(5, 10, 10, 48.21)

    assert verdict.state is OdometerState.REASONABLE
    assert verdict.sentence == "4 次读数依次增加，最近一次 48,210 千米。"
    assert verdict.sentence_en == "4 readings increase one after another; the latest is 48,210 km."
    assert doubtful(verdict) == set()


def test_a_fall_within_the_tolerance_is_rounding() -> None:
    assert judged(10, 9.96).state is OdometerState.REASONABLE
    assert judged(10, 9.94).state is OdometerState.DOUBTFUL


@pytest.mark.parametrize(
    ("thousands_km", "places"),
    [
        ((10, 20, 90, 30, 40), {2}),  # one too high
        ((50, 60, 7, 80, 90), {2}),  # one too low
        ((90, 10, 20, 30), {0}),  # the first
        ((10, 20, 30, 3), {3}),  # the last: nothing bears it out yet
        ((90, 30), {0, 1}),  # cannot be told apart
        ((10, 50, 20, 60), {1, 2}),  # either of two
        ((10, 20, 95, 30, 99, 40, 50), {2, 4}),  # two typing errors, no rollback
    ],
)
def test_readings_that_do_not_fit_among_others_are_a_doubt(thousands_km: tuple[float, ...], places: set[int]) -> None:
    verdict = judged(*thousands_km)

    assert verdict.state is OdometerState.DOUBTFUL
    assert doubtful(verdict) == places
    assert "其中一个可能抄错" in verdict.sentence
    assert "may be mistyped" in verdict.sentence_en


@pytest.mark.parametrize(
    ("thousands_km", "fall"),
    [
        ((50, 90, 30, 35), (1, 2)),
        ((10, 50, 90, 30, 35, 40), (2, 3)),
        ((50, 90, 30, 300, 35, 40, 45), (1, 2)),  # a typing error after the rollback does not hide it
        ((50, 90, 5, 30, 35), (1, 2)),
        ((80, 90, 30, 35, 10, 12), (1, 2)),  # twice
    ],
)
def test_a_fall_borne_out_on_both_sides_is_illogical_and_both_records_are_named(
    thousands_km: tuple[float, ...], fall: tuple[int, int]
) -> None:
    verdict = judged(*thousands_km)

    assert verdict.state is OdometerState.ILLOGICAL
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


def test_farther_than_one_can_drive_is_a_doubt() -> None:
    verdict = judged(10, 12, 480, 500, days_apart=30)

    assert verdict.state is OdometerState.DOUBTFUL
    assert verdict.conflicts[0].kind is ConflictKind.TOO_FAST
    assert "跑不了这么远" in verdict.sentence


def test_readings_of_one_day_have_no_order_among_them() -> None:
    assert judged(11, 10.5, 10.9, days_apart=0).state is OdometerState.REASONABLE


def test_only_the_newest_readings_are_looked_at() -> None:
    verdict = judged(900, *(index / 10 for index in range(LIMITS.most_readings)), days_apart=1)

    assert verdict.state is OdometerState.REASONABLE
    assert len(verdict.readings) == LIMITS.most_readings


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 500_000)), max_size=40), st.randoms())
def test_the_verdict_does_not_depend_on_the_order_of_receipt(pairs: list[tuple[int, int]], chance: object) -> None:
    given_readings = [
        OdometerReading(UUID(int=place), FIRST + timedelta(days=day), Decimal(km))
        for place, (day, km) in enumerate(pairs)
    ]
    shuffled = list(given_readings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    verdict = judge_odometer(given_readings, LIMITS)

    assert judge_odometer(shuffled, LIMITS) == verdict
    assert (verdict.state in {OdometerState.REASONABLE, OdometerState.NOT_JUDGED}) == (not verdict.conflicts)
    assert bool(verdict.conflicts) == bool(verdict.doubtful)
    assert verdict.doubtful <= {reading.record_id for reading in verdict.readings}


@given(st.lists(st.integers(0, 1500), min_size=2, max_size=40))
def test_a_vehicle_that_only_drives_forward_is_reasonable(km_a_day: list[int]) -> None:
    total_km = 0
    forward = []
    for place, km in enumerate(km_a_day):
        total_km += km
        forward.append(OdometerReading(UUID(int=place), FIRST + timedelta(days=place), Decimal(total_km)))

    assert judge_odometer(forward, LIMITS).state is OdometerState.REASONABLE


@given(st.lists(st.integers(1, 30), min_size=4, max_size=20), st.data())
def test_one_mistyped_reading_between_good_ones_is_never_called_illogical(
    steps: list[int], data: st.DataObject
) -> None:
    thousands_km = [sum(steps[: place + 1]) for place in range(len(steps))]
    place = data.draw(st.integers(0, len(steps) - 1))
    thousands_km[place] = data.draw(st.integers(0, 900))

    assert judged(*thousands_km).state is not OdometerState.ILLOGICAL
