"""The door of inspection stations: ``/emission/v1/``. JSON in, JSON out; problems as those of the native interface.

Provinces only. What is done stands in ``chedang.emission``; here are addresses, keys and the words of refusals.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar

import msgspec
from litestar import Litestar, Request, Response, Router, get, post
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ASGIApp, Receive, Scope, Send

from chedang.emission import stations, tickets
from chedang.emission.model import (
    Conflicting,
    EmissionRefused,
    Fault,
    Misstated,
    NotPermitted,
    Reason,
    TestStation,
    Ticket,
    TicketState,
    Unknown,
)
from chedang.emission.reading import read_failed_test, read_number, read_question, read_retest
from chedang.emission.store import Connection
from chedang.gate.api.in_time import BATCH_PATIENCE_SECONDS, AtItsOwnPace, in_time
from chedang.gate.api.problems import CODE_IN_STATE, on_fault, on_http, on_refused, status_of
from chedang.gate.body import BodyReader
from chedang.gate.metrics import GateMetrics
from chedang.intake.native.answers import ProblemJson, problem_json
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake
from chedang.terms.dates import day_in_china

EMISSION_PATH: Final = "/emission/v1"
MOST_TESTS: Final = 500
_MOST_BYTES: Final = 1024 * 1024
_DIALECT: Final = "emission"
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

Answer = TypeVar("Answer")


class FieldFaultJson(msgspec.Struct, frozen=True):
    """What is wrong with one field."""

    field: str
    sentence: str


class OutcomeJson(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one failed test. ``ticket`` is the public name of the 排放维修单."""

    report_number: str
    outcome: str
    """``created``, ``unchanged`` or ``refused``."""
    ticket: str = ""
    state: str = ""
    code: str = ""
    """Of a refusal, from the catalogue of problems."""
    detail: str = ""
    faults: tuple[FieldFaultJson, ...] = ()


class OutcomesJson(msgspec.Struct, frozen=True):
    """What became of several, in order."""

    outcomes: tuple[OutcomeJson, ...]


class PermitJson(msgspec.Struct, frozen=True, omit_defaults=True):
    """May this car be tested again?"""

    report_number: str
    answer: str
    """``permitted``, ``not_yet`` or ``closed``."""
    state: str
    deadline_on: date
    reason: str = ""
    detail: str = ""
    settled_on: date | None = None


class EmissionProblemJson(ProblemJson, frozen=True, omit_defaults=True):
    """A problem with everything that is wrong, field by field."""

    faults: tuple[FieldFaultJson, ...] = ()


class _Desk:
    """Reads bodies, finds the caller, works in threads."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._reader = BodyReader()

    async def read(self, request: Request[Any, Any, Any]) -> Any:
        """The JSON of the body. Raises Refused."""
        with AtItsOwnPace(request, BATCH_PATIENCE_SECONDS):
            raw = await self._reader.read(request.receive)
        if len(raw) > _MOST_BYTES:
            raise Refused(RefusalKind.TOO_LARGE, "报文不超过1MB")
        try:
            return msgspec.json.decode(raw)
        except (msgspec.MsgspecError, RecursionError, ValueError) as fault:
            raise Refused(RefusalKind.MALFORMED, "不是可以读的UTF-8 JSON") from fault

    async def work(self, request: Request[Any, Any, Any], work: Callable[[Connection, TestStation], Answer]) -> Answer:
        """Do ``work`` for the caller in one transaction. Raises Refused, EmissionRefused."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(RefusalKind.BAD_TOKEN, "请求头 Authorization 应为 Bearer 加检验机构的密钥")

        def in_transaction(connection: Connection) -> Answer:
            caller = stations.authenticate(connection, key.strip(), now=self._intake.clock())
            if caller is None:
                raise Refused(RefusalKind.BAD_TOKEN, "密钥不对、已停用，或检验机构已不在名录内")
            return work(connection, caller)

        return await self._intake.run(in_transaction)

    @property
    def today(self) -> date:
        return day_in_china(self._intake.clock())

    def take(self, connection: Connection, caller: TestStation, given: Any) -> OutcomeJson:
        """One failed test. Raises EmissionRefused."""
        test = read_failed_test(_members(given), today=self.today, station_code=caller.station_code)
        ticket, outcome = tickets.take_failed_test(connection, test, caller, now=self._intake.clock())
        return OutcomeJson(test.report_number, outcome, ticket.code, ticket.state.value)

    async def try_take(self, request: Request[Any, Any, Any], given: Any) -> OutcomeJson:
        """One of several, in a transaction of its own: its refusal does not undo the others, and none is locked while
        the next is looked at, so that two that send the same in another order do not block each other."""
        try:
            return await self.work(request, lambda connection, caller: self.take(connection, caller, given))
        except EmissionRefused as refused:
            number = given.get("report_number", "") if isinstance(given, dict) else ""
            told = number if isinstance(number, str) else ""
            return OutcomeJson(
                told[:40], "refused", code=_kind(refused).code, detail=refused.sentence, faults=_faults(refused)
            )

    def retest(self, connection: Connection, caller: TestStation, given: Any) -> OutcomeJson:
        """The result of a re-test. Raises EmissionRefused."""
        retest = read_retest(_members(given), today=self.today, station_code=caller.station_code)
        ticket, outcome = tickets.take_retest(connection, retest, caller, now=self._intake.clock())
        return OutcomeJson(retest.report_number, outcome, ticket.code, ticket.state.value)

    def permit(self, connection: Connection, caller: TestStation, number: str, vin: str | None) -> PermitJson:
        """Raises EmissionRefused."""
        permit = tickets.ask_permit(connection, number, caller, vin, now=self._intake.clock())
        return _permit_json(permit)


