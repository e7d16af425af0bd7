"""The JSON that inspection stations are answered with, and its words."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chedang.emission.model import (
    Conflicting,
    EmissionRefused,
    Misstated,
    NotPermitted,
    Reason,
    Ticket,
    TicketState,
    Unknown,
)
from chedang.emission.tickets import Permit
from chedang.intake.native.answers import ProblemJson
from chedang.intake.outcomes import RefusalKind

_KINDS: Final = (
    (Unknown, RefusalKind.UNKNOWN_RECORD),
    (NotPermitted, RefusalKind.FORBIDDEN),
    (Conflicting, RefusalKind.CONFLICT),
)
WORDS: Final = {
    Reason.NO_RECORD: "还没有收到这辆车的维修记录",
    Reason.NOT_LISTED: "维修的企业当日不在汽车排放性能维护（维修）站名录内",
    Reason.BEFORE_TEST: "维修记录的结算日期早于检验日期",
    Reason.NO_DAY: "维修记录没有结算日期",
    Reason.OTHER_REPORT: "维修记录写的是另一份检验报告的编号",
    Reason.VIN_DIFFERS: "维修记录写了这份报告的编号，车架号却不一致，等待主管部门核定",
    Reason.PLATE_DIFFERS: "维修记录的车牌号码与检验时不一致，等待主管部门核定",
    Reason.SEVERAL_TICKETS: "这辆车有不止一份不合格报告，维修记录没有写报告编号，等待主管部门核定",
    Reason.RULED_OUT: "主管部门核定这条维修记录不作数",
}
"""Why a car may not be tested again yet."""
_CLOSED: Final = {
    TicketState.PASSED: "已复检合格",
    TicketState.FAILED_AGAIN: "复检不合格，请用复检的报告编号查询",
    TicketState.CANCELLED: "维修单已由主管部门撤销",
}
_TITLES: Final = {
    RefusalKind.UNKNOWN_RECORD: ("检验报告不存在", "请核对报告编号；其他机构的报告须同时给出车架号"),
    RefusalKind.TOO_LARGE: ("报文过大", "请分成几次发送"),
    RefusalKind.TOO_MANY_ROWS: ("报告份数过多", "请分成几次发送"),
    RefusalKind.BAD_TOKEN: ("密钥无效", "请核对密钥；需要新的，请向主管部门索取"),
    RefusalKind.CONFLICT: ("与已有内容不一致", "请核对后再报送；确属报错的，请主管部门撤销"),
}
"""Title and advice where the catalogue's speak of uploading records."""

Told = Annotated[str, Meta(description="原因，供人阅读 · why, for people")]
TheirNumber = Annotated[str, Meta(description="检验报告编号 · number of the report")]
State = Annotated[
    TicketState,
    Meta(
        description="维修单的状态 · state of the ticket: open 待维修, undecided 待核定, repaired 已维修可以复检, "
        "passed 复检合格, failed_again 复检不合格, cancelled 已撤销"
    ),
]


class FieldFaultJson(msgspec.Struct, frozen=True):
    """一个字段的错误 · what is wrong with one field."""

    field: Annotated[str, Meta(description="字段名，空为整个报文 · name of the member, empty for the whole")]
    sentence: Told


Faults = Annotated[
    tuple[FieldFaultJson, ...], Meta(description="逐个字段的错误，仅 NOT_ACCEPTABLE · what is wrong, field by field")
]


class OutcomeJson(msgspec.Struct, frozen=True, omit_defaults=True):
    """一份报告的结果 · what became of one report."""

    report_number: TheirNumber
    outcome: Annotated[
        Literal["created", "unchanged", "refused"],
        Meta(description="created 新收到, unchanged 已经收到过, refused 没有收 · taken, known already, or not taken"),
    ]
    ticket: Annotated[str, Meta(description="排放维修单的名称 · public name of the ticket")] = ""
    state: State | UnsetType = UNSET
    code: Annotated[str, Meta(description="错误码，没有收时 · code of the problem, where it was refused")] = ""
    detail: Told = ""
    faults: Faults = ()


class OutcomesJson(msgspec.Struct, frozen=True):
    """逐份结果，次序与报送的相同 · an outcome for each report, in order."""

    outcomes: tuple[OutcomeJson, ...]


class PermitJson(msgspec.Struct, frozen=True, omit_defaults=True):
    """能否复检 · may this car be tested again?"""

    report_number: TheirNumber
    answer: Annotated[
        Literal["permitted", "not_yet", "closed"],
        Meta(description="permitted 可以复检, not_yet 还不可以, closed 已经办结 · may be tested again, not yet, over"),
    ]
    state: State
    deadline_on: Annotated[date, Meta(description="维修期限，最后一天 · last day for the repair")]
    reason: Annotated[Reason, Meta(description="还不可以复检的原因 · why not yet")] | UnsetType = UNSET
    detail: Told = ""
    settled_on: Annotated[date | None, Meta(description="维修记录的结算日期 · the repair was settled on")] = None


class EmissionProblemJson(msgspec.Struct, frozen=True, omit_defaults=True):
    """没有办理的原因（RFC 9457）· why nothing was done."""

    type: Annotated[str, Meta(description="urn:chedang:problem: 加错误码 · and the code")]
    title: Annotated[str, Meta(description="一句话 · in a sentence")]
    status: Annotated[int, Meta(description="HTTP 状态码 · HTTP status")]
    code: Annotated[str, Meta(description="错误码，不变 · code, never changed")]
    detail: Told = ""
    hint: Annotated[str, Meta(description="怎么办，供人阅读 · what to do, for people")] = ""
    faults: Faults = ()


def permit_json(permit: Permit) -> PermitJson:
    """The answer to whether a car may be tested again."""
    ticket = permit.ticket
    is_closed = ticket.state in _CLOSED
    answer: Literal["permitted", "not_yet", "closed"]
    answer = "permitted" if permit.is_permitted else "closed" if is_closed else "not_yet"
    reason = permit.reason if answer == "not_yet" else None
    return PermitJson(
        ticket.report_number,
        answer,
        ticket.state,
        ticket.deadline_on,
        UNSET if reason is None else reason,
        _CLOSED.get(ticket.state, "") if reason is None else WORDS[reason],
        ticket.settled_on,
    )


def taken_json(report_number: str, ticket: Ticket, outcome: Literal["created", "unchanged"]) -> OutcomeJson:
    """A report that was taken, now or before."""
    return OutcomeJson(report_number, outcome, ticket.code, ticket.state)


def refused_json(report_number: str, refused: EmissionRefused) -> OutcomeJson:
    """One of several that was not."""
    return OutcomeJson(
        report_number, "refused", code=kind_of(refused).code, detail=refused.sentence, faults=faults_of(refused)
    )


def emission_problem(
    plain: ProblemJson, kind: RefusalKind, faults: tuple[FieldFaultJson, ...] = ()
) -> EmissionProblemJson:
    """A problem in the words of this door."""
    title, hint = _TITLES.get(kind, (plain.title, plain.hint))
    return EmissionProblemJson(plain.type, title, plain.status, plain.code, plain.detail, hint, faults)


def kind_of(refused: EmissionRefused) -> RefusalKind:
    """Where a refusal stands in the catalogue of problems."""
    return next((kind for fault, kind in _KINDS if isinstance(refused, fault)), RefusalKind.NOT_ACCEPTABLE)


def faults_of(refused: EmissionRefused) -> tuple[FieldFaultJson, ...]:
    """What is wrong, field by field."""
    if not isinstance(refused, Misstated):
        return ()
    return tuple(FieldFaultJson(fault.field, str(fault.sentence)) for fault in refused.faults)
