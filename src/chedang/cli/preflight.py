"""What must be so before a node starts: a writable data directory of its own, and two free ports."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chedang.platform.settings import Settings, SettingsError

_PATIENCE_SECONDS = 10.0
_POLL_SECONDS = 0.1


def check_data_dir(data_dir: Path) -> None:
    """Make the data directory and write into it. Raises SettingsError when that fails."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        problem = (
            f"不能写入 {data_dir}（{error.strerror}），请换一个可写的目录"
            f" (cannot write there: {error.strerror}; choose a directory that can be written)"
        )
        raise SettingsError("CHEDANG_DATA_DIR", problem, str(Path.home() / "chedang-var")) from None


@contextmanager
def only_node(data_dir: Path) -> Iterator[None]:
    """Hold the data directory for this node; the kernel lets go however we end. Raises SettingsError."""
    descriptor = os.open(data_dir / "node.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        problem = (
            f"{data_dir} 上已有一个节点在运行，另一个节点要用另一个目录"
            " (a node is already running there; another node needs another directory)"
        )
        raise SettingsError("CHEDANG_DATA_DIR", problem, f"{data_dir}-2") from None
    try:
        yield
    finally:
        os.close(descriptor)


def wait_for_ports(settings: Settings, tell: Callable[[str], None]) -> None:
    """Wait a few seconds for processes of a killed run to let go of the ports. Raises SettingsError."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    ports = {"CHEDANG_GATE_PORT": settings.gate_port, "CHEDANG_SITE_PORT": settings.site_port}
    told = False
    for variable, port in ports.items():
        while (obstacle := _obstacle(settings.host, port)) is not None:
            if obstacle.errno != errno.EADDRINUSE or time.monotonic() >= deadline:
                raise _unusable(variable, settings, port, obstacle)
            if not told:
                tell(f"端口 {port} 被占用，等待它空出来 …")
                told = True
            time.sleep(_POLL_SECONDS)


def _obstacle(host: str, port: int) -> OSError | None:
    """Why nobody could listen on the port now; None when it is free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as error:
        return error
    return None


def _unusable(variable: str, settings: Settings, port: int, obstacle: OSError) -> SettingsError:
    if isinstance(obstacle, PermissionError):
        problem = f"无权使用端口 {port} (port {port} needs more rights than we have)"
    elif obstacle.errno == errno.EADDRINUSE:
        problem = f"端口 {port} 已被别的程序占用 (port {port} is taken by another program)"
    else:
        problem = f"本机不能监听 {settings.host}（{obstacle.strerror}） (nobody can listen on that address here)"
        return SettingsError("CHEDANG_HOST", problem, "127.0.0.1")
    return SettingsError(variable, problem, str(_free_port(settings, port)))


def _free_port(settings: Settings, taken: int) -> int:
    """A port that would do: the next free one above 1024 that the node's other door does not use."""
    candidates: tuple[int, ...] = (*range(max(taken, 1024) + 1, 65536), *range(1025, taken))
    ours = {settings.gate_port, settings.site_port}
    return next(port for port in candidates if port not in ours and not _obstacle(settings.host, port))
