"""``chedang enterprise account``: accounts of a shop's software by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import psycopg
from typer.testing import CliRunner

from chedang.cli.main import app
from chedang.enterprises import accounts, actions
from chedang.enterprises.accounts import SecretBox
from chedang.enterprises.model import AccountKind
from chedang.fiction.shops import make_shops
from chedang.platform.keys import node_key

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def test_an_account_is_added_by_hand_with_a_secret_that_is_never_printed(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("CHEDANG_DATABASE_URL", database_url)
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path / "var"))

    def chedang(*arguments, **options):
        return CliRunner().invoke(app, list(arguments), **options)

    with psycopg.connect(database_url, autocommit=True) as connection:
        check_accounts(chedang, connection, SecretBox(node_key(tmp_path / "var", "machine-secrets")))


def check_accounts(chedang, connection, box):
    shops = make_shops(Random(1), 2)
    code, other = [actions.register(connection, each.registration, now=NOW).enterprise.company_code for each in shops]
    add = ("enterprise", "account", code, "--kind", "openapi", "--name", "app-1")
    done = chedang(*add, input="example-shared-secret\n")
    assert done.exit_code == 0
    assert "example-shared-secret" not in done.output
    account = accounts.find(connection, AccountKind.OPENAPI, "app-1")
    assert account.company_code == code
    assert box.open(account.sealed_secret) == "example-shared-secret"
    assert "openapi app-1" in chedang("enterprise", "account", code).stdout
    assert chedang("enterprise", "account", other, *add[3:], input="stolen-0123456789\n").exit_code == 1
    assert box.open(accounts.find(connection, AccountKind.OPENAPI, "app-1").sealed_secret) == "example-shared-secret"
    assert chedang(*add, input="\n").exit_code == 1
    assert chedang("enterprise", "account", "330106999999999").exit_code == 1
