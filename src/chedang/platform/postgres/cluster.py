"""The supervisor of the embedded PostgreSQL: makes it, starts it as a direct child, keeps it to one at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg
import structlog
from psycopg import pq, sql

from chedang.platform.keys import node_key
from chedang.platform.postgres import leftover
from chedang.platform.postgres.configuration import configuration
from chedang.platform.postgres.errors import ClusterInUse, PostgresError
from chedang.platform.postgres.place import Place, settle
from chedang.platform.processes import dying_with_this_process
from chedang.platform.settings import Settings

DATABASE = "chedang"
ROLE = "chedang"
SUPERUSER = "postgres"

_log = structlog.get_logger(__name__)
_POLL_SECONDS = 0.05
_LEFTOVER_PATIENCE_SECONDS = 60.0
_STOP_PATIENCE_SECONDS = 60.0
# What a new server says while processes of a dead one still hold its memory or its pid file.
_STILL_OCCUPIED = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')


class Cluster:
    """The embedded server of one data directory. A context manager: runs inside the ``with`` block.

    The application logs in as the role ``chedang``, owner of the database ``chedang``, allowed to create
    databases (tests do) and nothing else: no superuser, because to PostgreSQL a superuser may run programs,
    and a fault in our SQL must not become one in the machine.

    Start it from a thread that lives as long as the server shall (see processes.die_with_parent).
    """

    def __init__(self, data_dir: Path, *, run_as: str | None = None) -> None:
        self._data_dir = data_dir
        self._run_as = run_as
        self._place: Place | None = None
        self._locks = contextlib.ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Connection URL of the application's role; holds a password. The same at every start."""
        return self._url(ROLE, DATABASE, self._settled().socket_directory)

    @property
    def pid(self) -> int | None:
        """Process id of the postmaster while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def is_alive(self) -> bool:
        """Whether the server that we started is still there; a dead one can be started again."""
        return self.pid is not None

    def start(self) -> str:
        """Start the server, making it first if need be, and wait until it accepts logins; returns ``url``.

        Waits without limit while it recovers from a crash. Raises ClusterInUse when another process runs it,
        PostgresError with a sentence for the operator when it cannot run. Does nothing when it runs already.
        """
        if self.is_alive():
            return self.url
        try:
            place = self._settled()
            if self._process is None:
                self._lock()
            self._make_directories(place)
            if not place.data.exists():
                self._initialise(place)
            _check_version(place)
            self._launch_until_ready(place)
            self._make_role_and_database(place)
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop the server in order (SIGINT: clients are sent away, all is written) and free the directory."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_STOP_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                _log.warning("postgres did not stop in time, stopping it at once; it recovers at the next start")
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
            self._process = None
            self._remove_socket_directory()
        self._locks.close()

    def wait_ready(self) -> None:
        """Wait until the server accepts connections, without limit while it recovers from a crash.

        Raises PostgresError at once when the server has ended.
        """
        probe = self._url(ROLE, DATABASE, self._settled().socket_directory).encode()
        while pq.PGconn.ping(probe) != pq.Ping.OK:
            if not self.is_alive():
                raise PostgresError(
                    f"内置数据库启动失败：{_last_words(self._settled())}"
                    " (the embedded database did not start; its own words stand before)"
                )
            time.sleep(_POLL_SECONDS)

    def running_url(self) -> str | None:
        """``url`` when a server of this data directory answers, whoever started it, else None."""
        try:
            place = self._settled()
            directory = leftover.socket_directory(place.data)
        except OSError:
            return None
        if directory is None:
            return None
        url = self._url(ROLE, DATABASE, directory)
        return url if pq.PGconn.ping(url.encode()) == pq.Ping.OK else None

    def _settled(self) -> Place:
        if self._place is None:
            self._place = settle(self._data_dir, self._run_as)
        return self._place

    def _url(self, role: str, database: str, socket_directory: Path) -> str:
        key = node_key(self._data_dir, "postgres")
        password = hmac.digest(key, role.encode(), hashlib.sha256).hex()
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(socket_directory), safe='')}"

    def _lock(self) -> None:
        """Hold the server's directory until stop(); the kernel frees it however we end."""
        descriptor = os.open(self._settled().base / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        self._locks.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ClusterInUse(
                f"数据目录 {self._data_dir} 的数据库正由另一个进程使用"
                f" (the database of {self._data_dir} is in use by another process)"
            ) from None

    @staticmethod
    def _make_directories(place: Place) -> None:
        place.make_private_directory(place.log)
        place.make_private_directory(place.socket_directory)
        settings_file = place.base / "postgresql.conf"
        settings = configuration(place)
        # Where nothing has changed nothing is written: on a full disk the server may yet start, and settings cut short
        # would be worse than none.
        if not settings_file.exists() or settings_file.read_text(encoding="utf-8") != settings:
            settings_file.write_text(settings, encoding="utf-8")
        settings_file.chmod(0o644)  # the server's account reads it, whatever our umask

    def _remove_socket_directory(self) -> None:
        """Leave nothing of ours in the system's temporary directory."""
        directory = self._settled().socket_directory
        if directory.parent != self._settled().base:
            with contextlib.suppress(OSError):
                directory.rmdir()

    def _initialise(self, place: Place) -> None:
        """initdb into a draft directory; only a complete one takes its final name."""
        draft = place.base / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        place.make_private_directory(draft)
        password_file = place.base / "password.new"
        password_file.unlink(missing_ok=True)
        descriptor = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(str(psycopg.conninfo.conninfo_to_dict(self._url(SUPERUSER, "", place.base))["password"]))
        if place.account is not None:
            os.chown(password_file, place.account.pw_uid, place.account.pw_gid)
        try:
            self._run_initdb(place, draft, password_file)
        finally:
            password_file.unlink()
        draft.rename(place.data)

    @staticmethod
    def _run_initdb(place: Place, draft: Path, password_file: Path) -> None:
        argv = [str(place.binaries / "initdb"), f"--pgdata={draft}", f"--username={SUPERUSER}"]
        argv += ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        account = place.account
        done = subprocess.run(  # noqa: S603 - the argv is ours
            [*argv, "--no-instructions"],
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode != 0:
            words = " ".join(done.stderr.split())[-500:]
            raise PostgresError(f"内置数据库初始化失败：{words} (initdb failed; its own words stand before)")

    def _launch_until_ready(self, place: Place) -> None:
        """Start the server; where a dead predecessor still lingers, try again until it is gone."""
        deadline = time.monotonic() + _LEFTOVER_PATIENCE_SECONDS
        while True:
            leftover.end(place)
            self._launch(place)
            try:
                self.wait_ready()
            except PostgresError as failure:
                occupied = any(sign in str(failure) for sign in _STILL_OCCUPIED)
                if not occupied or time.monotonic() >= deadline:
                    raise
                time.sleep(_POLL_SECONDS)
            else:
                return

    def _launch(self, place: Place) -> None:
        account = place.account
        argv = [str(place.binaries / "postgres"), "-D", str(place.data)]
        argv += ["-c", f"config_file={place.base / 'postgresql.conf'}"]
        with (place.base / "start.log").open("wb") as start_log:
            self._process = subprocess.Popen(  # noqa: S603 - the argv is ours
                argv,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=start_log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops the server last
                preexec_fn=dying_with_this_process(signal.SIGINT),  # noqa: PLW1509 - one prctl, no locks
            )

    def _make_role_and_database(self, place: Place) -> None:
        url = self._url(SUPERUSER, "postgres", place.socket_directory)
        try:
            connection = psycopg.connect(url, autocommit=True, application_name="chedang supervisor")
        except psycopg.OperationalError as error:
            raise PostgresError(
                f"内置数据库拒绝登录，{self._data_dir / 'keys'} 可能已不是建库时的那一份：{error}"
                " (the embedded database refuses our login: the keys may not be those it was made with)"
            ) from error
        with connection:
            if connection.execute("select 1 from pg_roles where rolname = %s", [ROLE]).fetchone() is None:
                password = str(psycopg.conninfo.conninfo_to_dict(self.url)["password"])
                create_role = sql.SQL("create role {} login createdb password {}")
                connection.execute(create_role.format(sql.Identifier(ROLE), sql.Literal(password)))
            if connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone() is None:
                create_database = sql.SQL("create database {} owner {}")
                connection.execute(create_database.format(sql.Identifier(DATABASE), sql.Identifier(ROLE)))


@contextlib.contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """The URL of the node's database for the length of a block, whether or not the node is up.

    ``CHEDANG_DATABASE_URL`` if set; else the running embedded server of that data directory; else one started
    for the block and stopped after it. Raises PostgresError. Does not migrate.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    cluster = Cluster(settings.data_dir, run_as=settings.run_as)
    url = _url_of_running_or_started(cluster)
    try:
        yield url
    finally:
        cluster.stop()


def _url_of_running_or_started(cluster: Cluster) -> str:
    """A server that another process is just starting or stopping is waited for."""
    while True:
        with contextlib.suppress(ClusterInUse):
            return cluster.start()
        url = cluster.running_url()
        if url is not None:
            return url
        time.sleep(_POLL_SECONDS)


def _check_version(place: Place) -> None:
    made_by = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    version = subprocess.run(  # noqa: S603 - the argv is ours
        [str(place.binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    ours = version.stdout.split()[-1].split(".")[0]
    if made_by != ours:
        raise PostgresError(
            f"{place.data} 由 PostgreSQL {made_by} 建立，现在的程序是 {ours}：请用原来的版本启动并以 pg_dump 导出，"
            f"移走该目录，用新版本启动后以 pg_restore 导入 (made by PostgreSQL {made_by}, but this is {ours}:"
            " dump it with the earlier release, move the directory away, start this release and restore the dump)"
        )


def _environment() -> dict[str, str]:
    """For the server's programs: nothing of ours, for PGDATA, PGPORT and the like would change their ways."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _last_words(place: Place) -> str:
    """What the server said before it ended: in its start log, or in its own log once it had opened that."""
    words = _tail(place.base / "start.log")
    if "redirecting log output" in words:
        newest = max(place.log.iterdir(), key=lambda file: file.stat().st_mtime)
        words = _tail(newest).rpartition("starting PostgreSQL")[2]
    lines = [line for line in words.splitlines() if "skipping missing configuration" not in line]
    return " ".join(lines[-3:])[-600:] or "没有留下日志，请看磁盘是否已满"


def _tail(file: Path, size_bytes: int = 4000) -> str:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - size_bytes))
        return stream.read().decode("utf-8", "replace")
