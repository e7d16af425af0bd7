"""Points of a self-assessment: never too many, never fewer for better values, and the way to the next grade."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.supervision.credit_rules import assess, grade_of, nearest_steps, points_of, values_of
from chedang.supervision.credit_sheet import Grade, Indicator, Kind, Sheet, SheetFault, load_sheet, read_sheet

SHEET = load_sheet()
ROWS = {row.key: row for row in SHEET.indicators}
INDICATORS = st.sampled_from(SHEET.indicators)
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=2)
VALUES = st.fixed_dictionaries({row.key: st.none() | NUMBERS for row in SHEET.indicators})
BEST = {row.key: row.full_at for row in SHEET.indicators}

SMALL = """
name = "小表"
version = "1"
total = 100
thresholds = {AAA = 85, AA = 70, A = 60}
[[dimensions]]
key = "service"
name = "服务"
most = 100
[[dimensions.indicators]]
key = "corrections_overdue"
name = "超期反馈"
kind = "counted"
most = 40
unit = "cases"
zero_at = 10
full_at = 0
deed = "再答复 {n} 件反馈"
[[dimensions.indicators]]
key = "hours"
name = "培训"
kind = "stated"
most = 60
unit = "hours"
zero_at = 0
full_at = 24
needs_evidence = true
deed = "再培训 {n} 学时"
"""


def better(indicator: Indicator, one: Decimal, other: Decimal) -> tuple[Decimal, Decimal]:
    """The two values, the worse first."""
    is_rising = indicator.full_at > indicator.zero_at
    worse, good = sorted((one, other), reverse=not is_rising)
    return worse, good


@given(INDICATORS, st.none() | NUMBERS)
def test_no_value_has_more_points_than_there_are(indicator: Indicator, value: Decimal | None) -> None:
    assert 0 <= points_of(indicator, value) <= indicator.most


@given(INDICATORS, NUMBERS, NUMBERS)
def test_a_better_value_never_has_fewer_points(indicator: Indicator, one: Decimal, other: Decimal) -> None:
    worse, good = better(indicator, one, other)
    assert points_of(indicator, worse) <= points_of(indicator, good)


@given(VALUES)
def test_parts_and_rows_add_up_to_the_same_points(values: dict[str, Decimal | None]) -> None:
    done = assess(SHEET, values)
    assert done.points == sum(row.points for row in done.rows) == sum(part.points for part in done.parts) <= SHEET.total
    assert all(part.points <= part.most for part in done.parts)
    assert done.grade is grade_of(SHEET, done.points)


@given(VALUES)
def test_every_step_brings_what_it_promises(values: dict[str, Decimal | None]) -> None:
    before = assess(SHEET, values)
    for step in nearest_steps(SHEET, values):
        after = assess(SHEET, values | {step.indicator.key: step.to_value})
        assert after.points - before.points == step.gain > 0
        assert (after.points >= SHEET.threshold(before.next_grade) if before.next_grade else False) is bool(
            step.reaches
        )


@pytest.mark.parametrize(
    ("points", "grade"),
    [(1000, "AAA"), (850, "AAA"), (849, "AA"), (700, "AA"), (699, "A"), (600, "A"), (599, "B"), (0, "B")],
)
def test_grades_begin_where_the_sheet_says(points: int, grade: str) -> None:
    assert grade_of(SHEET, points) == grade


def test_a_sheet_with_the_best_values_has_all_points_and_nothing_left_to_do() -> None:
    done = assess(SHEET, BEST)
    assert (done.points, done.grade, done.next_grade, done.points_to_next) == (1000, Grade.AAA, None, 0)
    assert nearest_steps(SHEET, BEST) == ()


def test_points_by_hand() -> None:
    # 按时上传率 60 % has none of 50 points, 98 % all: 93.2 % has 50 × 33.2 ÷ 38 = 43.68…
    assert points_of(ROWS["on_time_share"], Decimal("93.2")) == 44
    # 有责投诉: 0 has 70, 5 none: 2 have 42
    assert points_of(ROWS["complaints_at_fault"], Decimal(2)) == 42
    assert points_of(ROWS["complaints_at_fault"], Decimal(9)) == 0
    # no review: half of 90
    assert points_of(ROWS["review_score"], None) == 45


def test_the_least_change_that_reaches_the_next_grade_comes_first() -> None:
    sheet = read_sheet(SMALL)
    # 6 overdue have 16 of 40, 18 hours have 45 of 60: 61 points, A. AA needs 9 more.
    steps = nearest_steps(sheet, {"corrections_overdue": Decimal(6), "hours": Decimal(18)})
    assert [(step.indicator.deed_in("zh-hans", str(step.amount)), step.gain, step.reaches) for step in steps] == [
        ("再答复 3 件反馈", 12, "AA"),
        ("再培训 4 学时", 10, "AA"),
    ]
    assert steps[0].to_value == 3


def test_what_nothing_can_be_counted_of_is_no_advice() -> None:
    keys = {step.indicator.key for step in nearest_steps(SHEET, {})}
    assert "review_score" not in keys
    assert "training_hours" in keys


def test_values_come_from_where_the_sheet_says() -> None:
    sheet = read_sheet(SMALL)
    figures, stated = {"corrections_overdue": Decimal(3)}, {"hours": Decimal(8), "corrections_overdue": Decimal(0)}
    assert values_of(sheet, figures, stated, ()) == {"corrections_overdue": Decimal(3), "hours": None}
    assert values_of(sheet, figures, stated, {"hours"})["hours"] == 8
    papers = [row.key for row in SHEET.indicators if row.kind is Kind.EVIDENCE]
    assert values_of(SHEET, {}, {}, {papers[0]})[papers[0]] == 1
    assert values_of(SHEET, {}, {papers[1]: Decimal(1)}, ())[papers[1]] == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("most = 40", "most = 41", "101"),
        ("total = 100", "total = 99", "100"),
        ("AA = 70", "AA = 90", "AAA"),
        ("AA = 70", "AA = 1", "AAA"),
        ('key = "hours"', 'key = "corrections_overdue"', "same key"),
        ("full_at = 24", "full_at = 0", "hours"),
        ('kind = "stated"', 'kind = "counted"', "does not count hours"),
        ("zero_at = 0\n", "zero_at = 900\nfull_at_ = 1\n", "unknown field"),
        ('unit = "hours"', "step = 0", "hours"),
        ("most = 40", "most = 40\nwithout = 41", "corrections_overdue"),
        ("zero_at = 0\n", "zero_at = -5\n", "hours"),
    ],
)
def test_a_sheet_that_does_not_add_up_is_not_taken(old: str, new: str, words: str) -> None:
    assert isinstance(read_sheet(SMALL), Sheet)
    with pytest.raises(SheetFault, match=words):
        read_sheet(SMALL.replace(old, new, 1))
