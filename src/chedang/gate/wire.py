"""Answers in one piece.

uvicorn writes head and body of an answer separately: two system calls, and the client is woken twice. At full load that
is a tenth of the gate's time (ADR 0010).
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class OnePieceProtocol(HttpToolsProtocol):
    """uvicorn's protocol on a transport that lets a head wait for its body."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(_HeadWaits(transport, self.loop))  # type: ignore[arg-type] # delegates all but write


class _HeadWaits:
    """A transport that joins the head of an answer to what follows in the same turn of the event loop."""

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, transport: asyncio.BaseTransport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport: Any = transport
        self._loop = loop
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
            self._transport.write(data)
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 100"):
            self._head = data
            # An answer without a body writes nothing more.
            self._loop.call_soon(self._let_go)
        else:
            self._transport.write(data)

    def close(self) -> None:
        self._let_go()
        self._transport.close()

    def _let_go(self) -> None:
        if self._head:
            data, self._head = self._head, b""
            self._transport.write(data)
