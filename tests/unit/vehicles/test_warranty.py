"""质量保证期: days or kilometres, whichever comes first, from the settlement; and why a job is not counted."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.vehicles.jobs import file_of, job

from chedang.records.model import Finding, Level, RecordState, StoredVersion
from chedang.vehicles.model import FileEntry
from chedang.vehicles.warranty import (
    Limit,
    Period,
    Uncounted,
    VehicleGroup,
    Warranty,
    WarrantyState,
    count_warranties,
    periods,
)
from chedang.vehicles.work import LegalClass

DAY = date(2026, 3, 1)
CHANGE = "更换空调压缩机"


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def counted(*jobs: StoredVersion, today: date, group: VehicleGroup = VehicleGroup.CAR) -> Warranty:
    """Of the first of the jobs."""
    found = {each.record_id: each for each in count_warranties(file_of(*jobs), today=today, group=group)}
    return found[jobs[0].record_id]


def test_the_legal_table_names_every_group_and_class() -> None:
    assert {group: set(rows) for group, rows in periods().items()} == {group: set(LegalClass) for group in VehicleGroup}
    assert periods()[VehicleGroup.CAR][LegalClass.LEVEL_TWO] == Period(km=5000, days=30)


@pytest.mark.parametrize(
    ("project", "group", "days", "km"),
    [
        ("发动机大修", VehicleGroup.CAR, 100, 20_000),
        ("二级维护", VehicleGroup.CAR, 30, 5_000),
        (CHANGE, VehicleGroup.CAR, 10, 2_000),
        ("发动机大修", VehicleGroup.OTHER, 60, 6_000),
        (CHANGE, VehicleGroup.OTHER, 7, 700),
        ("发动机大修", VehicleGroup.MOTORCYCLE, 80, 7_000),
        (CHANGE, VehicleGroup.MOTORCYCLE, 10, 800),
    ],
)
def test_the_period_follows_from_the_work_and_the_vehicle(
    project: str, group: VehicleGroup, days: int, km: int
) -> None:
    warranty = counted(job(DAY, 50_000, project), today=DAY, group=group)

    assert (warranty.days_left, warranty.last_on) == (days, on(days))
    assert (warranty.km_left, warranty.end_km) == (km, 50_000 + km)
    assert not warranty.is_km_estimated
    assert not warranty.is_at_least


def test_it_runs_through_its_last_day_and_ends_on_the_next() -> None:
    last = counted(job(DAY, 50_000, CHANGE), today=on(10))
    over = counted(job(DAY, 50_000, CHANGE), today=on(11))

    assert (last.state, last.days_left) == (WarrantyState.RUNNING, 0)
    assert (over.state, over.ended_by, over.ended_on) == (WarrantyState.ENDED, Limit.DAYS, on(11))
    assert over.days_left is None


def test_a_later_reading_ends_it_before_its_days_are_over() -> None:
    jobs = job(DAY, 50_000, "二级维护"), job(on(12), 55_000, "更换刮水片")
    before, after = counted(*jobs, today=on(11)), counted(*jobs, today=on(40))

    assert before.state is WarrantyState.RUNNING
    assert (after.state, after.ended_by, after.ended_on) == (WarrantyState.ENDED, Limit.KM, on(12))


def test_days_end_it_when_the_reading_comes_later() -> None:
    jobs = job(DAY, 50_000, CHANGE), job(on(15), 53_000, "更换刮水片")

    assert counted(*jobs, today=on(20)).ended_by is Limit.DAYS


def test_the_present_mileage_is_estimated_by_how_the_car_is_driven_and_ends_nothing() -> None:
    earlier = job(DAY - timedelta(days=100), 30_000, "更换机油")
    fast = counted(job(DAY, 50_000, CHANGE), earlier, today=on(5))  # 200 km a day
    faster = counted(job(DAY, 60_000, CHANGE), earlier, today=on(9))  # 300 km a day

    assert (fast.km_left, fast.is_km_estimated, fast.ends_first) == (Decimal(1_000), True, Limit.DAYS)
    assert (faster.state, faster.km_left, faster.ends_first) == (WarrantyState.RUNNING, Decimal(0), Limit.KM)


@pytest.mark.parametrize("km", [None, 3])
def test_without_a_mileage_that_can_be_believed_only_the_days_count(km: float | None) -> None:
    others = [job(DAY - timedelta(days=100 * n), 60_000 - 2_000 * n, "更换机油") for n in (1, 2, 3)]
    warranty = counted(job(DAY, km, CHANGE), *others, today=on(4))

    assert (warranty.end_km, warranty.km_left, warranty.days_left) == (None, None, 6)
    assert warranty.ends_first is Limit.DAYS


def test_a_mileage_that_the_rules_doubt_is_not_counted_from() -> None:
    warranty = counted(job(DAY, 50_000, CHANGE, **doubt("/basicInfo/repairmileage")), today=DAY)

    assert (warranty.state, warranty.end_km) == (WarrantyState.RUNNING, None)


@pytest.mark.parametrize("projects", [(), ("工时费",), ("洗车",)])
def test_unknown_work_gets_the_shortest_period_as_the_least(projects: tuple[str, ...]) -> None:
    warranty = counted(job(DAY, 50_000, *projects), today=DAY)

    assert (warranty.days_left, warranty.is_at_least) == (10, True)


def test_parts_alone_do_not_prove_a_large_job() -> None:
    warranty = counted(job(DAY, 50_000, parts=("发动机总成",)), today=DAY)

    assert (warranty.days_left, warranty.is_at_least) == (10, True)


def doubt(field: str, level: Level = Level.WARN) -> dict[str, object]:
    return {"findings": (Finding("X", level, field),)}


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (job(None, 50_000, CHANGE), Uncounted.NO_DAY),
        (job(DAY, 50_000, CHANGE, **doubt("/basicInfo/settledate")), Uncounted.DAY_DOUBTFUL),
        (job(DAY, 50_000, "检查制动系统"), Uncounted.NO_WORK),
        (job(on(1), 50_000, CHANGE), Uncounted.IN_FUTURE),
    ],
)
def test_a_job_that_cannot_be_counted_says_why(record: StoredVersion, why: Uncounted) -> None:
    warranty = counted(record, today=DAY)

    assert (warranty.state, warranty.why_not) == (WarrantyState.NOT_COUNTED, why)
    assert warranty.days_left is None


def test_a_void_record_is_not_counted() -> None:
    file = file_of(job(DAY, 50_000, CHANGE))
    void = job(DAY, 50_000, CHANGE, state=RecordState.VOID)
    with_void = type(file)(
        **{name: getattr(file, name) for name in file.__struct_fields__} | {"entries": (FileEntry(void, (), DAY),)}
    )

    assert count_warranties(with_void, today=DAY)[0].why_not is Uncounted.VOID


@pytest.mark.parametrize("note", [doubt("/basicInfo/companyname"), doubt("/basicInfo/settledate", Level.INFO)])
def test_a_doubt_about_something_else_takes_no_warranty_away(note: dict[str, object]) -> None:
    assert counted(job(DAY, 50_000, CHANGE, **note), today=DAY).state is WarrantyState.RUNNING


def test_the_same_item_again_within_the_period_is_named() -> None:
    again = job(on(6), 50_400, "空调检漏", CHANGE, company_code="330102000000002")
    warranty = counted(job(DAY, 50_000, CHANGE), again, today=on(8))

    (repeat,) = warranty.repeats
    assert (repeat.record_id, repeat.on, repeat.item, repeat.is_same_shop) == (again.record_id, on(6), CHANGE, False)


@pytest.mark.parametrize(
    ("first", "again", "days", "km"),
    [
        (CHANGE, CHANGE, 11, 50_400),  # too late
        (CHANGE, CHANGE, 6, 52_000),  # too far
        (CHANGE, CHANGE, 0, 50_000),  # the same visit
        (CHANGE, "检查空调压缩机", 6, 50_400),
        ("更换左前减振器", "更换右前减振器", 6, 50_400),
        ("更换机油机滤", "更换机油机滤", 6, 50_400),  # due again by itself
        ("四轮定位", "四轮定位", 6, 50_400),
    ],
)
def test_what_is_no_repeated_failure_is_not_named(first: str, again: str, days: int, km: float) -> None:
    assert counted(job(DAY, 50_000, first), job(on(days), km, again), today=on(20)).repeats == ()


readings = st.lists(st.tuples(st.integers(-400, 200), st.integers(0, 200_000)), max_size=6)
works = st.sampled_from(["发动机大修", "二级维护", CHANGE, "洗车", "工时费"])


@given(works, st.none() | st.integers(0, 200_000), readings, st.lists(st.integers(0, 400), min_size=2, max_size=5))
def test_it_is_never_negative_ends_by_what_comes_first_and_never_begins_again(
    work: str, km: int | None, others: list[tuple[int, int]], days: list[int]
) -> None:
    jobs = [job(DAY, km, work), *(job(on(day), mileage, "更换刮水片") for day, mileage in others)]
    before: Warranty | None = None
    for today in map(on, sorted(days)):
        warranty = counted(*jobs, today=today)
        assert warranty.period is not None
        if warranty.state is WarrantyState.RUNNING:
            assert 0 <= (warranty.days_left or 0) <= warranty.period.days
            assert warranty.km_left is None or 0 <= warranty.km_left <= warranty.period.km
            assert today <= on(warranty.period.days)
        else:
            assert warranty.ended_on is not None
            assert DAY <= warranty.ended_on <= min(today, on(warranty.period.days + 1))
        if before is not None and before.state is WarrantyState.ENDED:
            assert (warranty.state, warranty.ended_by, warranty.ended_on) == (
                WarrantyState.ENDED, before.ended_by, before.ended_on,
            )  # fmt: skip
        if before is not None and before.days_left is not None and warranty.days_left is not None:
            assert warranty.days_left <= before.days_left
            if before.km_left is not None and warranty.km_left is not None:
                assert warranty.km_left <= before.km_left
        before = warranty