def create_emission(intake: Intake, metrics: GateMetrics) -> ASGIApp:
    """The application for all paths below ``/emission/v1``."""
    desk = _Desk(intake)

    @post("/failed-tests", name="failed_tests", status_code=200)
    async def failed_tests(request: Request[Any, Any, Any]) -> Response[Any]:
        """One failed test as an object, or up to 500 as an array."""
        given = await desk.read(request)
        if not isinstance(given, list):
            one = await desk.work(request, lambda connection, caller: desk.take(connection, caller, given))
            return Response(one, status_code=201 if one.outcome == "created" else 200)
        if len(given) > MOST_TESTS:
            raise Refused(RefusalKind.TOO_MANY_ROWS, f"一次最多{MOST_TESTS}份")
        await desk.work(request, lambda _connection, caller: caller)  # none at all is no way past the key
        return Response(OutcomesJson(tuple([await desk.try_take(request, each) for each in given])))

    @get("/retest-permits/{report_number:str}", name="retest_permit")
    async def retest_permit(request: Request[Any, Any, Any], report_number: FromPath[str]) -> PermitJson:
        """May the car of this report be tested again? For the station that failed it."""
        number = read_number(report_number)
        if number is None:
            raise Refused(RefusalKind.UNKNOWN_RECORD, "没有这份报告")
        return await desk.work(request, lambda connection, caller: desk.permit(connection, caller, number, None))

    @post("/retest-permits", name="ask_permit", status_code=200)
    async def ask_permit(request: Request[Any, Any, Any]) -> PermitJson:
        """The same for any station, which names the VIN."""
        number, vin = read_question(_members(await desk.read(request)))
        return await desk.work(request, lambda connection, caller: desk.permit(connection, caller, number, vin))

    @post("/results", name="results", status_code=200)
    async def results(request: Request[Any, Any, Any]) -> OutcomeJson:
        """The result of a re-test."""
        given = await desk.read(request)
        return await desk.work(request, lambda connection, caller: desk.retest(connection, caller, given))

    application = Litestar(
        route_handlers=[Router(EMISSION_PATH, route_handlers=[failed_tests, retest_permit, ask_permit, results])],
        exception_handlers={
            EmissionRefused: _on_emission_refused,
            Refused: on_refused,
            HTTPException: on_http,
            Exception: on_fault,
        },
        middleware=[in_time],
        openapi_config=None,
        logging_config=None,
    )
    return _counted(application, metrics)


def is_emission(path: str) -> bool:
    """Is this path the inspection stations'?"""
    return path == EMISSION_PATH or path.startswith(f"{EMISSION_PATH}/")


def _members(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Misstated((Fault("", "应为JSON对象"),))
    return given


def _permit_json(permit: tickets.Permit) -> PermitJson:
    ticket = permit.ticket
    is_closed = ticket.state in {TicketState.PASSED, TicketState.FAILED_AGAIN, TicketState.CANCELLED}
    answer = "permitted" if permit.is_permitted else "closed" if is_closed else "not_yet"
    reason = permit.reason if answer == "not_yet" else None
    return PermitJson(
        ticket.report_number,
        answer,
        ticket.state.value,
        ticket.deadline_on,
        "" if reason is None else reason.value,
        _closed_words(ticket) if is_closed else "" if reason is None else WORDS[reason],
        ticket.settled_on,
    )


def _closed_words(ticket: Ticket) -> str:
    return {
        TicketState.PASSED: "已复检合格",
        TicketState.FAILED_AGAIN: "复检不合格，请用复检的报告编号查询",
        TicketState.CANCELLED: "维修单已由主管部门撤销",
    }[ticket.state]


def _kind(refused: EmissionRefused) -> RefusalKind:
    return next((kind for fault, kind in _KINDS if isinstance(refused, fault)), RefusalKind.NOT_ACCEPTABLE)


def _faults(refused: EmissionRefused) -> tuple[FieldFaultJson, ...]:
    if not isinstance(refused, Misstated):
        return ()
    return tuple(FieldFaultJson(fault.field, fault.sentence) for fault in refused.faults)


def _on_emission_refused(request: Request[Any, Any, Any], refused: EmissionRefused) -> Response[Any]:
    """A refusal with the fields it is about, else as every other problem."""
    told = Refused(_kind(refused), refused.sentence)
    answer: Response[Any] = on_refused(request, told)
    if faults := _faults(refused):
        plain = problem_json(told.refusal, status_of(told.refusal))
        answer.content = EmissionProblemJson(**msgspec.structs.asdict(plain), faults=faults)
    return answer


def _counted(application: ASGIApp, metrics: GateMetrics) -> ASGIApp:
    """Counts answers by operation and code."""

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        state: dict[str, Any] = {}
        below: Any = dict(scope) | {"state": state}
        await application(below, receive, send)
        operation = scope["path"].removeprefix(EMISSION_PATH).strip("/").partition("/")[0]
        known = operation if operation in {"failed-tests", "retest-permits", "results"} else "other"
        answered = metrics.for_operation(_DIALECT, known)
        answered(state.get(CODE_IN_STATE, "OK"), time.perf_counter() - started)

    return counted
