"""Records per second from a province to the ministry, as a ratio to COPY of the same rows; catching up; and the lag.

Both nodes have a server of their own, and everything between them is real: messages made, signed, brought over HTTP to
the ministry's gate, checked, applied, acknowledged. The province's process is stopped while its rows are stored, and
the clock runs from its going on until the last row stands at the ministry. The floor copies the same rows into tables
with the same columns, indexes and growth at the ministry. Every row is looked for, column by column, afterwards.

``--catch-up 1000000`` brings so many rows at once while the ministry routes them, and prints how long that took.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from random import Random

import msgspec
import psycopg

from bench.batches import copy, make_floor, make_row, stored
from bench.jobs import Shop, approved_shops, texts
from bench.node import BenchNode, bench_node, machine, resident_mib, running, serving
from chedang.exchange import keys, peers
from chedang.exchange.keys import KeyState
from chedang.records.store import NewVersion, append

ROUNDS = 5
ROWS = 40_000
LAG_RECORDS = 300
_BATCH = 2_000
_PATIENCE_SECONDS = 3_600.0
_DIGEST = """
    select count(*), sum(hashtextextended(concat_ws('|', vin, record_id, version, state, company_code, plate_number,
        repair_on, settled_on, mileage_km, content, findings, error_count, warn_count, received_at), 0))
    from record_version where case when %(own)s then origin = 'local' else origin = %(node)s end"""
# Rows that are like those there, each under a number of its own.
_MULTIPLY = """
    with more as materialized (
        select vin, md5(record_id::text || number)::uuid as record_id, number, version, state, company_code,
            settlement_list_number || '-' || number as settlement_list_number, plate_number, repair_on, settled_on,
            mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason, received_at
        from record_version cross join generate_series(1, %(times)s) as number
        where origin = 'local'
        limit %(rows)s
    ),
    versions as (
        insert into record_version (vin, record_id, version, state, company_code, settlement_list_number, plate_number,
            repair_on, settled_on, mileage_km, content, findings, error_count, warn_count, origin, dialect, actor,
            reason, received_at)
        select vin, record_id, version, state, company_code, settlement_list_number, plate_number, repair_on,
            settled_on, mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason,
            received_at
        from more
    ),
    heads as (
        insert into record_head (record_id, vin, version, content_digest, state)
        select record_id, vin, version, sha256(convert_to(content, 'UTF8')), state from more
    )
    insert into record_change (vin, record_id, version) select vin, record_id, version from more"""


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--catch-up", type=int, default=0, metavar="ROWS")
    catch_up = arguments.parse_known_args()[0].catch_up
    print(f"  {machine()}")
    with (
        bench_node("33") as province,
        bench_node("00") as ministry,
        bench_node("32") as neighbour,
        psycopg.connect(province.url, autocommit=True) as here,
        psycopg.connect(ministry.url, autocommit=True) as there,
        psycopg.connect(neighbour.url, autocommit=True) as beside,
        serving(ministry, "chedang.gate", "CHEDANG_GATE_PORT") as (port, gate_id),
    ):
        for node, connection in ((province, here), (neighbour, beside)):
            _introduce(node, connection, ministry, there, f"http://127.0.0.1:{port}")
        shops = approved_shops(province, here, 20)
        make_floor(there)
        with running(province, "chedang.cli.exchange") as process_id:
            _wait_for(lambda: _has_contact(here))
            stream = texts(shops)
            ratios = [_round(number, here, there, process_id, stream) for number in range(1, ROUNDS + 1)]
            print(f"  ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
            print(f"  exchange process: {resident_mib(process_id):.0f} MiB, gate: {resident_mib(gate_id):.0f} MiB")
            with running(ministry, "chedang.cli.exchange"), running(neighbour, "chedang.cli.exchange"):
                if catch_up:
                    _catch_up(catch_up, here, there, process_id)
                _wait_for(lambda: _is_routed(there))
                _measure_lag(shops, here, there, beside)
        _check(here, there)


def _introduce(
    node: BenchNode, here: psycopg.Connection, ministry: BenchNode, there: psycopg.Connection, address: str
) -> None:
    now = datetime.now(UTC)
    for connection, other, other_connection, at in ((there, node, here, ""), (here, ministry, there, address)):
        signer = keys.own_signer(other_connection, other.data_dir, other.code, now)
        peers.join(connection, other.code, address=at, now=now)
        keys.add(connection, other.code, signer.public_key, state=KeyState.ACTIVE, by="bench", now=now)


def _round(
    number: int,
    here: psycopg.Connection,
    there: psycopg.Connection,
    process_id: int,
    stream: Iterator[tuple[Shop, object]],
) -> float:
    rows = [make_row(shop, text) for shop, text in islice(stream, ROWS)]
    copied = copy(there, rows)
    with _stopped(process_id):
        _store(here, rows)
        before = stored(there)
    exchanged = len(rows) / _seconds_until(there, before + len(rows))
    print(f"  round {number}: COPY {copied:7.0f} rows/s   exchange {exchanged:7.0f} rows/s")
    return exchanged / copied


def _catch_up(rows: int, here: psycopg.Connection, there: psycopg.Connection, process_id: int) -> None:
    with _stopped(process_id):
        before, at_home = stored(there), stored(here)
        here.execute(_MULTIPLY, {"times": rows // at_home + 1, "rows": rows})
    seconds = _seconds_until(there, before + rows)
    print(f"  {rows:,} rows caught up in {seconds:.0f} s, routed meanwhile: {rows / seconds:.0f} rows/s")


def _measure_lag(
    shops: list[Shop], here: psycopg.Connection, there: psycopg.Connection, beside: psycopg.Connection
) -> None:
    """Seconds from the commit of one record to its standing at the ministry and in the neighbour's database."""
    random = Random(5)
    sent: dict[str, float] = {}
    lags: dict[str, list[float]] = {"ministry": [], "neighbour": []}
    waiting = {"ministry": set[str](), "neighbour": set[str]()}
    for shop, text in islice(texts(shops), ROWS * ROUNDS, ROWS * ROUNDS + LAG_RECORDS):
        plate_number = f"苏B{random.randrange(10_000):04d}K"
        row = make_row(shop, msgspec.structs.replace(text, plate_number=plate_number))
        append(here, [row])
        sent[row.record_id] = time.perf_counter()
        for ids in waiting.values():
            ids.add(row.record_id)
        until = time.perf_counter() + random.uniform(0.02, 0.1)
        while time.perf_counter() < until:
            _note_arrivals(sent, waiting, lags, {"ministry": there, "neighbour": beside})
            time.sleep(0.01)
    while any(waiting.values()):
        _note_arrivals(sent, waiting, lags, {"ministry": there, "neighbour": beside})
        time.sleep(0.01)
    for name, seconds in lags.items():
        p50, p95 = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
        print(f"  lag to the {name}: p50 {p50:.2f} s, p95 {p95:.2f} s, longest {max(seconds):.2f} s")


