"""Who uploads: the enterprise behind a code or a token, and whether a password is right (ours).

A password costs tens of milliseconds to check, and real clients ask for a token before every record, or at two at night
all at once; so a password found right is remembered until the next night by a keyed digest. A remembered password also
passes while the account is locked or checks are many: neither guessing at a shop's password nor asking for thousands of
others can stop that shop's own software (ADR 0019).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Generic, Protocol, TypeVar

import msgspec

from chedang.enterprises.accounts import MachineAccount
from chedang.enterprises.maker_model import NotPermitted, Permission
from chedang.enterprises.model import AccountKind, Enterprise
from chedang.enterprises.secrets import ApiSecret
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.turnstile import Turnstile
from chedang.platform.passwords import verify_password

Seconds = Callable[[], float]
Key = TypeVar("Key")
Found = TypeVar("Found")

_MAX_REMEMBERED = 100_000
_CHECKS_AT_ONCE = 2
_REGISTRATIONS_AT_ONCE = 1
_USUAL_CHECK_SECONDS = 0.04
_CHECKS_OF_ONE_ACCOUNT = 2
_REMEMBER_SECONDS = 26 * 3600.0
"""Much software uploads once a night: a day, and two hours for the night on which it is late."""
_STRANGERS_AT_ONCE = 2


class Login(msgspec.Struct, frozen=True):
    """Who stands behind a user name, and the hash that its password must fit."""

    enterprise: Enterprise
    password_hash: str


class Finders(Protocol):
    """How the directory reads; each runs in a thread."""

    def by_id(self, enterprise_id: int) -> Enterprise | None: ...

    def by_code(self, company_code: str) -> Enterprise | None: ...

    def account(self, kind: AccountKind, name: str) -> MachineAccount | None: ...

    def permission(self, account_code: str, company_code: str, today: date) -> Permission | NotPermitted: ...

    def secret(self, secret_id: str) -> ApiSecret | None: ...


class Directory:
    """Enterprises, their further names, secrets and whom a head office uploads for, kept for a few seconds each."""

    def __init__(self, finders: Finders, *, fresh_seconds: float = 5.0, seconds: Seconds = time.monotonic) -> None:
        self._by_id = _Kept(finders.by_id, fresh_seconds, seconds)
        self._by_code = _Kept(finders.by_code, fresh_seconds, seconds)
        self._accounts: _Kept[tuple[AccountKind, str], MachineAccount] = _Kept(
            lambda key: finders.account(*key), fresh_seconds, seconds
        )
        self._permissions: _Kept[tuple[str, str, date], Permission | NotPermitted] = _Kept(
            lambda key: finders.permission(*key), fresh_seconds, seconds
        )
        self._secrets = _Kept(finders.secret, fresh_seconds, seconds)
        # Whoever makes public parts up waits for others who do, not in front of the shops' connections.
        self._stranger_slots = asyncio.Semaphore(_STRANGERS_AT_ONCE)

    async def by_id(self, enterprise_id: int) -> Enterprise | None:
        """The enterprise with this number as of a few seconds ago."""
        return await self._by_id.get(enterprise_id)

    def known_by_id(self, enterprise_id: int) -> Enterprise | None:
        """The same without waiting; ``None`` when it must be read first."""
        return self._by_id.known(enterprise_id)

    async def by_code(self, company_code: str, *, anew: bool = False) -> Enterprise | None:
        """The enterprise with this code; ``anew``: as of now."""
        return await self._by_code.get(company_code, anew=anew)

    async def by_login(self, name: str, *, anew: bool = False) -> Login | None:
        """Who signs in as ``name``: a shop's own code, or a user name given to it."""
        enterprise = await self.by_code(name, anew=anew)
        if enterprise is not None:
            return Login(enterprise, enterprise.password_hash)
        account = await self.account(AccountKind.LOGIN, name, anew=anew)
        if account is None:
            return None
        enterprise = await self.by_code(account.company_code, anew=anew)
        return None if enterprise is None else Login(enterprise, account.password_hash or enterprise.password_hash)

    def known_login(self, name: str) -> Login | None:
        """The shop whose own code is ``name``, without waiting; ``None`` when it must be read first."""
        enterprise = self._by_code.known(name)
        return None if enterprise is None else Login(enterprise, enterprise.password_hash)

    async def account(self, kind: AccountKind, name: str, *, anew: bool = False) -> MachineAccount | None:
        """The machine account of this kind and name."""
        return await self._accounts.get((kind, name), anew=anew)

    async def permission(self, account_code: str, company_code: str, today: date) -> Permission | NotPermitted:
        """May a head office upload for this shop on this day? See :mod:`chedang.enterprises.permissions`."""
        found = await self._permissions.get((account_code, company_code, today))
        return NotPermitted("") if found is None else found

    async def secret(self, secret_id: str, *, anew: bool = False) -> ApiSecret | None:
        """The secret with this public part; one that was ended is gone within seconds."""
        if self._secrets.has_met(secret_id):
            return await self._secrets.get(secret_id, anew=anew)
        async with self._stranger_slots:
            return await self._secrets.get(secret_id, anew=anew)

    def forget_secret(self, secret_id: str) -> None:
        """It has just been ended, or used for the first time on a day."""
        self._secrets.forget(secret_id)

    def forget_permission(self, account_code: str, company_code: str, today: date) -> None:
        """The shop has just been added."""
        self._permissions.forget((account_code, company_code, today))


