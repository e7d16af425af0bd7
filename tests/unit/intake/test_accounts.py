"""Who uploads: passwords checked slowly once, guesses locked out without locking the shop out, paces per shop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from chedang.enterprises.accounts import MachineAccount
from chedang.enterprises.maker_model import NotPermitted
from chedang.enterprises.model import AccountKind, Enterprise, ReviewState, Source
from chedang.enterprises.secrets import ApiSecret
from chedang.intake.accounts import Directory, Pace, PasswordChecker
from chedang.intake.outcomes import RefusalKind, Refused

RIGHT = "example-password"


class FakeSeconds:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def shop(password_hash: str = "hash") -> Enterprise:
    return Enterprise(
        company_code="330106000000001",
        enterprise_id=1,
        company_name="杭州青禾汽车维修有限公司",
        division_code="330106",
        review_state=ReviewState.APPROVED,
        reviewed_at=None,
        reviewed_by="",
        review_reason="",
        password_hash=password_hash,
        password_is_weak=False,
        password_changed_at=None,
        token_generation=0,
        source=Source.REGISTERED,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


class Book:
    """A directory's finders of which only the number matters here."""

    def __init__(self, by_id: Callable[[int], Enterprise | None]) -> None:
        self.by_id = by_id

    def by_code(self, _company_code: str) -> Enterprise | None:
        return None

    def account(self, _kind: AccountKind, _name: str) -> MachineAccount | None:
        return None

    def permission(self, _account_code: str, _company_code: str, _today: date) -> NotPermitted:
        return NotPermitted("")

    def secret(self, _secret_id: str) -> ApiSecret | None:
        return None


