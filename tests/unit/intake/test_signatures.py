"""Signed calls: the secret, the clock, replays, and a lock-out that keeps no shop out."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chedang.enterprises.accounts import MachineAccount
from chedang.enterprises.model import AccountKind
from chedang.intake.accounts import Directory
from chedang.intake.outcomes import RefusalKind, Refused, Signature
from chedang.intake.signatures import ReplayGuard, SignatureChecker, WrongSignatures, read_timestamp

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Shop(msgspec.Struct, frozen=True):
    company_code: str = "330106000000001"


class Finders:
    """What the directory reads; sealing is writing backwards here."""

    def __init__(self) -> None:
        self.secret: bytes | None = b"terces"
        self.has_shop = True

    def by_id(self, enterprise_id: int) -> Any:
        raise AssertionError(enterprise_id)

    def by_code(self, company_code: str) -> Any:
        return Shop(company_code) if self.has_shop else None

    def account(self, kind: AccountKind, name: str) -> MachineAccount | None:
        return MachineAccount(kind, name, "330106000000001", "", self.secret) if name == "app-1" else None

    def permission(self, account_code: str, company_code: str, today: date) -> Any:
        raise AssertionError(account_code)

    def secret_of(self, secret_id: str) -> Any:
        raise AssertionError(secret_id)


class World:
    def __init__(self) -> None:
        self.finders = Finders()
        self.now = NOW
        self.seconds = 0.0
        self.checker = SignatureChecker(
            Directory(self.finders, seconds=lambda: self.seconds),  # type: ignore[arg-type]
            lambda sealed: sealed.decode()[::-1],
            clock=lambda: self.now,
            window=24 * HOUR,
            wrong=WrongSignatures(most=3, for_seconds=300, seconds=lambda: self.seconds),
        )

    def call(self, signature: Signature, fault: Exception | None = None) -> str:
        """'' when the call passed, else the code of its refusal."""

        async def perform() -> None:
            async with self.checker.checked(signature) as enterprise:
                assert enterprise.company_code == "330106000000001"
                if fault is not None:
                    raise fault

        try:
            asyncio.run(perform())
        except Refused as refused:
            return refused.refusal.kind.code
        return ""


@pytest.fixture
def world() -> World:
    return World()


def sign(secret: str = "secret", nonce: str = "1", sent_at: datetime = NOW, **changes: Any) -> Signature:
    content = f"nonce={nonce}&timestamp={sent_at.timestamp()}".encode()
    digest = hashlib.md5(content + secret.encode(), usedforsecurity=False).hexdigest()
    signature = Signature(AccountKind.OPENAPI, "app-1", content, b"", digest, nonce, sent_at, "/insert")
    return msgspec.structs.replace(signature, **changes)


def test_a_right_signature_names_its_shop(world: World) -> None:
    assert world.call(sign()) == ""


def test_the_secret_may_stand_in_front(world: World) -> None:
    digest = hashlib.md5(b"secret|nonce=1", usedforsecurity=False).hexdigest()
    assert world.call(sign(before=b"", after=b"|nonce=1", digest=digest)) == ""
    other_forms = ((b"", b"|x"), (b"", b"|nonce=1"))
    assert world.call(sign(before=b"", after=b"|y", digest=digest, path="/b", other_forms=other_forms)) == ""
    assert world.call(sign(before=b"", after=b"|y", digest=digest, path="/c")) == "BAD_SIGNATURE"


@pytest.mark.parametrize("digest", ["", "0" * 32, "é" * 32, "secret", "\ud800", "0" * 100_000])
def test_anything_else_is_wrong(world: World, digest: str) -> None:
    assert world.call(sign(digest=digest)) == "BAD_SIGNATURE"


def test_an_unknown_account_an_account_without_a_secret_and_one_without_a_shop_are_told_apart(world: World) -> None:
    assert world.call(sign(account="app-2")) == "UNKNOWN_ACCOUNT"
    world.finders.has_shop = False
    assert world.call(sign()) == "UNKNOWN_ENTERPRISE"
    world.finders.secret = None
    world.seconds += 60
    assert world.call(sign()) == "UNKNOWN_ACCOUNT"


def test_a_changed_secret_works_at_once(world: World) -> None:
    assert world.call(sign()) == ""
    world.finders.secret = b"wen"
    assert world.call(sign("new", nonce="2")) == ""
    world.seconds += 60
    assert world.call(sign(nonce="3")) == "BAD_SIGNATURE"


@pytest.mark.parametrize("hours", [-24, -8, 0, 8, 24])
def test_a_clock_up_to_a_day_off_is_served(world: World, hours: int) -> None:
    assert world.call(sign(sent_at=NOW + hours * HOUR)) == ""


@pytest.mark.parametrize("hours", [-25, 25, -24 * 365 * 56])
def test_a_clock_further_off_is_told_how_far(world: World, hours: int) -> None:
    async def perform() -> None:
        async with world.checker.checked(sign(sent_at=NOW + hours * HOUR)):
            raise AssertionError

    with pytest.raises(Refused) as caught:
        asyncio.run(perform())
    assert caught.value.refusal.kind is RefusalKind.STALE_REQUEST
    assert f"{'快' if hours > 0 else '慢'}{abs(hours) * 60}分钟" in caught.value.refusal.detail


def test_the_same_signature_passes_once_on_each_path(world: World) -> None:
    assert [world.call(sign()), world.call(sign())] == ["", "REPLAYED"]
    assert [world.call(sign(path="/items")), world.call(sign(path="/items"))] == ["", "REPLAYED"]
    world.now += 24 * HOUR + timedelta(seconds=1)
    assert world.call(sign()) == "STALE_REQUEST"


def test_a_call_that_failed_may_be_repeated_byte_for_byte(world: World) -> None:
    assert world.call(sign(), Refused(RefusalKind.UNKNOWN_RECORD)) == "UNKNOWN_RECORD"
    with suppress(OSError):
        world.call(sign(), OSError())
    assert [world.call(sign()), world.call(sign())] == ["", "REPLAYED"]


def test_two_of_the_same_at_once_do_not_both_pass(world: World) -> None:
    async def perform() -> list[str]:
        async def one() -> str:
            try:
                async with world.checker.checked(sign()):
                    await asyncio.sleep(0.01)
            except Refused as refused:
                return refused.refusal.kind.code
            return ""

        return sorted(await asyncio.gather(one(), one(), one()))

    assert asyncio.run(perform()) == ["", "REPLAYED", "REPLAYED"]


def test_many_wrong_signatures_lock_whoever_signs_wrongly_and_nobody_else(world: World) -> None:
    wrong = [world.call(sign("guess", nonce=str(number))) for number in range(5)]
    assert wrong == ["BAD_SIGNATURE"] * 3 + ["LOCKED"] * 2
    assert world.call(sign(nonce="right")) == ""
    assert world.call(sign("guess", nonce="x")) == "BAD_SIGNATURE"


def test_a_lock_ends(world: World) -> None:
    for number in range(4):
        world.call(sign("guess", nonce=str(number)))
    world.seconds = 301
    assert world.call(sign("guess")) == "BAD_SIGNATURE"


def test_the_memory_of_replays_and_of_wrong_signatures_is_bounded() -> None:
    guard = ReplayGuard(most=100)
    for number in range(1_000):
        assert guard.take(b"%d" % number, now=NOW, until=NOW + HOUR)
    assert len(guard) == 100
    assert not guard.take(b"999", now=NOW, until=NOW + HOUR)
    assert guard.take(b"new", now=NOW + 2 * HOUR, until=NOW + 3 * HOUR)
    assert len(guard) == 1
    wrong = WrongSignatures(most=1, accounts=10, seconds=lambda: 0.0)
    for number in range(1_000):
        wrong.count(AccountKind.OPENAPI, str(number))
    assert sum(wrong.is_locked(AccountKind.OPENAPI, str(number)) for number in range(1_000)) == 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1795312800", datetime(2026, 11, 22, 2, 0, tzinfo=UTC)),
        ("1795312800000", datetime(2026, 11, 22, 2, 0, tzinfo=UTC)),
        ("1795312800500", datetime(2026, 11, 22, 2, 0, 0, 500_000, tzinfo=UTC)),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
        ("", None),
        ("-1", None),
        ("1e9", None),
        ("１７９", None),
        ("9" * 16, None),
        ("9" * 5_000, None),
    ],
)
def test_a_timestamp_is_seconds_or_milliseconds(text: str, expected: datetime | None) -> None:
    assert read_timestamp(text) == expected
