"""Patience: a request that lasts too long is answered, once, before its client gives up."""

from __future__ import annotations

import asyncio

from chedang.gate.patience import Patience
from chedang.intake.outcomes import RefusalKind, Refused


def test_who_waits_too_long_is_told_and_the_others_are_left_alone() -> None:
    told: list[tuple[str, Refused]] = []

    async def run() -> None:
        now = 0.0
        patience = Patience(2.5, now=lambda: now)

        def begin(name: str) -> int:
            def too_late(refused: Refused) -> None:
                assert patience.end(numbers[name])
                told.append((name, refused))

            return patience.begin(now, too_late)

        numbers: dict[str, int] = {}
        for name in ("slow", "quick"):
            numbers[name] = begin(name)
        assert patience.end(numbers["quick"])
        now = 1.0
        numbers["later"] = begin("later")
        now = 2.6
        await asyncio.sleep(0.25)
        assert [name for name, _ in told] == ["slow"]
        assert not patience.end(numbers["slow"]), "it has had its answer"
        now = 3.6
        await asyncio.sleep(0.25)

    asyncio.run(run())
    assert [name for name, _ in told] == ["slow", "later"]
    refusal = told[0][1].refusal
    assert refusal.kind is RefusalKind.UNAVAILABLE
    assert refusal.retry_after_seconds


def test_an_answer_that_fails_leaves_nobody_behind_it_without_one() -> None:
    told: list[int] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        now = 0.0
        patience = Patience(2.5, now=lambda: now)

        def fail(_refused: Refused) -> None:
            patience.end(1)
            raise RuntimeError("the line is closed")

        def too_late(_refused: Refused) -> None:
            patience.end(2)
            told.append(2)

        patience.begin(now, fail)
        patience.begin(now, too_late)
        now = 2.6
        await asyncio.sleep(0.25)

    asyncio.run(run())
    assert told == [2]
