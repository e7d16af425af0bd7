"""The schema, accounts and audit events in a real database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction

from chedang.site.accounts import ensure_demo_logins
from chedang.site.databases import named_database
from chedang.site.migrate import migrate

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def django_on_database(database_url: str) -> Iterator[str]:
    """Django's models work on the fresh database."""
    with named_database(database_url, "default"):
        yield database_url


def test_two_migration_runs_at_once_do_every_step_once(empty_database_url: str) -> None:
    reports: list[str] = []
    runs = [threading.Thread(target=lambda: reports.append(migrate_in_process(empty_database_url))) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    applied = [report.count("Applying archive.0002_pre_records") for report in reports]
    assert sorted(applied) == [0, 1]


def migrate_in_process(url: str) -> str:
    """A run of its own, as two starting nodes make it."""
    done = subprocess.run(
        [sys.executable, "-m", "chedang.site.migrate"],
        env=os.environ | {"CHEDANG_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_migrating_again_changes_nothing(database_url: str) -> None:
    assert "No migrations to apply" in migrate(database_url)


def test_a_migration_that_gets_no_lock_gives_up_and_the_next_run_goes_on(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chedang.site.migrate.LOCK_TIMEOUT", "100ms")
    with named_database(empty_database_url, "half-way") as alias:
        call_command("migrate", "archive", "0004_pre_distribute", database=alias, verbosity=0)
    with psycopg.connect(empty_database_url) as busy:
        busy.execute("lock table record_version")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate(empty_database_url)
    assert "Applying archive.0005_pre_doubtful_records... OK" in migrate(empty_database_url)


def test_the_enterprise_model_has_the_columns_of_the_table(django_on_database: str) -> None:
    from chedang.site.archive.models import Enterprise

    with connection.cursor() as cursor:
        columns = {
            column.name: column.null_ok
            for column in connection.introspection.get_table_description(cursor, "enterprise")
        }
    assert {field.column: field.null for field in Enterprise._meta.fields} == columns


def test_audit_events_can_be_neither_changed_nor_deleted(django_on_database: str) -> None:
    from chedang.access.actions import record_event
    from chedang.access.model import AuditAction, Purpose, Role
    from chedang.access.models import AuditEvent, User

    person = User.objects.create_user("someone", "a long password", display_name="某人", role=str(Role.OWNER))
    event = record_event(person, AuditAction.LOOK_UP_VEHICLE, Purpose.OWN_VEHICLE, now=NOW)
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()
    with pytest.raises(TypeError):
        AuditEvent.objects.update(vin="")
    assert AuditEvent.objects.count() == 1


def test_an_account_needs_the_scope_of_its_role(django_on_database: str) -> None:
    from chedang.access.models import User

    with pytest.raises(ValidationError):
        User.objects.create_user("officer", "a long password", display_name="监管", role="regulator")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="shop", display_name="企业", role="shop", password="!")


def test_tries_to_sign_in_are_counted_before_the_password_is_checked(django_on_database: str) -> None:
    from chedang.access.actions import claim_sign_in_try, forget_sign_in_tries

    assert [claim_sign_in_try("digest", now=NOW) for _ in range(5)] == [timedelta(0)] * 5
    assert claim_sign_in_try("digest", now=NOW) == timedelta(minutes=1)
    assert claim_sign_in_try("other", now=NOW) == timedelta(0)
    assert claim_sign_in_try("digest", now=NOW + timedelta(minutes=1)) == timedelta(0)
    assert claim_sign_in_try("digest", now=NOW + timedelta(minutes=1)) == timedelta(minutes=2)
    forget_sign_in_tries("digest")
    assert claim_sign_in_try("digest", now=NOW + timedelta(minutes=1)) == timedelta(0)


def test_demonstration_logins_are_made_once_and_work(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    with psycopg.connect(database_url) as writer:
        writer.execute(
            "insert into enterprise (company_code, company_name, division_code, review_state, password_hash, source,"
            " created_at) values ('330106000000001', '某某', '330106', 'approved', '!', 'registered', now())"
        )
    first = ensure_demo_logins(database_url, "330106000000001")
    with psycopg.connect(database_url) as writer:
        writer.execute("update access_user set password = '!' where username = 'demo-owner'")
    assert ensure_demo_logins(database_url, "330106000000001") == first
    assert len({login.password for login in first}) == len(first)
    with named_database(database_url, "check") as alias:
        from chedang.access.models import User

        for login in first:
            account = User.objects.using(alias).get(username=login.username)
            assert account.check_password(login.password)
            assert account.role == login.role
        assert User.objects.using(alias).get(username="demo-county").division_code == "330106"
        assert User.objects.using(alias).get(username="demo-city").division_code == "330100"
        assert User.objects.using(alias).get(username="demo-province").division_code == "330000"
        of_shop = User.objects.using(alias).filter(company_code="330106000000001").order_by("username")
        posts = [("demo-clerk", "clerk"), ("demo-shop", "manager"), ("demo-technician", "technician")]
        assert list(of_shop.values_list("username", "shop_post")) == posts


def test_demonstration_logins_need_the_enterprise(database_url: str) -> None:
    with pytest.raises(LookupError, match="330106999999999"):
        ensure_demo_logins(database_url, "330106999999999")
