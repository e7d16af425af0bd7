"""A whole node on bad days: killed in part and altogether, stopped, shut out, doubled."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from tests.conftest import free_port

from chedang.platform.postgres import Cluster

if TYPE_CHECKING:
    from conftest import OrdinaryUser

pytestmark = pytest.mark.faults

UP = ["-c", "from chedang.cli.main import run; run()", "up"]


class Up:
    """``chedang up`` on a data directory, with ports of its own."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.gate_port = int(environment.get("CHEDANG_GATE_PORT") or free_port())
        self.site_port = int(environment.get("CHEDANG_SITE_PORT") or free_port())
        self.environment = {
            "CHEDANG_DATA_DIR": str(data_dir),
            "CHEDANG_GATE_PORT": str(self.gate_port),
            "CHEDANG_SITE_PORT": str(self.site_port),
            "CHEDANG_SEED": "0",
        } | environment
        self._output = data_dir.with_name(f"{data_dir.name}-{uuid4().hex[:6]}.txt")

    def start(self) -> Up:
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, *UP],
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def ready(self) -> Up:
        self.start()
        _wait_until(lambda: "已就绪" in self.output or self.process.poll() is not None)
        assert self.process.poll() is None, self.output
        return self

    @property
    def output(self) -> str:
        return self._output.read_text()

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait()

    def child(self, mark: str) -> int | None:
        """Process id of the direct child whose command line contains ``mark``."""
        for pid in _children(self.process.pid):
            if mark in _command_line(pid):
                return pid
        return None

    def serves(self) -> bool:
        return _answers(self.gate_port) and _answers(self.site_port)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _wait_until(condition: Callable[[], bool]) -> None:
    while not condition():  # the time limit of every test ends an endless wait
        time.sleep(0.05)


def _stat(pid: int) -> list[str]:
    """State and parent of a process; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _is_gone(pid: int) -> bool:
    return _stat(pid)[:1] in ([], ["Z"])


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _children(pid: int) -> list[int]:
    everybody = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [other for other in everybody if _stat(other)[1:2] == [str(pid)]]


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        found += _children(parent)
    return found


@pytest.fixture(scope="module")
def home(quick_directory: Path, furnish: Callable[[Path], Path]) -> Iterator[Path]:
    """Data directory that most tests share, one after the other. The ordinary user's node begins with an empty one."""
    yield furnish(quick_directory / "whole-node")
    shutil.rmtree((quick_directory / "whole-node" / "postgres").resolve(), ignore_errors=True)


@pytest.fixture
def make_up() -> Iterator[Callable[..., Up]]:
    made: list[Up] = []

    def make(data_dir: Path, **environment: str) -> Up:
        made.append(Up(data_dir, **environment))
        return made[-1]

    yield make
    for up in made:
        if up.process.poll() is None:
            up.end(signal.SIGTERM)


MakeUp = Callable[..., Up]


