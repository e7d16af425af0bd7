"""Reading bodies: large ones take turns, and one that stops coming does not keep its place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chedang.gate.body import BodyReader
from chedang.intake.outcomes import RefusalKind, Refused

MEBIBYTE = b"x" * 1024 * 1024


def body(pieces: list[bytes], *, stops: bool = False) -> Any:
    """A client that sends these pieces, and then falls silent when it ``stops``."""
    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    left[-1]["more_body"] = stops

    async def receive() -> Any:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return receive


def test_large_bodies_that_stop_coming_make_room_for_others() -> None:
    async def run() -> None:
        reader = BodyReader(large_at_once=2, longest_pause_seconds=0.05)
        silent = [asyncio.ensure_future(reader.read(body([MEBIBYTE, b"x"], stops=True))) for _ in range(2)]
        await asyncio.sleep(0)
        assert await reader.read(body([MEBIBYTE, MEBIBYTE, b"end"])) == MEBIBYTE * 2 + b"end"
        for one in silent:
            with pytest.raises(Refused) as refused:
                await one
            assert refused.value.refusal.kind is RefusalKind.UNAVAILABLE

    asyncio.run(run())
