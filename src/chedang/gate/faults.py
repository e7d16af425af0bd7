"""Faults on demand (ours): in the sandbox, and only there, a client may ask for the faults its retries must survive.

Header ``Chedang-Fault``, one or more of these, joined by ``;``:

* ``delay=<seconds, at most 30>``: the answer comes later;
* ``status=<500 to 599>``: this status instead of the answer, nothing is done;
* ``cut`` or ``cut=before``: the connection is closed without an answer, nothing is done;
* ``cut=after``: everything is done, then the connection is closed without an answer.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import msgspec
from litestar.types import ASGIApp, Receive, Scope, Send

HEADER: Final = "Chedang-Fault"
MAX_DELAY_SECONDS: Final = 30.0
_NAME: Final = HEADER.lower().encode()
_DELAYED_AT_ONCE: Final = 200
"""More than so many are not delayed: connections that wait cost memory."""


class Fault(msgspec.Struct, frozen=True):
    """What a client asked for."""

    delay_seconds: float = 0.0
    status: int | None = None
    cut: str = ""
    """``before``, ``after`` or nothing."""


def read_fault(text: str) -> Fault:
    """Read the header. Raises ValueError with a sentence that says what would be right."""
    delay_seconds, status, cut = 0.0, None, ""
    for piece in filter(None, (piece.strip() for piece in text.split(";"))):
        name, _, value = (word.strip() for word in piece.partition("="))
        match name:
            case "delay" if _is_number(value) and float(value) <= MAX_DELAY_SECONDS:
                delay_seconds = float(value)
            case "status" if value.isascii() and value.isdigit() and 500 <= int(value) <= 599:
                status = int(value)
            case "cut" if value in {"", "before", "after"}:
                cut = value or "before"
            case _:
                raise ValueError("应为 delay=秒数（不超过30）、status=500至599、cut=before 或 cut=after，以分号隔开")
    return Fault(delay_seconds, status, cut)


def _is_number(text: str) -> bool:
    return len(text) <= 6 and text.isascii() and text.replace(".", "", 1).isdigit()


class Faulty:
    """An application whose requests may ask for a fault."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self._delayed = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        text = next((bytes(value) for name, value in scope["headers"] if name == _NAME), None)
        if text is None:
            await self._application(scope, receive, send)
            return
        try:
            fault = read_fault(text.decode("latin-1"))
        except ValueError as error:
            await _answer(send, 400, str(error))
            return
        await self._delay(fault.delay_seconds)
        if fault.status is not None:
            await _answer(send, fault.status, f"按请求头 {HEADER} 返回")
        elif fault.cut == "before":
            await _cut(receive, send)
        elif fault.cut == "after":
            await self._application(scope, receive, _swallow)
            await _cut(receive, send)
        else:
            await self._application(scope, receive, send)

    async def _delay(self, seconds: float) -> None:
        if not seconds or self._delayed >= _DELAYED_AT_ONCE:
            return
        self._delayed += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._delayed -= 1


async def _swallow(_message: Any) -> None:
    """An answer that nobody gets."""


async def _cut(receive: Receive, send: Send) -> None:
    """Close the connection without a word. ASGI has no message for it: the server's own transport is asked."""
    send.__self__.transport.abort()  # type: ignore[attr-defined] # uvicorn: ``send`` is a method of the request's cycle
    while (await receive())["type"] != "http.disconnect":
        pass  # the rest of a body that was on its way


async def _answer(send: Send, status: int, detail: str) -> None:
    problem = {"type": "about:blank", "title": "沙箱故障", "status": status, "code": "FAULT", "detail": detail}
    body = json.dumps(problem, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
