"""Uploads through the real provincial dialect, each figure beside a floor taken in the same run on the same server.

The floor is pgbench: 64 clients that each insert one row and wait for its commit, into a table with the same columns
and indexes. The gate has 64 connections that each send a new, valid record, wait for the answer and send the next; once
more with a fresh token before every record, as real clients do; once more at half its own rate, for the latency; and
once more with 10⁷ records in the store. Every acknowledged record is counted in the database afterwards.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from bench import load
from bench.jobs import PASSWORD_COST_SECONDS, Shop, Texts, approved_shops, requests, texts, with_tokens
from bench.node import BenchNode, bench_node, machine, resident_mib, serving
from chedang.intake.dialects import lcippro
from chedang.intake.service import new_version
from chedang.platform.postgres.place import find_binaries
from chedang.records.model import RecordText
from chedang.records.rules import judge, load_limits
from chedang.records.store import NewVersion

CLIENTS = 64
ROUNDS = 5
SECONDS = 5.0
_REQUESTS_A_ROUND = 90_000
_SUCCESS = b'"code":"1"'
_MANY = 10_000_000
_SOME = 100_000

# Records of other vehicles and other numbers, as wide as ours.
_MULTIPLY = """
insert into record_version (vin, record_id, version, state, company_code, settlement_list_number, plate_number,
    repair_on, settled_on, mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason,
    received_at)
select upper(substr(md5(number::text), 1, 17)), md5('r' || number)::uuid, 1, 'active', company_code, 'M' || number,
    plate_number, repair_on, settled_on, mileage_km, content, findings, 0, 0, origin, dialect, '', '', received_at
from (select * from record_version limit 1) as pattern, generate_series(%(first)s::bigint, %(last)s::bigint) as number;
"""
_HEADS = """
insert into record_head (record_id, vin, version, content_digest)
select md5('r' || number)::uuid, upper(substr(md5(number::text), 1, 17)), 1, sha256(number::text::bytea)
from generate_series(%(first)s::bigint, %(last)s::bigint) as number;
"""


def main() -> None:
    print(f"  {machine()}")
    with bench_node() as node, psycopg.connect(node.url, autocommit=True) as connection:
        shops = approved_shops(node, connection, 50)
        stream = texts(shops)
        floor = Floor(node, connection, _row(shops[0], next(stream)[1]))
        with serving(node, "chedang.gate", "CHEDANG_GATE_PORT") as (port, process_id):
            # Each shop's password is checked slowly once and then remembered, as in the field.
            first = with_tokens(shops, stream, len(shops))
            load.run(port, first, connections=4, seconds=60 * PASSWORD_COST_SECONDS, success=_SUCCESS)
            load.run(port, requests(stream, 3000), connections=CLIENTS, seconds=5, success=_SUCCESS)
            before = _stored(connection)
            rounds = [_round(number, floor, shops, stream, port) for number in range(1, ROUNDS + 1)]
            singles = [one.single for one in rounds]
            rate = statistics.median(report.per_second for report in singles)
            steady = load.run_at(
                port, requests(stream, _REQUESTS_A_ROUND), per_second=rate / 2, seconds=SECONDS, success=_SUCCESS
            )
            reports = [*singles, *(one.fresh for one in rounds), steady]
            acknowledged, found = sum(report.accepted for report in reports), _stored(connection) - before
            memory = resident_mib(process_id)
            _report(rounds, steady, rate / 2, memory)
            print(f"  acknowledged {acknowledged:,}, in the database {found:,}")
            assert acknowledged == found, "an acknowledged record is missing or doubled"
            assert not sum(report.refused for report in reports), "a valid record was refused"
            if "--grow" in sys.argv:
                _grow(connection, stream, port)


@dataclass(frozen=True)
class Round:
    """Figures taken one after the other, so that they share the machine's mood."""

    floor: float
    single: load.Report
    fresh: load.Report


