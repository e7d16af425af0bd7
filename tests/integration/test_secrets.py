"""Secrets of shops on a real PostgreSQL: at most two, shown once, ended at once, with a notice before they expire."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from chedang.enterprises import actions, secrets
from chedang.enterprises.errors import ExpiryRefused, TooManySecrets
from chedang.enterprises.model import RegistrationText
from chedang.enterprises.secrets import MadeSecret
from chedang.gate.lookups import Finders, PooledDatabase
from chedang.intake import secrets as keeping
from chedang.intake.accounts import Directory, PasswordChecker
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.platform.database import connect, open_pool

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
PASSWORD = "example-password-1"

Answer = TypeVar("Answer")


class Tools:
    """The part of intake that secrets need, over a real database, with a clock that moves only when told."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self.now = NOW
        self.seconds = 0.0
        self.directory = Directory(Finders(pool), seconds=lambda: self.seconds)
        self.passwords = PasswordChecker(key=bytes(32), seconds=lambda: self.seconds)
        self.run = PooledDatabase(pool)

    def clock(self) -> datetime:
        return self.now


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url) as connection:
        yield connection


@pytest.fixture
def company_code(connection: psycopg.Connection[Any]) -> str:
    text = RegistrationText(company_name="杭州青禾汽车维修有限公司", password=PASSWORD, division_code="330106")
    code = actions.register(connection, text, now=NOW).enterprise.company_code
    connection.commit()
    return code


@pytest.fixture
def tools(database_url: str) -> Iterator[Tools]:
    with open_pool(database_url, name="secrets-test") as pool:
        yield Tools(pool)


def make(connection: psycopg.Connection[Any], company_code: str, **more: Any) -> MadeSecret:
    made = secrets.make(connection, company_code, by="test", now=NOW, **more)
    connection.commit()
    return made


def refusal(tools: Tools, authorization: str) -> RefusalKind | None:
    try:
        asyncio.run(keeping.authenticate(tools, authorization))
    except Refused as refused:
        return refused.refusal.kind
    return None


