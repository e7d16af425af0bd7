"""Commands about shops that have two codes, and about shops of other nodes, as an operator types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import psycopg
import pytest
from click.testing import Result
from tests.integration.test_writer import upload
from typer.testing import CliRunner

from chedang.cli.main import app
from chedang.enterprises import accounts, actions, known, store
from chedang.enterprises.codes import Allocator
from chedang.enterprises.known import KnownEnterprise
from chedang.enterprises.model import ReviewState
from chedang.fiction.shops import make_shops
from chedang.records.store import append

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NATIONAL = "330106000056746"
OTHER = "320106000056747"


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def chedang(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs ``chedang …`` with the database of this test."""
    monkeypatch.setenv("CHEDANG_DATABASE_URL", database_url)
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path / "var"))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_an_operator_names_a_shop_by_either_code(
    chedang: Callable[..., Result], connection: psycopg.Connection[Any]
) -> None:
    text = make_shops(Random(1), 1)[0].registration
    away = Allocator("33", lambda _asked: None)
    code = actions.register(connection, text, now=NOW, allocator=away).enterprise.company_code
    accounts.add_member(connection, code, code, now=NOW)
    listed = json.loads(chedang("enterprise", "list", "--json").stdout)
    assert (listed["companycode"], listed["companyuniquecode"]) == (code, "")
    assert "待部级分配" in chedang("enterprise", "list").stdout
    store.save_national_code(connection, code, NATIONAL, now=NOW)
    assert NATIONAL in chedang("enterprise", "list").stdout
    append(connection, [msgspec.structs.replace(upload(1), company_code=code, vin=f"~{code}")])

    assert "审核通过" in chedang("enterprise", "approve", NATIONAL).stdout
    shown = chedang("records", NATIONAL).stdout
    assert f"（{code}，全国唯一编码 {NATIONAL}，审核成功）" in shown
    assert "共 1 条记录" in shown
    assert chedang("enterprise", "leave-chain", NATIONAL, NATIONAL).exit_code == 0
    assert accounts.members_of(connection, code) == frozenset()
    made = CliRunner().invoke(
        app, ["enterprise", "account", NATIONAL, "--kind", "login", "--name", "front"], input="\n"
    )
    assert made.exit_code == 0, made.output
    assert [each.account for each in accounts.accounts_of(connection, code)] == ["front"]
    assert "front" in chedang("enterprise", "account", NATIONAL).stdout


def test_records_of_a_shop_of_another_node_are_shown_under_its_name(
    chedang: Callable[..., Result], connection: psycopg.Connection[Any]
) -> None:
    shop = KnownEnterprise(
        company_code=OTHER,
        node_code="32",
        company_name="南京青禾汽车维修有限公司",
        division_code="320106",
        review_state=ReviewState.PENDING,
    )
    known.apply_notice(connection, "00", OTHER, msgspec.json.encode(shop), now=NOW)
    record = msgspec.structs.replace(
        upload(1), company_code=OTHER, vin="LSVAM4187C2184841", settled_on=date(2026, 9, 1), content='{"vin":""}'
    )
    append(connection, [record])
    shown = chedang("records", OTHER).stdout
    assert f"南京青禾汽车维修有限公司（{OTHER}，江苏登记，待审核）" in shown
    assert "共 1 条记录" in shown
    file = json.loads(chedang("vehicle", record.vin, "--json").stdout)
    assert file["heldbackcount"] == 1
