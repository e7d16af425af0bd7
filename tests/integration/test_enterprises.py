"""Registering, reviewing and moving in, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import psycopg
import pytest

from chedang.enterprises import accounts, actions, store
from chedang.enterprises.accounts import SecretBox
from chedang.enterprises.errors import (
    AlreadyRegistered,
    EnterpriseNotFound,
    LicenceTaken,
    NotAHeadOffice,
    PasswordRefused,
    ReasonMissing,
    RegistrationRefused,
    ShopNotInChain,
)
from chedang.enterprises.importing import ImportOutcome, ImportResult, import_rows
from chedang.enterprises.model import RegistrationText, ReviewState, Source
from chedang.enterprises.table import REQUIRED_COLUMNS, read_table
from chedang.fiction.shops import make_shops
from chedang.platform.passwords import verify_password

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
HEADING = ",".join(REQUIRED_COLUMNS)
BOX = SecretBox(bytes(32))


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def text() -> RegistrationText:
    return make_shops(Random(1), 1)[0].registration


def test_a_registered_shop_waits_for_review_under_the_first_code(connection, text):
    registered = actions.register(connection, text, now=NOW)
    shop = registered.enterprise
    assert registered.is_new
    assert shop.company_code == f"{text.division_code}000000001"
    assert (shop.review_state, shop.reviewed_at, shop.source) == (ReviewState.PENDING, None, Source.REGISTERED)
    assert shop.created_at == NOW
    assert verify_password(shop.password_hash, text.password)
    assert not shop.password_is_weak
    assert store.find_by_code(connection, shop.company_code) == shop
    assert store.find_by_id(connection, shop.enterprise_id) == shop


def test_a_retry_after_a_lost_answer_gets_the_same_code(connection, text):
    first = actions.register(connection, text, now=NOW)
    again = actions.register(connection, text, now=LATER)
    assert not again.is_new
    assert again.enterprise == first.enterprise
    assert len(store.list_by_state(connection)) == 1


@pytest.mark.parametrize("key", ["unified_credit_code", "road_transport_license"])
def test_another_password_for_a_registered_shop_is_told_nothing_but_what_to_do(connection, text, key):
    code = actions.register(connection, text, now=NOW).enterprise.company_code
    other = {"unified_credit_code": "", "road_transport_license": "", key: getattr(text, key)}
    stranger = msgspec.structs.replace(text, password="another-password", **other)
    with pytest.raises(AlreadyRegistered) as caught:
        actions.register(connection, stranger, now=NOW)
    assert code not in str(caught.value)
    assert len(store.list_by_state(connection)) == 1


def test_a_shop_without_credit_code_and_licence_is_known_by_name_and_password(connection, text):
    small = msgspec.structs.replace(text, unified_credit_code="", road_transport_license="无")
    first = actions.register(connection, small, now=NOW).enterprise
    assert actions.register(connection, small, now=NOW).enterprise == first
    namesake = actions.register(connection, msgspec.structs.replace(small, password="of-somebody-else"), now=NOW)
    assert namesake.is_new
    assert namesake.enterprise.company_code != first.company_code


def test_a_refused_registration_uses_no_number(connection, text):
    with pytest.raises(RegistrationRefused) as caught:
        actions.register(connection, msgspec.structs.replace(text, company_name="", password="1"), now=NOW)
    assert [finding.field for finding in caught.value.findings] == ["companyname", "companypassword"]
    assert actions.register(connection, text, now=NOW).enterprise.company_code.endswith("000000001")


def test_doubts_about_a_registration_are_kept_for_the_reviewer(connection, text):
    doubtful = msgspec.structs.replace(text, unified_credit_code="91330106MA00000000", email="front-desk")
    shop = actions.register(connection, doubtful, now=NOW).enterprise
    assert [finding.code for finding in shop.findings] == ["CREDIT_CODE_CHECK_CHARACTER", "EMAIL_WRONG"]


def test_serials_have_no_gap_and_no_repeat_when_many_register_at_once(database_url):
    shops = make_shops(Random(2), 24)

    def register(number: int) -> str:
        with psycopg.connect(database_url) as connection:
            code = actions.register(connection, shops[number % 24].registration, now=NOW).enterprise.company_code
            if number % 5 == 0:  # another one is rolled back in between
                with connection.transaction(force_rollback=True):
                    actions.register(connection, make_shops(Random(number), 90)[60 + number].registration, now=NOW)
            return code

    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(register, [*range(24), *range(24)]))  # everybody twice
    assert codes[:24] == codes[24:]
    assert sorted(int(code[6:]) for code in codes[:24]) == list(range(1, 25))


def test_the_same_shop_from_many_threads_gets_one_code(database_url, text):
    def register(_: int) -> str:
        with psycopg.connect(database_url) as connection:
            return actions.register(connection, text, now=NOW).enterprise.company_code

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(register, range(8)))) == 1


def test_a_code_that_a_moved_in_shop_holds_is_not_issued_again(connection, text):
    table = f"{HEADING}\n{text.division_code}000000001,old-password-1,杭州旧户汽修,{text.division_code},02\n"
    list(import_rows(connection, read_table(table.encode()).rows, box=BOX, now=NOW))
    assert actions.register(connection, text, now=NOW).enterprise.company_code.endswith("000000002")


def test_approving_twice_keeps_the_first_who_and_when(connection, text):
    code = actions.register(connection, text, now=NOW).enterprise.company_code
    first = actions.approve(connection, code, by="officer", now=NOW, reason="材料齐全")
    again = actions.approve(connection, code, by="colleague", now=LATER)
    assert first.is_changed
    assert not again.is_changed
    assert (again.enterprise.reviewed_by, again.enterprise.reviewed_at) == ("officer", NOW)
    assert again.enterprise.review_reason == "材料齐全"


def test_a_rejection_needs_a_reason_and_ends_the_tokens(connection, text):
    shop = actions.register(connection, text, now=NOW).enterprise
    with pytest.raises(ReasonMissing):
        actions.reject(connection, shop.company_code, by="officer", now=NOW, reason=" ")
    rejected = actions.reject(connection, shop.company_code, by="officer", now=NOW, reason="查无此店").enterprise
    assert rejected.review_state is ReviewState.REJECTED
    assert rejected.token_generation == shop.token_generation + 1
    approved = actions.approve(connection, shop.company_code, by="officer", now=LATER).enterprise
    assert approved.review_state is ReviewState.APPROVED


def test_nobody_can_review_a_shop_that_is_not_there(connection):
    with pytest.raises(EnterpriseNotFound):
        actions.approve(connection, "330106999999999", by="officer", now=NOW)


@pytest.mark.parametrize(("ends_tokens", "generation"), [(False, 0), (True, 1)])
def test_a_changed_password_is_no_longer_weak(connection, text, ends_tokens, generation):
    code = actions.register(connection, msgspec.structs.replace(text, password="123456"), now=NOW).enterprise
    assert code.password_is_weak
    with pytest.raises(PasswordRefused):
        actions.change_password(connection, code.company_code, "12345678", now=LATER, ends_tokens=ends_tokens)
    changed = actions.change_password(
        connection, code.company_code, "fictional-pw-9", now=LATER, ends_tokens=ends_tokens
    )
    assert (changed.password_is_weak, changed.password_changed_at) == (False, LATER)
    assert changed.token_generation == generation
    assert verify_password(changed.password_hash, "fictional-pw-9")


def test_states_names_and_unapproved_codes_are_listed(connection):
    codes = [
        actions.register(connection, shop.registration, now=NOW + timedelta(minutes=number)).enterprise.company_code
        for number, shop in enumerate(make_shops(Random(3), 3))
    ]
    actions.approve(connection, codes[1], by="officer", now=NOW)
    assert [each.company_code for each in store.list_by_state(connection, ReviewState.PENDING)] == [codes[0], codes[2]]
    assert store.unapproved_codes(connection, [*codes, "unknown"]) == {codes[0], codes[2]}
    assert set(store.names(connection, [*codes, "unknown"])) == set(codes)


def run_import(connection: psycopg.Connection, table: str, encoding: str = "utf-8") -> list[ImportOutcome]:
    return list(import_rows(connection, read_table(table.encode(encoding)).rows, box=BOX, now=NOW))


TABLE = f"""{HEADING},companylinkmanname
330106000056746,old-password-1,杭州旧户汽修,330106,二类,联系人甲
330103000000002,abc,杭州老城汽修,330103,1,
331002123456,secret-12-digits,台州十二位汽修,331002,03,联系人乙
"""


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_shops_move_in_approved_with_their_codes_and_passwords(connection, encoding):
    outcomes = run_import(connection, TABLE, encoding)
    assert [outcome.result for outcome in outcomes] == [ImportResult.ADDED] * 3
    assert [outcome.password_is_weak for outcome in outcomes] == [False, True, False]
    shop = store.find_by_code(connection, "330106000056746")
    assert shop is not None
    assert (shop.review_state, shop.source, shop.category_code) == (ReviewState.APPROVED, Source.IMPORTED, "02")
    assert shop.company_name == "杭州旧户汽修"
    assert verify_password(shop.password_hash, "old-password-1")
    assert "330103" in outcomes[1].remarks[0]  # the division was dissolved: to be looked at, not refused


def test_the_same_table_again_changes_nothing(connection):
    run_import(connection, TABLE)
    before = store.list_by_state(connection)
    assert {outcome.result for outcome in run_import(connection, TABLE)} == {ImportResult.UNCHANGED}
    assert store.list_by_state(connection) == before  # hashes too


def test_a_changed_row_updates_what_it_gives_and_leaves_the_rest(connection):
    run_import(connection, TABLE)
    changed = f"{HEADING}\n330106000056746,new-password-2,杭州新名汽修,330106,02\n"
    (outcome,) = run_import(connection, changed)
    shop = store.find_by_code(connection, "330106000056746")
    assert outcome.result is ImportResult.UPDATED
    assert shop is not None
    assert (shop.company_name, shop.linkman_name) == ("杭州新名汽修", "联系人甲")
    assert verify_password(shop.password_hash, "new-password-2")
    assert run_import(connection, changed)[0].result is ImportResult.UNCHANGED


def test_a_password_the_shop_has_changed_survives_a_repeated_import(connection):
    run_import(connection, TABLE)
    actions.change_password(connection, "330103000000002", "fictional-pw-9", now=NOW, ends_tokens=False)
    outcome = run_import(connection, TABLE)[1]
    shop = store.find_by_code(connection, "330103000000002")
    assert outcome.result is ImportResult.UNCHANGED
    assert any(remark.startswith("companypassword") for remark in outcome.remarks)
    assert shop is not None
    assert verify_password(shop.password_hash, "fictional-pw-9")
    assert not shop.password_is_weak


def test_a_faulty_row_costs_no_other_and_names_its_columns(connection):
    table = f"""{HEADING}
