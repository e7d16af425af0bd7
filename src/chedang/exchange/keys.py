"""Keys of the nodes: whose public key was good when, and this node's own pair (ours).

An operator trusts a node's first key after comparing its fingerprint over another line; a later one is trusted because
an earlier one signed it. A message counts when its key was good at the time it was made; a revoked key never does.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from chedang.exchange.messages import FindKey
from chedang.exchange.model import ExchangeRefused, RefusalCode
from chedang.exchange.signing import DEFAULT_ALGORITHM, Signer, key_id
from chedang.platform.database import load_queries
from chedang.platform.keys import made_keys, node_key
from chedang.records.store import Connection
from chedang.terms.division import PROVINCES

_SQL = load_queries("chedang.exchange", "keys.sql")

OVERLAP: Final = timedelta(days=7)
"""How long a key is good after the next one took over: messages made before are still under way."""
MOST_PENDING: Final = 5
"""Keys of one node that may wait for confirmation; strangers must not fill the table."""
_STEPPED_CLOCK: Final = timedelta(hours=1)
"""A clock that is put right after the key was made: what is signed then is kept byte for byte and must be good."""
_PURPOSE: Final = "exchange-"
_OWNER: Final = "本节点"
_OLDEST_BEGINNING: Final = timedelta(days=400)
"""A key says itself since when it is good: messages that wait were made before anybody confirmed it."""
_KEY_ID: Final = re.compile("[0-9a-f]{16}")


class KeyState(StrEnum):
    """Does a key count?"""

    PENDING = "pending"
    ACTIVE = "active"
    REVOKED = "revoked"


class Key(msgspec.Struct, frozen=True):
    """One row of ``exchange_key``."""

    node_code: str
    key_id: str
    algorithm: str
    public_key: bytes
    state: KeyState
    valid_from: datetime
    valid_until: datetime | None
    added_at: datetime
    added_by: str
    ended_at: datetime | None
    ended_reason: str

    @property
    def fingerprint(self) -> str:
        """What two operators read to each other."""
        return fingerprint(self.algorithm, self.public_key)

    def is_good(self, at: datetime) -> bool:
        """Does a signature made then count?"""
        return self.state is KeyState.ACTIVE and _is_within(at, self.valid_from, self.valid_until)


class OwnKeyLost(Exception):
    """The database knows this node's key, the data directory does not hold it; the text is a Chinese sentence."""


class KeyUnknown(Exception):
    """There is no such key, or it is not in the state for this; the text is a Chinese sentence."""


def fingerprint(algorithm: str, public_key: bytes) -> str:
    """128 bits of SHA-256 over algorithm and key, in eight groups of four; the key id is how it begins."""
    digits = hashlib.sha256(algorithm.encode() + b":" + public_key).hexdigest()[:32]
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def keys_of(connection: Connection, node_code: str) -> list[Key]:
    """Public keys of one node, oldest first."""
    return [_key(row) for row in connection.execute(_SQL["read_of"], {"node_code": node_code})]


def read_keys(connection: Connection) -> list[Key]:
    """Public keys of all nodes, this one's too."""
    return [_key(row) for row in connection.execute(_SQL["read_all"])]


def find_key(connection: Connection) -> FindKey:
    """Looks keys up for :func:`chedang.exchange.messages.open_message`."""

    def find(sender: str, wanted: str, made_at: datetime) -> bytes:
        if sender not in PROVINCES:
            raise ExchangeRefused(RefusalCode.UNKNOWN_SENDER)
        if not _KEY_ID.fullmatch(wanted):
            raise ExchangeRefused(RefusalCode.UNKNOWN_KEY)
        row = connection.execute(_SQL["find"], {"node_code": sender, "key_id": wanted}).fetchone()
        if row is None:
            raise ExchangeRefused(RefusalCode.UNKNOWN_SENDER)
        public_key, state, valid_from, valid_until = row
        if state is None:
            raise ExchangeRefused(RefusalCode.UNKNOWN_KEY)
        if state == KeyState.PENDING:
            raise ExchangeRefused(RefusalCode.UNKNOWN_KEY, "待确认")
        if state == KeyState.REVOKED or not _is_within(made_at, valid_from, valid_until):
            raise ExchangeRefused(RefusalCode.KEY_ENDED)
        return bytes(public_key)

    return find


