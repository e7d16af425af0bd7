"""The gate's connections: ordinary uploads take the short way, all other requests uvicorn's (ADR 0011)."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from chedang.gate.dialects import headers_of, status_of
from chedang.gate.request_line import TolerantProtocol
from chedang.gate.shortway import Head, ShortWay
from chedang.intake.dialect import Answer, Wire
from chedang.intake.outcomes import Outcome

_MOST_KEPT_BYTES = 64 * 1024


def protocol_with(short_way: ShortWay) -> type[TolerantProtocol]:
    """The protocol class of a gate that has this short way."""

    class GateProtocol(_ShortWayProtocol):
        _short_way = short_way

    return GateProtocol


class _ShortWayProtocol(TolerantProtocol):
    """One connection. Requests of the short way and of the ordinary one follow each other, never overlap."""

    _short_way: ShortWay

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._wire: asyncio.Transport
        self._head: Head | None = None
        """A request of the short way that is not answered yet."""
        self._received = bytearray()
        """What came of a request of the short way, and behind one."""
        self._is_closing = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._wire = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._received.clear()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._received or self._head is not None:
            self._received += data
            if self._head is not None:
                if len(self._received) > _MOST_KEPT_BYTES:
                    self.flow.pause_reading()
                return
            data = bytes(self._received)
        head = self._short_way.find(data) if self._is_idle() else None
        if head is None or len(data) > head.length:  # what comes before its turn is for the ordinary way to sort out
            self._received.clear()
            super().data_received(data)
        elif len(data) < head.length:
            self._unset_keepalive_if_required()
            if not self._received:
                self._received += data
        else:
            self._received.clear()
            self._start(head, data)

    def _is_idle(self) -> bool:
        """Nothing under way, and the client reads its answers: the ordinary way waits for one that does not."""
        is_answered = self.cycle is None or self.cycle.response_complete
        return is_answered and self.is_between_requests and not self.flow.write_paused

    def _start(self, head: Head, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._head = head
        wire = Wire(data[head.body_at :], b"", head.content_type, head.call.path, head.client)
        head.call.start(wire, self._reply)

    def _reply(self, answer: Answer, outcome: Outcome) -> None:
        self._head = None
        if self._wire.is_closing():
            return
        status = status_of(outcome)
        if status == 200:
            head = _ok_head(answer.content_type, self._date(), len(answer.body))
        else:
            head = _render(status, [*self.server_state.default_headers, *headers_of(answer, outcome)])
        self._wire.write(head + answer.body)
        self.server_state.total_requests += 1
        if self._is_closing:
            self._wire.close()
            return
        self.flow.resume_reading()
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
        if self._received:
            self.loop.call_soon(self._go_on)

    def _date(self) -> bytes:
        headers = self.server_state.default_headers
        return headers[0][1] if headers else b""

    def _go_on(self) -> None:
        """Deal with what came behind a request that is answered now."""
        if self._received and self._head is None and not self._wire.is_closing():
            data = bytes(self._received)
            self._received.clear()
            self.data_received(data)

    def shutdown(self) -> None:
        if self._head is None:
            super().shutdown()
        else:
            self._is_closing = True


def _render(status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
    lines = [STATUS_LINE[status], *(b"%s: %s\r\n" % header for header in headers)]
    return b"".join(lines) + b"\r\n"


@lru_cache(maxsize=1024)
def _ok_head(content_type: str, date: bytes, length: int) -> bytes:
    headers = [(b"date", date)] if date else []
    return _render(200, [*headers, (b"content-type", content_type.encode()), (b"content-length", b"%d" % length)])
