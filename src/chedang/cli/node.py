"""``chedang up``: one node in the foreground — PostgreSQL, gate, site, worker, exchange, watched until told to stop."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType

from rich.console import Console
from rich.panel import Panel

from chedang.cli.preflight import check_data_dir, only_node, wait_for_ports
from chedang.platform.postgres import Cluster, ClusterInUse, PostgresError
from chedang.platform.processes import Backoff, Child, dying_with_this_process
from chedang.platform.settings import Settings

_PROCESSES = (
    ("worker", "chedang.cli.worker"),
    ("batches", "chedang.cli.batches"),
    ("exchange", "chedang.cli.exchange"),
    ("site", "chedang.site"),
    ("gate", "chedang.gate"),
)
_POLL_SECONDS = 0.2
_READY_PATIENCE_SECONDS = 120.0
_BUSY_PATIENCE_SECONDS = 10.0


class NodeFailure(Exception):
    """The node cannot start; the text is a Chinese sentence with the English one in parentheses."""


def run_node(settings: Settings, *, seed: bool) -> None:
    """Run the node until Ctrl-C or SIGTERM. Raises SettingsError, PostgresError, NodeFailure when it cannot start.

    Whatever has been started by then is stopped in order before this returns or raises.
    """
    console = Console(highlight=False, soft_wrap=True)
    try:
        with signals_end_the_node(), ExitStack() as running:
            Node(settings, console, running).run(seed=seed and settings.seed)
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            console.print("已全部停止。")


def run_migrations(database_url: str) -> None:
    """Bring the schema up to this release, in a process of its own. Raises NodeFailure."""
    done = subprocess.run(  # noqa: S603 - the argv is ours
        _module("chedang.site.migrate"),
        env=_environment(database_url),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=dying_with_this_process(signal.SIGTERM),
        check=False,
    )
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise NodeFailure(f"数据库结构升级失败：{' '.join(words)} (the schema could not be migrated)")


class Node:
    """The parts of a running node; each registers with ``running`` how it is stopped."""

    def __init__(self, settings: Settings, console: Console, running: ExitStack) -> None:
        self._settings = settings
        self._console = console
        self._running = running
        self._cluster: Cluster | None = None
        self._cluster_backoff = Backoff()
        self._children: list[Child] = []
        self._seeding: subprocess.Popen[bytes] | None = None

    def run(self, *, seed: bool) -> None:
        """Start everything, then watch it for ever; KeyboardInterrupt is the way out."""
        settings = self._settings
        check_data_dir(settings.data_dir)
        self._running.enter_context(only_node(settings.data_dir))
        wait_for_ports(settings, self._tell)
        database_url = settings.database_url or self._start_postgres()
        self._tell("检查并升级数据库结构 …")
        run_migrations(database_url)
        self._start_children(database_url)
        self._wait_until_ready()
        self._announce()
        if seed:
            self._seeding = start_beside("chedang.cli.seed", _environment(database_url), self._running)
        while True:
            self._watch()
            time.sleep(_POLL_SECONDS)

    def _tell(self, sentence: str) -> None:
        # Our output may go to a file on the disk that is full; that is no reason for the whole node to end.
        with contextlib.suppress(OSError):
            self._console.print(sentence, markup=False)

    def _start_postgres(self) -> str:
        self._tell("启动内置数据库 …")
        self._cluster = Cluster(self._settings.data_dir, run_as=self._settings.run_as)
        self._running.callback(self._cluster.stop)
        deadline = time.monotonic() + _BUSY_PATIENCE_SECONDS
        while True:
            self._cluster_backoff.started()
            try:
                return self._cluster.start()
            except ClusterInUse:  # a command that borrowed the database while the node was down
                if time.monotonic() >= deadline:
                    raise
                time.sleep(_POLL_SECONDS)

    def _start_children(self, database_url: str) -> None:
        """Started from the last to the first to be stopped: gate, then site, then worker, then the database."""
        self._tell("启动上传接口、网站和后台任务 …")
        for name, module in _PROCESSES:
            log_file = self._settings.data_dir / "log" / f"{name}.log"
            child = Child(name, _module(module), _environment(database_url), log_file)
            self._children.append(child)
            self._running.callback(child.stop)
            child.start()
        self._running.callback(self._tell, "正在停止 …")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_PATIENCE_SECONDS
        waiting = {"gate": self._settings.gate_port, "site": self._settings.site_port}
        while waiting:
            for child in self._children:
                if child.tend() is not None:
                    raise NodeFailure(
                        f"{child.name} 启动后随即退出，原因见 {child.log_file}：{_last_line(child)}"
                        f" ({child.name} ended at once; its log says why)"
                    )
            waiting = {name: port for name, port in waiting.items() if not is_ready(self._settings, port)}
            if time.monotonic() >= deadline:
                raise NodeFailure(
                    f"{'、'.join(waiting)} 迟迟没有就绪，请看 {self._settings.data_dir / 'log'}"
                    " (not ready in two minutes; see the logs)"
                )
            time.sleep(_POLL_SECONDS)

    def _announce(self) -> None:
        settings = self._settings
        title = f"车档 {settings.node.name}（{settings.node.code}）已就绪"
        site, gate = address(settings, settings.site_port), address(settings, settings.gate_port)
        if not self._console.is_terminal:
            self._tell(f"{title}：网站 {site}/，上传接口 {gate}/，数据目录 {settings.data_dir}")
            return
        lines = (
            f"网站      {site}/",
            f"上传接口  {gate}/",
            f"数据目录  {settings.data_dir}",
            f"日志      {settings.data_dir / 'log'}",
            "按 Ctrl-C 停止",
        )
        self._console.print(Panel("\n".join(lines), title=title, expand=False), soft_wrap=False)

    def _watch(self) -> None:
        """Bring back what has died; say how the seeding went."""
        self._watch_postgres()
        for child in self._children:
            news = child.tend()
            if news is not None:
                self._tell(news)
        if self._seeding is not None and self._seeding.poll() is not None:
            if self._seeding.returncode != 0:
                self._tell(f"示例数据没有写完（状态 {self._seeding.returncode}），节点继续运行")
            self._seeding = None

    def _watch_postgres(self) -> None:
        if self._cluster is None or self._cluster.is_alive():
            return
        if not self._cluster_backoff.is_pausing():
            self._tell(f"内置数据库意外退出，{self._cluster_backoff.failed():.0f} 秒后重启")
        elif self._cluster_backoff.is_due():
            self._cluster_backoff.started()
            try:
                self._cluster.start()
            except (PostgresError, OSError) as error:  # the second: no room for its files just now
                self._tell(str(error))
            else:
                self._tell("内置数据库已重启")


def is_ready(settings: Settings, port: int) -> bool:
    """Does a door of the node say that it can serve?"""
    connection = http.client.HTTPConnection(_reachable_host(settings), port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": settings.site_hosts[0]})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def address(settings: Settings, port: int) -> str:
    """Where this machine reaches one of the node's doors, without a slash at the end."""
    host = _reachable_host(settings)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def start_beside(module: str, environment: Mapping[str, str], running: ExitStack) -> subprocess.Popen[bytes]:
    """Start a module that prints what it does and ends by itself, or with ``running``."""
    process = subprocess.Popen(  # noqa: S603 - the argv is ours
        _module(module),
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=dying_with_this_process(signal.SIGTERM),  # noqa: PLW1509 - one prctl, no locks
    )
    running.callback(_end, process)
    return process


@contextmanager
def signals_end_the_node() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt once; while we stop, more of them change nothing."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


def _environment(database_url: str) -> Mapping[str, str]:
    return os.environ | {"CHEDANG_DATABASE_URL": database_url}


def _reachable_host(settings: Settings) -> str:
    """Where we ourselves reach what listens on every address."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - a comparison


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    process.wait()


def _last_line(child: Child) -> str:
    lines = child.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1][:500] if lines else ""
