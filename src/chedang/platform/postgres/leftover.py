"""A server that outlived its supervisor: recognised by connecting to it, never by a number in a file.

A ``kill -9`` of the supervisor lets the kernel stop the server in order, which takes a moment. A ``kill -9``
of the server leaves a pid file whose number may by now belong to a stranger, or to a dead process that nobody
has reaped; PostgreSQL itself would refuse to start for as long as that lasts.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import time
from pathlib import Path

import structlog

from chedang.platform.postgres.place import Place

_log = structlog.get_logger(__name__)
_POLL_SECONDS = 0.05


def end(place: Place) -> None:
    """Wait for a leftover server to end, asking it to; then clear what a dead one left behind.

    To be called by the holder of the directory's lock only.
    """
    asked = False
    while (listener := _listener(place.data)) is not None or _is_busy_without_listening(place.data):
        if listener is not None and not asked:
            _log.info("waiting for the leftover server of an earlier run to stop", server_pid=listener)
            with contextlib.suppress(ProcessLookupError):
                os.kill(listener, signal.SIGINT)
            asked = True
        time.sleep(_POLL_SECONDS)
    _claim_pid_file(place)
    for stale in place.socket_directory.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)


def socket_directory(data: Path) -> Path | None:
    """Where the server of ``data`` listens according to its own notes; None when it never got that far."""
    lines = _pid_file_lines(data)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def _listener(data: Path) -> int | None:
    """Process id of the server that answers on this directory's socket, asked from the kernel."""
    directory = socket_directory(data)
    if directory is None:
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(directory / ".s.PGSQL.5432"))
        except OSError:
            return None
        if not hasattr(socket, "SO_PEERCRED"):
            return int(_pid_file_lines(data)[0])
        credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid: int = struct.unpack("3i", credentials)[0]
        return pid


def _is_busy_without_listening(data: Path) -> bool:
    """Whether the noted process works in ``data`` though it has no socket: a server that starts or ends."""
    lines = _pid_file_lines(data)
    if not lines:
        return False
    try:
        return Path(f"/proc/{int(lines[0])}/cwd").resolve(strict=True).samefile(data)
    except (OSError, ValueError):
        return False


def _claim_pid_file(place: Place) -> None:
    """Put our own number into a stale pid file: PostgreSQL ignores that of its parent.

    It then still checks, by the shared memory noted in the same file, that no process of the dead server
    lives on; removing the file would take that check away. An empty file notes nothing and can go.
    """
    pid_file = place.data / "postmaster.pid"
    lines = _pid_file_lines(place.data)
    if not lines:
        pid_file.unlink(missing_ok=True)
        return
    draft = place.base / "postmaster.pid.new"
    draft.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n", encoding="utf-8")
    if place.account is not None:
        os.chown(draft, place.account.pw_uid, place.account.pw_gid)
    draft.replace(pid_file)


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
