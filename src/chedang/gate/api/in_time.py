"""Answers the native interface before its clients give up, as the older vocabularies are (ADR 0019).

From the whole request to the beginning of the answer pass 2.5 s at most, for a batch, which is large, more. What was
asked for may still be done afterwards: sent again, it is found done.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from chedang.intake.outcomes import RefusalKind, Refused

PATIENCE_SECONDS: Final = 2.5
BATCH_PATIENCE_SECONDS: Final = 60.0
_BOUND: Final = "chedang_bound"


def in_time(app: ASGIApp) -> ASGIApp:
    """The application with a bound on each request; what comes too late is refused with UNAVAILABLE."""

    async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS) as bound:

                async def answering(message: Message) -> None:
                    bound.reschedule(None)  # a long answer takes as long as its client reads
                    await send(message)

                scope.setdefault("state", {})[_BOUND] = bound
                await app(scope, receive, answering)
        except TimeoutError as fault:
            raise Refused(RefusalKind.UNAVAILABLE, retry_after_seconds=5) from fault

    return bounded


class AtItsOwnPace:
    """While the body comes, the client's line decides; from then on ``seconds`` are ours."""

    def __init__(self, request: Request[Any, Any, Any], seconds: float) -> None:
        self._bound: asyncio.Timeout = request.scope["state"][_BOUND]
        self._seconds = seconds

    def __enter__(self) -> None:
        self._bound.reschedule(None)

    def __exit__(self, *_: object) -> None:
        self._bound.reschedule(asyncio.get_running_loop().time() + self._seconds)
