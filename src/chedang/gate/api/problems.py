"""Refusals and faults as problem documents (RFC 9457), with the HTTP status that fits them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException, ValidationException

from chedang.gate.api.noting import note_problem
from chedang.gate.body import ClientGone
from chedang.gate.dialects import refusal_of_fault
from chedang.intake.native.answers import PROBLEM_JSON, ProblemJson, problem_json
from chedang.intake.native.keeping import KeyConflict
from chedang.intake.native.reading import Misshapen
from chedang.intake.outcomes import Refusal, RefusalKind, Refused

STATUS: Final = {
    RefusalKind.MALFORMED: 400,
    RefusalKind.TOO_LARGE: 413,
    RefusalKind.TOO_MANY_ROWS: 413,
    RefusalKind.MISSING_PARAMETER: 400,
    RefusalKind.EMPTY_RECORD: 422,
    RefusalKind.UNKNOWN_OPERATION: 404,
    RefusalKind.UNKNOWN_ENTERPRISE: 401,
    RefusalKind.WRONG_PASSWORD: 401,
    RefusalKind.LOCKED: 429,
    RefusalKind.BAD_TOKEN: 401,
    RefusalKind.EXPIRED_TOKEN: 401,
    RefusalKind.ENTERPRISE_REJECTED: 403,
    RefusalKind.ALREADY_REGISTERED: 409,
    RefusalKind.NOT_ACCEPTABLE: 422,
    RefusalKind.UNKNOWN_FIELD: 422,
    RefusalKind.UNKNOWN_RECORD: 404,
    RefusalKind.RECORD_EXISTS: 409,
    RefusalKind.CONFLICT: 409,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.UNKNOWN_ACCOUNT: 401,
    RefusalKind.BAD_SIGNATURE: 401,
    RefusalKind.STALE_REQUEST: 401,
    RefusalKind.REPLAYED: 409,
    RefusalKind.TOO_FAST: 429,
    RefusalKind.UNAVAILABLE: 503,
}
"""Every refusal's HTTP status; the older vocabularies answer most of them with 200."""

CODE_IN_STATE: Final = "chedang_problem"
"""Where the code of a problem waits, in the request's state, until the answer is counted."""

_BEARER: Final = {"WWW-Authenticate": 'Bearer realm="chedang"'}


def status_of(refusal: Refusal) -> int:
    return STATUS[refusal.kind]


def on_refused(request: Request[Any, Any, Any], refused: Refused) -> Response[ProblemJson]:
    """A request that the rules or the limits turned down."""
    refusal = refused.refusal
    status = status_of(refusal)
    problem = problem_json(refusal, status, pointer=refused.pointer if isinstance(refused, Misshapen) else None)
    if isinstance(refused, KeyConflict):
        problem = msgspec.structs.replace(problem, differences=refused.differences)
    headers = dict(_BEARER) if status == 401 else {}
    if status in {429, 503}:
        headers["Retry-After"] = str(refusal.retry_after_seconds or 5)
    return _answer(request, refusal, problem, headers)


def on_http(request: Request[Any, Any, Any], fault: HTTPException) -> Response[ProblemJson]:
    """What the framework refuses: no such address or method, a parameter of the wrong kind."""
    if isinstance(fault, ValidationException):
        extra = fault.extra if isinstance(fault.extra, list) else []
        names = "、".join(str(each.get("key", "")) for each in extra if isinstance(each, dict))
        return on_refused(request, Refused(RefusalKind.MALFORMED, f"参数{names}的类型或取值不对"))
    if fault.status_code >= 500:
        return on_fault(request, fault)
    refusal = Refusal(RefusalKind.UNKNOWN_OPERATION)
    if not isinstance(fault, NotFoundException | MethodNotAllowedException):
        refusal = Refusal(RefusalKind.MALFORMED)
    headers = dict(fault.headers or {}) if isinstance(fault, MethodNotAllowedException) else {}
    detail = "这个地址不支持该方法" if isinstance(fault, MethodNotAllowedException) else ""
    problem = problem_json(msgspec.structs.replace(refusal, detail=detail), fault.status_code)
    return _answer(request, refusal, problem, headers)


def on_fault(request: Request[Any, Any, Any], fault: Exception) -> Response[ProblemJson]:
    """A fault of ours: the client may come again. Nothing of it is told."""
    if isinstance(fault, ClientGone):
        gone = Refusal(RefusalKind.MALFORMED)
        return _answer(request, gone, problem_json(gone, 400), {})  # nobody reads it
    refusal = refusal_of_fault(fault)
    headers = {"Retry-After": str(refusal.retry_after_seconds or 5)}
    return _answer(request, refusal, problem_json(refusal, 503), headers)


def _answer(
    request: Request[Any, Any, Any], refusal: Refusal, problem: ProblemJson, headers: dict[str, str]
) -> Response[ProblemJson]:
    note_problem(request, refusal, problem)
    request.scope.setdefault("state", {})[CODE_IN_STATE] = problem.code
    return Response(problem, status_code=problem.status, media_type=PROBLEM_JSON, headers=headers)