class _Kept(Generic[Key, Found]):
    """What ``find`` found, for ``fresh_seconds``; one look-up serves all who wait for it. Nothing found is not kept."""

    def __init__(self, find: Callable[[Key], Found | None], fresh_seconds: float, seconds: Seconds) -> None:
        self._find = find
        self._fresh_seconds = fresh_seconds
        self._seconds = seconds
        self._kept: OrderedDict[Key, tuple[float, Found]] = OrderedDict()
        self._asked: dict[Key, asyncio.Future[Found | None]] = {}

    def known(self, key: Key) -> Found | None:
        kept = self._kept.get(key)
        return kept[1] if kept is not None and kept[0] > self._seconds() else None

    def has_met(self, key: Key) -> bool:
        """Was something found under this key before, however long ago?"""
        return key in self._kept

    def forget(self, key: Key) -> None:
        self._kept.pop(key, None)

    async def get(self, key: Key, *, anew: bool = False) -> Found | None:
        known = None if anew else self.known(key)
        if known is not None:
            return known
        asked = self._asked.get(key)
        if asked is None:
            asked = asyncio.ensure_future(self._look_up(key))
            self._asked[key] = asked
            asked.add_done_callback(lambda _: self._asked.pop(key, None))
        return await asyncio.shield(asked)

    async def _look_up(self, key: Key) -> Found | None:
        found = await asyncio.to_thread(self._find, key)
        if found is None:
            self._kept.pop(key, None)
            return None
        self._kept[key] = (self._seconds() + self._fresh_seconds, found)
        self._kept.move_to_end(key)
        while len(self._kept) > _MAX_REMEMBERED:
            self._kept.popitem(last=False)
        return found


class _Failures(msgspec.Struct):
    count: int
    locked_until: float


