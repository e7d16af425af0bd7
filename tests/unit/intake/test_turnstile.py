"""The turnstile: a few at a time, and whoever would wait too long is told at once when to come back."""

from __future__ import annotations

import asyncio

import pytest

from chedang.intake.outcomes import Refusal, RefusalKind, Refused
from chedang.intake.turnstile import Turnstile


class Work:
    """Slow work through a turnstile, with a clock that moves only when told."""

    def __init__(self, **options: float) -> None:
        self.now = 0.0
        self.inside = 0
        self.most_inside = 0
        self.may_end = asyncio.Event()
        self.turnstile = Turnstile(2, usual_seconds=0.1, seconds=lambda: self.now, **options)

    async def do(self) -> str | Refusal:
        try:
            async with self.turnstile.turn():
                self.inside += 1
                self.most_inside = max(self.most_inside, self.inside)
                await self.may_end.wait()
                self.inside -= 1
        except Refused as refused:
            return refused.refusal
        return "done"


def test_no_more_than_allowed_work_at_a_time_and_the_others_follow() -> None:
    async def run() -> None:
        work = Work()
        tasks = [asyncio.ensure_future(work.do()) for _ in range(10)]
        await asyncio.sleep(0)
        work.may_end.set()
        assert await asyncio.gather(*tasks) == ["done"] * 10
        assert work.most_inside == 2

    asyncio.run(run())


def test_those_who_would_wait_too_long_are_told_different_times_to_come_back() -> None:
    async def run() -> None:
        work = Work(longest_wait_seconds=1.0)
        tasks = [asyncio.ensure_future(work.do()) for _ in range(100)]
        await asyncio.sleep(0)
        work.may_end.set()
        outcomes = await asyncio.gather(*tasks)
        served = [outcome for outcome in outcomes if outcome == "done"]
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        assert len(served) == 22, "two at work, and as many as two do in a second"
        assert {refusal.kind for refusal in refused} == {RefusalKind.UNAVAILABLE}
        hints = [refusal.retry_after_seconds for refusal in refused]
        assert hints == sorted(hints, key=lambda hint: hint or 0)
        assert (hints[0], hints[-1]) == (2, 5), "twenty fit into a second"

    asyncio.run(run())


def test_a_wait_that_grows_longer_than_reckoned_ends_as_well() -> None:
    async def run() -> None:
        work = Work(longest_wait_seconds=0.05)
        at_work = [asyncio.ensure_future(work.do()) for _ in range(2)]
        await asyncio.sleep(0)
        outcome = await work.do()
        assert isinstance(outcome, Refusal)
        work.may_end.set()
        assert await asyncio.gather(*at_work) == ["done"] * 2
        assert await work.do() == "done", "the place of whoever gave up is free"

    asyncio.run(run())


def test_slower_work_shortens_the_queue() -> None:
    async def run() -> None:
        work = Work(longest_wait_seconds=1.0)
        for _ in range(50):
            slow = asyncio.ensure_future(work.do())
            await asyncio.sleep(0)
            work.now += 1.0
            work.may_end.set()
            await slow
            work.may_end.clear()
        tasks = [asyncio.ensure_future(work.do()) for _ in range(10)]
        await asyncio.sleep(0)
        work.may_end.set()
        outcomes = await asyncio.gather(*tasks)
        assert outcomes.count("done") in (3, 4)

    asyncio.run(run())


@pytest.mark.parametrize("fault", [RuntimeError, asyncio.CancelledError])
def test_work_that_fails_gives_its_place_back(fault: type[BaseException]) -> None:
    async def run() -> None:
        turnstile = Turnstile(1, usual_seconds=0.1)
        for _ in range(3):
            with pytest.raises(fault):
                async with turnstile.turn():
                    raise fault

    asyncio.run(run())