def _note_arrivals(
    sent: dict[str, float],
    waiting: dict[str, set[str]],
    lags: dict[str, list[float]],
    connections: dict[str, psycopg.Connection],
) -> None:
    for name, connection in connections.items():
        rows = connection.execute(
            "select replace(record_id::text, '-', '') from record_head where record_id = any(%s::uuid[])",
            [list(waiting[name])],
        ).fetchall()
        now = time.perf_counter()
        lags[name] += [now - sent[record_id] for (record_id,) in rows]
        waiting[name] -= {record_id for (record_id,) in rows}


def _store(connection: psycopg.Connection, rows: list[NewVersion]) -> None:
    for start in range(0, len(rows), _BATCH):
        append(connection, rows[start : start + _BATCH])


@contextlib.contextmanager
def _stopped(process_id: int) -> Iterator[None]:
    os.kill(process_id, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process_id, signal.SIGCONT)


def _seconds_until(connection: psycopg.Connection, count: int) -> float:
    """The newest change is looked at, not the rows: counting a million of them would be part of the work."""
    started = time.perf_counter()
    _wait_for(lambda: _changes(connection) >= count)
    return time.perf_counter() - started


def _changes(connection: psycopg.Connection) -> int:
    (newest,) = connection.execute("select coalesce(max(seq), 0) from record_change").fetchone() or (0,)
    return int(newest)


def _is_routed(connection: psycopg.Connection) -> bool:
    row = connection.execute("select seq from feed_position where consumer = 'routing'").fetchone()
    return row is not None and int(row[0]) >= _changes(connection)


def _has_contact(connection: psycopg.Connection) -> bool:
    (met,) = connection.execute("select bool_or(last_contact_at is not null) from exchange_peer").fetchone() or (False,)
    return bool(met)


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


def _check(here: psycopg.Connection, there: psycopg.Connection) -> None:
    own = here.execute(_DIGEST, {"own": True, "node": "33"}).fetchone()
    copies = there.execute(_DIGEST, {"own": False, "node": "33"}).fetchone()
    assert own == copies, f"the ministry does not hold what the province does: {own} {copies}"
    print(f"  {own[0] if own else 0:,} rows at the ministry, equal column by column")


if __name__ == "__main__":
    main()
