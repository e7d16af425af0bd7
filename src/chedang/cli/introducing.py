"""Nodes of one machine are introduced to each other: what operators do with ``chedang node join`` and ``approve``.

An operator compares fingerprints over another line; here the keys are read where they lie: nothing is to be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from chedang.cli.members import Member
from chedang.cli.node import NodeFailure, address
from chedang.exchange import keys, peers
from chedang.exchange.keys import KeyState, OwnKeyLost
from chedang.platform.clock import system_clock
from chedang.platform.database import connect
from chedang.platform.postgres import open_database
from chedang.records.store import Connection

_BY = "chedang network"


def introduce(members: Sequence[Member]) -> None:
    """Let each province and the ministry know and trust each other; repeating it changes nothing.

    Raises NodeFailure when a node's own key is lost.
    """
    with ExitStack() as opened:
        connections = {member.code: _connect(member, opened) for member in members}
        for ministry in (member for member in members if member.is_ministry):
            gate = address(ministry.settings, ministry.settings.gate_port)
            for province in (member for member in members if not member.is_ministry):
                # The ministry first: a province begins to speak as soon as it knows where.
                _meet(connections[ministry.code], province, connections[province.code], "")
                _meet(connections[province.code], ministry, connections[ministry.code], gate)


def _connect(member: Member, opened: ExitStack) -> Connection:
    url = opened.enter_context(open_database(member.settings))
    return opened.enter_context(connect(url, name="chedang-network", autocommit=True))


def _meet(here: Connection, other: Member, there: Connection, gate: str) -> None:
    """The node of ``here`` learns of ``other`` and its key; ``gate``: where to reach it, '' for one that comes."""
    now = system_clock()
    try:
        signer = keys.own_signer(there, other.settings.data_dir, other.code, now)
    except OwnKeyLost as lost:
        raise NodeFailure(f"节点 {other.code}：{lost}") from lost
    with here.transaction():
        peers.join(here, other.code, address=gate, now=now)
        key_id = keys.add(here, other.code, signer.public_key, state=KeyState.ACTIVE, by=_BY, now=now)
        if any(key.key_id == key_id and key.state is KeyState.PENDING for key in keys.keys_of(here, other.code)):
            keys.approve(here, other.code, key_id, by=_BY, now=now)