class PasswordChecker:
    """Checks passwords slowly once and quickly for ``remember_seconds`` after; locks an account that is guessed at."""

    def __init__(
        self,
        *,
        max_failures: int = 10,
        lock_seconds: float = 300.0,
        remember_seconds: float = _REMEMBER_SECONDS,
        key: bytes,
        seconds: Seconds = time.monotonic,
        verify: Callable[[str, str], bool] = verify_password,
    ) -> None:
        self._max_failures = max_failures
        self._lock_seconds = lock_seconds
        self._remember_seconds = remember_seconds
        self._key = key
        self._seconds = seconds
        self._verify = verify
        self._remembered: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        # Each check holds 19 MiB for its length, and its thread keeps them for the next: two threads of its own keep
        # a burst of strangers from filling the machine.
        self._turnstile = Turnstile(_CHECKS_AT_ONCE, usual_seconds=_USUAL_CHECK_SECONDS)
        self.registrations = Turnstile(_REGISTRATIONS_AT_ONCE, usual_seconds=_USUAL_CHECK_SECONDS)
        """Registering hashes a password, which is as slow; it has a queue of its own, since anybody may register."""
        self._threads = ThreadPoolExecutor(_CHECKS_AT_ONCE, thread_name_prefix="password")
        self._under_way: dict[str, dict[bytes, asyncio.Future[bool]]] = {}

    async def check(self, account: str, password_hash: str, password: str) -> None:
        """Return when right.

        Raises Refused: WRONG_PASSWORD, LOCKED after too many wrong ones, UNAVAILABLE with the time to come back when
        others have so many to be checked that the answer would come too late.
        """
        if self.is_remembered(account, password_hash, password):
            return
        self.refuse_if_locked(account)
        fingerprint = self._fingerprint(password_hash, password)
        if not await self._is_right(account, fingerprint, password_hash, password):
            raise Refused(RefusalKind.WRONG_PASSWORD)

    async def _is_right(self, account: str, fingerprint: bytes, password_hash: str, password: str) -> bool:
        """Check once for all who ask the same; one account has a few places among those who wait."""
        under_way = self._under_way.setdefault(account, {})
        asked = under_way.get(fingerprint)
        if asked is None:
            if len(under_way) >= _CHECKS_OF_ONE_ACCOUNT:
                raise Refused(RefusalKind.UNAVAILABLE, retry_after_seconds=1)
            asked = asyncio.ensure_future(self._verify_in_turn(account, fingerprint, password_hash, password))
            under_way[fingerprint] = asked
            asked.add_done_callback(lambda _: self._forget_under_way(account, fingerprint))
        return await asyncio.shield(asked)

    def _forget_under_way(self, account: str, fingerprint: bytes) -> None:
        under_way = self._under_way[account]
        del under_way[fingerprint]
        if not under_way:
            del self._under_way[account]

    async def _verify_in_turn(self, account: str, fingerprint: bytes, password_hash: str, password: str) -> bool:
        async with self._turnstile.turn():
            is_right = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._verify, password_hash, password
            )
        if is_right:
            self._failures.pop(account, None)
            self._remembered[account] = (fingerprint, self._seconds() + self._remember_seconds)
            while len(self._remembered) > _MAX_REMEMBERED:
                self._remembered.popitem(last=False)
        else:
            self.count_failure(account)
        return is_right

    def refuse_if_locked(self, account: str) -> None:
        """Raises Refused(LOCKED) while too many wrong passwords were tried for ``account``."""
        failures = self._failures.get(account)
        if failures is not None and failures.locked_until > self._seconds():
            minutes = int((failures.locked_until - self._seconds()) // 60) + 1
            raise Refused(RefusalKind.LOCKED, f"{minutes}分钟后再试")

    def is_remembered(self, account: str, password_hash: str, password: str) -> bool:
        """Was this password found right a short while ago, and is its hash still the account's?"""
        remembered = self._remembered.get(account)
        return (
            remembered is not None
            and remembered[1] > self._seconds()
            and hmac.compare_digest(remembered[0], self._fingerprint(password_hash, password))
        )

    def _fingerprint(self, password_hash: str, password: str) -> bytes:
        # The stored hash is part of it: a changed password forgets the old one at once.
        message = f"{password_hash}\0{password}".encode("utf-8", "replace")
        return hashlib.blake2b(message, key=self._key, digest_size=32).digest()

    def count_failure(self, account: str) -> None:
        """One more wrong password for ``account``."""
        failures = self._failures.setdefault(account, _Failures(0, 0.0))
        failures.count += 1
        if failures.count >= self._max_failures:
            failures.count = 0
            failures.locked_until = self._seconds() + self._lock_seconds
        while len(self._failures) > _MAX_REMEMBERED:
            self._failures.popitem(last=False)


class Pace:
    """A bucket per enterprise: ``per_second`` records for long, ``burst`` at once. Never by address."""

    def __init__(self, per_second: float, burst: float, seconds: Seconds = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._seconds = seconds
        self._buckets: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def take(self, enterprise_id: int, records: int = 1) -> float:
        """Take the worth of so many records; 0 when it was there, else the seconds until it will be.

        More than fits into the bucket is given once the bucket is full, and paid back afterwards.
        """
        now = self._seconds()
        level, at = self._buckets.get(enterprise_id, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._per_second)
        wanted = min(float(records), self._burst)
        if level < wanted:
            self._buckets[enterprise_id] = (level, now)
            return (wanted - level) / self._per_second
        self._buckets[enterprise_id] = (level - records, now)
        if len(self._buckets) > _MAX_REMEMBERED:
            self._buckets.popitem(last=False)
        return 0.0
