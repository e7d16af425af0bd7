"""Reads request bodies without ever holding more than their bound (ASGI)."""

from __future__ import annotations

import asyncio
from typing import Any

from litestar.types import Receive

from chedang.intake.outcomes import RefusalKind, Refused

MAX_BODY_BYTES = 16 * 1024 * 1024
_LARGE_BYTES = 1024 * 1024
# A body that is too large is read to this length and thrown away, so that the client reads our answer and not a
# broken connection; beyond it we answer at once.
_MAX_DISCARDED_BYTES = 4 * MAX_BODY_BYTES


class ClientGone(Exception):
    """The client closed the connection before its request was whole."""


class BodyReader:
    """Small bodies at once; bodies over 1 MiB a few at a time, so that memory stays bounded under any load.

    A large one of which nothing has come for ``longest_pause_seconds`` gives its place up: a cable that is pulled out
    says no goodbye, and a few of them would stop all large bodies for good.
    """

    def __init__(self, large_at_once: int = 4, *, longest_pause_seconds: float = 20.0) -> None:
        self._large_slots = asyncio.Semaphore(large_at_once)
        self._longest_pause_seconds = longest_pause_seconds

    async def read(self, receive: Receive) -> bytes:
        """The whole body. Raises Refused (TOO_LARGE, or UNAVAILABLE when it stopped coming) or ClientGone."""
        message = await receive()
        body: bytes = _chunk(message)
        if not message.get("more_body", False):
            if len(body) > MAX_BODY_BYTES:
                raise Refused(RefusalKind.TOO_LARGE)
            return body
        pieces = [body]
        size = len(body)
        while size <= _LARGE_BYTES:
            message = await receive()
            pieces.append(_chunk(message))
            size += len(pieces[-1])
            if not message.get("more_body", False):
                return b"".join(pieces)
        async with self._large_slots:
            return await _read_large(self._without_pauses(receive), pieces, size)

    def _without_pauses(self, receive: Receive) -> Receive:
        async def receive_soon() -> Any:
            try:
                async with asyncio.timeout(self._longest_pause_seconds):
                    return await receive()
            except TimeoutError:
                raise Refused(RefusalKind.UNAVAILABLE, retry_after_seconds=5) from None

        return receive_soon


async def _read_large(receive: Receive, pieces: list[bytes], size: int) -> bytes:
    while True:
        message = await receive()
        piece = _chunk(message)
        size += len(piece)
        if size <= MAX_BODY_BYTES:
            pieces.append(piece)
        else:
            pieces.clear()
        if size > _MAX_DISCARDED_BYTES or not message.get("more_body", False):
            break
    if size > MAX_BODY_BYTES:
        raise Refused(RefusalKind.TOO_LARGE)
    return b"".join(pieces)


def _chunk(message: Any) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGone
    chunk: bytes = message.get("body", b"")
    return chunk
