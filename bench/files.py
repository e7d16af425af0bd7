"""Time of a vehicle's file, query and pages, with 10⁵ and with 10⁶ records in the store.

The query is what a page asks: every version of the vehicle's records, assembled and judged.
The pages are fetched over HTTP, each vehicle for the first time, so nothing comes from a cache: the owner's page of
the own car and the officer's page after a look-up. The chart, which comes after the page, is measured apart. So are the
first pages of a shop with many records.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import httpx
import psycopg

from bench.node import bench_node, cpu_seconds, resident_mib, serving
from bench.people import sign_in, token
from chedang.enterprises import actions
from chedang.fiction.world import World, make_world
from chedang.intake.dialects import lcippro
from chedang.intake.service import new_version
from chedang.records.rules import judge, load_limits
from chedang.records.store import append, read_file
from chedang.vehicles.home import HomeFacts
from chedang.vehicles.rules import assemble_file
from chedang.vehicles.store import find_by_plate_and_vin_tail

_VEHICLES = 13_600  # about 10⁵ records in two years
_SAMPLES = 500
_OFFICERS_PAGES = 50  # an account may look up 60 vehicles an hour
_OWNERS_PAGES = 300
_CHARTS = 50
_SHOP_SAMPLES = 40
_SHOP_PAGES = {
    "shop's first page": "/shop/",
    "shop's records": "/shop/records/",
    "shop's doubtful": "/shop/records/?show=doubtful",
}

# The other nine tenths: the same jobs on vehicles whose VIN differs in its plant and first serial characters.
_MULTIPLY = """
insert into record_version (vin, record_id, version, state, company_code, settlement_list_number, plate_number,
    repair_on, settled_on, mileage_km, content, findings, error_count, warn_count, origin, dialect, actor, reason,
    received_at)
select left(vin, 10) || 'Z' || copy || right(vin, 5), md5(record_id::text || copy)::uuid, version, state,
    company_code, settlement_list_number || '-' || copy, plate_number, repair_on, settled_on, mileage_km, content,
    findings, error_count, warn_count, origin, dialect, actor, reason, received_at
from record_version, generate_series(1, 9) as copy
where vin not like '~%'
"""
_INDEX = """
insert into vehicle (vin, plate_number, home_province_code, record_count, first_settled_on, last_settled_on,
    last_mileage_km, refreshed_at)
select vin, (array_agg(plate_number order by settled_on desc))[1], '33', count(*), min(settled_on), max(settled_on),
    max(mileage_km), now()
from record_version where vin not like '~%' group by vin on conflict do nothing;
insert into vehicle_plate (vin, plate_number, first_seen_on, last_seen_on)
select vin, plate_number, min(settled_on), max(settled_on)
from record_version where vin not like '~%' and plate_number <> '' group by vin, plate_number on conflict do nothing;
analyze vehicle, vehicle_plate
"""


def main() -> None:
    with bench_node() as node, psycopg.connect(node.url, autocommit=True) as connection:
        codes = fill(connection, _VEHICLES)
        with serving(node, "chedang.site", "CHEDANG_SITE_PORT") as (port, process_id):
            owner = sign_in(node, port, codes[0], "demo-owner")
            shop = sign_in(node, port, codes[0], "demo-shop")
            officers = [sign_in(node, port, codes[0], name) for name in ("demo-county", "demo-province")]
            for officer, multiply in zip(officers, (False, True), strict=True):
                if multiply:
                    connection.execute(_MULTIPLY)
                connection.execute(_INDEX)
                # As on a node that has run for a while, not one that was filled a second ago.
                connection.execute("vacuum analyze record_version")
                _measure(connection, owner, officer, process_id)
                _measure_shop(connection, shop, codes[0])
            print(f"  site process: {resident_mib(process_id):.0f} MiB")


def fill(connection: psycopg.Connection[Any], vehicles: int) -> list[str]:
    """Register the shops and store the world's jobs, judged as the gate judges them."""
    world = make_world(33, until=date(2026, 9, 30), vehicles=vehicles)
    now = datetime.now(UTC)
    codes = {}
    for shop in world.shops:
        code = actions.register(connection, shop.registration, now=now).enterprise.company_code
        actions.approve(connection, code, by="bench", now=now)
        codes[shop.registration.company_name] = code
    connection.autocommit = False
    for at in range(0, len(world.jobs), 500):
        versions = {version.record_id: version for version in _versions(world, codes, at, now)}
        append(connection, list(versions.values()))
    connection.commit()
    connection.autocommit = True
    return list(codes.values())


