"""How the gate reads the database: on pooled connections, in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from psycopg_pool import ConnectionPool

from chedang.enterprises import accounts, secrets, store
from chedang.enterprises.accounts import MachineAccount
from chedang.enterprises.maker_model import NotPermitted, Permission
from chedang.enterprises.model import AccountKind, Enterprise
from chedang.enterprises.permissions import may_upload_for
from chedang.enterprises.secrets import ApiSecret
from chedang.enterprises.store import Connection

Answer = TypeVar("Answer")


class PooledDatabase:
    """Runs work in a thread on a connection of the pool; commits at its end, rolls back when it raises."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    async def __call__(self, work: Callable[[Connection], Answer]) -> Answer:
        return await asyncio.to_thread(self._run, work)

    def _run(self, work: Callable[[Connection], Answer]) -> Answer:
        with self._pool.connection() as connection:
            return work(connection)


class Finders:
    """The look-ups of :class:`chedang.intake.accounts.Directory`; it calls them in threads."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    def by_id(self, enterprise_id: int) -> Enterprise | None:
        with self._pool.connection() as connection:
            return store.find_by_id(connection, enterprise_id)

    def by_code(self, company_code: str) -> Enterprise | None:
        with self._pool.connection() as connection:
            return store.find_by_code(connection, company_code)

    def account(self, kind: AccountKind, name: str) -> MachineAccount | None:
        with self._pool.connection() as connection:
            return accounts.find(connection, kind, name)

    def permission(self, account_code: str, company_code: str, today: date) -> Permission | NotPermitted:
        with self._pool.connection() as connection:
            return may_upload_for(connection, account_code, company_code, today)

    def secret(self, secret_id: str) -> ApiSecret | None:
        with self._pool.connection() as connection:
            return secrets.find(connection, secret_id)
