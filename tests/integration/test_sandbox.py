"""The sandbox's tables on a real PostgreSQL: like the ordinary ones for ever, wiped, and out of everybody's sight."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace
from tests.integration.test_writer import upload

from chedang.enterprises import accounts, secrets, store
from chedang.enterprises.accounts import SecretBox
from chedang.enterprises.errors import RegistrationRefused
from chedang.enterprises.model import AccountKind, RegistrationText, ReviewState
from chedang.gate.side import RegisterAtOnce
from chedang.intake import sandbox
from chedang.intake.accounts import Pace
from chedang.intake.batches import create_batch, read_batch
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.platform.database import connect, on_search_path
from chedang.platform.passwords import verify_password
from chedang.records.model import RecordText
from chedang.records.store import append
from chedang.vehicles import store as vehicles

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KEY = bytes(range(32))


@pytest.fixture
def ordinary(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url) as connection:
        yield connection


@pytest.fixture
def inside(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the sandbox's gate has it."""
    with connect(on_search_path(database_url, sandbox.SCHEMA)) as connection:
        yield connection


def tables(connection: psycopg.Connection[Any], schema: str) -> set[str]:
    rows = connection.execute("select tablename from pg_tables where schemaname = %s", [schema])
    return {name for (name,) in rows}


def shape(connection: psycopg.Connection[Any], table: str) -> str:
    (text,) = connection.execute("select sandbox.shape(%s::regclass)", [table]).fetchone() or ("",)
    return str(text)


def test_every_table_of_the_archive_side_stands_in_the_sandbox_too(ordinary: psycopg.Connection[Any]) -> None:
    # The desk side's; nothing of the sandbox is exchanged.
    elsewhere = (
        "access_",
        "auth_",
        "django_",
        "exchange_",
        "filing_",
        "owners_",
        "reviews_",
        "supervision_",
        "workshop_",
    )
    archive_side = {name for name in tables(ordinary, "public") if not name.startswith(elsewhere)}
    assert archive_side == set(sandbox.TABLES) == tables(ordinary, "sandbox")


def test_tables_of_the_sandbox_have_the_columns_keys_and_indexes_of_the_ordinary_ones(
    ordinary: psycopg.Connection[Any],
) -> None:
    assert [shape(ordinary, f"sandbox.{table}") for table in sandbox.TABLES] == [
        shape(ordinary, f"public.{table}") for table in sandbox.TABLES
    ]


def test_a_table_that_falls_out_of_step_is_made_anew_with_its_rows(ordinary: psycopg.Connection[Any]) -> None:
    assert sandbox.bring_in_step(ordinary) == []
    box = SecretBox(KEY)
    ordinary.commit()
    ordinary.execute("set search_path = sandbox")
    sandbox.ensure_demo_shop(ordinary, box, NOW)
    ordinary.execute("reset search_path")
    ordinary.execute("alter table enterprise add column nickname text not null default 'none'")
    ordinary.execute("create index enterprise_nickname on enterprise (nickname)")
    ordinary.execute("alter table record_head add column added integer")
    assert sandbox.bring_in_step(ordinary) == ["enterprise", "record_head"]
    assert ordinary.execute("select company_code, nickname from sandbox.enterprise").fetchall() == [
        (sandbox.DEMO_CODE, "none")
    ]
    made = ordinary.execute(
        "insert into sandbox.enterprise (company_code, company_name, division_code, review_state, password_hash,"
        " source, created_at) values ('1', '', '', 'pending', '', 'registered', now()) returning enterprise_id"
    ).fetchone()
    assert made == (2,)
    assert shape(ordinary, "sandbox.enterprise") == shape(ordinary, "public.enterprise")


def test_rows_that_no_longer_fit_are_given_up(ordinary: psycopg.Connection[Any]) -> None:
    ordinary.execute("insert into sandbox.chain_member values ('a', 'b', now())")
    ordinary.execute("alter table chain_member alter column chain_code type integer using chain_code::integer")
    assert sandbox.bring_in_step(ordinary) == ["chain_member"]
    assert ordinary.execute("select count(*) from sandbox.chain_member").fetchone() == (0,)


def test_the_demo_shop_has_the_published_credentials(inside: psycopg.Connection[Any]) -> None:
    box = SecretBox(KEY)
    for _ in range(2):
        sandbox.ensure_demo_shop(inside, box, NOW)
    shop = store.find_by_code(inside, sandbox.DEMO_CODE)
    assert shop is not None
    assert shop.review_state.value == "approved"
    assert verify_password(shop.password_hash, sandbox.DEMO_PASSWORD)
    secret = secrets.find(inside, secrets.public_part(sandbox.DEMO_SECRET) or "")
    assert secret is not None
    assert secret.fits(sandbox.DEMO_SECRET)
    for kind in (AccountKind.OPENAPI, AccountKind.CARLIFE):
        account = accounts.find(inside, kind, sandbox.DEMO_ACCOUNT)
        assert account is not None
        assert account.sealed_secret is not None
        assert box.open(account.sealed_secret) == sandbox.DEMO_SHARED_SECRET


def test_a_connection_of_the_sandbox_sees_no_ordinary_table(
    inside: psycopg.Connection[Any], ordinary: psycopg.Connection[Any]
) -> None:
    ordinary.execute("insert into feed_position values ('someone', 7)")
    ordinary.commit()
    assert inside.execute("select count(*) from feed_position").fetchone() == (0,)
    with pytest.raises(psycopg.errors.UndefinedTable):
        inside.execute("select count(*) from django_migrations")


