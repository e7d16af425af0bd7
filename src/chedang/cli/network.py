"""``chedang network``: the ministry and two provinces on this machine, each a ``chedang up`` of its own, joined.

Every node has its own data directory, database, keys and ports (see members); what one prints goes to its ``up.log``
and from there, with the node's name before it, to the terminal. A node that dies is started again; all of them end with
this process, however it ends.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from chedang.cli.introducing import introduce
from chedang.cli.members import Member
from chedang.cli.node import NodeFailure, is_ready, signals_end_the_node, start_beside
from chedang.platform.processes import Child

_POLL_SECONDS = 0.2
_READY_PATIENCE_SECONDS = 180.0
_STOP_PATIENCE_SECONDS = 90.0
"""More than a node gives its database to write everything down."""


def run_network(members: Sequence[Member], *, seed: bool) -> None:
    """Run the nodes until Ctrl-C or SIGTERM. Raises NodeFailure when one cannot start.

    Whatever has been started by then is stopped in order before this returns or raises: provinces, then the ministry.
    """
    console = Console(highlight=False, soft_wrap=True)
    try:
        with signals_end_the_node(), ExitStack() as running:
            Network(members, console, running).run(seed=seed and members[0].settings.seed)
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            console.print("全部节点已停止。")


class Network:
    """The nodes that run; each registers with ``running`` how it is stopped."""

    def __init__(self, members: Sequence[Member], console: Console, running: ExitStack) -> None:
        self._members = members
        self._console = console
        self._running = running
        self._children = {member.code: _child(member) for member in members}
        self._outputs = {member.code: _Output(self._children[member.code].log_file) for member in members}
        self._seeding: subprocess.Popen[bytes] | None = None

    def run(self, *, seed: bool) -> None:
        """Start everything, then watch it for ever; KeyboardInterrupt is the way out."""
        self._start()
        self._wait_until_ready()
        introduce(self._members)
        self._tell("部级和两个省级节点已启动并互相登记 (the ministry and two provinces run and know each other)。")
        if seed:
            self._seeding = start_beside("chedang.cli.network_seed", os.environ, self._running)
        while True:
            self._watch()
            time.sleep(_POLL_SECONDS)

    def _start(self) -> None:
        """All at once: most of a start is waiting. Stopped last is the ministry, to which the others speak."""
        for member in sorted(self._members, key=lambda member: not member.is_ministry):
            child = self._children[member.code]
            self._running.callback(child.stop, _STOP_PATIENCE_SECONDS)
            child.start()
        self._running.callback(self._tell, "正在停止全部节点 …")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_PATIENCE_SECONDS
        waiting = list(self._members)
        while waiting:
            self._pass_on()
            for member in self._members:
                if self._children[member.code].tend() is not None:
                    raise self._failure(member)
            waiting = [member for member in waiting if not _serves(member)]
            if time.monotonic() >= deadline:
                names = "、".join(member.name for member in waiting)
                raise NodeFailure(f"{names} 迟迟没有就绪，请看各节点的日志 (not ready in three minutes; see the logs)")
            time.sleep(_POLL_SECONDS)
        self._pass_on()

    def _failure(self, member: Member) -> NodeFailure:
        child = self._children[member.code]
        self._pass_on()
        return NodeFailure(
            f"节点 {member.name}（{member.code}）没有启动，原因见上或 {child.log_file}"
            f" (node {member.code} did not start; the reason stands above)"
        )

    def _watch(self) -> None:
        """Bring back a node that has died; say how the seeding went; pass on what the nodes say."""
        self._pass_on()
        for member in self._members:
            news = self._children[member.code].tend()
            if news is not None:
                self._tell(news)
        if self._seeding is not None and self._seeding.poll() is not None:
            if self._seeding.returncode != 0:
                self._tell(f"示例数据没有写完（状态 {self._seeding.returncode}），各节点继续运行")
            self._seeding = None

    def _pass_on(self) -> None:
        for member in self._members:
            for line in self._outputs[member.code].new_lines():
                self._tell(f"{member.name} │ {line}")

    def _tell(self, sentence: str) -> None:
        # Our output may go to a file on the disk that is full; that is no reason for all nodes to end.
        with contextlib.suppress(OSError):
            self._console.print(sentence, markup=False)


class _Output:
    """What a node adds to its log from now on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_bytes = file.stat().st_size if file.exists() else 0
        self._rest = b""

    def new_lines(self) -> Iterator[str]:
        """Whole lines that are new; none while the file cannot be read."""
        with contextlib.suppress(OSError):
            size_bytes = self._file.stat().st_size
            if size_bytes < self._read_bytes:  # begun anew, when it had grown too large
                self._read_bytes = 0
            with self._file.open("rb") as stream:
                stream.seek(self._read_bytes)
                fresh = stream.read()
            self._read_bytes += len(fresh)
            *lines, self._rest = (self._rest + fresh).split(b"\n")
            yield from (line.decode("utf-8", "replace") for line in lines)


def _child(member: Member) -> Child:
    argv = [sys.executable, "-m", "chedang.cli", "up"]
    log_file = member.settings.data_dir / "log" / "up.log"
    return Child(f"节点 {member.name}（{member.code}）", argv, member.environment, log_file)


def _serves(member: Member) -> bool:
    settings = member.settings
    return is_ready(settings, settings.gate_port) and is_ready(settings, settings.site_port)