class Standing:
    """The node of ``home`` that goes on from test to test: most begin with one that runs, and to start one is slow."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._up: Up | None = None

    def ready(self) -> Up:
        """The one that runs, else a new one, at the same addresses."""
        if self._up is None or self._up.process.poll() is not None:
            ports = (
                {}
                if self._up is None
                else {
                    "CHEDANG_GATE_PORT": str(self._up.gate_port),
                    "CHEDANG_SITE_PORT": str(self._up.site_port),
                }
            )
            self._up = Up(self._home, **ports).ready()
        return self._up

    def stop(self) -> None:
        if self._up is not None and self._up.process.poll() is None:
            self._up.end(signal.SIGTERM)


@pytest.fixture(scope="module")
def standing(home: Path) -> Iterator[Standing]:
    """Ends with the tests of a running node: those after it want the directory for themselves."""
    running = Standing(home)
    yield running
    running.stop()


def test_a_second_node_on_the_same_data_is_turned_away(standing: Standing, make_up: MakeUp, home: Path) -> None:
    standing.ready()
    second = make_up(home).start()
    assert second.process.wait() == 2
    (line,) = second.output.splitlines()
    assert line.startswith("CHEDANG_DATA_DIR：")
    assert "已有一个节点在运行" in line


def test_whatever_is_killed_comes_back(standing: Standing) -> None:
    up = standing.ready()
    modules = ("chedang.gate", "chedang.site", "chedang.cli.worker", "chedang.cli.batches", "chedang.cli.exchange")
    for mark in (*modules, "postgres -D"):
        killed = up.child(mark)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        _wait_until(lambda mark=mark, killed=killed: up.child(mark) not in {None, killed})  # type: ignore[misc]
        _wait_until(up.serves)
    assert up.output.count("意外退出") == 6
    assert up.output.count("已重启") == 6


def test_after_a_kill_of_the_node_alone_everything_goes_and_the_next_start_works(standing: Standing) -> None:
    up = standing.ready()
    processes = _descendants(up.process.pid)
    up.end(signal.SIGKILL)
    again = standing.ready()
    assert again is not up
    assert all(_is_gone(pid) for pid in processes)
    assert again.process.poll() is None


def test_after_a_kill_of_every_process_the_next_start_has_all_that_was_stored(standing: Standing, home: Path) -> None:
    up = standing.ready()
    url = Cluster(home).running_url()
    assert url is not None
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("insert into feed_position (consumer, seq) values ('acknowledged', 7)")
    for pid in _descendants(up.process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    up.process.wait()
    again = standing.ready()
    assert again is not up
    with psycopg.connect(url, autocommit=True) as connection:
        kept = connection.execute("delete from feed_position where consumer = 'acknowledged' returning seq").fetchall()
    assert kept == [(7,)]


def test_two_nodes_run_side_by_side(
    standing: Standing, make_up: MakeUp, quick_directory: Path, furnish: Callable[[Path], Path]
) -> None:
    zhejiang = standing.ready()
    try:
        jiangsu = make_up(furnish(quick_directory / "node-32"), CHEDANG_NODE="32").ready()
        assert "江苏（32）" in jiangsu.output
        assert zhejiang.serves()
        assert jiangsu.serves()
        assert jiangsu.end(signal.SIGTERM) == 0
        assert zhejiang.serves()
    finally:
        shutil.rmtree((quick_directory / "node-32" / "postgres").resolve(), ignore_errors=True)


def test_a_signal_stops_everything_in_order(standing: Standing) -> None:
    up = standing.ready()
    processes = _descendants(up.process.pid)
    assert len(processes) > 4
    assert up.serves()
    assert up.end(signal.SIGTERM) == 0
    assert up.output.splitlines()[-2:] == ["正在停止 …", "已全部停止。"]
    assert all(_is_gone(pid) for pid in processes)
    assert not _answers(up.gate_port)
    assert not _answers(up.site_port)


def test_a_taken_port_gets_one_sentence_with_the_variable_and_a_free_port(make_up: MakeUp, home: Path) -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        taken = stranger.getsockname()[1]
        up = make_up(home, CHEDANG_GATE_PORT=str(taken)).start()
        assert up.process.wait() == 2
        waiting, sentence = up.output.splitlines()
        assert str(taken) in waiting
        assert sentence.startswith(f"CHEDANG_GATE_PORT：端口 {taken} 已被别的程序占用")
        assert "Traceback" not in up.output
        with socket.socket() as free:
            free.bind(("127.0.0.1", int(sentence.rpartition("=")[2])))


def test_a_node_on_a_database_of_its_operator_starts_none_of_its_own(
    make_up: MakeUp, database_url: str, reachable_directory: Path
) -> None:
    data_dir = reachable_directory / "node-without-postgres"
    up = make_up(data_dir, CHEDANG_DATABASE_URL=database_url).ready()
    assert up.serves()
    assert up.child("postgres -D") is None
    assert not (data_dir / "postgres").exists()
    assert up.end(signal.SIGINT) == 0


def test_a_child_that_cannot_start_ends_the_start_with_its_reason(make_up: MakeUp, home: Path) -> None:
    keys = home / "keys"
    keys.mkdir(parents=True, mode=0o700, exist_ok=True)
    (keys / "tokens").write_bytes(b"cut off by a full disk")
    up = make_up(home).start()
    assert up.process.wait() == 2
    assert "启动后随即退出" in up.output.splitlines()[-1]
    assert "restore it from a backup" in up.output
    assert "Traceback" not in up.output


def test_a_wrong_file_of_rules_ends_the_start_with_its_own_sentence(
    make_up: MakeUp, home: Path, reachable_directory: Path
) -> None:
    rules = reachable_directory / "rules.toml"
    rules.write_text("this is = not toml = at all")
    up = make_up(home, CHEDANG_RULES_FILE=str(rules)).start()
    assert up.process.wait() == 2
    assert str(rules) in up.output.splitlines()[-1]
    assert "Traceback" not in up.output


def test_an_ordinary_user_runs_a_node_and_stops_it(ordinary_user: OrdinaryUser) -> None:
    up = Up(ordinary_user.directory / "node")
    process = ordinary_user.popen(UP, **up.environment)
    assert process.stdout is not None
    lines: list[str] = []
    while "已就绪" not in (lines[-1] if lines else ""):
        lines.append(process.stdout.readline())
        assert lines[-1], "".join(lines)
    assert up.serves()
    process.send_signal(signal.SIGINT)
    assert process.communicate()[0].splitlines()[-1] == "已全部停止。"
    assert process.returncode == 0


def test_a_read_only_folder_gets_one_sentence(ordinary_user: OrdinaryUser, reachable_directory: Path) -> None:
    read_only = reachable_directory / "read-only"
    read_only.mkdir(mode=0o555)
    process = ordinary_user.popen(UP, CHEDANG_DATA_DIR=str(read_only))
    (line,) = process.communicate()[0].splitlines()
    assert line.startswith(f"CHEDANG_DATA_DIR：不能写入 {read_only}")
    assert process.returncode == 2
