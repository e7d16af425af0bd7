"""Who uploads: the enterprise behind a code or a token, and whether a password is right (ours).

A password costs tens of milliseconds to check, and real clients ask for a token before every record; so a password
found right is remembered for minutes by a keyed digest. A remembered password also passes while the account is locked:
guessing at a shop's password from outside cannot stop that shop's own software.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from chedang.enterprises.model import Enterprise
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.platform.passwords import verify_password

Seconds = Callable[[], float]

_MAX_REMEMBERED = 100_000
_CHECKS_AT_ONCE = 2


class Directory:
    """Enterprises by number and by code, read through ``find_*`` in a thread and kept for a few seconds."""

    def __init__(
        self,
        find_by_id: Callable[[int], Enterprise | None],
        find_by_code: Callable[[str], Enterprise | None],
        *,
        fresh_seconds: float = 5.0,
        seconds: Seconds = time.monotonic,
    ) -> None:
        self._find_by_id = find_by_id
        self._find_by_code = find_by_code
        self._fresh_seconds = fresh_seconds
        self._seconds = seconds
        self._known: OrderedDict[int, tuple[float, Enterprise | None]] = OrderedDict()
        self._asked: dict[int, asyncio.Future[Enterprise | None]] = {}

    async def by_id(self, enterprise_id: int) -> Enterprise | None:
        """The enterprise with this number as of a few seconds ago; one look-up serves all who wait for it."""
        known = self._known.get(enterprise_id)
        if known is not None and known[0] > self._seconds():
            return known[1]
        asked = self._asked.get(enterprise_id)
        if asked is None:
            asked = asyncio.ensure_future(self._look_up(enterprise_id))
            self._asked[enterprise_id] = asked
            asked.add_done_callback(lambda _: self._asked.pop(enterprise_id, None))
        return await asyncio.shield(asked)

    async def by_code(self, company_code: str) -> Enterprise | None:
        """The enterprise with this code as of now: asked for tokens, where a fresh answer matters."""
        return await asyncio.to_thread(self._find_by_code, company_code)

    async def _look_up(self, enterprise_id: int) -> Enterprise | None:
        enterprise = await asyncio.to_thread(self._find_by_id, enterprise_id)
        self._known[enterprise_id] = (self._seconds() + self._fresh_seconds, enterprise)
        self._known.move_to_end(enterprise_id)
        while len(self._known) > _MAX_REMEMBERED:
            self._known.popitem(last=False)
        return enterprise


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
        remember_seconds: float = 600.0,
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
        self._slots = asyncio.Semaphore(_CHECKS_AT_ONCE)
        self._threads = ThreadPoolExecutor(_CHECKS_AT_ONCE, thread_name_prefix="password")

    async def check(self, enterprise: Enterprise, password: str) -> None:
        """Return when right. Raises Refused: WRONG_PASSWORD, or LOCKED after too many wrong ones."""
        code = enterprise.company_code
        fingerprint = self._fingerprint(enterprise, password)
        if self._is_remembered(code, fingerprint):
            return
        self.refuse_if_locked(code)
        async with self._slots:
            if self._is_remembered(code, fingerprint):
                return
            is_right = await asyncio.get_running_loop().run_in_executor(
                self._threads, self._verify, enterprise.password_hash, password
            )
        if not is_right:
            self.count_failure(code)
            raise Refused(RefusalKind.WRONG_PASSWORD)
        self._failures.pop(code, None)
        self._remembered[code] = (fingerprint, self._seconds() + self._remember_seconds)
        while len(self._remembered) > _MAX_REMEMBERED:
            self._remembered.popitem(last=False)

    def refuse_if_locked(self, account: str) -> None:
        """Raises Refused(LOCKED) while too many wrong passwords were tried for ``account``."""
        failures = self._failures.get(account)
        if failures is not None and failures.locked_until > self._seconds():
            minutes = int((failures.locked_until - self._seconds()) // 60) + 1
            raise Refused(RefusalKind.LOCKED, f"{minutes}分钟后再试")

    def _is_remembered(self, code: str, fingerprint: bytes) -> bool:
        remembered = self._remembered.get(code)
        return (
            remembered is not None
            and remembered[1] > self._seconds()
            and hmac.compare_digest(remembered[0], fingerprint)
        )

    def _fingerprint(self, enterprise: Enterprise, password: str) -> bytes:
        # The stored hash is part of it: a changed password forgets the old one at once.
        message = f"{enterprise.password_hash}\0{password}".encode("utf-8", "replace")
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

    def take(self, enterprise_id: int) -> float:
        """Take one record's worth; 0 when it was there, else the seconds until it will be."""
        now = self._seconds()
        level, at = self._buckets.get(enterprise_id, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._per_second)
        if level < 1.0:
            self._buckets[enterprise_id] = (level, now)
            return (1.0 - level) / self._per_second
        self._buckets[enterprise_id] = (level - 1.0, now)
        if len(self._buckets) > _MAX_REMEMBERED:
            self._buckets.popitem(last=False)
        return 0.0
