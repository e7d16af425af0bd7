"""Processes of a node: they die with the one that started them, and come back when they fall alone."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LARGEST_LOG_BYTES = 10 * 1024 * 1024
_OLDER_LOGS = 3
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_AFTER_SECONDS = 60.0


def die_with_parent(signal_number: int = signal.SIGTERM) -> None:
    """Let this process receive ``signal_number`` when the process that started it ends, however it ends.

    To be called first thing in a worker process. On Linux the kernel sends the signal, and takes the end of
    the *thread* that started the process for the end of the parent: start processes from a main thread.
    Elsewhere a thread looks once a second.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        _kernel_death_signal()(signal_number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal_number)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os.kill(os.getpid(), signal_number)

    threading.Thread(target=watch, name="die-with-parent", daemon=True).start()


def dying_with_this_process(signal_number: int) -> Callable[[], None] | None:
    """For ``subprocess.Popen(preexec_fn=…)``: the same arrangement, made before the new program begins.

    Popen calls it after the change of user, which would otherwise undo it. None where the kernel cannot do it.
    """
    if sys.platform != "linux":
        return None
    parent, set_death_signal = os.getpid(), _kernel_death_signal()

    def arrange() -> None:
        set_death_signal(signal_number)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def _kernel_death_signal() -> Callable[[int], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_death_signal(signal_number: int) -> None:
        if prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")

    return set_death_signal


class Backoff:
    """Pauses between attempts: 1, 2, 4 … 30 seconds, beginning anew after a minute that went well."""

    def __init__(self) -> None:
        self._pause_seconds = 0.0
        self._started_at_seconds = 0.0
        self._due_at_seconds: float | None = None

    def started(self) -> None:
        """An attempt begins."""
        self._started_at_seconds = time.monotonic()
        self._due_at_seconds = None

    def failed(self) -> float:
        """The attempt ended. Returns the seconds until the next one is due."""
        now_seconds = time.monotonic()
        if now_seconds - self._started_at_seconds >= _STEADY_AFTER_SECONDS:
            self._pause_seconds = 0.0
        self._pause_seconds = min(max(1.0, self._pause_seconds * 2), _LONGEST_PAUSE_SECONDS)
        self._due_at_seconds = now_seconds + self._pause_seconds
        return self._pause_seconds

    def is_pausing(self) -> bool:
        """Whether an attempt has failed and the next one has not begun."""
        return self._due_at_seconds is not None

    def is_due(self) -> bool:
        """Whether an attempt has failed and its pause is over."""
        return self._due_at_seconds is not None and time.monotonic() >= self._due_at_seconds


class Child:
    """One long-running process of a node, in a session of its own, its output appended to ``log_file``."""

    def __init__(self, name: str, argv: Sequence[str], env: Mapping[str, str], log_file: Path) -> None:
        self.name = name
        self._argv = list(argv)
        self._env = dict(env)
        self._log_file = log_file
        self._process: subprocess.Popen[bytes] | None = None
        self._backoff = Backoff()

    @property
    def log_file(self) -> Path:
        """Where its output goes."""
        return self._log_file

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process; its log is rotated first when it has grown beyond 10 MiB."""
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        _rotate(self._log_file)
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the argv is ours
                self._argv,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops all in order
                preexec_fn=dying_with_this_process(signal.SIGTERM),  # noqa: PLW1509 - one prctl, no locks
            )
        self._backoff.started()

    def tend(self) -> str | None:
        """Look after the process; to be called a few times a second.

        Returns a sentence when something happened: it died, or it was started again after a pause of 1, 2,
        4 … 30 seconds. The pauses begin anew once it has run for a minute.
        """
        if self._process is not None:
            status = self._end_if_exited()
            if status is None:
                return None
            pause_seconds = self._backoff.failed()
            return f"{self.name} 意外退出（状态 {status}），{pause_seconds:.0f} 秒后重启，日志 {self._log_file}"
        if self._backoff.is_due():
            try:
                self.start()
            except OSError as error:  # no process or no disk to be had just now
                return f"{self.name} 无法启动（{error}），{self._backoff.failed():.0f} 秒后再试"
            return f"{self.name} 已重启"
        return None

    def stop(self, grace_seconds: float = 15.0) -> None:
        """Ask it to end, insist after ``grace_seconds``, and leave nothing of its session behind."""
        self._backoff = Backoff()
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace_seconds
        while self._end_if_exited() is None:
            if time.monotonic() >= deadline:
                os.killpg(self._process.pid, signal.SIGKILL)
            time.sleep(0.02)

    def _end_if_exited(self) -> int | None:
        """Exit status once it has ended; None before. Whatever it left in its session ends with it."""
        if self._process is None:
            return None
        pid = self._process.pid
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return None
        # Before it is reaped, so that its number cannot belong to anybody else yet.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        status = self._process.wait()
        self._process = None
        return status


def _rotate(log_file: Path) -> None:
    if not log_file.exists() or log_file.stat().st_size < _LARGEST_LOG_BYTES:
        return
    names = [log_file, *(log_file.with_name(f"{log_file.name}.{n}") for n in range(1, _OLDER_LOGS + 1))]
    for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
        if newer.exists():
            newer.replace(older)
