"""维修类别 is read off what was done; what was only looked at or advised is no work, and unknown stays unknown."""

from __future__ import annotations

import pytest
from tests.unit.vehicles.jobs import text_of

from chedang.vehicles.work import Confidence, Deed, LegalClass, Work, WorkClass, classify_work, read_clauses


def work_of(*projects: str, parts: tuple[str, ...] = ()) -> Work:
    return classify_work(text_of(*projects, parts=parts))


@pytest.mark.parametrize(
    ("project", "work_class", "confidence"),
    [
        ("整车大修", WorkClass.OVERHAUL, Confidence.STATED),
        ("发动机解体大修", WorkClass.ASSEMBLY, Confidence.STATED),
        ("变速箱大修", WorkClass.ASSEMBLY, Confidence.STATED),
        ("更换发动机总成", WorkClass.ASSEMBLY, Confidence.LIKELY),
        ("镗缸", WorkClass.ASSEMBLY, Confidence.LIKELY),
        ("二级维护作业", WorkClass.LEVEL_TWO, Confidence.STATED),
        ("二保", WorkClass.LEVEL_TWO, Confidence.STATED),
        ("一级维护", WorkClass.LEVEL_ONE, Confidence.STATED),
        ("更换机油机滤", WorkClass.LEVEL_ONE, Confidence.LIKELY),
        ("换 机 油、机滤", WorkClass.LEVEL_ONE, Confidence.LIKELY),
        ("底盘紧固", WorkClass.LEVEL_ONE, Confidence.LIKELY),
        ("更换前刹车片", WorkClass.MINOR, Confidence.LIKELY),
        ("检修电动助力转向", WorkClass.MINOR, Confidence.LIKELY),
        ("后保险杠喷漆", WorkClass.MINOR, Confidence.LIKELY),
        ("更换机油泵", WorkClass.MINOR, Confidence.LIKELY),
        ("更换发电机总成", WorkClass.MINOR, Confidence.LIKELY),
        ("更换发动机支架胶垫", WorkClass.MINOR, Confidence.LIKELY),
        ("制动盘研磨", WorkClass.PART, Confidence.LIKELY),
        ("添加玻璃水", WorkClass.DAILY, Confidence.LIKELY),
    ],
)
def test_an_item_tells_its_class(project: str, work_class: WorkClass, confidence: Confidence) -> None:
    assert work_of(project) == Work(work_class, confidence, (project,))


@pytest.mark.parametrize(
    "project",
    ["检查制动系统", "电脑诊断", "全车安全检查", "检查发动机总成", "二级维护检测", "动力电池性能检测", "路试"],
)
def test_what_was_only_looked_at_is_no_repair(project: str) -> None:
    assert work_of(project).work_class is WorkClass.OTHER


@pytest.mark.parametrize(
    "project",
    ["建议更换制动片", "未更换机油", "发动机大修 客户拒绝", "无需更换", "下次更换变速器总成", "检查是否需要大修"],
)
def test_what_was_not_done_is_no_work(project: str) -> None:
    assert work_of(project) == Work()


@pytest.mark.parametrize(
    ("project", "deeds"),
    [
        ("检查并更换刹车片", [Deed.INSPECTION, Deed.REPAIR]),
        ("更换机油、机滤", [Deed.REPAIR, Deed.REPAIR]),
        ("检查机油、刹车", [Deed.INSPECTION, Deed.INSPECTION]),
        ("更换机油，建议更换刹车片", [Deed.REPAIR, Deed.NOT_DONE]),
        ("前刹车片", [Deed.UNCLEAR]),
        ("", []),
    ],
)
def test_each_part_of_a_row_has_its_own_deed(project: str, deeds: list[Deed]) -> None:
    assert [clause.deed for clause in read_clauses(project)] == deeds


def test_welding_is_no_level_two_maintenance() -> None:
    assert work_of("排气管二保焊").work_class is not WorkClass.LEVEL_TWO
    assert work_of("排气管二保焊").legal_class is LegalClass.MINOR


def test_the_largest_work_of_a_record_counts_and_its_row_is_named() -> None:
    work = work_of("更换刮水片", "二级维护作业", "检查制动系统", "更换机油")

    assert work == Work(WorkClass.LEVEL_TWO, Confidence.STATED, ("二级维护作业",))
    assert work.legal_class is LegalClass.LEVEL_TWO


@pytest.mark.parametrize(
    ("parts", "work_class"),
    [
        (("全合成机油", "机滤"), WorkClass.LEVEL_ONE),
        (("发动机总成",), WorkClass.ASSEMBLY),
        (("前刹车片",), WorkClass.MINOR),
    ],
)
def test_parts_alone_are_a_guess(parts: tuple[str, ...], work_class: WorkClass) -> None:
    assert work_of(parts=parts) == Work(work_class, Confidence.GUESSED, parts)


def test_items_come_before_parts() -> None:
    assert work_of("更换刮水片", parts=("发动机总成",)).work_class is WorkClass.MINOR


@pytest.mark.parametrize("projects", [(), ("",), ("工时费",), ("其他",)])
def test_unknown_stays_unknown(projects: tuple[str, ...]) -> None:
    assert work_of(*projects) == Work()
    assert work_of(*projects).legal_class is None


def test_daily_maintenance_is_not_in_the_legal_table() -> None:
    assert work_of("洗车").legal_class is None
