"""下次保养: by the car's own rhythm where it has one, by the typical one where not, and never from nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.vehicles.jobs import file_of, job

from chedang.records.model import StoredVersion
from chedang.vehicles.gloss import vocabulary
from chedang.vehicles.pace import find_pace
from chedang.vehicles.rhythm import Basis, NextService, next_services, services
from chedang.vehicles.warranty import Limit

DAY = date(2024, 1, 1)
OIL = "更换机油机滤"


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def predicted(*jobs: StoredVersion, today: date) -> dict[str, NextService]:
    return {each.service.key: each for each in next_services(file_of(*jobs), today)}


def yearly(count: int, *, km: int = 9_000, days: int = 300, project: str = OIL) -> list[StoredVersion]:
    return [job(on(days * n), 10_000 + km * n, project) for n in range(count)]


def test_every_watched_service_has_items_and_a_typical_interval() -> None:
    for service in services():
        assert set(service.items) <= set(vocabulary())
        assert vocabulary()[service.typical].months is not None


def test_the_own_rhythm_says_day_and_mileage() -> None:
    coming = predicted(*yearly(4), today=on(950))["oil"]

    assert (coming.basis, coming.seen_count) == (Basis.OWN, 4)
    assert (coming.interval_days, coming.interval_km) == (300, 9_000)
    assert (coming.due_on, coming.due_km) == (on(1_200), 46_000)
    assert coming.earliest_on < coming.due_on < coming.latest_on
    assert coming.latest_on == on(900 + 345)
    assert not coming.is_overdue(on(1_200))
    assert coming.is_overdue(on(1_201))


def test_kilometres_come_first_for_who_drives_much_lately() -> None:
    jobs = [*yearly(3), job(on(660), 34_000, "更换刮水片"), job(on(720), 40_000, "更换刮水片")]
    coming = predicted(*jobs, today=on(730))["oil"]

    assert coming.first is Limit.KM
    assert coming.due_on < on(900)


def test_one_service_alone_takes_the_typical_interval() -> None:
    coming = predicted(job(DAY, 10_000, OIL), today=on(10))["oil"]

    assert coming.basis is Basis.TYPICAL
    assert (coming.due_km, coming.interval_days) == (17_500, 273)
    assert (coming.earliest_on, coming.latest_on) == (on(182), on(364))
    assert coming.first is Limit.DAYS


def test_intervals_that_are_no_rhythm_give_way_to_the_typical_one() -> None:
    assert predicted(*yearly(3, days=20, km=100), today=on(60))["oil"].basis is Basis.TYPICAL
    assert predicted(*yearly(2, days=1_200), today=on(1_300))["oil"].basis is Basis.TYPICAL


def test_one_service_sent_in_two_lists_is_one() -> None:
    jobs = [*yearly(2), job(on(302), 19_010, "更换机油")]

    assert predicted(*jobs, today=on(310))["oil"].seen_count == 2


def test_nothing_is_predicted_from_nothing() -> None:
    assert next_services(file_of(), DAY) == ()
    assert predicted(job(DAY, 10_000, "更换前制动片"), job(on(90), 12_000, "检查机油"), today=on(100)) == {}


@pytest.mark.parametrize("project", ["建议更换机油", "清洗空气滤清器", "更换机油泵", "空调保养"])
def test_what_is_no_service_is_not_taken_for_one(project: str) -> None:
    assert not predicted(job(DAY, 10_000, project), today=on(10)).keys() & {"oil", "air_filter"}


def test_a_service_not_seen_for_years_is_not_predicted() -> None:
    assert predicted(*yearly(2), today=on(300 + 5 * 365)) == {}


def test_parts_tell_of_a_service_too() -> None:
    seen = predicted(job(DAY, 10_000, "两万公里保养", parts=("空调滤芯", "制动液 DOT4")), today=on(10))

    assert seen.keys() == {"oil", "cabin_filter", "brake_fluid"}


@pytest.mark.parametrize(
    ("plate", "projects"),
    [("浙AD12345", ("常规保养",)), ("浙A12345D", ("常规保养",)), ("浙A12345", ("更换减速器油", "常规保养"))],
)
def test_an_electric_car_has_no_oil_to_change(plate: str, projects: tuple[str, ...]) -> None:
    seen = predicted(
        job(DAY, 10_000, *projects, OIL if "D" in plate else "高压系统安全检查", plate_number=plate), today=on(10)
    )

    assert "electric_service" in seen
    assert "oil" not in seen


def test_a_plug_in_hybrid_has() -> None:
    assert "oil" in predicted(job(DAY, 10_000, "常规保养", "动力电池检测", plate_number="浙AF12345"), today=on(10))


def test_the_main_service_comes_first() -> None:
    jobs = [*yearly(3), job(on(640), 28_200, "更换空调滤清器"), job(on(300), 19_000, "更换制动液")]

    assert next_services(file_of(*jobs), on(650))[0].service.key == "oil"


def test_a_doubtful_reading_does_not_change_the_pace() -> None:
    jobs = yearly(5)
    typo = job(on(450), 235_000, "更换刮水片")
    sound, spoilt = find_pace(file_of(*jobs).odometer), find_pace(file_of(*jobs, typo).odometer)

    assert sound.km_per_day == spoilt.km_per_day == Decimal(30)
    assert predicted(*jobs, typo, today=on(1_210))["oil"] == predicted(*jobs, today=on(1_210))["oil"]


def test_after_a_fall_only_the_newer_readings_give_the_pace() -> None:
    jobs = [job(on(100 * n), km, OIL) for n, km in enumerate((50_000, 60_000, 70_000, 5_000, 6_000, 7_000))]
    pace = find_pace(file_of(*jobs).odometer)

    assert pace.latest is not None
    assert pace.km_per_day is None or pace.km_per_day <= 100


def test_the_pace_is_unknown_for_too_few_or_too_close_readings() -> None:
    assert find_pace(file_of().odometer).mileage_on(DAY) is None
    close = find_pace(file_of(job(DAY, 10_000, OIL), job(on(20), 10_900, OIL)).odometer)
    assert close.km_per_day is None
    assert close.mileage_on(on(20)) == Decimal(10_900)
    assert close.mileage_on(on(30)) is None
    assert close.day_of(Decimal(20_000)) is None


def test_the_mileage_is_estimated_on_and_back_but_not_for_ever() -> None:
    pace = find_pace(file_of(*yearly(3)).odometer)

    assert pace.mileage_on(on(610)) == Decimal(28_300)
    assert pace.mileage_on(on(590)) == Decimal(27_700)
    assert pace.mileage_on(on(600 + 3 * 365)) is None
    assert pace.day_of(Decimal(28_300)) == on(610)


projects = st.sampled_from([OIL, "常规保养", "更换火花塞", "洗车"])
histories = st.lists(st.tuples(st.integers(0, 1_500), st.none() | st.integers(0, 300_000), projects), max_size=8)


@given(histories, st.randoms(use_true_random=False), st.integers(0, 2_000))
def test_the_order_of_the_records_does_not_matter(
    history: list[tuple[int, int | None, str]], random: object, days: int
) -> None:
    jobs = [job(on(day), km, project) for day, km, project in history]
    shuffled = list(jobs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a Random

    coming = next_services(file_of(*jobs), on(days))

    assert coming == next_services(file_of(*shuffled), on(days))
    for each in coming:
        assert each.last_on <= each.earliest_on <= each.due_on <= each.latest_on


@given(
    st.integers(10, 120), st.lists(st.integers(-200, 200), min_size=6, max_size=6), st.integers(0, 5), st.integers(1, 9)
)
def test_a_typing_error_does_not_change_the_pace_wildly(pace: int, noise: list[int], place: int, digit: int) -> None:
    true = [20_000 + pace * 120 * n + extra for n, extra in enumerate(noise)]
    typed = list(true)
    typed[place] = int(f"{digit}{typed[place]}")
    found = find_pace(file_of(*(job(on(120 * n), km, OIL) for n, km in enumerate(typed))).odometer)

    assert found.km_per_day is not None
    assert abs(found.km_per_day - pace) < 10
