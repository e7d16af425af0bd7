"""``Idempotency-Key``: the name a client gives to a request, so that it can be sent again without being done twice.

A key belongs to one shop and is remembered for seven days; it is written down before the work is done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from chedang.intake.outcomes import RefusalKind, Refused
from chedang.platform.database import load_queries
from chedang.records.store import Connection

KEPT: Final = timedelta(days=7)
LONGEST_KEY: Final = 128

_SQL = load_queries("chedang.intake", "idempotency.sql")


class Claim(msgspec.Struct, frozen=True):
    """A request under its name."""

    company_code: str
    key: str
    target: str
    """What is asked for: the operation, with the number of the record."""
    digest: bytes
    """SHA-256 over the content."""
    record_id_hex: str | None = None
    batch_id: UUID | None = None


class Earlier(msgspec.Struct, frozen=True):
    """What the name stood for when it was first used."""

    target: str
    digest: bytes
    outcome: str
    """created / unchanged / amended; '' while nobody knows."""
    version: int | None
    batch_id: UUID | None
    claimed_at: datetime

    def is_same(self, claim: Claim) -> bool:
        return (self.target, self.digest) == (claim.target, claim.digest)


def read_key(header: str | None) -> str | None:
    """The key of a header; ``None`` when there is none. Raises Refused(MALFORMED)."""
    if header is None or not (key := header.strip().strip('"')):
        return None
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Refused(RefusalKind.MALFORMED, f"Idempotency-Key应为1至{LONGEST_KEY}个可见的ASCII字符")
    return key


def claim(connection: Connection, claim: Claim, *, now: datetime) -> Earlier | None:
    """Write a key down; what it stood for, when it was there already. Commits with the caller's transaction."""
    parameters = {
        "company_code": claim.company_code,
        "key": claim.key,
        "target": claim.target,
        "digest": claim.digest,
        "record_id": claim.record_id_hex,
        "batch_id": claim.batch_id,
        "now": now,
        "expired": now - KEPT,
    }
    if connection.execute(_SQL["claim"], parameters).fetchone() is not None:
        return None
    row = connection.execute(_SQL["find"], {"company_code": claim.company_code, "key": claim.key}).fetchone()
    return None if row is None else Earlier(*row)


def settle(connection: Connection, company_code: str, key: str, *, outcome: str, version: int | None) -> None:
    """Write down what became of the request. Commits with the caller's transaction."""
    parameters = {"company_code": company_code, "key": key, "outcome": outcome, "version": version}
    connection.execute(_SQL["settle"], parameters)


def release(connection: Connection, company_code: str, key: str) -> None:
    """Forget a key whose request was refused. Commits with the caller's transaction."""
    connection.execute(_SQL["release"], {"company_code": company_code, "key": key})


def purge(connection: Connection, *, now: datetime) -> None:
    """Forget keys that are older than seven days."""
    connection.execute(_SQL["purge"], {"before": now - KEPT})
