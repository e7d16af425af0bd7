"""Which wire vocabularies a node serves, under which hosts and paths, and how strictly: data, not code.

Without a file every vocabulary is served under its own paths on every host. A TOML file changes that, one table per
vocabulary; see docs/how-to/serve-a-dialect.md.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from chedang.intake.dialect import Dialect

Mode = Literal["compat", "strict"]

_HOST_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")


class FamiliesError(ValueError):
    """The file cannot be used; the message names the file and the key, Chinese first, English after it."""


class Family(msgspec.Struct, frozen=True):
    """One vocabulary as this node serves it."""

    dialect: Dialect
    bases: tuple[str, ...]
    """Path prefixes, without a slash at the end; '' for none."""
    hosts: tuple[str, ...]
    """Host names without port, lower case; none means every host."""
    mode: Mode


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    serve: bool = True
    bases: tuple[str, ...] | None = None
    hosts: tuple[str, ...] = ()
    mode: Mode | None = None


def load_families(dialects: Sequence[Dialect], path: Path | None, default_mode: Mode) -> tuple[Family, ...]:
    """The vocabularies to serve. Raises FamiliesError, for two that would answer on one path of one host too."""
    tables = _read(path, {dialect.name for dialect in dialects}) if path is not None else {}
    families = []
    for dialect in dialects:
        table = tables.get(dialect.name, _Table())
        if table.serve:
            bases = tuple(base.rstrip("/") for base in (dialect.bases if table.bases is None else table.bases))
            hosts = tuple(host.strip().lower() for host in table.hosts)
            families.append(Family(dialect, bases, hosts, table.mode or default_mode))
    _refuse_overlap(families, path)
    return tuple(families)


def modes_of(families: Sequence[Family], default_mode: Mode) -> Callable[[str], Mode]:
    """Name of a vocabulary → how strictly its records are taken."""
    modes = {family.dialect.name: family.mode for family in families}
    return lambda name: modes.get(name, default_mode)


def _read(path: Path, known: set[str]) -> dict[str, _Table]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise FamiliesError(_say(path, f"读不了（{fault.strerror}） (cannot be read)")) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise FamiliesError(_say(path, f"不是有效的 TOML：{fault} (is not valid TOML)")) from fault
    for name in document:
        if name not in known:
            names = "、".join(sorted(known))
            raise FamiliesError(_say(path, f"没有名为 {name} 的报文，可用的有 {names} (no such dialect)"))
    try:
        tables = msgspec.convert(document, dict[str, _Table])
    except msgspec.ValidationError as fault:
        raise FamiliesError(_say(path, f"{fault} (wrong value)")) from fault
    for name, table in tables.items():
        for base in table.bases or ():
            if base and not base.startswith("/"):
                raise FamiliesError(_say(path, f"{name}.bases 的“{base}”应以 / 开头 (must begin with a slash)"))
        for host in table.hosts:
            if not _HOST_NAME.fullmatch(host.strip()):
                raise FamiliesError(_say(path, f"{name}.hosts 的“{host}”应只是主机名 (a host name without port)"))
    return tables


def _refuse_overlap(families: Sequence[Family], path: Path | None) -> None:
    """A path on a named host goes before the same path on every host; that is no overlap."""
    seen: dict[tuple[str, str], str] = {}
    for family in families:
        for base in family.bases:
            for operation in family.dialect.operations:
                for host in family.hosts or ("*",):
                    wanted = base + operation.path
                    other = seen.setdefault((host, wanted.lower()), family.dialect.name)
                    if other != family.dialect.name:
                        problem = f"{other} 与 {family.dialect.name} 都要用路径 {wanted} (two dialects want one path)"
                        raise FamiliesError(_say(path, problem))


def _say(path: Path | None, problem: str) -> str:
    return f"报文设置文件 {path}：{problem}" if path is not None else f"内置的报文设置：{problem}"