def _round(number: int, floor: Floor, shops: list[Shop], stream: Texts, port: int) -> Round:
    insert = floor.run()
    prepared = requests(stream, _REQUESTS_A_ROUND)
    single = load.run(port, prepared, connections=CLIENTS, seconds=SECONDS, success=_SUCCESS)
    prepared_too = with_tokens(shops, stream, _REQUESTS_A_ROUND // 2)
    fresh = load.run(port, prepared_too, connections=CLIENTS, seconds=SECONDS, success=_SUCCESS)
    print(
        f"  round {number}: floor {insert:7.0f}/s   records {single.per_second:7.0f}/s"
        f"   a token before each {fresh.per_second:7.0f}/s"
    )
    return Round(insert, single, fresh)


def _report(rounds: list[Round], steady: load.Report, half_rate: float, memory_mib: float) -> None:
    middle = sorted((one.single for one in rounds), key=lambda report: report.per_second)[len(rounds) // 2]
    # The machine's own speed changes from minute to minute: each round is compared with its own floor.
    print(f"  {'work':34s} {'median/s':>9s} {'floor/s':>9s} {'ratio':>6s} {'range':>14s}")
    _print_row("records, judged and durable", [(one.single.per_second, one.floor) for one in rounds])
    _print_row("the same, a fresh token before each", [(one.fresh.per_second, one.floor) for one in rounds])
    print(f"  at full rate:  p50 {middle.percentile(0.5) * 1e3:.1f} ms, p99 {middle.percentile(0.99) * 1e3:.1f} ms")
    print(
        f"  at half rate ({half_rate:.0f}/s): p50 {steady.percentile(0.5) * 1e3:.1f} ms,"
        f" p99 {steady.percentile(0.99) * 1e3:.1f} ms"
    )
    print(f"  gate and its writer: {memory_mib:.0f} MiB")


def _print_row(what: str, figures: list[tuple[float, float]]) -> None:
    ratios = sorted(ours / floor for ours, floor in figures)
    ours, floor = (statistics.median(column) for column in zip(*figures, strict=True))
    print(
        f"  {what:34s} {ours:9.0f} {floor:9.0f} {statistics.median(ratios):6.2f} {ratios[0]:6.2f} to {ratios[-1]:.2f}"
    )


def _grow(connection: psycopg.Connection, stream: Texts, port: int) -> None:
    """Rate with 10⁷ records in the store beside the rate with 10⁵."""
    rates = []
    for records in (_SOME, _MANY):
        started = time.perf_counter()
        missing = records - _stored(connection)
        for first in range(1, missing + 1, 1_000_000):
            bounds = {"first": records + first, "last": records + min(first + 999_999, missing)}
            connection.execute(_MULTIPLY, bounds)
            connection.execute(_HEADS, bounds)
        connection.execute("vacuum analyze record_version, record_head")
        filled = time.perf_counter() - started
        reports = [
            load.run(port, requests(stream, _REQUESTS_A_ROUND), connections=CLIENTS, seconds=SECONDS, success=_SUCCESS)
            for _ in range(ROUNDS)
        ]
        rates.append(statistics.median(report.per_second for report in reports))
        print(f"  with {_stored(connection):,} records stored (filled in {filled:.0f} s): {rates[-1]:.0f} records/s")
    print(f"  rate at 10⁷ ÷ rate at 10⁵: {rates[1] / rates[0]:.2f}")


def _row(shop: Shop, text: RecordText) -> NewVersion:
    judgement = judge(text, limits=load_limits(), registered_name=shop.name, received_at=datetime.now(UTC))
    assert not judgement.findings, judgement.findings
    return new_version(judgement, shop.company_code, lcippro.NAME, datetime.now(UTC))


def _stored(connection: psycopg.Connection) -> int:
    row = connection.execute("select count(*) from record_version").fetchone()
    assert row is not None
    return int(row[0])


class Floor:
    """pgbench inserting the same row, under ever new keys, into a table with the same columns and indexes."""

    def __init__(self, node: BenchNode, connection: psycopg.Connection, row: NewVersion) -> None:
        connection.execute("create table floor_version (like record_version including all)")
        self._url = node.url
        self._script = _floor_script(row)

    def run(self) -> float:
        with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as script:
            script.write(self._script)
            script.flush()
            command = [str(find_binaries() / "pgbench"), "-n", "-f", script.name, "-M", "prepared"]
            command += ["-c", str(CLIENTS), "-j", "2", "-T", str(int(SECONDS)), self._url]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        assert found, done.stdout
        return float(found.group(1))


def _floor_script(row: NewVersion) -> str:
    def quoted(value: object) -> str:
        return "null" if value is None else "'" + str(value).replace("'", "''") + "'"

    fixed = [
        "active", row.company_code, row.settlement_list_number, row.plate_number, row.repair_on, row.settled_on,
        row.mileage_km, row.content, row.findings, row.error_count, row.warn_count, row.origin, row.dialect, row.actor,
        row.reason, row.received_at,
    ]  # fmt: skip
    return (
        "\\set number random(1, 9000000000000000)\n"
        f"insert into floor_version values ({quoted(row.vin[:11])} || lpad((:number::bigint % 1000000)::text, 6, '0'), "
        "md5(:number::bigint::text)::uuid, 1, " + ", ".join(quoted(value) for value in fixed) + ");\n"
    )


if __name__ == "__main__":
    main()
