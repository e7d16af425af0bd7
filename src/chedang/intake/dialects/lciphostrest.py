"""Dialect of the ministry's interface for chains (``lciphostrest``): token, allocation of a code, batch of records.

What its client sends and reads is in docs/reference/dialect-lciphostrest.md. Records come in three levels of encoding:
``str`` is JSON text of an array, and in each element the header and both lists are JSON text again. The client looks
for 新增成功 in the raw answer, so these four characters stand there only when every record of the batch is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from chedang.intake.answers import CODES, answer_members, encode, tame, tell
from chedang.intake.chains import AllocationRequest, CodeAllocated
from chedang.intake.dialect import Answer, Dialect, Operation
from chedang.intake.elements import names_left_over, read_document, read_token_request, read_upload
from chedang.intake.outcomes import (
    BatchDone,
    BatchRequest,
    Outcome,
    RecordAccepted,
    Refusal,
    RefusalKind,
    Refused,
    TokenRequest,
    UploadRequest,
)
from chedang.intake.wire import Members, as_object, as_text, decode_json

NAME: Final = "lciphostrest"
PATH: Final = "/restservices/lciphostrest"
MOST_RECORDS: Final = 500
"""Of one batch; the client that sends loops of 500 sends them one by one."""

_SUCCESS: Final = "新增成功"
_LEVELS: Final = 3
_MOST_TOLD: Final = 20
_LONGEST_STATUS: Final = 150
_LONGEST_REASON: Final = 60


def parse_token(raw: bytes) -> TokenRequest:
    """``lcipgetaccesstoken``. Raises Refused (malformed, or a parameter missing)."""
    return read_token_request(Members(read_document(raw)), ("username", "password"))


def parse_allocation(raw: bytes) -> AllocationRequest:
    """``lcipaccountcompany``."""
    members = Members(read_document(raw))
    request = AllocationRequest(
        as_text(members.get("access_token")),
        company_name=as_text(members.get("companyname")),
        road_transport_license=as_text(members.get("companyroadtransportationlicense")),
        division_code=as_text(members.get("companyadministrativedivisioncode")),
    )
    unknown = names_left_over([members])
    return msgspec.structs.replace(request, dropped_fields=members.left_over, unknown_fields=unknown)


def parse_batch(raw: bytes) -> BatchRequest:
    """``lcipcarfixrecordaddall``. Raises Refused for what is no batch; an element that is no record refuses itself."""
    elements, wrapper = _unwrap(raw)
    if not elements:
        raise Refused(RefusalKind.EMPTY_RECORD)
    if len(elements) > MOST_RECORDS:
        raise Refused(RefusalKind.TOO_MANY_ROWS, f"一次{len(elements)}条，上限{MOST_RECORDS}条")
    token = as_text(wrapper.get("access_token"))
    return BatchRequest(tuple(_read_element(element, token, wrapper) for element in elements))


def _unwrap(raw: bytes) -> tuple[list[Any], Members]:
    """The array, and the object around it: in ``str`` as JSON text or as it is, or bare, or one element alone."""
    value: Any = decode_json(raw)
    wrapper = Members({})
    for _ in range(_LEVELS):
        if isinstance(value, str):
            value = decode_json(value.encode("utf-8", "replace"))
        elif isinstance(value, dict) and (inside := (members := Members(value)).get("str")) is not None:
            wrapper, value = members, inside
        else:
            break
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise Refused(RefusalKind.MALFORMED, "str应为数组")
    return value, wrapper


def _read_element(element: Any, token: str, wrapper: Members) -> UploadRequest | Refusal:
    try:
        members = Members(as_object(element, "数组的每一项"))
        own_token = as_text(members.get("access_token")) or token
        company_code = as_text(members.get("companyuniquecode"))
        # Which county the shop is in is known from its code; the element says it again.
        members.get("administrativedivisioncode")
        basic = Members(as_object(members.get("basicinfo"), "basicinfo"))
        request = read_upload(own_token, basic, members, wrappers=(wrapper,))
        if not company_code:
            raise Refused(RefusalKind.MISSING_PARAMETER, "companyuniquecode为空")
    except Refused as refused:
        return refused.refusal
    return msgspec.structs.replace(request, on_behalf_of=company_code)


def answer(_operation: str, _request: Any, outcome: Outcome) -> Answer:
    """The answer a client reads."""
    match outcome:
        case BatchDone():
            return Answer(_answer_batch(outcome.outcomes))
        case CodeAllocated():
            return Answer(
                encode({"code": "1", "status": "分配成功，待审核", "companyuniquecode": outcome.company_code})
            )
        case Refusal():
            return Answer(_deny_success(answer_members(outcome)))
        case _:
            return Answer(encode(answer_members(outcome)))


def _answer_batch(outcomes: Sequence[RecordAccepted | Refusal]) -> bytes:
    """Success of all; else which elements failed and why: the first twenty of them, counted from 1."""
    failed = [(number, each) for number, each in enumerate(outcomes, 1) if isinstance(each, Refusal)]
    if not failed:
        return encode({"code": "1", "status": _SUCCESS})
    number, first = failed[0]
    reason = tell(first, _LONGEST_REASON)
    status = f"共{len(outcomes)}条，失败{len(failed)}条；第{number}条：{reason}" if len(outcomes) > 1 else reason
    members = {
        "code": CODES[first.kind],
        "status": tame(status, _LONGEST_STATUS),
        "total": len(outcomes),
        "stored": len(outcomes) - len(failed),
        "failed": [
            {"index": number, "code": CODES[each.kind], "status": tell(each, _LONGEST_REASON)}
            for number, each in failed[:_MOST_TOLD]
        ],
    }
    return _deny_success(members)


def _deny_success(members: dict[str, Any]) -> bytes:
    """A refusal may quote what came in, which must not make a success of it."""
    return encode(members).replace(_SUCCESS.encode(), "…".encode())


DIALECT: Final = Dialect(
    name=NAME,
    bases=(PATH,),
    operations=(
        Operation("lcipgetaccesstoken", "/lcipgetaccesstoken/query", lambda wire: parse_token(wire.body)),
        Operation("lcipaccountcompany", "/lcipaccountcompany/query", lambda wire: parse_allocation(wire.body)),
        Operation("lcipcarfixrecordaddall", "/lcipcarfixrecordaddall/query", lambda wire: parse_batch(wire.body)),
    ),
    answer=answer,
)
