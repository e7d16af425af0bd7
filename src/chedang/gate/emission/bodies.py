"""What inspection stations send, as types: for the description of the interface. Read it is by ``emission.reading``,
which says of everything at once what is wrong."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chedang.emission.reading import LONGEST_ITEM, LONGEST_LIMIT, MOST_ITEMS, OLDEST

ReportNumber = Annotated[
    str,
    Meta(
        pattern="^[0-9A-Za-z][0-9A-Za-z-]{3,39}$",
        description="不合格报告的编号，在本机构内不重复，不分大小写 · number of the failed test's report, "
        "unique for the station, in either case",
        examples=["330106012609140830000001"],
    ),
]
Vin = Annotated[
    str,
    Meta(pattern="^[0-9A-HJ-NPR-Z]{17}$", description="车架号，17 位 · VIN", examples=["LZZ1A2B32GA000123"]),
]
Items = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=LONGEST_ITEM)], ...],
    Meta(
        min_length=1,
        max_length=MOST_ITEMS,
        description="不合格项目的名称 · names of what failed",
        examples=[["CO", "HC"]],
    ),
]
StationCode = Annotated[
    str,
    Meta(
        pattern="^[0-9A-Za-z-]{2,32}$",
        description="检验机构编号；省略即为密钥的机构，平台须写明 · the station that is spoken for; "
        "the key's own where it is missing, a platform has to name it",
        examples=["I-330106-01"],
    ),
]
TestedOn = Annotated[
    date,
    Meta(
        description=f"检验日期（北京时间），不晚于今天，不早于 {OLDEST.days} 天前 · day of the test in China, "
        f"not to come and at most {OLDEST.days} days ago",
        examples=["2026-09-14"],
    ),
]
DeadlineOn = Annotated[
    date,
    Meta(
        description=f"维修期限，最后一天，检验日期之后 {LONGEST_LIMIT.days} 天以内 · last day for the repair, at most "
        f"{LONGEST_LIMIT.days} days after the test",
        examples=["2026-10-04"],
    ),
]


class FailedTestBody(msgspec.Struct, frozen=True, kw_only=True):
    """初检不合格 · a failed test."""

    report_number: ReportNumber
    vin: Vin
    plate_number: Annotated[str, Meta(description="车牌号码 · plate", examples=["浙A12345"])]
    tested_on: TestedOn
    failed_items: Items
    deadline_on: DeadlineOn
    station_code: StationCode | msgspec.UnsetType = msgspec.UNSET


class QuestionBody(msgspec.Struct, frozen=True):
    """其他机构的提问 · the question of a station that did not test the car."""

    report_number: ReportNumber
    vin: Vin


class ResultBody(msgspec.Struct, frozen=True, kw_only=True):
    """复检结果 · the result of a re-test."""

    report_number: ReportNumber
    vin: Vin
    result: Annotated[
        Literal["passed", "failed"], Meta(description="复检合格 passed，不合格 failed · how the re-test went")
    ]
    retest_number: Annotated[
        str,
        Meta(
            pattern="^[0-9A-Za-z][0-9A-Za-z-]{3,39}$",
            description="复检报告的编号，与初检的不同 · number of the re-test's report, another than the first",
            examples=["330106012609200900000007"],
        ),
    ]
    tested_on: TestedOn
    failed_items: Items | msgspec.UnsetType = msgspec.UNSET
    deadline_on: DeadlineOn | msgspec.UnsetType = msgspec.UNSET
    station_code: StationCode | msgspec.UnsetType = msgspec.UNSET
