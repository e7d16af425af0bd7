"""Figures of supervision: making them from scratch, reading them as pages do, and keeping up with uploads.

Fills a province with shops and a year of records straight by SQL, without a change feed, so that the first count is one
from scratch. Then a real gate takes uploads at a steady rate while a real worker follows, and the age of the oldest
change that is not counted yet is looked at twice a second. ``--shops 50000 --records 10000000`` is the size that the
figures are promised for; the default is smaller.
"""

from __future__ import annotations

import argparse
import statistics as middle
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial

import psycopg

from bench import load
from bench.jobs import PASSWORD_COST_SECONDS, Shop, approved_shops, requests, texts, with_tokens
from bench.node import BenchNode, bench_node, cpu_seconds, machine, running, serving
from bench.officers import measure_officers
from chedang.platform.clock import system_clock
from chedang.quality import statistics
from chedang.quality.statistics_model import Dimension, ShopFilter, Upload
from chedang.quality.tallying import CONSUMER, rebuild, refresh_shops
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI
from chedang.terms.division import counties

_PROVINCE, _COUNTY = "330000", "330106"
_ROUNDS = 40
_UPLOADS_PER_SECOND = 500
_SUCCESS = b'"code":"1"'
_AT_ONCE = 500_000

_SHOPS = """
insert into enterprise (company_code, company_name, division_code, category_code, operation_state_code, review_state,
    reviewed_at, password_hash, source, created_at)
select division || lpad(number::text, 9, '0'), '示例汽车维修' || number || '号', division,
    (array['01', '02', '02', '03', '03', '03'])[1 + number %% 6], '1', 'approved', %(since)s, '-', 'imported', %(since)s
from (
    select number, (%(divisions)s::text[])[1 + number %% %(divisions_count)s] as division
    from generate_series(1, %(shops)s) as number
) as made
"""
_SOFTWARE = """
insert into shop_software (company_code, vendor, version, stated_by, stated_at)
select company_code, '软件' || right(company_code, 2)::integer %% 20, '1', 'bench', %(since)s
from enterprise where right(company_code, 1) <> '0' and source = 'imported'
"""
# In the order of receipt, as wide as a real one. One shop in twenty never sends; one record in ten has a finding.
_RECORDS = """
insert into record_version (vin, record_id, version, state, company_code, settlement_list_number, plate_number,
    repair_on, settled_on, mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason,
    received_at)
select upper(left(md5((number / 4)::text), 17)), md5('r' || number)::uuid, 1, 'active', shop.code, 'M' || number,
    plate_number, (made.received_at - made.delay)::date, (made.received_at - made.delay)::date, number %% 200000,
    content, case when number %% 10 = 0 then %(findings)s else '[]' end, (number %% 10 = 0)::integer, 0, 'local',
    dialect, '', '', made.received_at
from (select plate_number, content, dialect from record_version limit 1) as pattern,
    (select array_agg(company_code order by md5(company_code)) as codes
    from enterprise where source = 'imported' and right(company_code, 2)::integer %% 20 <> 7) as shops,
    generate_series(%(first)s::bigint, %(last)s::bigint) as number,
    lateral (
        select %(since)s + number * %(apart)s::interval as received_at, (number %% 5) * interval '13 hours' as delay
    ) as made,
    lateral (
        select shops.codes[1 + mod(hashint8(number)::bigint + 2147483648, array_length(shops.codes, 1))] as code
    ) as shop
"""
_HEADS = """
insert into record_head (record_id, vin, version, content_digest)
select md5('r' || number)::uuid, upper(left(md5((number / 4)::text), 17)), 1, ''
from generate_series(%(first)s::bigint, %(last)s::bigint) as number
"""
_FINDINGS = '[{"code":"MILEAGE_MISSING","level":"error","field":"/basicInfo/repairmileage"}]'
_OLDEST_UNCOUNTED = """
select version.received_at
from record_change as change
join record_version as version using (vin, record_id, version)
where change.seq > coalesce((select seq from feed_position where consumer = %(consumer)s), 0)
order by change.seq
limit 1
"""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.statistics")
    parser.add_argument("--shops", type=int, default=5_000)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long uploads come in")
    options = parser.parse_args(arguments or [])
    print(f"  {machine()}")
    with bench_node() as node, psycopg.connect(node.url, autocommit=True) as connection:
        uploaders = _fill(node, connection, options.shops, options.records)
        _count_from_scratch(connection)
        _read(connection)
        measure_officers(node, connection)
        _keep_up(node, connection, uploaders, options.seconds)