class Verifier:
    """Counts how often the slow check runs."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, _password_hash: str, password: str) -> bool:
        self.calls += 1
        return password == RIGHT


def refusal_of(checker: PasswordChecker, password: str) -> RefusalKind | None:
    try:
        asyncio.run(checker.check(shop().company_code, "hash", password))
    except Refused as refused:
        return refused.refusal.kind
    return None


@pytest.fixture
def seconds() -> FakeSeconds:
    return FakeSeconds()


@pytest.fixture
def verifier() -> Verifier:
    return Verifier()


@pytest.fixture
def checker(seconds: FakeSeconds, verifier: Verifier) -> PasswordChecker:
    return PasswordChecker(
        key=b"k" * 32, max_failures=3, lock_seconds=60, remember_seconds=600, seconds=seconds, verify=verifier
    )


def test_a_right_password_is_checked_slowly_once_in_ten_minutes(
    checker: PasswordChecker, verifier: Verifier, seconds: FakeSeconds
) -> None:
    assert [refusal_of(checker, RIGHT) for _ in range(5)] == [None] * 5
    assert verifier.calls == 1
    seconds.now = 601
    assert refusal_of(checker, RIGHT) is None
    assert verifier.calls == 2


def test_a_wrong_password_is_refused_and_never_remembered(checker: PasswordChecker, verifier: Verifier) -> None:
    assert refusal_of(checker, "wrong") is RefusalKind.WRONG_PASSWORD
    assert refusal_of(checker, "wrong") is RefusalKind.WRONG_PASSWORD
    assert verifier.calls == 2


def test_guessing_locks_the_account_for_a_while(checker: PasswordChecker, seconds: FakeSeconds) -> None:
    assert [refusal_of(checker, "wrong") for _ in range(3)] == [RefusalKind.WRONG_PASSWORD] * 3
    assert refusal_of(checker, "wrong") is RefusalKind.LOCKED
    assert refusal_of(checker, RIGHT) is RefusalKind.LOCKED
    seconds.now = 61
    assert refusal_of(checker, RIGHT) is None


def test_guessing_does_not_stop_the_shops_own_software(checker: PasswordChecker) -> None:
    assert refusal_of(checker, RIGHT) is None
    for _ in range(4):
        refusal_of(checker, "wrong")
    assert refusal_of(checker, RIGHT) is None


def test_a_changed_password_forgets_the_old_one_at_once(verifier: Verifier) -> None:
    checker = PasswordChecker(key=b"k" * 32, verify=verifier)
    asyncio.run(checker.check(shop().company_code, "old hash", RIGHT))
    asyncio.run(checker.check(shop().company_code, "new hash", RIGHT))
    assert verifier.calls == 2


def test_a_pace_lets_a_burst_through_and_then_the_steady_rate(seconds: FakeSeconds) -> None:
    pace = Pace(per_second=2, burst=3, seconds=seconds)
    assert [pace.take(1) for _ in range(4)] == [0, 0, 0, 0.5]
    assert pace.take(2) == 0, "another shop has its own bucket"
    seconds.now = 0.5
    assert pace.take(1) == 0


def test_one_look_up_serves_everyone_who_waits_and_is_forgotten_after_seconds(seconds: FakeSeconds) -> None:
    asked: list[int] = []

    def find(enterprise_id: int) -> Enterprise:
        asked.append(enterprise_id)
        return shop()

    async def run() -> None:
        directory = Directory(Book(find), fresh_seconds=5, seconds=seconds)
        await asyncio.gather(*(directory.by_id(1) for _ in range(20)))
        await directory.by_id(1)
        assert asked == [1]
        seconds.now = 6
        await directory.by_id(1)
        assert asked == [1, 1]

    asyncio.run(run())


def test_a_look_up_that_failed_is_tried_again_by_the_next(seconds: FakeSeconds) -> None:
    faults = [ConnectionError("gone")]

    def find(_enterprise_id: int) -> Enterprise:
        if faults:
            raise faults.pop()
        return shop()

    async def run() -> None:
        directory = Directory(Book(find), seconds=seconds)
        with pytest.raises(ConnectionError):
            await directory.by_id(1)
        assert (await directory.by_id(1)) is not None

    asyncio.run(run())


class SlowVerifier:
    """Does not answer until told."""

    def __init__(self) -> None:
        self.calls = 0
        self.may_answer = threading.Event()

    def __call__(self, _password_hash: str, password: str) -> bool:
        self.calls += 1
        self.may_answer.wait(10)
        return password == RIGHT


def test_many_who_ask_the_same_at_once_cost_one_check() -> None:
    slow = SlowVerifier()

    async def run() -> None:
        checker = PasswordChecker(key=b"k" * 32, verify=slow)
        checks = [asyncio.ensure_future(checker.check("shop", "hash", RIGHT)) for _ in range(50)]
        await asyncio.sleep(0)
        slow.may_answer.set()
        await asyncio.gather(*checks)

    asyncio.run(run())
    assert slow.calls == 1


def test_guesses_at_one_account_leave_the_queue_to_others() -> None:
    slow = SlowVerifier()

    async def run() -> list[BaseException | None]:
        checker = PasswordChecker(key=b"k" * 32, verify=slow)
        guesses = [asyncio.ensure_future(checker.check("shop", "hash", f"guess {number}")) for number in range(50)]
        other = asyncio.ensure_future(checker.check("another shop", "hash", RIGHT))
        await asyncio.sleep(0)
        slow.may_answer.set()
        await other
        return await asyncio.gather(*guesses, return_exceptions=True)

    outcomes = asyncio.run(run())
    kinds = [outcome.refusal.kind for outcome in outcomes if isinstance(outcome, Refused)]
    assert kinds == [RefusalKind.WRONG_PASSWORD] * 2 + [RefusalKind.UNAVAILABLE] * 48
    assert slow.calls == 3


def test_a_flood_of_strangers_is_sent_away_and_stops_no_shop_that_is_known() -> None:
    slow = SlowVerifier()

    async def run() -> list[BaseException | None]:
        checker = PasswordChecker(key=b"k" * 32, verify=slow)
        slow.may_answer.set()
        await checker.check("shop", "hash", RIGHT)
        slow.may_answer.clear()
        flood = [asyncio.ensure_future(checker.check(f"code {number}", "hash", "guess")) for number in range(500)]
        await asyncio.sleep(0)
        await checker.check("shop", "hash", RIGHT)
        slow.may_answer.set()
        return await asyncio.gather(*flood, return_exceptions=True)

    outcomes = asyncio.run(run())
    kinds = [outcome.refusal.kind for outcome in outcomes if isinstance(outcome, Refused)]
    assert kinds.count(RefusalKind.UNAVAILABLE) > 400
