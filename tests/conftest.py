"""Fixtures for everybody: a PostgreSQL for the session, a fresh migrated database for a test."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from random import SystemRandom
from types import ModuleType
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from chedang.platform.postgres import Cluster
from chedang.platform.postgres.cluster import DATABASE
from chedang.platform.postgres.place import settle

_MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of random name in it
_ENOUGH_BYTES = 2 * 1024**3
_SERVER = os.environ.get("CHEDANG_TEST_DATABASE_URL")
# What tests store need not survive a power cut, and a database per test becomes cheap. The server of every worker of a
# run lies in memory, and so does its journal.
_CHEAP = (
    "fsync = off\nfull_page_writes = off\nshared_buffers = 128MB\nmax_wal_size = 128MB\n"
    # A database in which it is just at work could not be dropped by its owner.
    "autovacuum = off\n"
)


def pytest_configure() -> None:
    """No test may meet the settings, least of all the database, of the node on which it happens to run."""
    for variable in [name for name in os.environ if name.startswith("CHEDANG_")]:
        if not variable.startswith("CHEDANG_TEST_") and variable != "CHEDANG_CHROMIUM":
            del os.environ[variable]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """``make test`` looks for tests that must be alone in one folder, and would pass others by."""
    elsewhere = [item.nodeid for item in items if item.get_closest_marker("alone") and "faults" not in item.path.parts]
    if elsewhere:
        raise pytest.UsageError(f"marked alone, but not in tests/faults: {', '.join(elsewhere)}")


@pytest.fixture(scope="session")
def reachable_directory() -> Iterator[Path]:
    """A temporary directory that other accounts can enter; pytest's own ones are closed to them."""
    with tempfile.TemporaryDirectory(prefix="chedang-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def quick_directory(reachable_directory: Path) -> Iterator[Path]:
    """A directory in memory where there is room, else on disk: a process that is killed loses the same in both."""
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ENOUGH_BYTES:
        yield reachable_directory
        return
    with tempfile.TemporaryDirectory(prefix="chedang-test-", dir=_MEMORY, ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def make_cluster() -> Iterator[Callable[..., Cluster]]:
    """Makes clusters that are stopped after the test, and removed wherever they had to live (root)."""
    made: list[tuple[Cluster, Path]] = []

    def make(data_dir: Path, *, run_as: str | None = None) -> Cluster:
        made.append((Cluster(data_dir, run_as=run_as), data_dir))
        return made[-1][0]

    yield make
    for cluster, data_dir in made:
        cluster.stop()
        _remove_server(data_dir)


@pytest.fixture(scope="session")
def furnish(reachable_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Gives a new data directory the server and the migrated, empty database that its first start would make there.

    Both are made once in a run, by the worker that asks first; the others copy files.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def furnish_directory(data_dir: Path) -> Path:
        with (shared / "server.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (shared / "server").exists():
                _make_server(reachable_directory / "first-server", shared / "server")
        place = settle(data_dir, None)
        shutil.copy(shared / "server" / "key", data_dir / "keys" / "postgres")
        _copy(shared / "server" / "data", place.data)
        return data_dir

    return furnish_directory


def _make_server(data_dir: Path, kept: Path) -> None:
    """Let a node's own steps make server and database, and keep what they leave."""
    with Cluster(data_dir) as cluster:
        migrate(cluster.url)
    draft = kept.with_suffix(".new")
    draft.mkdir()
    shutil.copy(data_dir / "keys" / "postgres", draft / "key")
    _copy((data_dir / "postgres").resolve() / "data", draft / "data")
    draft.rename(kept)
    _remove_server(data_dir)


def _copy(source: Path, target: Path) -> None:
    """With owners and rights, which the server is strict about."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


@pytest.fixture(scope="session")
def postgres(quick_directory: Path, furnish: Callable[[Path], Path]) -> Iterator[str]:
    """URL of a server on which databases can be made.

    The embedded one, or the ordinary one that CHEDANG_TEST_DATABASE_URL names (its role may create databases).
    """
    if _SERVER:
        yield _SERVER
        return
    data_dir = furnish(quick_directory / "session-server")
    (data_dir / "postgres" / "local.conf").write_text(_CHEAP, encoding="ascii")
    with Cluster(data_dir) as cluster:
        yield urlsplit(cluster.url)._replace(path="/postgres").geturl()
    _remove_server(data_dir)


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> Iterator[str]:
    """Name of a database on which the real migrations ran, once per run or, on an ordinary server, per worker."""
    if not _SERVER:
        yield DATABASE
        return
    with _database(postgres, "template0") as url:
        migrate(url)
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def empty_database_url(postgres: str) -> Iterator[str]:
    """URL of a fresh database without any table."""
    with _database(postgres, "template0") as url:
        yield url


@pytest.fixture
def database_url(postgres: str, migrated_template: str) -> Iterator[str]:
    """URL of a fresh migrated database."""
    with _database(postgres, migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def make_database(postgres: str, migrated_template: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes migrated databases for fixtures that outlive one test; each is dropped at the end of its block."""
    return lambda: _database(postgres, migrated_template)


@pytest.fixture(scope="session")
def run_migrations() -> Callable[[str], None]:
    """Runs the node's own migration command on the database of a URL."""
    return migrate


def migrate(url: str) -> None:
    """Run ``python -m chedang.site.migrate`` as ``chedang up`` does."""
    done = subprocess.run(
        [sys.executable, "-m", "chedang.site.migrate"],
        env=os.environ | {"CHEDANG_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _database(server_url: str, template: str) -> Iterator[str]:
    """A database made from ``template`` for the length of a block; gives its URL."""
    name = f"chedang_test_{uuid4().hex[:12]}"
    # Copying files is a fifth of the work of copying rows, but asks for checkpoints, which cost nothing on our server.
    strategy = sql.SQL("" if _SERVER else "strategy file_copy")
    create = sql.SQL("create database {} template {} {}").format(
        sql.Identifier(name), sql.Identifier(template), strategy
    )
    drop = sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(create)
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(drop)


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens.

    One of the worker's own, below those that the kernel gives to connections, and not given out before: what is free
    now stays free until the process for which it is meant has started.
    """
    for port in _ports():
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("all ports of this worker were given out")


@cache
def _ports() -> Iterator[int]:
    """In an order of chance: another run may be under way on this machine."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 20_000 + worker % 4 * 3_000
    return iter(SystemRandom().sample(range(first, first + 3_000), 3_000))


def _remove_server(data_dir: Path) -> None:
    """Remove the embedded server of ``data_dir``, also where its directory is only a link to it."""
    shutil.rmtree((data_dir / "postgres").resolve(), ignore_errors=True)


@cache
def load_tools() -> ModuleType:
    """``dev/ensure_tools.py``: what the tests need besides Python, and where it is."""
    path = Path(__file__).parents[1] / "dev" / "ensure_tools.py"
    spec = spec_from_file_location("ensure_tools", path)
    assert spec is not None
    assert spec.loader is not None
    tools = module_from_spec(spec)
    spec.loader.exec_module(tools)
    return tools
