"""One side of the gate: the toolbox of intake with the connections, writers and keys that belong to it.

There are two, alike but for these: the ordinary one, and the sandbox (ADR 0015). What one side signed, the other does
not know; what one has cached, the other has not.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import msgspec
from psycopg_pool import ConnectionPool

from chedang.enterprises import actions
from chedang.enterprises.accounts import SecretBox
from chedang.enterprises.model import Enterprise, RegistrationText
from chedang.enterprises.rules import read_registration
from chedang.enterprises.store import Connection
from chedang.exchange.registering import Registrar
from chedang.gate.lookups import Finders, PooledDatabase
from chedang.gate.metrics import GateMetrics
from chedang.gate.notebook import Notebook
from chedang.intake import sandbox
from chedang.intake.accounts import Directory, Pace, PasswordChecker
from chedang.intake.batcher import Batcher
from chedang.intake.dialects import DIALECTS
from chedang.intake.extras import ExtraKeeper, LegalBasis, read_basis
from chedang.intake.families import Family, load_families, modes_of
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Intake, Paces
from chedang.intake.signatures import SignatureChecker
from chedang.intake.tokens import TokenMint
from chedang.intake.writer import RowsRefused, Writer
from chedang.platform.clock import Clock
from chedang.platform.database import Bounds, is_data_fault, on_search_path, open_pool
from chedang.platform.keys import node_key
from chedang.platform.settings import Settings
from chedang.records.current import CurrentLimits
from chedang.records.store import Appended, NewVersion, append
from chedang.terms.dates import day_in_china

# Records per second for long, and at once. The first is above what a chain sends for a whole province of shops under
# one account; the second lets a shop that was cut off for a month catch up.
_APPROVED_PACE: Final = (500.0, 20_000.0)
_PENDING_PACE: Final = (2.0, 500.0)
_SANDBOX_PACE: Final = (20.0, 20_000.0)
_SANDBOX_REGISTRATIONS: Final = (0.5, 30.0)
"""For all vendors together: half a shop a second for long, thirty at once."""
# Clients give up after three seconds; a database that is away must be told before.
_POOL_SECONDS: Final = 2.0
# What takes longer on purpose, or less, sets its own bound. A connection of a database that hangs frees its thread.
_POOL_BOUNDS: Final = Bounds(statement_seconds=10.0, lock_seconds=2.0, answer_seconds=12.0)
# A batch is one round trip, so one writer keeps up, and larger batches cost each record less (ADR 0011).
_WRITERS: Final = 1


class BatchWriter(Protocol):
    """What stores batches: a process of its own, or a thread."""

    async def start(self) -> None: ...

    def append(self, uploads: Sequence[NewVersion]) -> Awaitable[list[Appended]]: ...

    async def close(self) -> None: ...


class Side(msgspec.Struct, frozen=True):
    """The parts of one side. Opens its connections with :meth:`open`, not before."""

    intake: Intake
    families: Sequence[Family]
    metrics: GateMetrics
    pool: ConnectionPool[Any]
    batcher: Batcher
    writers: Sequence[BatchWriter]
    notebook: Notebook | None = None
    """What the shops see of their calls; the sandbox's shops have no pages."""

    async def open(self) -> None:
        """Open the connections and start the writers."""
        self.pool.open()
        for writer in self.writers:
            await writer.start()

    async def close(self) -> None:
        """Let what is under way be stored, then close everything."""
        await self.batcher.drain()
        if self.notebook is not None:
            await self.notebook.close()
        for writer in self.writers:
            await writer.close()
        self.pool.close()


def ordinary_side(settings: Settings, database_url: str, clock: Clock, limits: CurrentLimits) -> Side:
    """The side on which records count."""
    pool = open_pool(
        database_url,
        name="chedang-gate",
        max_size=6,
        timeout_seconds=_POOL_SECONDS,
        bounds=_POOL_BOUNDS,
        opened=False,
    )
    side = _side(
        settings,
        clock,
        limits,
        pool=pool,
        writers=[Writer(database_url) for _ in range(_WRITERS)],
        key_prefix="",
        paces=Paces(approved=Pace(*_APPROVED_PACE), pending=Pace(*_PENDING_PACE)),
        registrar=Registrar(settings, clock),
        basis=read_basis(settings.extra_basis),
    )
    return msgspec.structs.replace(side, notebook=Notebook(side.intake))


