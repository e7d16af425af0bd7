"""The embedded server in ordinary days; its bad days are in tests/faults."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from chedang.platform.postgres import Cluster, ClusterInUse, PostgresError, open_database
from chedang.platform.settings import Settings

MakeCluster = Callable[..., Cluster]


@pytest.fixture(scope="module")
def home(reachable_directory: Path) -> Path:
    """Data directory of the server that the tests of this module share."""
    return reachable_directory / "shared-server"


@pytest.fixture(scope="module")
def cluster(home: Path) -> Iterator[Cluster]:
    with Cluster(home) as running:
        yield running


def _one(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def test_the_application_owns_its_database_and_is_no_superuser(cluster: Cluster) -> None:
    assert _one(cluster.url, "select current_database() || ' ' || current_user") == "chedang chedang"
    assert _one(cluster.url, "select rolsuper from pg_roles where rolname = current_user") is False
    assert _one(cluster.url, "select pg_get_userbyid(datdba) from pg_database where datname = 'chedang'") == "chedang"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
        ("max_connections", "60"),
        ("wal_compression", "off"),
        ("data_checksums", "on"),
    ],
)
def test_the_server_runs_under_our_settings(cluster: Cluster, setting: str, value: str) -> None:
    assert _one(cluster.url, f"show {setting}") == value


def test_the_server_takes_a_fair_part_of_the_memory(cluster: Cluster) -> None:
    mebibytes = int(str(_one(cluster.url, "select pg_size_bytes(current_setting('shared_buffers')) / 1048576")))
    assert 128 <= mebibytes <= 4096


def test_nobody_gets_in_without_the_password(cluster: Cluster) -> None:
    parts = urlsplit(cluster.url)
    for role in ("chedang", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(parts._replace(netloc=f"{role}@").geturl())
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(parts._replace(netloc=f"postgres:{parts.password}@").geturl())


def test_only_the_servers_account_enters_its_directories(cluster: Cluster, home: Path) -> None:
    for name in ("data", "log", "run"):
        found = (home / "postgres" / name).stat()
        assert stat.S_IMODE(found.st_mode) == 0o700
        assert found.st_uid != 0


def test_starting_a_running_server_changes_nothing(cluster: Cluster) -> None:
    pid = cluster.pid
    assert cluster.start() == cluster.url
    assert cluster.pid == pid


def test_a_second_supervisor_is_turned_away_in_one_sentence(cluster: Cluster, home: Path) -> None:
    with pytest.raises(ClusterInUse, match="正由另一个进程使用"):
        Cluster(home).start()
    assert _one(cluster.url, "select 1") == 1


def test_a_command_uses_the_running_server_and_leaves_it_running(cluster: Cluster, home: Path) -> None:
    with open_database(Settings.from_environment({"CHEDANG_DATA_DIR": str(home)})) as url:
        assert _one(url, "select 1") == 1
    assert cluster.is_alive()


def test_a_command_prefers_the_database_it_is_pointed_at(tmp_path: Path) -> None:
    url = "postgresql://somewhere.test/chedang"
    environment = {"CHEDANG_DATA_DIR": str(tmp_path), "CHEDANG_DATABASE_URL": url}
    with open_database(Settings.from_environment(environment)) as given:
        assert given == url
    assert list(tmp_path.iterdir()) == []


def test_the_servers_log_holds_no_value_of_a_failed_statement(cluster: Cluster, home: Path) -> None:
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute("create table if not exists fictional (vin text primary key)")
        for _ in range(2):
            try:
                connection.execute("insert into fictional values (%s)", ["FICTIONAL-VIN"])
            except psycopg.errors.UniqueViolation as refused:
                assert "FICTIONAL-VIN" in str(refused)
    ends_at = time.monotonic() + 30  # a process of its own writes the log, and may be a moment behind
    while "duplicate key" not in (text := _log_of(home)):
        assert time.monotonic() < ends_at, text
        time.sleep(0.02)
    assert "FICTIONAL-VIN" not in text


def _log_of(home: Path) -> str:
    return "".join(file.read_text() for file in (home / "postgres" / "log").iterdir())


def test_a_command_starts_the_server_for_its_own_time_when_the_node_is_down(
    make_cluster: MakeCluster, reachable_directory: Path
) -> None:
    home = reachable_directory / "down"
    make_cluster(home)
    with open_database(Settings.from_environment({"CHEDANG_DATA_DIR": str(home)})) as url:
        assert _one(url, "select 1") == 1
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert list((home / "postgres" / "run").iterdir()) == []


def test_two_nodes_have_servers_of_their_own(cluster: Cluster, make_cluster: MakeCluster, tmp_path: Path) -> None:
    other = make_cluster(tmp_path / "other")
    other.start()
    with psycopg.connect(other.url) as connection:
        connection.execute("create table only_here (id int)")
    assert _one(cluster.url, "select to_regclass('only_here')") is None


def test_a_very_long_data_directory_works(make_cluster: MakeCluster, reachable_directory: Path) -> None:
    home = reachable_directory / ("a-long-name-" * 10) / ("路径里有汉字、空格 and 'quotes'" * 2)
    cluster = make_cluster(home)
    assert _one(cluster.start(), "select 1") == 1
    cluster.stop()
    assert _one(cluster.start(), "select 1") == 1


def test_a_strict_umask_does_not_lock_the_server_out(make_cluster: MakeCluster, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        assert _one(make_cluster(tmp_path / "node").start(), "select 1") == 1
    finally:
        os.umask(before)


def test_data_of_another_release_are_left_alone_with_advice(make_cluster: MakeCluster, tmp_path: Path) -> None:
    cluster = make_cluster(tmp_path / "node")
    cluster.start()
    cluster.stop()
    version = tmp_path / "node" / "postgres" / "data" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(PostgresError, match=r"PostgreSQL 17 .*pg_dump"):
        cluster.start()
    version.write_text("18\n")
    cluster.start()


def test_lost_keys_are_told_from_a_server_that_does_not_start(make_cluster: MakeCluster, tmp_path: Path) -> None:
    cluster = make_cluster(tmp_path / "node")
    cluster.start()
    cluster.stop()
    (tmp_path / "node" / "keys" / "postgres").unlink()
    with pytest.raises(PostgresError, match="keys"):
        cluster.start()
    assert not cluster.is_alive()


def test_a_server_that_cannot_start_says_why(make_cluster: MakeCluster, tmp_path: Path) -> None:
    cluster = make_cluster(tmp_path / "node")
    cluster.start()
    cluster.stop()
    (tmp_path / "node" / "postgres" / "local.conf").write_text("shared_buffers = 'a lot'\n")
    with pytest.raises(PostgresError, match="shared_buffers"):
        cluster.start()