def _fill(node: BenchNode, connection: Connection, shops: int, records: int) -> list[Shop]:
    begun = time.perf_counter()
    connection.execute("set synchronous_commit = off")
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(days=365)
    divisions = counties(_PROVINCE[:2])
    places = {"shops": shops, "since": since, "divisions": divisions, "divisions_count": len(divisions)}
    connection.execute(_SHOPS, places)
    connection.execute(_SOFTWARE, {"since": since})
    uploaders = approved_shops(node, connection, 50)
    with serving(node, "chedang.gate", "CHEDANG_GATE_PORT") as (port, _):
        # One real record gives the others their content.
        load.run(port, requests(texts(uploaders), 1), connections=1, seconds=60, success=_SUCCESS)
    connection.execute("delete from record_change")
    with _without_indexes(connection, "record_version"), _without_indexes(connection, "record_head"):
        apart = timedelta(days=365) / records
        for first in range(1, records + 1, _AT_ONCE):
            bounds = {"first": first, "last": min(first + _AT_ONCE - 1, records)}
            connection.execute(_RECORDS, bounds | {"since": since, "apart": apart, "findings": _FINDINGS})
            connection.execute(_HEADS, bounds)
    connection.execute("vacuum analyze")
    connection.execute("set synchronous_commit = on")
    print(f"  {shops:,} shops and {records:,} records of a year, filled in {time.perf_counter() - begun:.0f} s")
    return uploaders


@contextmanager
def _without_indexes(connection: Connection, table: str) -> Iterator[None]:
    """Rows go in several times as fast when the indexes are made afterwards."""
    (key, definition) = connection.execute(
        "select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and contype = 'p'",
        [table],
    ).fetchone() or ("", "")
    indexes = connection.execute(
        "select indexname, indexdef from pg_indexes where tablename = %s and schemaname = 'public' and indexname <> %s",
        [table, key],
    ).fetchall()
    connection.execute(f"alter table {table} drop constraint {key}")
    for name, _ in indexes:
        connection.execute(f"drop index {name}")
    yield
    connection.execute("set maintenance_work_mem = '512MB'")
    connection.execute(f"alter table {table} add constraint {key} {definition}")
    for _, create in indexes:
        connection.execute(create)


def _count_from_scratch(connection: Connection) -> None:
    begun = time.perf_counter()
    refresh_shops(connection, clock=system_clock)
    shops_seconds = time.perf_counter() - begun
    count = rebuild(connection, clock=system_clock, node_code="33")
    seconds = time.perf_counter() - begun
    print(f"  from scratch: {count:,} records in {seconds:.0f} s ({count / seconds:,.0f} a second)")
    connection.execute("vacuum analyze")
    again = time.perf_counter()
    refresh_shops(connection, clock=system_clock)
    again_ms = 1000 * (time.perf_counter() - again)
    print(f"  shops taken over in {shops_seconds:.1f} s; looking for changes of none: {again_ms:.0f} ms")


