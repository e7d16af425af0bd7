"""How a node registers shops: under codes of the ministry where it is joined, of its own where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from chedang.enterprises import actions, codes
from chedang.enterprises.codes import AllocationAsk, Allocator, AskCode
from chedang.enterprises.model import Enterprise, RegistrationText
from chedang.enterprises.store import Connection
from chedang.exchange.code_asking import CodeAsker
from chedang.platform.clock import Clock
from chedang.platform.settings import Settings


class Registrar:
    """Registers and allocates for one node. Connections come from a pool, with nothing done on them yet."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._node = settings.node
        self._asker = CodeAsker(settings.node.code, settings.data_dir, clock)

    def __call__(self, connection: Connection, text: RegistrationText, now: datetime) -> Enterprise:
        """:func:`chedang.enterprises.actions.register`."""
        with self._allocator(connection, now) as allocator:
            return actions.register(connection, text, now=now, allocator=allocator).enterprise

    def allocate(self, connection: Connection, chain_code: str, text: RegistrationText, now: datetime) -> Enterprise:
        """:func:`chedang.enterprises.actions.allocate`."""
        with self._allocator(connection, now) as allocator:
            return actions.allocate(connection, chain_code, text, now=now, allocator=allocator).enterprise

    def _giver(self, connection: Connection, now: datetime) -> AskCode:
        """The ministry asks nobody."""

        def give(ask: AllocationAsk) -> str:
            return codes.allocate(connection, self._node.code, ask.request_key, ask.division_code, now=now)

        return give

    @contextmanager
    def _allocator(self, connection: Connection, now: datetime) -> Iterator[Allocator | None]:
        """Meanwhile the connection commits by itself: no transaction stays open while the ministry is waited for."""
        connection.autocommit = True
        try:
            if self._node.level == "ministry":
                yield Allocator(self._node.code, self._giver(connection, now))
            else:
                ask = self._asker.on(connection)
                yield None if ask is None else Allocator(self._node.code, ask)
        finally:
            if not connection.closed:
                connection.autocommit = False
