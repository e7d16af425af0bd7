"""A throw-away node for measuring: an embedded PostgreSQL with durability on, migrated, in a directory of its own."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from chedang.platform.postgres import Cluster
from chedang.platform.postgres.place import find_binaries
from chedang.site.migrate import migrate


@dataclass(frozen=True)
class BenchNode:
    """Where the node lives and how to reach its database."""

    data_dir: Path
    url: str
    code: str


@contextlib.contextmanager
def bench_node(code: str = "33") -> Iterator[BenchNode]:
    """Start it, migrate it, and leave nothing behind; ``code``: which node of the country it is."""
    with tempfile.TemporaryDirectory(prefix="chedang-bench-") as name:
        data_dir = Path(name)
        data_dir.chmod(0o755)  # the embedded server of a root user runs under another account
        with Cluster(data_dir):
            pass
        # pgbench's 64 clients do not fit into the node's own 60 connections.
        (data_dir / "postgres" / "local.conf").write_text("max_connections = 120\n", encoding="ascii")
        with Cluster(data_dir) as cluster:
            migrate(cluster.url)
            yield BenchNode(data_dir, cluster.url, code)
        shutil.rmtree((data_dir / "postgres").resolve(), ignore_errors=True)


@contextlib.contextmanager
def serving(node: BenchNode, module: str, variable: str) -> Iterator[tuple[int, int]]:
    """Run ``python -m module`` on a free loopback port; gives (port, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with _process(node, module, {variable: str(port)}) as process:
        _wait(f"http://127.0.0.1:{port}/readyz", process)
        yield port, process.pid


@contextlib.contextmanager
def running(node: BenchNode, module: str) -> Iterator[int]:
    """Run ``python -m module``, which listens on nothing; gives its process id."""
    with _process(node, module, {}) as process:
        yield process.pid


@contextlib.contextmanager
def _process(node: BenchNode, module: str, variables: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "CHEDANG_DATABASE_URL": node.url,
        "CHEDANG_DATA_DIR": str(node.data_dir),
        "CHEDANG_NODE": node.code,
        "CHEDANG_LOG_LEVEL": "warning",
        # Fictional data: officers sign in with the password alone.
        "CHEDANG_SEED": "1",
        "CHEDANG_SECOND_FACTOR": "off",
    }
    process = subprocess.Popen([sys.executable, "-m", module], env=environment | variables)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url).status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    raise TimeoutError(url)


def resident_mib(process_id: int) -> float:
    """Resident memory of a process and its children in MiB (Linux)."""
    pages = sum(int(Path(f"/proc/{number}/statm").read_text().split()[1]) for number in _family(process_id))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_seconds(process_id: int) -> float:
    """Processor time that a process and its children have used so far (Linux): says the same on a busy machine."""
    ticks = 0
    for number in _family(process_id):
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _family(process_id: int) -> list[int]:
    family = [process_id]
    for number in family:
        for task in Path(f"/proc/{number}/task").iterdir():
            family += [int(child) for child in (task / "children").read_text().split()]
    return family


def machine() -> str:
    """What ran it: processor, cores, interpreter, server."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    version = subprocess.run(
        [find_binaries() / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[2]
    return (
        f"{os.cpu_count()} cores of {cpu.group(1) if cpu else platform.machine()}, Python {platform.python_version()},"
        f" PostgreSQL {version}, durable commits"
    )
