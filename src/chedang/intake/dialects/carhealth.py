"""Dialect of Chengdu's interface (``carhealth``): register, token, record, and the server's clock.

What its clients send and read is in docs/reference/dialect-carhealth.md. Requests come as ``text/html`` and wrap their
members four times (``transaction``, ``body``, ``reqInfo``); answers wrap theirs in ``respInfo`` only. Enumerations come
as Chinese words, which the rules of registration read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from chedang.intake.answers import MAX_ANSWER_CHARACTERS, answer_members, encode
from chedang.intake.dialect import Answer, Dialect, Operation, Wire
from chedang.intake.elements import read_document, read_registration, read_token_request, read_upload
from chedang.intake.outcomes import (
    ClockRead,
    ClockRequest,
    Outcome,
    RegistrationRequest,
    TokenRequest,
    UploadRequest,
)
from chedang.intake.wire import Members, as_object, as_text

NAME: Final = "carhealth"

_ROOM: Final = MAX_ANSWER_CHARACTERS - len('{"respInfo":}')


def parse_clock(_wire: Wire) -> ClockRequest:
    """``GET /time``: nothing to read."""
    return ClockRequest()


def parse_token(wire: Wire) -> TokenRequest:
    """``/carhealth/token``. Raises Refused (malformed, or a parameter missing)."""
    return read_token_request(_unwrap(wire)[-1])


def parse_upload(wire: Wire) -> UploadRequest:
    """``/carhealth/record``. Raises Refused for what can never be used; everything else is for the rules."""
    *wrappers, members = _unwrap(wire)
    token = as_text(members.get("access_token"))
    basic = Members(as_object(members.get("basicInfo"), "basicInfo"))
    return read_upload(token, basic, members, wrappers=wrappers)


def parse_registration(wire: Wire) -> RegistrationRequest:
    """``/carhealth/register``: the 18 elements."""
    *wrappers, members = _unwrap(wire)
    return read_registration(members, wrappers=wrappers)


def _unwrap(wire: Wire) -> Sequence[Members]:
    """The objects of a request from outside in; the last holds what was sent. A wrapper that is missing is none."""
    objects = [Members(read_document(wire.body))]
    for name in ("transaction", "body", "reqInfo"):
        inner = objects[-1].get(name)
        if inner is not None:
            objects.append(Members(as_object(inner, name)))
    for wrapper in objects[:-1]:
        wrapper.get("header")  # the client's clock: part of the envelope, nothing to read
    return objects


def answer(_operation: str, _request: Any, outcome: Outcome) -> Answer:
    """``{"respInfo":{…}}``; the clock's answer is a number and nothing else.

    The client reads the number through a formatter of its library that takes JSON and fails at any other type.
    """
    if isinstance(outcome, ClockRead):
        return Answer(b"%d" % outcome.unix_ms)
    return Answer(encode({"respInfo": answer_members(outcome, room=_ROOM)}))


DIALECT: Final = Dialect(
    name=NAME,
    bases=("",),
    operations=(
        Operation("time", "/time", parse_clock),
        Operation("register", "/carhealth/register", parse_registration),
        Operation("token", "/carhealth/token", parse_token),
        Operation("record", "/carhealth/record", parse_upload),
    ),
    answer=answer,
)
