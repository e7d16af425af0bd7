"""The writer process over a real database: a bad row, a database that is away, and its return."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
import uvloop

from chedang.intake.batcher import Batcher
from chedang.intake.writer import RowsRefused, StoreUnavailable, Writer
from chedang.platform.database import connect
from chedang.records.store import NewVersion, read_company_records

SHOP = "330106000000001"


def upload(number: int) -> NewVersion:
    return NewVersion(
        vin=f"~{SHOP}",
        record_id=f"{number:032x}",
        digest=b"\x00\xff",
        company_code=SHOP,
        settlement_list_number=str(number),
        plate_number="",
        repair_on=None,
        settled_on=None,
        mileage_km=Decimal("1.5"),
        content="{}",
        findings="[]",
        error_count=0,
        warn_count=0,
        dialect="lcippro",
        received_at=datetime(2026, 9, 14, tzinfo=UTC),
    )


def impossible(number: int) -> NewVersion:
    return msgspec.structs.replace(upload(number), mileage_km=Decimal(10) ** 20)


def test_batches_are_stored_and_a_bad_row_costs_no_other(database_url: str) -> None:
    async def run() -> list[object]:
        writer = Writer(database_url)
        try:
            batcher = Batcher([writer.append])
            uploads = [impossible(number) if number == 3 else upload(number) for number in range(6)]
            return await asyncio.gather(*(batcher.submit(one) for one in uploads), return_exceptions=True)
        finally:
            await writer.close()

    outcomes = asyncio.run(run())
    assert [isinstance(outcome, RowsRefused) for outcome in outcomes] == [number == 3 for number in range(6)]
    with connect(database_url) as connection:
        stored = {version.settlement_list_number for version in read_company_records(connection, SHOP)}
    assert stored == {"0", "1", "2", "4", "5"}


def test_a_database_that_is_away_is_told_and_a_broken_connection_is_mended(database_url: str) -> None:
    async def run() -> None:
        away = Writer("postgresql://nobody@127.0.0.1:1/nothing")
        with pytest.raises(StoreUnavailable):
            await away.append([upload(1)])
        await away.close()
        writer = Writer(database_url)
        await writer.append([upload(1)])
        with connect(database_url, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chedang-gate-writer'"
            )
        (appended,) = await writer.append([upload(2)])
        assert appended.version == 1
        await writer.close()

    asyncio.run(run())


def test_a_process_that_is_stuck_is_replaced(database_url: str) -> None:
    async def run() -> None:
        writer = Writer(database_url)
        await writer.append([upload(1)])
        writer._longest_answer_seconds = 0.5  # not before, for the process takes as long to start
        stuck = writer._process
        assert stuck is not None
        stuck.send_signal(signal.SIGSTOP)
        with pytest.raises(StoreUnavailable):
            await writer.append([upload(2)])
        assert stuck.returncode == -signal.SIGKILL
        writer._longest_answer_seconds = 60.0
        (appended,) = await writer.append([upload(2)])
        assert appended.version == 1
        await writer.close()

    asyncio.run(run())


@pytest.mark.parametrize("loop", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("rest_seconds", [0.0, 0.3])
def test_a_process_killed_while_it_had_nothing_to_do_is_replaced(
    database_url: str, loop: Callable[[Coroutine[None, None, None]], None], rest_seconds: float
) -> None:
    async def run() -> None:
        writer = Writer(database_url)
        batcher = Batcher([writer.append])
        await batcher.submit(upload(1))
        assert writer._process is not None
        writer._process.kill()
        await asyncio.sleep(rest_seconds)  # after the longer one the event loop knows that the pipe is closed
        with contextlib.suppress(StoreUnavailable):
            await batcher.submit(upload(2))
        appended = await batcher.submit(upload(3))
        assert appended.version == 1
        await batcher.drain()
        await writer.close()

    loop(run())


def test_a_lock_held_by_somebody_is_told_and_costs_only_that_batch(database_url: str) -> None:
    async def run() -> None:
        writer = Writer(database_url)
        with connect(database_url) as holder:
            holder.execute("lock table record_version in access exclusive mode")
            with pytest.raises(StoreUnavailable):
                await writer.append([upload(1)])
        (appended,) = await writer.append([upload(1)])
        assert appended.version == 1, "the first was not stored"
        await writer.close()

    asyncio.run(run())
