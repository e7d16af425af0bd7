"""更换里程表: the instrument that counts is meant, not what lights, feeds or surrounds it."""

from __future__ import annotations

import pytest

from chedang.records.model import PartText, ProjectText, RecordText
from chedang.vehicles.odometer_replaced import says_replaced


@pytest.mark.parametrize(
    "project",
    [
        "更换里程表",
        "更换组合仪表总成",
        "更换仪表",
        "换仪表盘",
        "仪表总成更换",
        "更换了新仪表盘、匹配",
        "更换原厂液晶仪表",
        "组合仪表拆装更换",
    ],
)
def test_a_project_that_replaces_the_instrument_says_so(project: str) -> None:
    assert says_replaced(RecordText(projects=(ProjectText("更换机油", "0.5"), ProjectText(project, "1"))))


@pytest.mark.parametrize(
    "project",
    [
        "更换仪表灯泡",
        "更换里程表传感器",
        "更换里程表软轴",
        "更换仪表台",
        "仪表台拆装",
        "仪表盘维修",
        "检查里程表",
        "清洗仪表",
        "更换仪表罩",
        "",
    ],
)
def test_other_work_on_or_near_it_does_not(project: str) -> None:
    assert not says_replaced(RecordText(projects=(ProjectText(project, "1"),)))


@pytest.mark.parametrize(
    ("part", "is_one"),
    [
        ("组合仪表", True),
        ("仪表总成（拆车件）", True),
        ("里程表", True),
        ("里程表齿轮", False),
        ("仪表台面板", False),
        ("机油", False),
    ],
)
def test_the_instrument_among_the_parts_says_so(part: str, is_one: bool) -> None:
    assert says_replaced(RecordText(parts=(PartText(part, "X1", "1"),))) is is_one
