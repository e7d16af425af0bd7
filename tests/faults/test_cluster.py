"""The embedded server on bad days: killed, orphaned, shut out. Nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from chedang.platform.postgres import Cluster, PostgresError
from chedang.platform.postgres.place import MACHINE_HOME

if TYPE_CHECKING:
    from conftest import OrdinaryUser

pytestmark = pytest.mark.faults
MakeCluster = Callable[..., Cluster]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another account")

SUPERVISOR = """
import sys, time
from pathlib import Path
from uuid import uuid4
from chedang.platform.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]))
print(cluster.start(), cluster.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home(reachable_directory: Path) -> Path:
    """A data directory for one test, open to the server's account and short enough to hold the socket."""
    return reachable_directory / uuid4().hex[:8]


def _supervise(home: Path) -> tuple[subprocess.Popen[str], str, int]:
    """A supervisor in a process of its own; with the server's URL and process id."""
    supervisor = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(home)], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    url, pid = supervisor.stdout.readline().split()
    return supervisor, url, int(pid)


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def _wait_until(condition: Callable[[], bool]) -> None:
    while not condition():  # the time limit of every test ends an endless wait
        time.sleep(0.02)


def _is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def _backends(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("select pid from pg_stat_activity").fetchall()]


def test_no_acknowledged_row_is_lost_when_the_server_is_killed(make_cluster: MakeCluster, home: Path) -> None:
    cluster = make_cluster(home)
    with psycopg.connect(cluster.start(), autocommit=True) as connection:
        connection.execute("create table acknowledged (writer int, n int)")
    acknowledged: list[tuple[int, int]] = []

    def write(writer: int) -> None:
        # A slow writer may still be connecting when the others have stored enough and the server is killed.
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(cluster.url, autocommit=True) as connection:
            for n in itertools.count():
                connection.execute("insert into acknowledged values (%s, %s)", [writer, n])
                acknowledged.append((writer, n))

    for round_end in (200, 400, 600):
        writers = [threading.Thread(target=write, args=(round_end + number,)) for number in range(4)]
        for thread in writers:
            thread.start()
        _wait_until(lambda reached=round_end: len(acknowledged) >= reached)  # type: ignore[misc]
        assert cluster.pid is not None
        os.kill(cluster.pid, signal.SIGKILL)
        for thread in writers:
            thread.join()
        _wait_until(lambda: not cluster.is_alive())
        cluster.start()
    with psycopg.connect(cluster.url) as connection:
        stored = set(connection.execute("select writer, n from acknowledged").fetchall())
    assert set(acknowledged) <= stored


def test_a_killed_supervisor_leaves_no_server_and_the_next_start_works(make_cluster: MakeCluster, home: Path) -> None:
    cluster = make_cluster(home)
    supervisor, url, postmaster = _supervise(home)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table kept as select 1 as one")
    _kill(supervisor)
    assert cluster.start() == url
    assert _is_gone(postmaster)
    with psycopg.connect(url) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_killed_supervisor_ends_its_server_even_when_nobody_starts_again(
    make_cluster: MakeCluster, home: Path
) -> None:
    make_cluster(home)
    supervisor, url, postmaster = _supervise(home)
    processes = [postmaster, *_backends(url)]
    _kill(supervisor)
    _wait_until(lambda: all(_is_gone(pid) for pid in processes))


def test_supervisor_and_server_killed_together_come_back(make_cluster: MakeCluster, home: Path) -> None:
    cluster = make_cluster(home)
    supervisor, url, postmaster = _supervise(home)
    for pid in (supervisor.pid, postmaster):
        os.kill(pid, signal.SIGKILL)
    supervisor.communicate()
    assert cluster.start() == url


