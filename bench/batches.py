"""Records per second through the native interface's batches, as a ratio to COPY of the same rows.

Shops post NDJSON of 10,000 lines a batch, one batch each for a shop's pace allows no more at once, and ask until the
last one is done: accepted durably, judged and stored by two processes that work on batches. As with single uploads,
nobody follows the change feed meanwhile. The floor copies the rows that came of it, made beforehand, into tables with
the same columns, indexes and growth, in one transaction of one connection. Every line is looked for afterwards.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

import httpx
import msgspec
import psycopg

from bench.jobs import Shop, Texts, approved_shops, texts
from bench.node import bench_node, machine, resident_mib, running, serving
from chedang.enterprises import secrets
from chedang.intake.service import new_version
from chedang.records.model import RecordText
from chedang.records.rules import judge, load_limits
from chedang.records.store import NewVersion

ROUNDS = 5
BATCHES = 2
LINES = 10_000
_TABLES = ("record_version", "record_head", "record_change")


def main() -> None:
    print(f"  {machine()}")
    with bench_node() as node, psycopg.connect(node.url, autocommit=True) as connection:
        shops = approved_shops(node, connection, 1 + ROUNDS * BATCHES)
        make_floor(connection)
        waiting = iter([_Shop(shop, _secret(connection, shop), texts([shop])) for shop in shops])
        with (
            serving(node, "chedang.gate", "CHEDANG_GATE_PORT") as (port, _),
            running(node, "chedang.cli.batches"),
            running(node, "chedang.cli.batches") as worker_id,
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client,
        ):
            _send(client, list(islice(waiting, 1)))
            before = stored(connection)
            ratios = [
                _round(number, connection, client, list(islice(waiting, BATCHES))) for number in range(1, ROUNDS + 1)
            ]
            found = stored(connection) - before
            print(f"  ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
            print(f"  batch process: {resident_mib(worker_id):.0f} MiB")
            print(f"  sent {ROUNDS * BATCHES * LINES:,}, stored {found:,}")
            assert found == ROUNDS * BATCHES * LINES, "a line is missing or doubled"


@dataclass(frozen=True)
class _Shop:
    shop: Shop
    secret: str
    texts: Texts


def _secret(connection: psycopg.Connection, shop: Shop) -> str:
    return secrets.make(connection, shop.company_code, by="bench", now=datetime.now(UTC)).text


def _round(number: int, connection: psycopg.Connection, client: httpx.Client, shops: list[_Shop]) -> float:
    rows = [make_row(shop, text) for one in shops for shop, text in islice(one.texts, LINES)]
    copied = copy(connection, rows)
    sent = _send(client, shops)
    print(f"  round {number}: COPY {copied:7.0f} rows/s   batches {sent:7.0f} lines/s")
    return sent / copied


def _send(client: httpx.Client, shops: list[_Shop]) -> float:
    """Lines per second from the first byte sent to the last line done."""
    bodies = [b"\n".join(msgspec.json.encode(text) for _shop, text in islice(one.texts, LINES)) for one in shops]
    started = time.perf_counter()
    waiting = [(_post(client, one, body), one) for one, body in zip(shops, bodies, strict=True)]
    while waiting:
        address, one = waiting[0]
        state = client.get(address, headers=_authorization(one)).json()
        if state["state"] == "done":
            assert state["created"] == LINES, state
            waiting.pop(0)
        else:
            time.sleep(0.02)
    return len(shops) * LINES / (time.perf_counter() - started)


def _post(client: httpx.Client, one: _Shop, body: bytes) -> str:
    headers = _authorization(one) | {"Content-Type": "application/x-ndjson"}
    answer = client.post("/api/v1/batches", content=body, headers=headers)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    return str(answer.json()["status_url"])


def _authorization(one: _Shop) -> dict[str, str]:
    return {"Authorization": f"Bearer {one.secret}"}


def make_floor(connection: psycopg.Connection) -> None:
    """Empty tables like those of the records."""
    for table in _TABLES:
        connection.execute(f"create table floor_{table} (like {table} including all)")


def copy(connection: psycopg.Connection, rows: Sequence[NewVersion]) -> float:
    """Rows per second of COPY into the three tables of :func:`make_floor`."""
    versions = "".join(_version_line(row) for row in rows).encode()
    heads = "".join(f"{row.record_id}\t{row.vin}\t\\N\t1\t\\\\x{row.digest.hex()}\tactive\n" for row in rows).encode()
    changes = "".join(f"{row.vin}\t{row.record_id}\t1\n" for row in rows).encode()
    started = time.perf_counter()
    with connection.transaction(), connection.cursor() as cursor:
        for target, lines in (
            ("floor_record_version", versions),
            ("floor_record_head (record_id, vin, previous_vin, version, content_digest, state)", heads),
            ("floor_record_change (vin, record_id, version)", changes),
        ):
            with cursor.copy(f"copy {target} from stdin") as target_copy:
                target_copy.write(lines)
    return len(rows) / (time.perf_counter() - started)


def _version_line(row: NewVersion) -> str:
    columns = [
        row.vin, row.record_id, 1, "active", row.company_code, row.settlement_list_number, row.plate_number,
        row.repair_on, row.settled_on, row.mileage_km, row.content, row.findings, row.error_count, row.warn_count,
        row.origin, row.dialect, row.actor, row.reason, row.received_at,
    ]  # fmt: skip
    return "\t".join("\\N" if each is None else str(each).replace("\\", "\\\\") for each in columns) + "\n"


def make_row(shop: Shop, text: RecordText) -> NewVersion:
    judgement = judge(text, limits=load_limits(), registered_name=shop.name, received_at=datetime.now(UTC))
    return new_version(judgement, shop.company_code, "native", datetime.now(UTC))


def stored(connection: psycopg.Connection) -> int:
    row = connection.execute("select count(*) from record_version").fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    main()