def basic(company_code: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{company_code}:{password}".encode()).decode()


def test_nothing_kept_leads_back_to_the_secret(connection: psycopg.Connection[Any], company_code: str) -> None:
    made = make(connection, company_code)
    row = connection.execute("select api_secret::text from api_secret").fetchone()
    assert row is not None
    assert made.text.rsplit("_", 1)[1] not in row[0]
    assert made.text not in repr(made)


def test_a_shop_has_two_good_secrets_and_no_third(connection: psycopg.Connection[Any], company_code: str) -> None:
    first = make(connection, company_code)
    make(connection, company_code)
    with pytest.raises(TooManySecrets):
        make(connection, company_code)
    assert secrets.end(connection, company_code, first.kept.secret_id, by="test", now=NOW)
    make(connection, company_code)
    assert [each.is_live(NOW) for each in secrets.list_of(connection, company_code)].count(True) == 2


def test_an_expired_secret_leaves_its_place_to_another(connection: psycopg.Connection[Any], company_code: str) -> None:
    for _ in range(2):
        secrets.make(connection, company_code, by="test", now=NOW - timedelta(days=200))
    make(connection, company_code)


def test_two_makers_at_once_do_not_make_three(database_url: str, company_code: str) -> None:
    together = Barrier(4)
    made: list[MadeSecret] = []

    def make_one() -> None:
        with connect(database_url) as own:
            together.wait()
            try:
                made.append(make(own, company_code))
            except TooManySecrets:
                return

    threads = [Thread(target=make_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2


@pytest.mark.parametrize("days", [-1, 0, 401])
def test_a_secret_ends_in_the_future_and_within_400_days(
    connection: psycopg.Connection[Any], company_code: str, days: int
) -> None:
    with pytest.raises(ExpiryRefused):
        make(connection, company_code, expires_at=NOW + timedelta(days=days))


def test_no_shop_ends_the_secret_of_another(connection: psycopg.Connection[Any], company_code: str) -> None:
    made = make(connection, company_code)
    assert not secrets.end(connection, "330106999999999", made.kept.secret_id, by="test", now=NOW)
    assert secrets.find(connection, made.kept.secret_id) is not None


def test_a_secret_opens_the_door_of_its_shop_only_while_it_is_good(
    connection: psycopg.Connection[Any], company_code: str, tools: Tools
) -> None:
    made = make(connection, company_code, expires_at=NOW + timedelta(days=60))
    enterprise, notice = asyncio.run(keeping.authenticate(tools, f"Bearer {made.text}"))
    assert (enterprise.company_code, notice) == (company_code, None)
    tools.now = NOW + timedelta(days=60)
    assert refusal(tools, f"Bearer {made.text}") is RefusalKind.EXPIRED_TOKEN


def test_an_ended_secret_is_refused_at_once_here_and_within_five_seconds_elsewhere(
    connection: psycopg.Connection[Any], company_code: str, tools: Tools
) -> None:
    first, second = make(connection, company_code), make(connection, company_code)
    for each in (first, second):
        assert refusal(tools, f"Bearer {each.text}") is None
        assert refusal(tools, f"Bearer {each.text}") is None
    enterprise = asyncio.run(tools.directory.by_code(company_code))
    assert enterprise is not None
    asyncio.run(keeping.end_secret(tools, enterprise, "test", first.kept.secret_id))
    assert refusal(tools, f"Bearer {first.text}") is RefusalKind.BAD_TOKEN
    secrets.end(connection, company_code, second.kept.secret_id, by="test", now=NOW)
    connection.commit()
    tools.seconds += 5
    assert refusal(tools, f"Bearer {second.text}") is RefusalKind.BAD_TOKEN


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer cd_00000000_", "Token x", "Bearer cd_00000000_" + "A" * 43, "Bearer \ud800"],
)
def test_what_is_no_secret_is_refused(tools: Tools, authorization: str) -> None:
    assert refusal(tools, authorization) is RefusalKind.BAD_TOKEN


def test_ten_thousand_guesses_at_a_public_part_do_not_keep_its_shop_out(
    connection: psycopg.Connection[Any], company_code: str, tools: Tools
) -> None:
    made = make(connection, company_code)

    async def guess_and_then_sign_in() -> None:
        await keeping.authenticate(tools, f"Bearer {made.text}")
        for number in range(10_000):
            with pytest.raises(Refused):
                await keeping.authenticate(tools, f"Bearer cd_{made.kept.secret_id}_{number:043d}")
        await keeping.authenticate(tools, f"Bearer {made.text}")

    asyncio.run(guess_and_then_sign_in())


def test_the_day_of_use_is_written_once(connection: psycopg.Connection[Any], company_code: str, tools: Tools) -> None:
    made = make(connection, company_code)
    for _ in range(3):
        asyncio.run(keeping.authenticate(tools, f"Bearer {made.text}"))
    (kept,) = secrets.list_of(connection, company_code)
    assert kept.last_used_on == date(2026, 3, 1)
    written_by = "select xmin::text from api_secret"  # the transaction that wrote the row last
    before = connection.execute(written_by).fetchone()
    connection.commit()
    asyncio.run(keeping.authenticate(tools, f"Bearer {made.text}"))
    assert connection.execute(written_by).fetchone() == before


@pytest.mark.parametrize(("days", "stage"), [(31, None), (30, 30), (15, 30), (14, 14), (4, 14), (3, 3), (0, 3)])
def test_notices_grow_more_urgent_towards_the_end(days: int, stage: int | None) -> None:
    secret = secrets.ApiSecret("0123abcd", "330106000000001", b"", NOW, "test", NOW + timedelta(days=days), None, None)
    notice = keeping.notice_of(secret, NOW)
    assert (notice and notice.stage_days) == stage
    if notice is not None:
        assert notice.days_left == days
        assert "cd_0123abcd" in notice.text
        assert notice.expires_on.isoformat() in notice.text


def test_a_password_makes_secrets_and_its_lock_does_not_close_the_door_for_secrets(
    connection: psycopg.Connection[Any], company_code: str, tools: Tools
) -> None:
    enterprise, by, notice = asyncio.run(keeping.authenticate_for_secrets(tools, basic(company_code, PASSWORD)))
    assert (enterprise.company_code, by, notice) == (company_code, keeping.BY_SIGN_IN, None)
    made = asyncio.run(keeping.make_secret(tools, enterprise, by, None))
    other = PasswordChecker(key=bytes(32), seconds=lambda: tools.seconds, max_failures=3)
    tools.passwords = other
    kinds = []
    for _ in range(4):
        with pytest.raises(Refused) as refused:
            asyncio.run(keeping.authenticate_for_secrets(tools, basic(company_code, "a wrong one")))
        kinds.append(refused.value.refusal.kind)
    assert kinds == [RefusalKind.WRONG_PASSWORD] * 3 + [RefusalKind.LOCKED]
    other.refuse_if_locked(company_code)  # the token call of the older vocabularies stays open
    assert refusal(tools, f"Bearer {made.text}") is None


@pytest.mark.parametrize("credentials", ["", "%%%", "bm9jb2xvbg==", "Og==", base64.b64encode(b"\xff:x").decode()])
def test_bad_basic_credentials_are_a_wrong_password(tools: Tools, credentials: str) -> None:
    with pytest.raises(Refused) as refused:
        asyncio.run(keeping.authenticate_for_secrets(tools, f"Basic {credentials}"))
    assert refused.value.refusal.kind is RefusalKind.WRONG_PASSWORD


def test_refusals_of_the_care_of_secrets_say_what_is_wrong(
    company_code: str, tools: Tools, connection: psycopg.Connection[Any]
) -> None:
    enterprise = asyncio.run(tools.directory.by_code(company_code))
    assert enterprise is not None
    for _ in range(2):
        asyncio.run(keeping.make_secret(tools, enterprise, "test", None))
    wanted: list[tuple[Callable[[], Any], RefusalKind]] = [
        (lambda: keeping.make_secret(tools, enterprise, "test", None), RefusalKind.CONFLICT),
        (
            lambda: keeping.make_secret(tools, enterprise, "test", NOW + timedelta(days=500)),
            RefusalKind.NOT_ACCEPTABLE,
        ),
        (lambda: keeping.end_secret(tools, enterprise, "test", "00000000"), RefusalKind.UNKNOWN_RECORD),
    ]
    for call, kind in wanted:
        with pytest.raises(Refused) as refused:
            asyncio.run(call())
        assert refused.value.refusal.kind is kind