def test_what_is_thirty_days_old_is_wiped_and_the_rest_stays(
    inside: psycopg.Connection[Any], ordinary: psycopg.Connection[Any]
) -> None:
    sandbox.ensure_demo_shop(inside, SecretBox(KEY), NOW - timedelta(days=90))
    inside.commit()
    for age_days, number in ((29, 1), (31, 2)):
        one = replace(upload(number), received_at=NOW - timedelta(days=age_days), company_code="330106900000001")
        append(inside, [one])
        append(ordinary, [one])
    for age_days, code in ((60, "330106900000001"), (60, "330106900000002"), (5, "330106900000003")):
        inside.execute(
            "insert into enterprise (company_code, company_name, division_code, review_state, password_hash, source,"
            " created_at) values (%s, '', '', 'approved', '', 'registered', %s)",
            [code, NOW - timedelta(days=age_days)],
        )
        secrets.make(inside, code, by="test", now=NOW)
    inside.commit()
    sandbox.wipe(ordinary, NOW)
    ordinary.commit()
    left = {
        table: [row[0] for row in inside.execute(f"select {column} from {table} order by 1")]  # noqa: S608 - our own names
        for table, column in (
            ("record_version", "settlement_list_number"),
            ("record_head", "version"),
            ("record_change", "version"),
            ("enterprise", "company_code"),
            ("api_secret", "company_code"),
            ("machine_account", "company_code"),
        )
    }
    shops = ["330106900000000", "330106900000001", "330106900000003"]
    assert left == {
        "record_version": ["1"],
        "record_head": [1],
        "record_change": [1],
        "enterprise": shops,
        "api_secret": shops,
        "machine_account": [sandbox.DEMO_CODE] * len(AccountKind),
    }
    assert ordinary.execute("select count(*) from record_version").fetchone() == (2,)


def test_whatever_can_grow_in_the_sandbox_is_wiped() -> None:
    """A new table of intake that is forgotten would fill the disk."""
    sql = (Path(sandbox.__file__).parent / "sql" / "sandbox.sql").read_text(encoding="utf-8")
    filled_by_nothing_here = {
        "feed_position",
        "vehicle",
        "vehicle_plate",
        "vehicle_registration",
        "known_enterprise",
        "code_allocation",
        "maker",
        "maker_dealer",
        "shop_channel",
        "shop_profile",
        "rule_document",
        "shop_figures",
        "shop_hours",
        "city_hours",
        "city_item",
        "city_round",
        "shop_badge",
        "shop_expectation",
        "counted_record",
        "shop_day",
        "shop_month",
        "counted_shop",
        "area_day",
        "area_month",
        "figures_reach",
        "emission_test_station",
        "emission_station_key",
        "emission_repair_station",
        "emission_ticket",
        "emission_step",
        "emission_ruling",
        "emission_named_record",
        "watch_entry",
        "watch_alert",
        "watch_receipt",
        "watch_duty",
        "intake_refusal",
        "intake_client",
        "shop_software",
    }
    one_row = {"enterprise_serial"}
    unwiped = {table for table in sandbox.TABLES if f"delete from sandbox.{table} " not in sql}  # noqa: S608 - nothing is run
    assert unwiped == filled_by_nothing_here | one_row


def test_the_worker_does_the_sandbox_s_batches_wipes_it_and_shows_none_of_it(
    inside: psycopg.Connection[Any], ordinary: psycopg.Connection[Any], database_url: str, tmp_path: Path
) -> None:
    now = datetime.now(UTC)  # the worker has a clock of its own
    sandbox.ensure_demo_shop(inside, SecretBox(KEY), now)
    long_ago = replace(upload(7), received_at=now - timedelta(days=400), settlement_list_number="old")
    append(inside, [long_ago])
    text = RecordText(
        vin="LXXAA11A3R1000017", plate_number="浙A12345", settle_date="20260301", settlement_list_number="SB-1"
    )
    batch_id = create_batch(inside, sandbox.DEMO_CODE, [text], actor="", now=now)
    inside.commit()
    environment = {"CHEDANG_DATABASE_URL": database_url, "CHEDANG_DATA_DIR": str(tmp_path)}
    worker = subprocess.Popen([sys.executable, "-m", "chedang.cli.worker"], env=os.environ | environment)
    try:
        for _ in range(300):
            batch = read_batch(inside, batch_id)
            numbers = {row[0] for row in inside.execute("select settlement_list_number from record_version")}
            inside.commit()
            if batch is not None and batch.created == 1 and numbers == {"SB-1"}:
                break
            time.sleep(0.1)
        assert batch is not None
        assert (batch.created, numbers) == (1, {"SB-1"})
    finally:
        worker.terminate()
        assert worker.wait(timeout=30) == 0
    for table in ("record_version", "record_head", "record_change", "vehicle", "vehicle_plate", "feed_position"):
        assert ordinary.execute(f"select count(*) from {table}").fetchone() == (0,), table  # type: ignore[arg-type]  # noqa: S608
    assert vehicles.find_by_plate_and_vin_tail(ordinary, "浙A12345", "000017") == []


def test_strangers_cannot_fill_the_sandbox_with_shops(inside: psycopg.Connection[Any]) -> None:
    seconds = [0.0]
    register = RegisterAtOnce(Pace(0.5, 2.0, seconds=lambda: seconds[0]))

    def shop(number: int, division_code: str = "330106") -> RegistrationText:
        return RegistrationText(company_name=f"试用{number}", password="a-password", division_code=division_code)

    for number in range(10):
        with pytest.raises(RegistrationRefused):
            register(inside, shop(number, division_code=""), NOW)
    assert register(inside, shop(1), NOW).review_state is ReviewState.APPROVED
    register(inside, shop(2), NOW)
    with pytest.raises(Refused) as refused:
        register(inside, shop(3), NOW)
    assert refused.value.refusal.kind is RefusalKind.TOO_FAST
    seconds[0] += refused.value.refusal.retry_after_seconds or 0
    register(inside, shop(3), NOW)