def _read(connection: Connection) -> None:
    today = datetime.now(SHANGHAI).date()
    month = (today - timedelta(days=29), today)
    last_month = ((today.replace(day=1) - timedelta(days=1)).replace(day=1), today.replace(day=1) - timedelta(days=1))
    year = (today - timedelta(days=364), today)
    silent = ShopFilter(_PROVINCE, Upload.SILENT, silent_days=30)
    print(f"  {'reading':52s} {'p50 ms':>8s} {'p95 ms':>8s}")
    for scope, place in ((_PROVINCE, "province"), (_COUNTY, "county")):
        for period, words in ((month, "30 days"), (last_month, "last month"), (year, "a year")):
            _time(f"total, {place}, {words}", partial(statistics.total, connection, scope, *period))
    for by in Dimension:
        for period, words in ((month, "30 days"), (year, "a year")):
            read = partial(statistics.figures, connection, _PROVINCE, *period, by=by)
            _time(f"figures by {by.value}, province, {words}", read)
    _time("curve of class 01, province, a year", lambda: statistics.curve(connection, _PROVINCE, *year, category="01"))
    _time("silent shops: how many", lambda: statistics.count_shops(connection, silent, *month))
    _time("silent shops: a page of 50", lambda: statistics.shops(connection, silent, *month, limit=50))
    _time("all shops: a page of 50", lambda: statistics.shops(connection, ShopFilter(_PROVINCE), *month, limit=50))
    for period, words in ((month, "30 days"), (year, "a year")):
        begun = time.perf_counter()
        lines = sum(1 for _ in statistics.iterate_shops(connection, ShopFilter(_PROVINCE), *period))
        print(f"  {lines:,} shops with figures of {words}, one after the other: {time.perf_counter() - begun:.1f} s")


def _time(words: str, call: Callable[[], object]) -> None:
    seconds = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    print(f"  {words:52s} {1000 * middle.median(seconds):8.1f} {1000 * sorted(seconds)[int(0.95 * _ROUNDS)]:8.1f}")


def _keep_up(node: BenchNode, connection: Connection, shops: list[Shop], seconds: float) -> None:
    """Uploads at a steady rate; how old the oldest uncounted change gets, and how long the rest takes afterwards."""
    stream, stop, ages = texts(shops), threading.Event(), list[float]()
    with (
        serving(node, "chedang.gate", "CHEDANG_GATE_PORT") as (port, _),
        running(node, "chedang.cli.worker") as worker,
    ):
        first = with_tokens(shops, stream, len(shops))
        load.run(port, first, connections=4, seconds=60 * PASSWORD_COST_SECONDS, success=_SUCCESS)
        prepared = requests(stream, int(_UPLOADS_PER_SECOND * seconds) + 1)
        watcher = threading.Thread(target=_watch, args=(node.url, stop, ages))
        watcher.start()
        busy = cpu_seconds(worker)
        report = load.run_at(port, prepared, per_second=_UPLOADS_PER_SECOND, seconds=seconds, success=_SUCCESS)
        busy = cpu_seconds(worker) - busy
        ended = time.perf_counter()
        while connection.execute(_OLDEST_UNCOUNTED, {"consumer": CONSUMER}).fetchone():
            time.sleep(0.1)
        rest = time.perf_counter() - ended
        stop.set()
        watcher.join()
    print(f"  uploads: {report.per_second:.0f} a second for {report.seconds:.0f} s, {report.refused} refused")
    print(
        f"  oldest uncounted change: at most {max(ages, default=0):.1f} s old; all counted {rest:.1f} s after the last"
    )
    print(f"  the worker, followers of files and figures: {100 * busy / report.seconds:.0f} % of a core")
    today = date.today()  # noqa: DTZ011 - the records are of today wherever that is
    found = statistics.total(connection, _PROVINCE, today - timedelta(days=1), today + timedelta(days=1))
    assert found.tally.received >= report.accepted, "an acknowledged record was not counted"


def _watch(url: str, stop: threading.Event, ages: list[float]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        while not stop.wait(0.5):
            row = connection.execute(_OLDEST_UNCOUNTED, {"consumer": CONSUMER}).fetchone()
            ages.append((datetime.now(UTC) - row[0]).total_seconds() if row else 0.0)


if __name__ == "__main__":
    import sys

    print("Figures of supervision")
    main(sys.argv[1:])
