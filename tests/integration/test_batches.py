"""Accepted batches: durable, judged in order, exactly once, and asked about afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from chedang.intake import batch_work, batches, idempotency
from chedang.intake.batch_work import BatchWorker
from chedang.intake.batches import BatchState, LineFate, create_batch, read_batch, read_outcomes
from chedang.intake.outcomes import Refusal, RefusalKind, Refused
from chedang.intake.service import Amendment, new_version
from chedang.platform.database import connect
from chedang.records.model import PartText, ProjectText, RecordState, RecordText
from chedang.records.rules import judge, load_limits
from chedang.records.store import append, read_company_records

SHOP = "330106000001"
OTHER = "330106000002"
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
JUDGE = partial(judge, limits=load_limits())


@pytest.fixture
def database(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url, autocommit=True) as connection:
        yield connection


def record(number: str = "JS-1", **elements: Any) -> RecordText:
    flawless = RecordText(
        company_name="杭州青禾汽车维修有限公司",
        vin="LZZ1A2B32GA000123",
        plate_number="浙A12345",
        repair_date="20260301",
        mileage="48210",
        settle_date="20260301",
        fault_description="更换机油",
        settlement_list_number=number,
        parts=(PartText("机油", "5W-30", "4"),),
        projects=(ProjectText("更换机油", "0.5"),),
    )
    return msgspec.structs.replace(flawless, **elements)


def worker(mode: str = "compat") -> BatchWorker:
    return BatchWorker(judge=JUDGE, mode_of=lambda _: mode, clock=lambda: NOW + timedelta(seconds=5))  # type: ignore[arg-type,return-value]


def accept(connection: psycopg.Connection[Any], lines: list[RecordText | Refusal], **more: Any) -> UUID:
    with connection.transaction():
        return create_batch(connection, SHOP, lines, **({"actor": "", "now": NOW} | more))


def fates(connection: psycopg.Connection[Any], batch_id: UUID) -> list[LineFate]:
    return [outcome.outcome for outcome in read_outcomes(connection, batch_id)]


def test_a_batch_waits_until_a_worker_has_done_it(database: psycopg.Connection[Any]) -> None:
    batch_id = accept(database, [record("JS-1"), record("JS-2")])
    waiting = read_batch(database, batch_id)
    assert waiting is not None
    assert (waiting.state, waiting.lines, waiting.done) == (BatchState.WAITING, 2, 0)
    assert list(read_outcomes(database, batch_id)) == []

    assert worker().step(database)
    assert not worker().step(database)

    done = read_batch(database, batch_id)
    assert done is not None
    assert (done.state, done.done, done.created) == (BatchState.DONE, 2, 2)
    stored = read_company_records(database, SHOP)
    assert {version.settlement_list_number for version in stored} == {"JS-1", "JS-2"}
    assert {version.received_at for version in stored} == {NOW}
    first = next(read_outcomes(database, batch_id))
    assert (first.line, first.settlement_list_number, first.version) == (1, "JS-1", 1)
    assert first.record_id_hex in {version.record_id.hex for version in stored}


def test_each_line_has_the_outcome_that_fits_it(database: psycopg.Connection[Any]) -> None:
    accept(database, [record("JS-1"), record("JS-2")])
    assert worker().step(database)
    later = NOW + timedelta(minutes=1)
    batch_id = accept(
        database,
        [
            record("JS-1"),
            record("JS-2", mileage="48300"),
            Refusal(RefusalKind.MALFORMED, "第3行"),
            RecordText(),
            record("JS-3", vin=""),
        ],
        now=later,
    )
    assert worker().step(database)

    outcomes = list(read_outcomes(database, batch_id))
    assert [outcome.outcome for outcome in outcomes] == [
        LineFate.UNCHANGED,
        LineFate.AMENDED,
        LineFate.REFUSED,
        LineFate.REFUSED,
        LineFate.CREATED,
    ]
    assert [outcome.version for outcome in outcomes] == [1, 2, None, None, 1]
    assert outcomes[2].refusal == Refusal(RefusalKind.MALFORMED, "第3行")
    assert outcomes[3].refusal is not None
    assert outcomes[3].refusal.kind is RefusalKind.EMPTY_RECORD
    assert [finding.code for finding in outcomes[4].findings] == ["VIN_EMPTY"]
    batch = read_batch(database, batch_id)
    assert batch is not None
    assert (batch.created, batch.unchanged, batch.amended, batch.refused) == (1, 1, 1, 2)


def test_a_strict_node_refuses_the_line_and_keeps_the_others(database: psycopg.Connection[Any]) -> None:
    batch_id = accept(database, [record("JS-1", vin=""), record("JS-2")])
    assert worker("strict").step(database)
    assert fates(database, batch_id) == [LineFate.REFUSED, LineFate.CREATED]
    assert [version.settlement_list_number for version in read_company_records(database, SHOP)] == ["JS-2"]


def test_one_number_several_times_ends_with_its_last_line(database: psycopg.Connection[Any]) -> None:
    lines = [record("JS-1"), record("JS-1", mileage="48211"), record("JS-1", mileage="48211"), record("JS-1")]
    batch_id = accept(database, lines)
    assert worker().step(database)
    assert fates(database, batch_id) == [LineFate.CREATED, LineFate.AMENDED, LineFate.UNCHANGED, LineFate.AMENDED]
    assert [outcome.version for outcome in read_outcomes(database, batch_id)] == [1, 2, 2, 3]
    (newest,) = read_company_records(database, SHOP)
    assert newest.text == lines[-1]


def test_large_batches_are_done_in_order_and_read_from_any_line(database: psycopg.Connection[Any]) -> None:
    batch_id = accept(database, [record(f"JS-{number}") for number in range(1, 1202)])
    assert worker().step(database)
    half = read_batch(database, batch_id)
    assert half is not None
    assert (half.state, half.done) == (BatchState.RUNNING, 500)
    assert [outcome.line for outcome in read_outcomes(database, batch_id, 499)] == [499, 500]
    while worker().step(database):
        pass
    outcomes = list(read_outcomes(database, batch_id))
    assert [outcome.line for outcome in outcomes] == list(range(1, 1202))
    assert [outcome.settlement_list_number for outcome in outcomes] == [f"JS-{line}" for line in range(1, 1202)]
    assert next(read_outcomes(database, batch_id, 1201)).line == 1201
    assert list(read_outcomes(database, batch_id, 1202)) == []


def test_workers_together_keep_the_order_of_one_shops_lines(
    database_url: str, database: psycopg.Connection[Any]
) -> None:
    first = accept(database, [record("JS-1", mileage="1")])
    second = accept(database, [record("JS-1", mileage="2")])
    with connect(database_url) as slow:
        # Somebody holds the first chunk, so another worker takes the second and must wait for the first.
        slow.execute("select 1 from upload_chunk where batch_id = %s for update", [first])
        database.execute("set lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            worker().step(database)
        database.execute("set lock_timeout = 0")
    while worker().step(database):
        pass
    assert fates(database, first) == [LineFate.CREATED]
    assert fates(database, second) == [LineFate.AMENDED]


def test_small_batches_of_others_do_not_wait_behind_a_large_one(database: psycopg.Connection[Any]) -> None:
    accept(database, [record(f"JS-{number}") for number in range(1500)])
    with database.transaction():
        small = create_batch(database, OTHER, [record("A-1")], actor="", now=NOW + timedelta(milliseconds=10))
    worker().step(database)
    worker().step(database)
    done = read_batch(database, small)
    assert done is not None
    assert done.state is BatchState.DONE


def test_an_older_line_does_not_cover_what_came_later(database: psycopg.Connection[Any]) -> None:
    batch_id = accept(database, [record("JS-1", mileage="1"), record("JS-2")])
    later = NOW + timedelta(seconds=1)
    judgement = JUDGE(record("JS-1", mileage="2"), registered_name="", received_at=later)
    append(database, [new_version(judgement, SHOP, "native", later)])
    assert worker().step(database)
    first, second = read_outcomes(database, batch_id)
    assert first.outcome is LineFate.REFUSED
    assert first.refusal is not None
    assert first.refusal.kind is RefusalKind.CONFLICT
    assert second.outcome is LineFate.CREATED
    texts = {version.settlement_list_number: version.text for version in read_company_records(database, SHOP)}
    assert texts["JS-1"].mileage == "2"


def test_a_void_record_is_not_brought_back_by_the_same_content(database: psycopg.Connection[Any]) -> None:
    judgement = JUDGE(record("JS-1"), registered_name="", received_at=NOW)
    version = new_version(judgement, SHOP, "native", NOW)
    append(database, [version])
    amendment = Amendment(version.record_id, "desk", "录重了", RecordState.VOID)
    append(database, [new_version(judgement, SHOP, "native", NOW, amendment)])
    batch_id = accept(database, [record("JS-1")])
    assert worker().step(database)
    assert fates(database, batch_id) == [LineFate.UNCHANGED]


def test_values_the_database_refuses_cost_no_other_line(
    database: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = batch_work.new_version

    def spoilt(judgement: Any, *rest: Any) -> Any:
        version = real(judgement, *rest)
        return msgspec.structs.replace(version, error_count=10**6) if version.plate_number == "浙A99999" else version

    monkeypatch.setattr(batch_work, "new_version", spoilt)
    batch_id = accept(database, [record("JS-1"), record("JS-2", plate_number="浙A99999"), record("JS-3")])
    assert worker().step(database)
    assert fates(database, batch_id) == [LineFate.CREATED, LineFate.REFUSED, LineFate.CREATED]


def test_a_chunk_that_cannot_be_done_waits_and_others_go_on(
    database: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = accept(database, [record("JS-1")])
    good = worker()
    with database.transaction():
        other = create_batch(database, OTHER, [record("A-1")], actor="", now=NOW + timedelta(seconds=1))
    database.execute("update upload_chunk set lines = 'x' where batch_id = %s", [spoilt])
    assert good.step(database)
    assert good.step(database)
    assert fates(database, other) == [LineFate.CREATED]
    assert list(read_outcomes(database, spoilt)) == []


def test_the_same_key_gives_the_same_batch_and_another_body_is_a_conflict(database: psycopg.Connection[Any]) -> None:
    first = accept(database, [record("JS-1")], idempotency_key="k-1")
    assert accept(database, [record("JS-1")], idempotency_key="k-1") == first
    with pytest.raises(Refused) as refused:
        accept(database, [record("JS-2")], idempotency_key="k-1")
    assert refused.value.refusal.kind is RefusalKind.CONFLICT
    assert accept(database, [record("JS-2")], idempotency_key="k-2") != first
    # A week later the key means nothing any more.
    assert accept(database, [record("JS-2")], idempotency_key="k-1", now=NOW + timedelta(days=8)) != first


def test_too_many_waiting_batches_are_refused_with_a_time_to_come_again(database: psycopg.Connection[Any]) -> None:
    for _ in range(20):
        accept(database, [record()])
    with pytest.raises(Refused) as refused:
        accept(database, [record()], idempotency_key="k")
    assert refused.value.refusal.kind is RefusalKind.TOO_FAST
    assert refused.value.refusal.retry_after_seconds
    worker().step(database)
    accept(database, [record()], idempotency_key="k")


def test_more_lines_than_a_batch_may_have_are_refused_before_anything_is_written(
    database: psycopg.Connection[Any],
) -> None:
    with pytest.raises(Refused) as refused:
        accept(database, [record()] * (batches.MAX_LINES + 1))
    assert refused.value.refusal.kind is RefusalKind.TOO_MANY_ROWS
    assert not worker().step(database)


def test_an_empty_batch_is_done_at_once(database: psycopg.Connection[Any]) -> None:
    batch = read_batch(database, accept(database, []))
    assert batch is not None
    assert batch.state is BatchState.DONE


def test_batches_are_forgotten_a_month_after_their_end_and_keys_after_a_week(database: psycopg.Connection[Any]) -> None:
    batch_id = accept(database, [record("JS-1")], idempotency_key="k")
    assert worker().step(database)
    batches.purge(database, now=NOW + timedelta(days=29))
    assert read_batch(database, batch_id) is not None
    batches.purge(database, now=NOW + timedelta(days=31))
    assert read_batch(database, batch_id) is None
    assert database.execute("select count(*) from upload_chunk").fetchone() == (0,)
    assert len(read_company_records(database, SHOP)) == 1
    idempotency.purge(database, now=NOW + timedelta(days=6))
    assert database.execute("select count(*) from idempotency_key").fetchone() == (1,)
    BatchWorker(judge=JUDGE, mode_of=lambda _: "compat", clock=lambda: NOW + timedelta(days=8)).purge(database)
    assert database.execute("select count(*) from idempotency_key").fetchone() == (0,)


def test_an_unknown_batch_is_none(database: psycopg.Connection[Any]) -> None:
    assert read_batch(database, uuid4()) is None


def test_the_lines_are_gone_when_they_are_stored(database: psycopg.Connection[Any]) -> None:
    accept(database, [record()])
    worker().step(database)
    assert database.execute("select count(*) from upload_chunk where lines is not null").fetchone() == (0,)