12345,ab,,3301,02
330106000000011,good-password,杭州好户汽修,330106,02
330106000000011,good-password,杭州重户汽修,330106,02
3.30106E+14,good-password,杭州科学汽修,330106,02
330106000000013, blank ,杭州空格汽修,330106,02
330106000000012,good-password,杭州次户汽修,330106,02
"""
    outcomes = run_import(connection, table)
    assert [outcome.result.value for outcome in outcomes] == ["有误", "新增", "有误", "有误", "有误", "新增"]
    assert [remark.split("：")[0] for remark in outcomes[0].remarks] == [
        "companycode",
        "companyname",
        "companypassword",
        "companyadministrativedivisioncode",
    ]
    assert "第 3 行" in outcomes[2].remarks[0]
    assert "科学计数" in outcomes[3].remarks[0]
    assert outcomes[4].remarks[0].startswith("companypassword")


def test_an_import_repeated_over_many_transactions_keeps_its_order(connection):
    lines = [f"3301060000{number:05d},pw-{number}-fictional,杭州第{number}汽修,330106,02" for number in range(150)]
    outcomes = run_import(connection, "\n".join([HEADING, *lines]))
    assert [outcome.line for outcome in outcomes] == list(range(2, 152))
    assert len(store.list_by_state(connection, ReviewState.APPROVED)) == 150


def test_an_enterprise_shows_neither_password_hash_nor_persons(connection, text):
    shop = actions.register(connection, text, now=NOW).enterprise
    shown = repr(replace(shop))
    assert shop.password_hash not in shown
    assert text.linkman_name not in shown
    assert text.linkman_phone not in shown


@pytest.fixture
def chain_code(connection, text):
    code = actions.register(connection, text, now=NOW).enterprise.company_code
    accounts.add_member(connection, code, code, now=NOW)
    return code


SHOP = RegistrationText(
    company_name="上海青禾世纪大道店", road_transport_license="310115880001", division_code="310115"
)


def test_a_chains_shop_gets_one_code_a_password_that_nobody_knows_and_waits_for_review(connection, chain_code):
    allocated = actions.allocate(connection, chain_code, SHOP, now=NOW)
    shop = allocated.enterprise
    assert allocated.is_new
    assert (shop.source, shop.review_state) == (Source.ALLOCATED, ReviewState.PENDING)
    assert not verify_password(shop.password_hash, "")
    assert accounts.members_of(connection, chain_code) == {chain_code, shop.company_code}
    again = actions.allocate(connection, chain_code, SHOP, now=LATER)
    assert (again.enterprise, again.is_new) == (shop, False)


def test_one_code_however_many_ask_for_the_same_shop_at_once(database_url, connection, chain_code):
    def allocate(_: int) -> str:
        with psycopg.connect(database_url) as own:
            return actions.allocate(own, chain_code, SHOP, now=NOW).enterprise.company_code

    with ThreadPoolExecutor(6) as executor:
        assert len(set(executor.map(allocate, range(12)))) == 1
    assert len(accounts.members_of(connection, chain_code)) == 2


def test_what_a_chain_may_not_take(connection, chain_code):
    actions.allocate(connection, chain_code, SHOP, now=NOW)
    with pytest.raises(LicenceTaken):
        actions.allocate(connection, chain_code, msgspec.structs.replace(SHOP, company_name="另一家店"), now=NOW)
    own = msgspec.structs.replace(SHOP, road_transport_license="310115770001", password="example-password-1")
    stranger = actions.register(connection, own, now=NOW).enterprise.company_code
    with pytest.raises(ShopNotInChain):
        actions.allocate(connection, chain_code, own, now=NOW)
    with pytest.raises(NotAHeadOffice):
        actions.allocate(connection, stranger, msgspec.structs.replace(SHOP, company_name="新店"), now=NOW)
    with pytest.raises(RegistrationRefused):
        actions.allocate(connection, chain_code, msgspec.structs.replace(SHOP, company_name=" "), now=NOW)


def test_an_allocated_shop_cannot_be_taken_over_by_registering_it(connection, chain_code):
    actions.allocate(connection, chain_code, SHOP, now=NOW)
    with pytest.raises(AlreadyRegistered):
        actions.register(connection, msgspec.structs.replace(SHOP, password="example-password-1"), now=LATER)
