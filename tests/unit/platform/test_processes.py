from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chedang.platform.processes import Child

MakeChild = Callable[[str], Child]


@pytest.fixture
def make_child(tmp_path: Path) -> Iterator[MakeChild]:
    made: list[Child] = []

    def make(program: str) -> Child:
        child = Child("test", [sys.executable, "-c", program], os.environ, tmp_path / "log" / "test.log")
        made.append(child)
        return child

    yield make
    for child in made:
        child.stop(grace_seconds=0)


def _wait_for(condition: Callable[[], object]) -> None:
    while not condition():  # the time limit of every test ends an endless wait
        time.sleep(0.01)


def _lines(tmp_path: Path) -> list[str]:
    log = tmp_path / "log" / "test.log"
    return log.read_text().splitlines() if log.exists() else []


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_its_output_goes_to_its_log(make_child: MakeChild, tmp_path: Path) -> None:
    child = make_child("import sys; print('out'); print('err', file=sys.stderr)")
    child.start()
    _wait_for(child.tend)
    assert sorted(_lines(tmp_path)) == ["err", "out"]


def test_a_child_that_dies_is_told_and_started_again_after_a_pause(
    make_child: MakeChild, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_seconds = 1000.0
    monkeypatch.setattr("chedang.platform.processes.time.monotonic", lambda: now_seconds)
    child = make_child("raise SystemExit(3)")
    child.start()
    for pause_seconds in (1, 2, 4, 8, 16, 30, 30):
        told: list[str] = []
        _wait_for(lambda told=told: told.append(child.tend() or "") or told[-1])  # type: ignore[misc]
        assert "意外退出（状态 3）" in told[-1]
        assert f"{pause_seconds} 秒后重启" in told[-1]
        now_seconds += pause_seconds - 0.5
        assert child.tend() is None
        now_seconds += 0.5
        assert child.tend() == "test 已重启"


def test_pauses_begin_anew_after_a_steady_minute(make_child: MakeChild, monkeypatch: pytest.MonkeyPatch) -> None:
    now_seconds = 1000.0
    monkeypatch.setattr("chedang.platform.processes.time.monotonic", lambda: now_seconds)
    child = make_child("import time; time.sleep(600)")
    for _ in range(2):
        child.start() if child.pid is None else None
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        now_seconds += 61
        told: list[str] = []
        _wait_for(lambda told=told: told.append(child.tend() or "") or told[-1])  # type: ignore[misc]
        assert "1 秒后重启" in told[-1]


def test_stopping_asks_first(make_child: MakeChild, tmp_path: Path) -> None:
    child = make_child(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('in order', flush=True), sys.exit(0)))\n"
        "print('ready', flush=True); time.sleep(600)"
    )
    child.start()
    _wait_for(lambda: _lines(tmp_path))
    child.stop()
    assert _lines(tmp_path) == ["ready", "in order"]
    assert child.pid is None
    assert child.tend() is None


def test_stopping_insists_and_takes_grandchildren_along(make_child: MakeChild, tmp_path: Path) -> None:
    child = make_child(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)\n"
        "time.sleep(600)"
    )
    child.start()
    _wait_for(lambda: _lines(tmp_path))
    child.stop(grace_seconds=0)
    _wait_for(lambda: not _is_running(int(_lines(tmp_path)[0])))


def test_what_a_dead_child_started_dies_too(make_child: MakeChild, tmp_path: Path) -> None:
    child = make_child(
        "import subprocess, sys\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)"
    )
    child.start()
    _wait_for(child.tend)
    _wait_for(lambda: not _is_running(int(_lines(tmp_path)[0])))


def test_a_long_log_is_put_aside_at_start(make_child: MakeChild, tmp_path: Path) -> None:
    log = tmp_path / "log" / "test.log"
    log.parent.mkdir()
    for generation in range(5):
        log.write_bytes(f"generation {generation}\n".encode() + b"x" * (10 * 1024 * 1024))
        child = make_child("print('new')")
        child.start()
        _wait_for(child.tend)
    assert log.read_text() == "new\n"
    kept = [(log.with_name(f"test.log.{n}").read_bytes()[:12]) for n in (1, 2, 3)]
    assert kept == [b"generation 4", b"generation 3", b"generation 2"]
    assert len(list(log.parent.iterdir())) == 4


def test_a_worker_dies_with_its_killed_parent() -> None:
    worker = (
        "from chedang.platform.processes import die_with_parent\n"
        "import os, time; die_with_parent(); print(os.getpid(), flush=True); time.sleep(600)"
    )
    parent_program = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {worker!r}]); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", parent_program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    _wait_for(lambda: not _is_running(pid))
