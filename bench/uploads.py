"""Uploads per second through the real dialect, as a ratio to pgbench's single-row durable insert of the same row.

Both run against the same embedded server in the same run, in turns, with 64 clients: the gate with 64 connections that
each send a new, valid record, wait for the answer and send the next; pgbench with 64 clients that each insert one row
and wait for its commit. Every acknowledged record is counted in the database afterwards.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import msgspec
import psycopg

from bench import load
from bench.node import BenchNode, bench_node, resident_mib, serving
from chedang.enterprises import actions
from chedang.fiction.jobs import make_job
from chedang.fiction.shops import FictionalShop, make_shop
from chedang.fiction.vehicles import make_vehicle
from chedang.intake.dialects import lcippro
from chedang.intake.service import new_version
from chedang.intake.tokens import TokenMint
from chedang.platform.keys import node_key
from chedang.platform.postgres.place import find_binaries
from chedang.records.identity import encode_content
from chedang.records.model import RecordText
from chedang.records.rules import judge, load_limits
from chedang.records.store import NewVersion

CLIENTS = 64
ROUNDS = 5
SECONDS = 6.0
_REQUESTS_A_ROUND = 60_000
_PATH = f"{lcippro.PATH}/lcipprocarfixrecordadd/query"


@dataclass(frozen=True)
class Shop:
    """A shop that has its token."""

    fiction: FictionalShop
    company_code: str
    token: str


def main() -> None:
    with bench_node() as node, psycopg.connect(node.url, autocommit=True) as connection:
        shops = _approved_shops(node, connection, 50)
        texts = _texts(shops)
        floor = _Floor(node, connection, _row(shops[0], next(texts)[1]))
        floors: list[float] = []
        gates: list[load.Report] = []
        with serving(node, "chedang.gate", "CHEDANG_GATE_PORT") as (port, process_id):
            load.run(port, _requests(texts, 3000), connections=CLIENTS, seconds=5, success=b'"code":"1"')
            before = _stored(connection)
            for number in range(ROUNDS):
                floors.append(floor.run())
                requests = _requests(texts, _REQUESTS_A_ROUND)
                gates.append(load.run(port, requests, connections=CLIENTS, seconds=SECONDS, success=b'"code":"1"'))
                print(f"  round {number + 1}: floor {floors[-1]:7.0f}/s   gate {gates[-1].per_second:7.0f}/s")
            memory = resident_mib(process_id)
        _report(floors, gates, memory)
        acknowledged, found = sum(report.accepted for report in gates), _stored(connection) - before
        print(f"  acknowledged {acknowledged}, in the database {found}")
        assert acknowledged == found, "an acknowledged record is missing or doubled"
        assert not sum(report.refused for report in gates), "a valid record was refused"


def _report(floors: list[float], gates: list[load.Report], memory_mib: float) -> None:
    floor = statistics.median(floors)
    gate = statistics.median(report.per_second for report in gates)
    middle = sorted(gates, key=lambda report: report.per_second)[len(gates) // 2]
    print(f"  floor (pgbench, one row a transaction, {CLIENTS} clients): {floor:.0f} rows/s")
    print(f"  gate  (HTTP, judged and durable, {CLIENTS} connections):   {gate:.0f} records/s")
    print(f"  latency p50 {middle.percentile(0.5) * 1e3:.1f} ms, p99 {middle.percentile(0.99) * 1e3:.1f} ms")
    print(f"  gate process: {memory_mib:.0f} MiB")
    # The machine's own speed changes from minute to minute: each round is compared with its own floor.
    ratios = sorted(report.per_second / floor for report, floor in zip(gates, floors, strict=True))
    print(f"  ratio {statistics.median(ratios):.2f} (median of the rounds, {ratios[0]:.2f} to {ratios[-1]:.2f})")


def _approved_shops(node: BenchNode, connection: psycopg.Connection, count: int) -> list[Shop]:
    mint = TokenMint(node_key(node.data_dir, "tokens"), timedelta(hours=24))
    now = datetime.now(UTC)
    shops = []
    for number in range(count):
        fiction = make_shop(Random(number), number)
        # Twenty names are in stock; a licence of its own keeps each shop a shop of its own.
        registration = msgspec.structs.replace(
            fiction.registration, road_transport_license=f"3301{number:08d}", unified_credit_code=""
        )
        enterprise = actions.register(connection, registration, now=now).enterprise
        actions.approve(connection, enterprise.company_code, by="bench", now=now)
        token = mint.issue(enterprise.enterprise_id, enterprise.token_generation, now)
        shops.append(Shop(fiction, enterprise.company_code, token))
    return shops


def _texts(shops: list[Shop]) -> Iterator[tuple[Shop, RecordText]]:
    """Flawless jobs of ever new vehicles, each with a number of its own."""
    random = Random(33)
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 - yesterday is settled in every time zone
    number = 0
    while True:
        for shop in shops:
            number += 1
            vehicle = make_vehicle(random)
            text = make_job(random, vehicle, shop.fiction, repaired_on=yesterday, settled_on=yesterday)
            yield shop, msgspec.structs.replace(text, settlement_list_number=f"JS{number:010d}")


def _requests(texts: Iterator[tuple[Shop, RecordText]], count: int) -> Iterator[bytes]:
    prepared = []
    for _ in range(count):
        shop, text = next(texts)
        elements = msgspec.to_builtins(text)
        lists = {name: elements.pop(name) for name in ("vehiclepartslist", "repairprojectlist")}
        document = {"access_token": shop.token, "basicInfo": elements, **lists}
        prepared.append(load.post(_PATH, json.dumps(document, ensure_ascii=False).encode()))
    return iter(prepared)


def _row(shop: Shop, text: RecordText) -> NewVersion:
    name = shop.fiction.registration.company_name
    judgement = judge(text, limits=load_limits(), registered_name=name, received_at=datetime.now(UTC))
    assert not judgement.findings, judgement.findings
    assert encode_content(judgement.text)
    return new_version(judgement, shop.company_code, lcippro.NAME, datetime.now(UTC))


def _stored(connection: psycopg.Connection) -> int:
    row = connection.execute("select count(*) from record_version").fetchone()
    assert row is not None
    return int(row[0])


class _Floor:
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