def _versions(world: World, codes: dict[str, str], at: int, now: datetime) -> Any:
    limits = load_limits()
    for job in world.jobs[at : at + 500]:
        name = job.shop.registration.company_name
        judgement = judge(job.text, limits=limits, registered_name=name, received_at=now)
        yield new_version(judgement, codes[name], lcippro.NAME, now)


def _measure(connection: psycopg.Connection[Any], owner: httpx.Client, officer: httpx.Client, process_id: int) -> None:
    count = connection.execute("select count(*) from record_version").fetchone()
    assert count is not None
    chosen = connection.execute(
        "select plate_number, right(vin, 6), vin from vehicle where plate_number <> '' order by md5(vin) limit %s",
        (_SAMPLES,),
    ).fetchall()
    # Where plate and tail fit several vehicles, the page asks which; that is another page.
    chosen = [row for row in chosen if len(find_by_plate_and_vin_tail(connection, row[0], row[1])) == 1]
    print(f"  {count[0]:,} records")
    _print("query and assembly", [_time_query(connection, *row) for row in chosen])
    cars = _bind(connection, [(vin, plate) for plate, _tail, vin in chosen[:_OWNERS_PAGES]])
    _time_get(owner, f"/my/{cars[0]}/mileage.svg")  # the drawing library is loaded once in a process
    before = cpu_seconds(process_id)
    _print("owner's page", [_time_get(owner, f"/my/{car_id}/") for car_id in cars])
    print(
        f"    {'':20s} {(cpu_seconds(process_id) - before) / len(cars) * 1e3:10.1f} ms of processor in the site a page"
    )
    _print("chart of its own", [_time_get(owner, f"/my/{car_id}/mileage.svg") for car_id in cars[:_CHARTS]])
    looked_up = [_look_up(officer, plate, tail) for plate, tail, _vin in chosen[-_OFFICERS_PAGES:]]
    _print("officer's page", [_time_get(officer, address) for address in looked_up])


def _measure_shop(connection: psycopg.Connection[Any], shop: httpx.Client, company_code: str) -> None:
    """Pages of a shop that has a twentieth of all records."""
    count = connection.execute(
        "select count(*) from record_version where company_code = %s", (company_code,)
    ).fetchone()
    assert count is not None
    print(f"    a shop with {count[0]:,} records")
    for name, address in _SHOP_PAGES.items():
        _print(name, [_time_get(shop, address) for _sample in range(_SHOP_SAMPLES)])


def _print(what: str, seconds: Sequence[float]) -> None:
    cuts = statistics.quantiles(seconds, n=20)
    print(f"    {what:20s} p50 {cuts[9] * 1e3:6.1f} ms   p95 {cuts[18] * 1e3:6.1f} ms   ({len(seconds)} samples)")


def _time_query(connection: psycopg.Connection[Any], plate: str, tail: str, vin: str) -> float:
    started = time.perf_counter()
    assert vin in find_by_plate_and_vin_tail(connection, plate, tail)
    file = assemble_file(vin, read_file(connection, vin), home_facts=HomeFacts("33"))
    seconds = time.perf_counter() - started
    assert file.entries
    return seconds


def _bind(connection: psycopg.Connection[Any], cars: list[tuple[str, str]]) -> list[str]:
    """Give cars (VIN, plate) to the demonstration's owner; those given before are taken back."""
    connection.execute("delete from owners_binding")
    names = [f"car{place:09d}" for place in range(len(cars))]
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into owners_binding (public_id, user_id, vin, plate_number, kind, proof, scope, relation, bound_at,"
            " ended_why) select %s, id, %s, %s, 'own', 'claim_code', 'full', '', now(), ''"
            " from access_user where username = 'demo-owner'",
            [(name, *car) for name, car in zip(names, cars, strict=True)],
        )
    return names


def _look_up(officer: httpx.Client, plate: str, tail: str) -> str:
    form = {"plate": plate, "vin_tail": tail, "purpose": "supervision", "reason": "抽查"}
    form["csrfmiddlewaretoken"] = token(officer, "/vehicle/")
    found = officer.post("/vehicle/", data=form)
    assert found.status_code == httpx.codes.FOUND, re.findall(r"<h1[^>]*>(.*?)</h1>", found.text)
    return found.headers["location"]


def _time_get(client: httpx.Client, address: str) -> float:
    started = time.perf_counter()
    page = client.get(address)
    seconds = time.perf_counter() - started
    assert page.status_code == httpx.codes.OK, address
    return seconds
