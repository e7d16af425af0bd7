"""What the fault tests share: a server to kill, and running our code as somebody who is not root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from chedang.platform.postgres import Cluster


@pytest.fixture(scope="session")
def cluster(quick_directory: Path, furnish: Callable[[Path], Path]) -> Iterator[Cluster]:
    """A server with durability on, as a node runs it, to be killed and stopped at will."""
    data_dir = furnish(quick_directory / "durable")
    with Cluster(data_dir) as started:
        yield started
    shutil.rmtree((data_dir / "postgres").resolve(), ignore_errors=True)


@pytest.fixture(scope="module")
def durable_url(cluster: Cluster) -> str:
    """URL of a fresh migrated database on it, for the tests of one file."""
    return _make_database(cluster)


@pytest.fixture
def own_durable_url(cluster: Cluster) -> str:
    """The same for one test."""
    return _make_database(cluster)


def _make_database(cluster: Cluster) -> str:
    cluster.start()
    name = f"chedang_{uuid4().hex[:12]}"
    template = sql.Identifier(urlsplit(cluster.url).path.removeprefix("/"))
    with psycopg.connect(urlsplit(cluster.url)._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), template))
    return urlsplit(cluster.url)._replace(path=f"/{name}").geturl()


@dataclass(frozen=True)
class OrdinaryUser:
    """An account that is not root, and a Python with our packages that it can run."""

    python: str
    environment: dict[str, str]
    directory: Path  # his own, closed to others
    identity: dict[str, Any]  # for subprocess: user, group
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def popen(self, arguments: Sequence[str], **more: str) -> subprocess.Popen[str]:
        """Start Python with ``arguments``; ``more`` is added to the environment."""
        process = subprocess.Popen(
            [self.python, *arguments],
            cwd="/",
            env=self.environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **self.identity,
        )
        self.started.append(process)
        return process


@pytest.fixture
def ordinary_user(reachable_directory: Path) -> Iterator[OrdinaryUser]:
    """Ourselves; when the tests run as root, ``nobody``, with the system's Python where ours is closed to him."""
    user = _find_ordinary_user(reachable_directory)
    yield user
    for process in user.started:
        if process.poll() is None:
            process.terminate()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _find_ordinary_user(reachable_directory: Path) -> OrdinaryUser:
    directory = reachable_directory / f"of-a-user-{os.urandom(3).hex()}"
    directory.mkdir(mode=0o700)
    environment = {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"}
    if os.geteuid() != 0:
        return OrdinaryUser(sys.executable, dict(os.environ), directory, {})
    nobody = pwd.getpwnam("nobody")
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
    identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    check = "import sys, psycopg, chedang; sys.exit(sys.version_info < (3, 11))"
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            done = subprocess.run([python, "-c", check], env=environment, cwd="/", check=False, **identity)
        except OSError:
            continue
        if done.returncode == 0:
            return OrdinaryUser(python, environment, directory, identity)
    # Root's environment may lie in a folder that no other account may enter; then no test of this run can be an
    # ordinary user's. Run by an ordinary user, the same tests run as that user and are never skipped.
    pytest.skip("the Python environment of this run is closed to ordinary users")  # in root's own folder, say
