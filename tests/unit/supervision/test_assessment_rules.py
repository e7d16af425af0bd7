"""Weights add up; measures become points, step by step; equal points share a rank."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from chedang.quality.statistics_model import Tally
from chedang.supervision.assessment_rules import FIGURES, AreaScore, Facts, State, assess, degree, rank
from chedang.supervision.assessment_sheet import (
    FigureName,
    SheetFault,
    Version,
    in_force,
    load_versions,
    read_versions,
)
from chedang.supervision.measure_model import AreaMeasures, ClassMeasures, ExchangeMeasures

VERSION = load_versions()[-1]
RECORDS = Tally(received=1050, standing=1000, dated=1000, on_time=725, complete=790, valid=895, duplicate=25)
AREA = AreaMeasures(
    code="330100",
    classes={
        "01": ClassMeasures(10, 8, 8, RECORDS),
        "02": ClassMeasures(20, 7, 7, Tally()),
        "": ClassMeasures(8, 2, 2, Tally()),
    },
    cases_due=10,
    cases_closed_in_time=8,
    ratings=10,
    rating_sum=Decimal(38),
)
LINE = ExchangeMeasures(days=30, days_compared=30, days_equal=27, minutes=43_200, minutes_up=43_200)


def points(score: AreaScore) -> dict[str, Decimal]:
    return {each.indicator.key: round(Decimal(float(each.points)), 3) for each in score.indicators}


def test_every_indicator_of_a_prefecture_is_reckoned_and_the_exchange_left_out() -> None:
    score = assess(VERSION, Facts(AREA))
    assert points(score) == {
        "coverage": Decimal("18.500"),  # 12 · 80/80 + 9 · 35/70 + 4 · 25/50
        "active": Decimal("15.000"),
        "timeliness": Decimal("7.500"),  # half way from 50 to 95
        "quality": Decimal("10.000"),  # 89.5, 79 and 2.5 per cent each stand half way
        "exchange": Decimal("0.000"),
        "owners": Decimal("5.000"),  # looks are left out: (3 · 1/2 + 3 · 1/2) · 10/6
        "cases": Decimal("2.500"),
    }
    assert (score.counted_weight, score.points) == (90, Decimal("65.00"))
    looks, ratings = score.part(FigureName.LOOKS), score.part(FigureName.RATINGS)
    assert looks is not None
    assert ratings is not None
    assert (looks.state, looks.most) == (State.LEFT_OUT, 0)
    assert (ratings.above, ratings.below, ratings.rate, ratings.most) == (10, 1000, 1, 5)


def test_a_province_has_its_line_and_its_owners_too() -> None:
    province = msgspec.structs.replace(AREA, code="330000", owner_looks=25)
    score = assess(VERSION, Facts(province, LINE))
    assert points(score)["exchange"] == Decimal("7.500")  # wholly there; 90 % of the days, half way from 80 to 100
    assert points(score)["owners"] == Decimal("5.000")
    assert (score.counted_weight, score.points) == (100, Decimal("66.00"))
    assert points(assess(VERSION, Facts(province)))["exchange"] == 0  # not joined


def test_the_nation_has_no_line_to_be_marked_down_for() -> None:
    score = assess(VERSION, Facts(msgspec.structs.replace(AREA, code="000000", owner_looks=25)))
    assert (score.counted_weight, score.points) == (90, Decimal("65.00"))  # as a prefecture of the same figures


def test_what_a_province_did_not_send_has_no_points_and_keeps_its_weight() -> None:
    province = msgspec.structs.replace(AREA, code="330000")
    score = assess(VERSION, Facts(province, LINE, is_sent=False))
    assert points(score)["owners"] == points(score)["cases"] == 0
    assert score.counted_weight == 100
    closed = score.part(FigureName.CLOSED_IN_TIME)
    assert closed is not None
    assert closed.state is State.NOT_SENT


def test_silence_is_worth_nothing_but_a_month_without_complaints_is_no_fault() -> None:
    silent = AreaMeasures(code="330100", classes={"02": ClassMeasures(4, 0, 0, Tally())})
    score = assess(VERSION, Facts(silent))
    assert score.points == 0
    assert {each.indicator.key: each.most for each in score.indicators} == {
        "coverage": 25,
        "active": 15,
        "timeliness": 15,
        "quality": 20,
        "exchange": 0,
        "owners": 0,
        "cases": 0,
    }
    assert assess(VERSION, Facts(AreaMeasures(code="330100"))).points is None


def test_less_is_better_where_the_full_mark_is_the_smaller() -> None:
    duplicate = next(part for each in VERSION.indicators for part in each.parts if part.figure == "duplicate")
    assert [degree(duplicate, Fraction(rate)) for rate in (0, 5, 9)] == [1, 0, 0]
    assert degree(duplicate, Fraction(5, 2)) == Fraction(1, 2)


def test_equal_points_share_a_rank_and_the_next_is_left_out() -> None:
    given = {"330100": "80.00", "330200": "91.50", "330300": "80.00", "330400": "79.99", "330500": None}
    scores = [AreaScore(code, (), None if told is None else Decimal(told)) for code, told in given.items()]
    assert [(place.rank, place.score.code) for place in rank(scores)] == [
        (1, "330200"),
        (2, "330100"),
        (2, "330300"),
        (4, "330400"),
        (None, "330500"),
    ]


def test_the_version_of_the_last_day_counts() -> None:
    later = msgspec.structs.replace(VERSION, version="2027-1", effective_on=date(2027, 1, 31))
    assert in_force([later, VERSION], date(2027, 1, 30)).version == VERSION.version
    assert in_force([VERSION, later], date(2027, 1, 31)).version == "2027-1"
    with pytest.raises(SheetFault, match="还没有生效"):
        in_force([later], date(2026, 12, 31))


SOUND = """
[[versions]]
version = "1"
effective_on = 2026-01-01
sent_by_day = 5
[[versions.indicators]]
key = "active"
name = "上传率"
weight = 100
[[versions.indicators.parts]]
figure = "active"
name = "上传率"
weight = 100
zero_at = 40
full_at = 95
without = "zero"
above = "上"
below = "下"
source = "自定"
"""


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("weight = 100\nzero_at", "weight = 99\nzero_at", "上传率”相加是 99，不是 100"),
        ('name = "上传率"\nweight = 100\n[[', 'name = "上传率"\nweight = 99\n[[', "各项权重”相加是 99"),
        ("full_at = 95", "full_at = 40", "零分点和满分点相同"),
        ('figure = "active"', 'figure = "profit"', "读不了"),
        ("sent_by_day = 5", "sent_by_day = 31", "读不了"),
        (SOUND, SOUND + SOUND, "两个版本同名"),
    ],
)
def test_weights_that_do_not_fit_are_not_taken(before: str, after: str, words: str) -> None:
    assert isinstance(read_versions(SOUND)[0], Version)
    assert before in SOUND
    with pytest.raises(SheetFault, match=words):
        read_versions(SOUND.replace(before, after))


def test_the_table_of_weights_in_the_reference_is_that_of_the_data() -> None:
    rows = [
        f"| {indicator.name} {indicator.weight} | {part.name} (`{part.figure}`) | {part.weight} "
        f"| {plain(part.zero_at)} | {plain(part.full_at)} | `{part.without}` | {FIGURES[part.figure].source} |"
        for indicator in VERSION.indicators
        for part in indicator.parts
    ]
    written = (Path(__file__).parents[3] / "docs/reference/assessment.md").read_text(encoding="utf-8").splitlines()
    begin = written.index(f"## Weights (version {VERSION.version})") + 4
    assert written[begin : begin + len(rows)] == rows
    assert not written[begin + len(rows)]


def plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