def add(
    connection: Connection,
    node_code: str,
    public_key: bytes,
    *,
    state: KeyState,
    by: str,
    now: datetime,
    valid_from: datetime | None = None,
    algorithm: str = DEFAULT_ALGORITHM,
) -> str:
    """Write a public key down unless it is there, whatever its state; gives its id.

    An active one takes over from the node's others, which end after :data:`OVERLAP`. Raises ExchangeRefused
    (FORBIDDEN) when too many of the node wait for confirmation.
    """
    identifier = key_id(algorithm, public_key)
    (pending,) = connection.execute(_SQL["count_pending"], {"node_code": node_code}).fetchone() or (0,)
    if state is KeyState.PENDING and pending >= MOST_PENDING:
        raise ExchangeRefused(RefusalCode.FORBIDDEN, f"待确认的公钥已有{pending}把")
    row = {
        "node_code": node_code,
        "key_id": identifier,
        "algorithm": algorithm,
        "public_key": public_key,
        "state": state.value,
        "valid_from": now if valid_from is None else max(min(valid_from, now), now - _OLDEST_BEGINNING),
        "now": now,
        "added_by": by,
    }
    added = connection.execute(_SQL["add"], row).fetchone() is not None
    if added and state is KeyState.ACTIVE:
        _take_over(connection, node_code, identifier, now)
    return identifier


def approve(connection: Connection, node_code: str, identifier: str, *, by: str, now: datetime) -> None:
    """A pending key counts from now on. Raises KeyUnknown when there is no such pending key."""
    row = {"node_code": node_code, "key_id": identifier, "by": by, "now": now}
    if connection.execute(_SQL["activate"], row).fetchone() is None:
        raise KeyUnknown(f"节点 {node_code} 没有待确认的公钥 {identifier} (no such key is pending)")
    _take_over(connection, node_code, identifier, now)


def revoke(connection: Connection, node_code: str, identifier: str, *, reason: str, by: str, now: datetime) -> None:
    """This key never counts again. Raises KeyUnknown for none, or one that is revoked already."""
    row = {"node_code": node_code, "key_id": identifier, "reason": f"{by}：{reason}", "now": now}
    if connection.execute(_SQL["revoke"], row).fetchone() is None:
        raise KeyUnknown(f"节点 {node_code} 没有可吊销的公钥 {identifier} (no such key, or it is revoked already)")


def own_signer(connection: Connection, data_dir: Path, node_code: str, now: datetime) -> Signer:
    """This node's newest key that counts. The first call makes key 1 and writes its public key down.

    Raises OwnKeyLost, and OSError when the data directory cannot be used.
    """
    known = keys_of(connection, node_code)
    if not known:
        signer = Signer(node_key(data_dir, _purpose(1)))
        add(connection, node_code, signer.public_key, state=KeyState.ACTIVE, by=_OWNER, now=now)
        return signer
    signers = {signer.key_id: signer for signer in own_signers(data_dir)}
    good = [key for key in known if key.is_good(now)]
    for key in sorted(good, key=lambda key: (key.valid_until is None, key.valid_from), reverse=True):  # newest first
        if key.key_id in signers:
            return signers[key.key_id]
    raise OwnKeyLost(
        "本节点没有可用的密钥：私钥不在数据目录里，或已吊销。请从备份恢复，或者 chedang node keys rotate"
        " (no key in use: its file is missing or it was revoked; restore the file, or make a new key)"
    )


def own_signers(data_dir: Path) -> list[Signer]:
    """All key pairs that the data directory holds, oldest first."""
    return [Signer(node_key(data_dir, _purpose(number))) for number in _numbers(data_dir)]


def make_next(connection: Connection, data_dir: Path, node_code: str, *, is_trusted: bool, now: datetime) -> Signer:
    """A new key pair of this node.

    ``is_trusted``: it takes over at once (the ministry's, or no key is in use); otherwise it waits until the other side
    has taken it, see :func:`chedang.exchange.key_offers.offer_new_key`. A second call while one waits gives that one.
    """
    known = {key.key_id: key for key in keys_of(connection, node_code)}
    waiting = [key for key in own_signers(data_dir) if key.key_id not in known or _is_pending(known[key.key_id])]
    number = max(_numbers(data_dir), default=0) + 1
    signer = waiting[0] if waiting else Signer(node_key(data_dir, _purpose(number)))
    state = KeyState.ACTIVE if is_trusted else KeyState.PENDING
    identifier = add(connection, node_code, signer.public_key, state=state, by=_OWNER, now=now)
    if is_trusted and identifier in known:
        approve(connection, node_code, identifier, by=_OWNER, now=now)
    return signer


def _is_pending(key: Key) -> bool:
    return key.state is KeyState.PENDING


def _take_over(connection: Connection, node_code: str, identifier: str, now: datetime) -> None:
    row = {"node_code": node_code, "key_id": identifier, "until": now + OVERLAP}
    connection.execute(_SQL["end_others"], row)


def _is_within(at: datetime, valid_from: datetime, valid_until: datetime | None) -> bool:
    return valid_from - _STEPPED_CLOCK <= at and (valid_until is None or at < valid_until)


def _numbers(data_dir: Path) -> list[int]:
    numbers = (name.removeprefix(_PURPOSE) for name in made_keys(data_dir, _PURPOSE))
    return sorted(int(number) for number in numbers if number.isdecimal())


def _purpose(number: int) -> str:
    return f"{_PURPOSE}{number}"


def _key(row: tuple[object, ...]) -> Key:
    return msgspec.convert(dict(zip(Key.__struct_fields__, row, strict=True)), Key)
