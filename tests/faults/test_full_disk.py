"""A disk that is full, really: a node on a small file system, and a file that takes all that is left of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.faults.load import Uploaders, approved_shop, assert_nothing_lost
from tests.faults.test_node import Up

from chedang.platform.postgres import Cluster

if TYPE_CHECKING:
    from chedang.fiction.shops import FictionalShop

pytestmark = [pytest.mark.faults, pytest.mark.alone]

_SIZE = "320m"
# The server keeps old journal files for reuse; with the usual many a small disk would be full of them.
_SETTINGS = "min_wal_size = 32MB\nmax_wal_size = 64MB\n"
# After one second the node tries to start the server again, for which there is no room either.
_TRIED_IN_VAIN_SECONDS = 2.5
_GIVEN = "CHEDANG_TEST_SMALL_DISK"


@pytest.fixture(scope="module")
def small_disk(quick_directory: Path) -> Iterator[Path]:
    """A small file system of our own."""
    if _GIVEN in os.environ:
        yield Path(os.environ[_GIVEN])
        return
    directory = quick_directory / "small-disk"
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=755", "tmpfs", str(directory)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        # Only a real file system can be full; an ordinary user's run makes one in a namespace, in the last test.
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")  # the last test makes one otherwise
    yield directory
    subprocess.run(["umount", "--lazy", str(directory)], check=True)


@pytest.fixture(scope="module")
def node(small_disk: Path) -> Iterator[Up]:
    """A whole node that lives on it with everything it writes, its own output and logs too."""
    data_dir = small_disk / "node"
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "local.conf").write_text(_SETTINGS, encoding="ascii")
    up = Up(data_dir).ready()
    yield up
    up.process.terminate()
    assert up.process.wait() == 0, "it is still the one that was started, and stops in order"


@pytest.fixture
def shop(node: Up) -> tuple[FictionalShop, str]:
    """A shop of that node and its company code."""
    return approved_shop(_url(node))


def _url(node: Up) -> str:
    url = Cluster(node.data_dir).running_url()
    assert url is not None
    return url


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    """Nothing more fits on the disk for the length of the block; what becomes free is taken at once."""
    ballast, is_over = disk / "ballast", threading.Event()

    def take_what_is_left() -> None:
        with ballast.open("wb", buffering=0) as file:
            while not is_over.wait(0.0005):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * 4096) > 0:
                        pass

    taker = threading.Thread(target=take_what_is_left)
    taker.start()
    while shutil.disk_usage(disk).free:
        time.sleep(0.001)
    yield
    is_over.set()
    taker.join()
    ballast.unlink()


def _fill_the_journal(url: str) -> None:
    """Write to the journal and nowhere else, until the server falls."""
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
        while True:
            connection.execute("select pg_logical_emit_message(false, 'filler', repeat('x', 1000000))")


@pytest.mark.parametrize("is_journal_full", [False, True], ids=["tables", "journal"])
def test_a_full_disk_is_a_503_and_all_goes_on_by_itself_when_there_is_room_again(
    node: Up, small_disk: Path, shop: tuple[FictionalShop, str], is_journal_full: bool
) -> None:
    url = _url(node)
    with Uploaders(f"http://127.0.0.1:{node.gate_port}", *shop) as uploaders:
        uploaders.wait_for(50)
        with full(small_disk):
            if is_journal_full:
                _fill_the_journal(url)
                time.sleep(_TRIED_IN_VAIN_SECONDS)
            uploaders.wait_for_refusals(8)
        uploaders.wait_for(50)
    uploaders.assert_told_honestly()
    assert uploaders.timeouts == 0
    assert_nothing_lost(url, shop[1], uploaders)


_IN_A_NAMESPACE = """
mount -t tmpfs -o size=$SIZE,mode=755 tmpfs "$DISK" &&
exec unshare --user --map-user="$USER_ID" --map-group="$GROUP_ID" \\
    "$PYTHON" -m pytest -q -p no:cacheprovider -k there_is_room_again "$FILE"
"""


@pytest.mark.skipif(os.geteuid() == 0, reason="root's run mounts the disk itself")  # a namespace is how others mount
def test_the_same_in_a_namespace_of_an_ordinary_user(tmp_path: Path) -> None:
    enter = ["unshare", "--user", "--map-root-user", "--mount"]
    probe = subprocess.run([*enter, "true"], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        # Some kernels are set up so, and no test can change that.
        pytest.skip(f"no namespaces for users here: {probe.stderr.strip()}")  # the kernel's setting, not ours to change
    environment = os.environ | {
        _GIVEN: str(tmp_path),
        "DISK": str(tmp_path),
        "SIZE": _SIZE,
        "USER_ID": str(os.geteuid()),
        "GROUP_ID": str(os.getegid()),
        "PYTHON": sys.executable,
        "FILE": __file__,
    }
    done = subprocess.run(
        [*enter, "sh", "-c", _IN_A_NAMESPACE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