def sandbox_side(settings: Settings, database_url: str, clock: Clock, limits: CurrentLimits) -> Side:
    """The side for trying: shops are approved at once, one thread stores, little of the database is used."""
    pool = open_pool(
        on_search_path(database_url, sandbox.SCHEMA),
        name="chedang-gate-sandbox",
        min_size=0,
        max_size=3,
        timeout_seconds=_POOL_SECONDS,
        bounds=_POOL_BOUNDS,
        opened=False,
    )
    pace = Pace(*_SANDBOX_PACE)
    return _side(
        settings,
        clock,
        limits,
        pool=pool,
        writers=[ThreadWriter(pool)],
        key_prefix="sandbox-",
        paces=Paces(approved=pace, pending=pace),
        registrar=RegisterAtOnce(Pace(*_SANDBOX_REGISTRATIONS)),
        basis={},  # whatever this node may keep of real jobs: nobody has a basis for what vendors try
    )


def _side(
    settings: Settings,
    clock: Clock,
    limits: CurrentLimits,
    *,
    pool: ConnectionPool[Any],
    writers: Sequence[BatchWriter],
    key_prefix: str,
    paces: Paces,
    registrar: Registrar | RegisterAtOnce,
    basis: LegalBasis,
) -> Side:
    metrics = GateMetrics()
    batcher = Batcher([writer.append for writer in writers], observe_batch=metrics.batch)
    families = load_families(DIALECTS, settings.dialects_file, settings.mode)

    def key(purpose: str) -> bytes:
        return node_key(settings.data_dir, key_prefix + purpose)

    database = PooledDatabase(pool)
    directory = Directory(Finders(pool))
    intake = Intake(
        batcher=batcher,
        database=database,
        directory=directory,
        passwords=PasswordChecker(key=key("password-memory")),
        signatures=SignatureChecker(
            directory,
            SecretBox(key("machine-secrets")).open,
            clock=clock,
            window=timedelta(minutes=settings.signature_minutes),
        ),
        paces=paces,
        mint=TokenMint(key("tokens"), timedelta(hours=settings.token_hours)),
        judge=limits.judge,
        mode_of=modes_of(families, settings.mode),
        register=registrar,
        allocate=registrar.allocate,
        clock=clock,
        meter=metrics,
        keep_extras=ExtraKeeper(basis, database, clock) if basis else None,
    )
    return Side(intake, families, metrics, pool, batcher, writers)


class ThreadWriter:
    """Stores batches in a thread of the gate, on a connection of its pool."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool

    async def start(self) -> None:
        """There is nothing to start."""

    async def append(self, uploads: Sequence[NewVersion]) -> list[Appended]:
        """Store a batch in one transaction. Raises RowsRefused, or the store's error."""
        try:
            return await asyncio.to_thread(self._append, uploads)
        except Exception as fault:
            if is_data_fault(fault):
                raise RowsRefused from fault
            raise

    async def close(self) -> None:
        """The pool is closed with its side."""

    def _append(self, uploads: Sequence[NewVersion]) -> list[Appended]:
        with self._pool.connection() as connection:
            return append(connection, uploads)


class RegisterAtOnce:
    """Registers and approves; so many a minute for all vendors together. What cannot be registered is not counted."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._lock = threading.Lock()

    def __call__(self, connection: Connection, text: RegistrationText, now: datetime) -> Enterprise:
        if read_registration(text, today=day_in_china(now))[0] is not None:
            with self._lock:
                wait_seconds = self._pace.take(0)
            if wait_seconds:
                raise Refused(RefusalKind.TOO_FAST, "沙箱注册过于频繁", retry_after_seconds=int(wait_seconds) + 1)
        code = actions.register(connection, text, now=now).enterprise.company_code
        return actions.approve(connection, code, by=sandbox.SCHEMA, now=now).enterprise

    def allocate(self, connection: Connection, chain_code: str, text: RegistrationText, now: datetime) -> Enterprise:
        """A shop of a chain, under a code of the sandbox's own."""
        return actions.allocate(connection, chain_code, text, now=now).enterprise


def sandbox_box(settings: Settings) -> SecretBox:
    """Opens the shared secrets of the sandbox's accounts."""
    return SecretBox(node_key(settings.data_dir, "sandbox-machine-secrets"))
