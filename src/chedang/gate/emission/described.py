"""What the handlers' signatures cannot say about the inspection stations' door: English, bodies, examples, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar.di import Provide

from chedang.emission.model import Reason, TicketState
from chedang.gate.emission.answers import WORDS, EmissionProblemJson, OutcomeJson, OutcomesJson, emission_problem
from chedang.gate.emission.bodies import FailedTestBody, QuestionBody, ResultBody
from chedang.gate.openapi import Body, Described, Interface
from chedang.intake.outcomes import RefusalKind

MOST_TESTS: Final = 500

_ABOUT: Final = """\
排放检验机构（I 站）或其平台报送初检不合格和复检结果、查询能否复检的接口，仅省级节点提供。
The interface by which 排放检验机构 (I stations), or the platform of several, tell failed emission tests and results of
re-tests and ask whether a car may be tested again. Provinces only.

- 密钥 key: `Authorization: Bearer ci_…`，由主管部门在检验机构的页面生成。Made by an officer on the station's page.
- 日期 days: `yyyy-MM-dd`，北京时间。Days in China.
- 重试 retries: 503 带 `Retry-After`（秒），照此等待后重发；每个操作都可以重复，已收到的答 `unchanged`。
  Wait as `Retry-After` says and send the same again; what was taken is answered with `unchanged`.