def test_a_stranger_with_the_old_process_number_does_not_matter(make_cluster: MakeCluster, home: Path) -> None:
    cluster = make_cluster(home)
    supervisor, _, postmaster = _supervise(home)
    for pid in (supervisor.pid, postmaster):
        os.kill(pid, signal.SIGKILL)
    supervisor.communicate()
    owner = (home / "postgres" / "data").stat().st_uid
    stranger = subprocess.Popen(["sleep", "600"], user=owner if os.geteuid() == 0 else None, cwd="/")
    try:
        pid_file = home / "postgres" / "data" / "postmaster.pid"
        _wait_until(lambda: _is_gone(postmaster))
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        cluster.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_empty_pid_file_of_a_power_cut_does_not_matter(make_cluster: MakeCluster, home: Path) -> None:
    cluster = make_cluster(home)
    cluster.start()
    cluster.stop()
    (home / "postgres" / "data" / "postmaster.pid").touch()
    cluster.start()


def test_a_half_made_server_is_made_again(make_cluster: MakeCluster, home: Path) -> None:
    cluster = make_cluster(home)
    home.mkdir()
    (home / "postgres" / "data.new").mkdir(parents=True)
    (home / "postgres" / "data.new" / "PG_VERSION").write_text("18\n")
    with psycopg.connect(cluster.start()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


@as_root
def test_root_leaves_a_closed_parent_closed_and_finds_its_data_again(make_cluster: MakeCluster, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    cluster = make_cluster(closed / "node")
    with psycopg.connect(cluster.start(), autocommit=True) as connection:
        connection.execute("create table kept as select 1 as one")
    cluster.stop()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (closed / "node" / "postgres").resolve().parent == MACHINE_HOME
    with psycopg.connect(Cluster(closed / "node").url if cluster.start() else "") as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


@as_root
def test_a_new_data_directory_in_an_old_place_never_meets_the_old_server(
    make_cluster: MakeCluster, tmp_path: Path
) -> None:
    first = make_cluster(tmp_path / "node")
    with psycopg.connect(first.start(), autocommit=True) as connection:
        connection.execute("create table old (id int)")
    first.stop()
    old_server = (tmp_path / "node" / "postgres").resolve()
    shutil.rmtree(tmp_path / "node")
    try:
        second = make_cluster(tmp_path / "node")
        with psycopg.connect(second.start()) as connection:
            assert connection.execute("select to_regclass('old')").fetchone() == (None,)
    finally:
        shutil.rmtree(old_server)


@as_root
def test_a_link_to_a_server_that_is_gone_is_never_taken_for_an_empty_one(
    make_cluster: MakeCluster, tmp_path: Path
) -> None:
    make_cluster(tmp_path / "node").start()
    server = (tmp_path / "node" / "postgres").resolve()
    another = Cluster(tmp_path / "node")
    server.rename(server.with_name("moved-away"))
    try:
        with pytest.raises(PostgresError, match="不见了"):
            another.start()
    finally:
        server.with_name("moved-away").rename(server)


@as_root
def test_root_runs_the_binaries_even_when_the_environment_is_closed_to_others(
    make_cluster: MakeCluster, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chedang.platform.postgres import place

    machine_home = home.parent / "machine-home"  # so that no copy stays on this machine
    closed = tmp_path / "closed"  # pytest's directories are 0700
    package = place.find_binaries().parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.setattr(place, "find_binaries", lambda: closed / package.name / "pginstall" / "bin")
    monkeypatch.setattr(place, "MACHINE_HOME", machine_home)
    cluster = make_cluster(home)
    with psycopg.connect(cluster.start()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert [path.name.partition("-")[0] for path in machine_home.iterdir()] == ["postgres"]


@as_root
def test_the_wished_account_runs_the_server_and_another_is_refused_later(make_cluster: MakeCluster, home: Path) -> None:
    make_cluster(home, run_as="nobody").start()
    assert (home / "postgres" / "data").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    with pytest.raises(PostgresError, match="属于账户 nobody"):
        Cluster(home, run_as="daemon").start()


def test_an_ordinary_user_runs_it_as_himself(ordinary_user: OrdinaryUser) -> None:
    program = (
        "import os, sys; from pathlib import Path; from chedang.platform.postgres import Cluster\n"
        "home = Path(sys.argv[1])\n"
        "with Cluster(home): print((home / 'postgres' / 'data').stat().st_uid == os.geteuid() != 0)"
    )
    process = ordinary_user.popen(["-c", program, str(ordinary_user.directory / "node")])
    assert process.communicate()[0].strip() == "True"
