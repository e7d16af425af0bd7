"""Accounts that move in with a shop, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import psycopg
import pytest

from chedang.enterprises import accounts
from chedang.enterprises.accounts import MachineAccount, SecretBox
from chedang.enterprises.importing import ImportOutcome, ImportResult, import_rows
from chedang.enterprises.model import AccountKind
from chedang.enterprises.table import REQUIRED_COLUMNS, read_table
from chedang.platform.passwords import verify_password

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
HEADING = ",".join(REQUIRED_COLUMNS) + ",accountkind,account,accountsecret,chaincode"
FIRST = "330106000000101,old-password-1,杭州青禾汽修,330106,02"
SECOND = "330106000000102,old-password-2,杭州白杨汽修,330106,02"
SECRET = "Example+Secret/0123456789"
BOX = SecretBox(bytes(range(32)))


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


def run(connection: psycopg.Connection, *lines: str, now: datetime = NOW) -> list[ImportOutcome]:
    table = read_table("\n".join([HEADING, *lines]).encode())
    assert table.ignored_columns == ()
    return list(import_rows(connection, table.rows, box=BOX, now=now))


def find(connection: psycopg.Connection, kind: AccountKind, name: str) -> MachineAccount:
    account = accounts.find(connection, kind, name)
    assert account is not None
    return account


def test_several_rows_of_one_shop_each_bring_an_account(connection):
    lines = (
        f"{FIRST},openapi,app-1,{SECRET},",
        f"{FIRST},carlife,91330106MA0000001X,{SECRET},330106000000999",
        "330106000000101,,,,,LOGIN,13800000000,user-password,",
        "330106000000101,,,,,login,front-desk,,",
    )
    outcomes = run(connection, *lines)
    assert [outcome.result for outcome in outcomes] == [ImportResult.ADDED] * 4
    assert "chaincode：本系统还没有编码为 330106000000999 的总部" in outcomes[1].remarks
    for kind, name in ((AccountKind.OPENAPI, "app-1"), (AccountKind.CARLIFE, "91330106MA0000001X")):
        account = find(connection, kind, name)
        assert account.company_code == "330106000000101"
        assert BOX.open(account.sealed_secret) == SECRET
    assert verify_password(find(connection, AccountKind.LOGIN, "13800000000").password_hash, "user-password")
    assert find(connection, AccountKind.LOGIN, "front-desk").password_hash == ""
    assert accounts.members_of(connection, "330106000000999") == {"330106000000101"}

    before = accounts.accounts_of(connection, "330106000000101")
    again = run(connection, *lines, now=NOW + timedelta(days=1))
    assert [outcome.result for outcome in again] == [ImportResult.UNCHANGED] * 4
    assert accounts.accounts_of(connection, "330106000000101") == before


def test_a_name_of_another_shop_stays_with_that_shop(connection):
    run(connection, f"{FIRST},openapi,app-1,{SECRET},")
    (outcome,) = run(connection, f"{SECOND},openapi,app-1,another-secret-0123456789,")
    assert outcome.result is ImportResult.FAULTY
    assert "account：该账户名已属于另一家企业，未导入" in outcome.remarks
    account = find(connection, AccountKind.OPENAPI, "app-1")
    assert (account.company_code, BOX.open(account.sealed_secret)) == ("330106000000101", SECRET)


def test_a_secret_is_replaced_by_the_file_and_one_set_here_is_not(connection):
    run(connection, f"{FIRST},openapi,app-1,{SECRET},")
    (outcome,) = run(connection, f"{FIRST},openapi,app-1,short,")
    assert outcome.result is ImportResult.UPDATED
    assert any("少于 16 个字符" in remark for remark in outcome.remarks)
    account = find(connection, AccountKind.OPENAPI, "app-1")
    assert BOX.open(account.sealed_secret) == "short"
    by_hand = msgspec.structs.replace(account, sealed_secret=BOX.seal("set-by-hand"), changed_at=NOW)
    assert accounts.save(connection, by_hand, now=NOW)
    (outcome,) = run(connection, f"{FIRST},openapi,app-1,{SECRET},")
    assert (outcome.result, outcome.remarks) == (
        ImportResult.UNCHANGED,
        ("accountsecret：该账户的密钥已在本系统更换过，未覆盖",),
    )
    assert BOX.open(find(connection, AccountKind.OPENAPI, "app-1").sealed_secret) == "set-by-hand"


def test_a_secret_sealed_by_a_lost_key_is_replaced(connection):
    run(connection, f"{FIRST},openapi,app-1,{SECRET},")
    sealed = SecretBox(bytes(32)).seal(SECRET)
    connection.execute("update machine_account set sealed_secret = %s", [sealed])
    (outcome,) = run(connection, f"{FIRST},openapi,app-1,{SECRET},")
    assert outcome.result is ImportResult.UPDATED
    assert BOX.open(find(connection, AccountKind.OPENAPI, "app-1").sealed_secret) == SECRET


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("soap,app-1,x,", "accountkind"),
        (",app-1,x,", "accountkind"),
        ("openapi,,x,", "account"),
        ("openapi,app-1,,", "accountsecret"),
        ("openapi,app-1, blank-in-front-0123456,", "accountsecret"),
        (",,,12", "chaincode"),
    ],
)
def test_a_row_with_a_faulty_account_is_not_stored_and_says_why(connection, cells, column):
    (outcome,) = run(connection, f"{FIRST},{cells}")
    assert outcome.result is ImportResult.FAULTY
    assert outcome.remarks[0].startswith(f"{column}：")
    assert accounts.accounts_of(connection, "330106000000101") == []


def test_a_user_name_that_is_a_shops_code_is_refused(connection):
    outcomes = run(connection, SECOND + ",,,,", f"{FIRST},login,330106000000102,user-password,")
    assert [outcome.result for outcome in outcomes] == [ImportResult.ADDED, ImportResult.FAULTY]


def test_a_further_row_that_contradicts_the_first_or_brings_nothing_is_faulty(connection):
    outcomes = run(
        connection,
        FIRST + ",,,,",
        f"330106000000101,,另一个名字,,,openapi,app-1,{SECRET},",
        FIRST + ",,,,",
    )
    assert [outcome.result for outcome in outcomes] == [ImportResult.ADDED, ImportResult.FAULTY, ImportResult.FAULTY]
    assert outcomes[1].remarks == ("companyname：与第 2 行同一企业的内容不同",)
    assert outcomes[2].remarks == ("companycode：与第 2 行重复，以先出现的为准",)


def test_no_outcome_and_no_row_shows_a_secret(connection):
    lines = (f"{FIRST},openapi,app-1,{SECRET},", f"{FIRST},openapi,app-1,{SECRET[:9]},", f"{SECOND},carlife,,{SECRET},")
    outcomes = run(connection, *lines)
    rows = read_table("\n".join([HEADING, *lines]).encode()).rows
    assert SECRET[:9] not in repr(outcomes) + repr(rows)
    assert SECRET.encode() not in bytes(find(connection, AccountKind.OPENAPI, "app-1").sealed_secret)
