"""The batcher: answers after the commit, one batch per record, a bad row costs nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime

import pytest

from chedang.intake.batcher import Batcher
from chedang.intake.outcomes import Refused
from chedang.intake.writer import RowsRefused, StoreUnavailable
from chedang.records.store import Appended, NewVersion


def upload(number: int, content: str = "{}") -> NewVersion:
    return NewVersion(
        vin="~330106000000001",
        record_id=f"{number:032x}",
        digest=b"",
        company_code="330106000000001",
        settlement_list_number=str(number),
        plate_number="",
        repair_on=None,
        settled_on=None,
        mileage_km=None,
        content=content,
        findings="[]",
        error_count=0,
        warn_count=0,
        dialect="lcippro",
        received_at=datetime(2026, 9, 14, tzinfo=UTC),
    )


def test_uploads_that_wait_together_are_committed_together() -> None:
    batches: list[int] = []

    async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
        batches.append(len(uploads))
        return [Appended(one.record_id, 1) for one in uploads]

    async def run() -> list[Appended]:
        subject = Batcher([append, append])
        return await asyncio.gather(*(subject.submit(upload(number)) for number in range(20)))

    outcomes = asyncio.run(run())
    assert [int(outcome.record_id, 16) for outcome in outcomes] == list(range(20))
    assert batches == [20]


def test_a_fair_number_leaves_at_once_while_more_are_still_coming() -> None:
    """A writer that is free must not wait until the gate has read everything that lies in its sockets."""
    handed_over: list[int] = []

    def append(uploads: Sequence[NewVersion]) -> Awaitable[list[Appended]]:
        handed_over.append(len(uploads))

        async def store() -> list[Appended]:
            return [Appended(one.record_id, 1) for one in uploads]

        return store()

    async def run() -> None:
        subject = Batcher([append], prompt_rows=4)
        outcomes: list[object] = []
        for number in range(10):
            subject.begin(upload(number), outcomes.append)
        assert handed_over == [4], "in the same turn of the event loop"
        await subject.drain()
        assert len(outcomes) == 10

    asyncio.run(run())
    assert handed_over == [4, 6]


def test_a_batch_is_never_larger_than_allowed() -> None:
    batches: list[int] = []

    async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
        batches.append(len(uploads))
        return [Appended(one.record_id, 1) for one in uploads]

    async def run() -> None:
        subject = Batcher([append, append], max_rows=10)
        await asyncio.gather(*(subject.submit(upload(number)) for number in range(35)))

    asyncio.run(run())
    assert sum(batches) == 35
    assert max(batches) == 10


def test_the_same_record_twice_goes_into_two_batches_in_order() -> None:
    contents: list[list[str]] = []

    async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
        contents.append([one.content for one in uploads])
        return [Appended(one.record_id, 1) for one in uploads]

    async def run() -> None:
        subject = Batcher([append])
        await asyncio.gather(subject.submit(upload(1, "first")), subject.submit(upload(1, "second")))

    asyncio.run(run())
    assert contents == [["first"], ["second"]]


def test_a_row_the_database_refuses_costs_no_other_row() -> None:
    async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
        if any(one.content == "bad" for one in uploads):
            raise RowsRefused
        return [Appended(one.record_id, 1) for one in uploads]

    async def run() -> list[Appended | BaseException]:
        subject = Batcher([append, append])
        return await asyncio.gather(
            *(subject.submit(upload(number, "bad" if number == 3 else "good")) for number in range(6)),
            return_exceptions=True,
        )

    outcomes = asyncio.run(run())
    assert [isinstance(outcome, RowsRefused) for outcome in outcomes] == [number == 3 for number in range(6)]


def test_when_the_database_is_away_everyone_is_told_and_the_next_upload_works() -> None:
    faults = [ConnectionError("gone")]

    async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
        if faults:
            raise faults.pop()
        return [Appended(one.record_id, 1) for one in uploads]

    async def run() -> None:
        subject = Batcher([append, append])
        told = await asyncio.gather(*(subject.submit(upload(n)) for n in range(3)), return_exceptions=True)
        assert [type(fault) for fault in told] == [ConnectionError] * 3
        assert (await subject.submit(upload(9))).version == 1

    asyncio.run(run())


def test_an_upload_too_many_is_sent_away_with_a_time_to_come_back() -> None:
    gate = asyncio.Event()

    async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
        await gate.wait()
        return [Appended(one.record_id, 1) for one in uploads]

    async def run() -> None:
        subject = Batcher([append], max_rows=1, max_waiting=2)
        tasks = [asyncio.create_task(subject.submit(upload(number))) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await subject.submit(upload(99))
        assert refused.value.refusal.retry_after_seconds
        gate.set()
        await asyncio.gather(*tasks)

    asyncio.run(run())


def test_a_client_that_went_away_does_not_stop_its_batch() -> None:
    stored: list[int] = []

    async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
        stored.extend(int(one.record_id, 16) for one in uploads)
        return [Appended(one.record_id, 1) for one in uploads]

    async def run() -> None:
        subject = Batcher([append, append])
        leaving = asyncio.create_task(subject.submit(upload(1)))
        staying = asyncio.create_task(subject.submit(upload(2)))
        await asyncio.sleep(0)
        leaving.cancel()
        assert (await staying).version == 1
        await subject.drain()

    asyncio.run(run())
    assert sorted(stored) == [1, 2]


def test_while_the_oldest_upload_waits_too_long_others_are_sent_away_at_once() -> None:
    now = 0.0

    async def run() -> None:
        nonlocal now
        answering = asyncio.Event()

        async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
            await answering.wait()
            return [Appended(one.record_id, 1) for one in uploads]

        subject = Batcher([append], max_rows=1, longest_wait_seconds=1.5, seconds=lambda: now)
        waiting = [asyncio.ensure_future(subject.submit(upload(number))) for number in range(3)]
        await asyncio.sleep(0)
        now = 1.6
        with pytest.raises(Refused) as refused:
            await subject.submit(upload(4))
        assert refused.value.refusal.retry_after_seconds
        answering.set()
        assert len(await asyncio.gather(*waiting)) == 3
        await subject.submit(upload(5))

    asyncio.run(run())


def test_a_database_that_goes_away_between_single_rows_is_not_asked_for_each_of_them() -> None:
    calls: list[int] = []

    async def append(uploads: Sequence[NewVersion]) -> list[Appended]:
        calls.append(len(uploads))
        if len(uploads) > 1:
            raise RowsRefused
        if len(calls) > 2:
            raise StoreUnavailable
        return [Appended(one.record_id, 1) for one in uploads]

    async def run() -> list[object]:
        subject = Batcher([append])
        return await asyncio.gather(*(subject.submit(upload(number)) for number in range(5)), return_exceptions=True)

    first, *others = asyncio.run(run())
    assert isinstance(first, Appended)
    assert all(isinstance(other, StoreUnavailable) for other in others)
    assert calls == [5, 1, 1]


def test_a_writer_that_cannot_even_be_called_is_asked_again_for_the_next_batch() -> None:
    calls = 0

    def append(uploads: Sequence[NewVersion]) -> Awaitable[list[Appended]]:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("the pipe is closed")

        async def store() -> list[Appended]:
            return [Appended(one.record_id, 1) for one in uploads]

        return store()

    async def run() -> None:
        subject = Batcher([append])
        with pytest.raises(RuntimeError):
            await subject.submit(upload(1))
        assert (await subject.submit(upload(2))).version == 1
        await subject.drain()

    asyncio.run(run())


@pytest.mark.parametrize("is_refused", [False, True])
def test_an_answer_that_fails_costs_no_other_of_its_batch_nor_the_batches_after_it(*, is_refused: bool) -> None:
    told: list[Appended | Exception] = []

    def fail(_outcome: Appended | Exception) -> None:
        raise RuntimeError("the line is closed")

    def append(uploads: Sequence[NewVersion]) -> Awaitable[list[Appended]]:
        if is_refused:
            raise RuntimeError("the pipe is closed")

        async def store() -> list[Appended]:
            return [Appended(one.record_id, 1) for one in uploads]

        return store()

    async def run() -> None:
        clock = [0.0]
        subject = Batcher([append], max_rows=2, prompt_rows=4, seconds=lambda: clock[0])
        for number in range(4):
            subject.begin(upload(number), fail if number == 0 else told.append)
        await subject.drain()
        clock[0] = 60.0
        subject.begin(upload(4), told.append)  # an old one that nobody writes any more would be an overload
        await subject.drain()

    asyncio.run(run())
    assert len(told) == 4
