"""Fixtures for everybody: a PostgreSQL for the session, a fresh migrated database for a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from chedang.platform.postgres import Cluster


def pytest_configure() -> None:
    """No test may meet the settings, least of all the database, of the node on which it happens to run."""
    for variable in [name for name in os.environ if name.startswith("CHEDANG_")]:
        if not variable.startswith("CHEDANG_TEST_") and variable != "CHEDANG_CHROMIUM":
            del os.environ[variable]


@pytest.fixture(scope="session")
def reachable_directory() -> Iterator[Path]:
    """A temporary directory that other accounts can enter; pytest's own ones are closed to them."""
    with tempfile.TemporaryDirectory(prefix="chedang-test-") as name:
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
def postgres(reachable_directory: Path) -> Iterator[str]:
    """URL of a server on which databases can be made.

    The embedded one, or the ordinary one that CHEDANG_TEST_DATABASE_URL names (its role may create databases).
    """
    ordinary = os.environ.get("CHEDANG_TEST_DATABASE_URL")
    if ordinary:
        yield ordinary
        return
    data_dir = reachable_directory / "session-server"
    with Cluster(data_dir):
        pass
    # What tests store need not survive a power cut, and a database per test becomes cheap.
    (data_dir / "postgres" / "local.conf").write_text("fsync = off\nfull_page_writes = off\n", encoding="ascii")
    with Cluster(data_dir) as cluster:
        yield cluster.url
    _remove_server(data_dir)


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> Iterator[str]:
    """Name of a database on which the real migrations ran, once per session."""
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
    create = sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
    drop = sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(create)
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(drop)


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
