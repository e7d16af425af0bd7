"""The nodes of ``chedang network``: a province, the ministry and a neighbouring province, each with its own settings.

The province is the node that the environment names, with that node's data directory and ports, so that whoever ran it
alone finds it as it was. The others lie in folders of its data directory and on the ports that follow. A variable that
ends in ``_`` and a node's code, such as ``CHEDANG_GATE_PORT_32``, is for that node only and goes before all this.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from chedang.platform.settings import MINISTRY_CODE, Settings, SettingsError
from chedang.terms.division import PROVINCES

_NEIGHBOURS = ("32", "33")
"""The other province: Jiangsu, and beside Jiangsu itself Zhejiang."""
_DATABASE_URL = "CHEDANG_DATABASE_URL"


@dataclass(frozen=True)
class Member:
    """One node of the network on this machine: its settings, and the environment that gives them."""

    settings: Settings
    environment: Mapping[str, str]

    @property
    def code(self) -> str:
        """Two digits."""
        return self.settings.node.code

    @property
    def name(self) -> str:
        """浙江, 部级 …"""
        return self.settings.node.name

    @property
    def is_ministry(self) -> bool:
        """Whether all others exchange with this one."""
        return self.code == MINISTRY_CODE


def members(environ: Mapping[str, str] = os.environ) -> tuple[Member, ...]:
    """The province first, then the ministry, then the other province. Raises SettingsError.

    An ordinary PostgreSQL serves one node a database: with ``CHEDANG_DATABASE_URL`` alone the province is all there is.
    """
    home = Settings.from_environment(_of_node(environ, environ.get("CHEDANG_NODE", "").strip() or "33"))
    if home.node.level == "ministry":
        problem = (
            "联网时应是一个省份，部级节点会一同启动；单独运行部级节点请用 chedang up"
            " (name a province: the ministry is started with it; chedang up runs the ministry alone)"
        )
        raise SettingsError("CHEDANG_NODE", problem, "33")
    found = [Member(home, _of_node(environ, home.node.code) | {"CHEDANG_NODE": home.node.code})]
    others = (MINISTRY_CODE, next(code for code in _NEIGHBOURS if code != home.node.code))
    if home.database_url and not all(environ.get(f"{_DATABASE_URL}_{code}") for code in others):
        return tuple(found)
    taken = {home.gate_port, home.site_port}
    for code in others:
        own = {
            "CHEDANG_NODE": code,
            "CHEDANG_DATA_DIR": str(home.data_dir / code),
            "CHEDANG_GATE_PORT": str(_next_port(home.gate_port, taken)),
            "CHEDANG_SITE_PORT": str(_next_port(home.site_port, taken)),
        }
        environment = _of_node(dict(environ) | own, code)
        found.append(Member(Settings.from_environment(environment), environment))
    _insist_on_databases_of_their_own(found)
    return tuple(found)


def _insist_on_databases_of_their_own(found: Iterable[Member]) -> None:
    urls: set[str] = set()
    for each in found:
        url = each.settings.database_url
        if url in urls:
            problem = "每个节点要有自己的数据库 (each node needs a database of its own)"
            raise SettingsError(f"{_DATABASE_URL}_{each.code}", problem, f"postgresql:///chedang_{each.code}")
        if url is not None:
            urls.add(url)


def member(code: str, environ: Mapping[str, str] = os.environ) -> Member:
    """One of them. Raises SettingsError when the network of this environment has no such node."""
    found = members(environ)
    for each in found:
        if each.code == code:
            return each
    codes = "、".join(each.code for each in found)
    problem = f"本机的联网中没有节点 {code}，只有 {codes} (the network of this machine has no such node)"
    raise SettingsError("--node", problem, found[0].code)


def _of_node(environ: Mapping[str, str], code: str) -> dict[str, str]:
    """The environment of one node: what is meant for it alone goes before what is meant for all."""
    is_meant = {name: _meant_for(name) for name in environ}
    general = {name: value for name, value in environ.items() if is_meant[name] is None}
    own = {name[:-3]: value for name, value in environ.items() if is_meant[name] == code}
    return general | own


def _meant_for(variable: str) -> str | None:
    """The node that a variable is for, None for all of them."""
    stem, _, code = variable.rpartition("_")
    return code if stem.startswith("CHEDANG_") and code in PROVINCES else None


def _next_port(start: int, taken: set[int]) -> int:
    """The next port that no node of ours has; remembers it."""
    port = next(port for port in _after(start) if port not in taken)
    taken.add(port)
    return port


def _after(start: int) -> Iterable[int]:
    return count(start + 1) if start < 65_000 else count(start - 1, -1)
