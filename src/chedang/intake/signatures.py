"""Signed calls: whose secret signed this, and is it fresh and new? (ADR 0013)

The digest is MD5, because clients in the field compute MD5; it proves the secret to us and nothing to anybody else. A
right signature always passes, however many wrong ones came before: whoever knows an account's name cannot keep its
shop out. So the lock-out only cuts the answer short and shows in the log; what protects a secret is its length.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import structlog

from chedang.enterprises.accounts import MachineAccount
from chedang.enterprises.model import AccountKind, Enterprise
from chedang.intake.accounts import Directory
from chedang.intake.outcomes import RefusalKind, Refused, Signature
from chedang.platform.clock import Clock

_log = structlog.get_logger("gate")

Seconds = Callable[[], float]

_MILLISECONDS_FROM = 100_000_000_000
"""A number from here on is milliseconds since 1970: as seconds it would be the year 5138."""


def read_timestamp(text: str) -> datetime | None:
    """Moment of a call: seconds or milliseconds since 1970, told apart by size; ``None`` when it is neither."""
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        return None
    number = int(text)
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


class ReplayGuard:
    """Remembers signatures until their calls would be stale anyway; beyond ``most`` the oldest are forgotten."""

    def __init__(self, *, most: int = 200_000) -> None:
        self._most = most
        self._taken: OrderedDict[bytes, datetime] = OrderedDict()

    def take(self, key: bytes, *, now: datetime, until: datetime) -> bool:
        """Use up ``key`` until a moment; false when it is used up already."""
        if (known := self._taken.get(key)) is not None and known > now:
            return False
        self._taken[key] = until
        self._taken.move_to_end(key)
        self._drop_stale(now)
        return True

    def give_back(self, key: bytes) -> None:
        """The call did nothing, so the very same one may come again."""
        self._taken.pop(key, None)

    def __len__(self) -> int:
        return len(self._taken)

    def _drop_stale(self, now: datetime) -> None:
        while self._taken and (len(self._taken) > self._most or next(iter(self._taken.values())) <= now):
            self._taken.popitem(last=False)


class _Wrong(msgspec.Struct):
    count: int
    until: float


class WrongSignatures:
    """Counts wrong signatures per account within ``for_seconds`` of the first; bounded."""

    def __init__(
        self, *, most: int = 20, for_seconds: float = 300.0, seconds: Seconds = time.monotonic, accounts: int = 50_000
    ) -> None:
        self._most = most
        self._for_seconds = for_seconds
        self._seconds = seconds
        self._accounts = accounts
        self._wrong: OrderedDict[tuple[AccountKind, str], _Wrong] = OrderedDict()

    def count(self, kind: AccountKind, account: str) -> bool:
        """One more; true when it is the one with which the account is locked."""
        wrong = self._wrong.get((kind, account))
        if wrong is None or wrong.until <= self._seconds():
            wrong = self._wrong[kind, account] = _Wrong(0, self._seconds() + self._for_seconds)
            self._wrong.move_to_end((kind, account))
        wrong.count += 1
        while len(self._wrong) > self._accounts:
            self._wrong.popitem(last=False)
        return wrong.count == self._most

    def is_locked(self, kind: AccountKind, account: str) -> bool:
        """Were there too many?"""
        wrong = self._wrong.get((kind, account))
        return wrong is not None and wrong.count >= self._most and wrong.until > self._seconds()

    def forget(self, kind: AccountKind, account: str) -> None:
        """A right one came."""
        self._wrong.pop((kind, account), None)


class SignatureChecker:
    """Opens an account's secret, compares, looks at the clock and for replays. One per process."""

    def __init__(
        self,
        directory: Directory,
        open_secret: Callable[[bytes], str],
        *,
        clock: Clock,
        window: timedelta,
        wrong: WrongSignatures | None = None,
        replays: ReplayGuard | None = None,
    ) -> None:
        """``window``: how far a client's clock may be from ours, to either side."""
        self._directory = directory
        self._open_secret = open_secret
        self._clock = clock
        self._window = window
        self._wrong = wrong or WrongSignatures()
        self._replays = replays or ReplayGuard()

    @asynccontextmanager
    async def checked(self, signature: Signature) -> AsyncIterator[Enterprise]:
        """The shop that signed, for the length of the call. Raises Refused.

        Only a call that ends well uses its signature up: one that was refused or met a fault of ours may be repeated
        byte for byte.
        """
        enterprise = await self._identify(signature)
        now = self._clock()
        if abs(now - signature.sent_at) > self._window:
            raise Refused(RefusalKind.STALE_REQUEST, _how_far_off(signature.sent_at, now))
        key = hashlib.blake2b(f"{signature.path}\0{signature.digest}".encode(), digest_size=16).digest()
        if not self._replays.take(key, now=now, until=signature.sent_at + self._window):
            raise Refused(RefusalKind.REPLAYED)
        try:
            yield enterprise
        except BaseException:
            self._replays.give_back(key)
            raise

    async def _identify(self, signature: Signature) -> Enterprise:
        kind, name = signature.kind, signature.account
        account = await self._directory.account(kind, name)
        if account is None or not self._is_right(signature, account):
            if self._wrong.is_locked(kind, name):
                raise Refused(RefusalKind.LOCKED)
            # A secret that was changed a moment ago works at once.
            account = await self._directory.account(kind, name, anew=True)
            if account is None or account.sealed_secret is None:
                raise Refused(RefusalKind.UNKNOWN_ACCOUNT)
            if not self._is_right(signature, account):
                if self._wrong.count(kind, name):
                    _log.warning("signature_locked", kind=kind.value, company_code=account.company_code)
                raise Refused(RefusalKind.BAD_SIGNATURE)
        self._wrong.forget(kind, name)
        enterprise = await self._directory.by_code(account.company_code)
        if enterprise is None:
            raise Refused(RefusalKind.UNKNOWN_ENTERPRISE)
        return enterprise

    def _is_right(self, signature: Signature, account: MachineAccount) -> bool:
        """Compares in constant time. Raises ValueError when the node's key does not open the secret."""
        if account.sealed_secret is None:
            return False
        secret = self._open_secret(account.sealed_secret).encode()
        given = signature.digest.encode("utf-8", "replace")
        forms = ((signature.before, signature.after), *signature.other_forms)
        return any(hmac.compare_digest(_md5(before, secret + after), given) for before, after in forms)


def md5_so_far(message: bytes) -> Any:
    """The MD5 of the beginning of a signed text, to be gone on with."""
    return hashlib.md5(message, usedforsecurity=False)


def _md5(before: Any, rest: bytes) -> bytes:
    state = md5_so_far(before) if isinstance(before, bytes) else before.copy()
    state.update(rest)
    digest: str = state.hexdigest()
    return digest.encode()


def _how_far_off(sent_at: datetime, now: datetime) -> str:
    """So that whoever reads the answer sees at once that the machine's clock is a day late."""
    minutes = round((sent_at - now) / timedelta(minutes=1))
    return f"本机时钟比服务器{'快' if minutes > 0 else '慢'}{abs(minutes)}分钟"
