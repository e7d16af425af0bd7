"""Which wire vocabularies a node serves, under which hosts and paths, and how strictly: data, not code.

Without a file every vocabulary is served under its own paths on every host. A TOML file changes that, one table per
vocabulary; see docs/how-to/serve-a-dialect.md.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from chedang.intake.dialect import Dialect

Mode = Literal["compat", "strict"]


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
            bases = tuple(base.rstrip("/") for base in (table.bases if table.bases is not None else dialect.bases))
            hosts = tuple(host.lower() for host in table.hosts)
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
        raise FamiliesError(f"{path}：读不了（{fault.strerror}） (cannot be read)") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise FamiliesError(f"{path}：不是有效的 TOML：{fault} (is not valid TOML)") from fault
    for name in document:
        if name not in known:
            names = "、".join(sorted(known))
            raise FamiliesError(f"{path}：没有名为 {name} 的报文，可用的有 {names} (no such dialect)")
    try:
        tables = msgspec.convert(document, dict[str, _Table])
    except msgspec.ValidationError as fault:
        raise FamiliesError(f"{path}：{fault} (wrong value)") from fault
    for name, table in tables.items():
        for base in table.bases or ():
            if base and not base.startswith("/"):
                raise FamiliesError(f"{path}：{name}.bases 的“{base}”应以 / 开头 (must begin with a slash)")
    return tables


def _refuse_overlap(families: Sequence[Family], path: Path | None) -> None:
    seen: dict[tuple[str, str], str] = {}
    for family in families:
        for base in family.bases:
            for operation in family.dialect.operations:
                for host in family.hosts or ("*",):
                    other = seen.setdefault((host, base + operation.path), family.dialect.name)
                    if other != family.dialect.name:
                        raise FamiliesError(
                            f"{path or '内置设置'}：{other} 与 {family.dialect.name} 都要用路径 {base + operation.path}"
                            " (two dialects want one path)"
                        )
