"""Names under which the software of a shop signs in besides the shop's own code, and the shops of a chain.

Several of the interfaces in the field know a shop by a user name, an appId or a companyIdentity. A shared secret that
signs calls must be read back to check a signature, so it is kept encrypted under a key of the node; a password is
hashed like the shop's own.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from chedang.enterprises.model import AccountKind
from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries

_SQL = load_queries("chedang.enterprises", "accounts.sql")


class MachineAccount(msgspec.Struct, frozen=True):
    """One name of one shop. ``sealed_secret`` is opened with :class:`SecretBox`."""

    kind: AccountKind
    account: str
    company_code: str
    password_hash: str
    sealed_secret: bytes | None
    changed_at: datetime | None = None
    """When somebody set the secret here by hand; ``None``: as it came with the shop."""

    def __repr__(self) -> str:
        return f"MachineAccount({self.kind.value}, …)"


class SecretBox:
    """Encrypts shared secrets with a key of the node (Fernet: AES-128-CBC with HMAC-SHA-256)."""

    def __init__(self, key: bytes) -> None:
        """``key``: 32 bytes of :func:`chedang.platform.keys.node_key`."""
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def seal(self, secret: str) -> bytes:
        """Encrypt a secret."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """The secret again. Raises ValueError when it was sealed under another key."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as fault:
            raise ValueError("sealed under another key of the node") from fault


def find(connection: Connection, kind: AccountKind, account: str) -> MachineAccount | None:
    """The account of this kind and name."""
    row = connection.execute(_SQL["find_account"], {"kind": kind.value, "account": account}).fetchone()
    return None if row is None else _account(row)


def accounts_of(connection: Connection, company_code: str) -> list[MachineAccount]:
    """Accounts of one shop by kind and name."""
    return [_account(row) for row in connection.execute(_SQL["accounts_of"], {"company_code": company_code})]


def _account(row: Sequence[Any]) -> MachineAccount:
    kind, account, company_code, password_hash, sealed_secret, changed_at = row
    return MachineAccount(AccountKind(kind), account, company_code, password_hash, sealed_secret, changed_at)


def save(connection: Connection, account: MachineAccount, *, now: datetime) -> bool:
    """Add an account or replace the secrets of a known one; false when the name belongs to another shop.

    Commits with the caller's transaction.
    """
    row = connection.execute(
        _SQL["save_account"],
        {
            "kind": account.kind.value,
            "account": account.account,
            "company_code": account.company_code,
            "password_hash": account.password_hash,
            "sealed_secret": account.sealed_secret,
            "created_at": now,
            "changed_at": account.changed_at,
        },
    ).fetchone()
    return row is not None


def add_member(connection: Connection, chain_code: str, company_code: str, *, now: datetime) -> None:
    """Let the head office of a chain upload for a shop; again changes nothing.

    With the head office's own code it becomes one: only then may it have codes allocated to shops.
    """
    connection.execute(_SQL["add_member"], {"chain_code": chain_code, "company_code": company_code, "created_at": now})


def members_of(connection: Connection, chain_code: str) -> Collection[str]:
    """Codes of the shops that a head office may upload for."""
    return frozenset(row[0] for row in connection.execute(_SQL["members_of"], {"chain_code": chain_code}))


def remove_member(connection: Connection, chain_code: str, company_code: str) -> bool:
    """A shop has left a chain; with the chain's own code, the head office allocates no more. False: was none."""
    removed = connection.execute(_SQL["remove_member"], {"chain_code": chain_code, "company_code": company_code})
    return removed.fetchone() is not None
