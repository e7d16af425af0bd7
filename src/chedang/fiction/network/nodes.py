"""Nodes of the simulation: a database, keys, and the processes that hold connections to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from chedang.enterprises import store as enterprises
from chedang.enterprises.model import Registration, Source
from chedang.exchange import keys, peers
from chedang.exchange.desk import Desk
from chedang.exchange.keys import KeyState
from chedang.exchange.model import MINISTRY
from chedang.fiction.network.chaos import Chaos, ChaoticConnection, Killed, SimulatedClock
from chedang.records.store import Connection
from chedang.terms import enterprise_code
from chedang.vehicles.follow import follow

_BY: Final = "simulation"
_OF_HEAD_OFFICE: Final = 900


class SimulatedNode:
    """One node. A *process* is a name with a connection of its own; a killed one gets a new connection."""

    def __init__(self, code: str, database_url: str, data_dir: Path, clock: SimulatedClock, chaos: Chaos) -> None:
        self.code = code
        self.database_url = database_url
        self.data_dir = data_dir
        self.clock = clock
        self._chaos = chaos
        self._connections: dict[str, ChaoticConnection] = {}

    def run(self, process: str, step: Callable[[Connection], int]) -> int:
        """One step of a process; 0 when it was killed on the way."""
        try:
            return step(self._connection(process))
        except Killed:
            self.kill(process)
            return 0

    def kill(self, process: str) -> None:
        """The process ends; its next step is that of a new one."""
        connection = self._connections.pop(process, None)
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """End all processes."""
        for process in list(self._connections):
            self.kill(process)

    def follow(self) -> int:
        """The worker's step: files of vehicles."""
        return self.run("worker", lambda connection: follow(connection, clock=self.clock, node_code=self.code))

    def _connection(self, process: str) -> ChaoticConnection:
        connection = self._connections.get(process)
        if connection is None or connection.closed:
            name = f"{self.code}-{process}"
            connection = ChaoticConnection.connect(self.database_url, autocommit=True, application_name=name)
            connection.chaos = self._chaos
            self._connections[process] = connection
        return connection


class SimulatedMinistry(SimulatedNode):
    """Node 00: answers at a desk."""

    def desk(self) -> Desk:
        """What answers provinces; knows nothing that the database does not."""
        return Desk(MINISTRY, self.data_dir, self.clock)


def shop_code(node_code: str, number: int = 1, *, by_head_office: bool = False) -> str:
    """Code of a simulated shop of a province."""
    return enterprise_code.compose(f"{node_code}0100", number + (_OF_HEAD_OFFICE if by_head_office else 0))


def furnish(node: SimulatedNode, now: datetime) -> None:
    """A shop that uploads itself, and one for which a head office does."""
    for by_head_office in (False, True):
        code = shop_code(node.code, by_head_office=by_head_office)
        node.run("setup", partial(_add_shop, node_code=node.code, company_code=code, now=now))


def _add_shop(connection: Connection, node_code: str, company_code: str, now: datetime) -> int:
    with connection.transaction():
        enterprises.insert(
            connection,
            Registration(company_name=f"模拟维修企业{company_code}", division_code=f"{node_code}0100"),
            (),
            company_code=company_code,
            password_hash="",
            password_is_weak=False,
            source=Source.IMPORTED,
            now=now,
            approved_by=_BY,
        )
    return 1


def introduce(ministry: SimulatedMinistry, province: SimulatedNode, now: datetime) -> None:
    """Each takes the other for what it is, as two operators would arrange."""
    _trust(ministry, province, now)
    _trust(province, ministry, now)


def _trust(here: SimulatedNode, other: SimulatedNode, now: datetime) -> None:
    found: list[bytes] = []

    def own_key(connection: Connection) -> int:
        found.append(keys.own_signer(connection, other.data_dir, other.code, now).public_key)
        return 1

    def add(connection: Connection) -> int:
        with connection.transaction():
            peers.join(connection, other.code, address="simulated" if other.code == MINISTRY else "", now=now)
            keys.add(connection, other.code, found[0], state=KeyState.ACTIVE, by=_BY, now=now)
        return 1

    other.run("setup", own_key)
    here.run("setup", add)
