"""What holds of the verdict on any readings: order, honest readings, corrections, falls that are borne out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from chedang.records.limits import load_limits
from chedang.vehicles.model import OdometerReading, OdometerReason, OdometerState
from chedang.vehicles.odometer import judge_odometer

LIMITS = load_limits().odometer
FIRST = date(2020, 1, 1)
# A true curve: days to the next visit, kilometres a day.
VISITS = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 500)), min_size=2, max_size=20)


def reading(place: int, day: int, km: Decimal | int) -> OdometerReading:
    return OdometerReading(UUID(int=place), FIRST + timedelta(days=day), Decimal(km))


def honest(visits: list[tuple[int, int]], start_km: int = 0) -> list[OdometerReading]:
    days = list(accumulate(days for days, _ in visits))
    driven = accumulate((days * pace for days, pace in visits), initial=start_km)
    return [reading(place, day, km) for place, (day, km) in enumerate(zip(days, list(driven)[1:], strict=True))]


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 500_000), st.booleans()), max_size=40),
    st.integers(0, 2**32),
)
def test_the_verdict_does_not_depend_on_the_order_of_receipt(pairs: list[tuple[int, int, bool]], seed: int) -> None:
    given_readings = [
        OdometerReading(UUID(int=place), FIRST + timedelta(days=day), Decimal(km), is_replaced)
        for place, (day, km, is_replaced) in enumerate(pairs)
    ]
    shuffled = list(given_readings)
    Random(seed).shuffle(shuffled)
    verdict = judge_odometer(given_readings, LIMITS)

    assert judge_odometer(shuffled, LIMITS) == verdict
    assert verdict.reasons
    assert verdict.doubtful <= {reading.record_id for reading in verdict.readings}
    if verdict.state is OdometerState.ILLOGICAL:
        assert verdict.conflicts
        assert {verdict.conflicts[0].earlier.record_id, verdict.conflicts[0].later.record_id} <= verdict.doubtful
    if verdict.reasons == (OdometerReason.FITS,):
        assert (verdict.conflicts, verdict.doubtful) == ((), frozenset())


@given(VISITS, st.data())
def test_an_honest_reading_never_makes_an_honest_history_anything_but_reasonable(
    visits: list[tuple[int, int]], data: st.DataObject
) -> None:
    history = honest(visits)
    assert judge_odometer(history, LIMITS).state is OdometerState.REASONABLE
    place = data.draw(st.integers(0, len(history) - 2))
    early, late = history[place : place + 2]
    day = data.draw(st.integers(early.on.toordinal(), late.on.toordinal())) - FIRST.toordinal()
    share = Decimal(day + FIRST.toordinal() - early.on.toordinal()) / (late.on - early.on).days
    true_km = early.mileage_km + (late.mileage_km - early.mileage_km) * share
    shown_km = data.draw(st.sampled_from([true_km, Decimal(int(true_km)), Decimal(round(true_km / 100) * 100)]))
    further = reading(99, day, shown_km)

    assert judge_odometer([*history, further], LIMITS).state is OdometerState.REASONABLE


@given(VISITS, st.data())
def test_one_mistyped_reading_is_never_called_illogical_and_its_correction_leaves_nothing(
    visits: list[tuple[int, int]], data: st.DataObject
) -> None:
    history = honest(visits, start_km=data.draw(st.integers(0, 200_000)))
    place = data.draw(st.integers(0, len(history) - 1))
    mistyped = list(history)
    mistyped[place] = reading(
        place, (history[place].on - FIRST).days, data.draw(st.integers(0, 3_000_000).map(Decimal))
    )

    assert judge_odometer(mistyped, LIMITS).state is not OdometerState.ILLOGICAL
    mistyped[place] = history[place]
    assert judge_odometer(mistyped, LIMITS) == judge_odometer(history, LIMITS)


@given(VISITS, st.integers(101, 200_000))
def test_a_fall_with_two_readings_on_each_side_that_all_show_it_is_always_found(
    before: list[tuple[int, int]], fall_km: int
) -> None:
    """All readings after the fall stand below all of the two before it: no single wrong one explains that."""
    earlier = honest(before, start_km=300_000)
    last = earlier[-1]
    # Two readings on each side that fit each other and stand apart by the fall.
    first_after = [
        reading(100 + place, (last.on - FIRST).days + 30 * (place + 1), km)
        for place, km in enumerate((earlier[-2].mileage_km - fall_km - 20, earlier[-2].mileage_km - fall_km))
    ]
    verdict = judge_odometer([*earlier, *first_after], LIMITS)

    assert verdict.state is OdometerState.ILLOGICAL
    assert OdometerReason.FALL in verdict.reasons


@settings(max_examples=3)
@given(st.integers(0, 2**32))
def test_only_so_many_readings_are_judged_however_many_there_are(seed: int) -> None:
    random = Random(seed)
    many = [reading(place, random.randrange(3000), random.randrange(500_000)) for place in range(500)]

    assert len(judge_odometer(many, LIMITS).readings) == LIMITS.most_readings
