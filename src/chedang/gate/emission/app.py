"""Puts the inspection stations' door together: an application of its own, as the native interface is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from litestar import Litestar, Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath
from litestar.types import ASGIApp, ControllerRouterHandler, Receive, Scope, Send

from chedang.emission.model import EmissionRefused
from chedang.emission.reading import read_number, read_question
from chedang.gate.api.in_time import in_time
from chedang.gate.api.problems import CODE_IN_STATE, on_fault, on_http, on_refused
from chedang.gate.emission.answers import (
    OutcomeJson,
    OutcomesJson,
    PermitJson,
    emission_problem,
    faults_of,
    kind_of,
)
from chedang.gate.emission.described import INTERFACE, MOST_TESTS
from chedang.gate.emission.desk import StationDesk, members
from chedang.gate.metrics import GateMetrics
from chedang.gate.openapi import Document, describe
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake

EMISSION_PATH: Final = "/emission/v1"
_DIALECT: Final = "emission"
_OPERATIONS: Final = frozenset({"failed-tests", "retest-permits", "results", "openapi.json"})


@post("/failed-tests", name="failed_tests", status_code=200)
async def failed_tests(request: Request[Any, Any, Any], desk: NamedDependency[StationDesk]) -> Response[Any]:
    """报送初检不合格报告，一份，或者一组至多 500 份；可以重复发送。"""
    given = await desk.read(request)
    if not isinstance(given, list):
        one: OutcomeJson = await desk.work(request, lambda connection, caller: desk.take(connection, caller, given))
        return Response(one, status_code=201 if one.outcome == "created" else 200)
    if len(given) > MOST_TESTS:
        raise Refused(RefusalKind.TOO_MANY_ROWS, f"一次最多{MOST_TESTS}份")
    await desk.work(request, lambda _connection, caller: caller)  # none at all is no way past the key
    return Response(OutcomesJson(tuple([await desk.try_take(request, each) for each in given])))


@get("/retest-permits/{report_number:str}", name="retest_permit")
async def retest_permit(
    request: Request[Any, Any, Any], desk: NamedDependency[StationDesk], report_number: FromPath[str]
) -> PermitJson:
    """本机构检验不合格的车，能否复检。"""
    number = read_number(report_number)
    if number is None:
        raise Refused(RefusalKind.UNKNOWN_RECORD, "没有这份报告")
    return await desk.work(request, lambda connection, caller: desk.permit(connection, caller, number, None))


@post("/retest-permits", name="ask_permit", status_code=200)
async def ask_permit(request: Request[Any, Any, Any], desk: NamedDependency[StationDesk]) -> PermitJson:
    """其他机构检验不合格的车，能否复检；须同时给出车架号。"""
    number, vin = read_question(members(await desk.read(request)))
    return await desk.work(request, lambda connection, caller: desk.permit(connection, caller, number, vin))


@post("/results", name="results", status_code=200)
async def results(request: Request[Any, Any, Any], desk: NamedDependency[StationDesk]) -> OutcomeJson:
    """报送复检结果；可以重复发送。"""
    given = await desk.read(request)
    return await desk.work(request, lambda connection, caller: desk.retest(connection, caller, given))


@get("/openapi.json", name="openapi", sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """本接口的 OpenAPI 3.1 描述。"""
    return Response(request.app.state.describe())


HANDLERS: Final[Sequence[ControllerRouterHandler]] = (failed_tests, retest_permit, ask_permit, results, openapi)


def create_emission(intake: Intake, metrics: GateMetrics) -> ASGIApp:
    """The application for all paths below ``/emission/v1``."""
    desk = StationDesk(intake)
    application = Litestar(
        route_handlers=[Router(EMISSION_PATH, route_handlers=HANDLERS)],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        exception_handlers={
            EmissionRefused: _on_emission_refused,
            Refused: _on_refused,
            HTTPException: on_http,
            Exception: on_fault,
        },
        middleware=[in_time],
        openapi_config=None,
        logging_config=None,
        state=State({"describe": cache(description_of)}),
    )
    return _counted(application, metrics)


def description_of() -> Document:
    """The description of the interface (OpenAPI 3.1), as it is served."""
    return describe(INTERFACE, EMISSION_PATH, HANDLERS)


def is_emission(path: str) -> bool:
    """Is this path the inspection stations'?"""
    return path == EMISSION_PATH or path.startswith(f"{EMISSION_PATH}/")


def _on_refused(request: Request[Any, Any, Any], refused: Refused) -> Response[Any]:
    answer: Response[Any] = on_refused(request, refused)
    answer.content = emission_problem(answer.content, refused.refusal.kind)
    return answer


def _on_emission_refused(request: Request[Any, Any, Any], refused: EmissionRefused) -> Response[Any]:
    kind = kind_of(refused)
    answer: Response[Any] = on_refused(request, Refused(kind, refused.sentence))
    answer.content = emission_problem(answer.content, kind, faults_of(refused))
    return answer


def _counted(application: ASGIApp, metrics: GateMetrics) -> ASGIApp:
    """Counts answers by operation and code."""

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        state: dict[str, Any] = {}
        below: Any = dict(scope) | {"state": state}
        await application(below, receive, send)
        operation = scope["path"].removeprefix(EMISSION_PATH).strip("/").partition("/")[0]
        answered = metrics.for_operation(_DIALECT, operation if operation in _OPERATIONS else "other")
        answered(state.get(CODE_IN_STATE, "OK"), time.perf_counter() - started)

    return counted