- 出错 problems: `application/problem+json`；`code` 不变，`detail`、`hint`、`faults` 供人阅读。
- 命名和格式是本系统的，国家数据交换规范（2020）未读，待核。Names and shapes are ours; the national format was not read.
"""
_NUMBER: Final = "330106012609140830000001"
_NEXT: Final = "330106012609200900000007"
_VIN: Final = "LZZ1A2B32GA000123"
_TEST: Final = {
    "report_number": _NUMBER,
    "vin": _VIN,
    "plate_number": "浙A12345",
    "tested_on": "2026-09-14",
    "failed_items": ["CO", "HC"],
    "deadline_on": "2026-10-04",
}
_CREATED: Final = {"report_number": _NUMBER, "outcome": "created", "ticket": "5Xq2Jd8mRt", "state": "open"}
_UNCHANGED: Final = _CREATED | {"outcome": "unchanged"}
_FAULT: Final = {"field": "vin", "sentence": "应为17 位车架号，不含字母 I、O、Q"}
_REFUSED: Final = {
    "report_number": _NEXT,
    "outcome": "refused",
    "code": RefusalKind.NOT_ACCEPTABLE.code,
    "detail": f"{_FAULT['field']}：{_FAULT['sentence']}",
    "faults": [_FAULT],
}
_NOT_YET: Final = {
    "report_number": _NUMBER,
    "answer": "not_yet",
    "state": "open",
    "deadline_on": "2026-10-04",
    "reason": "no_record",
    "detail": "还没有收到这辆车的维修记录",
}
_READING: Final = (RefusalKind.MALFORMED, RefusalKind.TOO_LARGE, RefusalKind.NOT_ACCEPTABLE)

OPERATIONS: Final[Mapping[str, Described]] = {
    "failed_tests": Described(
        f"Tell failed tests, one or an array of up to {MOST_TESTS}; safe to repeat",
        {
            201: "新收到一份，已开维修单 · one, taken; its ticket is open",
            200: "一份，已经收到过；或一组，逐份结果 · one that was known, or of an array an outcome each",
        },
        body=Body(FailedTestBody, _TEST, most=MOST_TESTS),
        refusals=(*_READING, RefusalKind.TOO_MANY_ROWS, RefusalKind.FORBIDDEN, RefusalKind.CONFLICT),
        security=("key",),
        shapes={
            201: {OutcomeJson: _CREATED},
            200: {OutcomeJson: _UNCHANGED, OutcomesJson: {"outcomes": [_CREATED, _REFUSED]}},
        },
    ),
    "retest_permit": Described(
        "May the car of this report be tested again? For the station that failed it",
        {200: "答复 · the answer"},
        _NOT_YET,
        refusals=(RefusalKind.UNKNOWN_RECORD,),
        security=("key",),
    ),
    "ask_permit": Described(
        "The same for any other station, which names the VIN",
        {200: "答复 · the answer"},
        {
            "report_number": _NUMBER,
            "answer": "permitted",
            "state": "repaired",
            "deadline_on": "2026-10-04",
            "settled_on": "2026-09-18",
        },
        Body(QuestionBody, {"report_number": _NUMBER, "vin": _VIN}),
        (*_READING, RefusalKind.UNKNOWN_RECORD),
        security=("key",),
    ),
    "results": Described(
        "Tell the result of a re-test; one that failed opens the next ticket; safe to repeat",
        {200: "已收到，或已经收到过 · taken, or known"},
        _CREATED | {"state": "passed"},
        Body(
            ResultBody,
            {
                "report_number": _NUMBER,
                "vin": _VIN,
                "result": "passed",
                "retest_number": _NEXT,
                "tested_on": "2026-09-20",
            },
        ),
        (*_READING, RefusalKind.UNKNOWN_RECORD, RefusalKind.FORBIDDEN, RefusalKind.CONFLICT),
        security=("key",),
    ),
    "openapi": Described("This description", {200: "OpenAPI 3.1"}, {"openapi": "3.1.0"}, security=()),
}
_REFUSAL_WORDS: Final = {
    RefusalKind.MALFORMED: "不是可以读的 UTF-8 JSON · no JSON that can be read",
    RefusalKind.TOO_LARGE: "报文超过 1 MB · a body over 1 MB",
    RefusalKind.TOO_MANY_ROWS: f"一次超过 {MOST_TESTS} 份 · more than {MOST_TESTS} at once",
    RefusalKind.NOT_ACCEPTABLE: "内容有误，faults 逐个字段说明 · wrong, field by field in `faults`",
    RefusalKind.BAD_TOKEN: "密钥不对、已停用，或机构不在名录内 · no key, an ended one, or a station that left the list",
    RefusalKind.FORBIDDEN: "不能替这家机构报送，或它不在名录内 · may not speak for that station, or it is not listed",
    RefusalKind.UNKNOWN_RECORD: "没有这份报告，或者不是本机构的而没有给出对的车架号 · unknown, "
    "or another station's without the right VIN",
    RefusalKind.CONFLICT: "同一编号报送过别的内容，或维修单的状态不允许 · told before with another content, "
    "or the ticket's state does not allow it",
    RefusalKind.UNAVAILABLE: "暂时不能办理，按 Retry-After 重发 · send again as `Retry-After` says",
}
_DETAILS: Final[Mapping[RefusalKind, Mapping[str, Any]]] = {
    RefusalKind.MALFORMED: {"detail": "不是可以读的UTF-8 JSON"},
    RefusalKind.TOO_LARGE: {"detail": "报文不超过1MB"},
    RefusalKind.TOO_MANY_ROWS: {"detail": f"一次最多{MOST_TESTS}份"},
    RefusalKind.NOT_ACCEPTABLE: {"detail": _REFUSED["detail"], "faults": [_FAULT]},
    RefusalKind.BAD_TOKEN: {"detail": "密钥不对、已停用，或检验机构已不在名录内"},
    RefusalKind.FORBIDDEN: {"detail": "不能替这家检验机构报送"},
    RefusalKind.UNKNOWN_RECORD: {"detail": "没有这份报告，或者不是本机构的；其他机构的报告须同时给出车架号"},
    RefusalKind.CONFLICT: {"detail": "这个报告编号已报送过，车牌号码不一致"},
}
INTERFACE: Final = Interface(
    title="车档 检验机构接口 · Chedang API of inspection stations",
    version="v1",
    about=_ABOUT,
    operations=OPERATIONS,
    parameters={
        "report_number": (
            "不合格报告的编号 · number of the failed test's report",
            _NUMBER,
            {"pattern": "^[0-9A-Za-z][0-9A-Za-z-]{3,39}$"},
        ),
    },
    tags={
        "failed-tests": "报送 · telling",
        "results": "报送 · telling",
        "retest-permits": "能否复检 · asking",
        "openapi.json": "关于本接口 · about",
    },
    dependencies={"desk": Provide(lambda: None, sync_to_thread=False)},
    everywhere=(RefusalKind.UNAVAILABLE,),
    with_secret=(RefusalKind.BAD_TOKEN,),
    security_schemes={
        "key": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "ci_…",
            "description": "检验机构或平台的密钥 · key of a station, or of a platform",
        },
    },
    problem=EmissionProblemJson,
    in_words=emission_problem,
    refusal_words=_REFUSAL_WORDS,
    refusal_examples=_DETAILS,
    shape_words={
        TicketState.__name__: "维修单的状态 · how far a ticket is",
        Reason.__name__: "不可以复检的原因 · why not yet: "
        + "；".join(f"{reason.value} {words}" for reason, words in WORDS.items()),
    },
)
