"""Time and memory of a night's count of shops, with more than 10⁵ records of the last twelve months in the store."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from bench.files import fill
from bench.node import bench_node
from chedang.quality import store
from chedang.quality.counting import count_due
from chedang.quality.parameters import load_parameters

_VEHICLES = 30_000  # two years of records, half of them within the twelve months
_NOW = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
_AT_SETTLEMENT = "update record_version set received_at = settled_on + interval '18 hours' where settled_on is not null"


def main() -> None:
    with bench_node() as node, psycopg.connect(node.url, autocommit=True) as connection:
        fill(connection, _VEHICLES)
        connection.execute(_AT_SETTLEMENT)
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze record_version")
        # The count in a process of its own, so that its memory is its own.
        subprocess.run([sys.executable, "-m", "bench.quality", node.url], check=True)
        _look_at_a_shop(connection)


def count(url: str) -> None:
    """Count all shops and say how long that took and how much memory the process had at most."""
    begun, begun_mib = time.perf_counter(), _peak_mib()
    with psycopg.connect(url) as connection:
        shops = count_due(connection, now=_NOW, seconds=float("inf"))
        jobs, most = connection.execute("select sum(jobs), max(jobs) from shop_figures").fetchone() or (0, 0)
    seconds = time.perf_counter() - begun
    print(f"  {shops} shops, {jobs:,} jobs (largest shop {most:,}): {seconds:.1f} s")
    print(f"  memory at most {_peak_mib():.0f} MiB, of which {begun_mib:.0f} MiB before the first shop")


def _peak_mib() -> float:
    """Most memory that this process ever had; what ``getrusage`` says begins with that of the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024


def _look_at_a_shop(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    row = connection.execute("select company_code from shop_figures order by jobs desc limit 1").fetchone()
    code = str(row[0]) if row else ""
    begun = time.perf_counter()
    figures = store.read_figures(connection, [code])[code]
    items = store.read_hours(connection, figures, load_parameters().hours)
    print(f"  hours of {len(items)} items beside the city's: {1000 * (time.perf_counter() - begun):.1f} ms")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        count(sys.argv[1])
    else:
        print(f"Figures of shops, {date.today():%Y-%m-%d}")  # noqa: DTZ011 - a title
        main()
