"""An officer's pages at the size of a province, and a table of all its shops as a file. Run by ``bench.statistics``."""

from __future__ import annotations

import statistics
import time
from typing import Final

import httpx

from bench.node import BenchNode, resident_mib, serving
from bench.people import sign_in, token
from chedang.platform.clock import system_clock
from chedang.quality.counting import last_day
from chedang.quality.expectation_store import count_province
from chedang.records.store import Connection

_ROUNDS: Final = 40
_PAGES: Final = {
    "home": "/regulator/",
    "shops, silent": "/regulator/shops/?upload=silent&over=30",
    "shops, all": "/regulator/shops/",
    "coverage": "/regulator/coverage",
    "rates by division": "/regulator/rates",
    "rates by software": "/regulator/rates?by=vendor",
    "rates by day": "/regulator/rates?by=day",
    "live board": "/regulator/live",
}
_PATIENCE_SECONDS: Final = 300


def measure_officers(node: BenchNode, connection: Connection) -> None:
    """Time of the pages, signed in as an officer of the province and of a county, and of one export."""
    begun = time.perf_counter()
    count_province(connection, "33", last_day(system_clock()))
    print(f"  expected volume of every shop: {time.perf_counter() - begun:.1f} s")
    (shop,) = connection.execute(
        "select company_code from enterprise where division_code = '330106' order by company_code limit 1"
    ).fetchone() or ("",)
    with serving(node, "chedang.site", "CHEDANG_SITE_PORT") as (port, process_id):
        for username in ("demo-province", "demo-county"):
            officer = sign_in(node, port, shop, username)
            print(f"  {username + ': page':52s} {'p50 ms':>8s} {'p95 ms':>8s}")
            for name, address in _PAGES.items():
                _time_page(officer, name, address)
        _time_export(sign_in(node, port, shop, "demo-province"))
        print(f"  site process: {resident_mib(process_id):.0f} MiB")


def _time_page(officer: httpx.Client, name: str, address: str) -> None:
    seconds = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        page = officer.get(address)
        seconds.append(time.perf_counter() - started)
        assert page.status_code == httpx.codes.OK, address
    cuts = statistics.quantiles(seconds, n=20)
    print(f"  {name:52s} {cuts[9] * 1e3:8.1f} {cuts[18] * 1e3:8.1f}")


def _time_export(officer: httpx.Client) -> None:
    """Every shop of the province as xlsx: asked for, its progress seen, fetched."""
    started = time.perf_counter()
    form = {"table": "shops", "ending": "xlsx", "csrfmiddlewaretoken": token(officer, "/regulator/exports/")}
    address = officer.post("/regulator/exports/", data=form).headers["location"]
    seen: set[str] = set()
    while time.perf_counter() - started < _PATIENCE_SECONDS:
        file = officer.get(f"{address}/file")
        if file.status_code == httpx.codes.OK:
            break
        seen.add(officer.get(address, headers={"HX-Request": "true"}).text)
        time.sleep(0.5)
    else:
        raise TimeoutError("the export was not made")
    seconds = time.perf_counter() - started
    print(f"  all shops as xlsx: {seconds:.1f} s, {len(file.content) / 2**20:.1f} MiB, {len(seen)} states seen")
