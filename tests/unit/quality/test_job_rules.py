"""返修 and 工时 by hand: what comes back within the warranty, and medians that give no single shop away."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.quality.model import HoursParameters
from chedang.quality.parameters import load_parameters
from chedang.quality.rules import compare_hours, find_reworks, hours_of, item_of, median, read_tenths
from chedang.records.model import Finding, Level, ProjectText, RecordState, RecordText, StoredVersion

TODAY = date(2026, 11, 20)
HOURS = load_parameters().hours
MAY = date(2026, 5, 4)


def job(
    on: date, *items: str, km: str | None = "50000", findings: tuple[Finding, ...] = (), hours: str = "1"
) -> StoredVersion:
    """A settled job of one car in one shop."""
    return StoredVersion(
        vin="LSVAA4187C2184847",
        record_id=uuid4(),
        version=1,
        state=RecordState.ACTIVE,
        company_code="330106000000001",
        settlement_list_number=f"JS-{on:%m%d}",
        plate_number="浙A12345",
        repair_on=on,
        settled_on=on,
        mileage_km=Decimal(km) if km else None,
        text=RecordText(projects=tuple(ProjectText(item, hours) for item in items)),
        findings=findings,
        origin="local",
        dialect="lcippro",
        actor="",
        reason="",
        received_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


def pairs(*jobs: StoredVersion) -> tuple[int, list[tuple[UUID, UUID]]]:
    judged, found = find_reworks(jobs, today=TODAY)
    return judged, [(each.record_id, each.again_id) for each in found]


def test_the_same_item_again_on_the_last_day_of_ten_is_a_rework() -> None:
    first, again = job(MAY, "更换前制动片"), job(MAY + timedelta(days=10), "更换前制动片", km="50900")
    assert pairs(first, again) == (2, [(first.record_id, again.record_id)])


@pytest.mark.parametrize(
    ("days", "item", "km", "why"),
    [
        (11, "更换前制动片", "50900", "a day too late"),
        (0, "更换前制动片", "50001", "the same day: one visit in two records"),
        (5, "更换前制动片", "52000", "2,000 km further"),
        (5, "更换后制动片", "50100", "the other axle"),
        (5, "更换雨刮片", "50100", "another thing"),
        (5, "检查前制动片", "50100", "looked at and not mended"),
    ],
)
def test_what_is_no_rework(days: int, item: str, km: str, why: str) -> None:
    assert pairs(job(MAY, "更换前制动片"), job(MAY + timedelta(days=days), item, km=km))[1] == [], why


def test_an_oil_change_again_is_no_failure_that_came_back() -> None:
    assert pairs(job(MAY, "更换机油"), job(MAY + timedelta(days=5), "更换机油", km="50100")) == (2, [])


def test_a_mileage_in_doubt_ends_no_warranty() -> None:
    doubt = Finding("MILEAGE_FALLS", Level.WARN, "/basicInfo/repairmileage")
    first = job(MAY, "更换水泵")
    for again in (
        job(MAY + timedelta(days=5), "更换水泵", km="90000", findings=(doubt,)),
        job(MAY + timedelta(days=5), "更换水泵", km=None),
    ):
        assert len(pairs(first, again)[1]) == 1


def test_a_job_that_is_followed_twice_counts_once_and_each_of_a_chain_once() -> None:
    first, second, third = (job(MAY + timedelta(days=days), "更换水泵", km=str(50_000 + days)) for days in (0, 4, 8))
    assert pairs(first, second, third) == (
        3,
        [(first.record_id, second.record_id), (second.record_id, third.record_id)],
    )


def test_a_job_whose_day_is_in_doubt_is_not_judged() -> None:
    doubt = Finding("DATES", Level.ERROR, "/basicInfo/settledate")
    assert pairs(job(MAY, "更换水泵", findings=(doubt,)), job(MAY + timedelta(days=5), "更换水泵")) == (1, [])


@pytest.mark.parametrize(
    ("text", "tenths"),
    [
        ("0.5", 5),
        ("0.55", 6),
        ("0.54", 5),
        ("0.01", 1),
        ("24", 240),
        ("24.1", 0),
        ("0", 0),
        ("-1", 0),
        ("", 0),
        ("两", 0),
        ("NaN", 0),
        ("Infinity", 0),
    ],
)
def test_hours_are_read_in_tenths(text: str, tenths: int) -> None:
    assert read_tenths(text, 24) == tenths


def test_only_rows_of_one_thing_mended_count_their_hours() -> None:
    assert item_of("更换机油") == item_of("机油 更换") != ""
    assert item_of("更换机油、机滤") == item_of("检查制动片") == item_of("洗车打蜡送香水") == ""
    dear = Finding("HOURS_LOOK_LIKE_MONEY", Level.WARN, "/repairprojectlist/0/workinghours")
    plain = job(MAY, "更换机油", "更换水泵", hours="0.4")
    assert len(hours_of(plain, 24)) == 2
    assert hours_of(msgspec.structs.replace(plain, findings=(dear,)), 24) == [(item_of("更换水泵"), 4)]


def test_medians_by_hand() -> None:
    assert median({}) is None
    assert median({5: 3}) == Decimal("0.5")
    assert median({4: 1, 5: 1}) == Decimal("0.45")
    assert median({4: 2, 9: 3}) == Decimal("0.9")


@given(st.lists(st.integers(1, 240), min_size=1))
def test_a_median_lies_in_the_middle(steps: list[int]) -> None:
    found = median(Counter(steps))
    assert found is not None
    below, above = (sum(step < found * 10 for step in steps), sum(step > found * 10 for step in steps))
    assert max(below, above) * 2 <= len(steps)


def compare(
    own: dict[int, int], city: dict[int, int], shops: int, largest: int, numbers: HoursParameters = HOURS
) -> object:
    found = compare_hours("oil", own, city, city_shops=shops, largest_other=largest, parameters=numbers)
    return found and (found.own_median, found.other_median, found.other_shops, found.other_jobs)


def test_a_shop_is_compared_with_the_others_and_not_with_itself() -> None:
    # own: three jobs of 1.0; the others: twelve of 0.4, eight of 0.6
    own, city = {10: 3}, {4: 12, 6: 8, 10: 3}
    assert compare(own, city, shops=6, largest=10) == (Decimal(1), Decimal("0.4"), 5, 20)
    # too few shops, too few jobs, one shop that is more than half: nothing is shown of them
    assert compare(own, city, shops=5, largest=10) == (Decimal(1), None, 4, 20)
    assert compare(own, {4: 11, 6: 8, 10: 3}, shops=6, largest=9) == (Decimal(1), None, 5, 19)
    assert compare(own, city, shops=6, largest=11) == (Decimal(1), None, 5, 20)
    # no job of one's own: nothing at all; older sums of the city never count backwards
    assert compare({}, city, shops=6, largest=10) is None
    assert compare({10: 30}, city, shops=6, largest=10) == (Decimal(1), Decimal("0.4"), 5, 20)
